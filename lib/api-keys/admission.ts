import { isInRanges } from '../address-range'
import type { KeyRecord } from './lookup'
import { isAccepted, type KeyStatus } from './status'

/** Why a key does not let a request in. */
export const admissionRefusals = [
  'unknown',
  'revoked',
  'expired',
  'retired',
  'paused',
  'address_not_allowed',
  'method_not_allowed',
  'rate_limited',
  'quota_exceeded',
] as const satisfies (Exclude<KeyStatus, 'active' | 'retiring'> | string)[]
export type AdmissionRefusal = (typeof admissionRefusals)[number]

/** A request, as far as it decides whether its key lets it in. */
export interface Entry {
  /** Where it comes from; null: nobody knows, which is not allowed where addresses are asked for. */
  address: string | null
  /** Its HTTP method; null: nobody says, which is not allowed where methods are asked for. */
  method: string | null
}

export type Admission = { admitted: true; key: KeyRecord } | { admitted: false; reason: AdmissionRefusal }

/**
 * Decides whether a key lets a request in, and counts the request if it does: the one place for all of Fenicia. What a
 * person decided is told before what the caller could mend, and what is refused uses up nothing.
 * @param key as the database has just told it; null: there is none
 */
export function admitKey(key: KeyRecord | null, { address, method }: Entry): Admission {
  if (!key) return refused('unknown')
  if (!isAccepted(key.status)) return refused(key.status)
  if (!isAddressAllowed(key, address)) return refused('address_not_allowed')
  if (!isMethodAllowed(key, method)) return refused('method_not_allowed')
  const verdict = key.allowance?.take() ?? 'admitted'
  return verdict === 'admitted' ? { admitted: true, key } : refused(verdict)
}

function refused(reason: AdmissionRefusal): Admission {
  return { admitted: false, reason }
}

/** Both must allow it: the key's own list and its account's. */
function isAddressAllowed({ addresses, accountAddresses }: KeyRecord, address: string | null): boolean {
  if (addresses && !isInRanges(address, addresses)) return false
  return !accountAddresses || isInRanges(address, accountAddresses)
}

/** HEAD is GET without a body: who may read may ask whether there is something to read. */
function isMethodAllowed({ methods }: KeyRecord, method: string | null): boolean {
  if (!methods) return true
  return method !== null && (methods.includes(method) || (method === 'HEAD' && methods.includes('GET')))
}
