import pino from 'pino'

/**
 * An error as it may be logged. A failed query's message carries its parameters, among them hashes and names; only the
 * statement and the database's own words are kept.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return pino.stdSerializers.err(error as Error)
  if ('query' in error && 'params' in error) {
    const cause = error.cause as { code?: string; message?: string } | undefined
    return { type: error.name, query: error.query, code: cause?.code, stack: error.stack?.replace(error.message, '') }
  }
  return { type: error.name, message: error.message, code: (error as { code?: unknown }).code, stack: error.stack }
}

/** JSON lines on standard output. */
export const log = pino({
  level: process.env.FENICIA_LOG_LEVEL || 'info',
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: describeError, error: describeError },
})
