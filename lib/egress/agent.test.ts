import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answer, type Listener, listen } from '@/test/listener'
import { Egress } from './agent'
import { readBody } from './body'
import type { ConnectionOptions, Resolve } from './connection'
import { type EgressError, isEgressError } from './errors'
import { parseAllowance } from './policy'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function server(...args: Parameters<typeof listen>): Promise<Listener> {
  const listener = await listen(...args)
  opened.push(listener)
  return listener
}

/** Answers with what a test says that names mean, and counts how often it is asked. */
function resolver(...answers: string[][]): Resolve & { asked: () => number } {
  let asked = 0
  const resolve: Resolve = async () => {
    const addresses = answers[Math.min(asked, answers.length - 1)] as string[]
    asked += 1
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return Object.assign(resolve, { asked: () => asked })
}

function egressWith(allow: string[], options: Partial<ConnectionOptions> = {}): Egress {
  const items = allow.map((item) => parseAllowance(item) ?? expect.fail(item))
  const egress = new Egress({ allow: items }, { connectMs: 2000, ...options })
  opened.push(egress)
  return egress
}

async function failureOf(call: Promise<unknown>): Promise<EgressError> {
  const error = await call.then(
    () => expect.fail('was answered'),
    (thrown: unknown) => thrown,
  )
  if (!isEgressError(error)) throw error
  return error
}

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
    await vi.waitFor(() => expect(listener.open()).toBe(0))
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

describe('refused, and nothing inside was touched:', () => {
  it('a name that means loopback', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '0.0.0.0']) {
      const egress = egressWith([], { resolve: resolver([address]) })
      const { code, stage } = await failureOf(egress.request(`https://shop.example.com:${inside.port}/`))
      expect([code, stage]).toEqual(['address_refused', 'address'])
    }
    expect(inside.connections()).toBe(0)
  })

  it('an answer that mixes public and private addresses, in any order', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    for (const mixed of [
      ['93.184.216.34', '127.0.0.1'],
      ['127.0.0.1', '93.184.216.34'],
    ]) {
      const egress = egressWith([], { resolve: resolver(mixed) })
      const { code } = await failureOf(egress.request(`https://shop.example.com:${inside.port}/`))
      expect(code).toBe('address_refused')
    }
    expect(inside.connections()).toBe(0)
  })

  it('a name whose meaning changes between look-ups: it is looked up once, and what was judged is dialled', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    const judged = await server((socket) => socket.write(answer('judged')), { host: '127.0.0.2', port: inside.port })
    const resolve = resolver(['127.0.0.2'], ['127.0.0.1'])
    const egress = egressWith(['127.0.0.2', `rebind.example.com:${inside.port}`].slice(0, 2), { resolve })
    const { body } = await egress.request(`http://rebind.example.com:${inside.port}/`)
    expect(await text(body)).toBe('judged')
    expect(resolve.asked()).toBe(1)
    expect(inside.connections()).toBe(0)
    expect(judged.connections()).toBe(1)
  })

  it('the second meaning of such a name, when it is called again', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    const judged = await server((socket) => socket.write(answer('judged', 'connection: close\r\n')), {
      host: '127.0.0.2',
      port: inside.port,
    })
    // Link-local: not even a name on the allow-list may mean it.
    const egress = egressWith(['rebind.example.com'], {
      resolve: resolver(['127.0.0.2'], ['127.0.0.2', '169.254.169.254']),
    })
    const url = `http://rebind.example.com:${inside.port}/`
    for (const connection of ['pooled', 'fresh'] as const) {
      const call = egress.request(url, { connection })
      if (connection === 'pooled') expect(await text((await call).body)).toBe('judged')
      else expect((await failureOf(call)).code).toBe('address_refused')
    }
    expect(inside.connections()).toBe(0)
    expect(judged.connections()).toBe(1)
  })

  it.each([
    'http://127.0.0.1',
    'http://0x7f.1',
    'http://[::ffff:127.0.0.1]',
    'https://2130706433',
    'https://127.0.0.1.',
  ])('loopback as %s', async (origin) => {
    const inside = await server((socket) => socket.write(answer('inside')))
    const { code } = await failureOf(egressWith([]).request(`${origin}:${inside.port}/`))
    expect(code).toBe('address_refused')
    expect(inside.connections()).toBe(0)
  })

  it('a redirect to the inside: it is handed back, not followed', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    const to = `http://127.0.0.1:${inside.port}/`
    for (const status of ['301 Moved', '302 Found', '303 See Other', '307 Temporary', '308 Permanent']) {
      const { port } = await server((socket) => socket.write(answer('', `location: ${to}\r\n`, status)))
      const egress = egressWith([`127.0.0.1:${port}`])
      const response = await egress.request(`http://127.0.0.1:${port}/`)
      expect(response.status).toBe(Number(status.slice(0, 3)))
      expect(response.headers.location).toBe(to)
      expect((await failureOf(egress.request(response.headers.location as string))).code).toBe('address_refused')
    }
    expect(inside.connections()).toBe(0)
  })

  it('by a stricter policy: it shares no connection with a looser one', async () => {
    const inside = await server((socket) => socket.write(answer('inside')))
    const url = `http://127.0.0.1:${inside.port}/`
    const { body } = await egressWith(LOOPBACK).request(url, { connection: 'pooled' })
    expect(await text(body)).toBe('inside')
    expect(inside.open()).toBe(1)
    expect((await failureOf(egressWith([]).request(url, { connection: 'pooled' }))).code).toBe('address_refused')
    expect(inside.connections()).toBe(1)
  })

  it.each([
    ['CR/LF in a value', [['x-a', 'b\r\nhost: inside']]],
    ['LF in a value', [['x-a', 'b\nx-b: c']]],
    ['NUL in a value', [['x-a', 'b\0c']]],
    ['CR/LF in a name', [['x-a: b\r\nx-b', 'c']]],
    ['a letter that would be cut to a line feed', [['x-a', 'b\u010ac']]],
    ['Host', [['Host', 'inside']]],
    ['Expect', [['Expect', '100-continue']]],
    ['Upgrade', [['Upgrade', 'h2c']]],
    ['Connection', [['connection', 'upgrade']]],
    ['Transfer-Encoding', [['Transfer-Encoding', 'chunked']]],
    ['Content-Length', [['Content-Length', '0']]],
    ['Proxy-Authorization', [['Proxy-Authorization', 'Basic x']]],
    ['a space after a name', [['content-length ', '0']]],
  ] as [string, [string, string][]][])('a header that would smuggle: %s', async (_what, headers) => {
    const listener = await server((socket) => socket.write(answer('')))
    const { code } = await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`, { headers }))
    expect(code).toBe('request_refused')
    expect(listener.connections()).toBe(0)
  })

  it.each(['CONNECT', 'TRACE', 'get', 'GET / HTTP/1.1\r\nx: y', ''])('a method that would: %j', async (method) => {
    const listener = await server((socket) => socket.write(answer('')))
    const { code } = await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`, { method }))
    expect(code).toBe('request_refused')
    expect(listener.connections()).toBe(0)
  })
})

