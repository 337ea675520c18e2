import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { Database } from '@/db/client'
import { isUniqueViolation } from '@/db/errors'
import { apiKeys } from '@/db/schema'
import { type Actor, recordAuditEvent, recordAuditEvents } from '../audit'
import { Refusal } from '../errors'
import { isId } from '../ids'
import { recordEvents } from '../notifications/outbox'
import { type KeyLimits, readLimitColumns } from './limits'
import { expiredHolders, nameTaken, releaseExpiredName } from './names'
import { comparableName } from './schemas'
import { type KeyStatus, keyStatus } from './status'
import type { Environment } from './token'

/** Test keys see test keys only; null: all. */
export type EnvironmentWall = Environment | null

/** A key as a change needs it: locked until the transaction ends. */
export interface LockedKey extends KeyLimits {
  id: string
  name: string
  environment: Environment
  scopes: string[]
  integrationIds: string[] | null
  expiresAt: Date | null
  retiresAt: Date | null
  retireWhenSilent: boolean
  replacesId: string | null
  status: KeyStatus
}

export function keyNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such API key.')
}

/**
 * Locks a key for a change.
 * @throws {Refusal} `not_found` – also for another account's key, in the same words
 */
export async function lockKey(tx: Database, accountId: string, id: string, wall: EnvironmentWall): Promise<LockedKey> {
  const [key] = await lockKeys(tx, accountId, [id], wall)
  if (!key) throw keyNotFound()
  return key
}

/**
 * Locks a key that is to get this name.
 * @throws {Refusal} as `lockKey`
 */
export async function lockKeyToName(
  tx: Database,
  accountId: string,
  id: string,
  name: string,
  wall: EnvironmentWall,
): Promise<LockedKey> {
  // The one that has expired may be of the other environment: names are the account's.
  const keys = await lockKeys(tx, accountId, [id, ...(await expiredHolders(tx, accountId, name))], null)
  const key = keys.find((one) => one.id === id && (wall === null || one.environment === wall))
  if (!key) throw keyNotFound()
  return key
}

/**
 * Locks those of an account's keys that are behind the wall, in the order of their ids, so that two who want the same
 * keys never wait for each other crosswise. The lock is the weaker of the two kinds: writing the usage of a key, whose
 * rows refer to it, neither waits for it nor holds it up.
 */
export async function lockKeys(
  tx: Database,
  accountId: string,
  ids: readonly string[],
  wall: EnvironmentWall,
): Promise<LockedKey[]> {
  const wanted = ids.filter((id) => isId('apiKey', id))
  if (wanted.length === 0) return []
  const rows = await tx
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      environment: apiKeys.environment,
      scopes: apiKeys.scopes,
      integrationIds: apiKeys.integrationIds,
      expiresAt: apiKeys.expiresAt,
      retiresAt: apiKeys.retiresAt,
      retireWhenSilent: apiKeys.retireWhenSilent,
      replacesId: apiKeys.replacesId,
      rateRequests: apiKeys.rateRequests,
      rateSeconds: apiKeys.rateSeconds,
      monthlyQuota: apiKeys.monthlyQuota,
      addresses: apiKeys.addresses,
      methods: apiKeys.methods,
      status: keyStatus,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), isAnyOf(wanted), wall ? eq(apiKeys.environment, wall) : undefined))
    .orderBy(asc(apiKeys.id))
    .for('no key update')
  return rows.map((row) => ({ ...row, ...readLimitColumns(row) }))
}

/** One parameter, however many they are. */
export function isAnyOf(ids: readonly string[]): SQL {
  return sql`${apiKeys.id} = any(${sql.param(ids)}::text[])`
}

/**
 * Gives a key another name, in a transaction that has locked it by `lockKeyToName`.
 * @throws {Refusal} `key_not_active`; `invalid` on `name` when an active key has it
 */
export async function renameLockedKey(tx: Database, actor: Actor, key: LockedKey, name: string): Promise<void> {
  // One that is paused and was not regenerated holds its name as an active one does.
  const holdsName = key.status === 'active' || (key.status === 'paused' && key.retiresAt === null)
  if (!holdsName) throw new Refusal('key_not_active', `Only active keys can be renamed; this one is ${key.status}.`)
  if (key.name === name) return
  await releaseExpiredName(tx, actor.accountId, name)
  try {
    await tx
      .update(apiKeys)
      .set({ name, nameHeld: comparableName(name) })
      .where(and(eq(apiKeys.accountId, actor.accountId), eq(apiKeys.id, key.id)))
  } catch (error) {
    throw isUniqueViolation(error, 'api_keys_name_held_idx') ? nameTaken(name) : error
  }
  await recordAuditEvent(tx, actor, 'api_key.renamed', key.id, { before: { name: key.name }, after: { name } })
}

