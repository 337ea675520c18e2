import type { OpenDatabase } from '@/db/client'
import { CoalescedLookup, type CoalescedLookupOptions } from '../coalesced-lookup'
import { Generations } from '../generations'
import { Allowance, Allowances, type Lacking, type LimitsSeen } from './leases'
import type { KeyLimits } from './limits'
import {
  type Answered,
  FIND_KEYS,
  FIND_KEYS_AND_LEASE,
  FIND_ONE_UNCHANGED,
  FIND_UNCHANGED,
  type KeyTuple,
  knownEntry,
  type LeaseTuple,
  leaseEntry,
  type RareTuple,
  readLimits,
  type Unchanged,
} from './lookup-statements'
import { isAccepted, type KeyStatus } from './status'
import type { Environment } from './token'

/** What a request needs to know of the key that it carries. Requests share it. */
export interface KeyRecord extends Readonly<KeyLimits> {
  readonly tokenHash: string
  readonly id: string
  readonly name: string
  readonly environment: Environment
  readonly scopes: string[]
  /** The integrations that it may use; null: all. */
  readonly integrationIds: string[] | null
  readonly expiresAt: Date | null
  /** End of the overlap, when the key was regenerated. */
  readonly retiresAt: Date | null
  readonly status: KeyStatus
  readonly accountId: string
  readonly accountName: string
  /** Addresses that any key of the account may be used from; null: all. */
  readonly accountAddresses: string[] | null
  /** Since when its revocation is rehearsed; null: it is not. */
  readonly rehearsedAt: Date | null
  /** What is left of its rate and quota; null: it has none. */
  readonly allowance: Allowance | null
}

/**
 * Finds the keys of these hashes, in one statement. Hashes that are no key's are absent from the answer.
 * @param countOf how many requests want to know of one; one each when nobody says
 */
export type FindKeys = (hashes: string[], countOf?: (hash: string) => number) => Promise<KeyRecord[]>

/** Looks keys up by their tokens' hashes, as `hashToken` makes them: whatever their status, see `CoalescedLookup`. */
export class KeyLookup extends CoalescedLookup<KeyRecord> {
  /** @param options see `CoalescedLookup` */
  constructor(findKeys: FindKeys, options?: CoalescedLookupOptions) {
    super(findKeys, ({ tokenHash }) => tokenHash, options)
  }
}

/** A key as it was read, and the versions of what was read. */
interface Read {
  record: KeyRecord
  version: string
  accounts: string
}

/** Of so many keys that were read of late it is remembered what was read: what a busy instance meets within seconds. */
const MAX_READ = 8_400
/** Keys with longer lists are read each time: so many of the longest would take 160 MB; of these they take 3, or 25 at most. */
const MAX_LISTED = 50
const FORGET_AFTER_MS = 60_000
/** To ask whether so many are unchanged saves as much as a statement of its own costs, where others must be read. */
const WORTH_A_STATEMENT = 12

/**
 * `FindKeys` on a database. With every request it is asked whether the key is accepted; of keys that were read before, whether
 * they are still as they were read: they are read again when they are not, see docs/decisions/0001. What requests need of their
 * keys' limits is leased as they are read; only where a period turns out to have begun, a limit to be raised, or what was left to
 * be used by requests before, does a second statement follow.
 */
