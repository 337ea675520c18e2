import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Database } from '@/db/client'
import type { Egress } from '../egress'
import { EgressError, isEgressError } from '../egress/errors'
import type { OnStage } from '../egress/request'
import type { Vault } from '../vault/vault'
import { isOAuthError, OAuthError } from './errors'
import { isGood, USE_MARGIN_MS } from './good'
import { keepRenewed, replay, replayUntilKept } from './keep-renewed'
import { claim, type Lease, type RenewalReason } from './lease'
import {
  type KeptTokens,
  type Renewable,
  type Renewal,
  renewUnder,
  type Terms,
  throwIfRefused,
  tryUnder,
} from './renewal/renew'
import type { Waiting } from './renewal/sweep'
import type { Spool, SpooledRenewal } from './spool'
import { type HeldTokens, readHeld, readState, type TokenOwner, type TokenState } from './stored-tokens'

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

/** What is left of a token that a call may still be made with when it can't be renewed. */
const LAST_MARGIN_MS = 5_000

/** For how long tokens are not renewed because a service refuses them, once it has refused those that came for that. */
const REFUSES_ALL_MS = 60_000

/** Attempts that a caller makes when the first one's result may not be stored: once more, with what is there by then. */
const MAX_ATTEMPTS = 2

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
  readonly #terms: Terms
  readonly #stopping = new AbortController()
  /** What brings spooled tokens to the database, with whose they are. */
  readonly #background = new Map<Promise<void>, string>()
  readonly #running = new Map<string, Promise<KeptTokens>>()
  /** Renewals that hold a lease, or claim one: what one of them gets may be all that still works. */
  readonly #underWay = new Set<Promise<unknown>>()
  /** Versions of tokens that were refused as soon as they were there, by whose they are. */
  readonly #refusedAtOnce = new LRUCache<string, number>({ max: 10_000, ttl: REFUSES_ALL_MS })
  #isStopping = false

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
    this.#terms = { db, vault, egress, leaseMs, onAlarm, keep: (entry) => this.#keep(entry) }
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

  /** Notes that a service refuses tokens which were renewed because it had refused those before. */
  noteRefusedAtOnce(owner: TokenOwner, { version }: Pick<KeptTokens, 'version'>): void {
    this.#refusedAtOnce.set(keyOf(owner, false), version)
  }

  /** Whether it is no help to renew tokens that a service refuses: those that would come have just been refused as well. */
  wereRefusedAtOnce(owner: TokenOwner, { version }: Pick<KeptTokens, 'version'>): boolean {
    return this.#refusedAtOnce.get(keyOf(owner, false)) === version
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
    const renewal = { owner, load, known: null, reason: 'ahead', isForced: false, onStage: undefined, waiting } as const
    const renew = (lease: Lease) => renewUnder(this.#terms, lease, askedAt, renewal)
    return (await this.#underLease(owner, 'ahead', renew, { onlyIfDue: true })) !== null
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
    const end = performance.now() + this.#waitMs
    for (;;) {
      if (signal?.aborted) throw aborted()
      const attempt = (lease: Lease) => tryUnder(this.#terms, lease, renewable, { keepAccessToken, onStage })
      const tokens = await this.#underLease(owner, 'test', attempt)
      if (tokens) return tokens
      if (performance.now() > end) throw new OAuthError('busy')
      await sleep(POLL_MS)
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

  /**
   * Begins no renewal any more, and waits for those that are under way, which takes as long as a token call may. Then it
   * stops bringing to the database what waits on this disk; the next process goes on.
   */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.allSettled(this.#underWay)
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

  /**
   * Claims the lease, and does under it what is to be done. A process that stops waits for both: a claim that it has sent
   * may be answered after it began to.
   * @returns null when the lease is not to be had, or was lost
   * @throws {EgressError} `aborted` while this process stops
   */
  async #underLease<T>(
    owner: TokenOwner,
    reason: RenewalReason,
    work: (lease: Lease) => Promise<T>,
    { onlyIfDue = false } = {},
  ): Promise<T | null> {
    if (this.#isStopping) throw aborted()
    // What waits on this disk was got for the refresh token that is stored: that one is spent.
    if ([...this.#background.values()].includes(keyOf(owner, false))) return null
    const options = { leaseMs: this.#leaseMs, reason, graceMs: this.#graceMs, onlyIfDue }
    const done = claim(this.#deps.db, owner, options).then((lease) => lease && work(lease))
    this.#underWay.add(done)
    try {
      return await done
    } finally {
      this.#underWay.delete(done)
    }
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
        const before = attempts
        const renewed = await this.#underLease(owner, renewal.reason, (lease) => {
          attempts += 1
          return renewUnder(this.#terms, lease, askedAt, renewal)
        })
        if (renewed) return renewed
        // Lost to somebody whose tokens may be there already.
        if (attempts > before) continue
      }
      if (performance.now() > end) throw new OAuthError('busy')
      await sleep(POLL_MS * (0.75 + Math.random() / 2))
    }
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

/** After a failure, calls wait for a moment before the provider is asked for their sake again, or as long as it wants. */
function throwIfCooling({ coolUntil, now }: TokenState, { isForced, reason }: Renewal): void {
  if (isForced || reason === 'ahead' || coolUntil === null || coolUntil <= now) return
  throw new OAuthError('unavailable', { retryAfterMs: coolUntil.getTime() - now.getTime() })
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
