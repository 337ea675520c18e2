/** An answer of the API that is an error, or no answer at all (`status` 0). `message` is written for the person. */
export class ApiError extends Error {
  override name = 'ApiError'

  constructor(
    message: string,
    readonly status: number,
    readonly requestId: string | null,
  ) {
    super(message)
  }
}

/** Whether trying again soon may help. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500)
}

/**
 * Reads from the public API, with the person's session.
 * @param path below `/api/v1`, such as `/keys?limit=25`
 * @throws {ApiError} with what the API said, or why there was no answer
 */
export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, { signal, headers: { Accept: 'application/json' } })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError('The server could not be reached. Check your connection, and that Fenicia is running.', 0, null)
  }
  const requestId = response.headers.get('x-request-id')
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as Answer
  throw new ApiError(
    isProblem(body) ? body.detail : `The server answered in a form that this page does not know (${response.status}).`,
    response.ok ? 502 : response.status,
    requestId,
  )
}

/** RFC 9457: `detail` is the explanation for people. */
function isProblem(body: unknown): body is { detail: string } {
  return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string'
}
