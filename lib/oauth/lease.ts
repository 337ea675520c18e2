import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { tokenSets } from '@/db/schema'
import { FIRST_FENCE, ofOwner, placeOf, stateColumns, type TokenOwner, type TokenState } from './stored-tokens'

/**
 * The right to renew an owner's tokens, until it ends by the database's clock: those of the instances may differ. Its fence
 * is asked for whenever something is written by it, so that who comes late writes nothing.
 */
export interface Lease {
  owner: TokenOwner
  fence: number
}

const leaseEnd = (ms: number) => sql`clock_timestamp() + ${ms} * interval '1 millisecond'`

/** What a statement concerns that is only for whoever still holds the lease. */
export const heldBy = ({ owner, fence }: Lease) => and(ofOwner(owner), eq(tokenSets.fence, fence))

/**
 * Takes the lease, in one statement, unless somebody has it.
 * @returns null when somebody has
 */
export async function claim(db: Database, owner: TokenOwner, leaseMs: number): Promise<Lease | null> {
  const [row] = await db
    .insert(tokenSets)
    .values({ ...placeOf(owner), fence: FIRST_FENCE, leaseUntil: leaseEnd(leaseMs) })
    .onConflictDoUpdate({
      target: [tokenSets.accountId, tokenSets.ownerId],
      set: { fence: sql`${tokenSets.fence} + 1`, leaseUntil: leaseEnd(leaseMs) },
      setWhere: sql`${tokenSets.leaseUntil} is null or ${tokenSets.leaseUntil} <= clock_timestamp()`,
    })
    .returning({ fence: tokenSets.fence })
  return row ? { owner: placeOf(owner), fence: row.fence } : null
}

/**
 * Lets the lease begin anew, once all is read that is needed. What was read before it, and after the claim, nobody has
 * replaced meanwhile.
 * @returns the state of the tokens; null when the lease was lost
 */
export async function confirm(db: Database, lease: Lease, leaseMs: number): Promise<TokenState | null> {
  const [row] = await db
    .update(tokenSets)
    .set({ leaseUntil: leaseEnd(leaseMs) })
    .where(heldBy(lease))
    .returning(stateColumns)
  return row ?? null
}

/** Gives the lease back. Without tokens and refusal nothing is left of it, since the owner may be gone. */
export async function release(db: Database, lease: Lease): Promise<void> {
  const isEmpty = and(eq(tokenSets.version, 0), isNull(tokenSets.refusedError))
  await db.delete(tokenSets).where(and(heldBy(lease), isEmpty))
  await db.update(tokenSets).set({ leaseUntil: null }).where(heldBy(lease))
}

/**
 * Gives the lease back and notes that the provider has refused for good.
 * @returns false when the lease was lost: what was refused may be a refresh token that others have spent since
 */
export async function releaseRefused(db: Database, lease: Lease, error: string): Promise<boolean> {
  const noted = await db
    .update(tokenSets)
    .set({ leaseUntil: null, refusedError: error, refusedAt: sql`clock_timestamp()` })
    .where(heldBy(lease))
    .returning({ fence: tokenSets.fence })
  return noted.length > 0
}
