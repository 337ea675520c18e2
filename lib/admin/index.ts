import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { innermostWords, isDatabaseUnavailable } from '@/db/errors'
import { isRefusal, type Refusal } from '../errors'
import { newerDatabaseWarning } from '../readiness'
import { startRuntime } from '../start'
import { isVaultError } from '../vault'
import { commands, parseOptions } from './commands'
import { USAGE, UsageError } from './usage'

/** Where a command reads and writes. */
export interface Terminal {
  stdin: AsyncIterable<Buffer | string>
  /** Fulfilled once it is written, rejected where it can't be, such as on a full disk. */
  stdout(text: string): Promise<void>
  stderr(text: string): void
  env: Record<string, string | undefined>
}

/** Longer than any password; what is piped in by mistake need not be read to its end. */
const MAX_INPUT = 4_096

/**
 * Runs one command of the operator.
 * @param args what follows `npm run admin --`
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage
 */
export async function runAdmin(args: string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json')
  const [name, rest] = commandIn(args.filter((arg) => arg !== '--json'))
  if (rest.concat(name).some((arg) => arg === '--help' || arg === '-h') || name === 'help') {
    const lost = await lossOf(terminal.stdout(USAGE))
    return lost === null || lost === 'EPIPE' ? 0 : 1
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const fail = (code: string, message: string, fields: { option: string; message: string }[] = []) => {
    // A rule is half a sentence, and knows the domain's field, not the option.
    const lines = fields.length === 0 ? [message] : fields.map((field) => sentence(field.option, field.message))
    if (json) terminal.stderr(`${JSON.stringify({ error: { code, message: lines.join('; '), fields } })}\n`)
    else for (const line of lines) terminal.stderr(`error: ${line}\n`)
  }
  try {
    if (!command) throw new UsageError(missingCommand(name))
    const values = parseOptions(name, command, rest)
    const runtime = await startRuntime(terminal.env)
    try {
      // The log, which says so too, is silent here.
      const warning = await newerDatabaseWarning(runtime.database.db)
      if (warning !== null) {
        const asJson = JSON.stringify({ warning: { code: 'newer_database', message: warning } })
        terminal.stderr(json ? `${asJson}\n` : `warning: ${warning}.\n`)
      }
      const done = await command.run(runtime.database.db, values, {
        readPassword: () => readPassword(terminal.stdin),
        readFile: (path) => readFile(path, terminal.env.INIT_CWD),
        vault: runtime.vault,
        progress: (now, total) => json || terminal.stderr(`${now} of ${total}\n`),
      })
      const lost = await lossOf(terminal.stdout(json ? `${JSON.stringify(done.json)}\n` : done.text))
      // Whoever reads only the beginning, as `head` does, has what they want; what is told once must have been read.
      if (lost === null || (lost === 'EPIPE' && !done.takeBack)) return done.failed ? 1 : 0
      const then = done.takeBack ? await done.takeBack() : 'What the command does is done.'
      fail('answer_lost', `Standard output can't be written (${lost}). ${then}`)
      return 1
    } finally {
      await runtime.stop()
    }
  } catch (error) {
    if (error instanceof UsageError) {
      fail('usage', `${error.message}. See npm run -s admin -- --help`)
      // Whoever types nothing asks what there is.
      if (name === '' && !json) terminal.stderr(`\n${USAGE}`)
      return 2
    }
    if (isRefusal(error)) fail(error.code, error.message, command ? optionProblems(error, command.fields) : [])
    else if (isVaultError(error)) fail(error.code, error.message)
    else if (isDatabaseUnavailable(error))
      fail('database_unavailable', `The database does not answer: ${innermostWords(error)}`)
    else if (isForOperators(error)) fail(error.name, error.message)
    else fail('failed', `Something went wrong: ${innermostWords(error)}`)
    return 1
  }
}

/** @returns null when it was written, else what the system said */
async function lossOf(writing: Promise<void>): Promise<string | null> {
  try {
    await writing
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

/** A command's name is one word or two (`audit verify`); what follows is its own. */
function commandIn([first = '', second = '', ...rest]: string[]): [name: string, rest: string[]] {
  const both = `${first} ${second}`
  if (Object.hasOwn(commands, both)) return [both, rest]
  return [first, second === '' ? rest : [second, ...rest]]
}

/** What is said of words that name no command: of the first of two (`audit`), which ones there are. */
function missingCommand(name: string): string {
  if (name === '') return 'No command was given'
  const longer = Object.keys(commands).filter((each) => each.startsWith(`${name} `))
  return `There is no command ${name}${longer.length > 0 ? `, only ${longer.join(', ')}` : ''}`
}

/** Longer than any file that a command takes. */
const MAX_FILE = 64 * 1024

/** @param from the folder that the operator is in: npm changes to the project's own */
async function readFile(path: string, from = process.cwd()): Promise<string> {
  try {
    const file = await open(resolve(from, path))
    try {
      const pieces: Buffer[] = []
      // From where it stands, and piece by piece: it may be a pipe, such as /dev/stdin.
      for await (const piece of file.createReadStream({ autoClose: false, end: MAX_FILE - 1 })) pieces.push(piece)
      return Buffer.concat(pieces).toString('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new UsageError(`${path} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/**
 * Standard input to its end, without the line break that `echo` adds. Read as a whole, since a piece may end within a character;
 * what is in another encoding than pages send would be another password than the one that was typed.
 */
async function readPassword(stdin: Terminal['stdin']): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk)
    pieces.push(piece)
    length += piece.length
    if (length > MAX_INPUT) break
  }
  const bytes = Buffer.concat(pieces)
  // Too long for a password, it is refused for that, wherever it was cut.
  if (length <= MAX_INPUT && !isUtf8(bytes)) {
    throw new UsageError('--password-stdin needs the password in UTF-8')
  }
  const password = bytes.toString('utf8').replace(/\r?\n$/, '')
  if (password === '') throw new UsageError('--password-stdin needs the password on standard input')
  return password
}

/** Fields of the domain as the options that they were given by. */
function optionProblems({ fields }: Refusal, names: Record<string, string>) {
  return fields.map(({ field, message }) => {
    const named = names[field]
    if (named !== undefined) return { option: named, message }
    // `scopes.2` is the third of a list.
    const [root = '', index] = field.split('.')
    const option = names[root] ?? `--${root}`
    return { option: index === undefined ? option : `${option}, item ${Number(index) + 1},`, message }
  })
}

/** Rules follow the option's name ("--name must not be empty"); whole sentences stand after a colon. */
function sentence(option: string, message: string): string {
  return /^[a-z]/.test(message) ? `${option} ${message}` : `${option}: ${message}`
}

/** Errors whose words are meant for whoever runs the server. */
function isForOperators(error: unknown): error is Error {
  return error instanceof Error && ['ConfigError', 'DataFolderHeldError', 'DataFolderError'].includes(error.name)
}
