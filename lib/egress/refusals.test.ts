import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { closedPort, egressWith, failingResolver, failureOf, resolver, server } from '@/test/egress'
import { answer } from '@/test/listener'
import { readBody } from './body'

const text = async (body: Readable) => (await readBody(body, 1 << 20)).bytes.toString()
const LOOPBACK = ['127.0.0.1/32']

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
    for (const pool of ['acc_1', undefined]) {
      const call = egress.request(url, { pool })
      if (pool) expect(await text((await call).body)).toBe('judged')
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
    const { body } = await egressWith(LOOPBACK).request(url, { pool: 'acc_1' })
    expect(await text(body)).toBe('inside')
    expect(inside.open()).toBe(1)
    expect((await failureOf(egressWith([]).request(url, { pool: 'acc_1' }))).code).toBe('address_refused')
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
    const closed = await closedPort()
    const unknown = failingResolver('ENOTFOUND')
    const tellings = await Promise.all([
      tellingOf(egressWith([]).request(`https://127.0.0.1:${port}/`)),
      tellingOf(egressWith([]).request(`https://127.0.0.1:${closed}/`)),
      tellingOf(egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://db.internal/')),
      tellingOf(egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://shop.example.com/')),
      tellingOf(egressWith([], { resolve: resolver(['10.1.2.3']) }).request('https://db.internal/', { pool: 'acc_1' })),
      tellingOf(egressWith([], { resolve: unknown }).request('https://db.internal/')),
      tellingOf(egressWith([], { resolve: unknown }).request('https://db/')),
    ])
    expect(new Set(tellings).size).toBe(1)
    expect(tellings[0]).not.toContain('10.1.2.3')
  })

  it('differs from a name that nobody has, and from a resolver that is ill', async () => {
    const codes = await Promise.all(
      [failingResolver('ENOTFOUND'), resolver([]), failingResolver('EAI_AGAIN')].map(
        async (resolve) => (await failureOf(egressWith([], { resolve }).request('https://shop.example.com/'))).code,
      ),
    )
    expect(codes).toEqual(['name_unknown', 'name_unknown', 'name_unavailable'])
  })

  it('says of a name under .invalid that there can’t be one, without asking for it, unless the operator knows better', async () => {
    const resolve = resolver(['10.1.2.3'])
    for (const host of ['shop.invalid', 'SHOP.invalid.', 'invalid']) {
      const { code, stage, message } = await failureOf(egressWith([], { resolve }).request(`https://${host}/`))
      expect([code, stage]).toEqual(['name_unknown', 'address'])
      expect(message).toMatch(/No server can have this name: .*\.invalid/)
    }
    expect(resolve.asked()).toBe(0)
    const { code } = await failureOf(
      egressWith(['shop.invalid'], { resolve: resolver(['169.254.169.254']) }).request('https://shop.invalid/'),
    )
    expect(code).toBe('address_refused')
  })
})
