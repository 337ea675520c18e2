import { and, eq, gt, isNotNull, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accountPolicies, apiKeys, apiKeyUses } from '@/db/schema'
import { getPolicy } from '../accounts/policy'
import { systemActor } from '../audit'
import { forEachAccount } from '../each-account'
import { recordEvents } from '../notifications/outbox'
import { isAnyOf, lockKeys, revokeLockedKeys } from './change'
import { keyStatus } from './status'

/** Days before its end at which people are warned of a key that nobody uses. */
const WARNINGS = { first: 7, second: 1 } as const
const DAY_MS = 86_400_000

/** Keys that are looked at in one transaction. */
const STEP = 200

export interface IdleKey {
  /** Warnings given so far, of two. */
  warnings: number
  /** When it is revoked, as people were told; null: nobody was warned. */
  revokesAt: Date | null
  /** When it will have been idle for as long as the account lets it. */
  idleAt: Date
}

/**
 * What becomes of a key that nobody uses, by now. It is revoked after two warnings only, the first of them a week ahead and
 * the second a day, however long nobody looked.
 */
export function idleStep(
  { warnings, revokesAt, idleAt }: IdleKey,
  now: Date,
): { kind: 'warn'; warnings: 1 | 2; revokesAt: Date } | { kind: 'forget' } | { kind: 'revoke' } | null {
  const ahead = (days: number) => new Date(now.getTime() + days * DAY_MS)
  const later = (a: Date, b: Date) => (a > b ? a : b)
  // It was used meanwhile, or may be idle for longer.
  if (idleAt > ahead(WARNINGS.first)) return warnings > 0 ? { kind: 'forget' } : null
  if (warnings === 0 || !revokesAt) {
    return { kind: 'warn', warnings: 1, revokesAt: later(idleAt, ahead(WARNINGS.first)) }
  }
  const end = later(revokesAt, idleAt)
  if (warnings === 1) {
    if (end > ahead(WARNINGS.second)) return null
    return { kind: 'warn', warnings: 2, revokesAt: later(end, ahead(WARNINGS.second)) }
  }
  return end <= now ? { kind: 'revoke' } : null
}

/**
 * Revokes keys that nobody has used for as long as their account says, after two warnings. A key that is used in between is
 * forgotten about. May run anywhere, any number of times; keys that somebody is changing are left for the next run.
 * @returns how many were warned of, and how many revoked
 * @throws the first failure, when all that could be done is done
 */
export async function revokeIdleKeys(db: Database, signal?: AbortSignal): Promise<{ warned: number; revoked: number }> {
  const done = { warned: 0, revoked: 0 }
  const accounts = await db
    .select({ id: accountPolicies.accountId })
    .from(accountPolicies)
    .where(isNotNull(accountPolicies.keyIdleDays))
  const lookAtAll = async (accountId: string) => {
    let after = ''
    while (!signal?.aborted) {
      const step = await db.transaction((tx) => lookAt(tx, accountId, after))
      done.warned += step.warned
      done.revoked += step.revoked
      if (step.last === null) break
      after = step.last
    }
  }
  const ids = accounts.map(({ id }) => id)
  await forEachAccount(ids, 'The keys of an account that nobody uses could not be looked at', lookAtAll, signal)
  return done
}

/** @returns `last`: where to go on; null: there is no more */
async function lookAt(
  tx: Database,
  accountId: string,
  after: string,
): Promise<{ warned: number; revoked: number; last: string | null }> {
  // Anew in each step: the account may have changed its mind since the run began.
  const { keyIdleDays: idleDays } = await getPolicy(tx, accountId)
  if (idleDays === null) return { warned: 0, revoked: 0, last: null }
  const idleAt = sql<Date>`greatest(${apiKeys.createdAt}, (
    select last_used_at from ${apiKeyUses} used where used.key_id = ${apiKeys.id})) + ${idleDays}::int * interval '1 day'`
  const lastUsedAt = sql<Date | null>`(select last_used_at from ${apiKeyUses} used where used.key_id = ${apiKeys.id})`
  const keys = await tx
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      environment: apiKeys.environment,
      warnings: apiKeys.idleWarnings,
      revokesAt: apiKeys.idleRevokesAt,
      idleAt: idleAt.mapWith(apiKeys.createdAt),
      lastUsedAt: lastUsedAt.mapWith(apiKeyUses.lastUsedAt),
      now: sql<Date>`statement_timestamp()`.mapWith(apiKeys.createdAt),
    })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.accountId, accountId),
        gt(apiKeys.id, after),
        eq(keyStatus, 'active'),
        or(
          gt(apiKeys.idleWarnings, 0),
          sql`${idleAt} <= statement_timestamp() + ${WARNINGS.first}::int * interval '1 day'`,
        ),
      ),
    )
    .orderBy(apiKeys.id)
    .limit(STEP)
    .for('no key update', { skipLocked: true })
  const steps = keys.flatMap((key) => {
    const step = idleStep(key, key.now)
    return step ? [{ key, step }] : []
  })
  const warned = steps.flatMap(({ key, step }) => (step.kind === 'warn' ? [{ key, step }] : []))
  for (const { key, step } of warned) {
    await set(tx, accountId, [key.id], { idleWarnings: step.warnings, idleRevokesAt: step.revokesAt })
  }
  await recordEvents(
    tx,
    accountId,
    'api_key.idle',
    warned.map(({ key, step }) => ({
      subjectId: key.id,
      data: {
        name: key.name,
        environment: key.environment,
        lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
        revokesAt: step.revokesAt.toISOString(),
        daysLeft: step.warnings === 1 ? WARNINGS.first : WARNINGS.second,
      },
    })),
  )
  const idsOf = (kind: 'forget' | 'revoke') => steps.flatMap(({ key, step }) => (step.kind === kind ? [key.id] : []))
  await set(tx, accountId, idsOf('forget'), { idleWarnings: 0, idleRevokesAt: null })
  const ended = await lockKeys(tx, accountId, idsOf('revoke'), null)
  const reason = `Not used for ${idleDays} days, which the account lets no key be.`
  const revoked = await revokeLockedKeys(tx, systemActor(accountId), ended, reason)
  return { warned: warned.length, revoked, last: keys.length < STEP ? null : (keys.at(-1)?.id ?? null) }
}

/** Has people warned anew, of all keys of an account that they were warned of. */
export async function forgetIdleWarnings(tx: Database, accountId: string): Promise<void> {
  const warned = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), gt(apiKeys.idleWarnings, 0)))
    .orderBy(apiKeys.id)
    .for('no key update')
  const ids = warned.map(({ id }) => id)
  await set(tx, accountId, ids, { idleWarnings: 0, idleRevokesAt: null })
}

async function set(
  tx: Database,
  accountId: string,
  ids: string[],
  change: { idleWarnings: number; idleRevokesAt: Date | null },
): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(apiKeys)
    .set(change)
    .where(and(eq(apiKeys.accountId, accountId), isAnyOf(ids)))
}
