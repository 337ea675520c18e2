import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, startTestApi } from '@/test/api'
import { Contract } from '@/test/api-contract'
import { openApiDocument } from './index'

// What a body may be, and the names in it.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const contract = new Contract(openApiDocument())
const scopes = ['orders:read']
let account: string
let token: string
beforeEach(async () => {
  account = await api.makeAccount('Ana’s shop')
  token = (
    await api.makeKey(account, { name: 'Caller', scopes: ['keys:*', 'orders:*', 'credentials:*', 'integrations:read'] })
  ).token
})

interface Problem {
  code: string
  detail: string
  errors?: { field: string; code: string; message: string }[]
}
const problemOf = ({ body }: Answer) => body as Problem
const create = async (body: unknown, headers = {}) => {
  const answer = await api.call('POST', '/keys', { token, body, headers })
  contract.check('createKey', answer)
  return answer
}
const list = async (query: string) => {
  const answer = await api.call('GET', `/keys?${query}`, { token })
  contract.check('listKeys', answer)
  return answer
}

describe('a name', () => {
  it.each([
    ['NUL', '{"name":"a\\u0000b","scopes":["orders:read"]}'],
    ['a control character', '{"name":"a\\u001bb","scopes":["orders:read"]}'],
    ['a line break', '{"name":"a\\nb","scopes":["orders:read"]}'],
    ['half of a surrogate pair', '{"name":"a\\ud800b","scopes":["orders:read"]}'],
    ['the other half', '{"name":"\\udc00","scopes":["orders:read"]}'],
    ['only spaces', { name: ' \u00a0 ', scopes }],
    ['nothing', { name: '', scopes }],
    ['one that turns the text after it', { name: '\u202eabc', scopes }],
    ['65 characters', { name: 'x'.repeat(65), scopes }],
    ['65 characters of two code units each', { name: '🔑'.repeat(65), scopes }],
  ])('may not be %s', async (_, body) => {
    const answer = await create(body)
    expect([answer.status, problemOf(answer).errors?.[0]?.field]).toEqual([400, 'name'])
    expect(problemOf(answer).code).toBe('validation:invalid_value')
  })

  it.each(['x'.repeat(64), '🔑'.repeat(64), 'é'.repeat(64), 'e\u0301'.repeat(64), '__proto__', '<script>', "'; --"])(
    'may be %j, and comes back as it was, in NFC',
    async (name) => {
      const { status, body } = await create({ name, scopes })
      expect([status, (body as { name: string }).name]).toEqual([201, name.normalize('NFC')])
    },
  )

  it('is compared without regard to letter case or to how it is composed', async () => {
    await create({ name: 'Café ERP', scopes })
    for (const name of ['café erp', 'CAFE\u0301 ERP', '  Café ERP ', 'Ｃafé ERP']) {
      const answer = await create({ name, scopes })
      expect([answer.status, problemOf(answer).code]).toEqual([400, 'validation:invalid_value'])
      expect(problemOf(answer).detail).toMatch(/^An active key is already called “.*first\.$/)
    }
    expect((await create({ name: 'Cafe ERP', scopes })).status).toBe(201)
  })

  it('is no place for a token, nor is a reason, nor the name of a field', async () => {
    for (const name of [token, `my ${token}`, token.slice(0, 30)]) {
      const answer = await create({ name, scopes })
      expect([answer.status, problemOf(answer).detail]).toEqual([400, 'name must not contain a token.'])
    }
    const { id } = await api.makeKey(account, {})
    const revoked = await api.call('POST', `/keys/${id}/revoke`, { token, body: { reason: `${token} leaked` } })
    expect([revoked.status, problemOf(revoked).detail]).toEqual([400, 'reason must not contain a token.'])
    for (const field of [token, `${'x'.repeat(40)}${token}`]) {
      const answer = await create({ name: 'ERP', scopes, [field]: 1 })
      expect(problemOf(answer).code).toBe('validation:unknown_field')
      expect(answer.text).not.toContain(token.slice(8, 12))
    }
  })
})

