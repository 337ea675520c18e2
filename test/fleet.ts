import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, asc, inArray, isNotNull, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { expect } from 'vitest'
import { type Database, openDatabase } from '@/db/client'
import { renewalAttempts, tokenSets } from '@/db/schema'
import { createTestAccount, createTestKey } from './account'
import { type Answer, send } from './api'
import { createTestDatabase } from './databases'
import { eventually } from './eventually'
import { type OAuthServer, startOAuthServer } from './oauth-provider'
import { type Instance, startInstance } from './start-instance'
import { startTcpGate, type TcpGate } from './tcp-gate'
import { startUpstream } from './upstream'

/** A process of Fenicia that belongs to a fleet. */
export interface Member extends Instance {
  /** Stands between it and the database. */
  gate: TcpGate
  /** Files in its spool, also those that are being written. */
  spooled(): string[]
  /** Waits until its spool holds so many renewals. */
  holds(count: number): Promise<void>
}

/** A credential that refreshes, and the integration that uses it. */
export interface Connected {
  id: string
  slug: string
}

/** Processes of Fenicia on one Postgres, a provider that punishes reuse, and a service that takes only its tokens. */
export interface Fleet {
  db: Database
  provider: OAuthServer
  /**
   * Starts a process with a data folder of its own.
   * @param options `name` of the folder: who is started with it again finds what was left there. `pool`: connections
   */
  start(options?: { name?: string; clockMs?: number; pool?: number }): Promise<Member>
  /**
   * Makes credentials whose access tokens are yet to be got, through a member.
   * @param options `renewAhead`: whether they are renewed without a call, too
   */
  connect(member: Instance, count: number, options?: { renewAhead?: boolean }): Promise<Connected[]>
  /** Calls the service through a member. */
  call(member: Instance, { slug }: Connected): Promise<Answer>
  /**
   * Lets so much time go by that leases have ended which nobody gave back.
   * @param options `isContested`: and so much more that nobody waits any longer for who held them
   */
  endLeases(options?: { isContested?: boolean }): Promise<void>
  /** Lets the moment go by in which calls don't ask a provider again that has failed. */
  cool(): Promise<void>
  /** Lets that moment last, where there is one: on a busy machine its two seconds are over before the next calls are made. */
  lingers(): Promise<void>
  /** Waits until somebody has found the leases of all of these to have ended. */
  contested(all: readonly Connected[]): Promise<void>
  /** Waits until every one of these is being renewed. */
  claimed(all: readonly Connected[]): Promise<void>
  rows(all: readonly Connected[]): Promise<(typeof tokenSets.$inferSelect)[]>
  /** Attempts to renew each of these, the oldest first. */
  attempts(all: readonly Connected[]): Promise<(typeof renewalAttempts.$inferSelect)[][]>
  close(): Promise<void>
}

/** Starts one, without any process yet. */
export async function startFleet(): Promise<Fleet> {
  const { config, drop } = await createTestDatabase('pg')
  if (config.driver !== 'pg') throw new Error('A fleet needs a Postgres')
  const database = await openDatabase(config)
  const { db } = database
  const provider = await startOAuthServer()
  const service = await startUpstream()
  service.respond(async ({ headers }, response) => {
    const isIn = await provider.accepts(headers.authorization?.replace('Bearer ', '') ?? '')
    response.writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
  })
  const actor = await createTestAccount(db, 'Motya Salt')
  const { token } = await createTestKey(db, actor, { scopes: ['credentials:*', 'integrations:*'] })
  const folder = mkdtempSync(join(tmpdir(), 'fenicia-fleet-'))
  const secrets = {
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    FENICIA_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
  }
  const members: Member[] = []
  let serial = 0
  let folders = 0
  const idsOf = (all: readonly Connected[]) => all.map(({ id }) => id)

  const make = async (member: Instance, renewAhead: boolean): Promise<Connected> => {
    serial += 1
    const slug = `s${serial}`
    const refreshToken = await provider.mintRefreshToken()
    const post = async (path: string, body: unknown) => {
      const made = await send(member.port, 'POST', path, { token, body })
      expect(made.status, made.text).toBe(201)
      return (made.body as { id: string }).id
    }
    const id = await post('/credentials', {
      type: 'oauth2',
      name: slug,
      hosts: [service.url],
      grant: 'refresh_token',
      renew_ahead: renewAhead,
      token_url: provider.tokenUrl,
      client_id: provider.clientId,
      secret: { client_secret: provider.clientSecret, refresh_token: refreshToken },
    })
    await post('/integrations', { name: slug, slug, credential_id: id, base_url: service.url })
    return { id, slug }
  }

  const allHave = (column: PgColumn, all: readonly Connected[]) =>
    eventually(async () => {
      const have = and(inArray(tokenSets.ownerId, idsOf(all)), isNotNull(column))
      expect(await db.$count(tokenSets, have)).toBe(all.length)
    })

  return {
    db,
    provider,
    async start({ name = `instance-${folders++}`, clockMs, pool = 10 } = {}) {
      const url = new URL(config.url)
      const gate = await startTcpGate(Number(url.port))
      url.port = String(gate.port)
      const data = join(folder, name)
      const env = {
        ...secrets,
        DATABASE_URL: url.href,
        FENICIA_DATA: data,
        FENICIA_EGRESS_ALLOW: '127.0.0.1',
        FENICIA_DATABASE_POOL: String(pool),
        FENICIA_LOG_LEVEL: 'warn',
      }
      const instance = await startInstance(env, { clockMs })
      const spool = join(data, 'spool')
      const spooled = () => (existsSync(spool) ? readdirSync(spool) : [])
      const member: Member = {
        ...instance,
        gate,
        spooled,
        holds: (count) =>
          eventually(() => expect(spooled().filter((name) => name.endsWith('.json'))).toHaveLength(count)),
      }
      members.push(member)
      return member
    },
    async connect(member, count, { renewAhead = false } = {}) {
      const made: Connected[] = []
      for (let left = count; left > 0; left -= 10) {
        made.push(...(await Promise.all(Array.from({ length: Math.min(left, 10) }, () => make(member, renewAhead)))))
      }
      return made
    },
    call: ({ port }, { slug }) => send(port, 'GET', `/integrations/${slug}/proxy/orders`, { token }),
    async endLeases({ isContested = true } = {}) {
      const past = sql`now() - interval '1 hour'`
      const set = { leaseUntil: past, ...(isContested ? { contestedAt: past } : {}) }
      await db.update(tokenSets).set(set).where(isNotNull(tokenSets.leaseUntil))
    },
    async cool() {
      await db.update(tokenSets).set({ coolUntil: null })
    },
    async lingers() {
      const later = sql`clock_timestamp() + interval '1 minute'`
      await db.update(tokenSets).set({ coolUntil: later }).where(isNotNull(tokenSets.coolUntil))
    },
    contested: (all) => allHave(tokenSets.contestedAt, all),
    claimed: (all) => allHave(tokenSets.leaseUntil, all),
    rows: (all) =>
      db
        .select()
        .from(tokenSets)
        .where(inArray(tokenSets.ownerId, idsOf(all))),
    async attempts(all) {
      const rows = await db
        .select()
        .from(renewalAttempts)
        .where(inArray(renewalAttempts.ownerId, idsOf(all)))
        .orderBy(asc(renewalAttempts.id))
      return all.map(({ id }) => rows.filter(({ ownerId }) => ownerId === id))
    },
    async close() {
      await Promise.all(members.map((member) => member.kill()))
      for (const { gate } of members) await gate.close()
      await provider.close()
      await service.close()
      await database.close()
      await drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
