import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'
import { eventually } from '@/test/eventually'
import { listLeaks } from '../leaks'
import { apiFetch } from '.'

const ORIGIN = 'https://app.example.org'

let api: TestApi
let account: string
let token: string
/** What the service does with a call. */
let serve: (request: IncomingMessage, response: ServerResponse) => void
const upstream = createServer((request, response) => serve(request, response))

beforeAll(async () => {
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1', FENICIA_CORS_ORIGINS: ORIGIN })
  account = await api.makeAccount('Phoenix Traders')
  ;({ token } = await api.makeKey(account, { scopes: ['credentials:*', 'integrations:*'] }))
  const credential = { name: 'C', type: 'bearer', hosts: [base], secret: { token: 'canary-7hG2kQ9xLm4Tz' } }
  const made = await api.call('POST', '/credentials', { token, body: credential })
  const { id } = made.body as { id: string }
  const used = await api.call('POST', '/integrations', {
    token,
    body: { name: 'I', slug: 'bodies', credential_id: id, base_url: base },
  })
  expect(used.status, used.text).toBe(201)
})
afterAll(async () => {
  await api.stop()
  upstream.closeAllConnections()
  upstream.close()
})

/** Calls through the integration, and answers once the headers are there. */
async function open(): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` }
  const call = httpRequest(`${api.url}/integrations/bodies/proxy/x`, { headers }).end()
  call.on('error', () => {})
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  return response
}

it('breaks the caller’s answer off where the service breaks off', async () => {
  serve = (_, response) => {
    response.write('half of it')
    setTimeout(() => response.destroy(), 50)
  }
  const response = await open()
  const errors: unknown[] = []
  response.on('error', (error) => errors.push(error)).resume()
  // `once` would reject with the error.
  await new Promise((resolve) => response.on('close', resolve))
  expect(errors).toHaveLength(1)
  expect(response.complete).toBe(false)
})

it('tells the caller at once that the service answers, though its body is long in coming', async () => {
  serve = (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const response = await Promise.race([open(), sleep(3_000, null)])
  expect([response?.statusCode, response?.headers['content-type']]).toEqual([200, 'text/event-stream'])
  response?.on('error', () => {}).destroy()
})

it('ends the call to the service when the caller goes away in the middle of the answer', async () => {
  let closed: Promise<unknown> | undefined
  serve = (_, response) => {
    closed = once(response, 'close').then(() => response.writableFinished)
    response.write('half of it')
  }
  const response = await open()
  response.destroy()
  expect(await Promise.race([closed, sleep(3_000, 'still open')])).toBe(false)
})

it('notes an answer that its caller no longer wants as answered: the service has done nothing wrong', async () => {
  serve = (_, response) => void response.write('half of it')
  const response = await open()
  const requestId = response.headers['x-request-id']
  response.destroy()
  const listed = await api.call('GET', '/integrations', { token })
  const [integration] = (listed.body as { data: { id: string }[] }).data
  await eventually(async () => {
    await api.runtime.calls.flush()
    const { data } = (await api.call('GET', `/integrations/${integration?.id}/calls`, { token })).body as {
      data: { request_id: string }[]
    }
    const call = data.find(({ request_id }) => request_id === requestId)
    expect(call).toMatchObject({ outcome: 'answered', status: 200 })
  })
})

it('holds an answer back at the service while the caller does not read, and then gives all of it', async () => {
  const size = 64 * 2 ** 20
  let taken = 0
  serve = (_, response) => {
    response.writeHead(200, { 'content-length': size })
    const piece = Buffer.alloc(2 ** 20)
    const send = () => {
      while (taken < size) {
        taken += piece.length
        if (!response.write(piece)) return response.once('drain', send)
      }
      response.end()
    }
    send()
  }
  const response = await open()
  // Until no more of it goes; buffers of sockets take some.
  for (let before = -1; before !== taken; await sleep(500)) before = taken
  expect(taken).toBeLessThan(size / 2)
  let received = 0
  for await (const chunk of response) received += chunk.length
  expect(received).toBe(size)
})

it('notes a token in a body of which the service has begun to answer the beginning, and sends it no further', async () => {
  const { db } = api.runtime.database
  const victim = await api.makeKey(account, {})
  let received = ''
  let ended: Promise<unknown> | undefined
  serve = (request, response) => {
    ended = new Promise((resolve) => request.on('close', resolve))
    response.write('the answer’s beginning, ')
    request
      .on('error', () => {})
      .on('data', (chunk) => {
        received += chunk
      })
  }
  const headers = { authorization: `Bearer ${token}` }
  const call = httpRequest(`${api.url}/integrations/bodies/proxy/x`, { method: 'POST', headers })
  call.on('error', () => {}).write('the beginning, ')
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  const closed = new Promise((resolve) => response.on('error', () => {}).on('close', resolve))
  response.resume()
  call.write(`and ${victim.token}`)
  await Promise.all([closed, ended])
  expect(response.complete).toBe(false)
  expect(received).toBe('the beginning, ')
  await api.runtime.leaks.flush()
  expect((await listLeaks(db, account, victim.id)).map(({ source }) => source)).toEqual(['body'])
  call.destroy()
})

it('puts a caller who goes away in the middle of a small body on record, also where that is kept to be sent twice', async () => {
  serve = (request, response) => {
    request.resume()
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"access_token":"at-7hG2kQ9x","token_type":"bearer","expires_in":3600}')
  }
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const credential = {
    name: 'O',
    type: 'oauth2',
    grant: 'client_credentials',
    token_url: `${base}/token`,
    client_id: 'fenicia',
    hosts: [base],
    secret: { client_secret: 'canary-3kQ9xLm4Tz7hG2' },
  }
  const made = await api.call('POST', '/credentials', { token, body: credential })
  const { id: credential_id } = made.body as { id: string }
  const body = { name: 'O', slug: 'small-bodies', credential_id, base_url: base }
  const { id } = (await api.call('POST', '/integrations', { token, body })).body as { id: string }
  const headers = { authorization: `Bearer ${token}`, 'content-length': '10' }
  const call = httpRequest(`${api.url}/integrations/small-bodies/proxy/x`, { method: 'POST', headers })
  call.on('error', () => {}).write('abc')
  await sleep(300)
  call.destroy()
  await eventually(async () => {
    await api.runtime.calls.flush()
    const { body: calls } = await api.call('GET', `/integrations/${id}/calls`, { token })
    expect(calls).toMatchObject({
      data: [{ method: 'POST', outcome: 'called_off' }],
      // It says nothing against the service.
      stats: { calls: 1, failed: 0 },
    })
  })
})

it('passes on a status of no class that HTTP has', async () => {
  serve = (_, response) => response.writeHead(999).end('denied')
  const { status, text } = await api.call('GET', '/integrations/bodies/proxy/x', { token })
  expect([status, text]).toEqual([999, 'denied'])
})

it('says so on the portable mount, whose answers can’t have such a status, and lets go of the service', async () => {
  let closed: Promise<unknown> | undefined
  serve = (_, response) => {
    closed = once(response, 'close')
    response.writeHead(999).write('half of it')
  }
  const headers = { authorization: `Bearer ${token}` }
  const request = new Request('http://localhost/api/v1/integrations/bodies/proxy/x', { headers })
  const answer = await apiFetch(request, {})
  expect([answer.status, await answer.json()]).toMatchObject([502, { code: 'UPSTREAM_ANSWER_INVALID' }])
  expect(await Promise.race([closed, sleep(3_000, 'still open')])).not.toBe('still open')
})

it.each([
  ['of a configured origin, which may read it', ORIGIN, { 'access-control-allow-origin': ORIGIN, vary: 'Origin' }],
  ['of any other origin', 'https://other.example.org', {}],
])('gives a page %s the answer that everybody gets', async (_, origin, more) => {
  serve = (_, response) => {
    response.sendDate = false
    response.writeHead(200, ['X-Twice', 'a', 'X-Twice', 'b']).end('{"ok":true}')
  }
  const call = async (headers: Record<string, string>) => {
    const { headers: received, ...answer } = await api.call('GET', '/integrations/bodies/proxy/x', { token, headers })
    for (const own of ['x-request-id', 'date']) received.delete(own)
    return { ...answer, headers: Object.fromEntries(received) }
  }
  const plain = await call({})
  expect(plain.headers).not.toHaveProperty('content-type')
  const answer = await call({ Origin: origin })
  const exposed = 'vary' in more ? { ...more, 'access-control-expose-headers': '*' } : {}
  expect(answer).toEqual({ ...plain, headers: { ...plain.headers, ...exposed } })
})

it.each(['0000000000000000005', '05'])('passes a body on whose length is written as %s', async (length) => {
  let body = ''
  serve = async (request, response) => {
    for await (const chunk of request) body += chunk
    response.end()
  }
  const head = `POST /api/v1/integrations/bodies/proxy/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}`
  const answer = await api.sendRaw(`${head}\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\nhello`)
  expect(answer).toMatch(/^HTTP\/1.1 200 /)
  expect(body).toBe('hello')
})

it.each(['gzip, chunked', 'GZIP , chunked'])(
  'refuses a body in a coding that it does not undo: %s',
  async (codings) => {
    let calls = 0
    serve = (_, response) => {
      calls += 1
      response.end()
    }
    const head = `POST /api/v1/integrations/bodies/proxy/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}`
    const rest = `Connection: close\r\nTransfer-Encoding: ${codings}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
    const answer = await api.sendRaw(`${head}\r\n${rest}`)
    expect(answer).toMatch(/^HTTP\/1.1 501 /)
    expect(answer).toContain('"code":"TRANSFER_CODING_NOT_SUPPORTED"')
    expect(calls).toBe(0)
  },
)
