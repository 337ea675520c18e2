import type { OpenDatabase } from '@/db/client'
import { CoalescedLookup, type CoalescedLookupOptions } from '../coalesced-lookup'
import { Allowance, Allowances, type Lacking, type LimitsSeen } from './leases'
import type { KeyLimits } from './limits'
import {
  type Answered,
  FIND_KEYS,
  FIND_KEYS_AND_LEASE,
  type KeyTuple,
  leaseEntry,
  type RareTuple,
  readLimits,
} from './lookup-statements'
import { isAccepted, type KeyStatus } from './status'
import type { Environment } from './token'

/** What a request needs to know of the key that it carries. */
export interface KeyRecord extends KeyLimits {
  tokenHash: string
  id: string
  name: string
  environment: Environment
  scopes: string[]
  /** The integrations that it may use; null: all. */
  integrationIds: string[] | null
  expiresAt: Date | null
  /** End of the overlap, when the key was regenerated. */
  retiresAt: Date | null
  status: KeyStatus
  accountId: string
  accountName: string
  /** Addresses that any key of the account may be used from; null: all. */
  accountAddresses: string[] | null
  /** Since when its revocation is rehearsed; null: it is not. */
  rehearsedAt: Date | null
  /** What is left of its rate and quota; null: it has none. */
  allowance: Allowance | null
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

/**
 * `FindKeys` on a database. What requests need of their keys' limits is leased in the same statement; only where a period
 * turns out to have begun, a limit to be raised, or what was left to be used by requests before, does a second one follow.
 */
export function findKeysIn(
  database: Pick<OpenDatabase, 'db' | 'prepareLookup'>,
  allowances: Allowances = new Allowances(database.db),
): FindKeys {
  const find = database.prepareLookup<Answered>('find_api_keys', FIND_KEYS)
  const findAndLease = database.prepareLookup<Answered>('find_api_keys_and_lease', FIND_KEYS_AND_LEASE)

  async function ask(
    hashes: string[],
    lacking: (hash: string) => Lacking | null,
    claims: ReadonlyMap<string, Claim>,
  ): Promise<KeyRecord[]> {
    const sentAt = performance.now()
    let leases = false
    const entries = hashes.map((hash) => {
      const lack = lacking(hash)
      if (!lack) return hash
      leases = true
      return leaseEntry(hash, lack)
    })
    const [row] = await (leases ? findAndLease : find)(entries)
    const answeredAt = performance.now()
    if (!row) return []
    const now = Number(row.now)
    const leased = row.leases && new Map(row.leases.map((lease) => [lease[0], lease]))
    return row.keys.map((tuple) => {
      const [hash, id] = tuple
      const seen = readLimits(tuple, now, leased?.get(id))
      const known = claims.get(hash)?.allowance ?? allowances.get(hash)
      return readKey(tuple, seen, learn(allowances, hash, known, seen, sentAt, answeredAt))
    })
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

function readKey(
  [
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
    ,
    ,
    ,
    rare,
  ]: KeyTuple,
  seen: LimitsSeen | null,
  allowance: Allowance | null,
): KeyRecord {
  const [addresses, methods, accountAddresses, rehearsedAtMs] = rare ?? NOTHING_RARE
  return {
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
    rate: seen?.rate ?? null,
    monthlyQuota: seen?.monthlyQuota ?? null,
    addresses,
    methods,
    accountAddresses,
    rehearsedAt: dateOrNull(rehearsedAtMs),
    allowance,
  }
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
