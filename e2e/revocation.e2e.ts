import { call, type Load, now, startLoad } from './external-app'
import { expect, test } from './fixtures'
import { makePlace, type Place } from './place'
import { type Product, startProduct } from './product'
import { seedKeys } from './seed'

// Two instances on one database, under load: what one has revoked, neither accepts.

const CONNECTIONS = 64
const ROUNDS = 3

let place: Place
let instances: Product[]
let urls: string[]
let manager: string

test.beforeAll(async () => {
  place = await makePlace('account')
  instances = [await startProduct(place), await startProduct(place)]
  urls = instances.map(({ url }) => url)
  const [token = ''] = await seedKeys(place, [{ name: 'Manager', scopes: ['keys:*', 'orders:read'] }])
  manager = token
})

test.afterAll(async () => {
  for (const instance of instances) await instance.stop()
  await place.remove()
})

async function create(name: string, more: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await call(urls[0] as string, manager, '/keys', {
    name,
    scopes: ['orders:read'],
    rate: null,
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

/** Requests sent at or after `moment` that were accepted nevertheless. */
const acceptedSince = (load: Load, moment: number) =>
  load.sent.filter(({ at, status }) => at >= moment && status === 200)

/** Runs a load that both instances accept, ends the key in the middle of it, and expects that no later request passes. */
async function expectNoneAccepted(token: string, end: () => Promise<number>): Promise<void> {
  const load = startLoad(urls, token, CONNECTIONS)
  try {
    await load.until(200, 100)
    const ended = await end()
    await load.until(401, 200)
    expect(acceptedSince(load, ended)).toEqual([])
    expect(new Set(load.sent.map(({ status }) => status))).toEqual(new Set([200, 401]))
  } finally {
    await load.stop()
  }
}

for (let round = 1; round <= ROUNDS; round++) {
  // Either instance may be the one that is asked to.
  const instance = round % 2

  test(`after a revoke has answered, no later request is accepted on either instance (${round})`, async () => {
    const { id, token } = await create(`To be revoked ${round}`)
    await expectNoneAccepted(token, async () => {
      const { status } = await call(urls[instance] as string, manager, `/keys/${id}/revoke`, { reason: 'Leaked' })
      const answered = now()
      expect(status).toBe(200)
      return answered
    })
  })

  test(`after a key was regenerated at once, its old token is refused and its new one accepted (${round})`, async () => {
    const { id, token } = await create(`To be regenerated ${round}`)
    let successor = ''
    await expectNoneAccepted(token, async () => {
      const answer = await call(urls[instance] as string, manager, `/keys/${id}/regenerate`, { overlap: 'none' })
      const answered = now()
      expect(answer.status).toBe(201)
      successor = answer.body.token
      return answered
    })
    for (const url of urls) expect((await call(url, successor, '/me')).status).toBe(200)
  })

  test(`after a key has expired, no later request is accepted on either instance (${round})`, async () => {
    const expiry = Date.now() + 3_000
    const { token } = await create(`To expire ${round}`, { expires_at: new Date(expiry).toISOString() })
    await expectNoneAccepted(token, async () => {
      await expect.poll(() => Date.now(), { intervals: [5], timeout: 10_000 }).toBeGreaterThan(expiry)
      return now()
    })
  })
}

test('a token that was reported as leaked is accepted on neither instance, once the report has been answered', async () => {
  const { token } = await create('To be reported')
  await expectNoneAccepted(token, async () => {
    const { status, body } = await call(urls[1] as string, null, '/leaks', { tokens: [token] })
    const answered = now()
    expect([status, body]).toEqual([200, { data: [{ outcome: 'revoked' }] }])
    return answered
  })
})

test('a message that GitHub has not signed is refused, by the address that GitHub is told', async () => {
  const answer = await fetch(`${urls[0]}/api/secret-scanning/github`, { method: 'POST', body: '[]' })
  expect([answer.status, await answer.json()]).toEqual([403, { error: expect.stringContaining('Github-Public-Key') }])
})
