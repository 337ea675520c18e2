import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { recoveryCodes } from '@/db/schema'

/** How many there are of a set. */
export const RECOVERY_CODES = 10

/** Crockford's Base32: no letter that is taken for a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 16

/**
 * Gives a person new codes instead of those they had.
 * @returns the codes, which nobody can see again: `7k2m-…`, of 80 bits each, so that a plain hash tells nothing of them
 */
export async function makeRecoveryCodes(tx: Database, userId: string): Promise<string[]> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  const codes = Array.from({ length: RECOVERY_CODES }, newCode)
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, codeHash: hashCode(userId, code) })))
  return codes
}

/**
 * Uses a code up: of two who use it at once, one does.
 * @returns whether it is one of the person's that was not used yet
 */
export async function takeRecoveryCode(tx: Database, userId: string, given: string): Promise<boolean> {
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeHash, hashCode(userId, given)),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ hash: recoveryCodes.codeHash })
  return used.length === 1
}

/** How many codes of a person were not used yet. */
export function countRecoveryCodes(db: Database, userId: string): Promise<number> {
  return db.$count(recoveryCodes, and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
}

function newCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length])
  return letters.join('').replace(/.{4}(?=.)/g, '$&-')
}

/** However it was typed: with or without dashes, in capitals, with letters for the digits that they resemble. */
function hashCode(userId: string, code: string): string {
  const plain = code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1')
  return createHash('sha256').update(`recovery code\0${userId}\0${plain}`).digest('base64url')
}
