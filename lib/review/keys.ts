import { and, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeyScopeUses, apiKeys, apiKeyUses, members } from '@/db/schema'
import { answersFor } from '../accounts/made'
import type { EnvironmentWall } from '../api-keys/change'
import { type ApiKeyView, inAccount, selectKeys, withUsage } from '../api-keys/read'
import { MAX_BULK_KEYS } from '../api-keys/schemas'
import { keyStatusText } from '../api-keys/status'
import { isIdle, isNeverUsed } from '../api-keys/unused'
import { pageQuery } from '../paging'
import { countsOf, type FindingCounts, type KeyFinding, keyFindings, REVIEW } from './findings'
import { keptFindings, readFound } from './found'

/** Something that is found about a key, and the fact that shows it. */
export interface FoundOfKey {
  finding: KeyFinding
  /** When it was made, of `never_used`; used last, of `idle` and `retiring`; else null. */
  since: Date | null
  /** When a retiring key ends. */
  until: Date | null
  /** Granted and not used, of `over_scoped`. */
  scopes: string[] | null
}

export interface KeyReview {
  items: { key: ApiKeyView; findings: FoundOfKey[] }[]
  nextCursor: string | null
  /** Keys that the filter matches, on every page. */
  total: number
  /** Keys by finding, whatever the filter. */
  counts: FindingCounts<KeyFinding>
  /** Keys with any finding. */
  all: number
  /** Of those that can be revoked in one go, as they were when this page was read; null: there are none. */
  fingerprint: string | null
}

export const reviewKeysQuery = z.strictObject({
  finding: z
    .enum(keyFindings, `must be one of ${keyFindings.join(', ')}`)
    .optional()
    .meta({ description: 'Only keys of which this is found.' }),
  ...pageQuery,
})
export type ReviewKeysQuery = z.output<typeof reviewKeysQuery>

/**
 * Keys that somebody should look at, with what is found about each; the longest unused first. What somebody has decided to
 * keep is left out until its time is over.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function reviewKeys(
  db: Database,
  accountId: string,
  { finding, limit, cursor }: ReviewKeysQuery,
  wall: EnvironmentWall = null,
): Promise<KeyReview> {
  const found = await readFound(db, foundKeys(accountId, wall), {
    finding: finding ?? null,
    limit,
    cursor,
    fingerprintOf: MAX_BULK_KEYS,
  })
  const ids = found.rows.map(({ id }) => id)
  const views = await withUsage(
    db,
    accountId,
    ids.length === 0
      ? []
      : await selectKeys(db, {}).where(
          and(inAccount(accountId, wall), sql`${apiKeys.id} = any(${sql.param(ids)}::text[])`),
        ),
  )
  const byId = new Map(views.map((view) => [view.id, view]))
  return {
    items: found.rows.flatMap(({ id, findings, scopes }) => {
      const key = byId.get(id)
      return key ? [{ key, findings: (findings as KeyFinding[]).map((one) => factOf(one, key, scopes)) }] : []
    }),
    nextCursor: found.nextCursor,
    total: found.total,
    counts: countsOf(keyFindings, found.counts),
    all: found.all,
    fingerprint: found.fingerprint,
  }
}

function factOf(finding: KeyFinding, key: ApiKeyView, scopes: string[] | null): FoundOfKey {
  const used = key.lastUse?.at ?? null
  return {
    finding,
    since: finding === 'never_used' ? key.createdAt : finding === 'idle' || finding === 'retiring' ? used : null,
    until: finding === 'retiring' ? key.retiresAt : null,
    scopes: finding === 'over_scoped' ? scopes : null,
  }
}

/** How many of an account's keys each finding is about. */
export async function countKeyFindings(
  db: Database,
  accountId: string,
): Promise<{ counts: FindingCounts<KeyFinding>; all: number }> {
  const { counts, all } = await readFound(db, foundKeys(accountId, null), { finding: null, limit: 1 })
  return { counts: countsOf(keyFindings, counts), all }
}

