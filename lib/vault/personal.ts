import { and, asc, count, eq, gt, ne } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { authenticators } from '@/db/schema'
import { openPersonal, sealPersonal } from './envelope'
import type { MasterKeys } from './master-keys'
import { Secret } from './secret'

// What belongs to a person and to no account: the secrets of authenticator apps. They are few and small, so each is sealed
// with the master key itself, as JWE A256GCMKW with a content key of its own.

/** A sealed secret with the master key that opens it, as `authenticators` keeps both. */
export type SealedAuthenticator = Pick<typeof authenticators.$inferSelect, 'sealed' | 'masterKid'>

/** Seals the secret of a person's authenticator app; it opens as that person's alone. */
export async function sealAuthenticator(
  { first }: MasterKeys,
  userId: string,
  secret: Secret,
): Promise<SealedAuthenticator> {
  const sealed = await sealPersonal(secret.reveal(), { userId, field: 'authenticator' }, first)
  return { sealed, masterKid: first.kid }
}

/** @throws {VaultError} */
export async function openAuthenticator(
  masterKeys: MasterKeys,
  userId: string,
  { sealed, masterKid }: SealedAuthenticator,
): Promise<Secret> {
  return new Secret(await openPersonal(sealed, { userId, field: 'authenticator' }, masterKeys.get(masterKid)))
}

/** How many secrets of people there are. */
export async function countPersonal(db: Database): Promise<number> {
  const [row] = await db.select({ total: count() }).from(authenticators)
  return row?.total ?? 0
}

/**
 * Seals with the first master key what is sealed with another. Each opens before and after; doing it twice does no harm.
 * @param passOver told of each that can't be opened, which stays as it is
 */
export async function resealPersonal(
  db: Database,
  masterKeys: MasterKeys,
  passOver: (userId: string, error: unknown) => void,
): Promise<void> {
  const stale = await db.select().from(authenticators).where(ne(authenticators.masterKid, masterKeys.first.kid))
  for (const { userId, sealed, masterKid } of stale) {
    const secret = await openAuthenticator(masterKeys, userId, { sealed, masterKid }).catch((error: unknown) => {
      passOver(userId, error)
      return null
    })
    if (!secret) continue
    await db
      .update(authenticators)
      .set(await sealAuthenticator(masterKeys, userId, secret))
      .where(and(eq(authenticators.userId, userId), eq(authenticators.sealed, sealed)))
  }
}

/** Rows read at a time. */
const STEP = 100

/** Opens each, and tells of each whether that failed. */
export async function checkPersonal(
  db: Database,
  masterKeys: MasterKeys,
  tell: (userId: string, error: unknown) => void,
): Promise<void> {
  for (let last = ''; ; ) {
    const rows = await db
      .select()
      .from(authenticators)
      .where(gt(authenticators.userId, last))
      .orderBy(asc(authenticators.userId))
      .limit(STEP)
    for (const row of rows) {
      const error = await openAuthenticator(masterKeys, row.userId, row).then(
        () => null,
        (reason: unknown) => reason,
      )
      tell(row.userId, error)
    }
    const end = rows.at(-1)
    if (!end) return
    last = end.userId
  }
}
