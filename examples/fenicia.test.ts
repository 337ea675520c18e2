import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { call, parseRetryAfter } from './fenicia.mjs'

const NOW = Date.parse('2026-11-02T09:00:00Z')
let stop = () => {}
afterEach(() => stop())

async function listen(answer: RequestListener): Promise<{ url: string; token: string }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'a token' }
}

it.each([
  [null, undefined],
  ['2', 2_000],
  ['Mon, 02 Nov 2026 09:00:30 GMT', 30_000],
  ['Mon, 02 Nov 2026 08:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After %j asks to wait %j ms', (header, ms) => expect(parseRetryAfter(header, NOW)).toBe(ms))

it('a call that may have been done already is not repeated, unless it has a key for that', async () => {
  let calls = 0
  const fenicia = await listen((_request, response) => {
    calls += 1
    response.writeHead(503, { 'Retry-After': '0', 'Fenicia-Integration': 'carrier' }).end()
  })
  const read = (response: Response) => response.text()
  await expect(call(fenicia, '/labels', { method: 'POST' }, read)).rejects.toMatchObject({ exitCode: 1 })
  expect(calls).toBe(1)
  const headers = { 'Idempotency-Key': 'label-1' }
  await expect(call(fenicia, '/labels', { method: 'POST', headers }, read)).rejects.toMatchObject({ exitCode: 1 })
  expect(calls).toBe(9)
})

it('whoever is asked to wait for long is told so instead', async () => {
  const fenicia = await listen((_request, response) => response.writeHead(429, { 'Retry-After': '3600' }).end())
  await expect(call(fenicia, '/orders', {}, async () => {})).rejects.toMatchObject({ exitCode: 1 })
})

it('what the script makes of an answer is not taken for a failure of the network', async () => {
  const fenicia = await listen((_request, response) => response.end('{'))
  const read = vi.fn((response: Response) => response.json())
  await expect(call(fenicia, '/orders', {}, read)).rejects.toThrow(SyntaxError)
  expect(read).toHaveBeenCalledTimes(1)
})

it('a refusal of Fenicia’s that lasts is not tried again, whatever its status', async () => {
  let calls = 0
  const fenicia = await listen((_request, response) => {
    calls += 1
    response.writeHead(502).end(JSON.stringify({ code: 'CREDENTIAL_REFUSED', detail: 'Look at the credential.' }))
  })
  const message = expect.stringContaining('Look at the credential.')
  await expect(call(fenicia, '/orders', {}, async () => {})).rejects.toMatchObject({ exitCode: 2, message })
  expect(calls).toBe(1)
})
