import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { tokenSets } from '@/db/schema'
import { log } from '../log'
import type { Vault } from '../vault/vault'
import { heldBy, type Lease } from './lease'
import { type NewTokens, sealTokens } from './stored-tokens'

/** Pauses between the attempts to store: five seconds in all, in which a database changes its primary. */
const PAUSES_MS = [100, 250, 500, 1000, 1500, 1650]

/**
 * Stores renewed tokens and gives the lease back. Tried several times: where refresh tokens are used once, the ones that
 * are not stored are lost for good, and with them the way into the shop.
 * @returns their version; null when the lease was lost, and others have been stored or are about to be
 * @throws when the database failed each time
 */
export async function storeRenewed(
  db: Database,
  vault: Vault,
  lease: Lease,
  tokens: NewTokens,
  obtainedAt: Date,
): Promise<number | null> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await storeOnce(db, vault, lease, tokens, obtainedAt)
    } catch (error) {
      log.warn({ error, owner: lease.owner.ownerId }, 'Renewed tokens could not be stored yet')
      await sleep(pauseMs)
    }
  }
  try {
    return await storeOnce(db, vault, lease, tokens, obtainedAt)
  } catch (error) {
    log.error({ error, owner: lease.owner.ownerId }, 'Renewed tokens could not be stored and are lost')
    throw error
  }
}

function storeOnce(
  db: Database,
  vault: Vault,
  lease: Lease,
  tokens: NewTokens,
  obtainedAt: Date,
): Promise<number | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(tokenSets)
      .set({
        version: sql`${tokenSets.version} + 1`,
        obtainedAt,
        expiresAt: tokens.expiresAt,
        leaseUntil: null,
        refusedError: null,
        refusedAt: null,
      })
      .where(heldBy(lease))
      .returning({ version: tokenSets.version })
    if (!row) return null
    await sealTokens(tx, vault, lease.owner, tokens)
    return row.version
  })
}
