import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@/db/client'
import type { Egress } from '../egress'
import { EgressError } from '../egress/errors'
import type { OnStage } from '../egress/request'
import { log } from '../log'
import type { Secret } from '../vault/secret'
import type { Vault } from '../vault/vault'
import { isOAuthError, OAuthError } from './errors'
import { isGood, USE_MARGIN_MS } from './good'
import { claim, confirm, type Lease, release, releaseRefused } from './lease'
import { storeRenewed } from './store'
import { openTokens, readState, type TokenOwner, type TokenState } from './stored-tokens'
import { type Grant, type OAuthClient, obtainTokens } from './token-endpoint'

/** What tokens are renewed with. */
export interface Renewable {
  client: OAuthClient
  grant: 'client_credentials' | 'refresh_token'
}

export interface KeptTokens {
  accessToken: Secret
  /** Names these tokens among all that their owner has had. */
  version: number
  /** Null: not known. */
  expiresAt: Date | null
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
  /** How long a lease lasts that nobody gives back; a token call may take two thirds of it. */
  leaseMs?: number
  /** How long somebody else's renewal is waited for. */
  waitMs?: number
}

const LEASE_MS = 45_000
const WAIT_MS = 20_000
const POLL_MS = 100

/** Attempts that a caller makes when the first one's result may not be stored: once more, with what is there by then. */
const MAX_ATTEMPTS = 2

/** One renewal, and what its caller knew when it asked for it. */
interface Renewal {
  owner: TokenOwner
  load: () => Promise<Renewable>
  known: TokenState
  isForced: boolean
  onStage: OnStage | undefined
}

/**
 * Keeps the tokens of OAuth2 credentials current: one renewal at a time per owner, on any number of instances. Callers in
 * this process share one promise; those elsewhere find a lease in the database and wait for what it brings.
 */
export class TokenKeeper {
  readonly #deps: Pick<KeeperOptions, 'db' | 'vault' | 'egress'>
  readonly #leaseMs: number
  readonly #waitMs: number
  readonly #running = new Map<string, Promise<KeptTokens>>()

  constructor({ db, vault, egress, leaseMs = LEASE_MS, waitMs = WAIT_MS }: KeeperOptions) {
    this.#deps = { db, vault, egress }
    this.#leaseMs = leaseMs
    this.#waitMs = waitMs
  }

