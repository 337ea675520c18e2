import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { type EnvironmentWall, type LockedKey, lockKey, lockKeyToName, renameLockedKey } from './change'
import { grantorNow } from './grantor-now'
import { type Grantor, requireGrantable, requireLimitsWithin } from './grants'
import { type KeyLimits, limitColumns, limitFields } from './limits'
import { expiredHolders } from './names'
import { narrowLockedKey } from './narrow'
import type { KeyLimitsInput } from './schemas'
import type { Scope } from './scopes'
import { isAccepted } from './status'

/**
 * Changes a key's limits and its name, and takes scopes from it, see `narrowScopes`. They hold for every request that comes
 * after this has returned; of the window that runs, what was used stays used.
 * @param grantor bounds of the caller, see `requireLimitsWithin`
 * @throws {Refusal} `not_found`; `key_not_active`; `scope_not_held`; `invalid` on `name` when an active key has it; `forbidden`
 * to a person or key that may not any more
 */
export async function changeApiKey(
  db: Database,
  actor: Actor,
  id: string,
  { name, scopes, ...change }: KeyLimitsInput & { name?: string; scopes?: Scope[] },
  grantor: Grantor = null,
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { accountId } = actor
    const holders = name === undefined ? [] : await expiredHolders(tx, accountId, name)
    const bounds = await grantorNow(tx, actor, 'keys:manage', grantor, [id, ...holders])
    const key = await (name === undefined
      ? lockKey(tx, accountId, id, wall)
      : lockKeyToName(tx, accountId, id, name, wall))
    await changeLimits(tx, actor, key, change, bounds)
    if (scopes !== undefined) await narrowLockedKey(tx, actor, key, scopes)
    if (name !== undefined) await renameLockedKey(tx, actor, key, name)
  })
}

async function changeLimits(
  tx: Database,
  actor: Actor,
  key: LockedKey,
  change: KeyLimitsInput,
  grantor: Grantor,
): Promise<void> {
  const { rate = key.rate, monthly_quota: monthlyQuota = key.monthlyQuota } = change
  const { addresses = key.addresses, methods = key.methods } = change
  const after: KeyLimits = { rate, monthlyQuota, addresses, methods }
  const changed = changedFields(key, after)
  if (changed.length === 0) return
  if (!isAccepted(key.status) && key.status !== 'paused') {
    throw new Refusal('key_not_active', `A key that is ${key.status} has no limits to change.`)
  }
  requireLimitsWithin(grantor, after)
  await update(tx, actor, key.id, limitColumns(after))
  const only = (limits: KeyLimits) =>
    Object.fromEntries(Object.entries(limitFields(limits)).filter(([field]) => changed.includes(field)))
  await recordAuditEvent(tx, actor, 'api_key.limits_changed', key.id, {
    name: key.name,
    before: only(key),
    after: only(after),
  })
}

function changedFields(before: KeyLimits, after: KeyLimits): string[] {
  const [old, next] = [limitFields(before), limitFields(after)]
  return (Object.keys(next) as (keyof typeof next)[]).filter(
    (field) => JSON.stringify(old[field]) !== JSON.stringify(next[field]),
  )
}

/**
 * Pauses a key: until it is resumed no later request with it is accepted, on any instance. Its token stays the same. Pausing
 * twice changes nothing.
 * @throws {Refusal} `not_found`; `key_not_active` when it no longer works anyway
 */
export async function pauseApiKey(db: Database, actor: Actor, id: string, wall: EnvironmentWall = null): Promise<void> {
  await db.transaction(async (tx) => {
    const { name, status } = await lockKey(tx, actor.accountId, id, wall)
    if (status === 'paused') return
    if (!isAccepted(status)) {
      throw new Refusal('key_not_active', `Only a key that works can be paused; this one is ${status}.`)
    }
    await update(tx, actor, id, { pausedAt: sql`now()`, pausedByName: actor.name })
    await recordAuditEvent(tx, actor, 'api_key.paused', id, { name })
  })
}

/**
 * Lets a paused key be used again, with the token that it has. Resuming a key that is not paused changes nothing.
 * @param grantor bounds of the caller: a key that it could not have made, it can't let work again either
 * @throws {Refusal} `not_found`; `scope_not_held`; `key_not_active` when it no longer works anyway; `forbidden` to a person or key that
 * may not any more
 */
export async function resumeApiKey(
  db: Database,
  actor: Actor,
  id: string,
  grantor: Grantor = null,
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => {
    const bounds = await grantorNow(tx, actor, 'keys:manage', grantor, [id])
    const key = await lockKey(tx, actor.accountId, id, wall)
    if (isAccepted(key.status)) return
    if (key.status !== 'paused') {
      throw new Refusal('key_not_active', `Only a paused key can be resumed; this one is ${key.status}.`)
    }
    requireGrantable(bounds, key)
    // People were warned of a day that may be over: they are warned anew.
    await update(tx, actor, id, { pausedAt: null, pausedByName: null, idleWarnings: 0, idleRevokesAt: null })
    await recordAuditEvent(tx, actor, 'api_key.resumed', id, { name: key.name })
  })
}

async function update(
  tx: Database,
  { accountId }: Actor,
  id: string,
  set: Parameters<ReturnType<typeof tx.update<typeof apiKeys>>['set']>[0],
): Promise<void> {
  await tx
    .update(apiKeys)
    .set(set)
    .where(and(eq(apiKeys.accountId, accountId), eq(apiKeys.id, id)))
}
