/** Whether a statement failed on a unique index or constraint (SQLSTATE 23505), whichever driver reports it. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { code, constraint: violated } = cause as { code?: string; constraint?: string }
  return code === '23505' && violated === constraint
}

/** Whether the database's role lacks a right that a statement needs (SQLSTATE 42501), whichever driver reports it. */
export function isPermissionDenied(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return (cause as { code?: string }).code === '42501'
}

/** SQLSTATE classes and codes of a database that can't serve us now: connection, resources, shutting down. */
const UNAVAILABLE_STATES = /^(08|53|57P0)/
const UNAVAILABLE_SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])
/** The drivers have no code for these. */
const UNAVAILABLE_WORDS =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|is not queryable|Cannot use a pool after calling end|PGlite is closed/

/** Whether an error means that the database does not answer, rather than that it refuses a statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let e = error; isErrorLike(e); e = e.cause ?? e.error) {
    if (typeof e.code === 'string' && (UNAVAILABLE_STATES.test(e.code) || UNAVAILABLE_SYSTEM_CODES.has(e.code)))
      return true
    if (typeof e.message === 'string' && UNAVAILABLE_WORDS.test(e.message)) return true
  }
  return false
}

/** What the innermost of an error's causes says: the words of a failed query's wrapper hold its parameters. */
export function innermostWords(error: unknown): string {
  let inner = error
  for (let e = error; isErrorLike(e); e = e.cause ?? e.error) inner = e
  const { code, message } = inner as { code?: string; message?: string }
  return message || code || String(inner)
}

/** An error, or what Neon's driver rejects with when its WebSocket fails: an event with the error in it. */
function isErrorLike(value: unknown): value is { code?: unknown; message?: unknown; cause?: unknown; error?: unknown } {
  return typeof value === 'object' && value !== null && ('message' in value || 'error' in value)
}
