import type { Database } from '@/db/client'
import type { Egress } from '../../egress'
import type { OnStage } from '../../egress/request'
import { log } from '../../log'
import { parseUrl } from '../../parse-url'
import { blank } from '../../vault/blank'
import { isVaultError } from '../../vault/errors'
import type { Secret } from '../../vault/secret'
import type { Vault } from '../../vault/vault'
import { isOAuthError, OAuthError } from '../errors'
import { isGood } from '../good'
import { confirm, type Lease, type RenewalReason, release } from '../lease'
import type { SpooledRenewal } from '../spool'
import type { Renewed } from '../store'
import { readLeased, type StoredTokens, type TokenOwner, type TokenState } from '../stored-tokens'
import { type Grant, type OAuthClient, obtainTokens } from '../token-endpoint'
import { type Failure, judgeFailure, NOT_STORED, unreadableFailure, WITHOUT_REFRESH_TOKEN } from './failure'
import { endAttempt, recordFailure } from './record-failure'
import { doubted, learnedFrom } from './schedule'
import type { Waiting } from './sweep'

// What is done under a lease: the token endpoint is asked, and what it answers is kept, or why there is nothing to keep.

/** What tokens are renewed with. */
export interface Renewable {
  client: OAuthClient
  grant: 'client_credentials' | 'refresh_token'
  /** The version of the credential that this is read from; null or missing: a draft's. */
  ownerVersion?: number | null
  /** Told, once the tokens are kept, that the client was known by its next secret only. */
  onNextSecret?: () => Promise<void>
}

export interface KeptTokens {
  accessToken: Secret
  /** Names these tokens among all that their owner has had. */
  version: number
  /** Null: not known. */
  expiresAt: Date | null
  /** The version of the credential, as it was read along with them; null: they are a draft's. */
  ownerVersion: number | null
}

/** One renewal, and what its caller knew when it asked for it. */
export interface Renewal {
  owner: TokenOwner
  load: () => Promise<Renewable>
  /** Null: nothing but that they were due when the lease was taken. */
  known: TokenState | null
  reason: RenewalReason
  isForced: boolean
  onStage: OnStage | undefined
  waiting?: Waiting
}

/** What a renewal is made with. */
export interface Terms {
  db: Database
  vault: Vault
  egress: Pick<Egress, 'request'>
  /** How long a lease lasts that nobody gives back. */
  leaseMs: number
  /** Makes what was got durable; null when the lease was lost. */
  keep(entry: SpooledRenewal): Promise<number | null>
  /** Told when there is news for people. */
  onAlarm(): void
}

/** A token call is over before its lease is: it takes so much of it at most. */
const CALL_SHARE = 2 / 3
const MAX_CALL_MS = 30_000

/** A lease of which more than this share has gone by begins anew before the token endpoint is asked. */
const FRESH_SHARE = 0.1

/**
 * Renews under a lease and gives it back.
 * @param askedAt when the lease was asked for, by this process's clock
 * @returns null when the lease was lost meanwhile: what others have stored counts
 */
