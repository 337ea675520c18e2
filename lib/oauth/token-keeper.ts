import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@/db/client'
import type { Egress } from '../egress'
import { EgressError, isEgressError } from '../egress/errors'
import type { OnStage } from '../egress/request'
import { log } from '../log'
import { blank } from '../vault/blank'
import type { Secret } from '../vault/secret'
import type { Vault } from '../vault/vault'
import { isOAuthError, OAuthError } from './errors'
import { isGood, USE_MARGIN_MS } from './good'
import { keepRenewed, replay, replayUntilKept } from './keep-renewed'
import { claim, confirm, type Lease, type RenewalReason, release } from './lease'
import { type Failure, judgeFailure, WITHOUT_REFRESH_TOKEN } from './renewal/failure'
import { endAttempt, recordFailure } from './renewal/record-failure'
import { learnedFrom } from './renewal/schedule'
import type { Waiting } from './renewal/sweep'
import type { Spool, SpooledRenewal } from './spool'
import type { Renewed } from './store'
import {
  type HeldTokens,
  readHeld,
  readLeased,
  readState,
  type StoredTokens,
  type TokenOwner,
  type TokenState,
} from './stored-tokens'
import { type Grant, type OAuthClient, obtainTokens } from './token-endpoint'

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
  /** The version of the credential that they were got for; null: they are a draft's. */
  ownerVersion: number | null
}

export interface RenewalOptions {
  /** Told of the token call's stages, unless another caller's renewal is shared. */
  onStage?: OnStage
  /** Ends the waiting. A renewal that has begun goes on: its answer may be the only one that a refresh token gets. */
  signal?: AbortSignal
}

export interface KeeperOptions {
  db: Database
  vault: Vault
  egress: Pick<Egress, 'request'>
  /** Where renewed tokens wait that the database does not take; null: there is no disk to wait on. */
  spool?: Spool | null
  /** How long a lease lasts that nobody gives back; a token call may take two thirds of it. */
  leaseMs?: number
  /** How long somebody else's renewal is waited for. */
  waitMs?: number
  /** How long the holder of a lease that has ended is waited for, see `claim`. */
  graceMs?: number
  /** Told when there is news for people, so that they need not wait for the next time that somebody looks. */
  onAlarm?: () => void
}

const LEASE_MS = 45_000
const WAIT_MS = 20_000
const POLL_MS = 100

/** A lease of which more than this share has gone by begins anew before the token endpoint is asked. */
const FRESH_SHARE = 0.1

/** What is left of a token that a call may still be made with when it can't be renewed. */
const LAST_MARGIN_MS = 5_000

/** Attempts that a caller makes when the first one's result may not be stored: once more, with what is there by then. */
const MAX_ATTEMPTS = 2

/** One renewal, and what its caller knew when it asked for it. */
interface Renewal {
  owner: TokenOwner
  load: () => Promise<Renewable>
  /** Null: nothing but that they were due when the lease was taken. */
  known: TokenState | null
  reason: RenewalReason
  isForced: boolean
  onStage: OnStage | undefined
  waiting?: Waiting
}

/**
 * Keeps the tokens of OAuth2 credentials current: one renewal at a time per owner, on any number of instances. Callers in
 * this process share one promise; those elsewhere find a lease in the database and wait for what it brings.
 */
export class TokenKeeper {
  readonly #deps: Pick<KeeperOptions, 'db' | 'vault' | 'egress'>
  readonly #spool: Spool | null
  readonly #leaseMs: number
  readonly #waitMs: number
  readonly #graceMs: number | undefined
  readonly #onAlarm: () => void
  readonly #stopping = new AbortController()
  /** What brings spooled tokens to the database, with whose they are. */
  readonly #background = new Map<Promise<void>, string>()
  readonly #running = new Map<string, Promise<KeptTokens>>()

  constructor({
    db,
    vault,
    egress,
    spool = null,
    leaseMs = LEASE_MS,
    waitMs = WAIT_MS,
    graceMs,
    onAlarm = () => {},
  }: KeeperOptions) {
    this.#deps = { db, vault, egress }
    this.#spool = spool
    this.#graceMs = graceMs
    this.#onAlarm = onAlarm
    this.#leaseMs = leaseMs
    this.#waitMs = waitMs
  }