describe('what is told of a refused address', () => {
  const tellingOf = async (call: Promise<unknown>) => {
    const error = await failureOf(call)
    return JSON.stringify([error.code, error.stage, error.message, error.cause, Object.keys(error).sort()])
  }

  it('is the same for a port that is open and one that is not, for a name and an address, known or not', async () => {
    const { port } = await server((socket) => socket.write(answer('inside')))
    const closed = await server(() => {})
    await closed.close()
    opened.splice(opened.indexOf(closed), 1)
    const unknown: Resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))
    const tellings = await Promise.all([
      tellingOf(egressWith([]).request(`https://127.0.0.1:${port}/`)),
      tellingOf(egressWith([]).request(`https://127.0.0.1:${closed.port}/`)),
      tellingOf(egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://db.internal/')),
      tellingOf(egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://shop.example.com/')),
      tellingOf(
        egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://db.internal/', { connection: 'pooled' }),
      ),
      tellingOf(egressWith([], { resolve: unknown }).request('https://db.internal/')),
      tellingOf(egressWith([], { resolve: unknown }).request('https://db/')),
    ])
    expect(new Set(tellings).size).toBe(1)
    expect(tellings[0]).not.toContain('10.1.2.3')
  })

  it('differs from a name that nobody has, and from a resolver that is ill', async () => {
    const failing =
      (code: string): Resolve =>
      () =>
        Promise.reject(Object.assign(new Error('getaddrinfo'), { code }))
    const codes = await Promise.all(
      [failing('ENOTFOUND'), resolver([]), failing('EAI_AGAIN')].map(
        async (resolve) => (await failureOf(egressWith([], { resolve }).request('https://shop.example.com/'))).code,
      ),
    )
    expect(codes).toEqual(['name_unknown', 'name_unknown', 'name_unavailable'])
  })
})

