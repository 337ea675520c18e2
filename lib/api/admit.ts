import { type Admission, admitKey, type Entry, type KeyRecord } from '../api-keys'
import { getRuntime } from '../runtime'
import type { Answer, Asked } from './answer'
import { refuseKey, type Scheme } from './bearer'
import type { Origin } from './context'
import { rateLimitHeaders } from './rate-limit'

/**
 * Decides whether a key lets a request in, and notes that it was used. Every request that a key is to let in comes through
 * here: those that it makes itself, and those that somebody else asks to verify.
 * @param from where the request came from, as it is noted
 * @param entry what decides; the request's own address where nothing else is said
 */
export function admit(key: KeyRecord | null, from: Origin, entry: Entry): Admission {
  const admission = admitKey(key, entry)
  if (admission.admitted) getRuntime().usage.record(admission.key, from)
  return admission
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
  scheme?: Scheme,
): Answer | null {
  const admission = admit(key, from, { address: from.address, method })
  asked.limits = rateLimitHeaders(key)
  return admission.admitted ? null : refuseKey(asked, key, admission.reason, scheme)
}
