import type { actorKinds, environments } from '@/db/schema'

/** Where a change was asked for. */
export interface Origin {
  /** The peer's IP address, after trusted proxies. */
  address: string | null
  userAgent: string | null
  requestId: string | null
}

/** Who asks for a change, in which account, and from where. Every write takes one. */
export interface Actor extends Origin {
  kind: (typeof actorKinds)[number]
  /** The user's or key's id; null for the operator and for Fenicia itself. */
  id: string | null
  /** As it is shown; kept with the event, since people and keys come and go. */
  name: string
  accountId: string
  /** Of a key: the environment whose credentials and integrations alone it has a way to. Whoever else acts has one to both. */
  environment?: (typeof environments)[number]
}

/** Fenicia acting by itself, such as a scheduled job. */
export function systemActor(accountId: string): Actor {
  return { kind: 'system', id: null, name: 'Fenicia', accountId, address: null, userAgent: null, requestId: null }
}

/** The person at the server's command line. */
export function operatorActor(accountId: string): Actor {
  return { ...systemActor(accountId), kind: 'operator', name: 'Operator' }
}