describe('a server that fails or wants to hold on ends as', () => {
  const limits = { headersMs: 300, idleMs: 300, totalMs: 1500, maxHeaders: 50, maxBodyBytes: 100_000 }
  const call = async (onRequest: Parameters<typeof listen>[0], over: Partial<typeof limits> = {}) => {
    const listener = await server(onRequest)
    const started = performance.now()
    const run = async () => {
      const { body } = await egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`, {
        limits: { ...limits, ...over },
      })
      return readBody(body, Number.MAX_SAFE_INTEGER)
    }
    const { code, stage } = await failureOf(run())
    expect(stage).toBe('request')
    expect(performance.now() - started).toBeLessThan(4000)
    await vi.waitFor(() => expect(listener.open()).toBe(0))
    return code
  }
  /** Writes a piece every 20 ms until the other side is gone. */
  const drip = async (socket: Parameters<Parameters<typeof listen>[0]>[0], piece: string) => {
    while (!socket.destroyed) {
      socket.write(piece)
      await pause(20)
    }
  }

  it('timeout_headers: no answer at all', async () => {
    expect(await call(() => {})).toBe('timeout_headers')
  })

  it('timeout_headers: headers that come a byte at a time', async () => {
    expect(
      await call((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx-slow: ')
        void drip(socket, 'a')
      }),
    ).toBe('timeout_headers')
  })

  it('timeout_headers: a reason phrase without end', async () => {
    expect(
      await call((socket) => {
        socket.write('HTTP/1.1 200 ')
        void drip(socket, 'OK')
      }),
    ).toBe('timeout_headers')
  })

  it('too_large: headers without end', async () => {
    expect(
      await call(
        (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n')
          void drip(socket, `x-a: ${'a'.repeat(8000)}\r\n`)
        },
        { headersMs: 1400 },
      ),
    ).toBe('too_large')
  })

  it('too_large: very many small headers', async () => {
    expect(await call((socket) => socket.write(answer('', 'a: b\r\n'.repeat(51))))).toBe('too_large')
  })

  it('protocol: interim answers without end', async () => {
    expect(await call((socket) => void drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'))).toBe('protocol')
  })

  it('protocol: an upgrade that nobody asked for', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'
    expect(await call((socket) => socket.write(upgrade))).toBe('protocol')
  })

  it('protocol: what is not HTTP', async () => {
    expect(await call((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))).toBe('protocol')
  })

  it('protocol: two lengths', async () => {
    expect(await call((socket) => socket.write(answer('ab', 'content-length: 3\r\n')))).toBe('protocol')
  })

  it('timeout_body: a body that stalls', async () => {
    expect(await call((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab'))).toBe('timeout_body')
  })

  it('timeout_body: a body that never stalls and never ends', async () => {
    expect(
      await call((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
        void drip(socket, 'a')
      }),
    ).toBe('timeout_body')
  })

  it('timeout_body: a chunk’s extension without end', async () => {
    expect(
      await call((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;')
        void drip(socket, 'a')
      }),
    ).toBe('timeout_body')
  })

  it('too_large: a body larger than allowed, announced or not', async () => {
    const large = 'x'.repeat(limits.maxBodyBytes + 1)
    expect(await call((socket) => socket.write(answer(large)))).toBe('too_large')
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    expect(
      await call((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        socket.write(chunk.repeat(30))
      }),
    ).toBe('too_large')
  })

  it('connection_reset: a connection that is reset before the answer, or in it', async () => {
    expect(await call((socket) => socket.resetAndDestroy())).toBe('connection_reset')
    expect(await call((socket) => socket.end())).toBe('connection_reset')
    expect(
      await call((socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab', () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        ),
      ),
    ).toBe('connection_reset')
  })
})

it('a body that would inflate to a gigabyte stays as small as it came', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const { port } = await server((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
    socket.write(bomb)
  })
  const { body } = await egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`)
  const { bytes } = await readBody(body, 1 << 20)
  expect(bytes.equals(bomb)).toBe(true)
})

it('a reader of the beginning closes the connection when there is more', async () => {
  const listener = await server((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n')
    socket.write('x'.repeat(200_000))
  })
  const { body } = await egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`)
  const { bytes, truncated } = await readBody(body, 1000)
  expect([bytes.length, truncated]).toEqual([1000, true])
  await vi.waitFor(() => expect(listener.open()).toBe(0))
})

describe('connecting', () => {
  it('to a port where nobody listens says so', async () => {
    const listener = await listen(() => {})
    await listener.close()
    const { code, stage } = await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${listener.port}/`))
    expect([code, stage]).toEqual(['connection_refused', 'connection'])
  })

  it('tries the next of several allowed addresses', async () => {
    const { port } = await server((socket) => socket.write(answer('second')))
    const egress = egressWith(['erp.internal'], { resolve: resolver(['127.0.0.9', '127.0.0.1']) })
    const { body } = await egress.request(`http://erp.internal:${port}/`)
    expect(await text(body)).toBe('second')
  })

  it.each(['fresh', 'pooled'] as const)('%s does not wait for a resolver that never answers', async (connection) => {
    const egress = egressWith(['erp.internal'], { resolve: () => new Promise(() => {}), connectMs: 50 })
    expect((await failureOf(egress.request('http://erp.internal/', { connection }))).code).toBe('timeout_connect')
  })
})

