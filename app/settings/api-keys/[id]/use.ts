import type { KeyUsageResource } from '@/lib/api/review-resources'
import type { ApiKey } from '../words'

/** How a key was used, as the API answers it. */
export type KeyUse = KeyUsageResource

export const refusalNames: Record<string, string> = {
  revoked: 'It is revoked',
  expired: 'It has expired',
  retired: 'The old token no longer works',
  paused: 'It is paused',
  address_not_allowed: 'From an address that it may not be used from',
  method_not_allowed: 'With a method that it may not be used with',
  rate_limited: 'Beyond its rate',
  quota_exceeded: 'Beyond its monthly quota',
  missing_scope: 'For a scope that it does not have',
}

/** The counts of all hours together. */
export function total({ data }: KeyUse, what: 'refusals' | 'statuses' | 'addresses'): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const hour of data) {
    for (const [name, times] of Object.entries(hour[what])) sums[name] = (sums[name] ?? 0) + times
  }
  return sums
}

/** Refused requests by UTC day. */
export function refusedByDay({ data }: KeyUse): Map<string, number> {
  const days = new Map<string, number>()
  for (const { started_at, refused } of data) {
    const day = started_at.slice(0, 10)
    days.set(day, (days.get(day) ?? 0) + refused)
  }
  return days
}

/** Addresses that are shown. */
const MAX_SHOWN = 10

/** From where it was used, the latest first; the empty address: others, or not known. */
export function usedFrom(use: KeyUse): { address: string; requests: number; lastAt: string }[] {
  const last = new Map<string, string>()
  for (const { started_at, addresses } of use.data) {
    for (const address of Object.keys(addresses)) last.set(address, started_at)
  }
  return Object.entries(total(use, 'addresses'))
    .map(([address, requests]) => ({ address, requests, lastAt: last.get(address) ?? '' }))
    .sort((a, b) => (a.lastAt === b.lastAt ? b.requests - a.requests : a.lastAt < b.lastAt ? 1 : -1))
    .slice(0, MAX_SHOWN)
}

/** When each granted scope was asked for last; null: never, as far as is known. */
export function grantedUse(
  { scopes }: Pick<ApiKey, 'scopes'>,
  { scopes: { last_used } }: KeyUse,
): { scope: string; lastUsed: string | null }[] {
  return scopes.map((scope) => {
    const resource = scope.endsWith(':*') ? scope.slice(0, -1) : null
    const uses = Object.entries(last_used).filter(([used]) => used === scope || (resource && used.startsWith(resource)))
    return {
      scope,
      lastUsed:
        uses
          .map(([, at]) => at)
          .sort()
          .at(-1) ?? null,
    }
  })
}
