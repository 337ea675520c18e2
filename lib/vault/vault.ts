import { and, eq, type SQL, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { Database } from '@/db/client'
import { dataKeys, vaultItems } from '@/db/schema'
import { DataKeys } from './data-keys'
import { open, type Place, seal } from './envelope'
import { isVaultError, VaultError } from './errors'
import type { MasterKeys } from './master-keys'
import { Secret } from './secret'

/** Named secret values that belong together, such as the fields of a credential. */
export type Secrets = Record<string, Secret>

/** A value as it is stored, sealed. */
export type SealedItem = Pick<typeof vaultItems.$inferSelect, 'dataKeyId' | 'sealed'>

/**
 * Parts of a prepared statement, for its `with`, that stores what was sealed ahead of it. Its placeholders: `accountId`,
 * `ownerId`, and those of a `SealedItem`.
 */
export const SEALED_AHEAD = {
  /**
   * A query of one row, for as long as the key seals the account's values, whose row it holds; none when it was retired. The
   * statement has to store nothing then.
   * @param after name of the query that holds the row of what the secrets belong to, which comes first
   */
  holdKey: (after: SQL): SQL => sql`
    select held_key.id from ${after}, ${dataKeys} held_key
    where held_key.account_id = ${sql.placeholder('accountId')} and held_key.id = ${sql.placeholder('dataKeyId')}
      and held_key.retired_at is null
    for key share of held_key`,
  /** @param from name of the query that has a row if they are to be stored */
  store: (field: Place['field'], from: SQL): SQL => sql`
    insert into ${vaultItems} (account_id, owner_id, field, data_key_id, sealed, sealed_at)
    select ${sql.placeholder('accountId')}, ${sql.placeholder('ownerId')}, ${field}, ${sql.placeholder('dataKeyId')},
      ${sql.placeholder('sealed')}, clock_timestamp() from ${from}
    on conflict (account_id, owner_id, field) do update
      set data_key_id = excluded.data_key_id, sealed = excluded.sealed, sealed_at = excluded.sealed_at`,
}

/**
 * Seals secrets and opens them again. Nothing else writes `vault_items`; the look-up of calls through integrations reads
 * what is sealed along with the rest, and has it opened here.
 */
export class Vault {
  readonly dataKeys: DataKeys
  readonly #opened = new LRUCache<string, { place: Place; secrets: Promise<Secrets> }>({ max: 1_000, ttl: 60_000 })

  constructor(readonly masterKeys: MasterKeys) {
    this.dataKeys = new DataKeys(masterKeys)
  }

  /**
   * Stores secrets at a place, instead of what was there.
   * @param tx the transaction that also writes what they belong to
   */
  async put(tx: Database, place: Place, secrets: Secrets): Promise<void> {
    const { id, key } = await this.dataKeys.active(tx, place.accountId)
    const sealed = await seal(toJson(secrets), place, id, key)
    const stored = { dataKeyId: id, sealed, sealedAt: new Date() }
    await tx
      .insert(vaultItems)
      .values({ ...place, ...stored })
      .onConflictDoUpdate({
        target: [vaultItems.accountId, vaultItems.ownerId, vaultItems.field],
        set: stored,
      })
  }

  /**
   * Seals secrets for a statement that stores them along with what they belong to, see `SEALED_AHEAD`.
   * @returns null when the account's data key is not at hand: `put` asks for it
   */
  async sealAhead(place: Place, secrets: Secrets): Promise<SealedItem | null> {
    const dataKey = this.dataKeys.probablyActive(place.accountId)
    return dataKey && { dataKeyId: dataKey.id, sealed: await seal(toJson(secrets), place, dataKey.id, dataKey.key) }
  }

  /**
   * Opens what is stored at a place.
   * @returns null when nothing is
   * @throws {VaultError}
   */
  async open(db: Database, place: Place): Promise<Secrets | null> {
    const item = await readItem(db, place)
    if (!item) return null
    try {
      return await this.#openItem(db, place, item)
    } catch (error) {
      // Sealed anew between the two reads, and the key that sealed it before is gone.
      if (!isVaultError(error) || error.code !== 'data_key_missing') throw error
      const again = await readItem(db, place)
      if (!again) return null
      if (again.dataKeyId === item.dataKeyId) throw error
      return this.#openItem(db, place, again)
    }
  }

  /**
   * Opens what is stored at a place, for who can go on without it.
   * @returns null when it can't be opened any more; nothing is stored: none
   */
  async openIfIntact(db: Database, place: Place): Promise<Secrets | null> {
    try {
      return (await this.open(db, place)) ?? {}
    } catch (error) {
      if (isVaultError(error)) return null
      throw error
    }
  }

  /**
   * Opens what another statement has read at a place. What was opened is remembered for a minute under its sealed form:
   * whoever reads that form in the database anew is given what it holds without opening it again.
   * @throws {VaultError}
   */
  async openSealed(db: Database, place: Place, item: SealedItem): Promise<Secrets> {
    const known = this.#opened.get(item.sealed)
    if (known && isSamePlace(known.place, place)) return known.secrets
    // The promise, so that calls that come at once share one opening.
    const secrets = this.#openItem(db, place, item)
    this.#opened.set(item.sealed, { place, secrets })
    secrets.catch(() => this.#opened.delete(item.sealed))
    return secrets
  }

  /** Deletes all that is stored for an owner. */
  async remove(tx: Database, { accountId, ownerId }: Pick<Place, 'accountId' | 'ownerId'>): Promise<void> {
    await tx.delete(vaultItems).where(and(eq(vaultItems.accountId, accountId), eq(vaultItems.ownerId, ownerId)))
  }

  async #openItem(db: Database, place: Place, { dataKeyId, sealed }: SealedItem): Promise<Secrets> {
    const { key } = await this.dataKeys.find(db, place.accountId, dataKeyId)
    return readSecrets(await open(sealed, place, dataKeyId, key))
  }
}

/**
 * Does what reads sealed values along with others, and opens them; once more when they were sealed anew between the two,
 * and the key that sealed them before is gone.
 */
export async function readingSealed<T>(readAndOpen: () => Promise<T>): Promise<T> {
  try {
    return await readAndOpen()
  } catch (error) {
    if (!isVaultError(error) || error.code !== 'data_key_missing') throw error
    return readAndOpen()
  }
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.accountId === b.accountId && a.ownerId === b.ownerId && a.field === b.field
}

async function readItem(db: Database, { accountId, ownerId, field }: Place): Promise<SealedItem | undefined> {
  const [item] = await db
    .select({ dataKeyId: vaultItems.dataKeyId, sealed: vaultItems.sealed })
    .from(vaultItems)
    .where(and(eq(vaultItems.accountId, accountId), eq(vaultItems.ownerId, ownerId), eq(vaultItems.field, field)))
  return item
}

function toJson(secrets: Secrets): string {
  return JSON.stringify(Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])))
}

function readSecrets(json: string): Secrets {
  const values = JSON.parse(json) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string') throw new VaultError('corrupt', 'What is sealed is not in the form of secrets.')
      return [name, new Secret(value)]
    }),
  )
}
