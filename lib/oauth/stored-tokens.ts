import { and, eq, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { preparedOnce } from '@/db/prepared'
import { credentials, tokenSets, vaultItems } from '@/db/schema'
import type { Secret } from '../vault/secret'
import { readingSealed, type SealedItem, type Secrets, type Vault } from '../vault/vault'
import { fromNow, NOW } from './db-clock'
import { OAuthError } from './errors'
import { endAlarm, endAlarmOfRemoved } from './renewal/alarm'
import { renewalDueInMs } from './renewal/schedule'
import type { TokenSet } from './token-endpoint'

/** Whose tokens: of a credential or a draft. */
export interface TokenOwner {
  accountId: string
  /** `cred_…` or `draft_…`. */
  ownerId: string
}

/** Tokens to keep: got from a token endpoint, or brought by a person, who may have a refresh token only. */
export type NewTokens = Omit<TokenSet, 'accessToken'> & {
  accessToken: Secret | null
  /** When the refresh token ends. Null: not known, or never; `unchanged`: it is the one that there was. */
  refreshEndsAt?: Date | null | 'unchanged'
}

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
  /** When they are to be renewed, or tried again; null: not by themselves. */
  renewAt: Date | null
  /** Until then, a call does not ask the provider; null: it may. */
  coolUntil: Date | null
  learnedSeconds: number | null
  /** When the refresh token ends; null: not known, or never. */
  refreshExpiresAt: Date | null
  /** When this was read, by the database's clock, by which all of the above is to be judged. */
  now: Date
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
  renewAt: tokenSets.renewAt,
  coolUntil: tokenSets.coolUntil,
  learnedSeconds: tokenSets.learnedSeconds,
  refreshExpiresAt: tokenSets.refreshExpiresAt,
  now: sql<Date>`clock_timestamp()`.mapWith(tokenSets.obtainedAt),
}

const NOT_REFUSED = { refusedError: null, refusedAt: null }

const NOTHING = {
  version: 0,
  obtainedAt: null,
  expiresAt: null,
  refusedError: null,
  refusedAt: null,
  isLeased: false,
  renewAt: null,
  coolUntil: null,
  learnedSeconds: null,
  refreshExpiresAt: null,
}

export function ofOwner({ accountId, ownerId }: TokenOwner) {
  return and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, ownerId))
}

export async function readState(db: Database, owner: TokenOwner): Promise<TokenState> {
  const [row] = await db.select(stateColumns).from(tokenSets).where(ofOwner(owner))
  return row ?? { ...NOTHING, now: new Date() }
}

/** An owner's tokens with their state, as they were at one moment. */
export interface HeldTokens {
  state: TokenState
  tokens: StoredTokens
  /** The version of the credential that they are of; null: they are a draft's. */
  ownerVersion: number | null
}

/** Reads an owner's tokens with their state, in one statement. */
export async function readHeld(db: Database, vault: Vault, owner: TokenOwner): Promise<HeldTokens> {
  return (
    (await readingSealed(() => readRow(db, vault, owner))) ?? {
      state: { ...NOTHING, now: new Date() },
      tokens: toTokens(null),
      ownerVersion: null,
    }
  )
}

/**
 * Reads an owner's tokens with their state, for who has a lease with this fence: what is read, nobody has replaced since.
 * @returns null when the lease was lost
 */
export function readLeased(db: Database, vault: Vault, owner: TokenOwner, fence: number): Promise<HeldTokens | null> {
  return readingSealed(() => readRow(db, vault, owner, fence))
}

/** @param fence that the row must have; null: any */
async function readRow(
  db: Database,
  vault: Vault,
  owner: TokenOwner,
  fence: number | null = null,
): Promise<HeldTokens | null> {
  const { accountId, ownerId } = owner
  const [row] = await selectRow(db).execute({ accountId, ownerId, fence })
  if (!row) return null
  const { state, dataKeyId, sealed, ownerVersion } = row
  const item = dataKeyId && sealed ? { dataKeyId, sealed } : null
  const opened = item && (await vault.openSealed(db, { accountId, ownerId, field: 'tokens' }, item))
  return { state, tokens: toTokens(opened), ownerVersion }
}

const selectRow = preparedOnce((db) => {
  const accountId = sql.placeholder('accountId')
  const ownerId = sql.placeholder('ownerId')
  const fence = sql.placeholder('fence')
  return db
    .select({
      state: stateColumns,
      dataKeyId: vaultItems.dataKeyId,
      sealed: vaultItems.sealed,
      ownerVersion: credentials.version,
    })
    .from(tokenSets)
    .leftJoin(
      vaultItems,
      and(eq(vaultItems.accountId, accountId), eq(vaultItems.ownerId, ownerId), eq(vaultItems.field, 'tokens')),
    )
    .leftJoin(credentials, and(eq(credentials.accountId, accountId), eq(credentials.id, ownerId)))
    .where(
      and(
        eq(tokenSets.accountId, accountId),
        eq(tokenSets.ownerId, ownerId),
        sql`${tokenSets.fence} = coalesce(${fence}, ${tokenSets.fence})`,
      ),
    )
    .prepare('read_tokens')
})

