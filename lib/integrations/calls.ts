import { and, desc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeys, credentials, integrations, proxyCalls, users } from '@/db/schema'
import type { Reach } from '../environments'
import { cursorNumber, pageQuery, readCursor, writeCursor } from '../paging'
import { findIntegration } from './base'
import { CALL_DAYS_KEPT } from './call-recorder'

/** Hours that an integration's statistics look back. */
export const STATS_HOURS = 24

/** One call as people and apps see it. */
export interface CallView {
  id: string
  at: Date
  /** Null: a person's “Try it”. Its name is null when the key is gone. */
  key: { id: string; name: string | null } | null
  user: { id: string; name: string | null } | null
  credential: { id: string; name: string | null }
  method: string
  path: string
  host: string
  outcome: (typeof proxyCalls.$inferSelect)['outcome']
  status: number
  latencyMs: number
  totalMs: number
  requestBytes: number
  responseBytes: number
  requestId: string
}

/** What an integration's calls of the last day come to. Times until the answer's headers, in milliseconds. */
export interface CallStats {
  since: Date
  calls: number
  failed: number
  p50Ms: number | null
  p95Ms: number | null
}

export const listCallsQuery = z.strictObject({
  result: z.enum(['all', 'failed'], 'must be one of all, failed').default('all').meta({
    description:
      '`failed`: not answered by the service, or with a status of 500 or more. What was called off is not among them.',
  }),
  ...pageQuery,
})
export type ListCallsQuery = z.output<typeof listCallsQuery>

export interface CallPage {
  calls: CallView[]
  nextCursor: string | null
  stats: CallStats
}

const isFailed = sql`(${proxyCalls.outcome} not in ('answered', 'called_off')
  or (${proxyCalls.outcome} = 'answered' and ${proxyCalls.status} >= 500))`

/**
 * A page of an integration's calls, the latest first, with what those of the last day come to.
 * @throws {Refusal} `not_found`, `environment_mismatch`; `invalid` on `cursor`
 */
export async function listCalls(
  db: Database,
  reach: Reach,
  integrationId: string,
  { result, limit, cursor }: ListCallsQuery,
): Promise<CallPage> {
  await findIntegration(db, reach, integrationId)
  const ofIntegration = and(eq(proxyCalls.accountId, reach.accountId), eq(proxyCalls.integrationId, integrationId))
  const after = cursor === undefined ? null : readCursor(cursor, 'at', cursorNumber)
  const beyond: SQL | undefined = after
    ? sql`(${proxyCalls.at}, ${proxyCalls.id}) < (timestamptz 'epoch' + ${after.value}::bigint * interval '1 microsecond', ${after.id})`
    : undefined
  const [rows, stats] = await Promise.all([
    db
      .select({
        call: proxyCalls,
        microseconds: sql<string>`(extract(epoch from ${proxyCalls.at}) * 1000000)::bigint::text`,
        keyName: apiKeys.name,
        userName: users.name,
        credentialName: credentials.name,
      })
      .from(proxyCalls)
      .leftJoin(apiKeys, and(eq(apiKeys.accountId, proxyCalls.accountId), eq(apiKeys.id, proxyCalls.keyId)))
      .leftJoin(users, eq(users.id, proxyCalls.userId))
      .leftJoin(
        credentials,
        and(eq(credentials.accountId, proxyCalls.accountId), eq(credentials.id, proxyCalls.credentialId)),
      )
      .where(and(ofIntegration, result === 'failed' ? isFailed : undefined, beyond))
      .orderBy(desc(proxyCalls.at), desc(proxyCalls.id))
      .limit(limit + 1),
    statsOf(db, ofIntegration),
  ])
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    calls: page.map(({ call, keyName, userName, credentialName }) => ({
      id: call.id,
      at: call.at,
      key: call.keyId === null ? null : { id: call.keyId, name: keyName },
      user: call.userId === null ? null : { id: call.userId, name: userName },
      credential: { id: call.credentialId, name: credentialName },
      method: call.method,
      path: call.path,
      host: call.host,
      outcome: call.outcome,
      status: call.status,
      latencyMs: call.latencyMs,
      totalMs: call.totalMs,
      requestBytes: call.requestBytes,
      responseBytes: call.responseBytes,
      requestId: call.requestId,
    })),
    nextCursor: last ? writeCursor('at', last.microseconds, last.call.id) : null,
    stats,
  }
}

