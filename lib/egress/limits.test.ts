import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { egressWith, failureOf, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { answer, type listen } from '@/test/listener'
import { readBody } from './body'

const LOOPBACK = ['127.0.0.1/32']

describe('a server that fails or wants to hold on ends as', () => {
  const limits = { headersMs: 300, idleMs: 300, totalMs: 10_000, maxHeaders: 50, maxBodyBytes: 100_000 }
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
    await eventually(() => expect(listener.open()).toBe(0))
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

  it.each(['gzip, chunked', 'chunked, gzip', 'gzip'])(
    'protocol: a body in a coding that is not undone: %s',
    async (codings) => {
      const { port } = await server((socket) =>
        socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: ${codings}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
      )
      expect((await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`))).code).toBe('protocol')
    },
  )

  it('timeout_body: a body that stalls', async () => {
    expect(await call((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab'))).toBe('timeout_body')
  })

  it('timeout_body: a body that never stalls and never ends', async () => {
    expect(
      await call(
        (socket) => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
          void drip(socket, 'a')
        },
        { totalMs: 1000 },
      ),
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

describe('sending a body', () => {
  const limits = { headersMs: 500, totalMs: 10_000 }

  it('may take longer than waiting for the answer may, as long as it goes on', async () => {
    const { port } = await server((socket) => {
      socket.on('data', (chunk) => {
        if (chunk.toString('latin1').endsWith('0\r\n\r\n')) socket.write(answer('done'))
      })
    })
    const started = performance.now()
    async function* pieces() {
      while (performance.now() - started < 2500) {
        yield Buffer.from('a')
        await pause(100)
      }
    }
    const call = { method: 'POST', body: Readable.from(pieces()), limits }
    const { body } = await egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`, call)
    expect((await readBody(body, 10)).bytes.toString()).toBe('done')
  })

  it('ends as timeout_headers when the server takes no more of it', async () => {
    const { port } = await server((socket) => socket.pause())
    async function* pieces() {
      for (;;) yield Buffer.alloc(65_536)
    }
    const started = performance.now()
    const call = { method: 'POST', body: Readable.from(pieces()), limits }
    const { code } = await failureOf(egressWith(LOOPBACK).request(`http://127.0.0.1:${port}/`, call))
    expect(code).toBe('timeout_headers')
    expect(performance.now() - started).toBeLessThan(5000)
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
  await eventually(() => expect(listener.open()).toBe(0))
})
