import { and, eq, gte, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeyScopeUses, apiKeyUsageHours, type usageSpans } from '@/db/schema'
import { invalidField } from '../errors'
import { isStorableTime } from '../times'
import type { EnvironmentWall } from './change'
import { getApiKey } from './read'
import { NO_SCOPE } from './usage-counts'

/** How a key was used in an hour, or, when that is long ago, a day. */
export interface UsageSpan {
  startedAt: Date
  span: (typeof usageSpans)[number]
  requests: number
  refused: number
  refusals: Record<string, number>
  statuses: Record<string, number>
  scopes: Record<string, number>
  addresses: Record<string, number>
}

const TIME_RULE = 'must be a date and time such as 2027-01-31T00:00:00Z'
const time = z.iso
  .datetime({ offset: true, error: TIME_RULE })
  .refine((text) => isStorableTime(new Date(text)), TIME_RULE)

export const usageQuery = z.strictObject({
  from: time.optional().meta({ description: 'From this time on; left out: the last 24 hours.' }),
  to: time.optional().meta({ description: 'Before this time; left out: now.' }),
})
export type UsageQuery = z.output<typeof usageQuery>

/** The longest time that is answered in one go. */
const MAX_DAYS = 90
const DAY_MS = 86_400_000

/**
 * How a key was used, up to some seconds ago, the oldest first; hours without a request are left out.
 * @throws {Refusal} `not_found`; `invalid` on `from` or `to`
 */
export async function readUsage(
  db: Database,
  accountId: string,
  id: string,
  query: UsageQuery,
  wall: EnvironmentWall = null,
): Promise<UsageSpan[]> {
  const to = query.to === undefined ? new Date() : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from)
  if (!isStorableTime(from)) throw invalidField('to', TIME_RULE)
  if (from > to || to.getTime() - from.getTime() > (MAX_DAYS + 1) * DAY_MS) {
    throw invalidField('from', `must be before \`to\`, by ${MAX_DAYS} days or fewer`)
  }
  await getApiKey(db, accountId, id, wall)
  const { hour, span, requests, refused, refusals, statuses, scopes, addresses } = apiKeyUsageHours
  return db
    .select({ startedAt: hour, span, requests, refused, refusals, statuses, scopes, addresses })
    .from(apiKeyUsageHours)
    .where(
      and(
        eq(apiKeyUsageHours.accountId, accountId),
        eq(apiKeyUsageHours.keyId, id),
        gte(hour, sql`date_trunc('hour', ${from.toISOString()}::timestamptz, 'UTC')`),
        lt(hour, to),
      ),
    )
    .orderBy(hour)
}

/** What is known of the scopes that a key asks for. */
export interface ScopeUse {
  /** Since when it is noted what its requests are for; null: there was none since. */
  watchedSince: Date | null
  /** Whether some requests of the last 30 days did not say what they were for. */
  hasUnnamed: boolean
  /** When each scope was asked for last, to the hour. */
  lastUsedAt: Record<string, Date>
}

export async function readScopeUse(db: Database, accountId: string, id: string): Promise<ScopeUse> {
  const rows = await db
    .select()
    .from(apiKeyScopeUses)
    .where(and(eq(apiKeyScopeUses.accountId, accountId), eq(apiKeyScopeUses.keyId, id)))
  const first = rows.map(({ firstUsedAt }) => firstUsedAt.getTime())
  const monthAgo = Date.now() - 30 * DAY_MS
  return {
    watchedSince: first.length > 0 ? new Date(Math.min(...first)) : null,
    hasUnnamed: rows.some(({ scope, lastUsedAt }) => scope === NO_SCOPE && lastUsedAt.getTime() > monthAgo),
    lastUsedAt: Object.fromEntries(
      rows.filter(({ scope }) => scope !== NO_SCOPE).map(({ scope, lastUsedAt }) => [scope, lastUsedAt]),
    ),
  }
}
