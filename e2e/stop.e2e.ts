import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { call } from './external-app'
import { expect, test } from './fixtures'
import { makePlace, type Place } from './place'
import { startProduct } from './product'
import { seedKeys } from './seed'

// A server that is asked to stop, as at each deployment, while others have their hands on it.

/** After that much the server cuts off what goes on; before, it must be gone where nothing does. */
const CUT_OFF_MS = 7_000
const CONNECTIONS = 8

let place: Place
let service: Server
let token: string

test.beforeAll(async () => {
  place = await makePlace('account')
  const scopes = ['orders:read', 'integrations:use', 'keys:read', 'credentials:create', 'integrations:create']
  ;[token = ''] = await seedKeys(place, [{ name: 'App', scopes }])
  service = createServer((_request, response) => response.writeHead(200).write('data: 1\n\n'))
  await once(service.listen(0, '127.0.0.1'), 'listening')
})
test.afterAll(async () => {
  service.closeAllConnections()
  service.close()
  await place.remove()
})

/** Asks once; answers the status, null where no answer came. */
async function ask(url: string, agent: Agent): Promise<number | null> {
  const request = get(`${url}/api/v1/me`, { agent, headers: { authorization: `Bearer ${token}` } })
  const answer = await once(request, 'response').catch(() => null)
  if (!answer) return null
  const [response] = answer as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode ?? 0
}

/** Requests of the key so far, as the database has them. */
async function counted(url: string): Promise<number> {
  const { body } = await call(url, token, '/keys')
  return body.data.find(({ name }: { name: string }) => name === 'App').usage_30d.total
}

test('answers what was asked, sends away whoever keeps a connection busy, notes the use, and is gone within seconds', async () => {
  const product = await startProduct(place)
  let answers = 0
  const streams = Array.from({ length: CONNECTIONS }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (;;) {
      const status = await ask(product.url, agent)
      if (status === null) return
      expect(status).toBe(200)
      answers += 1
    }
  })
  await expect.poll(() => answers).toBeGreaterThan(100)
  const asked = performance.now()
  await product.stop()
  expect(performance.now() - asked).toBeLessThan(CUT_OFF_MS)
  await Promise.all(streams)

  const again = await startProduct(place)
  expect(await counted(again.url)).toBe(answers)
  await again.stop()
})

test('cuts off what does not end by itself, and keeps on record that it was called', async () => {
  const product = await startProduct(place, { FENICIA_EGRESS_ALLOW: '127.0.0.1/32' })
  const origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const fields = { type: 'bearer', name: 'Events', hosts: [origin], secret: { token: 'of-the-service' } }
  const credential = await call(product.url, token, '/credentials', fields)
  expect(credential.status, JSON.stringify(credential.body)).toBe(201)
  const more = { name: 'Events', slug: 'events', credential_id: credential.body.id, base_url: origin }
  expect((await call(product.url, token, '/integrations', more)).status).toBe(201)
  const stream = get(`${product.url}/api/v1/integrations/events/proxy/`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const [events] = (await once(stream, 'response')) as [IncomingMessage]
  await once(events, 'data')
  // Somebody who begins a request and never ends it, and somebody who only connects.
  const { port } = new URL(product.url)
  const half = connect(Number(port), '127.0.0.1').on('error', () => {})
  half.write('POST /api/v1/keys HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{')
  const silent = connect(Number(port), '127.0.0.1').on('error', () => {})
  await Promise.all([half, silent].map((socket) => once(socket, 'connect')))

  const ended = text(events).catch((error: Error) => error.message)
  const asked = performance.now()
  await product.stop()
  const took = performance.now() - asked
  expect(await ended).toBe('aborted')
  expect(took).toBeGreaterThan(CUT_OFF_MS - 1_000)
  expect(took).toBeLessThan(CUT_OFF_MS + 3_000)
  await place.withDatabase(async (query) => {
    expect(await query('select status, outcome from proxy_calls')).toEqual([{ status: 200, outcome: 'answered' }])
  })
})

/** Has the server be unable to stop in order, as where the database fails meanwhile. */
const JAMMED = `
  let runtime
  Object.defineProperty(globalThis, Symbol.for('fenicia.runtime'), {
    get: () => runtime,
    set: (made) => {
      runtime = made && Object.assign(made, { stop: () => Promise.reject(new Error('jammed')) })
    },
  })`

test('a server that can not stop in order says why, and is gone nevertheless', async () => {
  const jam = `data:text/javascript,${encodeURIComponent(JAMMED)}`
  const product = await startProduct(place, {}, [process.execPath, '--import', jam, 'server.mjs'])
  await expect(product.stop()).rejects.toThrow('"code": 1')
  expect(product.log()).toMatch(/could not stop in order: Error: jammed/)
})