async function statsOf(db: Database, ofIntegration: SQL | undefined): Promise<CallStats> {
  const percentile = (share: number) =>
    sql<number | null>`percentile_cont(${share}::float8) within group (order by ${proxyCalls.latencyMs})`.mapWith(
      (value) => (value === null ? null : Math.round(Number(value))),
    )
  const [row] = await db
    .select({
      since: sql`now() - ${STATS_HOURS} * interval '1 hour'`.mapWith((value) => new Date(value as string)),
      calls: sql`count(*)`.mapWith(Number),
      failed: sql`count(*) filter (where ${isFailed})`.mapWith(Number),
      p50Ms: percentile(0.5),
      p95Ms: percentile(0.95),
    })
    .from(proxyCalls)
    .where(and(ofIntegration, gt(proxyCalls.at, sql`now() - ${STATS_HOURS} * interval '1 hour'`)))
  return row ?? { since: new Date(), calls: 0, failed: 0, p50Ms: null, p95Ms: null }
}

/** Where a key got to, in the days that calls are kept. */
export interface Reached {
  integration: { id: string; name: string | null; slug: string | null }
  /** `name` is null too for whoever may not see credentials. */
  credential: { id: string; name: string | null }
  host: string
  calls: number
  failed: number
  firstAt: Date
  lastAt: Date
}

export interface KeyReach {
  /** How far it looks back. */
  days: number
  reached: Reached[]
}

/** The most that a key's page tells of. */
const MAX_REACHED = 500

/**
 * Which integrations, credentials and hosts a key has reached: for the day on which it leaks. The latest first.
 * @param options `namesCredentials`: whether the reader may see credentials
 */
export async function reachOfKey(
  db: Database,
  accountId: string,
  keyId: string,
  { namesCredentials }: { namesCredentials: boolean },
): Promise<KeyReach> {
  const lastAt = sql`max(${proxyCalls.at})`
  const rows = await db
    .select({
      integrationId: proxyCalls.integrationId,
      credentialId: proxyCalls.credentialId,
      host: proxyCalls.host,
      integrationName: integrations.name,
      slug: integrations.slug,
      credentialName: credentials.name,
      calls: sql`count(*)`.mapWith(Number),
      failed: sql`count(*) filter (where ${isFailed})`.mapWith(Number),
      firstAt: sql`min(${proxyCalls.at})`.mapWith((value) => new Date(value as string)),
      lastAt: lastAt.mapWith((value) => new Date(value as string)),
    })
    .from(proxyCalls)
    .leftJoin(
      integrations,
      and(eq(integrations.accountId, proxyCalls.accountId), eq(integrations.id, proxyCalls.integrationId)),
    )
    .leftJoin(
      credentials,
      and(eq(credentials.accountId, proxyCalls.accountId), eq(credentials.id, proxyCalls.credentialId)),
    )
    .where(
      and(
        eq(proxyCalls.accountId, accountId),
        eq(proxyCalls.keyId, keyId),
        gt(proxyCalls.at, sql`now() - ${CALL_DAYS_KEPT} * interval '1 day'`),
      ),
    )
    .groupBy(
      proxyCalls.integrationId,
      proxyCalls.credentialId,
      proxyCalls.host,
      integrations.name,
      integrations.slug,
      credentials.name,
    )
    .orderBy(desc(lastAt))
    .limit(MAX_REACHED)
  return {
    days: CALL_DAYS_KEPT,
    reached: rows.map(({ integrationId, integrationName, slug, credentialId, credentialName, ...rest }) => ({
      integration: { id: integrationId, name: integrationName, slug },
      credential: { id: credentialId, name: namesCredentials ? credentialName : null },
      ...rest,
    })),
  }
}
