// Installs and builds the product where that is needed, as `npm start` does. Run as a process of its own, because what
// these steps say belongs on another stream than the result of a measurement.
import { ensureBuilt } from '../scripts/build.mjs'
import { ensureInstalled } from '../scripts/install.mjs'

await ensureInstalled({ testTools: false })
await ensureBuilt()
