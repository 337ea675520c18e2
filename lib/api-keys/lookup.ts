import type { OpenDatabase } from '@/db/client'
import { type KeyStatus, keyStatusText } from './status'
import type { Environment } from './token'

/** What a request needs to know of the key that it carries. */
export interface KeyRecord {
  tokenHash: string
  id: string
  name: string
  environment: Environment
  scopes: string[]
  expiresAt: Date | null
  /** End of the overlap, when the key was regenerated. */
  retiresAt: Date | null
  status: KeyStatus
  accountId: string
  accountName: string
}

/** The database did not answer in time. Never to be taken for "still valid". */
export class LookupUnavailableError extends Error {
  override name = 'LookupUnavailableError'
}

/** Finds the keys of these hashes, in one statement. Hashes that are no key's are absent from the answer. */
export type FindKeys = (hashes: string[]) => Promise<KeyRecord[]>

/** A key in the statement's answer: the fields of `KeyRecord`, in this order. */
type KeyTuple = [
  tokenHash: string,
  id: string,
  name: string,
  environment: Environment,
  scopes: string[],
  expiresAtMs: number | null,
  retiresAtMs: number | null,
  status: KeyStatus,
  accountId: string,
  accountName: string,
]

/**
 * All keys as one JSON value: the database writes it and the runtime reads it faster than either handles rows of
 * columns. Each hash and each account is looked for by itself, and the array is a sub-query, so that the plan is by
 * the indexes and made once, whatever statistics there are: an empty table's plan would else be kept while it fills.
 */
const FIND_KEYS = `
  select coalesce(json_agg(json_build_array(
    token_hash, id, api_keys.name, environment, scopes, floor(extract(epoch from expires_at) * 1000),
    floor(extract(epoch from retires_at) * 1000), ${keyStatusText}, account_id, account.name
  )), '[]') as keys
  from unnest((select $1::text[])) as wanted
  cross join lateral (select * from api_keys where token_hash = wanted limit 1) as api_keys
  cross join lateral (select name from accounts where id = api_keys.account_id limit 1) as account`

/** `FindKeys` on a database. */
export function findKeysIn(database: Pick<OpenDatabase, 'prepareLookup'>): FindKeys {
  const find = database.prepareLookup<{ keys: KeyTuple[] }>('find_api_keys', FIND_KEYS)
  return async (hashes) => {
    const [row] = await find(hashes)
    return (row?.keys ?? []).map(
      ([tokenHash, id, name, environment, scopes, expiresAtMs, retiresAtMs, status, accountId, accountName]) => ({
        tokenHash,
        id,
        name,
        environment,
        scopes,
        expiresAt: dateOrNull(expiresAtMs),
        retiresAt: dateOrNull(retiresAtMs),
        status,
        accountId,
        accountName,
      }),
    )
  }
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

/** Who waits for a look-up. Neither function may throw: others of the same statement wait behind it. */
export interface Waiting {
  resolve(record: KeyRecord | null): void
  reject(error: LookupUnavailableError): void
}

/** Look-ups that go out, or went out, as one statement. */
interface Batch {
  byHash: Map<string, Waiting[]>
  /** Counts from the first arrival, sent or not: behind a database that hangs nobody waits longer. */
  timer: NodeJS.Timeout
}

/**
 * Looks keys up in the database at every request, but not one by one: what arrives while earlier look-ups are in
 * flight goes out together as one statement. Nothing is remembered between statements, and a look-up is only ever
 * answered by a statement sent after it arrived, so a committed revocation is seen by every later request.
 */
export class KeyLookup {
  /** More than one, so that the database works while we read an answer; few, so that batches grow with the load. */
  static readonly MAX_IN_FLIGHT = 2
  static readonly MAX_BATCH = 512

  #unsent: Batch[] = []
  #inFlight = 0
  #isSending = false

  /** @param timeoutMs how long a look-up may take in all */
  constructor(
    private readonly findKeys: FindKeys,
    private readonly timeoutMs = 3_000,
  ) {}

  /**
   * @param tokenHash as `hashToken` makes it
   * @returns the key, whatever its status, or null when there is none
   * @throws {LookupUnavailableError} when the database fails or takes longer than the time-out
   */
  find(tokenHash: string): Promise<KeyRecord | null> {
    return new Promise((resolve, reject) => this.enter(tokenHash, { resolve, reject }))
  }

  /** `find` without a promise: with Next's hooks on every promise, one for each request costs a tenth of all requests. */
  enter(tokenHash: string, waiting: Waiting): void {
    const { byHash } = this.#openBatch()
    const others = byHash.get(tokenHash)
    if (others) others.push(waiting)
    else byHash.set(tokenHash, [waiting])
    this.#sendAfterThisTurn()
  }

  /**
   * Node runs the promises of one request before it reads the next socket, so requests that wait in several sockets
   * come one by one within the same turn of the event loop; at its end they are all here. An embedded database, which
   * answers without leaving the turn, would otherwise be asked for each of them alone.
   */
  #sendAfterThisTurn(): void {
    if (this.#isSending || this.#inFlight >= KeyLookup.MAX_IN_FLIGHT) return
    this.#isSending = true
    setImmediate(() => {
      this.#isSending = false
      this.#send()
    })
  }

  /** The batch that a new arrival joins. */
  #openBatch(): Batch {
    const last = this.#unsent.at(-1)
    if (last && last.byHash.size < KeyLookup.MAX_BATCH) return last
    const batch: Batch = { byHash: new Map(), timer: setTimeout(() => this.#giveUp(batch), this.timeoutMs) }
    this.#unsent.push(batch)
    return batch
  }

  #send(): void {
    while (this.#inFlight < KeyLookup.MAX_IN_FLIGHT) {
      const batch = this.#unsent.shift()
      if (!batch) return
      void this.#ask(batch)
    }
  }

  async #ask(batch: Batch): Promise<void> {
    this.#inFlight++
    try {
      for (const record of await this.findKeys([...batch.byHash.keys()])) {
        settle(batch, record.tokenHash, (one) => one.resolve(record))
      }
      settleRest(batch, (one) => one.resolve(null))
    } catch (cause) {
      settleRest(batch, (one) => one.reject(new LookupUnavailableError('The database failed', { cause })))
    }
    clearTimeout(batch.timer)
    // The slot is free again when the database is done, not when we stopped waiting: one that hangs must not be handed
    // one statement after another.
    this.#inFlight--
    this.#send()
  }

  #giveUp(batch: Batch): void {
    this.#unsent = this.#unsent.filter((other) => other !== batch)
    settleRest(batch, (one) => one.reject(new LookupUnavailableError('The database did not answer in time')))
  }
}

function settle(batch: Batch, hash: string, how: (one: Waiting) => void): void {
  for (const one of batch.byHash.get(hash) ?? []) how(one)
  batch.byHash.delete(hash)
}

function settleRest(batch: Batch, how: (one: Waiting) => void): void {
  for (const hash of [...batch.byHash.keys()]) settle(batch, hash, how)
}
