import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { closedPort, egressWith, failureOf as errorOf, resolver, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { answer } from '@/test/listener'
import { EgressError, type EgressErrorCode } from '../egress/errors'
import { type ForwardedCall, failureOf, forward } from './forward'

const LOOPBACK = ['127.0.0.1/32']
const MIB = 1 << 20

const servers: Server[] = []
afterEach(async () => {
  for (const each of servers.splice(0)) {
    each.closeAllConnections()
    each.close()
    await once(each, 'close')
  }
})

/** A service; ends with the test. */
async function service(listener: RequestListener): Promise<number> {
  const upstream = createServer(listener)
  servers.push(upstream)
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  return (upstream.address() as AddressInfo).port
}

function calling(port: number, over: Partial<ForwardedCall> = {}, egress = egressWith(LOOPBACK)) {
  return forward(egress, {
    pool: 'acc_1',
    method: 'GET',
    url: `http://127.0.0.1:${port}/`,
    headers: [],
    body: null,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...over,
  })
}

/** A server before a service, as the proxy is one, and what became of its calls. */
async function relay(port: number, over: Partial<ForwardedCall> = {}) {
  const failures: unknown[] = []
  const egress = egressWith(LOOPBACK)
  const relayPort = await service(async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const length = request.headers['content-length']
    const hasBody = length !== undefined || request.headers['transfer-encoding'] !== undefined
    const call = { method: request.method, body: hasBody ? request : null, signal: gone.signal, ...over }
    try {
      const back = await calling(port, length === undefined ? call : { ...call, bodyBytes: Number(length) }, egress)
      const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...headers } = back.headers
      response.writeHead(back.status, headers)
      response.flushHeaders()
      await pipeline(back.body, response)
    } catch (error) {
      failures.push(error)
      if (!response.headersSent) response.writeHead(502).end()
    }
  })
  return { port: relayPort, failures }
}

