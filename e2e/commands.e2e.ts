import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { WebSocket } from 'ws'
import { call, createKey } from './external-app'
import { expect, test } from './fixtures'
import { OWNER } from './people'
import { makePlace } from './place'
import { admin, startProduct } from './product'

const START = [process.execPath, 'scripts/start.mjs'] as [string, string]

test('a second `npm start` neither installs nor builds, and answers within seconds', async () => {
  const place = await makePlace('tables')
  await (await startProduct(place, {}, START)).stop()
  const started = performance.now()
  const product = await startProduct(place, {}, START)
  expect((await fetch(`${product.url}/api/health`)).status).toBe(200)
  const seconds = (performance.now() - started) / 1000
  expect(product.log()).not.toMatch(/install|build/i)
  expect(seconds).toBeLessThan(20)
  // The server runs in the process that was started, so that stopping that one stops it, in order.
  await product.stop()
  await place.remove()
})

/** Tells when what Next keeps of requests is put to rest: nothing that is seen from outside depends on it but the speed. */
const PROBE = `
  import { AsyncLocalStorage } from 'node:async_hooks'
  const { disable } = AsyncLocalStorage.prototype
  AsyncLocalStorage.prototype.disable = function () {
    if (new Error().stack.includes('request-contexts.mjs')) process.stdout.write('at rest\\n')
    return disable.call(this)
  }`

test('a server that answers no page keeps no contexts of requests, from its start on', async () => {
  const place = await makePlace('tables')
  const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`
  const product = await startProduct(place, {}, [process.execPath, '--import', probe, 'server.mjs'])
  const rests = () => product.log().split('at rest').length - 1
  await expect.poll(rests).toBeGreaterThan(0)
  const atFirst = rests()
  await (await fetch(`${product.url}/sign-in`)).text()
  await expect.poll(rests).toBeGreaterThan(atFirst)
  await product.stop()
  await place.remove()
})

test('a server whose npm is ended stops too, in order, and gives the data folder back', async () => {
  const place = await makePlace('tables')
  const product = await startProduct(place, {}, ['npm', 'start'])
  const locks = () => readdirSync(place.dataFolder).filter((name) => /^lock\.\d+$/.test(name))
  // A lock that is given back is empty.
  const isHeld = () => locks().some((name) => statSync(join(place.dataFolder, name)).size > 0)
  expect(isHeld()).toBe(true)
  await product.kill('SIGTERM')
  await expect.poll(isHeld).toBe(false)
  await place.remove()
})

test("the operator's commands are refused while the server has the data folder open, and work when it has stopped", async () => {
  const place = await makePlace('account')
  const product = await startProduct(place)
  for (const args of [['list'], ['create-key', '--email', OWNER.email, '--name', 'Late', '--scopes', 'orders:read']]) {
    const { code, stdout, stderr } = await admin(place, args)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(`process ${product.pid}`)
    expect(stderr).toContain(place.dataFolder)
  }
  await product.stop()

  const token = await createKey(place, 'On time', ['orders:read'])
  expect(token).toMatch(/^fn_live_[0-9A-Za-z]{38}$/)
  const again = await startProduct(place)
  expect((await call(again.url, token, '/me')).status).toBe(200)
  await again.stop()
  await place.remove()
})

test('`npm run dev` tells a page of edits and Next’s maker of nothing, and stops in order while that page is open', async () => {
  const place = await makePlace('tables')
  const told = `const own = fetch; globalThis.fetch = (to, ...rest) => (console.error('fetches', to), own(to, ...rest))`
  const watch = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(told)}` }
  const product = await startProduct(place, watch, [...START, '--dev'])
  const html = await (await fetch(`${product.url}/sign-up`)).text()
  expect(html).toContain('Welcome to Fenicia')
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/_next/hmr?id=test`, { origin: product.url })
  const [first] = await once(socket, 'message')
  expect(String(first)).toMatch(/^\{"type":/)
  await product.stop()
  expect(product.log()).toContain('fetches http://127.0.0.1')
  expect(product.log()).not.toContain('fetches https://telemetry.')
  await place.remove()
})
