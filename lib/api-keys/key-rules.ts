import { z } from 'zod'
import type { Database } from '@/db/client'
import { changePolicy, getPolicy } from '../accounts'
import type { Actor } from '../audit'
import { addressList } from './limits'
import { forgetIdleWarnings } from './revoke-idle'

const MAX_DAYS_RULE = 'must be a whole number of days from 1 to 3,650, or null'
const IDLE_DAYS_RULE = 'must be a whole number of days from 14 to 3,650, or null'

/** What an account asks of its keys. What is left out stays as it is. */
export const keyRulesInput = z
  .strictObject({
    expiry_required: z.boolean(),
    max_days: z.int(MAX_DAYS_RULE).min(1, MAX_DAYS_RULE).max(3_650, MAX_DAYS_RULE).nullable(),
    /** Less than two weeks would leave no time between use and the first warning, which comes a week ahead. */
    idle_days: z.int(IDLE_DAYS_RULE).min(14, IDLE_DAYS_RULE).max(3_650, IDLE_DAYS_RULE).nullable(),
    addresses: addressList,
  })
  .partial()
export type KeyRules = z.output<typeof keyRulesInput>

/**
 * Changes what an account asks of its keys. Addresses hold for the next request with any key; lifetimes for keys that are
 * made or regenerated from now on.
 */
export async function changeKeyRules(db: Database, actor: Actor, rules: KeyRules): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    const { keyIdleDays } = await getPolicy(tx, accountId)
    // A warning is worth nothing once the account has not asked for a while. Before the policy, in the order of all changes of keys.
    if (rules.idle_days !== undefined && (keyIdleDays === null) !== (rules.idle_days === null)) {
      await forgetIdleWarnings(tx, accountId)
    }
    await changePolicy(tx, actor, {
      ...(rules.expiry_required !== undefined && { keyExpiryRequired: rules.expiry_required }),
      ...(rules.max_days !== undefined && { keyMaxDays: rules.max_days }),
      ...(rules.idle_days !== undefined && { keyIdleDays: rules.idle_days }),
      ...(rules.addresses !== undefined && { keyAddresses: rules.addresses }),
    })
  })
}
