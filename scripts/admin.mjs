// `npm run -s admin -- …`: what the operator does at the command line. Nothing but the answer goes to standard output.
import { createRequire } from 'node:module'
import { ROOT } from './run.mjs'

process.chdir(ROOT)
// What the product logs would stand in the answer's way.
process.env.FENICIA_LOG_LEVEL = 'silent'

const require = createRequire(import.meta.url)
let tsx
try {
  tsx = await import('tsx/esm/api')
} catch {
  process.stderr.write('error: Fenicia is not installed yet. Run npm start once, or npm ci.\n')
  process.exit(1)
}
// The `.env` files that the server reads.
const { loadEnvConfig } = require('@next/env')
loadEnvConfig(ROOT, false, { info() {}, error() {} })

// What can't be written is told to whoever writes, or, of standard error, can't be told: unheard, it would end the work half-way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const { runAdmin } = await tsx.tsImport('../lib/admin/index.ts', import.meta.url)
process.exitCode = await runAdmin(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  stderr: (text) => process.stderr.write(text),
  env: process.env,
})
process.stdin.destroy()