/** Opens an owner's tokens. Read after its state, they are those of its version or later ones. */
export async function openTokens(
  db: Database,
  vault: Vault,
  { accountId, ownerId }: TokenOwner,
): Promise<StoredTokens> {
  const item = await vault.open(db, { accountId, ownerId, field: 'tokens' })
  return toTokens(item)
}

/** Opens an owner's tokens where something else is to be done though they can't be opened any more: null then. */
export async function openTokensIfIntact(db: Database, vault: Vault, owner: TokenOwner): Promise<StoredTokens | null> {
  const item = await vault.openIfIntact(db, { ...placeOf(owner), field: 'tokens' })
  return item && toTokens(item)
}

function toTokens(item: Secrets | null): StoredTokens {
  return { accessToken: item?.access_token ?? null, refreshToken: item?.refresh_token ?? null }
}

/**
 * Stores tokens that were not renewed here, such as those that a person brought, instead of what there was. A renewal that
 * is under way stores nothing any more; a refusal is forgotten, and people who were told of one are told that it is over.
 */
export async function putTokens(tx: Database, vault: Vault, owner: TokenOwner, tokens: NewTokens): Promise<void> {
  const endsInMs = tokens.expiresAt && tokens.expiresAt.getTime() - Date.now()
  const { accessToken, refreshEndsAt } = tokens
  await putRow(
    tx,
    owner,
    { obtainedAt: NOW, ...NOT_REFUSED },
    { hasAccessToken: accessToken !== null, endsInMs, refreshEndsAt },
  )
  await sealTokens(tx, vault, owner, tokens)
}

/**
 * Has an owner's tokens renewed before they are used again, such as when the client was corrected: a refusal is forgotten.
 * A renewal that is under way goes on, since its answer may be all that still works.
 */
export async function expireTokens(tx: Database, owner: TokenOwner): Promise<void> {
  await tx
    .update(tokenSets)
    .set({
      expiresAt: NOW,
      renewAt: sql`case when ${isRenewedAhead(owner)} then ${NOW} end`,
      // It may be another one by now, which has not failed.
      endpoint: null,
      refusedError: null,
      refusedAt: null,
      failingSince: null,
      failures: 0,
      coolUntil: null,
    })
    .where(ofOwner(owner))
}

/** Has an owner's tokens renewed by themselves, or no longer, after its `renew_ahead` was changed. */
export async function rescheduleTokens(tx: Database, vault: Vault, owner: TokenOwner): Promise<void> {
  const [row] = await tx.select(stateColumns).from(tokenSets).where(ofOwner(owner)).for('update')
  if (!row || row.refusedError !== null) return
  const tokens = await openTokensIfIntact(tx, vault, owner)
  const endsInMs = row.expiresAt && row.expiresAt.getTime() - row.now.getTime()
  const refreshEndsInMs = row.refreshExpiresAt && row.refreshExpiresAt.getTime() - row.now.getTime()
  const ageSeconds = row.obtainedAt ? (row.now.getTime() - row.obtainedAt.getTime()) / 1_000 : 0
  const learnedSeconds = row.learnedSeconds && Math.max(0, row.learnedSeconds - ageSeconds)
  const dueInMs = tokens?.accessToken ? renewalDueInMs({ endsInMs, learnedSeconds, refreshEndsInMs }) : 0
  await tx
    .update(tokenSets)
    .set({ renewAt: sql`case when ${isRenewedAhead(owner)} then ${fromNow(dueInMs)} end` })
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
  const { obtainedAt, expiresAt, refusedError, refusedAt, refreshExpiresAt, now } = row
  const inMs = (at: Date | null) => at && at.getTime() - now.getTime()
  const refreshEndsInMs = inMs(refreshExpiresAt)
  await putRow(
    tx,
    to,
    { obtainedAt, refusedError, refusedAt },
    {
      hasAccessToken: item.access_token !== undefined,
      endsInMs: inMs(expiresAt),
      refreshEndsAt: refreshEndsInMs === null ? null : new Date(Date.now() + refreshEndsInMs),
    },
  )
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
  return vault.put(tx, { ...placeOf(owner), field: 'tokens' }, secretsOf(tokens))
}

/** Seals tokens for the statement that writes their owner's row, see `Vault.sealAhead`. */
export function sealTokensAhead(vault: Vault, owner: TokenOwner, tokens: NewTokens): Promise<SealedItem | null> {
  return vault.sealAhead({ ...placeOf(owner), field: 'tokens' }, secretsOf(tokens))
}

function secretsOf({ accessToken, refreshToken }: NewTokens): Secrets {
  return {
    ...(accessToken && { access_token: accessToken }),
    ...(refreshToken && { refresh_token: refreshToken }),
  }
}

