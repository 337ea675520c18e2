import type { MiddlewareHandler } from 'hono'
import { sessionFromCookies } from '../accounts/session'
import { hashToken, hasScope, isAccepted, isWellFormedToken, type KeyRecord, type KeyStatus } from '../api-keys'
import { getRuntime } from '../runtime'
import { type ApiContext, type ApiEnv, headerOf, originOf, type RequiredScope, sessionMay } from './context'
import { problem } from './problems'

/** Bytes of an Authorization header that are looked at; a token needs far fewer. */
const MAX_AUTHORIZATION = 1_024

const BASIC = /^basic +([a-z0-9+/]+={0,2}) *$/i
const BEARER = /^bearer +([\x21-\x7e]+) *$/i

const SEVERAL_HEADERS = 'Send one Authorization header; this request has several.'

const refusedStatuses: Record<Exclude<KeyStatus, 'active' | 'retiring'>, string> = {
  revoked: 'This API key was revoked. Generate a new one under Settings → API Keys.',
  expired: 'This API key has expired. Generate a new one under Settings → API Keys.',
  retired: 'This API key was regenerated and its old token no longer works. Use the new token.',
}

/**
 * Answers a caller whose key is accepted, without asking for a scope. A handler rather than a middleware, with as few
 * promises as can be: this is the path of every request of a gateway.
 */
export function withKey<Answer extends Response>(answer: (c: ApiContext, key: KeyRecord) => Answer) {
  return (c: ApiContext): Answer | Promise<Answer> => {
    const token = bearerToken(c)
    // The types of a route's answers know its JSON alone, not the problems that it declares as well.
    return (typeof token === 'string' ? acceptToken(c, token, answer) : token) as Answer | Promise<Answer>
  }
}

/**
 * Lets a caller in whose key has the scope – or, for GET, the dashboard of a person whose role has the permission of
 * the same name. A session never authorizes a change here: changes of the dashboard are server actions.
 */
export function requireScope(scope: RequiredScope): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const refused = isDashboardRead(c) ? await authenticateBySession(c, scope) : await authenticateByKey(c)
    if (refused) return refused
    const { caller } = c.var
    if (caller.kind === 'key' && !hasScope(caller.key.scopes, scope)) return missingScope(c, scope)
    return next()
  }
}

/** @returns null when the key is accepted and `c.var.caller` is set; else the refusal */
async function authenticateByKey(c: ApiContext): Promise<Response | null> {
  const token = bearerToken(c)
  return typeof token === 'string' ? authenticateToken(c, token) : token
}

/** The token of the Authorization header (RFC 6750 §2.1), or the refusal. */
function bearerToken(c: ApiContext): string | Response {
  const header = headerOf(c, 'authorization')
  if (header === undefined) {
    return unauthorized(c, 'MISSING_AUTHORIZATION', 'Send your API key as “Authorization: Bearer fn_live_…”.')
  }
  if (countAuthorizationHeaders(c) > 1) {
    return unauthorized(c, 'INVALID_AUTHORIZATION_FORMAT', SEVERAL_HEADERS)
  }
  const token = header.length <= MAX_AUTHORIZATION ? BEARER.exec(header)?.[1] : undefined
  return (
    token ??
    unauthorized(
      c,
      'INVALID_AUTHORIZATION_FORMAT',
      'The Authorization header must be the word Bearer, one space and the token.',
    )
  )
}

/** @returns null when the token's key is accepted and `c.var.caller` is set; else the refusal */
async function authenticateToken(c: ApiContext, token: string): Promise<Response | null> {
  let key: KeyRecord | undefined
  const refused = await acceptToken(c, token, (_, accepted) => {
    key = accepted
    return null
  })
  if (key) c.set('caller', { kind: 'key', key })
  return refused
}

/** Answers when the token's key is accepted, and notes its use; else the refusal. */
function acceptToken<Answer>(
  c: ApiContext,
  token: string,
  answer: (c: ApiContext, key: KeyRecord) => Answer,
): Promise<Answer | Response> {
  return findKey(token).then((key) => {
    if (!key || !isAccepted(key.status)) return refuseKey(c, key)
    getRuntime().usage.record(key, originOf(c))
    return answer(c, key)
  })
}

/**
 * An OAuth2 client with HTTP Basic (RFC 6749 §2.3.1): its id is the key's, its secret the token.
 * @returns null when the key is accepted and `c.var.caller` is set; else the refusal
 */
