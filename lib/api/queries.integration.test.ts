import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, startTestApi } from '@/test/api'
import { Contract } from '@/test/api-contract'
import { openApiDocument } from './index'

// What a query may be, and the cursor in it.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const contract = new Contract(openApiDocument())
let account: string
let token: string
beforeEach(async () => {
  account = await api.makeAccount('Ana’s shop')
  token = (await api.makeKey(account, { name: 'Caller', scopes: ['keys:*', 'orders:*'] })).token
})

interface Problem {
  code: string
  detail: string
  errors?: { field: string; code: string; message: string }[]
}
const problemOf = ({ body }: Answer) => body as Problem
const list = async (query: string) => {
  const answer = await api.call('GET', `/keys?${query}`, { token })
  contract.check('listKeys', answer)
  return answer
}

describe('a query', () => {
  it.each([
    ['frobnicate=1', 'frobnicate is not a field of this request.', 'unknown_field'],
    ['__proto__=1', '__proto__ is not a field of this request.', 'unknown_field'],
    ['__proto__[limit]=1', '__proto__[limit] is not a field of this request.', 'unknown_field'],
    ['constructor=1', 'constructor is not a field of this request.', 'unknown_field'],
    ['limit=1&limit=2', 'limit must be given once.', 'invalid_format'],
    ['sort=name&sort=name', 'sort must be given once.', 'invalid_format'],
    ['q=a&q=b', 'q must be given once.', 'invalid_format'],
    ['limit=', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=0', 'limit must be a whole number from 1 to 100.', 'invalid_value'],
    ['limit=101', 'limit must be a whole number from 1 to 100.', 'invalid_value'],
    ['limit=1.5', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=ten', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=0x5', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=1e1', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=%205', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=%2B5', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['limit=5.0', 'limit must be a whole number from 1 to 100.', 'invalid_format'],
    ['sort=age', 'sort must be one of created, name, last_used, expires.', 'invalid_value'],
    ['order=up', 'order must be one of asc, desc.', 'invalid_value'],
    ['environment=prod', 'environment must be one of live, test.', 'invalid_value'],
    [
      'status=',
      'status must be one of current, active, retiring, paused, retired, expired, revoked, review, all.',
      'invalid_value',
    ],
    ['q=%00', 'q must not contain control characters or broken Unicode.', 'invalid_value'],
    [`q=${'x'.repeat(101)}`, 'q must be 100 characters or fewer.', 'invalid_value'],
  ])('is refused with what is wrong: %s', async (query, detail, code) => {
    const answer = await list(query)
    expect([answer.status, problemOf(answer).detail, problemOf(answer).code]).toEqual([
      400,
      detail,
      `validation:${code}`,
    ])
  })

  it('has a number where the document says so, in all lists alike', () => {
    const parameters = Object.values(openApiDocument().paths ?? {}).flatMap(({ get }) => get?.parameters ?? [])
    const limits = parameters.filter((one) => 'name' in one && one.name === 'limit')
    expect(limits.length).toBeGreaterThan(5)
    for (const limit of limits)
      expect(limit).toMatchObject({
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
      })
  })

  it('may search for anything else, and finds it literally', async () => {
    await api.makeKey(account, { name: '100 % _off_\\' })
    for (const q of ['%', '_off_', '\\', '100 %25'.replace('%25', '%')]) {
      expect((await list(`q=${encodeURIComponent(q)}`)).body).toMatchObject({ total: 1 })
    }
    for (const q of ['', '%ff', '%ed%a0%80', "'", '%F0%9F%94%91', '%F0%9F'])
      expect((await list(`q=${q}`)).status).toBe(200)
  })
})

describe('a cursor', () => {
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const at = (time: unknown, id: unknown = 'key_1') => forged('created', 'desc', time, id)

  it.each([
    ['nothing', ''],
    ['no cursor', 'x'],
    ['NUL', '%00'],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['not base64url', '💥'],
    ['another shape', forged('created', 'desc')],
    ['an object', Buffer.from('{"__proto__":[]}').toString('base64url')],
    ['of another sort', forged('name', 'desc', 'a', 'key_1')],
    ['of another order', forged('created', 'asc', 0, 'key_1')],
    ['of no sort', forged('token_hash', 'desc', 'a', 'key_1')],
    ['SQL', at("2026-01-01'; drop table api_keys; --")],
    ['words for a time', at('yesterday')],
    ['a time as people write it', at('2026-01-01 00:00:00+00')],
    ['half a microsecond', at(0.5)],
    ['no time', at(null)],
    ['a time that no number holds', at(1e300)],
    ['the year 300,000', at(9_000_000_000_000_000)],
    ['half of a surrogate pair', forged('name', 'asc', '\ud800', 'key_1')],
    ['NUL in the id', at(0, 'key_\0')],
    ['an id that is none', at(0, {})],
    ['a long one', 'A'.repeat(501)],
    ['a huge one', 'A'.repeat(12_000)],
  ])('that is %s is refused', async (_, cursor) => {
    const answer = await list(`cursor=${encodeURIComponent(cursor).replace('%2500', '%00')}`)
    expect([answer.status, problemOf(answer).errors?.[0]?.field]).toEqual([400, 'cursor'])
  })

  it.each([-8_600_000_000_000_000, 0, 8_600_000_000_000_000])(
    'that is forged to %s stays inside the account',
    async (time) => {
      const stranger = await api.makeAccount('Another shop')
      await api.makeKey(stranger, {})
      const { status, body } = await list(`cursor=${at(time)}`)
      expect(status).toBe(200)
      expect(body).toMatchObject({ total: 1 })
    },
  )

  it.each(['created', 'name', 'last_used', 'expires'])('pages through all keys by %s, each once', async (sort) => {
    const names = ['Ä', 'a', 'B', '"quoted"', '🔑', 'z'.repeat(64), '🔒'.repeat(64)]
    for (const name of names) await api.makeKey(account, { name })
    for (const order of ['asc', 'desc']) {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const { body } = await list(
          `sort=${sort}&order=${order}&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        )
        const page = body as { data: { name: string }[]; next_cursor: string | null; total: number }
        expect(page.total).toBe(names.length + 1)
        seen.push(...page.data.map(({ name }) => name))
        cursor = page.next_cursor
      }
      expect(seen.sort()).toEqual([...names, 'Caller'].sort())
    }
  })
})

describe('a time', () => {
  const ask = async (path: string) => {
    const { token: theirs, id } = await api.makeKey(account, { scopes: ['keys:read', 'audit:read'] })
    const operation = path.startsWith('/keys') ? 'getKeyUsage' : 'listAuditEvents'
    const answer = await api.call('GET', path.replace('{id}', id), { token: theirs })
    contract.check(operation, answer)
    return answer
  }

  it.each([
    ['/audit-events?to=9999-12-31', 'to'],
    ['/audit-events?to=9999-12-31T23:59:59-05:00', 'to'],
    ['/audit-events?from=9999-12-31T23:59:59-05:00', 'from'],
    ['/audit-events?from=0000-01-01', 'from'],
    ['/audit-events?from=0001-01-01T00:00:00%2B05:00', 'from'],
    ['/keys/{id}/usage?to=0000-06-01T00:00:00Z', 'to'],
    ['/keys/{id}/usage?to=0001-01-01T12:00:00Z', 'to'],
    ['/keys/{id}/usage?from=9999-12-31T23:59:59-05:00&to=9999-12-31T23:59:59-05:00', 'from'],
  ])('that the database would not read is refused: %s', async (path, field) => {
    const answer = await ask(path)
    expect([answer.status, problemOf(answer).errors?.[0]?.field]).toEqual([400, field])
  })

  it.each([
    '/audit-events?from=0001-01-01&to=9999-12-30',
    '/audit-events?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
    '/keys/{id}/usage?from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z',
  ])('may be long ago or far ahead: %s', async (path) => {
    expect((await ask(path)).status).toBe(200)
  })

  it('in a cursor is one that a list has given', async () => {
    const cursor = (time: string) => Buffer.from(JSON.stringify(['newest', time, 'evt_1'])).toString('base64url')
    expect((await ask(`/audit-events?cursor=${cursor('0000-01-01T00:00:00.000000Z')}`)).status).toBe(400)
    expect((await ask(`/audit-events?cursor=${cursor('2026-01-01T00:00:00.000000Z')}`)).status).toBe(200)
  })
})
