import { type Admission, admitKey, type Entry, hasScope, type KeyRecord, type Scope } from '../api-keys'
import { getRuntime } from '../runtime'
import type { Answer, Asked } from './answer'
import { refuseKey, type Scheme } from './bearer'
import type { Origin } from './context'
import { rateLimitHeaders } from './rate-limit'

/** What a request is for, as it is noted. */
export interface Purpose {
  /** What it asks for; none: nothing that a scope allows, or it does not say. */
  scopes: readonly Scope[]
  /** With or without the query, which is not kept. */
  path: string
  /** Slug of the integration that it calls. */
  integration?: string
}

/**
 * Decides whether a key lets a request in, and notes what comes of it. Every request that a key is to let in comes through
 * here: those that it makes itself, and those that somebody else asks to verify.
 * @param from where the request came from, as it is noted
 * @param entry what decides; the request's own address where nothing else is said
 */
export function admit(key: KeyRecord | null, from: Origin, entry: Entry, purpose: Purpose): Admission {
  const admission = admitKey(key, entry)
  if (admission.admitted) noteUse(admission.key, from, entry, purpose)
  else if (key && admission.reason !== 'unknown') getRuntime().usage.refuse(key, admission.reason)
  return admission
}

function noteUse(key: KeyRecord, from: Origin, entry: Entry, { scopes, path, integration }: Purpose): void {
  const { usage } = getRuntime()
  const isGranted = scopes.every((scope) => hasScope(key.scopes, scope))
  usage.record(key, from, isGranted ? scopes : null)
  if (!isGranted) usage.refuse(key, 'missing_scope')
  const { rehearsedAt } = key
  if (rehearsedAt) {
    const { address, method } = entry
    usage.rehearse(
      { id: key.id, accountId: key.accountId, rehearsedAt },
      { address: address ?? from.address, userAgent: from.userAgent, method, path, integration: integration ?? null },
    )
  }
}

/**
 * `admit` for the key that a request carries. The answer, whatever it is, then tells what the key's limits leave it.
 * @returns null when it is let in; else the refusal
 */
export function admitCaller(
  asked: Asked,
  key: KeyRecord | null,
  from: Origin,
  method: string,
  purpose: Purpose,
  scheme?: Scheme,
): Answer | null {
  const admission = admit(key, from, { address: from.address, method }, purpose)
  asked.limits = rateLimitHeaders(key)
  return admission.admitted ? null : refuseKey(asked, key, admission.reason, scheme)
}