/** The keys that can be revoked in one go, the longest unused first, and the fingerprint that a page with them has. */
export async function foundKeyIds(
  db: Database,
  accountId: string,
  finding: KeyFinding | null,
): Promise<{ ids: string[]; fingerprint: string | null }> {
  const query = { finding, limit: MAX_BULK_KEYS, fingerprintOf: MAX_BULK_KEYS }
  const { rows, fingerprint } = await readFound(db, foundKeys(accountId, null), query)
  return { ids: rows.map(({ id }) => id), fingerprint }
}

const DAYS_AGO = (days: number) => sql.raw(`now() - interval '${days} days'`)

/**
 * The granted scopes that a key has not asked for lately; null where that can't be said: the key is young or unused, its
 * scopes are not watched for as long yet, or some of its requests did not say what they were for.
 */
const unusedScopes = sql`case
  when api_key_uses.last_used_at > ${DAYS_AGO(REVIEW.scopeDays)} and api_keys.created_at < ${DAYS_AGO(REVIEW.scopeDays)}
    and asked.first_used_at < ${DAYS_AGO(REVIEW.scopeDays)} and not asked.unnamed
  then array(
    select granted from unnest(api_keys.scopes) as granted
    where not granted = any(asked.scopes)
      and not (granted like '%:*' and split_part(granted, ':', 1) = any(asked.resources))) end`

/** Every finding that holds for a key, in the order of `keyFindings`. */
const foundText = sql`array_remove(array[
    case when status <> 'retiring' and never_used then 'never_used' end,
    case when status <> 'retiring' and idle then 'idle' end,
    case when status <> 'retiring' and cardinality(unused_scopes) > 0 then 'over_scoped' end,
    case when status <> 'retiring' and maker_left then 'maker_left' end,
    case when status = 'retiring' and last_used_at > greatest(${DAYS_AGO(REVIEW.retiringDays)}, replaced_at) then 'retiring' end,
    case when status <> 'retiring' and expires_at is null then 'no_expiry' end
  ], null)`

function foundKeys(accountId: string, wall: EnvironmentWall): SQL {
  return sql`
    select id, array(select one from unnest(findings) as one where kept is null or not one = any(kept)) as findings,
      unused_scopes as scopes, last_used_at
    from (
      select id, last_used_at, unused_scopes, kept, ${foundText} as findings
      from (
        select api_keys.id, api_keys.expires_at, api_key_uses.last_used_at, kept.findings as kept,
          ${sql.raw(keyStatusText)} as status, ${isNeverUsed} as never_used, ${isIdle} as idle, successor.created_at as replaced_at,
          ${unusedScopes} as unused_scopes, (maker.user_id is null and ${answersFor(apiKeys)} is not null) as maker_left
        from ${apiKeys}
        left join ${apiKeyUses} on api_key_uses.key_id = api_keys.id
        left join ${apiKeys} as successor
          on successor.account_id = api_keys.account_id and successor.replaces_id = api_keys.id
        left join ${members} as maker on maker.account_id = api_keys.account_id and maker.user_id = ${answersFor(apiKeys)}
        left join (
          select key_id, min(first_used_at) as first_used_at,
            coalesce(bool_or(scope = '' and last_used_at > ${DAYS_AGO(REVIEW.scopeDays)}), false) as unnamed,
            coalesce(array_agg(scope) filter (where last_used_at > ${DAYS_AGO(REVIEW.scopeDays)}), '{}') as scopes,
            coalesce(array_agg(split_part(scope, ':', 1))
              filter (where last_used_at > ${DAYS_AGO(REVIEW.scopeDays)}), '{}') as resources
          from ${apiKeyScopeUses} where account_id = ${accountId} group by key_id
        ) as asked on asked.key_id = api_keys.id
        left join ${keptFindings(accountId, 'key')} as kept on kept.subject_id = api_keys.id
        where api_keys.account_id = ${accountId} ${wall ? sql`and api_keys.environment = ${wall}` : sql``}
          and api_keys.revoked_at is null
      ) as facts
      where status in ('active', 'paused', 'retiring')
    ) as judged
    where exists (select 1 from unnest(findings) as one where kept is null or not one = any(kept))`
}
