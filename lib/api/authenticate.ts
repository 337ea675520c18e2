import type { MiddlewareHandler, Next } from 'hono'
import { isOfOtherPage, sessionFromCookies } from '../accounts/session'
import { hashToken, hasScope, isWellFormedToken, type KeyRecord, type Scope } from '../api-keys'
import { PAGE_OF_HEADER, pageOf } from '../request-headers'
import { getRuntime } from '../runtime'
import { admitCaller } from './admit'
import { toResponse } from './answer'
import { bearerToken, type Credentials, MAX_AUTHORIZATION, refuseSeveral, type Scheme, unauthorized } from './bearer'
import {
  type ApiContext,
  type ApiEnv,
  callerKey,
  headerOf,
  originOf,
  type RequiredScope,
  sessionMay,
  wallOf,
} from './context'
import { problem } from './problems'

const BASIC = /^basic +([a-z0-9+/]+={0,2}) *$/i

/** Lets a caller in whose key is accepted, whatever its scopes. */
export const requireKey: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const refused = await authenticateByKey(c, [])
  if (refused) return refused
  await next()
  getRuntime().usage.answer(callerKey(c), c.res.status)
}

/**
 * Lets a caller in whose key has the scope – or, for GET, the dashboard of a person whose role has the permission of
 * the same name. A session never authorizes a change here: changes of the dashboard are server actions.
 */
export function requireScope(scope: RequiredScope): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const refused = isDashboardRead(c) ? await authenticateBySession(c, scope) : await authenticateByKey(c, [scope])
    if (refused) return refused
    return passOn(c, next, scope)
  }
}

/**
 * Hands a request on to its call unless the calling key lacks the scope, and notes with the key how it was answered: also that
 * it was refused, since the key was let in.
 */
export async function passOn(c: ApiContext, next: Next, scope: RequiredScope): Promise<Response | undefined> {
  const { caller } = c.var
  const refused = caller.kind === 'key' && !hasScope(caller.key.scopes, scope) ? missingScope(c, scope) : undefined
  if (!refused) await next()
  if (caller.kind === 'key') getRuntime().usage.answer(caller.key, (refused ?? c.res).status)
  return refused
}

/** Refuses test keys, after `requireScope`: what is behind the call is of the whole account. */
export const requireLive: MiddlewareHandler<ApiEnv> = async (c, next) =>
  wallOf(c) === null
    ? next()
    : problem(
        c,
        'ENVIRONMENT_MISMATCH',
        'The audit log and webhooks are of the whole account, and this is a test key: use a live key (fn_live_…).',
      )

/** @returns null when the key is accepted and `c.var.caller` is set; else the refusal */
async function authenticateByKey(c: ApiContext, scopes: readonly Scope[]): Promise<Response | null> {
  const token = bearerToken(credentialsOf(c))
  if (typeof token !== 'string') return toResponse(token)
  return accept(c, await findKey(token), 'Bearer', scopes)
}

/**
 * An OAuth2 client with HTTP Basic (RFC 6749 §2.3.1): its id is the key's, its secret the token.
 * @returns null when the key is accepted and `c.var.caller` is set; else the refusal
 */
export async function authenticateByBasic(
  c: ApiContext,
  header: string,
  scopes: readonly Scope[],
): Promise<Response | null> {
  const several = refuseSeveral(credentialsOf(c), 'Basic')
  if (several) return toResponse(several)
  const client = header.length <= MAX_AUTHORIZATION ? decodeBasic(header) : null
  if (!client) {
    const detail = 'HTTP Basic needs the key’s id and its token, joined by a colon, in Base64.'
    return toResponse(unauthorized(c.env, 'INVALID_AUTHORIZATION_FORMAT', detail, 'Basic'))
  }
  const key = await findKey(client.secret)
  if (key && key.id !== client.id) {
    const detail = 'The client ID is not the id of the key whose token was sent.'
    return toResponse(unauthorized(c.env, 'INVALID_API_KEY', detail, 'Basic'))
  }
  return accept(c, key, 'Basic', scopes)
}

/** Sets `c.var.caller` when the key lets the request in; else the refusal. */
function accept(c: ApiContext, key: KeyRecord | null, scheme: Scheme, scopes: readonly Scope[]): Response | null {
  const refused = admitCaller(c.env, key, originOf(c), c.req.method, { scopes, path: c.req.path }, scheme)
  if (refused) return toResponse(refused)
  c.set('caller', { kind: 'key', key: key as KeyRecord })
  return null
}

function credentialsOf(c: ApiContext): Credentials {
  return {
    requestId: c.env.requestId,
    authorization: headerOf(c, 'authorization'),
    rawHeaders: c.env.incoming?.rawHeaders ?? [],
  }
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
    const detail = 'You are not signed in. Sign in again, or send an API key.'
    return toResponse(unauthorized(c.env, 'MISSING_AUTHORIZATION', detail))
  }
  if (isOfOtherPage(session, headerOf(c, PAGE_OF_HEADER))) {
    const detail = `This browser is in ${session.account.name} now, and this page was made for another account or person. Load the page again.`
    const now = pageOf(session.user.id, session.account.id)
    return problem(c, 'INSUFFICIENT_PERMISSIONS', detail, { headers: { [PAGE_OF_HEADER]: now } })
  }
  if (session.lacksSecondFactor) {
    const detail = `${session.account.name} asks its people for a second factor now. Load the page again to set yours up.`
    return problem(c, 'INSUFFICIENT_PERMISSIONS', detail)
  }
  if (!sessionMay(session, scope)) {
    return problem(c, 'INSUFFICIENT_PERMISSIONS', `Your role in ${session.account.name} does not allow this.`)
  }
  c.set('caller', { kind: 'session', session })
  return null
}

/** `missingScope`, where a request turned out to need the scope only after its key had let it in; noted with the key. */
export function refuseFurtherScope(c: ApiContext, scope: RequiredScope): Response {
  getRuntime().usage.refuse(callerKey(c), 'missing_scope')
  return missingScope(c, scope)
}

function missingScope(c: ApiContext, scope: RequiredScope): Response {
  return problem(c, 'INSUFFICIENT_PERMISSIONS', `This needs the scope ${scope}, which the API key does not have.`, {
    headers: { 'WWW-Authenticate': `Bearer realm="Fenicia", error="insufficient_scope", scope="${scope}"` },
  })
}
