import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { accounts } from '@/db/schema'
import { copyFolder } from '@/test/copy-folder'
import { ConfigError } from '../config'
import { newId } from '../ids'
import { Spool } from '../oauth'
import { startRuntime } from '../start'
import { Secret } from '.'
import { MasterKeys } from './master-keys'

let folder: string
beforeEach(async () => {
  folder = await dataFolder()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A data folder of which all tables are there, which takes seconds to make. */
async function dataFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fenicia-vault-'))
  await copyFolder(inject('pgliteTemplate'), made)
  return made
}

const PLACE = { accountId: 'acc_1', ownerId: 'cred_1', field: 'secret' } as const
const path = () => join(folder, 'master.key')
const start = (env: Record<string, string> = {}) => startRuntime({ FENICIA_DATA: folder, ...env })
const keys = (...named: [string, number][]) =>
  named.map(([kid, byte]) => `${kid}:${Buffer.alloc(32, byte).toString('base64')}`).join(',')

/** Starts, stores a secret, stops. */
async function store(env?: Record<string, string>): Promise<void> {
  const { database, vault, stop } = await start(env)
  await database.db.insert(accounts).values({ id: 'acc_1', name: 'A shop' }).onConflictDoNothing()
  await database.db.transaction((tx) => vault.put(tx, PLACE, { password: new Secret('hush') }))
  await stop()
}
async function read(env?: Record<string, string>): Promise<string | undefined> {
  const { database, vault, stop } = await start(env)
  const secrets = await vault.open(database.db, PLACE)
  await stop()
  return secrets?.password?.reveal()
}
async function refusal(env?: Record<string, string>): Promise<string> {
  const error = await start(env).then(
    () => expect.fail('It started'),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return error.message
}

describe('the master key of the data folder', () => {
  it('is made at the first start, for its owner only, and stays', async () => {
    await store()
    expect((await stat(path())).mode & 0o777).toBe(0o600)
    const before = await readFile(path(), 'utf8')
    expect(await read()).toBe('hush')
    expect(await readFile(path(), 'utf8')).toBe(before)
  })

  it('is never made anew once something is sealed: the start is refused with the key’s name', async () => {
    await store()
    const [kid] = (await readFile(path(), 'utf8')).split(':')
    await rm(path())
    const message = await refusal()
    expect(message).toContain(`“${kid}”`)
    expect(message).toContain(path())
    await expect(stat(path())).rejects.toThrow('ENOENT')
  })

  it('is refused when it is another folder’s', async () => {
    await store()
    const [kid] = (await readFile(path(), 'utf8')).split(':')
    await rm(path())
    const other = await dataFolder()
    await (await startRuntime({ FENICIA_DATA: other })).stop()
    await writeFile(path(), await readFile(join(other, 'master.key')), { mode: 0o600 })
    await rm(other, { recursive: true })
    expect(await refusal()).toContain(`“${kid}” is missing`)
  })

  it('is refused when others may read it, or when it is damaged', async () => {
    await store()
    await chmod(path(), 0o640)
    expect(await refusal()).toContain('chmod 600')
    await chmod(path(), 0o600)
    const content = await readFile(path(), 'utf8')
    for (const damaged of [
      '',
      content.slice(0, 20),
      content.replace(/.(?=\s*$)/, ''),
      `x${content}`,
      content.slice(0, 13) + Buffer.alloc(32).toString('base64'),
    ]) {
      await writeFile(path(), damaged)
      expect(await refusal()).toContain('is damaged')
    }
  })
})

describe('master keys from the configuration', () => {
  it('seal with the first, open with all, and are used instead of the file', async () => {
    await store({ FENICIA_MASTER_KEYS: keys(['a', 1]) })
    await expect(stat(path())).rejects.toThrow('ENOENT')
    expect(await read({ FENICIA_MASTER_KEYS: keys(['b', 2], ['a', 1]) })).toBe('hush')
  })

  it('are refused without the one that is needed, by its name, and never replaced', async () => {
    await store({ FENICIA_MASTER_KEYS: keys(['a', 1]) })
    expect(await refusal({ FENICIA_MASTER_KEYS: keys(['b', 2]) })).toContain('“a” is missing')
    expect(await refusal()).toContain('“a” is missing')
    expect(await refusal({ FENICIA_MASTER_KEYS: keys(['a', 3]) })).toContain(
      '“a” in FENICIA_MASTER_KEYS is not the one',
    )
  })

  it('are refused without the one that opens renewed tokens which wait on the disk, and kept for them', async () => {
    const spool = new Spool(folder, new MasterKeys([{ kid: 'a', key: Buffer.alloc(32, 1) }]))
    const owner = { accountId: 'acc_1', ownerId: 'cred_1' }
    const tokens = { accessToken: new Secret('hush'), refreshToken: null, expiresAt: null, scope: null }
    const lease = { owner, fence: 1, attemptId: newId('renewalAttempt') }
    const renewed = { tokens, sentAt: new Date(), endpoint: '', version: 1, learnedSeconds: null, ownerVersion: null }
    await spool.write({ lease, renewed })
    for (const env of [undefined, { FENICIA_MASTER_KEYS: keys(['b', 2]) }]) {
      expect(await refusal(env)).toMatch(/“a” is missing: .*spool/)
    }
    await expect(stat(path())).rejects.toThrow('ENOENT')
    await (await start({ FENICIA_MASTER_KEYS: keys(['b', 2], ['a', 1]) })).stop()
    // Of an account that there is not: nothing waits any more.
    await (await start({ FENICIA_MASTER_KEYS: keys(['b', 2]) })).stop()
  })
})
