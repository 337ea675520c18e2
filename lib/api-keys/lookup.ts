import type { OpenDatabase } from '@/db/client'
import { CoalescedLookup } from '../coalesced-lookup'
import { type KeyStatus, keyStatusText } from './status'
import type { Environment } from './token'

/** What a request needs to know of the key that it carries. */
export interface KeyRecord {
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
  integrationIds: string[] | null,
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
    token_hash, id, api_keys.name, environment, scopes, integration_ids, floor(extract(epoch from expires_at) * 1000),
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
      ([
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
      ]) => ({
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
      }),
    )
  }
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

/** Looks keys up by their tokens' hashes, as `hashToken` makes them: whatever their status, see `CoalescedLookup`. */
export class KeyLookup extends CoalescedLookup<KeyRecord> {
  /** @param timeoutMs how long a look-up may take in all */
  constructor(findKeys: FindKeys, timeoutMs?: number) {
    super(findKeys, ({ tokenHash }) => tokenHash, timeoutMs)
  }
}
