import pino from 'pino'
import { variables } from './config'

/** Errors within errors that are told; more would be a loop. */
const MAX_CAUSES = 4

/** What drivers and Node add to errors, of which nothing is sure. */
type DescribedError = { [Field in 'code' | 'cause' | 'table' | 'column' | 'constraint' | 'routine']?: unknown }

/**
 * An error as it may be logged. A failed query's message carries its parameters, and what the database says of it may
 * quote them, among them hashes and names: of these only the statement and the database's codes are kept.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, cause, table, column, constraint, routine } = error as DescribedError
  const causes = cause === undefined || depth === MAX_CAUSES ? {} : { cause: describeError(cause, depth + 1) }
  if ('query' in error && 'params' in error) {
    return { type: error.name, query: error.query, ...causes, stack: framesOf(error) }
  }
  if ('severity' in error) {
    return { type: error.name, code, table, column, constraint, routine, stack: framesOf(error) }
  }
  return { type: error.name, code, message: error.message, ...causes, stack: framesOf(error) }
}

/** An error in a line for those who run the jobs: what the log would say of it, without its stack. */
export function describeFailure(error: unknown): string {
  const { type, code, message, query } = describeError(error) as Record<string, unknown>
  if (message !== undefined) return `${message}`
  return query === undefined ? `${type}${code === undefined ? '' : ` ${code}`}` : 'A query of the database failed'
}

/** The stack without its head, which repeats the message. */
function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*[:)\d]$/.test(line))
}

/** No line should hold a token; should one, it leaves without. */
const TOKEN = /fn_(live|test)_[0-9A-Za-z]{12,}/g

let alsoTo: ((line: string) => void) | undefined

/** Has each line go elsewhere too. */
export function teeLog(write: (line: string) => void): void {
  alsoTo = write
}

function writeLine(line: string): void {
  const safe = line.replace(TOKEN, 'fn_$1_[removed]')
  process.stdout.write(safe)
  alsoTo?.(safe)
}

/** JSON lines on standard output. */
export const log = pino(
  {
    // A value that is wrong stops the start, see `lib/config.ts`; here it must not end it before that can be said.
    level: variables.FENICIA_LOG_LEVEL.schema.catch('info').parse(process.env.FENICIA_LOG_LEVEL?.trim() || undefined),
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error) => describeError(error), error: (error) => describeError(error) },
  },
  { write: writeLine },
)