  /**
   * Tokens that are good for some time yet, renewed first when those that are stored are not. While they can't be renewed,
   * those that are stored do until they end.
   * @param load tells what to renew with; called anew for each renewal, after it is claimed
   * @param options `marginMs`: for how long they must be good, 60 s unless told otherwise and never more than a fifth of
   *   their lifetime
   * @throws {OAuthError} of the renewal, also of an earlier one that was refused for good, without asking again; `busy`
   *   when somebody else's renewal takes too long
   * @throws {EgressError} of the renewal; `aborted` by the signal
   */
  async valid(
    owner: TokenOwner,
    load: () => Promise<Renewable>,
    { marginMs = USE_MARGIN_MS, ...options }: RenewalOptions & { marginMs?: number } = {},
  ): Promise<KeptTokens> {
    const held = await this.#read(owner)
    const kept = keptOf(held, marginMs)
    if (kept) return kept
    try {
      return await this.#renewed(owner, load, held.state, { reason: 'use', isForced: false }, options)
    } catch (error) {
      if (isEgressError(error) && error.code === 'aborted' && options.signal?.aborted) throw error
      const last = isOAuthError(error) || isEgressError(error) ? await this.#last(owner) : null
      if (last) return last
      throw error
    }
  }

  /**
   * Renews tokens, though they may be good as far as is known: after a 401, or because a person tests them.
   * @param load see `valid`
   * @param options `reason`: for the history; those of persons ask the provider even when it has refused for good before, or
   *   failed just now. `unlessNewerThan`: a version; good tokens that are newer are answered as they are
   * @throws see `valid`
   */
  async renew(
    owner: TokenOwner,
    load: () => Promise<Renewable>,
    { unlessNewerThan, reason, ...options }: RenewalOptions & { unlessNewerThan?: number; reason: RenewalReason },
  ): Promise<KeptTokens> {
    const held = await this.#read(owner)
    const { state } = held
    if (unlessNewerThan !== undefined && state.version > unlessNewerThan) {
      const kept = keptOf(held)
      if (kept) return kept
    }
    const isForced = reason === 'test' || reason === 'manual'
    return this.#renewed(owner, load, state, { reason, isForced }, options)
  }

