import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { reviewDecisions } from '@/db/schema'
import { cursorNumber, readCursor, writeCursor } from '../paging'

/** Order of the lists: what was not used for longest comes first. */
const ORDER = 'unused'

/** Of a page, or of all that is found. */
export interface FoundQuery {
  /** Null: any. */
  finding: string | null
  limit: number
  cursor?: string | undefined
  /** Of how many to make a fingerprint, the first of all that is found; absent: none is wanted. */
  fingerprintOf?: number
}

/** A key or credential about which something is found. */
export interface Found {
  id: string
  findings: string[]
  scopes: string[] | null
}

export interface FoundPage {
  rows: Found[]
  nextCursor: string | null
  /** All that the filter matches. */
  total: number
  /** By finding, whatever the filter. */
  counts: Record<string, number> | null
  /** How many have any finding. */
  all: number
  /** Of what is found on all pages: another one as soon as that is something else. Null: nothing is, or none was wanted. */
  fingerprint: string | null
}

/** What somebody decided to keep, as SQL: subjects and the findings that are of no matter for now. */
export function keptFindings(accountId: string, kind: 'key' | 'credential'): SQL {
  return sql`(
    select subject_id, array_agg(finding) as findings from ${reviewDecisions}
    where account_id = ${accountId} and kind = ${kind} and until > now() group by subject_id)`
}

/**
 * Reads a page of what is found, with the counts of all of it, in one statement.
 * @param found a query of columns id, findings (never empty), scopes and last_used_at
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function readFound(db: Database, found: SQL, query: FoundQuery): Promise<FoundPage> {
  const { finding, limit, cursor, fingerprintOf = 0 } = query
  const after = cursor === undefined ? null : readCursor(cursor, ORDER, cursorNumber)
  const matches = finding === null ? sql`true` : sql`${finding} = any(findings)`
  const used = sql`coalesce((extract(epoch from last_used_at) * 1000000)::bigint, 0)`
  const beyond = after ? sql`(${used}, id) > (${after.value}::bigint, ${after.id})` : sql`true`
  const { rows } = (await db.execute(sql`
    with found as materialized (${found}),
    page as (
      select id, findings, scopes, ${used} as used from found where ${matches} and ${beyond}
      order by 4, id limit ${limit + 1})
    select
      (select coalesce(json_agg(json_build_object(
        'id', id, 'findings', findings, 'scopes', scopes, 'used', used) order by used, id), '[]') from page) as page,
      (select count(*) from found where ${matches})::int as total,
      (select count(*) from found)::int as all_found,
      (select encode(sha256(convert_to(string_agg(id, ',' order by id), 'UTF8')), 'hex') from (
        select id from found where ${matches} order by ${used}, id limit ${fingerprintOf}::int) as first) as fingerprint,
      (select json_object_agg(name, times) from (
        select name, count(*) as times from found cross join unnest(findings) as name group by name) as counted) as counts
  `)) as unknown as {
    rows: {
      page: (Found & { used: number })[]
      total: number
      all_found: number
      fingerprint: string | null
      counts: Record<string, number> | null
    }[]
  }
  const [answer] = rows
  const page = answer?.page ?? []
  const shown = page.slice(0, limit)
  const last = page.length > limit ? shown.at(-1) : undefined
  return {
    rows: shown,
    nextCursor: last ? writeCursor(ORDER, String(last.used), last.id) : null,
    total: answer?.total ?? 0,
    counts: answer?.counts ?? null,
    all: answer?.all_found ?? 0,
    fingerprint: answer?.fingerprint ?? null,
  }
}
