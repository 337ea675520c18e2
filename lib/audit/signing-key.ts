import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditChains } from '@/db/schema'
import { Secret, type Vault } from '../vault'

// Each account has a key of its own, so that what it signs speaks for no other, and a deleted account's can't be used again.
// Ed25519 (RFC 8032): whoever is given a checkpoint can check it and can't make one.

const FIELD = 'signing_key'

const placeOf = (accountId: string) => ({ accountId, ownerId: 'audit', field: 'secret' }) as const

/**
 * The key that signs an account's checkpoints; made when it is first asked for.
 * @throws {VaultError} when it is there and can't be opened
 */
export async function signingKey(db: Database, vault: Vault, accountId: string): Promise<KeyObject> {
  const known = await findSigningKey(db, vault, accountId)
  if (known) return known
  return db.transaction(async (tx) => {
    // Before the chain, in the order of those who store secrets or replace the data key: theirs is locked as they end.
    await vault.dataKeys.active(tx, accountId)
    // Of two who make one, the second finds the first's.
    await tx
      .select({ seq: auditChains.seq })
      .from(auditChains)
      .where(eq(auditChains.accountId, accountId))
      .for('update')
    const meanwhile = await findSigningKey(tx, vault, accountId)
    if (meanwhile) return meanwhile
    const { privateKey } = generateKeyPairSync('ed25519')
    const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
    await vault.put(tx, placeOf(accountId), { [FIELD]: new Secret(der) })
    return privateKey
  })
}

/** @returns null when there is none yet */
export async function findSigningKey(db: Database, vault: Vault, accountId: string): Promise<KeyObject | null> {
  const der = (await vault.open(db, placeOf(accountId)))?.[FIELD]
  return der ? createPrivateKey({ key: Buffer.from(der.reveal(), 'base64'), format: 'der', type: 'pkcs8' }) : null
}

/** The public half, as the JWK's `x` (RFC 8037). */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'jwk' }).x as string
}

export function signText(text: string, key: KeyObject): string {
  return sign(null, Buffer.from(text), key).toString('base64url')
}

/** @param publicKey as `publicKeyOf` gives it; what is no key has signed nothing */
export function isSignedBy(text: string, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}