export function findKeysIn(
  database: Pick<OpenDatabase, 'db' | 'prepareLookup'>,
  allowances: Allowances = new Allowances(database.db),
): FindKeys {
  const find = database.prepareLookup<Answered>('find_api_keys', FIND_KEYS)
  const findAndLease = database.prepareLookup<Answered>('find_api_keys_and_lease', FIND_KEYS_AND_LEASE)
  const findUnchanged = database.prepareLookup<Unchanged>('find_unchanged_api_keys', FIND_UNCHANGED)
  const findOneUnchanged = database.prepareLookup<Unchanged>('find_one_unchanged_api_key', FIND_ONE_UNCHANGED)
  const readOfLate = new Generations<Read>(MAX_READ, FORGET_AFTER_MS)

  async function ask(
    hashes: string[],
    lacking: (hash: string) => Lacking | null,
    claims: ReadonlyMap<string, Claim>,
  ): Promise<KeyRecord[]> {
    // As they are told to the database: another statement may read one of them anew before this one is answered.
    let known: Read[] = []
    const entries: string[] = []
    let leases = false
    for (const hash of hashes) {
      const lack = lacking(hash)
      const read = lack ? undefined : readOfLate.get(hash)
      if (read) known.push(read)
      else entries.push(lack ? leaseEntry(hash, lack) : hash)
      if (lack) leases = true
    }
    if (entries.length > 0 && known.length < WORTH_A_STATEMENT) {
      entries.push(...known.map(({ record }) => record.tokenHash))
      known = []
    }
    // One after the other: look-ups are to leave connections to others.
    const found = entries.length > 0 ? await read(entries, leases, claims) : []
    if (known.length === 0) return found
    const unchanged = await findUnchangedOf(known, claims)
    const others = unchanged ?? (await readAnew(known, claims))
    return found.length > 0 ? [...found, ...others] : others
  }

  /** @returns null unless all of them are accepted and still as they were read */
  async function findUnchangedOf(
    known: readonly Read[],
    claims: ReadonlyMap<string, Claim>,
  ): Promise<KeyRecord[] | null> {
    const sentAt = performance.now()
    const find = known.length === 1 ? findOneUnchanged : findUnchanged
    const [row] = await find(known.map(({ record, version }) => knownEntry(record.tokenHash, version)))
    const answeredAt = performance.now()
    if (row?.unchanged !== known.length || known.some(({ accounts }) => accounts !== row.accounts)) return null
    const when = { now: Number(row.now), sentAt, answeredAt }
    return known.map((one) => withLimits(one, undefined, claims, when))
  }

  /** Forgets those first of which there is nothing to remember any more: they would cost each batch two statements. */
  function readAnew(known: readonly Read[], claims: ReadonlyMap<string, Claim>): Promise<KeyRecord[]> {
    const hashes = known.map(({ record }) => record.tokenHash)
    for (const hash of hashes) readOfLate.delete(hash)
    return read(hashes, false, claims)
  }

  async function read(entries: string[], leases: boolean, claims: ReadonlyMap<string, Claim>): Promise<KeyRecord[]> {
    const sentAt = performance.now()
    const [row] = await (leases ? findAndLease : find)(entries)
    const answeredAt = performance.now()
    if (!row) return []
    const when = { now: Number(row.now), sentAt, answeredAt }
    const leased = row.leases && new Map(row.leases.map((lease) => [lease[0], lease]))
    return row.keys.map((tuple) => {
      const { record, version } = readKey(tuple)
      const lease = leased?.get(record.id)
      if (version === null || row.accounts === null || !isAccepted(record.status) || listed(record) > MAX_LISTED) {
        return withLimits({ record }, lease, claims, when)
      }
      const one = { record, version, accounts: row.accounts }
      readOfLate.set(record.tokenHash, one)
      return withLimits(one, lease, claims, when)
    })
  }

  /** The key, with what the statement says of its limits. */
  function withLimits(
    read: Pick<Read, 'record'>,
    lease: LeaseTuple | undefined,
    claims: ReadonlyMap<string, Claim>,
    { now, sentAt, answeredAt }: { now: number; sentAt: number; answeredAt: number },
  ): KeyRecord {
    const { tokenHash } = read.record
    const seen = readLimits(read.record, now, lease)
    const known = claims.get(tokenHash)?.allowance ?? allowances.get(tokenHash)
    const allowance = learn(allowances, tokenHash, known, seen, sentAt, answeredAt)
    if (read.record.allowance !== allowance) read.record = { ...read.record, allowance }
    return read.record
  }

  return async (hashes, countOf = () => 1) => {
    const sentAt = performance.now()
    const claims = new Map<string, Claim>()
    const lacking = (hash: string): Lacking | null => {
      const allowance = allowances.get(hash)
      if (allowance === null) return null
      const count = countOf(hash)
      if (!allowance) return { rate: count, quota: count }
      const lack = allowance.lacks(count, sentAt)
      const claimed = beside(count, lack)
      allowance.claim(claimed, NONE)
      claims.set(hash, { allowance, claimed })
      return lack.rate + lack.quota > 0 ? lack : null
    }
    try {
      const found = await ask(hashes, lacking, claims)
      const short = new Map<string, Lacking>()
      for (const { tokenHash, status, allowance } of found) {
        if (!allowance || !isAccepted(status)) continue
        const count = countOf(tokenHash)
        const before = claims.get(tokenHash)?.claimed ?? NONE
        const lack = allowance.lacksAfterAll(count, before)
        if (lack.rate + lack.quota === 0) continue
        short.set(tokenHash, lack)
        const claimed = beside(count, lack)
        allowance.claim(claimed, before)
        claims.set(tokenHash, { allowance, claimed })
      }
      if (short.size === 0) return found
      const again = await ask([...short.keys()], (hash) => short.get(hash) ?? null, claims)
      return [...found.filter(({ tokenHash }) => !short.has(tokenHash)), ...again]
    } finally {
      for (const { allowance, claimed } of claims.values()) allowance.claim(NONE, claimed)
    }
  }
}

/** What requests that are being looked up will use of their key's allowance. */
interface Claim {
  allowance: Allowance
  claimed: Lacking
}

const NONE: Lacking = { rate: 0, quota: 0 }

/** What so many requests use beside what is leased for them. */
function beside(count: number, { rate, quota }: Lacking): Lacking {
  return { rate: count - rate, quota: count - quota }
}

/** Keeps what a statement says of a key's limits. */
function learn(
  allowances: Allowances,
  hash: string,
  known: Allowance | null | undefined,
  seen: LimitsSeen | null,
  sentAt: number,
  answeredAt: number,
): Allowance | null {
  if (seen && known) {
    known.learn(seen, sentAt, answeredAt)
    return known
  }
  const allowance = seen && new Allowance(seen, sentAt, answeredAt)
  if (known !== allowance) allowances.set(hash, allowance)
  return allowance
}

const NOTHING_RARE: RareTuple = [null, null, null, null]

function readKey([
  tokenHash,
  id,
  name,
  environment,
  scopes,
  integrationIds,
  expiresAtMs,
  retiresAtMs,
  status,
  accountId,
  accountName,
  requests,
  seconds,
  monthlyQuota,
  rare,
  version,
]: KeyTuple): { record: KeyRecord; version: string | null } {
  const [addresses, methods, accountAddresses, rehearsedAtMs] = rare ?? NOTHING_RARE
  const record = {
    tokenHash,
    id,
    name,
    environment,
    scopes,
    integrationIds,
    expiresAt: dateOrNull(expiresAtMs),
    retiresAt: dateOrNull(retiresAtMs),
    status,
    accountId,
    accountName,
    rate: requests !== null && seconds !== null ? { requests, seconds } : null,
    monthlyQuota,
    addresses,
    methods,
    accountAddresses,
    rehearsedAt: dateOrNull(rehearsedAtMs),
    allowance: null,
  }
  return { record, version }
}

function listed({ scopes, integrationIds, addresses, methods, accountAddresses }: KeyRecord): number {
  const lists = [scopes, integrationIds, addresses, methods, accountAddresses]
  return lists.reduce((length, list) => length + (list?.length ?? 0), 0)
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
