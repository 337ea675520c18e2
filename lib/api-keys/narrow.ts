import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { invalidField, Refusal } from '../errors'
import { type EnvironmentWall, type LockedKey, lockKey } from './change'
import { missingScopes, type Scope } from './scopes'
import { isAccepted } from './status'

/**
 * Takes scopes from a key: it holds for every request that comes after this has returned. None can be added to a key, since
 * whoever has its token got it for what it could do then.
 * @param scopes what it keeps
 * @throws {Refusal} `not_found`; `key_not_active`; `invalid` on `scopes` when it does not have one of them
 */
export async function narrowScopes(
  db: Database,
  actor: Actor,
  id: string,
  scopes: readonly Scope[],
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => narrowLockedKey(tx, actor, await lockKey(tx, actor.accountId, id, wall), scopes))
}

/** `narrowScopes` of a key that this transaction has locked. */
export async function narrowLockedKey(
  tx: Database,
  actor: Actor,
  key: LockedKey,
  scopes: readonly Scope[],
): Promise<void> {
  const added = missingScopes(key.scopes, scopes)
  if (added.length > 0) {
    throw invalidField('scopes', `A key can only lose scopes. This one does not have ${added.join(', ')}.`)
  }
  if (scopes.length === key.scopes.length && scopes.every((scope) => key.scopes.includes(scope))) return
  if (!isAccepted(key.status) && key.status !== 'paused') {
    throw new Refusal('key_not_active', `A key that is ${key.status} has no scopes to change.`)
  }
  await tx
    .update(apiKeys)
    .set({ scopes: [...scopes] })
    .where(and(eq(apiKeys.accountId, actor.accountId), eq(apiKeys.id, key.id)))
  await recordAuditEvent(tx, actor, 'api_key.scopes_narrowed', key.id, {
    name: key.name,
    before: { scopes: key.scopes },
    after: { scopes },
  })
}
