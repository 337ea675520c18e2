import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { refuseEarly } from './refuse-early.mjs'

const server = createServer((request, response) => {
  if (!refuseEarly(request, response)) response.end('passed on')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => server.close())

async function answerTo(line: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  return text
}

it.each([
  ['OPTIONS *', 204],
  ['GET *', 400],
  ['TRACE /', 501],
  ['TRACE *', 501],
  ['GET ftp://localhost/', 400],
])('answers %s itself, with %i and nothing more', async (line, status) => {
  const answer = await answerTo(line)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer.endsWith('\r\n\r\n')).toBe(true)
})

it.each(['GET /', 'OPTIONS /', 'POST /a?b=*', 'PROPFIND //a'])('passes %s on', async (line) => {
  expect(await answerTo(line)).toContain('passed on')
})
