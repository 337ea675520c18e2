import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { freePort } from '../test/postgres'
import { call } from './external-app'
import { expect, test } from './fixtures'
import { makePlace, type Place } from './place'
import { type Product, runAt, startProduct } from './product'
import { seedKeys } from './seed'

// The embedded database, and the process that owns it.

const CRASHES = 10
/** Creations under way at any moment. */
const STREAMS = 4

let place: Place
let manager: string

test.beforeAll(async () => {
  place = await makePlace('account')
  const [token = ''] = await seedKeys(place, [{ name: 'Manager', scopes: ['keys:*', 'orders:read'] }])
  manager = token
})
test.afterAll(() => place.remove())

/** Creates keys without pause until the product is gone; answers the tokens that were acknowledged. */
async function createUntilKilled(product: Product, crash: number): Promise<string[]> {
  const acknowledged: string[] = []
  let isAlive = true
  const streams = Array.from({ length: STREAMS }, async (_, stream) => {
    for (let i = 0; isAlive; i++) {
      const name = `Crash ${crash}, stream ${stream}, key ${i}`
      const answer = await call(product.url, manager, '/keys', { name, scopes: ['orders:read'] }).catch(() => undefined)
      if (!answer) return
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      acknowledged.push(answer.body.token)
    }
  })
  // Later at each crash, so that they meet creations at different points.
  await expect.poll(() => acknowledged.length, { intervals: [10] }).toBeGreaterThan(5 + 3 * crash)
  await product.kill()
  isAlive = false
  await Promise.all(streams)
  return acknowledged
}

test(`killed ${CRASHES} times while it creates keys, it keeps every key that it acknowledged, and none by half`, async () => {
  test.setTimeout(240_000)
  const acknowledged: string[] = []
  for (let crash = 0; crash < CRASHES; crash++) {
    const product = await startProduct(place)
    for (const token of acknowledged) expect((await call(product.url, token, '/me')).status).toBe(200)
    acknowledged.push(...(await createUntilKilled(product, crash)))
  }
  const product = await startProduct(place)
  for (const token of acknowledged) expect((await call(product.url, token, '/me')).status).toBe(200)
  await product.stop()

  const database = await PGlite.create(join(place.dataFolder, 'pgdata'))
  const { rows } = await database.query<{ keys: number; whole: number }>(`
    select count(*)::int as keys, count(event.id)::int as whole
    from api_keys as key
    left join audit_events as event on event.account_id = key.account_id and event.target_id = key.id and event.action = 'api_key.created'
    where key.name like 'Crash %'`)
  await database.close()
  // A creation that was cut off may have been stored before its answer was; then it is there with all that belongs to it.
  expect(rows[0]?.whole).toBe(rows[0]?.keys)
  expect(rows[0]?.keys).toBeGreaterThanOrEqual(acknowledged.length)
})

test('a second process on the same data folder is refused by name, and the first is unharmed', async () => {
  const product = await startProduct(place)
  const second = await runAt(place, ['server.mjs'], { env: { PORT: String(await freePort()) } })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(place.dataFolder)
  expect(second.stderr).toContain(`process ${product.pid}`)
  expect((await call(product.url, manager, '/me')).status).toBe(200)
  const created = await call(product.url, manager, '/keys', { name: 'After the second', scopes: ['orders:read'] })
  expect(created.status).toBe(201)
  await product.stop()
})

test('a lock that a killed process left behind does not keep the next one out', async () => {
  const product = await startProduct(place)
  await product.kill()
  const next = await startProduct(place)
  expect((await call(next.url, manager, '/me')).status).toBe(200)
  await next.stop()
})
