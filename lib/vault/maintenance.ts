import { and, asc, count, eq, gt, inArray, isNotNull, ne, notExists, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { dataKeys, vaultItems } from '@/db/schema'
import { operatorActor, recordAuditEvent } from '../audit'
import { type DataKey, insertDataKey } from './data-keys'
import { open, seal, unwrap, wrap } from './envelope'
import { isVaultError } from './errors'
import { checkPersonal, countPersonal, resealPersonal } from './personal'
import type { Vault } from './vault'

/** Told how much is done, of how much. */
export type Progress = (done: number, total: number) => void

/** Rows changed in one transaction: what being killed makes us do again. */
const STEP = 100

/** What can't be opened, and why, in words without any secret; `accountId` is null for what belongs to a person. */
export interface Damaged {
  accountId: string | null
  id: string
  field: string
  reason: string
}

/** What was sealed anew, and what stays as it was since it does not open. */
export interface SealedAnew {
  done: number
  damaged: Damaged[]
}

/**
 * Wraps every data key with the first master key, and seals anew with it what belongs to people. Needs no pause: before
 * and after, each opens with one of the configured keys. Doing it twice, or on two machines, does no harm; once it is
 * through with nothing damaged, the other master keys may go.
 * @returns how many data keys were wrapped anew; what can't be opened is passed over
 */
export async function rotateMasterKey(db: Database, { masterKeys }: Vault, progress: Progress): Promise<SealedAnew> {
  const { first } = masterKeys
  const stale = ne(dataKeys.masterKid, first.kid)
  const [{ total } = { total: 0 }] = await db.select({ total: count() }).from(dataKeys).where(stale)
  const damaged = new Map<string, Damaged>()
  let done = 0
  // Until there was nothing to do: a process that has another first key may have made more meanwhile.
  for (let before = -1; before < done; ) {
    before = done
    for (let last = ''; ; ) {
      const rows = await db
        .select()
        .from(dataKeys)
        .where(and(stale, gt(dataKeys.id, last)))
        .orderBy(asc(dataKeys.id))
        .limit(STEP)
      for (const { id, accountId, masterKid, wrapped } of rows) {
        const bound = { accountId, dataKeyId: id }
        try {
          const key = await unwrap(wrapped, bound, masterKeys.get(masterKid))
          await db
            .update(dataKeys)
            .set({ masterKid: first.kid, wrapped: await wrap(key, bound, first) })
            .where(and(eq(dataKeys.accountId, accountId), eq(dataKeys.id, id), eq(dataKeys.wrapped, wrapped)))
          done += 1
        } catch (error) {
          damaged.set(id, damagedBy(error, accountId, id, 'data key'))
        }
      }
      const end = rows.at(-1)
      if (!end) break
      last = end.id
      progress(done, Math.max(total, done))
    }
  }
  const found = [...damaged.values()]
  await resealPersonal(db, masterKeys, (userId, error) => found.push(damagedBy(error, null, userId, 'authenticator')))
  return { done, damaged: found }
}

/**
 * Gives an account a new data key and seals all its secrets anew with it. Being killed half-way loses nothing: what is
 * sealed with the old key opens with the old key, and the next call goes on.
 * @returns how many secrets were sealed anew; one that can't be opened stays as it is, and so does its key
 */
export async function rekeyAccount(
  db: Database,
  vault: Vault,
  accountId: string,
  progress: Progress,
): Promise<SealedAnew> {
  const damaged: Damaged[] = []
  if (!(await retireActiveKey(db, vault, accountId))) return { done: 0, damaged }
  const retired = db
    .select({ id: dataKeys.id })
    .from(dataKeys)
    .where(and(eq(dataKeys.accountId, accountId), isNotNull(dataKeys.retiredAt)))
  // There will be no more of these: a key that is retired seals nothing.
  const stale = and(eq(vaultItems.accountId, accountId), inArray(vaultItems.dataKeyId, retired))
  const [{ total } = { total: 0 }] = await db.select({ total: count() }).from(vaultItems).where(stale)
  const active = await vault.dataKeys.active(db, accountId)
  let done = 0
  for (let last = { ownerId: '', field: '' }; ; ) {
    const items = await db
      .select()
      .from(vaultItems)
      .where(and(stale, sql`(${vaultItems.ownerId}, ${vaultItems.field}) > (${last.ownerId}, ${last.field})`))
      .orderBy(asc(vaultItems.ownerId), asc(vaultItems.field))
      .limit(STEP)
    for (const item of items) {
      try {
        if (await sealAnew(db, vault, item, active)) done += 1
      } catch (error) {
        damaged.push(damagedBy(error, accountId, item.ownerId, item.field))
      }
    }
    const end = items.at(-1)
    if (!end) break
    last = end
    progress(done, Math.max(total, done))
  }
  await db
    .delete(dataKeys)
    .where(
      and(
        eq(dataKeys.accountId, accountId),
        isNotNull(dataKeys.retiredAt),
        notExists(db.select({ one: sql`1` }).from(vaultItems).where(eq(vaultItems.dataKeyId, dataKeys.id))),
      ),
    )
  return { done, damaged }
}

/**
 * Seals an item with another key, unless it was stored anew or removed since it was read. In a statement of its own: who
 * waits for one item while holding another meets those who lock them in another order, such as who deletes a credential.
 */
async function sealAnew(
  db: Database,
  vault: Vault,
  item: typeof vaultItems.$inferSelect,
  active: DataKey,
): Promise<boolean> {
  const dataKey = await vault.dataKeys.find(db, item.accountId, item.dataKeyId).catch((error: unknown) => {
    // A key stays for as long as it seals anything: another call was faster.
    if (isVaultError(error) && error.code === 'data_key_missing') return null
    throw error
  })
  if (!dataKey) return false
  const secret = await open(item.sealed, item, dataKey.id, dataKey.key)
  const sealed = await seal(secret, item, active.id, active.key)
  const changed = await db
    .update(vaultItems)
    .set({ dataKeyId: active.id, sealed })
    .where(
      and(
        eq(vaultItems.accountId, item.accountId),
        eq(vaultItems.ownerId, item.ownerId),
        eq(vaultItems.field, item.field),
        eq(vaultItems.sealed, item.sealed),
      ),
    )
    .returning({ ownerId: vaultItems.ownerId })
  return changed.length > 0
}

/** @throws what is no word of the vault's, such as that the database is away */
function damagedBy(error: unknown, accountId: string | null, id: string, field: string): Damaged {
  if (!isVaultError(error)) throw error
  return { accountId, id, field, reason: error.message }
}

/**
 * Unless an earlier call was cut off: then its new key is used first.
 * @returns whether there is anything to seal anew
 */
async function retireActiveKey(db: Database, vault: Vault, accountId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const keys = await tx.select().from(dataKeys).where(eq(dataKeys.accountId, accountId)).for('update')
    if (keys.length === 0) return false
    if (keys.some(({ retiredAt }) => retiredAt !== null)) return true
    await tx.update(dataKeys).set({ retiredAt: sql`now()` }).where(eq(dataKeys.accountId, accountId))
    await insertDataKey(tx, accountId, vault.masterKeys)
    await recordAuditEvent(tx, operatorActor(accountId), 'account.data_key_replaced', accountId)
    return true
  })
}

