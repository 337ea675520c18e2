import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { invalidField } from '../errors'
import { comparableName } from './schemas'

const holdsExpired = (accountId: string, name: string) =>
  and(
    eq(apiKeys.accountId, accountId),
    eq(apiKeys.nameHeld, comparableName(name)),
    sql`${apiKeys.expiresAt} <= statement_timestamp()`,
  )

/**
 * The key whose name `releaseExpiredName` will release, if there is one. Who locks another key before that locks it along with
 * this one, so that they don't wait crosswise for who locks both.
 */
export async function expiredHolders(tx: Database, accountId: string, name: string): Promise<string[]> {
  const rows = await tx.select({ id: apiKeys.id }).from(apiKeys).where(holdsExpired(accountId, name))
  return rows.map(({ id }) => id)
}

/** A key that has expired no longer needs its name. */
export async function releaseExpiredName(tx: Database, accountId: string, name: string): Promise<void> {
  await tx.update(apiKeys).set({ nameHeld: null }).where(holdsExpired(accountId, name))
}

export function nameTaken(name: string) {
  return invalidField(
    'name',
    `An active key is already called “${name}”. Choose another name, or revoke that key first.`,
  )
}
