import type { Database } from '@/db/client'
import { lockAsking } from '../accounts/lock-members'
import type { Permission } from '../accounts/permissions'
import type { Actor } from '../audit'
import { Refusal } from '../errors'
import { type LockedKey, lockKeys } from './change'
import { type Grantor, personGrantor } from './grants'
import { hasScope } from './scopes'
import { isAccepted } from './status'

/**
 * The bounds of whoever hands a key on, as they are now: what a person's session said, or a key's request was let in for, may
 * have ended since, and whoever takes people out of the account or revokes keys waits for the key that is made, or has it
 * refused. Call it before a key is locked.
 * @param about keys that the caller goes on to lock, such as the one that is handed on: locked along with a calling one, so
 *   that two which hand each other on don't wait crosswise
 * @throws {Refusal} `forbidden` to a person who is no member any more, or a key that does not work any more, and to who may not
 *   do this any more
 */
export async function grantorNow(
  tx: Database,
  actor: Actor,
  permission: Permission,
  grantor: Grantor,
  about: readonly string[] = [],
): Promise<Grantor> {
  const { id } = actor
  if (!grantor || id === null) return grantor
  if (grantor.isPerson) return personGrantor(await lockAsking(tx, { ...actor, id }, permission))
  if (actor.kind !== 'key') return grantor
  return lockCalling(tx, { ...actor, id }, permission, about)
}

/**
 * Looks again whether a person or key may still do what outlives them, such as to have an account's events sent elsewhere, and
 * has whoever takes that from them wait. Others, such as the operator, always may.
 * @throws {Refusal} `forbidden`, as `grantorNow`
 */
export async function requireActorNow(tx: Database, actor: Actor, permission: Permission): Promise<void> {
  const { kind, id } = actor
  if (id === null) return
  if (kind === 'user') await lockAsking(tx, { ...actor, id }, permission)
  if (kind === 'key') await lockCalling(tx, { ...actor, id }, permission)
}

async function lockCalling(
  tx: Database,
  { accountId, id }: Actor & { id: string },
  permission: Permission,
  about: readonly string[] = [],
): Promise<LockedKey> {
  const locked = await lockKeys(tx, accountId, [id, ...about], null)
  const calling = locked.find((key) => key.id === id)
  if (!calling || !isAccepted(calling.status)) {
    throw new Refusal('forbidden', 'The calling key does not work any more.')
  }
  if (!hasScope(calling.scopes, permission)) {
    throw new Refusal('forbidden', `The calling key does not have the scope ${permission} any more.`)
  }
  return calling
}
