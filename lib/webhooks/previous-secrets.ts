import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhooks } from '@/db/schema'
import { isVaultError } from '../vault/errors'
import type { Vault } from '../vault/vault'

const STEP = 100

/**
 * Takes away the signing secrets whose overlap has ended: nothing signs with them any more. One that can't be opened stays
 * until another is put in its place.
 * @returns how many webhooks have one secret less
 */
export async function forgetPreviousSecrets(
  { db, vault }: { db: Database; vault: Vault },
  signal?: AbortSignal,
): Promise<number> {
  let forgotten = 0
  let after = ''
  while (!signal?.aborted) {
    const ended = await db
      .select({ accountId: webhooks.accountId, id: webhooks.id })
      .from(webhooks)
      .where(and(lte(webhooks.previousSecretUntil, sql`now()`), gt(webhooks.id, after)))
      .orderBy(asc(webhooks.id))
      .limit(STEP)
    for (const { accountId, id } of ended) {
      if (await db.transaction((tx) => forget(tx, vault, accountId, id))) forgotten += 1
      after = id
    }
    if (ended.length < STEP) break
  }
  return forgotten
}

async function forget(tx: Database, vault: Vault, accountId: string, id: string): Promise<boolean> {
  // As it is now: its secret may have been changed, or it be gone, since it was found.
  const place = and(eq(webhooks.accountId, accountId), eq(webhooks.id, id))
  const [row] = await tx
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(place, lte(webhooks.previousSecretUntil, sql`now()`)))
    .for('update')
  if (!row) return false
  const secrets = { accountId, ownerId: id, field: 'secret' } as const
  try {
    const current = (await vault.open(tx, secrets))?.current
    if (!current) return false
    await vault.put(tx, secrets, { current })
  } catch (error) {
    if (isVaultError(error)) return false
    throw error
  }
  await tx.update(webhooks).set({ previousSecretUntil: null }).where(place)
  return true
}
