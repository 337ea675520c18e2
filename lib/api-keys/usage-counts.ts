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

export interface Count {
  name: string
  times: number
}

/**
 * How often by name; of few names, and kept for each key that was used of late: as a list they take a quarter of a map's
 * memory, and less time.
 */
export type Counts = readonly Count[]
/** One for all who counted nothing yet. */
export const NOTHING: Counts = []

/** How a key was used within an hour. */
export interface HourCounts {
  /** Milliseconds since 1970. */
  start: number
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

export function emptyHour(start: number): HourCounts {
  return {
    start,
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

export function hasCount(counts: Counts, name: string): boolean {
  return counts.some((count) => count.name === name)
}

/** Counts. @returns what to count in from then on */
export function countOne(counts: Counts, name: string, times = 1): Counts {
  for (const count of counts) {
    if (count.name === name) {
      count.times += times
      return counts
    }
  }
  // `push` and spreading make room for seventeen.
  return counts.concat({ name, times })
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
  const known = address !== null && (hasCount(addresses, address) || addresses.length < MAX_ADDRESSES)
  return countOne(addresses, known ? address : OTHERS, times)
}

export function countStatus({ statuses }: HourCounts, status: number): void {
  const digit = Math.floor(status / 100)
  const index = digit < statuses.length ? digit : 0
  statuses[index] = (statuses[index] ?? 0) + 1
}

/** Counts by class: `2xx` of 204. */
export function statusClasses({ statuses }: HourCounts): Counts {
  const classes = statuses.map((times, digit) => ({ name: digit === 0 ? '' : `${digit}xx`, times }))
  return classes.filter(({ times }) => times > 0)
}

/** Adds what was counted earlier. */
export function addHour(to: HourCounts, from: HourCounts): void {
  to.requests += from.requests
  to.inDay += from.inDay
  to.refused += from.refused
  for (const { name, times } of from.refusals) to.refusals = countOne(to.refusals, name, times)
  to.statuses = to.statuses.map((times, digit) => times + (from.statuses[digit] ?? 0))
  for (const { name, times } of from.scopes) to.scopes = countOne(to.scopes, name, times)
  for (const { name, times } of settleAddresses(from)) to.addresses = addAddress(to.addresses, name, times)
}
