import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '@/db/client'
import { createTestAccount, createTestKey } from '@/test/account'
import { createTestDatabase, type TestDatabase } from '@/test/databases'
import { type Instance, startInstance } from '@/test/start-instance'
import type { Actor } from '../audit'

// Two processes on one Postgres, whose clocks differ: one key's limits are one key's, whichever of them it asks.

const CONNECTIONS = 64
const folder = mkdtempSync(join(tmpdir(), 'fenicia-limits-'))
let source: TestDatabase
let database: OpenDatabase
let actor: Actor
let instances: Instance[]
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

beforeAll(async () => {
  source = await createTestDatabase('pg')
  if (source.config.driver !== 'pg') throw new Error('Two instances need a Postgres')
  database = await openDatabase(source.config)
  actor = await createTestAccount(database.db)
  const env = {
    DATABASE_URL: source.config.url,
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    FENICIA_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
    FENICIA_LOG_LEVEL: 'warn',
  }
  instances = await Promise.all(
    [0, 40_000].map((clockMs, n) => startInstance({ ...env, FENICIA_DATA: join(folder, `${n}`) }, { clockMs })),
  )
})
afterAll(async () => {
  agent.destroy()
  await Promise.all(instances.map((one) => one.kill()))
  await database.close()
  await source.drop()
  rmSync(folder, { recursive: true, force: true })
})

interface Told {
  port: number
  status: number
  policy: unknown
  remaining: number
  seconds: number
  retryAfter: number | null
}

function ask(port: number, token: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    request({ port, agent, path: '/api/v1/me', headers }, (answer) => {
      answer.resume()
      answer.on('end', () => {
        const [, remaining, seconds] = /^"default";r=(\d+);t=(\d+)$/.exec(`${answer.headers.ratelimit}`) ?? []
        resolve({
          port,
          status: answer.statusCode ?? 0,
          policy: answer.headers['ratelimit-policy'],
          remaining: Number(remaining),
          seconds: Number(seconds),
          retryAfter: answer.headers['retry-after'] === undefined ? null : Number(answer.headers['retry-after']),
        })
      })
    })
      .on('error', reject)
      .end()
  })
}

/** So many requests over all connections, half of them to each instance; in the order in which they were answered. */
async function flood(token: string, count: number): Promise<Told[]> {
  const told: Told[] = []
  let sent = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, connection) => {
      const { port } = instances[connection % instances.length] as Instance
      while (sent < count) {
        sent += 1
        told.push(await ask(port, token))
      }
    }),
  )
  return told
}

const admitted = (told: Told[]) => told.filter(({ status }) => status === 200)

describe('a key with 100 requests in 60 seconds, asked over 64 connections to two instances', () => {
  it('is let in 100 times and not once more, and told the same by both', async () => {
    const { token } = await createTestKey(database.db, actor, { rate: { requests: 100, seconds: 60 } })
    const told = await flood(token, 1_000)
    expect(admitted(told).length).toBeLessThanOrEqual(100)
    expect(admitted(told).length).toBeGreaterThanOrEqual(90)
    const refused = told.filter(({ status }) => status !== 200)
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]))
    expect(new Set(told.map(({ policy }) => policy))).toEqual(new Set(['"default";q=100;w=60']))
    for (const { status, remaining, seconds, retryAfter } of told) {
      expect(seconds).toBeGreaterThan(30)
      expect(seconds).toBeLessThanOrEqual(60)
      expect(remaining).toBeLessThan(100)
      expect(retryAfter).toBe(status === 200 ? null : seconds)
    }
    expect(new Set(refused.map(({ remaining }) => remaining))).toEqual(new Set([0]))
    // Each instance let some in: none of them holds all of the allowance.
    for (const { port } of instances) expect(admitted(told).some((one) => one.port === port)).toBe(true)
  })

  it('is let in no more often when an instance is killed and another takes its place', async () => {
    const { token } = await createTestKey(database.db, actor, { rate: { requests: 100, seconds: 60 } })
    const before = await flood(token, 60)
    const [first] = instances.splice(0, 1) as [Instance]
    await first.kill()
    const after = await flood(token, 400)
    expect(admitted([...before, ...after]).length).toBeLessThanOrEqual(100)
    expect(admitted([...before, ...after]).length).toBeGreaterThanOrEqual(80)
  })
})
