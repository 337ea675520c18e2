import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { credentials, credentialUses, integrations, members, tokenSets } from '@/db/schema'
import { answersFor } from '../accounts/made'
import { type CredentialView, getCredentials } from '../credentials/read'
import type { Reach } from '../environments'
import { pageQuery } from '../paging'
import { type CredentialFinding, countsOf, credentialFindings, type FindingCounts, REVIEW } from './findings'
import { keptFindings, readFound } from './found'

/** Something that is found about a credential, and the fact that shows it. */
export interface FoundOfCredential {
  finding: CredentialFinding
  /** Since when it fails, or was not used: what is known of that. */
  since: Date | null
}

export interface CredentialReview {
  items: { credential: CredentialView; lastUsedAt: Date | null; findings: FoundOfCredential[] }[]
  nextCursor: string | null
  /** Credentials that the filter matches, on every page. */
  total: number
  /** By finding, whatever the filter. */
  counts: FindingCounts<CredentialFinding>
  /** Credentials with any finding. */
  all: number
}

export const reviewCredentialsQuery = z.strictObject({
  finding: z
    .enum(credentialFindings, `must be one of ${credentialFindings.join(', ')}`)
    .optional()
    .meta({ description: 'Only credentials of which this is found.' }),
  ...pageQuery,
})
export type ReviewCredentialsQuery = z.output<typeof reviewCredentialsQuery>

/**
 * Credentials that somebody should look at, with what is found about each; the longest unused first. What somebody has
 * decided to keep is left out until its time is over.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function reviewCredentials(
  db: Database,
  reach: Reach,
  { finding, limit, cursor }: ReviewCredentialsQuery,
): Promise<CredentialReview> {
  const { accountId } = reach
  const found = await readFound(db, foundCredentials(reach), { finding: finding ?? null, limit, cursor })
  const ids = found.rows.map(({ id }) => id)
  const [views, uses] = await Promise.all([getCredentials(db, reach, ids), lastUses(db, accountId, ids)])
  const byId = new Map(views.map((view) => [view.id, view]))
  return {
    items: found.rows.flatMap(({ id, findings }) => {
      const credential = byId.get(id)
      const lastUsedAt = uses.get(id) ?? null
      if (!credential) return []
      return [
        {
          credential,
          lastUsedAt,
          findings: (findings as CredentialFinding[]).map((one) => factOf(one, credential, lastUsedAt)),
        },
      ]
    }),
    nextCursor: found.nextCursor,
    total: found.total,
    counts: countsOf(credentialFindings, found.counts),
    all: found.all,
  }
}

function factOf(finding: CredentialFinding, credential: CredentialView, lastUsedAt: Date | null): FoundOfCredential {
  const { tokens, lastTest } = credential
  if (finding === 'failing') return { finding, since: tokens?.failingSince ?? lastTest?.at ?? null }
  return { finding, since: finding === 'idle' ? lastUsedAt : null }
}

/** How many of an account's credentials each finding is about. */
export async function countCredentialFindings(
  db: Database,
  accountId: string,
): Promise<{ counts: FindingCounts<CredentialFinding>; all: number }> {
  const { counts, all } = await readFound(db, foundCredentials({ accountId }), { finding: null, limit: 1 })
  return { counts: countsOf(credentialFindings, counts), all }
}

/** When each of these credentials served a call last, as far as that is known. */
export async function lastUses(db: Database, accountId: string, ids: readonly string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: credentialUses.credentialId, at: credentialUses.lastUsedAt })
    .from(credentialUses)
    .where(
      sql`${credentialUses.accountId} = ${accountId} and ${credentialUses.credentialId} = any(${sql.param(ids)}::text[])`,
    )
  return new Map(rows.flatMap(({ id, at }) => (at ? [[id, at] as const] : [])))
}

function foundCredentials({ accountId, environment }: Reach): SQL {
  const idleSince = sql.raw(`now() - interval '${REVIEW.idleDays} days'`)
  const unusedSince = sql.raw(`now() - interval '${REVIEW.unconnectedDays} days'`)
  return sql`
    select id, array(select one from unnest(findings) as one where kept is null or not one = any(kept)) as findings,
      null::text[] as scopes, last_used_at
    from (
      select credentials.id, use.last_used_at, kept.findings as kept,
        array_remove(array[
          case when tokens.refused_error is not null or tokens.failing_since is not null
            or credentials.test_result in ('refused', 'failed') then 'failing' end,
          case when connected.credential_id is null and credentials.created_at < ${unusedSince} then 'unconnected' end,
          case when coalesce(use.last_used_at, use.known_since, credentials.created_at) < ${idleSince} then 'idle' end,
          case when maker.user_id is null and ${answersFor(credentials)} is not null then 'maker_left' end
        ], null) as findings
      from ${credentials}
      left join ${tokenSets} as tokens on tokens.account_id = credentials.account_id and tokens.owner_id = credentials.id
      left join ${credentialUses} as use on use.credential_id = credentials.id
      left join ${members} as maker
        on maker.account_id = credentials.account_id and maker.user_id = ${answersFor(credentials)}
      left join (
        select distinct credential_id from ${integrations} where account_id = ${accountId}
      ) as connected on connected.credential_id = credentials.id
      left join ${keptFindings(accountId, 'credential')} as kept on kept.subject_id = credentials.id
      where credentials.account_id = ${accountId}
        ${environment ? sql`and credentials.environment = ${environment}` : sql``}
    ) as judged
    where exists (select 1 from unnest(findings) as one where kept is null or not one = any(kept))`
}
