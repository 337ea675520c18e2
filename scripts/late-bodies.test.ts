import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { endLateBodies } from './late-bodies.mjs'

const server = createServer({ connectionsCheckingInterval: 50, requestTimeout: 300 })
endLateBodies(server, 300)
server.on('request', (request, response) => {
  if (request.headers.authorization) request.resume().on('end', () => response.end('whole'))
  else response.writeHead(401).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
afterEach(() => server.closeAllConnections())

/** What is answered to a request whose body ends after so long, until the connection ends. */
async function answerTo(path: string, bodyMs: number, key = 'authorization: x\r\n'): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
    if (text.includes('whole')) socket.end()
  })
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${key}content-length: 2\r\n\r\na`)
  const ended = once(socket, 'close')
  await Promise.race([ended, sleep(bodyMs)])
  if (!socket.destroyed) socket.write('b')
  await ended
  return text
}

it('ends a request whose body does not come', async () => {
  expect(await answerTo('/api/v1/keys', 800)).toBe('')
  expect(await answerTo('/api/v1/integrations/erp/proxying', 800)).toBe('')
  expect(await answerTo('/api/v1/keys', 10)).toContain('whole')
})

it('gives a call through an integration longer', async () => {
  expect(await answerTo('/api/v1/integrations/erp/proxy/orders?since=1', 800)).toContain('whole')
  const longest = createServer()
  endLateBodies(longest)
  expect(longest.requestTimeout).toBe(3_600_000)
})

it('but not one that is answered already, such as for want of a key', async () => {
  const started = performance.now()
  expect(await answerTo('/api/v1/integrations/erp/proxy', 5_000, '')).toMatch(/^HTTP\/1.1 401/)
  expect(performance.now() - started).toBeLessThan(3_000)
})
