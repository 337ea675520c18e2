import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { can, type Permission } from '../accounts/permissions'
import type { Session } from '../accounts/session'
import { type EnvironmentWall, type Grantor, hasScope, type KeyRecord } from '../api-keys'
import type { Actor } from '../audit'
import { clientAddress, type Peer } from '../client-address'
import type { Reach } from '../environments'
import type { PAGE_OF_HEADER } from '../request-headers'
import { getRuntime } from '../runtime'
import type { Asked } from './answer'

/** Who calls: an external app with its key, or the dashboard with a person's session (GET only). */
export type Caller = { kind: 'key'; key: KeyRecord } | { kind: 'session'; session: Session }

export interface ApiEnv {
  Bindings: Partial<HttpBindings> & Asked
  Variables: { caller: Caller }
}

export type ApiContext = Context<ApiEnv>

/** Scopes that the API's own calls ask for; a person's role has permissions in the same words. */
export type RequiredScope = Permission

export function callerAccountId(c: ApiContext): string {
  const { caller } = c.var
  return caller.kind === 'key' ? caller.key.accountId : caller.session.account.id
}

/** The calling key, of a call that no session makes. */
export function callerKey(c: ApiContext): KeyRecord {
  const { caller } = c.var
  if (caller.kind !== 'key') throw new TypeError('This call is made with a key')
  return caller.key
}

/** Whether the caller may do this too, of a call that asks for another scope first. */
export function callerMay(c: ApiContext, scope: RequiredScope): boolean {
  const { caller } = c.var
  if (caller.kind === 'session') return sessionMay(caller.session, scope)
  if (!hasScope(caller.key.scopes, scope)) return false
  getRuntime().usage.need(caller.key, [scope])
  return true
}

/** A test key sees test keys only. */
export function wallOf(c: ApiContext): EnvironmentWall {
  const { caller } = c.var
  return caller.kind === 'key' && caller.key.environment === 'test' ? 'test' : null
}

/** The credentials and integrations that the caller has a way to: a key, to those of its own environment. */
export function reachOf(c: ApiContext): Reach {
  const { caller } = c.var
  return {
    accountId: callerAccountId(c),
    ...(caller.kind === 'key' ? { environment: caller.key.environment } : {}),
  }
}

/** What the caller may hand on to a key that it makes. */
export function grantorOf(c: ApiContext): Grantor {
  const { caller } = c.var
  return caller.kind === 'key' ? caller.key : null
}

/** A request header. Node's own are at hand; a `Headers` would first be built of all of them, for each request. */
export function headerOf(
  c: ApiContext,
  name: 'authorization' | 'cookie' | 'sec-fetch-site' | 'user-agent' | typeof PAGE_OF_HEADER,
) {
  const { incoming } = c.env
  return incoming ? (incoming.headers[name] as string | undefined) : c.req.header(name)
}

/** Where a request came from, as usage and audit keep it. */
export interface Origin {
  address: string | null
  userAgent: string | null
}

export function originOfIncoming(incoming: Peer): Origin {
  return { address: clientAddress(incoming), userAgent: incoming.headers['user-agent'] ?? null }
}

export function originOf(c: ApiContext): Origin {
  const { incoming } = c.env
  return incoming ? originOfIncoming(incoming) : { address: null, userAgent: headerOf(c, 'user-agent') ?? null }
}

export function actorOf(c: ApiContext): Actor & { id: string } {
  const { caller } = c.var
  const { id, name } = caller.kind === 'key' ? caller.key : caller.session.user
  return {
    kind: caller.kind === 'key' ? 'key' : 'user',
    id,
    name,
    ...reachOf(c),
    ...originOf(c),
    requestId: c.env.requestId,
  }
}

export function sessionMay(session: Session, scope: RequiredScope): boolean {
  return can(session, scope)
}
