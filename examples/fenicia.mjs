// What the examples share: calls to Fenicia with an API key, patience, and clear words when something is refused.
// Built-ins only (Node 20 or later), so that it can be copied along with an example.
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ url: string, token: string }} Fenicia Where Fenicia is, and the API key. */

const MAX_ATTEMPTS = 8
const FIRST_PAUSE_MS = 500
/** Whoever is asked to wait for longer is better run again later, by a scheduler. */
const MAX_PAUSE_MS = 60_000
/** For a whole call with its body. */
const CALL_MS = 300_000

/** Statuses that pass by themselves: what refuses a call with one of them may take it later. */
const TEMPORARY = new Set([429, 502, 503, 504])
/** Fenicia's own refusals that have such a status, and that somebody has to do something about. */
const LASTING = new Set([
  'CREDENTIAL_REFUSED',
  'UPSTREAM_NOT_TRUSTED',
  'UPSTREAM_ADDRESS_REFUSED',
  'REQUEST_NOT_SENDABLE',
])

/** The end of a script, in words for whoever runs it. */
export class Stop extends Error {
  /**
   * @param {string} message
   * @param {1 | 2} exitCode 1: running it again later may help; 2: somebody has to change something first
   */
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Writes a line for whoever watches. Standard output stays free for what a program would read. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Runs a script: its `Stop` becomes a line and the exit code. @param {() => Promise<void>} script */
export async function main(script) {
  try {
    await script()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    say(error.message)
    process.exitCode = error.exitCode
  }
}

/**
 * Reads where Fenicia is and which API key to use.
 * @param {string} tokenVariable
 * @returns {Fenicia}
 */
export function feniciaOf(tokenVariable = 'FENICIA_TOKEN') {
  const url = process.env.FENICIA_URL
  const token = process.env[tokenVariable]
  if (!url || !URL.canParse(url)) throw new Stop('FENICIA_URL must be set, for example to http://localhost:3000.', 2)
  if (!token) throw new Stop(`${tokenVariable} must be set to an API key of Fenicia: fn_live_…`, 2)
  return { url: url.replace(/\/+$/, ''), token }
}

/**
 * Asks Fenicia whose key this is, before anything is done with it.
 * @param {Fenicia} fenicia
 * @param {string[]} scopes what the key will be needed for
 * @returns {Promise<{ account: { name: string }, key: { name: string, scopes: string[], expires_at: string | null } }>}
 */
export async function checkKey(fenicia, scopes) {
  const me = await call(fenicia, '/me', {}, (response) => response.json())
  const missing = scopes.filter((scope) => {
    const all = `${scope.split(':')[0]}:*`
    return !me.key.scopes.includes(scope) && !me.key.scopes.includes(all)
  })
  if (missing.length > 0) throw new Stop(`The API key “${me.key.name}” lacks ${missing.join(', ')}.`, 2)
  say(`Fenicia knows the key “${me.key.name}” of ${me.account.name}.`)
  return me
}

/**
 * Calls a service through an integration.
 * @template T
 * @param {Fenicia} fenicia
 * @param {string} slug the integration's
 * @param {string} path below the integration's base address, with its query
 * @param {RequestInit & { headers?: Record<string, string> }} init
 * @param {(response: Response) => Promise<T>} read
 */
export function callService(fenicia, slug, path, init, read) {
  return call(fenicia, `/integrations/${slug}/proxy${path}`, init, read)
}

/**
 * Calls Fenicia and reads the answer. What fails for a while is tried again: after as long as `Retry-After` asks, otherwise
 * after pauses that grow. Only reads and calls with an `Idempotency-Key` are repeated: of any other, nobody knows whether it
 * was done already.
 * @template T
 * @param {Fenicia} fenicia
 * @param {string} path below /api/v1
 * @param {RequestInit & { headers?: Record<string, string> }} init
 * @param {(response: Response) => Promise<T>} read reads the body; called anew when the answer broke off in its middle
 * @returns {Promise<T>}
 * @throws {Stop}
 */
export async function call({ url, token }, path, init, read) {
  const { method = 'GET', headers = {} } = init
  const isRepeatable = method === 'GET' || 'Idempotency-Key' in headers
  for (let attempt = 1; ; attempt += 1) {
    const tried = await attemptCall(
      `${url}/api/v1${path}`,
      {
        ...init,
        headers: { ...headers, Authorization: `Bearer ${token}` },
        // A redirect is the service's answer, and not for this key to follow.
        redirect: 'manual',
        signal: AbortSignal.timeout(CALL_MS),
      },
      read,
    )
    if ('value' in tried) return tried.value
    const {
      words,
      isTemporary,
      exitCode,
      pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2),
    } = tried
    const isPatient = isTemporary && isRepeatable && attempt < MAX_ATTEMPTS && pauseMs <= MAX_PAUSE_MS
    if (!isPatient) throw new Stop(words, exitCode)
    say(`${words} Trying again in ${(pauseMs / 1000).toFixed(1)} s.`)
    await sleep(pauseMs)
  }
}

/**
 * @template T
 * @typedef {{ value: T } | { words: string, isTemporary: boolean, exitCode: 1 | 2, pauseMs?: number }} Tried
 */

/**
 * @template T
 * @param {string} url
 * @param {RequestInit} init
 * @param {(response: Response) => Promise<T>} read
 * @returns {Promise<Tried<T>>}
 */
async function attemptCall(url, init, read) {
  try {
    const response = await fetch(url, init)
    if (response.ok) return { value: await read(response) }
    const { words, code } = await explain(response)
    const isTemporary = TEMPORARY.has(response.status) && !LASTING.has(code)
    const exitCode = isTemporary || response.status === 500 ? 1 : 2
    return { words, isTemporary, exitCode, pauseMs: parseRetryAfter(response.headers.get('retry-after')) }
  } catch (error) {
    if (!isNetworkFailure(error)) throw error
    return { words: `The answer of ${new URL(url).origin} broke off, or none came.`, isTemporary: true, exitCode: 1 }
  }
}

/** Whether it was the way to Fenicia that failed, and not what was made of the answer. @param {unknown} error */
function isNetworkFailure(error) {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'TimeoutError' || (error instanceof TypeError && /^(fetch failed|terminated)$/.test(error.message))
  )
}

/**
 * Says whose refusal it was and what to do. Only the service's own answers have the header `Fenicia-Integration`.
 * @param {Response} response
 * @returns {Promise<{ words: string, code: string }>} `code`: Fenicia's; empty for the service's own answer
 */
async function explain(response) {
  const { status, headers } = response
  const slug = headers.get('fenicia-integration')
  const text = await response.text().catch(() => '')
  if (slug !== null) {
    const isRefused = status === 401 || status === 403
    const advice = isRefused ? ': it does not take the credential that Fenicia holds. Test it in Fenicia.' : '.'
    return { words: `The service behind “${slug}” answered with status ${status}${advice}`, code: '' }
  }
  const { detail = 'It gave no reason.', code = '' } = parseObject(text)
  const refusals = {
    401: 'Fenicia does not accept the API key',
    403: 'Fenicia does not allow this to the API key',
  }
  const refusal = status === 401 || status === 403 ? refusals[status] : `Fenicia refused (status ${status}, ${code})`
  return { words: `${refusal}: ${detail}`, code }
}

/** @param {string} text @returns {{ detail?: string, code?: string }} */
function parseObject(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/**
 * How long a Retry-After asks to wait, in milliseconds: RFC 9110, 10.2.3 allows seconds and dates.
 * @param {string | null} header
 * @returns {number | undefined}
 */
export function parseRetryAfter(header, now = Date.now()) {
  if (header === null) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
