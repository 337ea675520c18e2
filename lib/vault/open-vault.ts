import { and, asc, eq, gt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { authenticators, dataKeys } from '@/db/schema'
import { type Config, ConfigError } from '../config'
import { unwrap } from './envelope'
import { isVaultError } from './errors'
import { keyFilePath, type MasterKey, MasterKeys, readKeyFile } from './master-keys'
import { Vault } from './vault'

/**
 * Opens the vault of a database: with the configured master keys or, without any, with the one of the data folder, which
 * is made when nothing is sealed yet.
 * @param spooled names of the master keys that seal what waits on this machine's disk, and in which folder that is
 * @throws {ConfigError} when a master key that is needed is missing or is not the one that was used, naming its `kid`
 */
export async function openVault(
  db: Database,
  config: Pick<Config, 'masterKeys' | 'dataFolder'>,
  spooled: { kids: readonly string[]; folder: string } = { kids: [], folder: '' },
): Promise<Vault> {
  const used = await db.selectDistinct({ masterKid: dataKeys.masterKid }).from(dataKeys).orderBy(dataKeys.masterKid)
  const personal = await db.selectDistinct({ masterKid: authenticators.masterKid }).from(authenticators)
  const needed = [...new Set([...used, ...personal].map(({ masterKid }) => masterKid))]
  const kids = needed.map((kid) => `“${kid}”`).join(' and ')
  const where = config.masterKeys ? 'FENICIA_MASTER_KEYS' : keyFilePath(config.dataFolder)
  const [first, ...others] = config.masterKeys ?? fileKeys(config.dataFolder, needed.length + spooled.kids.length === 0)
  const neededOnDisk = (kid: string) =>
    new ConfigError(
      `The master key “${kid}” is missing: renewed tokens that wait in ${spooled.folder} are sealed with it, and ${where} ` +
        'does not have it. Put it back until they are in the database, or delete these files to do without the tokens.',
    )
  if (!first) {
    const [onDisk] = spooled.kids
    if (needed.length === 0 && onDisk !== undefined) throw neededOnDisk(onDisk)
    throw new ConfigError(
      `The master key ${kids} is missing: ${where} does not exist, and without it no credential can be opened. ` +
        'Put it back from your backup; a new one would not help.',
    )
  }
  const masterKeys = new MasterKeys([first, ...others])
  for (const kid of needed) {
    if (!masterKeys.has(kid)) {
      throw new ConfigError(
        `The master key “${kid}” is missing: what is in this database is sealed with it, and ${where} does not have it.`,
      )
    }
  }
  for (const kid of spooled.kids) if (!masterKeys.has(kid)) throw neededOnDisk(kid)
  for (const { masterKid } of used) {
    if (await opensAny(db, masterKeys.get(masterKid))) continue
    throw new ConfigError(
      `The master key “${masterKid}” in ${where} is not the one that this database was sealed with. Put the right one there.`,
    )
  }
  return new Vault(masterKeys)
}

/** Rows read at a time. */
const STEP = 100

/** Whether a master key opens one of the data keys that name it: the first, unless that one is damaged. */
async function opensAny(db: Database, master: MasterKey): Promise<boolean> {
  for (let last = ''; ; ) {
    const rows = await db
      .select()
      .from(dataKeys)
      .where(and(eq(dataKeys.masterKid, master.kid), gt(dataKeys.id, last)))
      .orderBy(asc(dataKeys.id))
      .limit(last === '' ? 1 : STEP)
    for (const { id, accountId, wrapped } of rows) {
      const opened = await unwrap(wrapped, { accountId, dataKeyId: id }, master).catch((error: unknown) => {
        if (isVaultError(error)) return null
        throw error
      })
      if (opened) return true
    }
    const end = rows.at(-1)
    if (!end) return false
    last = end.id
  }
}

function fileKeys(dataFolder: string, mayCreate: boolean) {
  const key = readKeyFile(dataFolder, mayCreate)
  return key ? [key] : []
}
