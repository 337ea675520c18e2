import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUsageDays, apiKeyUses } from '@/db/schema'
import { isId } from '../ids'
import { type EnvironmentWall, keyNotFound } from './change'
import { type KeyStatus, keyStatus } from './status'

/** Days of usage that are shown with a key, today (UTC) included. */
export const USAGE_DAYS = 30

/** A key as people and apps see it. */
export type ApiKeyView = Omit<
  typeof apiKeys.$inferSelect,
  'accountId' | 'tokenHash' | 'nameHeld' | 'createdByKind' | 'createdById' | 'createdByName'
> & {
  status: KeyStatus
  createdBy: { kind: (typeof apiKeys.$inferSelect)['createdByKind']; id: string | null; name: string }
  lastUse: { at: Date; address: string | null; userAgent: string | null } | null
  replacedById: string | null
  /** Accepted requests per UTC day, oldest first, today last. */
  usage: number[]
}

const { accountId: _a, tokenHash: _t, nameHeld: _n, ...shown } = getTableColumns(apiKeys)

/** Every query for views starts here, and goes on with `inAccount`. */
export function selectKeys<More extends Record<string, SQL>>(db: Database, more: More) {
  return db
    .select({
      ...more,
      ...shown,
      status: keyStatus,
      lastUsedAt: apiKeyUses.lastUsedAt,
      address: apiKeyUses.address,
      userAgent: apiKeyUses.userAgent,
      replacedById: sql<string | null>`(
        select successor.id from ${apiKeys} successor
        where successor.account_id = ${apiKeys.accountId} and successor.replaces_id = ${apiKeys.id})`,
    })
    .from(apiKeys)
    .leftJoin(apiKeyUses, eq(apiKeyUses.keyId, apiKeys.id))
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof selectKeys<Record<never, SQL>>>>[number]

export function inAccount(accountId: string, wall: EnvironmentWall): SQL | undefined {
  return and(eq(apiKeys.accountId, accountId), wall ? eq(apiKeys.environment, wall) : undefined)
}

/**
 * One key.
 * @throws {Refusal} `not_found` – also for another account's key, in the same words
 */
export async function getApiKey(
  db: Database,
  accountId: string,
  id: string,
  wall: EnvironmentWall = null,
): Promise<ApiKeyView> {
  if (!isId('apiKey', id)) throw keyNotFound()
  const rows = await selectKeys(db, {}).where(and(inAccount(accountId, wall), eq(apiKeys.id, id)))
  const [view] = await withUsage(db, accountId, rows)
  if (!view) throw keyNotFound()
  return view
}

/** Adds the usage of the last days to rows of one account. */
export async function withUsage(db: Database, accountId: string, rows: Row[]): Promise<ApiKeyView[]> {
  const usage = await usageOf(
    db,
    accountId,
    rows.map((row) => row.id),
  )
  return rows.map(({ createdByKind, createdById, createdByName, lastUsedAt, address, userAgent, ...row }) => ({
    ...row,
    createdBy: { kind: createdByKind, id: createdById, name: createdByName },
    lastUse: lastUsedAt && { at: lastUsedAt, address, userAgent },
    usage: usage.get(row.id) ?? Array<number>(USAGE_DAYS).fill(0),
  }))
}

async function usageOf(db: Database, accountId: string, ids: string[]): Promise<Map<string, number[]>> {
  const byKey = new Map<string, number[]>()
  if (ids.length === 0) return byKey
  const age = sql<number>`((now() at time zone 'utc')::date - ${apiKeyUsageDays.day})`.mapWith(Number)
  const rows = await db
    .select({ keyId: apiKeyUsageDays.keyId, age, requests: apiKeyUsageDays.requests })
    .from(apiKeyUsageDays)
    .where(
      and(
        eq(apiKeyUsageDays.accountId, accountId),
        sql`${apiKeyUsageDays.keyId} = any(${sql.param(ids)}::text[])`,
        sql`${apiKeyUsageDays.day} > (now() at time zone 'utc')::date - ${USAGE_DAYS}::int`,
      ),
    )
  for (const { keyId, age, requests } of rows) {
    const days = byKey.get(keyId) ?? Array<number>(USAGE_DAYS).fill(0)
    const index = USAGE_DAYS - 1 - age
    // The app's clock may be ahead of the database's by a day boundary.
    days[Math.min(index, USAGE_DAYS - 1)] = (days[Math.min(index, USAGE_DAYS - 1)] ?? 0) + requests
    byKey.set(keyId, days)
  }
  return byKey
}
