import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { tokenSets } from '@/db/schema'
import type { Secret } from '../vault/secret'
import type { Secrets, Vault } from '../vault/vault'
import { OAuthError } from './errors'
import type { TokenSet } from './token-endpoint'

/** Whose tokens: of a credential or a draft. */
export interface TokenOwner {
  accountId: string
  /** `cred_…` or `draft_…`. */
  ownerId: string
}

/** Tokens to keep: got from a token endpoint, or brought by a person, who may have a refresh token only. */
export type NewTokens = Omit<TokenSet, 'accessToken'> & { accessToken: Secret | null }

/** What the database says of an owner's tokens. */
export interface TokenState {
  /** Raised whenever other tokens are stored; 0: there are none. */
  version: number
  obtainedAt: Date | null
  expiresAt: Date | null
  refusedError: string | null
  refusedAt: Date | null
  /** Whether somebody is renewing them. */
  isLeased: boolean
}

export interface StoredTokens {
  accessToken: Secret | null
  refreshToken: Secret | null
}

/**
 * The fence of a new row. Not 0, so that it is none that a row of the same owner had before: who held a lease of that one
 * must not be taken for who holds one of this.
 */
export const FIRST_FENCE = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`

export const stateColumns = {
  version: tokenSets.version,
  obtainedAt: tokenSets.obtainedAt,
  expiresAt: tokenSets.expiresAt,
  refusedError: tokenSets.refusedError,
  refusedAt: tokenSets.refusedAt,
  isLeased: sql<boolean>`coalesce(${tokenSets.leaseUntil} > clock_timestamp(), false)`,
}

const NOTHING: TokenState = {
  version: 0,
  obtainedAt: null,
  expiresAt: null,
  refusedError: null,
  refusedAt: null,
  isLeased: false,
}

export function ofOwner({ accountId, ownerId }: TokenOwner) {
  return and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, ownerId))
}

export async function readState(db: Database, owner: TokenOwner): Promise<TokenState> {
  const [row] = await db.select(stateColumns).from(tokenSets).where(ofOwner(owner))
  return row ?? NOTHING
}

/** Opens an owner's tokens. Read after its state, they are those of its version or later ones. */
export async function openTokens(
  db: Database,
  vault: Vault,
  { accountId, ownerId }: TokenOwner,
): Promise<StoredTokens> {
  const item = await vault.open(db, { accountId, ownerId, field: 'tokens' })
  return { accessToken: item?.access_token ?? null, refreshToken: item?.refresh_token ?? null }
}

/**
 * Stores tokens that were not renewed here, such as those that a person brought, instead of what there was. A renewal that
 * is under way stores nothing any more; a refusal is forgotten.
 */
export async function putTokens(tx: Database, vault: Vault, owner: TokenOwner, tokens: NewTokens): Promise<void> {
  await putRow(tx, owner, {
    obtainedAt: new Date(),
    expiresAt: tokens.expiresAt,
    refusedError: null,
    refusedAt: null,
  })
  await sealTokens(tx, vault, owner, tokens)
}

/**
 * Has an owner's tokens renewed before they are used again, such as when the client was corrected: a refusal is forgotten.
 * A renewal that is under way goes on, since its answer may be all that still works.
 */
export async function expireTokens(tx: Database, owner: TokenOwner): Promise<void> {
  await tx
    .update(tokenSets)
    .set({ expiresAt: sql`clock_timestamp()`, refusedError: null, refusedAt: null })
    .where(ofOwner(owner))
}

/**
 * Gives one owner's tokens to another, such as a draft's to the credential that it is saved as: they are sealed anew for
 * their new place, instead of what was there, and the old place holds none any more. What was refused stays so. Without
 * tokens it does nothing.
 * @throws {OAuthError} `busy` while they are renewed: what that gets would belong to nobody
 */
export async function moveTokens(tx: Database, vault: Vault, from: TokenOwner, to: TokenOwner): Promise<void> {
  const [row] = await tx.select(stateColumns).from(tokenSets).where(ofOwner(from)).for('update')
  if (!row) return
  if (row.isLeased) throw new OAuthError('busy')
  const item = await vault.open(tx, { ...placeOf(from), field: 'tokens' })
  await removeTokens(tx, vault, from)
  if (row.version === 0 || item === null) return
  const { obtainedAt, expiresAt, refusedError, refusedAt } = row
  await putRow(tx, to, { obtainedAt, expiresAt, refusedError, refusedAt })
  await vault.put(tx, { ...placeOf(to), field: 'tokens' }, item)
}

/**
 * Forgets an owner's tokens, and that they were refused. A renewal that is under way stores nothing any more. The owner's
 * other secrets stay; the vault's `remove` is for who deletes the owner.
 */
export async function removeTokens(tx: Database, vault: Vault, owner: TokenOwner): Promise<void> {
  const removed = await tx.delete(tokenSets).where(ofOwner(owner)).returning({ version: tokenSets.version })
  if (removed.some(({ version }) => version > 0)) await vault.put(tx, { ...placeOf(owner), field: 'tokens' }, {})
}

/** Seals tokens at their owner's. The row of `token_sets` is written first, in the same transaction, everywhere. */
export function sealTokens(tx: Database, vault: Vault, owner: TokenOwner, tokens: NewTokens): Promise<void> {
  const secrets: Secrets = {
    ...(tokens.accessToken && { access_token: tokens.accessToken }),
    ...(tokens.refreshToken && { refresh_token: tokens.refreshToken }),
  }
  return vault.put(tx, { ...placeOf(owner), field: 'tokens' }, secrets)
}

async function putRow(
  tx: Database,
  owner: TokenOwner,
  state: Pick<TokenState, 'obtainedAt' | 'expiresAt' | 'refusedError' | 'refusedAt'>,
): Promise<void> {
  const values = { ...state, leaseUntil: null }
  await tx
    .insert(tokenSets)
    .values({ ...placeOf(owner), ...values, version: 1, fence: FIRST_FENCE })
    .onConflictDoUpdate({
      target: [tokenSets.accountId, tokenSets.ownerId],
      set: { ...values, version: sql`${tokenSets.version} + 1`, fence: sql`${tokenSets.fence} + 1` },
    })
}

/** Without what else an object may have that is passed as an owner. */
export const placeOf = ({ accountId, ownerId }: TokenOwner): TokenOwner => ({ accountId, ownerId })
