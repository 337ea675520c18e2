import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { closedPort, egressWith, failureOf, resolver, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { answer } from '@/test/listener'
import { readBody } from './body'

const text = async (body: Readable) => (await readBody(body, 1 << 20)).bytes.toString()
const LOOPBACK = ['127.0.0.1/32']

describe('a call', () => {
  it('that the allow-list opens is answered, and each of its stages is told with its time', async () => {
    const { port, received } = await server((socket) => socket.write(answer('{"ok":true}', 'x-a: 1\r\nx-a: 2\r\n')))
    const stages: string[] = []
    const response = await egressWith(['erp.internal'], { resolve: resolver(['127.0.0.1']) }).request(
      `http://erp.internal:${port}/orders?since=1`,
      {
        method: 'POST',
        headers: [['authorization', 'Bearer s3cret']],
        body: 'a=b',
        onStage: ({ stage, ms }) => stages.push(`${stage} ${ms >= 0 && ms < 2000}`),
      },
    )
    expect(response.status).toBe(200)
    expect(response.headers['x-a']).toEqual(['1', '2'])
    expect(await text(response.body)).toBe('{"ok":true}')
    expect(stages).toEqual(['address true', 'connection true', 'request true'])
    expect(received().split('\r\n')).toEqual([
      'POST /orders?since=1 HTTP/1.1',
      `host: erp.internal:${port}`,
      'connection: close',
      'authorization: Bearer s3cret',
      'accept-encoding: identity',
      'content-length: 3',
      '',
      'a=b',
    ])
  })

  it('sends a stream in chunks, or with its length when that is known', async () => {
    const { port, received } = await server((socket) => setTimeout(() => socket.write(answer('')), 50))
    const egress = egressWith(LOOPBACK)
    const send = (bodyBytes?: number) =>
      egress.request(`http://127.0.0.1:${port}/`, {
        method: 'PUT',
        body: Readable.from([Buffer.from('ab')]),
        bodyBytes,
      })
    await send()
    expect(received()).toMatch(/transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n$/)
    await send(2)
    expect(received()).toMatch(/content-length: 2\r\n\r\nab$/)
  })

  it('closes its connection afterwards, also when nobody reads the body', async () => {
    const listener = await server((socket) => socket.write(answer('x'.repeat(10))))
    await egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`)
    await eventually(() => expect(listener.open()).toBe(0))
  })

  it('does not go through a proxy that the environment names', async () => {
    const proxy = await server((socket) => socket.write(answer('proxied')))
    const { port } = await server((socket) => socket.write(answer('direct')))
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`)
    const { body } = await egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`)
    expect(await text(body)).toBe('direct')
    expect(proxy.connections()).toBe(0)
  })
})

describe('connecting', () => {
  it('to a port where nobody listens says so', async () => {
    const port = await closedPort()
    const { code, stage } = await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`))
    expect([code, stage]).toEqual(['connection_refused', 'connection'])
  })

  it('asks the machine’s own resolver, and refuses what that says', async () => {
    const { port, connections } = await server((socket) => socket.write(answer('local')))
    const { code } = await failureOf(egressWith([]).request(`https://localhost:${port}/`))
    expect([code, connections()]).toEqual(['address_refused', 0])
    const { body } = await egressWith(['localhost']).request(`http://localhost:${port}/`)
    expect(await text(body)).toBe('local')
  })

  it('tries the next of several allowed addresses', async () => {
    const { port } = await server((socket) => socket.write(answer('second')))
    const egress = egressWith(['erp.internal'], { resolve: resolver(['127.0.0.9', '127.0.0.1']) })
    const { body } = await egress.request(`http://erp.internal:${port}/`)
    expect(await text(body)).toBe('second')
  })

  it.each([undefined, 'acc_1'])('in pool %s it does not wait for a resolver that never answers', async (pool) => {
    const egress = egressWith(['erp.internal'], { resolve: () => new Promise(() => {}), connectMs: 50 })
    expect((await failureOf(egress.request('http://erp.internal/', { pool }))).code).toBe('timeout_connect')
  })
})