describe('a caller', () => {
  it.each(['fresh', 'pooled'] as const)(
    'ends a %s call: before it, while it connects, waits, and reads',
    async (connection) => {
      const listener = await server((socket, head) => {
        if (head.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab')
      })
      const abortSoon = () => AbortSignal.timeout(50)
      const egress = egressWith(LOOPBACK)
      const stuck = egressWith(['erp.internal'], { resolve: () => new Promise(() => {}) })
      const url = `http://127.0.0.1:${listener.port}/`
      const before = egress.request(url, { connection, signal: AbortSignal.abort() })
      expect((await failureOf(before)).code).toBe('aborted')
      expect(listener.connections()).toBe(0)
      const connecting = stuck.request('http://erp.internal/', { connection, signal: abortSoon() })
      expect((await failureOf(connecting)).code).toBe('aborted')
      expect((await failureOf(egress.request(url, { connection, signal: abortSoon() }))).code).toBe('aborted')
      const { body } = await egress.request(`${url}body`, { connection, signal: abortSoon() })
      expect((await failureOf(text(body))).code).toBe('aborted')
      // The pool puts idle connections in the place of those that it lost.
      await vi.waitFor(() => expect(listener.connections() - listener.open()).toBe(2))
    },
  )

  it('gets a pooled connection again', async () => {
    const listener = await server((socket) => socket.write(answer('ok')))
    const egress = egressWith(LOOPBACK)
    for (let i = 0; i < 3; i++) {
      const { body } = await egress.request(`http://127.0.0.1:${listener.port}/`, { connection: 'pooled' })
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
    await text((await egress.request(`${url}pooled`, { connection: 'pooled' })).body)
    const waiting = [failureOf(egress.request(url)), failureOf(egress.request(url, { connection: 'pooled' }))]
    await vi.waitFor(() => expect(listener.received().match(/GET \/ /g)).toHaveLength(2))
    await egress.close()
    for (const { code } of await Promise.all(waiting)) expect(code).toBe('aborted')
    expect((await failureOf(egress.request(url))).code).toBe('aborted')
    await vi.waitFor(() => expect(listener.open()).toBe(0))
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
