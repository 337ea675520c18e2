import type { MiddlewareHandler } from 'hono'
import { sessionFromCookies } from '../accounts/session'
import { hashToken, hasScope, isAccepted, isWellFormedToken, type KeyRecord, type KeyStatus } from '../api-keys'
import { getRuntime } from '../runtime'
import { type ApiContext, type ApiEnv, headerOf, originOf, type RequiredScope, sessionMay } from './context'
import { problem } from './problems'

/** Bytes of an Authorization header that are looked at; a token needs far fewer. */
const MAX_AUTHORIZATION = 1_024

const BEARER = /^bearer +([\x21-\x7e]+) *$/i

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
    return unauthorized(c, 'INVALID_AUTHORIZATION_FORMAT', 'Send one Authorization header; this request has several.')
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
export async function authenticateToken(c: ApiContext, token: string): Promise<Response | null> {
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
    if (!key) {
      return unauthorized(
        c,
        'INVALID_API_KEY',
        'This is not a valid API key. Check that the whole token was copied, and that it belongs to this server.',
      )
    }
    if (!isAccepted(key.status)) return unauthorized(c, 'INVALID_API_KEY', refusedStatuses[key.status])
    getRuntime().usage.record(key, originOf(c))
    return answer(c, key)
  })
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

function unauthorized(
  c: ApiContext,
  code: 'MISSING_AUTHORIZATION' | 'INVALID_AUTHORIZATION_FORMAT' | 'INVALID_API_KEY',
  detail: string,
): Response {
  // RFC 6750 §3: no error code when nothing was sent.
  const challenge = {
    MISSING_AUTHORIZATION: 'Bearer realm="Fenicia"',
    INVALID_AUTHORIZATION_FORMAT: 'Bearer realm="Fenicia", error="invalid_request"',
    INVALID_API_KEY: 'Bearer realm="Fenicia", error="invalid_token"',
  }[code]
  return problem(c, code, detail, { headers: { 'WWW-Authenticate': challenge } })
}

export function missingScope(c: ApiContext, scope: RequiredScope): Response {
  return problem(c, 'INSUFFICIENT_PERMISSIONS', `This needs the scope ${scope}, which the API key does not have.`, {
    headers: { 'WWW-Authenticate': `Bearer realm="Fenicia", error="insufficient_scope", scope="${scope}"` },
  })
}
