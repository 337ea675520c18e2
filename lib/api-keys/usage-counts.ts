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
  /** By the first digit of the status; first what is no status. */
  statuses: number[]
  scopes: Map<string, number>
  addresses: Map<string, number>
  /** Where the last requests came from, one after the other, and how many they were: not among `addresses` yet. */
  lastAddress: string | null
  fromLast: number
}

export function emptyHour(): HourCounts {
  return {
    requests: 0,
    inDay: 0,
    refused: 0,
    refusals: new Map(),
    statuses: [0, 0, 0, 0, 0, 0],
    scopes: new Map(),
    addresses: new Map(),
    lastAddress: null,
    fromLast: 0,
  }
}

export function countOne(counts: Map<string, number>, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times)
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
export function settleAddresses(hour: HourCounts): Map<string, number> {
  if (hour.fromLast > 0) addAddress(hour.addresses, hour.lastAddress, hour.fromLast)
  hour.fromLast = 0
  return hour.addresses
}

/** Counts an address, or one of the others when there are `MAX_ADDRESSES` of them already. */
function addAddress(addresses: Map<string, number>, address: string | null, times: number): void {
  const known = address !== null && (addresses.has(address) || addresses.size < MAX_ADDRESSES)
  countOne(addresses, known ? address : OTHERS, times)
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
  for (const [name, times] of from.refusals) countOne(to.refusals, name, times)
  to.statuses = to.statuses.map((times, digit) => times + (from.statuses[digit] ?? 0))
  for (const [name, times] of from.scopes) countOne(to.scopes, name, times)
  for (const [name, times] of settleAddresses(from)) addAddress(to.addresses, name, times)
}
