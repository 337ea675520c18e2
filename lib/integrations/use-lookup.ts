import type { OpenDatabase } from '@/db/client'
import type { Environment } from '../api-keys/token'
import { CoalescedLookup } from '../coalesced-lookup'
import type { CredentialSettings, CredentialType } from '../credentials/types'
import type { SealedItem } from '../vault/vault'
import type { ExpiredTokenRule } from './schemas'

/** What a call through an integration needs to know, as it is at this moment. */
export interface IntegrationUse {
  accountId: string
  environment: Environment
  slug: string
  id: string
  name: string
  baseUrl: string
  methods: string[]
  paths: string[]
  headers: { name: string; value: string }[]
  timeoutMs: number
  state: 'enabled' | 'paused'
  expiredToken: ExpiredTokenRule | null
  /** Null: it was deleted. */
  credential: {
    id: string
    name: string
    /** Other tokens and secrets may be meant by another version, and other hosts. */
    version: number
    type: CredentialType
    settings: CredentialSettings
    hosts: string[]
    /** Its secret as it is sealed; null: there is none. */
    sealed: SealedItem | null
  } | null
}

type UseTuple = [
  accountId: string,
  environment: Environment,
  slug: string,
  id: string,
  name: string,
  baseUrl: string,
  methods: string[],
  paths: string[],
  headers: { name: string; value: string }[],
  timeoutMs: number,
  state: 'enabled' | 'paused',
  expiredToken: ExpiredTokenRule | null,
  credentialId: string | null,
  credentialName: string | null,
  credentialVersion: number | null,
  credentialType: CredentialType | null,
  settings: CredentialSettings | null,
  hosts: string[] | null,
  dataKeyId: string | null,
  sealed: string | null,
]

/** As `FIND_KEYS` of `lib/api-keys`: one JSON value, planned by the indexes whatever statistics there are. */
const FIND_USES = `
  select coalesce(json_agg(json_build_array(
    i.account_id, i.environment, i.slug, i.id, i.name, i.base_url, i.methods, i.paths, i.headers, i.timeout_ms, i.state, i.expired_token,
    c.id, c.name, c.version, c.type, c.settings, c.hosts, v.data_key_id, v.sealed
  )), '[]') as uses
  from unnest((select $1::text[])) as wanted
  cross join lateral (
    select split_part(wanted, '_', -1) as slug, split_part(wanted, '_', -2) as environment) as asked
  cross join lateral (
    select * from integrations
    where account_id = left(wanted, -length(asked.slug) - length(asked.environment) - 2)
      and environment = asked.environment and slug = asked.slug limit 1) as i
  left join lateral (
    select * from credentials where account_id = i.account_id and id = i.credential_id limit 1) as c on true
  left join lateral (
    select * from vault_items
    where account_id = i.account_id and owner_id = i.credential_id and field = 'secret' limit 1) as v on true`

const SLUG = /^[a-z0-9-]{1,48}$/

/** Neither a slug nor an environment has a `_`: what stands after the last two are they. */
function keyOf({ accountId, environment, slug }: Pick<IntegrationUse, 'accountId' | 'environment' | 'slug'>): string {
  return `${accountId}_${environment}_${slug}`
}

/**
 * Looks integrations up by their account, environment and slug, with their credential and its sealed secret, at every call: one that is
 * paused, changed or deleted is so for every later call, on every instance. See `CoalescedLookup`.
 */
export class UseLookup {
  readonly #lookup: CoalescedLookup<IntegrationUse>

  constructor(database: Pick<OpenDatabase, 'prepareLookup' | 'lookupBatch'>) {
    const find = database.prepareLookup<{ uses: UseTuple[] }>('find_integration_uses', FIND_USES)
    const findAll = async (keys: string[]) => {
      const [row] = await find(keys)
      return (row?.uses ?? []).map(toUse)
    }
    this.#lookup = new CoalescedLookup(findAll, keyOf, { maxBatch: database.lookupBatch })
  }

  /**
   * @returns null when the account has no such integration in this environment
   * @throws {LookupUnavailableError} when the database fails or takes longer than the time-out
   */
  find(accountId: string, environment: Environment, slug: string): Promise<IntegrationUse | null> {
    if (!SLUG.test(slug)) return Promise.resolve(null)
    return this.#lookup.find(keyOf({ accountId, environment, slug }))
  }
}

function toUse([
  accountId,
  environment,
  slug,
  id,
  name,
  baseUrl,
  methods,
  paths,
  headers,
  timeoutMs,
  state,
  expiredToken,
  credentialId,
  credentialName,
  version,
  type,
  settings,
  hosts,
  dataKeyId,
  sealed,
]: UseTuple): IntegrationUse {
  const credential =
    credentialId && credentialName && version && type && settings && hosts
      ? {
          id: credentialId,
          name: credentialName,
          version,
          type,
          settings,
          hosts,
          sealed: dataKeyId && sealed ? { dataKeyId, sealed } : null,
        }
      : null
  return {
    accountId,
    environment,
    slug,
    id,
    name,
    baseUrl,
    methods,
    paths,
    headers,
    timeoutMs,
    state,
    expiredToken,
    credential,
  }
}
