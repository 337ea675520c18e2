import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accountPolicies } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'

/** What an account asks of its keys and its people, see `db/schema/policies.ts`. */
export type AccountPolicy = Omit<typeof accountPolicies.$inferSelect, 'accountId' | 'updatedAt'>

/** Of an account that has decided nothing. */
const DEFAULTS: AccountPolicy = {
  keyExpiryRequired: false,
  keyMaxDays: null,
  keyIdleDays: null,
  keyAddresses: null,
  leakResponse: 'revoke',
  secondFactorRequired: false,
  auditKeepDays: null,
}

/** The policy of an account. */
export async function getPolicy(db: Database, accountId: string): Promise<AccountPolicy> {
  const [row] = await db.select().from(accountPolicies).where(eq(accountPolicies.accountId, accountId))
  if (!row) return DEFAULTS
  const { accountId: _, updatedAt: __, ...policy } = row
  return policy
}

/**
 * Changes some of an account's policy; what is not named stays as it is. Of two changes at once each sees the other's.
 * @param change as the inputs of the policy's parts have checked it
 */
export async function changePolicy(db: Database, actor: Actor, change: Partial<AccountPolicy>): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    await tx.insert(accountPolicies).values({ accountId }).onConflictDoNothing()
    // The row is there by now, and locked until the end.
    await tx.select().from(accountPolicies).where(eq(accountPolicies.accountId, accountId)).for('update')
    const before = await getPolicy(tx, accountId)
    const after = { ...before, ...change }
    const changed = Object.keys(after).filter((name) => !isSame(name as keyof AccountPolicy, before, after))
    if (changed.length === 0) return
    await tx
      .update(accountPolicies)
      .set({ ...after, updatedAt: sql`now()` })
      .where(eq(accountPolicies.accountId, accountId))
    const only = (policy: AccountPolicy) =>
      Object.fromEntries(Object.entries(policy).filter(([name]) => changed.includes(name)))
    await recordAuditEvent(tx, actor, 'account.policy_changed', accountId, { before: only(before), after: only(after) })
  })
}

function isSame(name: keyof AccountPolicy, before: AccountPolicy, after: AccountPolicy): boolean {
  return JSON.stringify(before[name]) === JSON.stringify(after[name])
}