/**
 * Gives a key another name.
 * @throws {Refusal} `not_found`; `key_not_active`; `invalid` on `name` when an active key has it
 */
export async function renameApiKey(
  db: Database,
  actor: Actor,
  id: string,
  name: string,
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => {
    await renameLockedKey(tx, actor, await lockKeyToName(tx, actor.accountId, id, name, wall), name)
  })
}

/**
 * Revokes a key. Once this has returned, no later request with it is accepted, on any instance. Revoking a key that no
 * longer works (expired, retired) puts that on record; revoking twice changes nothing.
 * @returns whether it was this call that revoked it
 * @throws {Refusal} `not_found`
 */
export async function revokeApiKey(
  db: Database,
  actor: Actor,
  id: string,
  reason: string | null,
  wall: EnvironmentWall = null,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const key = await lockKey(tx, actor.accountId, id, wall)
    return (await revokeLockedKeys(tx, actor, [key], reason)) === 1
  })
}

/**
 * Revokes keys that this transaction has locked.
 * @param options `tellsPeople`: false where people are told by another event, and webhooks alone by this one
 * @returns how many of them were not revoked before
 */
export async function revokeLockedKeys(
  tx: Database,
  actor: Actor,
  keys: readonly LockedKey[],
  reason: string | null,
  { tellsPeople = true }: { tellsPeople?: boolean } = {},
): Promise<number> {
  const open = keys.filter(({ status }) => status !== 'revoked')
  if (open.length === 0) return 0
  await tx
    .update(apiKeys)
    .set({
      revokedAt: sql`now()`,
      revokedReason: reason,
      revokedByName: actor.name,
      nameHeld: null,
      rehearsingUntil: null,
    })
    .where(and(eq(apiKeys.accountId, actor.accountId), isAnyOf(open.map(({ id }) => id))))
  const events = open.map(({ id, name, status }) => ({
    targetId: id,
    details: { name, reason, status_before: status },
  }))
  await recordAuditEvents(tx, actor, 'api_key.revoked', events)
  const news = open.map(({ id, name, environment }) => ({
    subjectId: id,
    data: { name, environment, by: actor.name, reason },
  }))
  await recordEvents(tx, actor.accountId, 'api_key.revoked', news, { toPeople: tellsPeople })
  return open.length
}

/** @throws {Refusal} `key_not_active` unless the key is retiring */
export function requireRetiring(key: LockedKey): void {
  if (key.status !== 'retiring') {
    throw new Refusal('key_not_active', `Only a retiring key has an overlap to change; this one is ${key.status}.`)
  }
}

/**
 * Ends the overlap of a retiring key now.
 * @throws {Refusal} `not_found`; `key_not_active` unless it is retiring
 */
export async function endOverlap(db: Database, actor: Actor, id: string, wall: EnvironmentWall = null): Promise<void> {
  await changeRetirement(db, actor, id, { retiresAt: sql`now()` }, { ended: 'by hand' }, wall)
}

/**
 * Chooses whether a retiring key stops early, once its successor is in use and it has been silent for an hour.
 * @throws {Refusal} `not_found`; `key_not_active` unless it is retiring
 */
export async function setRetireWhenSilent(
  db: Database,
  actor: Actor,
  id: string,
  retireWhenSilent: boolean,
  wall: EnvironmentWall = null,
): Promise<void> {
  await changeRetirement(db, actor, id, { retireWhenSilent }, { retire_when_silent: retireWhenSilent }, wall)
}

async function changeRetirement(
  db: Database,
  actor: Actor,
  id: string,
  change: PgUpdateSetSource<typeof apiKeys>,
  details: Record<string, unknown>,
  wall: EnvironmentWall,
): Promise<void> {
  await db.transaction(async (tx) => {
    requireRetiring(await lockKey(tx, actor.accountId, id, wall))
    await tx
      .update(apiKeys)
      .set(change)
      .where(and(eq(apiKeys.accountId, actor.accountId), eq(apiKeys.id, id)))
    await recordAuditEvent(tx, actor, 'api_key.retirement_changed', id, details)
  })
}