/** Asks a server; its answer, once the headers are there. */
function ask(port: number, method = 'GET', headers: Record<string, string> = {}) {
  const request = httpRequest({ port, host: '127.0.0.1', method, headers, agent: false })
  const answered = once(request, 'response').then(([response]) => response as IncomingMessage)
  answered.catch(() => {})
  request.on('error', () => {})
  const answeredWhenSent = () => {
    request.end()
    return answered
  }
  return { request, answered, answeredWhenSent }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The next piece of a stream; it waits for more to be asked for. */
async function nextOf(stream: Readable): Promise<string> {
  const piece = once(stream, 'data')
  stream.resume()
  const [chunk] = await piece
  stream.pause()
  return String(chunk)
}

describe('bodies stream:', () => {
  it('the first piece of an answer arrives while the last is not sent', async () => {
    let sendLast = () => {}
    const port = await service((_, response) => {
      response.write('first')
      sendLast = () => response.end('last')
    })
    const { body } = await calling(port)
    expect(await nextOf(body)).toBe('first')
    sendLast()
    expect(await textOf(body)).toBe('last')
  })

  it('the first piece of a request arrives while the last is not sent', async () => {
    let received: IncomingMessage | undefined
    const port = await service((request, response) => {
      received = request
      request.on('end', () => response.end('done'))
    })
    const body = new PassThrough()
    const call = calling(port, { method: 'POST', body })
    body.write('first')
    await eventually(() => expect(received).toBeDefined())
    expect(await nextOf(received as IncomingMessage)).toBe('first')
    body.end('last')
    expect(await nextOf(received as IncomingMessage)).toBe('last')
    received?.resume()
    expect(await textOf((await call).body)).toBe('done')
  })

  it('both at once: each piece comes back before the next is sent', async () => {
    const { port } = await relay(await service((request, response) => request.pipe(response)))
    const { request, answered } = ask(port, 'POST')
    request.write('0')
    const response = await answered
    expect(await nextOf(response)).toBe('0')
    for (const piece of ['1', '2', '3']) {
      request.write(piece)
      expect(await nextOf(response)).toBe(piece)
    }
    request.end()
    expect(await textOf(response)).toBe('')
  })

  it('100 MiB pass in both directions, of which little is held while one side does not read', async () => {
    const size = 100 * MIB
    const zeros = Buffer.alloc(64 * 1024)
    const count = { taken: 0, read: 0, written: 0 }
    const body = Readable.from(
      (function* () {
        for (; count.taken < size; count.taken += zeros.length) yield zeros
      })(),
    )
    let readAll = () => {}
    const port = await service((request, response) => {
      readAll = () => {
        request.on('data', (chunk: Buffer) => {
          count.read += chunk.length
        })
        request.on('end', () => {
          const source = (function* () {
            for (; count.written < size; count.written += zeros.length) yield zeros
          })()
          response.writeHead(200, { 'content-length': size })
          void pipeline(source, response)
        })
      }
    })
    const call = calling(port, { method: 'PUT', body, bodyBytes: size, timeoutMs: 20_000 })
    await settled(() => count.taken)
    expect(count.taken).toBeLessThan(16 * MIB)
    readAll()
    const back = await call
    expect(count.read).toBe(size)
    expect(back.headers['content-length']).toBe(String(size))
    await settled(() => count.written)
    expect(count.written).toBeLessThan(16 * MIB)
    let received = 0
    for await (const chunk of back.body) received += chunk.length
    expect(received).toBe(size)
  }, 30_000)
})

/** Waits until a number that only grows has stopped doing so, above zero. */
async function settled(read: () => number): Promise<void> {
  await eventually(() => expect(read()).toBeGreaterThan(0))
  for (let before = -1; before !== read(); await pause(100)) before = read()
}

describe('an answer is passed as it is:', () => {
  it('HEAD with its length, 204, 304', async () => {
    const port = await service((request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 1_000_000 }).end()
      else if (request.headers['if-none-match']) response.writeHead(304, { etag: '"e"' }).end()
      else response.writeHead(204).end()
    })
    const head = await calling(port, { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], await textOf(head.body)]).toEqual([200, '1000000', ''])
    const through = await ask((await relay(port)).port, 'HEAD').answeredWhenSent()
    expect([through.statusCode, through.headers['content-length']]).toEqual([200, '1000000'])
    const none = await calling(port)
    expect([none.status, await textOf(none.body)]).toEqual([204, ''])
    const same = await calling(port, { headers: [['If-None-Match', '"e"']] })
    expect([same.status, same.headers.etag, await textOf(same.body)]).toEqual([304, '"e"', ''])
  })

  it('chunks without their trailers', async () => {
    const { port } = await server((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n')
      socket.write('2\r\nab\r\n1;ext=1\r\nc\r\n0\r\nx-sum: 1\r\n\r\n')
    })
    const { body, headers } = await calling(port)
    expect(await textOf(body)).toBe('abc')
    expect(headers).not.toHaveProperty('x-sum')
  })

  it('gzip, still compressed', async () => {
    const zipped = gzipSync('text')
    const port = await service((request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-asked': request.headers['accept-encoding'] }).end(zipped)
    })
    const { body, headers } = await calling(port, { headers: [['Accept-Encoding', 'gzip, br']] })
    expect(Buffer.concat(await body.toArray()).equals(zipped)).toBe(true)
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'x-asked': 'gzip, br' })
  })

  it('a redirect, which is not followed', async () => {
    const target = await server((socket) => socket.write(answer('inside')))
    const location = `http://127.0.0.1:${target.port}/`
    const port = await service((_, response) => response.writeHead(307, { location }).end('moved'))
    const { status, headers, body } = await calling(port, { method: 'POST', body: Readable.from(['x']) })
    expect([status, headers.location, await textOf(body)]).toEqual([307, location, 'moved'])
    expect(target.connections()).toBe(0)
  })

  it('as a request is: any method, path, query and header, and a body with its length or in chunks', async () => {
    const received: unknown[] = []
    const arrived = vi.fn()
    const port = await service(async (request, response) => {
      arrived()
      const { method, url, rawHeaders } = request
      received.push({ method, url, rawHeaders: rawHeaders.join(), body: await textOf(request) })
      response.end()
    })
    const call = (over: Partial<ForwardedCall>) =>
      calling(port, {
        method: 'PATCH',
        url: `http://127.0.0.1:${port}/a%2Fb//c?d=%20`,
        headers: [['X-A', '1']],
        ...over,
      })
    for (const bodyBytes of [6, undefined]) {
      arrived.mockClear()
      const body = new PassThrough()
      const answered = call(bodyBytes === undefined ? { body } : { body, bodyBytes })
      body.write('abc')
      await eventually(() => expect(arrived).toHaveBeenCalled())
      body.end('def')
      await answered
    }
    await call({ body: Readable.from([]), bodyBytes: 0 })
    await call({ method: 'PROPFIND' })
    const as = (header: string, body: string, method = 'PATCH') => ({
      method,
      url: '/a%2Fb//c?d=%20',
      rawHeaders: expect.stringMatching(new RegExp(`X-A,1,.*${header}`, 'i')),
      body,
    })
    expect(received).toEqual([
      as('content-length,6', 'abcdef'),
      as('transfer-encoding,chunked', 'abcdef'),
      as('content-length,0', ''),
      as('', '', 'PROPFIND'),
    ])
  })

  it('on a connection that an earlier call has left', async () => {
    const listener = await server((socket) => socket.write(answer('ok')))
    const egress = egressWith(LOOPBACK)
    for (let n = 0; n < 3; n++) {
      expect(await textOf((await calling(listener.port, {}, egress)).body)).toBe('ok')
      // It is free again in the next turn.
      await pause(1)
    }
    expect(listener.connections()).toBe(1)
  })

  it('100 Continue comes from node:http, and Expect does not go further', async () => {
    const port = await service((request, response) => request.pipe(response.writeHead(200, request.headers as never)))
    const { request, answered } = ask((await relay(port)).port, 'POST', {
      expect: '100-continue',
      'content-length': '2',
    })
    request.flushHeaders()
    await once(request, 'continue')
    request.end('ok')
    const response = await answered
    expect(await textOf(response)).toBe('ok')
    expect(response.headers.expect).toBeUndefined()
  })
})

