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

/**
 * How often by name. What nothing was counted in yet is one map for all: while usage waits to be written, tens of thousands of
 * keys would else hold a map each for refusals that there are none of.
 */
export type Counts = ReadonlyMap<string, number>
export const NOTHING: Counts = new Map()

/** How a key was used within an hour. */
export interface HourCounts {
  /** Accepted. */
  requests: number
  /** Of the requests, those that are written as the day's already. */
  inDay: number
  refused: number
  refusals: Counts
  /** By the first digit of the status; first what is no status. */
  statuses: number[]
  scopes: Counts
  addresses: Counts
  /** Where the last requests came from, one after the other, and how many they were: not among `addresses` yet. */
  lastAddress: string | null
  fromLast: number
}

export function emptyHour(): HourCounts {
  return {
    requests: 0,
    inDay: 0,
    refused: 0,
    refusals: NOTHING,
    statuses: [0, 0, 0, 0, 0, 0],
    scopes: NOTHING,
    addresses: NOTHING,
    lastAddress: null,
    fromLast: 0,
  }
}

/** Counts, in place once there is something. @returns what to count in from then on */
export function countOne(counts: Counts, name: string, times = 1): Counts {
  return withCount(counts, name, (counts.get(name) ?? 0) + times)
}

/** Sets a count, as `countOne`. */
export function withCount(counts: Counts, name: string, count: number): Counts {
  return counts === NOTHING ? new Map([[name, count]]) : (counts as Map<string, number>).set(name, count)
}

/** Forgets a count, as `countOne`. */
export function withoutCount(counts: Counts, name: string): Counts {
  if (counts === NOTHING) return counts
  ;(counts as Map<string, number>).delete(name)
  return counts.size === 0 ? NOTHING : counts
}

/** Counts a request from an address. Most come from where the one before came from, which is a number that grows. */
export function countAddress(hour: HourCounts, address: string | null): void {
  if (address !== hour.lastAddress) {
    settleAddresses(hour)
    hour.lastAddress = address
  }
  hour.fromLast += 1
}

/** All requests by address, those of the last one too. */
export function settleAddresses(hour: HourCounts): Counts {
  if (hour.fromLast > 0) hour.addresses = addAddress(hour.addresses, hour.lastAddress, hour.fromLast)
  hour.fromLast = 0
  return hour.addresses
}

/** Counts an address, or one of the others when there are `MAX_ADDRESSES` of them already. */
function addAddress(addresses: Counts, address: string | null, times: number): Counts {
  const known = address !== null && (addresses.has(address) || addresses.size < MAX_ADDRESSES)
  return countOne(addresses, known ? address : OTHERS, times)
}

export function countStatus({ statuses }: HourCounts, status: number): void {
  const digit = Math.floor(status / 100)
  const index = digit < statuses.length ? digit : 0
  statuses[index] = (statuses[index] ?? 0) + 1
}

/** Counts by class: `2xx` of 204. */
export function statusClasses({ statuses }: HourCounts): Map<string, number> {
  const classes = statuses.map((times, digit): [string, number] => [digit === 0 ? '' : `${digit}xx`, times])
  return new Map(classes.filter(([, times]) => times > 0))
}

/** Adds what was counted earlier. */
export function addHour(to: HourCounts, from: HourCounts): void {
  to.requests += from.requests
  to.inDay += from.inDay
  to.refused += from.refused
  for (const [name, times] of from.refusals) to.refusals = countOne(to.refusals, name, times)
  to.statuses = to.statuses.map((times, digit) => times + (from.statuses[digit] ?? 0))
  for (const [name, times] of from.scopes) to.scopes = countOne(to.scopes, name, times)
  for (const [name, times] of settleAddresses(from)) to.addresses = addAddress(to.addresses, name, times)
}
