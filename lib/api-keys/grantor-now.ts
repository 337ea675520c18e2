import type { Database } from '@/db/client'
import { lockAsking } from '../accounts/lock-members'
import type { Permission } from '../accounts/permissions'
import type { Actor } from '../audit'
import { type Grantor, personGrantor } from './grants'

/**
 * The bounds of whoever hands a key on, as they are now: what a person's session said may have ended since, and whoever takes
 * them out of the account waits for their key, or has it refused. Call it before a key is locked.
 * @throws {Refusal} `forbidden` to a person who is no member any more, or may not do this any more
 */
export async function grantorNow(
  tx: Database,
  actor: Actor,
  permission: Permission,
  grantor: Grantor,
): Promise<Grantor> {
  const { id } = actor
  if (!grantor?.isPerson || id === null) return grantor
  return personGrantor(await lockAsking(tx, { ...actor, id }, permission))
}