describe('when the caller goes away, the call to the service ends:', () => {
  it('before the answer has begun', async () => {
    const listener = await server(() => {})
    const gone = new AbortController()
    const call = errorOf(calling(listener.port, { signal: gone.signal }))
    await eventually(() => expect(listener.received()).toContain('GET'))
    gone.abort()
    expect(failureOf(await call)?.code).toBe('CALL_ENDED')
    await eventually(() => expect(listener.open()).toBe(0))
  })

  it('before it has begun', async () => {
    const listener = await server((socket) => socket.write(answer('ok')))
    const failure = failureOf(await errorOf(calling(listener.port, { signal: AbortSignal.abort() })))
    expect(failure?.code).toBe('CALL_ENDED')
    expect(listener.connections()).toBe(0)
  })

  it('in the middle of the answer, also if it only stops to want it', async () => {
    const listener = await server((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'))
    for (const leave of ['abort', 'destroy'] as const) {
      const gone = new AbortController()
      const { body } = await calling(listener.port, { signal: gone.signal })
      const broken = new Promise((resolve) => body.once('close', resolve))
      if (leave === 'abort') gone.abort()
      else body.destroy()
      await broken
      expect(body.errored === null).toBe(leave === 'destroy')
      await eventually(() => expect(listener.open()).toBe(0))
    }
  })

  it('through a server: before the answer, in its middle, and in the middle of the request', async () => {
    for (const when of ['before', 'within', 'sending'] as const) {
      const ended = vi.fn()
      const started = vi.fn()
      const port = await service((request, response) => {
        response.once('close', () => ended(request.complete, response.writableFinished))
        if (when === 'within') response.write('first')
        request.once(when === 'sending' ? 'data' : 'newListener', started)
        started()
        request.resume()
      })
      const { port: through, failures } = await relay(port)
      const { request, answered } = ask(through, 'POST', { 'transfer-encoding': 'chunked' })
      request.write('part')
      if (when !== 'sending') request.end()
      if (when === 'within') await answered
      await eventually(() => expect(started).toHaveBeenCalled())
      request.destroy()
      await eventually(() => expect(ended).toHaveBeenCalledWith(when !== 'sending', false))
      await eventually(() => expect(failures).toHaveLength(1))
    }
  })

  it('while its body is not even begun with, which is read on then', async () => {
    const never = egressWith(['slow.example.com'], { resolve: () => new Promise(() => {}), connectMs: 10_000 })
    const gone = new AbortController()
    for (const url of ['http://slow.example.com/', 'https://127.0.0.1/']) {
      const body = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024)))
      const call = errorOf(calling(0, { method: 'POST', url, body, signal: gone.signal }, never))
      if (url.startsWith('http:')) gone.abort()
      await call
      await eventually(() => expect(body.readableEnded).toBe(true))
    }
  })

  it('in the middle of its body: which is not said to be the service’s doing', async () => {
    const listener = await server(() => {})
    const body = new PassThrough()
    const call = errorOf(calling(listener.port, { method: 'POST', body }))
    body.write('part')
    await eventually(() => expect(listener.received()).toContain('part'))
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    expect(failureOf(await call)?.code).toBe('CALL_ENDED')
    await eventually(() => expect(listener.open()).toBe(0))
    expect(listener.received()).not.toContain('0\r\n\r\n')
    for (const reason of [undefined, new Error('x')]) {
      const broken = new PassThrough().on('error', () => {}).destroy(reason)
      expect((await errorOf(calling(listener.port, { method: 'POST', body: broken }))).code).toBe('aborted')
    }
  })
})