/** Writes the row of tokens that were not renewed here, by the clock of the database. */
async function putRow(
  tx: Database,
  owner: TokenOwner,
  state: Pick<TokenState, 'refusedError' | 'refusedAt'> & { obtainedAt: Date | SQL | null },
  tokens: { hasAccessToken: boolean; endsInMs: number | null } & Pick<NewTokens, 'refreshEndsAt'>,
): Promise<void> {
  const { hasAccessToken, endsInMs } = tokens
  const [before] = await tx
    .select({ alarmedAt: tokenSets.alarmedAt, failingSince: tokenSets.failingSince })
    .from(tokenSets)
    .where(ofOwner(owner))
    .for('update')
  const refreshEnd = refreshEndOf(tokens)
  const { refreshEndsInMs } = refreshEnd
  const dueInMs = hasAccessToken ? renewalDueInMs({ endsInMs, learnedSeconds: null, refreshEndsInMs }) : 0
  const values = {
    ...state,
    expiresAt: fromNow(endsInMs),
    renewAt: state.refusedError === null ? sql`case when ${isRenewedAhead(owner)} then ${fromNow(dueInMs)} end` : null,
    learnedSeconds: null,
    leaseUntil: null,
    contestedAt: null,
    failingSince: null,
    failures: 0,
    coolUntil: null,
    ...(state.refusedError === null ? { alarmedAt: null } : {}),
  }
  await tx
    .insert(tokenSets)
    .values({ ...placeOf(owner), ...values, ...newRefreshEnd(refreshEnd), version: 1, fence: FIRST_FENCE })
    .onConflictDoUpdate({
      target: [tokenSets.accountId, tokenSets.ownerId],
      set: {
        ...values,
        ...refreshEndColumns(refreshEnd),
        version: sql`${tokenSets.version} + 1`,
        fence: sql`${tokenSets.fence} + 1`,
      },
    })
  if (state.refusedError !== null) return
  if (before?.alarmedAt) await endAlarm(tx, owner, before.failingSince)
  else if (!before) await endAlarmOfRemoved(tx, owner)
}

/** Whether tokens are renewed without anybody asking for it: a credential's, unless its owner says otherwise. */
export function isRenewedAhead({ accountId, ownerId }: OrPlaceholders<TokenOwner>) {
  return sql`(select renew_ahead from ${credentials} where account_id = ${accountId} and id = ${ownerId})`
}

/**
 * Ends of refresh tokens that differ by less are the same one, told anew as seconds from then: it stays as it was told first,
 * so that a warning of it stays one of it.
 */
const SAME_END = sql`interval '5 minutes'`

/** When a new refresh token ends. */
interface RefreshEnd {
  /** In milliseconds from now; null: not known, never, or as before. */
  refreshEndsInMs: number | null
  /** Whether it is the refresh token that there was. */
  keepsRefreshEnd: boolean
}

/** Values of a statement, or, in one that is prepared, their placeholders. */
export type OrPlaceholders<Values> = { [Name in keyof Values]: Values[Name] | Placeholder }

export function refreshEndOf({ refreshEndsAt = null }: Pick<NewTokens, 'refreshEndsAt'>): RefreshEnd {
  const keepsRefreshEnd = refreshEndsAt === 'unchanged'
  const isKnown = refreshEndsAt !== null && !keepsRefreshEnd
  return { refreshEndsInMs: isKnown ? refreshEndsAt.getTime() - Date.now() : null, keepsRefreshEnd }
}

/** What is written of a refresh token's end where there was no row. */
function newRefreshEnd({ refreshEndsInMs }: RefreshEnd) {
  return refreshEndsInMs === null ? {} : { refreshExpiresAt: fromNow(refreshEndsInMs), refreshSetAt: NOW }
}

/** What is written of a refresh token's end: since when it is that one, and that nobody was warned of it yet. */
export function refreshEndColumns({ refreshEndsInMs, keepsRefreshEnd }: OrPlaceholders<RefreshEnd>) {
  const { refreshExpiresAt, refreshSetAt, refreshWarnedDays } = tokenSets
  const end = fromNow(refreshEndsInMs)
  const difference = sql`abs(extract(epoch from (${refreshExpiresAt} - (${end}))))`
  // Where one of the two is not known, it is no other end only if the token is the same.
  const isSame = sql`(${keepsRefreshEnd}::boolean or coalesce(${difference} < extract(epoch from ${SAME_END}), false))`
  return {
    refreshExpiresAt: sql`case when ${isSame} then ${refreshExpiresAt} else ${end} end`,
    refreshSetAt: sql`case when ${isSame} then ${refreshSetAt} when ${refreshEndsInMs}::float8 is not null then ${NOW} end`,
    refreshWarnedDays: sql`case when ${isSame} then ${refreshWarnedDays} end`,
  }
}

/** Without what else an object may have that is passed as an owner. */
export const placeOf = ({ accountId, ownerId }: TokenOwner): TokenOwner => ({ accountId, ownerId })