export async function authenticateByBasic(c: ApiContext, header: string): Promise<Response | null> {
  if (countAuthorizationHeaders(c) > 1) return unauthorized(c, 'INVALID_AUTHORIZATION_FORMAT', SEVERAL_HEADERS, 'Basic')
  const client = header.length <= MAX_AUTHORIZATION ? decodeBasic(header) : null
  if (!client) {
    const detail = 'HTTP Basic needs the key’s id and its token, joined by a colon, in Base64.'
    return unauthorized(c, 'INVALID_AUTHORIZATION_FORMAT', detail, 'Basic')
  }
  const key = await findKey(client.secret)
  if (key && key.id !== client.id) {
    const detail = 'The client id is not the id of the key whose token was sent.'
    return unauthorized(c, 'INVALID_API_KEY', detail, 'Basic')
  }
  if (!key || !isAccepted(key.status)) return refuseKey(c, key, 'Basic')
  getRuntime().usage.record(key, originOf(c))
  c.set('caller', { kind: 'key', key })
  return null
}

function decodeBasic(header: string): { id: string; secret: string } | null {
  const encoded = BASIC.exec(header)?.[1]
  const text = encoded ? Buffer.from(encoded, 'base64').toString('utf8') : ''
  const colon = text.indexOf(':')
  if (colon < 1) return null
  try {
    return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
  } catch {
    return null
  }
}

/** @throws {URIError} */
function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** The key of a token, whatever its status; null when there is none. A malformed token costs no query. */
export function findKey(token: string): Promise<KeyRecord | null> {
  return isWellFormedToken(token) ? getRuntime().keyLookup.find(hashToken(token)) : Promise.resolve(null)
}

/** A read by one of our own pages. The fetch metadata keeps other sites' pages out where a browser sends it. */
function isDashboardRead(c: ApiContext): boolean {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isRead || headerOf(c, 'authorization') !== undefined || headerOf(c, 'cookie') === undefined) return false
  const site = headerOf(c, 'sec-fetch-site')
  return site === undefined || site === 'same-origin'
}

async function authenticateBySession(c: ApiContext, scope: RequiredScope): Promise<Response | null> {
  const session = await sessionFromCookies(headerOf(c, 'cookie'))
  if (!session) {
    return unauthorized(c, 'MISSING_AUTHORIZATION', 'You are not signed in. Sign in again, or send an API key.')
  }
  if (!sessionMay(session, scope)) {
    return problem(c, 'INSUFFICIENT_PERMISSIONS', `Your role in ${session.account.name} does not allow this.`)
  }
  c.set('caller', { kind: 'session', session })
  return null
}

/** Node keeps the first of several Authorization headers; only the raw list tells that there were more. */
function countAuthorizationHeaders(c: ApiContext): number {
  const raw = c.env.incoming?.rawHeaders ?? []
  let count = 0
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count++
  }
  return count
}

/** @param key one that is not accepted; null: there is none */
function refuseKey(c: ApiContext, key: KeyRecord | null, scheme?: Scheme): Response {
  const detail =
    key && !isAccepted(key.status)
      ? refusedStatuses[key.status]
      : 'This is not a valid API key. Check that the whole token was copied, and that it belongs to this server.'
  return unauthorized(c, 'INVALID_API_KEY', detail, scheme)
}

type Scheme = 'Bearer' | 'Basic'

/** RFC 6750 §3: no error when nothing was sent. */
const bearerErrors = {
  MISSING_AUTHORIZATION: '',
  INVALID_AUTHORIZATION_FORMAT: ', error="invalid_request"',
  INVALID_API_KEY: ', error="invalid_token"',
} as const

/** @param scheme the one that the caller used: RFC 6749 §5.2 */
function unauthorized(
  c: ApiContext,
  code: keyof typeof bearerErrors,
  detail: string,
  scheme: Scheme = 'Bearer',
): Response {
  const challenge = `${scheme} realm="Fenicia"${scheme === 'Bearer' ? bearerErrors[code] : ''}`
  return problem(c, code, detail, { headers: { 'WWW-Authenticate': challenge } })
}

export function missingScope(c: ApiContext, scope: RequiredScope): Response {
  return problem(c, 'INSUFFICIENT_PERMISSIONS', `This needs the scope ${scope}, which the API key does not have.`, {
    headers: { 'WWW-Authenticate': `Bearer realm="Fenicia", error="insufficient_scope", scope="${scope}"` },
  })
}