describe('when the service', () => {
  it('resets before it answers, it broke off', async () => {
    const { port } = await server((socket) => socket.resetAndDestroy())
    expect(failureOf(await errorOf(calling(port)))).toMatchObject({ outcome: 'broken_off', code: 'UPSTREAM_BROKE_OFF' })
  })

  it.each([
    ['with a length', 'content-length: 9\r\n\r\nabc'],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('breaks off in the middle of a body %s, the answer is destroyed', async (_what, head) => {
    for (const leave of ['resetAndDestroy', 'end'] as const) {
      const { port } = await server((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${head}`)
        setImmediate(() => socket[leave]())
      })
      const { body } = await calling(port)
      const failure = failureOf(await errorOf(textOf(body)))
      expect(failure).toMatchObject({ outcome: 'broken_off', status: 502 })
      const through = await relay(port)
      const response = await ask(through.port).answeredWhenSent()
      await expect(textOf(response)).rejects.toThrow('aborted')
      expect(response.complete).toBe(false)
      // Which of the two ends of one process is told first is Node's affair.
      await eventually(() => expect(through.failures.map(failureOf)).toMatchObject([{ outcome: 'broken_off' }]))
    }
  })

  it('answers before it has all of the body, the caller gets the answer, and its connection is good for another', async () => {
    const port = await service((request, response) => {
      response.writeHead(request.method === 'PUT' ? 413 : 200).end('too much')
    })
    const through = await relay(port)
    const socket = connect(through.port, '127.0.0.1')
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.write(`PUT / HTTP/1.1\r\nhost: h\r\ncontent-length: ${32 * MIB}\r\n\r\n`)
    socket.write(Buffer.alloc(MIB))
    await eventually(() => expect(received).toMatch(/^HTTP\/1.1 413 [\s\S]*too much/))
    socket.write(Buffer.alloc(31 * MIB))
    socket.write('GET / HTTP/1.1\r\nhost: h\r\n\r\n')
    await eventually(() => expect(received).toMatch(/HTTP\/1.1 200 [\s\S]*too much/))
    expect(through.failures).toEqual([])
    socket.destroy()
  })
})

describe('a service is given its time', () => {
  const timeoutMs = 400
  const timed = async (call: Promise<unknown>) => {
    const started = performance.now()
    const failure = failureOf(await errorOf(call))
    expect(performance.now() - started).toBeGreaterThan(timeoutMs - 50)
    expect(performance.now() - started).toBeLessThan(timeoutMs + 1_500)
    return failure
  }

  it('to begin its answer, and no longer', async () => {
    const listener = await server(() => {})
    const failure = await timed(calling(listener.port, { timeoutMs }))
    expect(failure).toMatchObject({ outcome: 'timeout', status: 504, code: 'UPSTREAM_TIMEOUT' })
    const body = Readable.from(['all'])
    expect(await timed(calling(listener.port, { timeoutMs, method: 'POST', body }))).toMatchObject({ status: 504 })
    await eventually(() => expect(listener.open()).toBe(0))
  })

  it('to take the connection, within the same time', async () => {
    const never = egressWith(['slow.example.com'], { resolve: () => new Promise(() => {}), connectMs: 10_000 })
    const url = 'http://slow.example.com/'
    expect(await timed(calling(0, { timeoutMs, url }, never))).toMatchObject({ outcome: 'timeout', status: 504 })
    const body = Readable.from(['all'])
    expect(await timed(calling(0, { timeoutMs, url, method: 'POST', body }, never))).toMatchObject({ status: 504 })
  })

  it('between two pieces of its answer', async () => {
    const { port } = await server((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'))
    expect(await timed(calling(port, { timeoutMs }).then(({ body }) => textOf(body)))).toMatchObject({
      outcome: 'timeout',
      status: 504,
    })
  })

  it('to take the next piece of a request', async () => {
    const port = await service(() => {})
    const body = Readable.from(Array.from({ length: 1_000 }, () => Buffer.alloc(64 * 1024)))
    expect(await timed(calling(port, { timeoutMs, method: 'POST', body }))).toMatchObject({ status: 504 })
    // Nobody waits for the rest, but it is read on.
    await eventually(() => expect(body.readableEnded).toBe(true))
  })

  it('anew with each piece: neither a long answer nor a long request is cut off', async () => {
    const port = await service(async (request, response) => {
      let received = ''
      for await (const chunk of request) received += chunk
      for (const piece of received) {
        response.write(piece)
        await pause(timeoutMs / 2)
      }
      response.end()
    })
    const slowly = async function* () {
      for (const piece of 'abcde') {
        yield piece
        await pause(timeoutMs / 2)
      }
    }
    const { body } = await calling(port, { timeoutMs, method: 'POST', body: Readable.from(slowly()) })
    expect(await textOf(body)).toBe('abcde')
  })

  it('which is not the caller’s, who may rest in the middle of a request', async () => {
    const port = await service((request, response) => request.pipe(response))
    const restingly = async function* () {
      yield 'a'
      await pause(timeoutMs * 3)
      yield 'b'
    }
    // The service answers only when it has all.
    const whole = await service(async (request, response) => response.end(Buffer.concat(await request.toArray())))
    for (const each of [port, whole]) {
      const call = calling(each, {
        timeoutMs: each === port ? timeoutMs * 5 : timeoutMs,
        method: 'POST',
        body: Readable.from(restingly()),
      })
      expect(await textOf((await call).body)).toBe('ab')
    }
  })
})

describe('what is told of a failure', () => {
  const CODES: [EgressErrorCode, string, number, string][] = [
    ['url_refused', 'refused_by_egress', 502, 'UPSTREAM_ADDRESS_REFUSED'],
    ['scheme_refused', 'refused_by_egress', 502, 'UPSTREAM_ADDRESS_REFUSED'],
    ['address_refused', 'refused_by_egress', 502, 'UPSTREAM_ADDRESS_REFUSED'],
    ['name_unknown', 'unreachable', 502, 'UPSTREAM_UNREACHABLE'],
    ['name_unavailable', 'unreachable', 502, 'UPSTREAM_UNREACHABLE'],
    ['connection_refused', 'unreachable', 502, 'UPSTREAM_UNREACHABLE'],
    ['connection_reset', 'broken_off', 502, 'UPSTREAM_BROKE_OFF'],
    ['unreachable', 'broken_off', 502, 'UPSTREAM_BROKE_OFF'],
    ['tls_expired', 'unreachable', 502, 'UPSTREAM_NOT_TRUSTED'],
    ['tls_self_signed', 'unreachable', 502, 'UPSTREAM_NOT_TRUSTED'],
    ['tls_untrusted', 'unreachable', 502, 'UPSTREAM_NOT_TRUSTED'],
    ['tls_name_mismatch', 'unreachable', 502, 'UPSTREAM_NOT_TRUSTED'],
    ['tls_other', 'unreachable', 502, 'UPSTREAM_NOT_TRUSTED'],
    ['timeout_connect', 'timeout', 504, 'UPSTREAM_TIMEOUT'],
    ['timeout_headers', 'timeout', 504, 'UPSTREAM_TIMEOUT'],
    ['timeout_body', 'timeout', 504, 'UPSTREAM_TIMEOUT'],
    ['too_large', 'broken_off', 502, 'UPSTREAM_ANSWER_INVALID'],
    ['protocol', 'broken_off', 502, 'UPSTREAM_ANSWER_INVALID'],
    ['request_refused', 'refused_by_egress', 502, 'REQUEST_NOT_SENDABLE'],
    ['aborted', 'called_off', 502, 'CALL_ENDED'],
  ]
  it.each(CODES)('%s: %s, %i, %s', (egressCode, outcome, status, code) => {
    const failure = failureOf(new EgressError(egressCode, 'request'))
    expect(failure).toEqual({ outcome, status, code, detail: expect.stringMatching(/^[A-Z].*\.$/) })
  })

  it.each<EgressErrorCode>(['connection_reset', 'timeout_connect', 'unreachable'])(
    '%s: that nothing was sent only where the connection was still to be made',
    (code) => {
      for (const stage of ['connection', 'tls'] as const) {
        expect(failureOf(new EgressError(code, stage))).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
      }
      expect(failureOf(new EgressError(code, 'request'))?.detail).toContain('may have done what was asked or not')
    },
  )

  it('names the service’s fault as far as it is known', async () => {
    const refused = failureOf(await errorOf(calling(await closedPort())))
    expect(refused?.detail).toMatch(/could not be reached.*does not accept connections/)
    const { port } = await server((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(failureOf(await errorOf(calling(port)))).toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID' })
  })

  it('is the same of every address that may not be called, and no more than that', async () => {
    const { port } = await server((socket) => socket.write(answer('inside')))
    const inside = egressWith([], { resolve: resolver(['10.1.2.3']) })
    const details = [
      failureOf(await errorOf(calling(port, {}, egressWith([])))),
      failureOf(await errorOf(calling(0, { url: 'https://db.internal/' }, inside))),
      failureOf(await errorOf(calling(0, { url: 'http://shop.example.com/' }, inside))),
      failureOf(await errorOf(calling(0, { url: 'https://shop.example.com:25/' }, inside))),
    ]
    expect(new Set(details.map((failure) => JSON.stringify(failure))).size).toBe(1)
    expect(details[0]?.detail).not.toMatch(/10\.|internal|private|port/)
  })

  it('is nothing when it is no failure of a call', () => {
    for (const error of [new TypeError('x'), null, undefined, 'aborted']) expect(failureOf(error)).toBeNull()
  })
})