export async function renewUnder(
  terms: Terms,
  lease: Lease,
  askedAt: number,
  renewal: Renewal,
): Promise<KeptTokens | null> {
  const { db, vault, leaseMs } = terms
  const { owner, load, known, onStage, waiting } = renewal
  let renewable: Renewable | null = null
  let stored: StoredTokens | null = null
  let version = 0
  let isAnswered = false
  try {
    renewable = await load()
    const { ownerVersion = null } = renewable
    // After the settings: had somebody put others with other tokens meanwhile, the lease would be lost by now.
    const held = await readLeased(db, vault, owner, lease.fence)
    if (held === null) return null
    stored = held.tokens
    version = held.state.version
    const isOld = performance.now() - askedAt > leaseMs * FRESH_SHARE
    const state = isOld ? await confirm(db, lease, leaseMs) : held.state
    if (state === null) return null
    if (known && stored.accessToken !== null && state.version > known.version && isGood(state, stored)) {
      await release(db, lease)
      return { accessToken: stored.accessToken, version: state.version, expiresAt: state.expiresAt, ownerVersion }
    }
    throwIfRefused(state, renewal)
    const learnedSeconds = learnedBy(renewal, state)
    const got = await obtain(terms, renewable, stored, { ...state, learnedSeconds }, onStage, waiting)
    isAnswered = true
    const kept = await terms.keep({ lease, renewed: got.renewed })
    if (kept === null) {
      log.warn({ owner: owner.ownerId }, 'A renewal came too late: its tokens are dropped for those that are stored')
      return null
    }
    if (got.usedNextSecret) await nextSecretUsed(renewable, owner)
    return { accessToken: got.accessToken, version: kept, expiresAt: got.expiresAt, ownerVersion }
  } catch (error) {
    const unanswered = async () =>
      isEnd(error, version, renewal)
        ? WITHOUT_REFRESH_TOKEN
        : ((await unreadable(terms, owner, error, renewable)) ?? judge(error, stored))
    const failure = isAnswered ? NOT_STORED : await unanswered()
    const recorded = await quietly(lease, async () => {
      if (failure) return recordFailure(db, lease, endpointOf(renewable), failure, renewal.reason)
      await release(db, lease)
      return undefined
    })
    if (recorded?.alarms) terms.onAlarm()
    if (recorded?.counts === false) return null
    throw error
  }
}

/**
 * Renews under a lease with what a form says that is not saved, and gives it back.
 * @throws see `TokenKeeper.trial`
 */
export async function tryUnder(
  terms: Terms,
  lease: Lease,
  renewable: Renewable,
  { keepAccessToken, onStage }: { keepAccessToken: boolean; onStage?: OnStage },
): Promise<KeptTokens> {
  const { db, vault, leaseMs } = terms
  const { owner } = lease
  let stored: StoredTokens | null = null
  let isAnswered = false
  try {
    const held = await readLeased(db, vault, owner, lease.fence)
    const { ownerVersion = null } = renewable
    // Changed since the form was read: these tokens may not be meant for where it would send them.
    if (held === null || held.ownerVersion !== ownerVersion) throw new OAuthError('busy')
    stored = held.tokens
    const state = await confirm(db, lease, leaseMs)
    if (state === null) throw new OAuthError('busy')
    const got = await obtain(terms, renewable, stored, state, onStage)
    isAnswered = true
    if (!keepAccessToken) got.renewed.tokens = { ...got.renewed.tokens, accessToken: null, expiresAt: null }
    const version = await terms.keep({ lease, renewed: got.renewed })
    if (version === null) throw new OAuthError('busy')
    return { accessToken: got.accessToken, version, expiresAt: got.expiresAt, ownerVersion }
  } catch (error) {
    const failure = isAnswered ? NOT_STORED : judge(error, stored)
    await quietly(lease, async () => {
      if (failure) await endAttempt(db, lease, failure)
      await release(db, lease)
    })
    throw error
  }
}

/** Asks the token endpoint. What it answers is to be kept by the caller before anything else is done. */
async function obtain(
  { egress, leaseMs }: Terms,
  { client, grant, ownerVersion }: Renewable,
  stored: StoredTokens,
  { version, learnedSeconds }: Pick<TokenState, 'version' | 'learnedSeconds'>,
  onStage: OnStage | undefined,
  waiting?: Waiting,
) {
  const sentAt = new Date()
  const call = { onStage: telling(onStage), limits: { totalMs: Math.min(MAX_CALL_MS, leaseMs * CALL_SHARE) } }
  const asked = grantOf(grant, stored.refreshToken)
  waiting?.begin()
  const tokens = await obtainTokens(egress, client, asked, call).finally(() => waiting?.end())
  const isSameRefreshToken = tokens.refreshToken?.reveal() === stored.refreshToken?.reveal()
  const renewed: Renewed = {
    tokens: { ...tokens, refreshEndsAt: tokens.refreshExpiresAt ?? (isSameRefreshToken ? 'unchanged' : null) },
    sentAt,
    endpoint: new URL(client.tokenUrl).origin,
    version,
    learnedSeconds,
    ownerVersion,
  }
  const { accessToken, expiresAt, usedNextSecret } = tokens
  return { renewed, accessToken, expiresAt, usedNextSecret }
}

