// `npm run bench`: what Fenicia costs and how fast it is, beside its peers. See bench/README.md.
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './lib/install.mjs'
import { parseOptions, USAGE } from './lib/options.mjs'

/** Imported when they are asked for, after what they need is installed. */
const MEASUREMENTS = {
  verify: async () => (await import('./verify.mjs')).verify,
  proxy: async () => (await import('./proxy.mjs')).proxy,
  renewal: async () => (await import('./renewal.mjs')).renewal,
  footprint: async () => (await import('./footprint.mjs')).footprint,
}

process.exitCode = await main().catch((error) => {
  process.stderr.write(`${error.name === 'UsageError' ? `${error.message}\n\n${USAGE}` : error.stack}\n`)
  return 2
})

async function main() {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  // Servers and databases of ours are ended on the way out; a signal must not skip that.
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])) {
    process.once(signal, () => process.exit(128 + number))
  }
  ensureInstalled(fileURLToPath(new URL('.', import.meta.url)))
  const { result, text } = await (await MEASUREMENTS[options.command]())(options)
  process.stdout.write(`${options.json ? JSON.stringify(result) : text}\n`)
  return result.met ? 0 : 1
}
