// `npm start`: installs and builds when that is needed, then serves, in this same process, so that a signal sent to it
// reaches the server. `--dev` serves the sources instead of a build. Built-ins only until everything is installed.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled, refuseNode } from './install.mjs'
import { outliveReaders } from './output.mjs'
import { ROOT } from './run.mjs'

outliveReaders()
const shell = process.ppid
const refusal = refuseNode(process.version)
if (refusal) {
  process.stderr.write(`${refusal}\n`)
  process.exit(1)
}
process.chdir(ROOT)

try {
  await ensureInstalled({ testTools: false })
  if (!process.argv.includes('--dev')) await ensureBuilt()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

// npm runs a script through a shell, which dies of a SIGTERM sent to npm without handing it on. A server that outlived
// its npm would hold port and data with nobody knowing, so it stops, in order, when the shell is gone.
if (process.env.npm_lifecycle_event) {
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), 500).unref()
}

// The server sees the command line that it would see on its own.
const server = join(ROOT, 'server.mjs')
process.argv[1] = server
await import(pathToFileURL(server).href)
