// `npm run env:example` writes .env.example from the table of variables in lib/config.ts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { variables } from '../lib/config'

export const ENV_EXAMPLE = join(import.meta.dirname, '..', '.env.example')

/** The text of .env.example: each variable, commented out, under what it is for. */
export function renderEnvExample(): string {
  const blocks = Object.entries(variables).map(([name, { doc, example }]) => `# ${doc}\n#${name}=${example}\n`)
  const head = [
    'What Fenicia reads from its environment. Nothing needs to be set; a value that it does not understand stops the',
    'start with a word on what it may be. In an .env file, $ names a variable, also between quotes, and # begins a comment:',
    "write \\$ for $, and a value with # in ''. Made by `npm run env:example` from lib/config.ts.",
  ]
  return `${head.map((line) => `# ${line}\n`).join('')}\n${blocks.join('\n')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ENV_EXAMPLE, renderEnvExample())
