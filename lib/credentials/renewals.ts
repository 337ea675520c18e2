import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { renewalAttempts, type renewalReasons, type renewalResults } from '@/db/schema'
import type { Reach } from '../environments'
import { pageQuery, readCursor, writeCursor } from '../paging'
import { findCredential } from './base'

/** Days that attempts are kept. */
export const RENEWAL_DAYS_KEPT = 90

/** An attempt to renew a credential's tokens, as people and apps see it. */
export interface RenewalView {
  id: string
  reason: (typeof renewalReasons)[number]
  startedAt: Date
  endedAt: Date | null
  /** Null: it is under way. */
  result: (typeof renewalResults)[number] | null
  /** Of the provider's answer. */
  status: number | null
  /** The provider's error code, or Fenicia's of a call that was not answered. */
  error: string | null
  detail: string | null
  /** When what was got ends, or when it is tried again. */
  nextAt: Date | null
}

export const listRenewalsQuery = z.strictObject(pageQuery)
export type ListRenewalsQuery = z.output<typeof listRenewalsQuery>

export interface RenewalPage {
  renewals: RenewalView[]
  nextCursor: string | null
}

/**
 * A page of a credential's renewals, the latest first.
 * @throws {Refusal} `not_found`, `environment_mismatch`; `invalid` on `cursor`
 */
export async function listRenewals(
  db: Database,
  reach: Reach,
  id: string,
  { limit, cursor }: ListRenewalsQuery,
): Promise<RenewalPage> {
  await findCredential(db, reach, id)
  const after = cursor === undefined ? null : readCursor(cursor, 'at')
  const rows = await db
    .select(columns)
    .from(renewalAttempts)
    // Ids sort by age.
    .where(and(ofCredential(reach.accountId, id), after ? lt(renewalAttempts.id, after.id) : undefined))
    .orderBy(desc(renewalAttempts.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { renewals: page, nextCursor: last ? writeCursor('at', '', last.id) : null }
}

/** The latest renewal of a credential; null: there was none. */
export async function latestRenewal(db: Database, accountId: string, id: string): Promise<RenewalView | null> {
  const [row] = await db
    .select(columns)
    .from(renewalAttempts)
    .where(ofCredential(accountId, id))
    .orderBy(desc(renewalAttempts.id))
    .limit(1)
  return row ?? null
}

/**
 * Deletes attempts that are older than they are kept. May run anywhere, any number of times.
 * @returns how many were deleted
 */
export async function pruneRenewals(db: Database, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const gone = await db
      .delete(renewalAttempts)
      .where(
        sql`${renewalAttempts.id} in (select id from ${renewalAttempts}
          where started_at < now() - ${RENEWAL_DAYS_KEPT} * interval '1 day' limit 1000)`,
      )
      .returning({ id: renewalAttempts.id })
    pruned += gone.length
    if (gone.length < 1000) break
  }
  return pruned
}

const { id, reason, startedAt, endedAt, result, status, error, detail, nextAt } = renewalAttempts
const columns = { id, reason, startedAt, endedAt, result, status, error, detail, nextAt }

function ofCredential(accountId: string, credentialId: string) {
  return and(eq(renewalAttempts.accountId, accountId), eq(renewalAttempts.ownerId, credentialId))
}
