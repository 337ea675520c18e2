import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { members, users } from '@/db/schema'
import { type Answer, startTestApi, type TestApi, type TestKey } from '@/test/api'
import { Contract } from '@/test/api-contract'
import { createTestDatabase, type TestDatabase } from '@/test/databases'
import { tokenOf } from '@/test/people'
import { sessionCookie } from '../accounts/session-claims'
import { log } from '../log'
import { openApiDocument } from './index'

// What the API answers while the database does not: never that a key is good.

/** A real Postgres behind a line that can be made to hang, or be cut. */
async function startLine(target: URL) {
  const sockets = new Set<Socket>()
  let isHanging = false
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => isHanging || to.write(bytes))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  let port = 0
  const listen = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const cut = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen()
  const url = new URL(target)
  url.port = String(port)
  return {
    url: url.href,
    hang: () => {
      isHanging = true
    },
    cut,
    /** Whole again: what hung is lost. */
    mend: async () => {
      isHanging = false
      for (const socket of sockets) socket.destroy()
      if (!server.listening) await listen()
    },
  }
}

let database: TestDatabase
let line: Awaited<ReturnType<typeof startLine>>
let api: TestApi
let contract: Contract
let key: TestKey
let cookie: string

beforeAll(async () => {
  database = await createTestDatabase('pg')
  if (database.config.driver === 'pglite') expect.fail('This needs a database behind a socket')
  line = await startLine(new URL(database.config.url))
  api = await startTestApi({
    DATABASE_URL: line.url,
    AUTH_SECRET: 'only-for-tests-'.repeat(3),
    FENICIA_MASTER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  })
  contract = new Contract(openApiDocument())
  const account = await api.makeAccount('Ana’s shop')
  key = await api.makeKey(account, { scopes: ['keys:*', 'orders:*'] })
  const { db } = api.runtime.database
  await db.insert(users).values({ id: 'usr_1', email: 'ana@example.com', name: 'Ana', passwordHash: '-' })
  await db.insert(members).values({ accountId: account, userId: 'usr_1', role: 'owner' })
  cookie = `${sessionCookie().name}=${await tokenOf(db, { userId: 'usr_1', accountId: account })}`
})
afterAll(async () => {
  await line.mend()
  await api.stop()
  await line.cut()
  await database.drop()
})
beforeEach(async () => {
  // What it would log is looked at here, and read by nobody.
  for (const level of ['error', 'warn'] as const) vi.spyOn(log, level).mockReturnValue(undefined)
  await line.mend()
})

const bodies: Record<string, unknown> = {
  createKey: { name: 'ERP', scopes: ['orders:read'] },
  changeKey: { name: 'ERP' },
  revokeKey: {},
  regenerateKey: {},
  reportLeaks: { tokens: ['fn_live_'] },
}
async function everyCall(): Promise<[string, Answer][]> {
  return Promise.all(
    // HEAD answers as GET does, without the body.
    contract.operations
      .filter(({ method }) => method !== 'HEAD')
      .map(async ({ operationId, method, path }): Promise<[string, Answer]> => {
        const isForm = operationId === 'introspectToken'
        const headers: Record<string, string> = isForm ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}
        const body = isForm
          ? `token=${key.token}`
          : operationId === 'verifyKey'
            ? { token: key.token }
            : bodies[operationId]
        return [operationId, await api.call(method, path.replace('{id}', key.id), { token: key.token, headers, body })]
      }),
  )
}
function expectUnavailable(operationId: string, answer: Answer) {
  expect([operationId, answer.status]).toEqual([operationId, 503])
  contract.check(operationId, answer)
  expect(answer.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(answer.text).not.toMatch(/"(valid|active)"|postgres|127\.0\.0\.1|select/)
}
const isWell = async () => (await api.call('GET', '/me', { token: key.token })).status === 200

describe('while the database hangs', () => {
  it('every call answers 503 within seconds, and is well again afterwards', async () => {
    expect(await isWell()).toBe(true)
    line.hang()
    const from = Date.now()
    for (const [operationId, answer] of await everyCall()) expectUnavailable(operationId, answer)
    expect(Date.now() - from).toBeLessThan(8_000)
    await line.mend()
    await expect.poll(isWell).toBe(true)
  })

  it('still refuses what needs no database', async () => {
    line.hang()
    expect((await api.call('GET', '/me')).status).toBe(401)
    expect((await api.call('GET', '/me', { token: `${key.token}x` })).status).toBe(401)
  })
})

describe('while the database is gone', () => {
  it('every call answers 503, and is well again afterwards', async () => {
    await line.cut()
    for (const [operationId, answer] of await everyCall()) expectUnavailable(operationId, answer)
    const head = await api.call('HEAD', '/me', { token: key.token })
    expect([head.status, head.text, head.headers.get('retry-after')]).toEqual([503, '', '2'])
    await line.mend()
    await expect.poll(isWell).toBe(true)
  })

  it('the dashboard’s reads answer 503, not that nobody is signed in', async () => {
    expect((await api.call('GET', '/keys', { headers: { Cookie: cookie } })).status).toBe(200)
    await line.cut()
    expectUnavailable('listKeys', await api.call('GET', '/keys', { headers: { Cookie: cookie } }))
  })

  it('some lines of the log tell of it, and how many requests they stand for', async () => {
    await line.cut()
    // Others tell of the same outage, such as the pool of an idle connection that broke.
    const lines = () =>
      vi
        .mocked(log.error)
        .mock.calls.map(([fields]) => fields as unknown as { requestId?: string; suppressed?: number })
        .filter(({ requestId }) => requestId !== undefined)
    const asked = 300
    const answers = await Promise.all(
      Array.from({ length: asked }, () => api.call('GET', '/keys', { token: key.token })),
    )
    const ids = answers.map(({ headers }) => headers.get('x-request-id'))
    expect(lines().length).toBeLessThan(asked / 2)
    expect(ids).toEqual(expect.arrayContaining(lines().map(({ requestId }) => requestId)))
    // The next line that may be written counts those that were not.
    await expect
      .poll(
        async () => {
          await api.call('GET', '/keys', { token: key.token })
          return lines().reduce((sum, { suppressed = 0 }) => sum + 1 + suppressed, 0)
        },
        { interval: 300 },
      )
      .toBeGreaterThanOrEqual(asked)
  })

  it('a change says that it may have been made, a read does not', async () => {
    await line.cut()
    const answers = Object.fromEntries(await everyCall())
    expect(answers.revokeKey?.text).toContain('Look whether the change was made')
    expect(answers.getKey?.text).not.toContain('change')
    // It has not reached the service, so that it may be sent again as it is.
    expect(answers.proxyPost?.text).not.toContain('change')
  })
})

it('a fault of ours is a 500 that says nothing of what it was, and is logged under its id', async () => {
  const { db } = api.runtime.database
  await expect.poll(isWell).toBe(true)
  await db.execute('alter table api_key_usage_days rename to elsewhere')
  const answer = await api.call('GET', `/keys/${key.id}`, { token: key.token })
  await db.execute('alter table elsewhere rename to api_key_usage_days')

  expect(answer.status).toBe(500)
  contract.check('getKey', answer)
  const { requestId, ...said } = answer.body as Record<string, unknown>
  expect(said).toEqual({
    type: '/docs/api#INTERNAL_ERROR',
    title: 'Something went wrong on our side',
    status: 500,
    detail: `Something went wrong on our side. Quote ${requestId} when you report it.`,
    code: 'INTERNAL_ERROR',
  })
  expect(log.error).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ requestId }), expect.any(String))
})