describe('a caller', () => {
  it.each([undefined, 'acc_1'])(
    'ends a call in pool %s: before it, while it connects, waits, and reads',
    async (pool) => {
      const listener = await server((socket, head) => {
        if (head.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab')
      })
      const abortSoon = () => AbortSignal.timeout(50)
      const egress = egressWith(LOOPBACK)
      const stuck = egressWith(['erp.internal'], { resolve: () => new Promise(() => {}) })
      const url = `http://127.0.0.1:${listener.port}/`
      const before = egress.request(url, { pool, signal: AbortSignal.abort() })
      expect((await failureOf(before)).code).toBe('aborted')
      await pause(20)
      expect(listener.connections()).toBe(0)
      const connecting = stuck.request('http://erp.internal/', { pool, signal: abortSoon() })
      expect((await failureOf(connecting)).code).toBe('aborted')
      expect((await failureOf(egress.request(url, { pool, signal: abortSoon() }))).code).toBe('aborted')
      const { body } = await egress.request(`${url}body`, { pool, signal: abortSoon() })
      expect((await failureOf(text(body))).code).toBe('aborted')
      // The pool puts idle connections in the place of those that it lost.
      await eventually(() => expect(listener.connections() - listener.open()).toBe(2))
    },
  )

  it.each([undefined, 'acc_1'])('may make many calls at once, in pool %s', async (pool) => {
    const warn = vi.spyOn(process, 'emitWarning')
    const { port } = await server((socket) => socket.write(answer('ok')))
    const egress = egressWith(LOOPBACK)
    const call = async () => text((await egress.request(`http://127.0.0.1:${port}/`, { pool })).body)
    expect(new Set(await Promise.all(Array.from({ length: 30 }, call)))).toEqual(new Set(['ok']))
    expect(warn).not.toHaveBeenCalled()
  })

  it('in one pool leaves those of another their connections, however many it holds on to', async () => {
    const { port } = await server((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab'))
    const egress = egressWith(LOOPBACK)
    const request = (pool: string, signal?: AbortSignal) =>
      egress.request(`http://127.0.0.1:${port}/`, { pool, signal })
    // As many as a pool may have: their bodies never end.
    const held = await Promise.all(Array.from({ length: 128 }, () => request('acc_1')))
    expect((await failureOf(request('acc_1', AbortSignal.timeout(50)))).code).toBe('aborted')
    const other = await request('acc_2', AbortSignal.timeout(5_000))
    expect(other.status).toBe(200)
    for (const { body } of [...held, other]) body.destroy()
    await egress.close()
  })

  it('gets a pooled connection again', async () => {
    const listener = await server((socket) => socket.write(answer('ok')))
    const egress = egressWith(LOOPBACK)
    for (let i = 0; i < 3; i++) {
      const { body } = await egress.request(`http://127.0.0.1:${listener.port}/`, { pool: 'acc_1' })
      expect(await text(body)).toBe('ok')
      await pause(10)
    }
    expect(listener.connections()).toBe(1)
  })

  it('is ended by the closing of all, with its connections', async () => {
    const listener = await server((socket, head) => {
      if (head.startsWith('GET /pooled')) socket.write(answer('ok'))
    })
    const egress = egressWith(LOOPBACK)
    const url = `http://127.0.0.1:${listener.port}/`
    await text((await egress.request(`${url}pooled`, { pool: 'acc_1' })).body)
    const waiting = [failureOf(egress.request(url)), failureOf(egress.request(url, { pool: 'acc_1' }))]
    await eventually(() => expect(listener.received().match(/GET \/ /g)).toHaveLength(2))
    await egress.close()
    for (const { code } of await Promise.all(waiting)) expect(code).toBe('aborted')
    expect((await failureOf(egress.request(url))).code).toBe('aborted')
    await eventually(() => expect(listener.open()).toBe(0))
  })
})

it('an error tells nothing of what was sent or received', async () => {
  const { port } = await server((socket, head) => socket.write(`HTTP/1.1 200 OK\r\nbroken header ${head}\r\n\r\n`))
  const error = await failureOf(
    egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/?key=s3cret`, { headers: [['x-key', 's3cret']] }),
  )
  expect(error.code).toBe('protocol')
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/s3cret|127\.0\.0\.1/)
})