/** The accounts that have something in the vault. */
export async function accountsWithSecrets(db: Database): Promise<string[]> {
  const rows = await db.selectDistinct({ id: dataKeys.accountId }).from(dataKeys).orderBy(asc(dataKeys.accountId))
  return rows.map(({ id }) => id)
}

export interface VaultReport {
  dataKeys: number
  items: number
  damaged: Damaged[]
}

/** Opens everything, as it stands in the database, and tells what does not open. Changes nothing. */
export async function checkVault(db: Database, vault: Vault, progress: Progress): Promise<VaultReport> {
  const report: VaultReport = { dataKeys: 0, items: 0, damaged: [] }
  const [[{ keys } = { keys: 0 }], [{ items } = { items: 0 }], personal] = await Promise.all([
    db.select({ keys: count() }).from(dataKeys),
    db.select({ items: count() }).from(vaultItems),
    countPersonal(db),
  ])
  const note = (accountId: string | null, id: string, field: string, error: unknown) => {
    report.damaged.push(damagedBy(error, accountId, id, field))
  }
  let last = ''
  for (;;) {
    const rows = await db.select().from(dataKeys).where(gt(dataKeys.id, last)).orderBy(asc(dataKeys.id)).limit(STEP)
    for (const row of rows) {
      const { key } = await vault.dataKeys.unwrapped(row).catch((error) => {
        note(row.accountId, row.id, 'data key', error)
        return { key: null }
      })
      report.dataKeys += 1
      const sealed = key ? await db.select().from(vaultItems).where(eq(vaultItems.dataKeyId, row.id)) : []
      for (const item of sealed) {
        await open(item.sealed, item, row.id, key as CryptoKey).catch((error) =>
          note(item.accountId, item.ownerId, item.field, error),
        )
        report.items += 1
      }
      progress(report.dataKeys + report.items, keys + items + personal)
    }
    const end = rows.at(-1)
    if (!end) break
    last = end.id
  }
  await checkPersonal(db, vault.masterKeys, (userId, error) => {
    if (error) note(null, userId, 'authenticator', error)
    report.items += 1
    progress(report.dataKeys + report.items, keys + items + personal)
  })
  return report
}
