import { randomBytes } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { Database } from '@/db/client'
import { dataKeys } from '@/db/schema'
import { newId } from '../ids'
import { importDataKey, KEY_BYTES, unwrap, wrap } from './envelope'
import { VaultError } from './errors'
import type { MasterKeys } from './master-keys'

export interface DataKey {
  id: string
  key: CryptoKey
}

type Row = Pick<typeof dataKeys.$inferSelect, 'id' | 'accountId' | 'masterKid' | 'wrapped'>

const columns = {
  id: dataKeys.id,
  accountId: dataKeys.accountId,
  masterKid: dataKeys.masterKid,
  wrapped: dataKeys.wrapped,
}

/** The data keys of accounts; unwrapped ones are remembered for minutes, so that a used secret costs no unwrapping. */
export class DataKeys {
  static readonly REMEMBERED_MS = 5 * 60_000
  static readonly MAX_REMEMBERED = 1_000

  /** Ids of the keys that sealed accounts' values last, which may have been retired since. */
  readonly #lastActive = new LRUCache<string, string>({ max: DataKeys.MAX_REMEMBERED })
  #remembered = new Map<string, { dataKey: DataKey; until: number }>()

  constructor(private readonly masterKeys: MasterKeys) {}

  /**
   * The key that seals an account's values now; made when there is none. Its row is held until the transaction ends, so
   * that a new data key can't retire it meanwhile.
   */
  async active(tx: Database, accountId: string): Promise<DataKey> {
    const find = () =>
      tx
        .select(columns)
        .from(dataKeys)
        .where(and(eq(dataKeys.accountId, accountId), isNull(dataKeys.retiredAt)))
        .for('key share')
    let [row] = await find()
    if (!row) {
      await insertDataKey(tx, accountId, this.masterKeys)
      ;[row] = await find()
    }
    if (!row) throw new VaultError('data_key_missing', `The account ${accountId} has no data key.`)
    this.#lastActive.set(accountId, row.id)
    return this.unwrapped(row)
  }

  /**
   * The key that probably seals an account's values now, without asking the database; null when none is remembered. It may
   * be used where the same statement that stores what it sealed asks whether it still does, and holds its row.
   */
  probablyActive(accountId: string): DataKey | null {
    return this.#recall(this.#lastActive.get(accountId) ?? '') ?? null
  }

  /** @throws {VaultError} `data_key_missing`, `master_key_missing`, `corrupt` */
  async find(db: Database, accountId: string, id: string): Promise<DataKey> {
    const remembered = this.#recall(id)
    if (remembered) return remembered
    const [row] = await db
      .select(columns)
      .from(dataKeys)
      .where(and(eq(dataKeys.accountId, accountId), eq(dataKeys.id, id)))
    if (!row) throw new VaultError('data_key_missing', `The data key ${id} is not in the database.`)
    return this.unwrapped(row)
  }

  /** Unwraps a data key, or remembers that it was. */
  async unwrapped({ id, accountId, masterKid, wrapped }: Row): Promise<DataKey> {
    const remembered = this.#recall(id)
    if (remembered) return remembered
    const key = await unwrap(wrapped, { accountId, dataKeyId: id }, this.masterKeys.get(masterKid))
    const dataKey = { id, key: await importDataKey(key) }
    this.#remember(dataKey)
    return dataKey
  }

  /** Forgets all data keys, as time does. */
  forget(): void {
    this.#remembered.clear()
  }

  #recall(id: string): DataKey | undefined {
    const known = this.#remembered.get(id)
    if (known && known.until > Date.now()) return known.dataKey
    this.#remembered.delete(id)
    return undefined
  }

  #remember(dataKey: DataKey): void {
    if (this.#remembered.size >= DataKeys.MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys()
      if (oldest) this.#remembered.delete(oldest)
    }
    this.#remembered.set(dataKey.id, { dataKey, until: Date.now() + DataKeys.REMEMBERED_MS })
  }
}

/** Makes an account's active data key, unless it has one. */
export async function insertDataKey(tx: Database, accountId: string, masterKeys: MasterKeys): Promise<void> {
  const id = newId('dataKey')
  const master = masterKeys.first
  const wrapped = await wrap(randomBytes(KEY_BYTES), { accountId, dataKeyId: id }, master)
  await tx.insert(dataKeys).values({ id, accountId, masterKid: master.kid, wrapped }).onConflictDoNothing()
}
