import { and, eq } from 'drizzle-orm'
import { credentials } from '@/db/schema'
import { recordAuditEvent } from '../audit'
import { systemActor } from '../audit/actor'
import type { Secret } from '../vault/secret'
import { findCredential } from './base'
import type { CredentialStore } from './store'

/**
 * Puts a client's next secret in the place of the one that it follows, since the token endpoint knows only that one any
 * more: what `obtainTokens` tells as `usedNextSecret`. A write of its own, after the tokens are stored: should it fail, the
 * next renewal finds the same again.
 * @param used the next secret that the token endpoint has taken
 * @returns false when nothing was changed: others are stored by now
 * @throws {Refusal} `not_found`; {VaultError}
 */
export async function promoteNextSecret(
  { db, vault }: Pick<CredentialStore, 'db' | 'vault'>,
  accountId: string,
  id: string,
  used: Secret,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const row = await findCredential(tx, { accountId }, id, { lock: true })
    const place = { accountId, ownerId: id, field: 'secret' } as const
    const { next_client_secret: next, ...stored } = (await vault.open(tx, place)) ?? {}
    if (row.type !== 'oauth2' || next?.reveal() !== used.reveal()) return false
    await vault.put(tx, place, { ...stored, client_secret: next })
    const { next_client_secret: setAt, ...others } = row.secretSetAt
    // The version stays: what is sent is what was sent before, and a test that has brought this about still tells of it.
    await tx
      .update(credentials)
      .set({ secretSetAt: setAt === undefined ? others : { ...others, client_secret: setAt } })
      .where(and(eq(credentials.accountId, accountId), eq(credentials.id, id)))
    await recordAuditEvent(tx, systemActor(accountId), 'credential.client_secret_promoted', id, { name: row.name })
    return true
  })
}