describe('a body', () => {
  it.each([
    [{}, 'name is required; scopes is required.', 'missing_field'],
    [
      { name: 5, scopes: 'orders:read' },
      'name must be of type string; scopes must be of type array.',
      'invalid_format',
    ],
    [{ name: null, scopes }, 'name must be of type string.', 'invalid_format'],
    [{ name: 'ERP', scopes: [] }, 'scopes must name at least one scope.', 'invalid_value'],
    [{ name: 'ERP', scopes: ['orders:fly'] }, 'scopes.0 is not a scope: /docs/api lists them.', 'invalid_value'],
    [{ name: 'ERP', scopes: [['orders:read']] }, 'scopes.0 must be of type string.', 'invalid_format'],
    [{ name: 'ERP', scopes, environment: 'prod' }, 'environment must be "live" or "test".', 'invalid_value'],
    [{ name: 'ERP', scopes, expires_at: '2001-01-01T00:00:00Z' }, 'expires_at must be in the future.', 'invalid_value'],
    [
      { name: 'ERP', scopes, expires_at: '9999-01-01T00:00:00Z' },
      'expires_at must be within ten years.',
      'invalid_value',
    ],
    [{ name: 'ERP', scopes, token: 'mine' }, 'token is not a field of this request.', 'unknown_field'],
    ['[]', 'The body must be of type object.', 'invalid_format'],
    ['null', 'The body must be of type object.', 'invalid_format'],
    ['"name"', 'The body must be of type object.', 'invalid_format'],
    ['', 'The body is not valid JSON.', 'invalid_format'],
    ['{"name":"ERP",}', 'The body is not valid JSON.', 'invalid_format'],
    [`${'['.repeat(30_000)}`, 'The body is not valid JSON.', 'invalid_format'],
    [
      `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)},"scopes":["orders:read"]}`,
      'name must be of type string.',
      'invalid_format',
    ],
    [
      `{"scopes":["orders:read"],"name":"ERP","x":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
      'x is not a field of this request.',
      'unknown_field',
    ],
    [
      '{"name":"ERP","scopes":["orders:read"],"__proto__":{"environment":"test"}}',
      '__proto__ is not a field of this request.',
      'unknown_field',
    ],
    [
      '{"__proto__":{"name":"ERP","scopes":["orders:read"]}}',
      'name is required; scopes is required; __proto__ is not a field of this request.',
      'missing_field',
    ],
    [
      '{"name":"ERP","scopes":["orders:read"],"constructor":1}',
      'constructor is not a field of this request.',
      'unknown_field',
    ],
    [
      '{"name":"ERP","scopes":["__proto__","constructor","toString"]}',
      'scopes.0 is not a scope: /docs/api lists them; scopes.1 is not a scope: /docs/api lists them; scopes.2 is not a scope: /docs/api lists them.',
      'invalid_value',
    ],
    [
      Buffer.from('{"name":"Café","scopes":["orders:read"]}', 'latin1'),
      'The body must be encoded in UTF-8.',
      'invalid_format',
    ],
    [
      Buffer.from('{"name":"ERP","scopes":["orders:read"]}', 'utf16le'),
      'The body is not valid JSON.',
      'invalid_format',
    ],
  ])('is refused with what is wrong: %j', async (body, detail, code) => {
    const answer = await create(body)
    expect([answer.status, problemOf(answer).detail, problemOf(answer).code]).toEqual([
      400,
      detail,
      `validation:${code}`,
    ])
  })

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json ; charset="UTF-8"',
    'application/json;',
  ])('may be announced as %s', async (type) => {
    expect((await create({ name: 'ERP', scopes }, { 'Content-Type': type })).status).toBe(201)
  })

  it.each([
    'text/plain',
    'application/jsonx',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'text/json',
    '',
  ])('may not be announced as %j', async (type) => {
    expect((await create({ name: 'ERP', scopes }, { 'Content-Type': type })).status).toBe(415)
  })

  it.each(['gzip', 'br', 'gzip, identity'])(
    'may not be encoded as %s, which is told for what it is',
    async (encoding) => {
      const answer = await create(gzipSync(JSON.stringify({ name: 'ERP', scopes })), { 'Content-Encoding': encoding })
      expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity'])
      expect(problemOf(answer).detail).toContain('Content-Encoding')
    },
  )

  it('may begin with a byte-order mark, as PowerShell and others write their files', async () => {
    const { status, body } = await create(`\ufeff${JSON.stringify({ name: 'ERP', scopes })}`)
    expect([status, (body as { name: string }).name]).toEqual([201, 'ERP'])
  })

  it('may be said to be encoded as it is', async () => {
    expect((await create({ name: 'ERP', scopes }, { 'Content-Encoding': 'identity' })).status).toBe(201)
  })

  it('that is too long in one field is told in which', async () => {
    const asked = [
      await api.call('POST', '/keys/verify', { token, body: { token, scopes: Array(101).fill('orders:read') } }),
      await api.call('GET', `/integrations?credential=${'x'.repeat(65)}`, { token }),
      await api.call('POST', '/credentials', {
        token,
        body: { name: 'ERP', type: 'bearer', receipt: 'x'.repeat(4_097) },
      }),
      await api.call('PATCH', '/credentials/cred_00000000000000000000000000000000', {
        token,
        body: { secret: { token: 'x'.repeat(16_385) } },
      }),
    ]
    expect(asked.map((answer) => [answer.status, problemOf(answer).detail])).toEqual([
      [400, 'scopes must be 100 or fewer.'],
      [400, 'credential must be the id of a credential.'],
      [400, expect.stringContaining('receipt must be 4,096 characters or fewer')],
      [400, 'secret.token must be 16,384 characters or fewer.'],
    ])
  })

  it('is told of no more than 20 problems', async () => {
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`field${i}`, 1]))
    for (const body of [
      { name: 'ERP', scopes, ...many },
      { name: 'ERP', scopes: Array(7_000).fill('x') },
    ]) {
      const answer = await create(body)
      expect(answer.status).toBe(400)
      expect(problemOf(answer).errors?.length).toBeLessThanOrEqual(20)
    }
  })

  it('may have 64 KiB and not a byte more', async () => {
    const sized = (bytes: number) => {
      const body = JSON.stringify({ name: 'ERP', scopes })
      return body + ' '.repeat(bytes - body.length)
    }
    expect((await create(sized(65_537))).status).toBe(413)
    expect((await create(sized(65_536))).status).toBe(201)
  })

  it('is bounded as well when its length is not announced', async () => {
    const head = `POST /api/v1/keys HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
    // Never ended: the answer must not wait for the rest.
    const endless = await api.sendRaw(head + chunk('{"name":"ERP"'.padEnd(40_000)) + chunk(' '.repeat(40_000)))
    expect(endless).toMatch(/^HTTP\/1\.1 413 /)
    expect(endless).toContain('"code":"PAYLOAD_TOO_LARGE"')
    const ended = await api.sendRaw(
      head + chunk('{"name":"Chunked",') + chunk('"scopes":["orders:read"]}') + chunk(''),
      500,
    )
    expect(ended).toMatch(/^HTTP\/1\.1 201 /)
  })

  it.each([
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n11170\r\n${'x'.repeat(70_000)}`],
    ['with its length', `Content-Length: 1000000\r\n\r\n${'x'.repeat(70_000)}`],
  ])('that may be left out, of no type and too large, is not read to its end, %s', async (_, rest) => {
    // Never ended: the answer must not wait for the rest.
    const answer = await api.sendRaw(
      `POST /api/v1/credentials/cred_1/test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${rest}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"code":"PAYLOAD_TOO_LARGE"')
  })

  it.each([
    ['with a type', 'Content-Type: application/json\r\n', 404],
    ['without a type', '', 415],
  ])('that may be left out is looked at when it comes in chunks, %s', async (_, type, status) => {
    const answer = await api.sendRaw(
      `POST /api/v1/credentials/cred_1/test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n${type}Transfer-Encoding: chunked\r\n\r\ne\r\n{"name":"New"}\r\n0\r\n\r\n`,
    )
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  it('that is cut off changes nothing, and is nobody’s fault but the sender’s', async () => {
    const { length } = JSON.stringify({ name: 'Cut', scopes })
    const head = `POST /api/v1/keys HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
    await api.sendRaw(`${head}{"name":"Cut"`, 200)
    expect((await list('q=Cut')).body).toMatchObject({ total: 0 })
  })
})
