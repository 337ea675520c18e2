import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { invalidField } from '../errors'
import { comparableName } from './schemas'

/** A key that has expired no longer needs its name. */
export async function releaseExpiredName(tx: Database, accountId: string, name: string): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ nameHeld: null })
    .where(
      and(
        eq(apiKeys.accountId, accountId),
        eq(apiKeys.nameHeld, comparableName(name)),
        sql`${apiKeys.expiresAt} <= statement_timestamp()`,
      ),
    )
}

export function nameTaken(name: string) {
  return invalidField(
    'name',
    `An active key is already called “${name}”. Choose another name, or revoke that key first.`,
  )
}
