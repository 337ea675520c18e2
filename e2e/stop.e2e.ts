import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
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
let token: string

test.beforeAll(async () => {
  place = await makePlace('account')
  ;[token = ''] = await seedKeys(place, [{ name: 'App', scopes: ['keys:read'] }])
})
test.afterAll(() => place.remove())

interface Answered {
  status: number
  connection: string | undefined
}

/** Asks once; null where no answer came. */
async function ask(url: string, agent: Agent): Promise<Answered | null> {
  const request = get(`${url}/api/v1/me`, { agent, headers: { authorization: `Bearer ${token}` } })
  const answer = await once(request, 'response').catch(() => null)
  if (!answer) return null
  const [response] = answer as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { status: response.statusCode ?? 0, connection: response.headers.connection }
}

/** Requests of the key so far, as the database has them. */
async function counted(url: string): Promise<number> {
  const { body } = await call(url, token, '/keys')
  return body.data.find(({ name }: { name: string }) => name === 'App').usage_30d.total
}

test('answers what was asked, sends away whoever keeps a connection busy, notes the use, and is gone within seconds', async () => {
  const product = await startProduct(place)
  let answers = 0
  const lastWords: string[] = []
  const streams = Array.from({ length: CONNECTIONS }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let last = ''; ; ) {
      const answer = await ask(product.url, agent)
      if (!answer) {
        lastWords.push(last)
        return
      }
      expect(answer.status).toBe(200)
      answers += 1
      last = answer.connection ?? ''
    }
  })
  await expect.poll(() => answers).toBeGreaterThan(100)
  const asked = performance.now()
  await product.stop()
  expect(performance.now() - asked).toBeLessThan(CUT_OFF_MS)
  await Promise.all(streams)
  expect(lastWords).toContain('close')

  const again = await startProduct(place)
  expect(await counted(again.url)).toBe(answers)
  await again.stop()
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