  /**
   * Tokens that are good for some time yet, renewed first when those that are stored are not.
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
    const state = await readState(this.#deps.db, owner)
    return (await this.#kept(owner, state, marginMs)) ?? this.#renewed(owner, load, state, false, options)
  }

  /**
   * Renews tokens, though they may be good as far as is known: after a 401, or because a person tests them.
   * @param load see `valid`
   * @param options `unlessNewerThan`: a version; good tokens that are newer are answered as they are. `force`: asks the
   *   provider even when it has refused for good before
   * @throws see `valid`
   */
  async renew(
    owner: TokenOwner,
    load: () => Promise<Renewable>,
    { unlessNewerThan, force = false, ...options }: RenewalOptions & { unlessNewerThan?: number; force?: boolean } = {},
  ): Promise<KeptTokens> {
    const state = await readState(this.#deps.db, owner)
    if (unlessNewerThan !== undefined && state.version > unlessNewerThan) {
      const kept = await this.#kept(owner, state)
      if (kept) return kept
    }
    return this.#renewed(owner, load, state, force, options)
  }

  /**
   * Renews with what a form says that is not saved: exactly that, whatever anybody else renews meanwhile. What it gets is
   * kept, since it may be all that still works; a refusal is the form's, and nothing against what is stored.
   * @param options `keepAccessToken`: false where what is stored would ask for another one, such as for other scopes
   * @throws see `valid`
   */
  async trial(
    owner: TokenOwner,
    { client, grant: kind }: Renewable,
    { keepAccessToken, onStage, signal }: RenewalOptions & { keepAccessToken: boolean },
  ): Promise<KeptTokens> {
    const { db, vault, egress } = this.#deps
    const lease = await this.#claimInTime(owner, signal)
    try {
      const { refreshToken } = await openTokens(db, vault, owner)
      if ((await confirm(db, lease, this.#leaseMs)) === null) throw new OAuthError('busy')
      const obtainedAt = new Date()
      const tokens = await obtainTokens(egress, client, grantOf(kind, refreshToken), {
        onStage: telling(onStage),
        limits: this.#limits(),
      })
      const kept = keepAccessToken ? tokens : { ...tokens, accessToken: null, expiresAt: null }
      const version = await storeRenewed(db, vault, lease, kept, obtainedAt)
      if (version === null) throw new OAuthError('busy')
      return { accessToken: tokens.accessToken, version, expiresAt: tokens.expiresAt }
    } catch (error) {
      await giveBack(db, lease, null)
      throw error
    }
  }

  /** @throws {OAuthError} `busy`; {EgressError} `aborted` */
  async #claimInTime(owner: TokenOwner, signal: AbortSignal | undefined): Promise<Lease> {
    const end = performance.now() + this.#waitMs
    for (;;) {
      if (signal?.aborted) throw new EgressError('aborted', 'request')
      const lease = await claim(this.#deps.db, owner, this.#leaseMs)
      if (lease) return lease
      if (performance.now() > end) throw new OAuthError('busy')
      await sleep(POLL_MS)
    }
  }

  /** A token call is over before its lease is. */
  #limits() {
    return { totalMs: Math.min(30_000, (this.#leaseMs * 2) / 3) }
  }

  /** Stored tokens, if they are good. */
  async #kept(owner: TokenOwner, state: TokenState, marginMs?: number): Promise<KeptTokens | null> {
    if (state.version === 0) return null
    const tokens = await openTokens(this.#deps.db, this.#deps.vault, owner)
    if (tokens.accessToken === null || !isGood(state, tokens, marginMs)) return null
    return { accessToken: tokens.accessToken, version: state.version, expiresAt: state.expiresAt }
  }

  /** Tokens newer than those that are known: of a renewal that runs already, or of one that begins here. */
  async #renewed(
    owner: TokenOwner,
    load: () => Promise<Renewable>,
    known: TokenState,
    isForced: boolean,
    { onStage, signal }: RenewalOptions,
  ): Promise<KeptTokens> {
    // One that may ask again after a refusal is not shared with those that may not.
    const key = JSON.stringify([owner.accountId, owner.ownerId, isForced])
    for (;;) {
      if (signal?.aborted) throw aborted()
      let running = this.#running.get(key)
      const isOwn = running === undefined
      if (!running) {
        running = this.#run({ owner, load, known, isForced, onStage }).finally(() => this.#running.delete(key))
        this.#running.set(key, running)
      }
      const tokens = await unlessAborted(running, signal)
      // One that began earlier may bring no more than what this caller knows already.
      if (isOwn || tokens.version > known.version) return tokens
    }
  }

  /** Renews, or waits for who does. */
  async #run(renewal: Renewal): Promise<KeptTokens> {
    const { db } = this.#deps
    const { owner, known } = renewal
    const end = performance.now() + this.#waitMs
    let attempts = 0
    for (;;) {
      // Another renewal's result is shared, be it tokens or a refusal.
      const state = await readState(db, owner)
      const kept = state.version > known.version ? await this.#kept(owner, state) : null
      if (kept) return kept
      throwIfRefused(state, renewal)
      if (!state.isLeased && attempts < MAX_ATTEMPTS) {
        const lease = await claim(db, owner, this.#leaseMs)
        if (lease) {
          attempts += 1
          const renewed = await this.#renewUnder(lease, renewal)
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
   * @returns null when the lease was lost meanwhile: what others have stored counts
   */
  async #renewUnder(lease: Lease, renewal: Renewal): Promise<KeptTokens | null> {
    const { db, vault, egress } = this.#deps
    const { owner, load, known, onStage } = renewal
    try {
      const { client, grant: kind } = await load()
      const stored = await openTokens(db, vault, owner)
      const state = await confirm(db, lease, this.#leaseMs)
      if (state === null) return null
      if (stored.accessToken !== null && state.version > known.version && isGood(state, stored)) {
        await release(db, lease)
        return { accessToken: stored.accessToken, version: state.version, expiresAt: state.expiresAt }
      }
      throwIfRefused(state, renewal)
      const grant = grantOf(kind, stored.refreshToken)
      const obtainedAt = new Date()
      const call = { onStage: telling(onStage), limits: this.#limits() }
      const tokens = await obtainTokens(egress, client, grant, call)
      const version = await storeRenewed(db, vault, lease, tokens, obtainedAt)
      if (version === null) {
        log.warn({ owner: owner.ownerId }, 'A renewal came too late: its tokens are dropped for those that are stored')
        return null
      }
      return { accessToken: tokens.accessToken, version, expiresAt: tokens.expiresAt }
    } catch (error) {
      if (await giveBack(db, lease, error)) throw error
      return null
    }
  }
}

/** A refusal for good stands until tokens are put anew; who may ask again minds those only that came after it began. */
function throwIfRefused(state: TokenState, { known, isForced }: Renewal): void {
  if (state.refusedError === null) return
  if (isForced && state.refusedAt?.getTime() === known.refusedAt?.getTime()) return
  throw new OAuthError('refused', { error: state.refusedError })
}

function grantOf(kind: Renewable['grant'], refreshToken: Secret | null): Grant {
  if (kind === 'client_credentials') return { kind }
  if (refreshToken === null) throw new OAuthError('no_refresh_token')
  return { kind, refreshToken }
}

/**
 * Gives a lease back after a failure. If this fails too, the lease ends by itself: the caller is to learn of the first.
 * @returns whether the failure counts: a refusal does not when it came after the lease was lost
 */
async function giveBack(db: Database, lease: Lease, failure: unknown): Promise<boolean> {
  // One without a status is not the provider's answer, but what is stored of an earlier one.
  const isAnswer = isOAuthError(failure) && failure.status !== null
  const refusal = isAnswer && failure.isPermanent ? failure.error : null
  try {
    if (refusal !== null) return await releaseRefused(db, lease, refusal)
    await release(db, lease)
  } catch (error) {
    log.warn({ error, owner: lease.owner.ownerId }, 'A lease could not be given back')
  }
  return true
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
