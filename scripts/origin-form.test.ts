import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { takeAbsoluteForm } from './origin-form.mjs'

const server = createServer()
takeAbsoluteForm(server)
server.on('request', ({ url, headers }, response) => response.end(JSON.stringify({ url, host: headers.host })))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => server.close())

/** What a request with this target is taken for. */
async function takenFor(target: string): Promise<unknown> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  socket.write(`GET ${target} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
}

it.each([
  ['http://host.example/api/v1/me', 'host.example', '/api/v1/me'],
  ['HTTPS://Host.example:8443/api/v1/keys?limit=1', 'Host.example:8443', '/api/v1/keys?limit=1'],
  ['http://[::1]:3000/a', '[::1]:3000', '/a'],
  ['http://host.example', 'host.example', '/'],
  ['http://host.example?a=/b', 'host.example', '/?a=/b'],
  // Undecoded and unjoined: what a path means is not this one's to say.
  ['http://host.example/a/%2e%2e/../b//c?d=http://e/', 'host.example', '/a/%2e%2e/../b//c?d=http://e/'],
])('a request for %s is one for that host’s path', async (target, host, url) => {
  expect(await takenFor(target)).toEqual({ url, host })
})

it.each(['/api/v1/me', '/http://host.example/a', '//host.example/a', 'ftp://host.example/a'])(
  'a request for %s stays as it is',
  async (target) => {
    expect(await takenFor(target)).toEqual({ url: target, host: 'other.example' })
  },
)
