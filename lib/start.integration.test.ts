import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { lockDataFolder } from '@/db/data-folder'
import { accounts } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { copyFolder } from '@/test/copy-folder'
import { createTestDatabase } from '@/test/databases'
import { startTcpGate } from '@/test/tcp-gate'
import { ConfigError } from './config'
import { log } from './log'
import { getRuntime } from './runtime'
import { startRuntime } from './start'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fenicia-start-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const start = () => startRuntime({ FENICIA_DATA: folder })

describe('starting', () => {
  it('migrates an empty folder, and makes a secret that only its owner reads and that stays', async () => {
    const first = await start()
    expect(getRuntime()).toBe(first)
    expect(await first.database.db.select().from(accounts)).toEqual([])
    const path = join(folder, 'auth.secret')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(first.authSecret).toBe(await readFile(path, 'utf8'))
    await first.stop()
    const second = await start()
    expect(second.authSecret).toBe(first.authSecret)
    await second.stop()
  })

  it('says so when a newer version has migrated the database, and only then', async () => {
    await copyFolder(inject('pgliteTemplate'), folder)
    const warn = vi.spyOn(log, 'warn').mockReturnValue()
    const { database, stop } = await start()
    expect(warn).not.toHaveBeenCalled()
    await database.db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + 1000`)
    await stop()
    await (await start()).stop()
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/newer version .* migrated/))
  })

  it('refuses a damaged secret by the name of its file, and gives the folder back', async () => {
    await copyFolder(inject('pgliteTemplate'), folder)
    await writeFile(join(folder, 'auth.secret'), 'short')
    await expect(start()).rejects.toThrow(ConfigError)
    await expect(start()).rejects.toThrow(join(folder, 'auth.secret'))
    ;(await lockDataFolder(folder)).release()
    expect(() => getRuntime()).toThrow('has not started')
  })
})

describe('starting on a Postgres', () => {
  it('is refused where dates are written in a style that would be misread', async () => {
    const { config, drop } = await createTestDatabase('pg')
    if (config.driver === 'pglite') throw new TypeError('This is Postgres')
    const url = new URL(config.url)
    url.searchParams.set('options', '-c datestyle=German')
    const started = startRuntime({
      FENICIA_DATA: folder,
      DATABASE_URL: url.href,
      AUTH_SECRET: 'a-secret-of-32-characters-or-more',
      FENICIA_MASTER_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
    })
    await expect(started).rejects.toThrow(ConfigError)
    await expect(started).rejects.toThrow(/“German, DMY”[\s\S]*alter role/)
    await drop()
  })
})

describe('stopping on a Postgres', () => {
  it('waits seconds, and not for each statement, for one that hangs', async () => {
    const { config, drop } = await createTestDatabase('pg')
    if (config.driver === 'pglite') throw new TypeError('This is Postgres')
    const url = new URL(config.url)
    const gate = await startTcpGate(Number(url.port))
    url.port = String(gate.port)
    const warn = vi.spyOn(log, 'warn').mockReturnValue()
    try {
      const { database, usage, stop } = await startRuntime({
        FENICIA_DATA: folder,
        DATABASE_URL: url.href,
        AUTH_SECRET: 'a-secret-of-32-characters-or-more',
        FENICIA_MASTER_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
      })
      const actor = await createTestAccount(database.db)
      const { id } = await createTestKey(database.db, actor)
      usage.record({ id, accountId: actor.accountId }, { address: '203.0.113.7', userAgent: null })
      gate.shut()
      const waiting = database.db
        .select()
        .from(accounts)
        .then(
          () => 'answered',
          () => 'given up',
        )
      const asked = performance.now()
      await stop()
      expect(performance.now() - asked).toBeLessThan(7_000)
      expect(await waiting).toBe('given up')
      expect(warn).toHaveBeenCalledWith(expect.anything(), expect.stringMatching(/Usage .* it is lost/))
    } finally {
      await gate.close()
      await drop()
    }
  }, 60_000)
})

describe('a Postgres that lets nobody in', () => {
  const KEYS = {
    AUTH_SECRET: 'a-secret-of-32-characters-or-more',
    FENICIA_MASTER_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
  }

  it.each<[string, (url: URL) => void, Record<string, string>, RegExp]>([
    [
      'since nobody listens there',
      (url) => Object.assign(url, { port: '1' }),
      {},
      /: connect ECONNREFUSED 127.0.0.1:1\./,
    ],
    ['whose password is another', (url) => Object.assign(url, { password: 'hush' }), {}, /: password .* failed .*\./],
    [
      'that has no such database',
      (url) => Object.assign(url, { pathname: '/hush' }),
      {},
      /: database "hush" does not exist\./,
    ],
    [
      'behind a proxy that is not there',
      () => {},
      { FENICIA_DATABASE_DRIVER: 'neon', NEON_WS_PROXY: '127.0.0.1:1' },
      /: connect ECONNREFUSED 127.0.0.1:1\./,
    ],
  ])('%s, is told of with the variable that names it', async (_name, change, others, words) => {
    const { config, drop } = await createTestDatabase('pg')
    if (config.driver === 'pglite') throw new TypeError('This is Postgres')
    const url = new URL(config.url)
    const { password } = url
    change(url)
    const error = await startRuntime({ FENICIA_DATA: folder, DATABASE_URL: url.href, ...KEYS, ...others }).then(
      () => expect.unreachable('it started'),
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConfigError)
    const { message } = error as ConfigError
    expect(message).toMatch(/^Fenicia can't use the database of DATABASE_URL: /)
    expect(message).toMatch(words)
    expect(message.includes(password) || message.includes(url.password)).toBe(false)
    await drop()
  })
})

describe('stopping', () => {
  // To make all tables takes seconds.
  beforeEach(() => copyFolder(inject('pgliteTemplate'), folder))

  it('writes what is buffered before it closes the database', async () => {
    const { usage, database, stop } = await start()
    const done: string[] = []
    const stopUsage = usage.stop.bind(usage)
    vi.spyOn(usage, 'stop').mockImplementation(async () => {
      await stopUsage()
      done.push('usage')
    })
    const close = database.close.bind(database)
    vi.spyOn(database, 'close').mockImplementation(async () => {
      await close()
      done.push('database')
    })
    await stop()
    expect(done).toEqual(['usage', 'database'])
    expect(() => getRuntime()).toThrow('has not started')
  })

  it('ends the calls to others', async () => {
    const { egress, stop } = await start()
    await stop()
    await expect(egress.request('https://shop.example.com/')).rejects.toMatchObject({ code: 'aborted' })
  })

  it('closes the database and gives the folder back when a job can not be stopped', async () => {
    const runtime = await start()
    runtime.jobs = { trigger: () => {}, dispatch: async () => {}, stop: () => Promise.reject(new Error('still at it')) }
    await expect(runtime.stop()).rejects.toThrow('still at it')
    ;(await lockDataFolder(folder)).release()
    expect(() => getRuntime()).toThrow('has not started')
  })
})
