import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, authenticators, dataKeys, users, vaultItems } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { eventually } from '@/test/eventually'
import { newId } from '../ids'
import { DataKeys } from './data-keys'
import type { Place } from './envelope'
import { checkVault, rekeyAccount, rotateMasterKey } from './maintenance'
import { type MasterKey, MasterKeys } from './master-keys'
import { openVault } from './open-vault'
import { openAuthenticator, sealAuthenticator } from './personal'
import { Secret } from './secret'
import { Vault } from './vault'

const masterKey = (kid: string): MasterKey => ({ kid, key: randomBytes(32) })
const [old, young] = [masterKey('2025'), masterKey('2026')]
const silent = () => {}

forEachDatabase('the vault', (open, driver) => {
  let db: Database
  let vault: Vault
  let accountId: string
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    await db.delete(accounts)
    await db.delete(users)
    accountId = await makeAccount()
    vault = new Vault(new MasterKeys([old]))
  })

  async function makeAccount(): Promise<string> {
    const id = newId('account')
    await db.insert(accounts).values({ id, name: 'A shop' })
    return id
  }
  const at = (ownerId: string, field: Place['field'] = 'secret', account = accountId): Place => ({
    accountId: account,
    ownerId,
    field,
  })
  const put = (place: Place, password: string, by = vault) =>
    db.transaction((tx) => by.put(tx, place, { password: new Secret(password) }))
  const read = async (place: Place, by = vault) => (await by.open(db, place))?.password?.reveal()
  /** What another process has, which remembers nothing of this one. */
  const stranger = (...keys: [MasterKey, ...MasterKey[]]) => new Vault(new MasterKeys(keys))
  const check = async (by = vault) => checkVault(db, by, silent)

  describe('stores secrets', () => {
    it('and opens them again, in another process too', async () => {
      await put(at('cred_1'), 'one')
      await put(at('cred_1', 'tokens'), 'two')
      expect([await read(at('cred_1')), await read(at('cred_1', 'tokens'), stranger(young, old))]).toEqual([
        'one',
        'two',
      ])
      expect(await vault.open(db, at('cred_2'))).toBeNull()
      expect(await vault.open(db, at('cred_1', 'secret', await makeAccount()))).toBeNull()
    })

    it('in place of those before', async () => {
      await put(at('cred_1'), 'one')
      await put(at('cred_1'), 'two')
      expect(await read(at('cred_1'))).toBe('two')
      expect(await db.$count(vaultItems)).toBe(1)
    })

    it('not at all when the transaction fails', async () => {
      await expect(
        db.transaction(async (tx) => {
          await vault.put(tx, at('cred_1'), { password: new Secret('one') })
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await vault.open(db, at('cred_1'))).toBeNull()
    })

    it('with one data key an account, however many begin at once', async () => {
      await Promise.all(Array.from({ length: 10 }, (_, n) => put(at(`cred_${n}`), `${n}`, stranger(old))))
      await put(at('cred_1', 'secret', await makeAccount()), 'theirs')
      expect(await db.$count(dataKeys, eq(dataKeys.accountId, accountId))).toBe(1)
      expect(await db.$count(dataKeys)).toBe(2)
      for (let n = 0; n < 10; n++) expect(await read(at(`cred_${n}`))).toBe(`${n}`)
    })

    it('in no column as they are, nor encoded', async () => {
      await put(at('cred_1'), 'canary-5b1e')
      const rows = JSON.stringify([await db.select().from(vaultItems), await db.select().from(dataKeys)])
      for (const encoding of ['utf8', 'base64', 'hex'] as const) {
        expect(rows).not.toContain(Buffer.from('canary-5b1e').toString(encoding).slice(0, 12))
      }
    })

    it('until they are removed with their owner, or with their account', async () => {
      await put(at('cred_1'), 'one')
      await put(at('cred_1', 'tokens'), 'two')
      await put(at('cred_2'), 'three')
      await db.transaction((tx) => vault.remove(tx, at('cred_1')))
      expect([await read(at('cred_1')), await read(at('cred_1', 'tokens')), await read(at('cred_2'))]).toEqual([
        undefined,
        undefined,
        'three',
      ])
      await db.delete(accounts).where(eq(accounts.id, accountId))
      expect([await db.$count(vaultItems), await db.$count(dataKeys)]).toEqual([0, 0])
    })
  })

  describe('refuses, as damaged and not as a wrong password,', () => {
    it.each(['owner_id', 'field', 'account_id'] as const)('a value whose row says another %s', async (column) => {
      await put(at('cred_1'), 'one')
      const other = await makeAccount()
      await put(at('cred_9', 'secret', other), 'theirs')
      const [stolen] = await db.select().from(vaultItems).where(eq(vaultItems.ownerId, 'cred_1'))
      const target = {
        owner_id: at('cred_2'),
        field: at('cred_1', 'tokens'),
        account_id: at('cred_9', 'secret', other),
      }[column]
      const { sealed = '', dataKeyId = '' } = stolen ?? {}
      if (column === 'account_id') await db.update(vaultItems).set({ sealed }).where(eq(vaultItems.ownerId, 'cred_9'))
      else await db.insert(vaultItems).values({ ...target, sealed, dataKeyId })
      const error = await vault.open(db, target).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'corrupt' })
      expect(error.message).not.toMatch(/password|credential is wrong/i)
      expect((await check()).damaged).toEqual([
        { accountId: target.accountId, id: target.ownerId, field: target.field, reason: error.message },
      ])
    })

    it('a data key that belongs to another account', async () => {
      const other = await makeAccount()
      await put(at('cred_1'), 'one')
      await put(at('cred_2', 'secret', other), 'theirs')
      await db.execute(
        sql`update data_keys set wrapped = (select wrapped from data_keys where account_id = ${other}) where account_id = ${accountId}`,
      )
      await expect(read(at('cred_1'), stranger(old))).rejects.toMatchObject({ code: 'corrupt' })
    })
  })

  it('says which master key is missing', async () => {
    await put(at('cred_1'), 'one')
    await expect(read(at('cred_1'), stranger(young))).rejects.toMatchObject({
      code: 'master_key_missing',
      message: expect.stringContaining('2025'),
    })
  })

  it('remembers an unwrapped data key for minutes at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      await put(at('cred_1'), 'one')
      await db.update(dataKeys).set({ wrapped: 'gone' })
      expect(await read(at('cred_1'))).toBe('one')
      vi.setSystemTime(Date.now() + DataKeys.REMEMBERED_MS + 1)
      await expect(read(at('cred_1'))).rejects.toMatchObject({ code: 'corrupt' })
    } finally {
      vi.useRealTimers()
    }
  })

  describe('gets another master key', () => {
    it('while it is used, and needs the old one no more', async () => {
      const others = await Promise.all(Array.from({ length: 120 }, makeAccount))
      for (const other of others) await put(at('cred_1', 'secret', other), other)
      const both = stranger(young, old)
      let rotating = true
      const uses = (async () => {
        let used = 0
        while (rotating) {
          const other = others[used++ % others.length] as string
          expect(await read(at('cred_1', 'secret', other), stranger(young, old))).toBe(other)
          await put(at('cred_2', 'secret', other), other, stranger(old, young))
        }
        return used
      })()
      const steps: [number, number][] = []
      expect(await rotateMasterKey(db, both, (...step) => steps.push(step))).toEqual({ done: 120, damaged: [] })
      rotating = false
      expect(await uses).toBeGreaterThan(0)
      expect(steps.at(-1)).toEqual([120, 120])
      expect((await rotateMasterKey(db, both, silent)).done).toBe(0)
      const { damaged, items } = await check(stranger(young))
      expect(damaged).toEqual([])
      expect(items).toBeGreaterThanOrEqual(120)
    })
  })

  it('gets another master key though one data key is damaged, which stays as it is', async () => {
    await put(at('cred_1'), 'one')
    await db.update(dataKeys).set({ wrapped: 'damaged' })
    const id = (await db.select().from(dataKeys))[0]?.id
    const other = await makeAccount()
    await put(at('cred_2', 'secret', other), 'two')
    const rotated = await rotateMasterKey(db, stranger(young, old), silent)
    expect(rotated).toEqual({
      done: 1,
      damaged: [{ accountId, id, field: 'data key', reason: expect.stringContaining('damaged') }],
    })
    expect(await read(at('cred_2', 'secret', other), stranger(young))).toBe('two')
  })

  it('is opened though a data key is damaged, as long as another shows that the master key is the right one', async () => {
    const config = (...masterKeys: [MasterKey]) => ({ masterKeys, dataFolder: '/nowhere' })
    await put(at('cred_1'), 'one')
    await db.update(dataKeys).set({ wrapped: 'damaged' })
    await expect(openVault(db, config(old))).rejects.toThrow('“2025” in FENICIA_MASTER_KEYS is not the one')
    const other = await makeAccount()
    await put(at('cred_2', 'secret', other), 'two')
    expect(await read(at('cred_2', 'secret', other), await openVault(db, config(old)))).toBe('two')
    await expect(openVault(db, config({ ...young, kid: old.kid }))).rejects.toThrow('is not the one')
  })

  describe('keeps what belongs to a person and to no account', () => {
    async function person(id: string): Promise<string> {
      await db.insert(users).values({ id, email: `${id}@example.com`, name: 'Ana', passwordHash: '-' })
      return id
    }
    const stored = async (userId: string) =>
      (await db.select().from(authenticators).where(eq(authenticators.userId, userId)))[0] ?? expect.fail('no row')
    const keep = async (userId: string, secret: string, by = vault) =>
      db
        .insert(authenticators)
        .values({ userId, ...(await sealAuthenticator(by.masterKeys, userId, new Secret(secret))) })
    const opened = async (userId: string, by: Vault) =>
      (await openAuthenticator(by.masterKeys, userId, await stored(userId))).reveal()

    it('for that person alone, unaltered', async () => {
      await keep(await person('usr_1'), 'JBSWY3DP')
      expect(await opened('usr_1', stranger(old))).toBe('JBSWY3DP')
      const { sealed, masterKid } = await stored('usr_1')
      expect(sealed).not.toContain('JBSWY3DP')
      await expect(openAuthenticator(vault.masterKeys, 'usr_2', { sealed, masterKid })).rejects.toMatchObject({
        code: 'corrupt',
      })
      // Not the last character, of which some bits say nothing.
      const altered = `${sealed.slice(0, -9)}${sealed.at(-9) === 'A' ? 'B' : 'A'}${sealed.slice(-8)}`
      await expect(openAuthenticator(vault.masterKeys, 'usr_1', { sealed: altered, masterKid })).rejects.toMatchObject({
        code: 'corrupt',
      })
    })

    it('across a change of the master key, after which the old one is not needed', async () => {
      await keep(await person('usr_1'), 'one')
      await keep(await person('usr_2'), 'two', stranger(young))
      await rotateMasterKey(db, stranger(young, old), silent)
      expect([await opened('usr_1', stranger(young)), await opened('usr_2', stranger(young))]).toEqual(['one', 'two'])
    })

    it('and passes over what of it does not open when the master key is changed', async () => {
      for (const id of ['usr_1', 'usr_2', 'usr_3']) await keep(await person(id), id)
      await db.update(authenticators).set({ sealed: 'damaged' }).where(eq(authenticators.userId, 'usr_2'))
      const { damaged } = await rotateMasterKey(db, stranger(young, old), silent)
      expect(damaged).toMatchObject([{ accountId: null, id: 'usr_2', field: 'authenticator' }])
      expect([await opened('usr_1', stranger(young)), await opened('usr_3', stranger(young))]).toEqual([
        'usr_1',
        'usr_3',
      ])
    })

    it('and tells what of it does not open', async () => {
      await keep(await person('usr_1'), 'one')
      await keep(await person('usr_2'), 'two')
      await db
        .update(authenticators)
        .set({ sealed: (await stored('usr_2')).sealed })
        .where(eq(authenticators.userId, 'usr_1'))
      const { items, damaged } = await check()
      expect(items).toBe(2)
      expect(damaged).toMatchObject([{ accountId: null, id: 'usr_1', field: 'authenticator' }])
    })

    it('and refuses to start without the master key that it needs', async () => {
      await keep(await person('usr_1'), 'one')
      const config = (key: MasterKey) => ({ masterKeys: [key] as [MasterKey], dataFolder: '/nowhere' })
      await openVault(db, config(old))
      await expect(openVault(db, config(young))).rejects.toThrow('The master key “2025” is missing')
    })
  })

  describe('gets another data key', () => {
    const SECRETS = 230
    async function fill() {
      for (let n = 0; n < SECRETS; n++) await put(at(`cred_${n}`), `${n}`)
      return (await db.select().from(dataKeys))[0]?.id
    }
    const everythingOpens = async () => {
      const fresh = stranger(old)
      for (let n = 0; n < SECRETS; n += 10) expect(await read(at(`cred_${n}`), fresh)).toBe(`${n}`)
      expect(await check(fresh)).toEqual({ dataKeys: 1, items: SECRETS, damaged: [] })
    }

    it('with which all is sealed, and the one before is gone', async () => {
      const before = await fill()
      const steps: number[] = []
      expect((await rekeyAccount(db, vault, accountId, (done) => steps.push(done))).done).toBe(SECRETS)
      expect(steps).toEqual([100, 200, 230])
      const keys = await db.select().from(dataKeys)
      expect(keys).toHaveLength(1)
      expect(keys[0]?.id).not.toBe(before)
      await everythingOpens()
    })

    it('and goes on where it was cut off', async () => {
      await fill()
      const cutOff = () => {
        throw new Error('Killed')
      }
      await expect(rekeyAccount(db, vault, accountId, cutOff)).rejects.toThrow('Killed')
      expect(await db.$count(dataKeys)).toBe(2)
      expect((await check(stranger(old))).damaged).toEqual([])
      await put(at('cred_0'), '0', stranger(old))
      expect((await rekeyAccount(db, stranger(old), accountId, silent)).done).toBe(SECRETS - 100)
      await everythingOpens()
    })

    it('while secrets are stored and read', async () => {
      await fill()
      let working = true
      const uses = (async () => {
        for (let n = 0; working; n = (n + 1) % SECRETS) {
          expect(await read(at(`cred_${n}`))).toBe(`${n}`)
          await put(at(`cred_${n}`), `${n}`)
        }
      })()
      for (let round = 0; round < 3; round++) await rekeyAccount(db, stranger(old), accountId, silent)
      working = false
      await uses
      await everythingOpens()
    })

    it('while what belongs together is removed, whichever of it was first', async () => {
      await put(at('cred_1'), 'one')
      await put(at('draft_1'), 'two')
      let isFirstRemoved = false
      const waiting = async () => {
        const { rows } = (await db.execute(sql`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`)) as unknown as { rows: { count: number }[] }
        return rows[0]?.count
      }
      const [rekeyed] = await Promise.all([
        eventually(() => expect(isFirstRemoved).toBe(true)).then(() => rekeyAccount(db, vault, accountId, silent)),
        db.transaction(async (tx) => {
          await vault.remove(tx, at('draft_1'))
          isFirstRemoved = true
          // Embedded, nobody else has a turn until this ends.
          if (driver !== 'pglite') await eventually(async () => expect(await waiting()).toBe(1))
          await vault.remove(tx, at('cred_1'))
        }),
      ])
      expect(rekeyed.done).toBeLessThan(2)
      expect([await db.$count(vaultItems), await db.$count(dataKeys)]).toEqual([0, 1])
    })

    it('though one secret is damaged, which stays as it is with its key', async () => {
      await fill()
      await db.update(vaultItems).set({ sealed: 'damaged' }).where(eq(vaultItems.ownerId, 'cred_107'))
      const reason = expect.stringContaining('cred_107')
      const damaged = [{ accountId, id: 'cred_107', field: 'secret', reason }]
      expect(await rekeyAccount(db, vault, accountId, silent)).toEqual({ done: SECRETS - 1, damaged })
      expect(await rekeyAccount(db, vault, accountId, silent)).toEqual({ done: 0, damaged })
      expect(await check(stranger(old))).toMatchObject({ dataKeys: 2, items: SECRETS, damaged })
    })

    it('unless it has none', async () => {
      expect(await rekeyAccount(db, vault, accountId, silent)).toEqual({ done: 0, damaged: [] })
      expect(await db.$count(dataKeys)).toBe(0)
    })
  })
})
