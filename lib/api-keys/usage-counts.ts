import type { AdmissionRefusal } from './admission'
import type { Scope } from './scopes'

/** Why a request of a key was refused, as it is counted: not let in, or let in and not allowed what it asked for. */
export type UsageRefusal = Exclude<AdmissionRefusal, 'unknown'> | 'missing_scope'

export const HOUR_MS = 3_600_000

/** Addresses that are told apart, of an hour and a key; the rest is counted together under the empty name. */
export const MAX_ADDRESSES = 20
const OTHERS = ''
/** Counted where a request asked for no scope, or did not say: `GET /me` tells a gateway all that the key may do. */
export const NO_SCOPE: Scope = ''

/** How a key was used within an hour. */
export interface HourCounts {
  /** Accepted. */
  requests: number
  /** Of the requests, those that are written as the day's already. */
  inDay: number
  refused: number
  refusals: Map<string, number>
  /** By class of status. */
  statuses: Map<string, number>
  scopes: Map<string, number>
  addresses: Map<string, number>
}

export function emptyHour(): HourCounts {
  return {
    requests: 0,
    inDay: 0,
    refused: 0,
    refusals: new Map(),
    statuses: new Map(),
    scopes: new Map(),
    addresses: new Map(),
  }
}

export function countOne(counts: Map<string, number>, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times)
}

/** Counts an address, or one of the others when there are `MAX_ADDRESSES` of them already. */
export function countAddress(addresses: Map<string, number>, address: string | null, times = 1): void {
  const known = address !== null && (addresses.has(address) || addresses.size < MAX_ADDRESSES)
  countOne(addresses, known ? address : OTHERS, times)
}

const CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx']

/** `2xx` of 204; of what is no status, the empty text. */
export function statusClass(status: number): string {
  return CLASSES[Math.floor(status / 100)] ?? ''
}

/** Adds what was counted earlier. */
export function addHour(to: HourCounts, from: HourCounts): void {
  to.requests += from.requests
  to.inDay += from.inDay
  to.refused += from.refused
  for (const [name, times] of from.refusals) countOne(to.refusals, name, times)
  for (const [name, times] of from.statuses) countOne(to.statuses, name, times)
  for (const [name, times] of from.scopes) countOne(to.scopes, name, times)
  for (const [name, times] of from.addresses) countAddress(to.addresses, name, times)
}