  /**
   * Renews tokens that are due, ahead of their end; who finds that somebody else does, or has, leaves it to him.
   * @param waiting told when it waits for the token endpoint
   * @returns whether they were renewed here
   * @throws see `valid`
   */
  async renewIfDue(owner: TokenOwner, load: () => Promise<Renewable>, waiting?: Waiting): Promise<boolean> {
    if (this.#running.has(keyOf(owner, false))) return false
    const askedAt = performance.now()
    const lease = await this.#claim(owner, 'ahead', { onlyIfDue: true })
    if (!lease) return false
    const renewal = { owner, load, known: null, reason: 'ahead', isForced: false, onStage: undefined, waiting } as const
    return (await this.#renewUnder(lease, askedAt, renewal)) !== null
  }

  /**
   * Renews with what a form says that is not saved: exactly that, whatever anybody else renews meanwhile. What it gets is
   * kept, since it may be all that still works; a refusal is the form's, and nothing against what is stored.
   * @param options `keepAccessToken`: false where what is stored would ask for another one, such as for other scopes
   * @throws see `valid`
   */
  async trial(
    owner: TokenOwner,
    renewable: Renewable,
    { keepAccessToken, onStage, signal }: RenewalOptions & { keepAccessToken: boolean },
  ): Promise<KeptTokens> {
    const { db, vault } = this.#deps
    const lease = await this.#claimInTime(owner, signal)
    let stored: StoredTokens | null = null
    try {
      const held = await readLeased(db, vault, owner, lease.fence)
      const { ownerVersion = null } = renewable
      // Changed since the form was read: these tokens may not be meant for where it would send them.
      if (held === null || held.ownerVersion !== ownerVersion) throw new OAuthError('busy')
      stored = held.tokens
      const state = await confirm(db, lease, this.#leaseMs)
      if (state === null) throw new OAuthError('busy')
      const got = await this.#obtain(renewable, stored, state, onStage)
      if (!keepAccessToken) got.renewed.tokens = { ...got.renewed.tokens, accessToken: null, expiresAt: null }
      const version = await this.#keep({ lease, renewed: got.renewed })
      if (version === null) throw new OAuthError('busy')
      return { accessToken: got.accessToken, version, expiresAt: got.expiresAt, ownerVersion }
    } catch (error) {
      const failure = judge(error, stored)
      await quietly(lease, async () => {
        if (failure) await endAttempt(db, lease, failure)
        await release(db, lease)
      })
      throw error
    }
  }

  /**
   * Brings what is on this disk to the database, before anybody asks for tokens; what that does not take yet is brought in
   * the background.
   * @returns how many still wait
   */
  async replaySpool(): Promise<number> {
    const spool = this.#spool
    if (!spool) return 0
    let waiting = 0
    for (const entry of await spool.list()) {
      if (await replay(this.#deps, spool, entry)) continue
      waiting += 1
      this.#inBackground(replayUntilKept(this.#deps, spool, entry, this.#stopping.signal), entry)
    }
    return waiting
  }

  /** Stops bringing to the database what waits on this disk; the next process goes on. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#background.keys())
  }

  #keep(entry: SpooledRenewal): Promise<number | null> {
    return keepRenewed(this.#deps, this.#spool, entry, {
      inBackground: (work) => this.#inBackground(work, entry),
      stopping: this.#stopping.signal,
    })
  }

  #inBackground(work: Promise<void>, { lease }: SpooledRenewal): void {
    this.#background.set(work, keyOf(lease.owner, false))
    void work.finally(() => this.#background.delete(work))
  }

  /** @throws {OAuthError} `busy`; {EgressError} `aborted` */
  async #claimInTime(owner: TokenOwner, signal: AbortSignal | undefined): Promise<Lease> {
    const end = performance.now() + this.#waitMs
    for (;;) {
      if (signal?.aborted) throw new EgressError('aborted', 'request')
      const lease = await this.#claim(owner, 'test')
      if (lease) return lease
      if (performance.now() > end) throw new OAuthError('busy')
      await sleep(POLL_MS)
    }
  }

  async #claim(owner: TokenOwner, reason: RenewalReason, { onlyIfDue = false } = {}): Promise<Lease | null> {
    // What waits on this disk was got for the refresh token that is stored: that one is spent.
    if ([...this.#background.values()].includes(keyOf(owner, false))) return null
    return claim(this.#deps.db, owner, { leaseMs: this.#leaseMs, reason, graceMs: this.#graceMs, onlyIfDue })
  }

  /** A token call is over before its lease is. */
  #limits() {
    return { totalMs: Math.min(30_000, (this.#leaseMs * 2) / 3) }
  }

  #read(owner: TokenOwner): Promise<HeldTokens> {
    return readHeld(this.#deps.db, this.#deps.vault, owner)
  }

  /** Stored tokens that have not ended yet, however soon they will. */
  async #last(owner: TokenOwner): Promise<KeptTokens | null> {
    const held = await this.#read(owner)
    return held.state.expiresAt === null ? null : keptOf(held, LAST_MARGIN_MS)
  }

  /** Tokens newer than those that are known: of a renewal that runs already, or of one that begins here. */
  async #renewed(
    owner: TokenOwner,
    load: () => Promise<Renewable>,
    known: TokenState,
    { reason, isForced }: Pick<Renewal, 'reason' | 'isForced'>,
    { onStage, signal }: RenewalOptions,
  ): Promise<KeptTokens> {
    // One that may ask again after a refusal is not shared with those that may not.
    const key = keyOf(owner, isForced)
    for (;;) {
      if (signal?.aborted) throw aborted()
      let running = this.#running.get(key)
      const isOwn = running === undefined
      if (!running) {
        running = this.#run({ owner, load, known, reason, isForced, onStage }).finally(() => this.#running.delete(key))
        this.#running.set(key, running)
      }
      const tokens = await unlessAborted(running, signal)
      // One that began earlier may bring no more than what this caller knows already.
      if (isOwn || tokens.version > known.version) return tokens
    }
  }

  /** Renews, or waits for who does. */
  async #run(renewal: Renewal & { known: TokenState }): Promise<KeptTokens> {
    const { db } = this.#deps
    const { owner, known } = renewal
    const end = performance.now() + this.#waitMs
    let attempts = 0
    for (;;) {
      // Another renewal's result is shared, be it tokens or a refusal.
      const state = await readState(db, owner)
      const kept = state.version > known.version ? keptOf(await this.#read(owner)) : null
      if (kept) return kept
      throwIfRefused(state, renewal)
      throwIfCooling(state, renewal)
      if (!state.isLeased && attempts < MAX_ATTEMPTS) {
        const askedAt = performance.now()
        const lease = await this.#claim(owner, renewal.reason)
        if (lease) {
          attempts += 1
          const renewed = await this.#renewUnder(lease, askedAt, renewal)
          if (renewed) return renewed
          continue
        }
      }
      if (performance.now() > end) throw new OAuthError('busy')
      await sleep(POLL_MS * (0.75 + Math.random() / 2))
    }
  }

  /**
   * Renews under a lease and gives it back.
   * @param askedAt when the lease was asked for, by this process's clock
   * @returns null when the lease was lost meanwhile: what others have stored counts
   */
  async #renewUnder(lease: Lease, askedAt: number, renewal: Renewal): Promise<KeptTokens | null> {
    const { db, vault } = this.#deps
    const { owner, load, known, onStage, waiting } = renewal
    let renewable: Renewable | null = null
    let stored: StoredTokens | null = null
    let version = 0
    try {
      renewable = await load()
      const { ownerVersion = null } = renewable
      // After the settings: had somebody put others with other tokens meanwhile, the lease would be lost by now.
      const held = await readLeased(db, vault, owner, lease.fence)
      if (held === null) return null
      stored = held.tokens
      version = held.state.version
      const isOld = performance.now() - askedAt > this.#leaseMs * FRESH_SHARE
      const state = isOld ? await confirm(db, lease, this.#leaseMs) : held.state
      if (state === null) return null
      if (known && stored.accessToken !== null && state.version > known.version && isGood(state, stored)) {
        await release(db, lease)
        return { accessToken: stored.accessToken, version: state.version, expiresAt: state.expiresAt, ownerVersion }
      }
      throwIfRefused(state, renewal)
      const learnedSeconds = learnedBy(renewal, state)
      const got = await this.#obtain(renewable, stored, { ...state, learnedSeconds }, onStage, waiting)
      const kept = await this.#keep({ lease, renewed: got.renewed })
      if (kept === null) {
        log.warn({ owner: owner.ownerId }, 'A renewal came too late: its tokens are dropped for those that are stored')
        return null
      }
      if (got.usedNextSecret) await nextSecretUsed(renewable, owner)
      return { accessToken: got.accessToken, version: kept, expiresAt: got.expiresAt, ownerVersion }
    } catch (error) {
      const failure = isEnd(error, version, renewal) ? WITHOUT_REFRESH_TOKEN : judge(error, stored)
      const recorded = await quietly(lease, async () => {
        if (failure) return recordFailure(db, lease, endpointOf(renewable), failure)
        await release(db, lease)
        return undefined
      })
      if (recorded?.alarms) this.#onAlarm()
      if (recorded?.counts === false) return null
      throw error
    }
  }

  /** Asks the token endpoint. What it answers is to be kept by the caller before anything else is done. */
  async #obtain(
    { client, grant, ownerVersion }: Renewable,
    stored: StoredTokens,
    { version, learnedSeconds }: Pick<TokenState, 'version' | 'learnedSeconds'>,
    onStage: OnStage | undefined,
    waiting?: Waiting,
  ) {
    const sentAt = new Date()
    const call = { onStage: telling(onStage), limits: this.#limits() }
    const asked = grantOf(grant, stored.refreshToken)
    waiting?.begin()
    const tokens = await obtainTokens(this.#deps.egress, client, asked, call).finally(() => waiting?.end())
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
}

/** Stored tokens, if they are good. */
function keptOf({ state, tokens, ownerVersion }: HeldTokens, marginMs?: number): KeptTokens | null {
  if (state.version === 0 || tokens.accessToken === null || !isGood(state, tokens, marginMs)) return null
  return { accessToken: tokens.accessToken, version: state.version, expiresAt: state.expiresAt, ownerVersion }
}

function keyOf({ accountId, ownerId }: TokenOwner, isForced: boolean): string {
  return JSON.stringify([accountId, ownerId, isForced])
}

/** Whose tokens end at an unknown time learns from the first that is refused how long they last. */
function learnedBy({ reason }: Renewal, { obtainedAt, expiresAt, learnedSeconds, now }: TokenState): number | null {
  if (reason !== 'rejected' || expiresAt !== null || obtainedAt === null) return learnedSeconds
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

/** Should telling fail, it is told again by the next renewal. */
async function nextSecretUsed({ onNextSecret }: Renewable, { ownerId }: TokenOwner): Promise<void> {
  try {
    await onNextSecret?.()
  } catch (error) {
    log.warn({ error, owner: ownerId }, 'The next client secret could not be put in place of the first')
  }
}

function endpointOf(renewable: Renewable | null): string | null {
  const url = renewable?.client.tokenUrl
  return url && URL.canParse(url) ? new URL(url).origin : null
}

/** After a failure, calls wait for a moment before the provider is asked for their sake again, or as long as it wants. */
function throwIfCooling({ coolUntil, now }: TokenState, { isForced, reason }: Renewal): void {
  if (isForced || reason === 'ahead' || coolUntil === null || coolUntil <= now) return
  throw new OAuthError('unavailable', { retryAfterMs: coolUntil.getTime() - now.getTime() })
}

/** A refusal for good stands until tokens are put anew; who may ask again minds those only that came after it began. */
function throwIfRefused(state: TokenState, { known, isForced }: Renewal): void {
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

/** Waits for a promise, but no longer than until the signal. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  promise.catch(() => {})
  if (!signal) return promise
  let end = () => {}
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(aborted())
  })
  signal.addEventListener('abort', end)
  try {
    return await Promise.race([promise, ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

const aborted = () => new EgressError('aborted', 'request')