/** Whose tokens end at an unknown time learns from those that are refused how long they last, and from those that are not. */
function learnedBy({ reason }: Renewal, { obtainedAt, expiresAt, learnedSeconds, now }: TokenState): number | null {
  if (expiresAt !== null || obtainedAt === null) return learnedSeconds
  if (reason === 'ahead') return doubted(learnedSeconds)
  if (reason !== 'rejected') return learnedSeconds
  return learnedFrom(now.getTime() - obtainedAt.getTime(), learnedSeconds)
}

/** What a failure means, without what was stored: the provider may name what it gave earlier, which this call did not send. */
function judge(error: unknown, stored: StoredTokens | null): Failure | null {
  const failure = judgeFailure(error)
  if (!failure) return null
  const secrets = [stored?.accessToken, stored?.refreshToken].filter((secret) => secret != null)
  const { detail, said } = failure
  return { ...failure, detail: blank(detail, secrets), said: said === null ? null : blank(said, secrets) }
}

/**
 * What it means that a secret can't be opened, where entering it again is a help: not where it is the account's key that
 * can't be, such as with another master key, since nothing else could be sealed then either.
 * @param renewable null: that is what it failed at
 * @returns null when it is something else
 */
async function unreadable(
  { db, vault }: Terms,
  { accountId }: TokenOwner,
  error: unknown,
  renewable: Renewable | null,
): Promise<Failure | null> {
  if (!isVaultError(error) || error.code !== 'corrupt') return null
  try {
    await vault.dataKeys.active(db, accountId)
  } catch {
    return null
  }
  return unreadableFailure(renewable === null ? 'client' : renewable.grant)
}

/** Should telling fail, it is told again by the next renewal. */
async function nextSecretUsed({ onNextSecret }: Renewable, { ownerId }: TokenOwner): Promise<void> {
  try {
    await onNextSecret?.()
  } catch (error) {
    log.warn({ error, owner: ownerId }, 'The next client secret could not be put in place of the first')
  }
}

function endpointOf(renewable: Renewable | null): string | null {
  return parseUrl(renewable?.client.tokenUrl ?? '')?.origin ?? null
}

/** A refusal for good stands until tokens are put anew; who may ask again minds those only that came after it began. */
export function throwIfRefused(state: TokenState, { known, isForced }: Renewal): void {
  if (state.refusedError === null) return
  if (isForced && state.refusedAt?.getTime() === known?.refusedAt?.getTime()) return
  throw new OAuthError('refused', { error: state.refusedError })
}

function grantOf(kind: Renewable['grant'], refreshToken: Secret | null): Grant {
  if (kind === 'client_credentials') return { kind }
  if (refreshToken === null) throw new OAuthError('no_refresh_token')
  return { kind, refreshToken }
}

/** Writes down a failure. If this fails too, the lease ends by itself: the caller is to learn of the first. */
async function quietly<T>(lease: Lease, write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write()
  } catch (error) {
    log.warn({ error, owner: lease.owner.ownerId }, 'A lease could not be given back')
    return undefined
  }
}

/** Whether there are tokens that need others now, and nothing to get them with. Who asks by himself is told so, no more. */
function isEnd(error: unknown, version: number, { isForced }: Renewal): boolean {
  return isOAuthError(error) && error.code === 'no_refresh_token' && version > 0 && !isForced
}

/** Tells the caller of stages; should that fail, it costs no refresh token. */
function telling(onStage: OnStage | undefined): OnStage | undefined {
  if (!onStage) return undefined
  return (done) => {
    try {
      onStage(done)
    } catch (error) {
      log.warn({ error }, 'Nobody could be told of a stage of a renewal')
    }
  }
}
