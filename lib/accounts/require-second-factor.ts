import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members } from '@/db/schema'
import type { Actor } from '../audit'
import { Refusal } from '../errors'
import { changePolicy } from './policy'
import { hasSecondFactor } from './second-factor/has-second-factor'

/** How many people of an account have a second factor, and whether its owner is one of them. */
export interface SecondFactorCount {
  people: number
  withFactor: number
  ownerHas: boolean
}

export async function countSecondFactors(db: Database, accountId: string): Promise<SecondFactorCount> {
  const people = await db.$count(members, eq(members.accountId, accountId))
  const withFactor = await db
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.accountId, accountId), hasSecondFactor(members.userId)))
  return {
    people,
    withFactor: withFactor.length,
    ownerHas: withFactor.some(({ role }) => role === 'owner'),
  }
}

/**
 * Has an account ask its people for a second factor, or not any more. From their next request on, whoever has none sees
 * nothing of the account but where one is set up.
 * @throws {Refusal} `forbidden` when the owner or the actor has none: nobody asks of others what they do not do themselves
 */
export async function requireSecondFactor(db: Database, actor: Actor, required: boolean): Promise<void> {
  if (required) {
    const { ownerHas } = await countSecondFactors(db, actor.accountId)
    const [own] = await db
      .select({ userId: members.userId })
      .from(members)
      .where(
        and(
          eq(members.accountId, actor.accountId),
          eq(members.userId, actor.id ?? ''),
          hasSecondFactor(members.userId),
        ),
      )
    if (!own) throw new Refusal('forbidden', 'Set up a second factor of your own first, under Settings → Account.')
    if (!ownerHas) throw new Refusal('forbidden', 'The owner of the account has no second factor yet.')
  }
  await changePolicy(db, actor, { secondFactorRequired: required })
}
