import { afterAll, describe, expect, it } from 'vitest'
import { type Answer, type Call, startTestApi } from '@/test/api'
import { Contract, type Operation } from '@/test/api-contract'
import { createToken, regenerateApiKey, regenerateKeyInput, requestBulkRevocation } from '../api-keys'
import { operatorActor } from '../audit'
import { createApi } from './app'
import { apiFetch, openApiDocument } from './index'

// Every public route in every situation: what it answers, that it answers as documented, and that a refusal leaves
// nothing behind.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())

const { db } = api.runtime.database
const contract = new Contract(openApiDocument())
const account = await api.makeAccount('Ana’s shop')
const otherAccount = await api.makeAccount('Another shop')
const ALL = { scopes: ['keys:*', 'orders:*'] }
const caller = await api.makeKey(account, { name: 'Caller', ...ALL })
const actor = operatorActor(account)

/** Keys that are not accepted, by why. */
const refused = {
  expired: await api.makeKey(account, { name: 'Expired', ...ALL }),
  revoked: await api.makeKey(account, { name: 'Revoked', ...ALL }),
  retired: await api.makeKey(account, { name: 'Retired', ...ALL }),
}
await api.alterKey(refused.expired.id, { expiresAt: new Date(Date.now() - 1000) })
await api.alterKey(refused.revoked.id, { revokedAt: new Date() })
await regenerateApiKey(db, actor, refused.retired.id, regenerateKeyInput.parse({}))
const scopeless = await api.makeKey(account, { name: 'Scopeless', scopes: ['orders:*'] })

/** The target of a call: a key, or a bulk revocation, of an account; a fresh one for each call. */
async function makeTarget(operationId: string, accountId: string): Promise<string> {
  if (operationId === 'getBulkRevocation') return requestBulkRevocation(db, operatorActor(accountId), ['key_1'], null)
  return (await api.makeKey(accountId, { name: `Target ${crypto.randomUUID()}`.slice(0, 64) })).id
}

/** What is sent to each operation in its own way. All else is the same for every call. */
interface Row {
  /** A good request and what answers it. */
  good: { status: number; body?: () => unknown }
  /** What the operation's own rules refuse. */
  malformed: { query?: string; id?: string; body?: unknown }
  /** The status and code of each situation in which the call does not answer as its kind of call does. */
  but?: Partial<Record<Situation, string>>
}

const rows: Record<string, Row> = {
  getMe: {
    good: { status: 200 },
    malformed: { query: '?scopes=no-scope' },
    // It asks for no scope and takes no input, since gateways hand on whatever they were sent.
    but: { 'missing scope': '200', 'malformed input': '200', 'unknown field': '200', 'another account’s id': '200' },
  },
  verifyKey: {
    good: { status: 200, body: () => ({ token: scopeless.token, scopes: ['orders:read'] }) },
    malformed: { body: { token: 'x', scopes: ['orders:fly'] } },
    but: { 'another account’s id': '200' },
  },
  introspectToken: {
    good: { status: 200, body: () => `token=${scopeless.token}` },
    malformed: { body: 'token=a&token=b' },
    // RFC 6749 §3.2: what is not known is ignored. And every text is a form.
    but: {
      'malformed input': '400 validation:invalid_format',
      'unknown field': '200',
      'another account’s id': '200',
      'bad JSON': '400 validation:missing_field',
    },
  },
  listKeys: {
    good: { status: 200 },
    malformed: { query: '?limit=0' },
    but: { 'another account’s id': '200' },
  },
  createKey: {
    good: { status: 201, body: () => ({ name: `New ${crypto.randomUUID()}`, scopes: ['orders:read'] }) },
    malformed: { body: { name: '', scopes: ['orders:read'] } },
    but: { 'another account’s id': '201' },
  },
  getKey: { good: { status: 200 }, malformed: { id: 'key_%00' } },
  renameKey: {
    good: { status: 200, body: () => ({ name: `Renamed ${crypto.randomUUID()}` }) },
    malformed: { body: { name: '\0' } },
  },
  revokeKey: { good: { status: 200, body: () => ({ reason: 'Not needed' }) }, malformed: { body: { reason: '' } } },
  regenerateKey: { good: { status: 201, body: () => ({ overlap: '1h' }) }, malformed: { body: { overlap: '2h' } } },
  getBulkRevocation: { good: { status: 200 }, malformed: { id: 'bulk_%00' } },
}

interface Sample {
  path: string
  call: Call
}
type Situation = (typeof situations)[number]['name']

/** A key of the right form that nobody was given. */
const unknownToken = createToken('live').token
const header = (value: string) => (sample: Sample) => ({
  ...sample,
  call: { ...sample.call, token: undefined, headers: { ...sample.call.headers, Authorization: value } },
})
const withToken = (token: string) => header(`Bearer ${token}`)
const BIG = 'x'.repeat(70_000)

/**
 * Each situation: how it changes a good call, and what answers it – for a call with a body, and for one without where
 * that differs ("good" is the status of the good call).
 */
const situations = [
  { name: 'a good call', change: (s: Sample) => s, answer: 'good' },
  {
    name: 'no key',
    change: (s: Sample) => ({ ...s, call: { ...s.call, token: undefined } }),
    answer: '401 MISSING_AUTHORIZATION',
  },
  { name: 'a bad key', change: withToken(unknownToken), answer: '401 INVALID_API_KEY' },
  { name: 'a mistyped key', change: withToken(`${caller.token.slice(0, -1)}-`), answer: '401 INVALID_API_KEY' },
  { name: 'a malformed header', change: header(`Token ${caller.token}`), answer: '401 INVALID_AUTHORIZATION_FORMAT' },
  { name: 'an over-long header', change: withToken('a'.repeat(2_000)), answer: '401 INVALID_AUTHORIZATION_FORMAT' },
  { name: 'an expired key', change: withToken(refused.expired.token), answer: '401 INVALID_API_KEY' },
  { name: 'a revoked key', change: withToken(refused.revoked.token), answer: '401 INVALID_API_KEY' },
  { name: 'a retired key', change: withToken(refused.retired.token), answer: '401 INVALID_API_KEY' },
  { name: 'missing scope', change: withToken(scopeless.token), answer: '403 INSUFFICIENT_PERMISSIONS' },
  { name: 'another account’s id', answer: '404 NOT_FOUND' },
  { name: 'malformed input', answer: '400 validation:invalid_value', withoutBody: '404 NOT_FOUND' },
  { name: 'unknown field', answer: '400 validation:unknown_field', withoutBody: 'good' },
  {
    name: 'wrong content type',
    change: (s: Sample) => ({ ...s, call: { ...s.call, headers: { 'Content-Type': 'text/plain' } } }),
    answer: '415 UNSUPPORTED_MEDIA_TYPE',
    withoutBody: 'good',
  },
  {
    name: 'over-limit body',
    change: (s: Sample) => ({ ...s, call: { ...s.call, body: BIG } }),
    answer: '413 PAYLOAD_TOO_LARGE',
    withoutBody: 'good',
  },
  {
    name: 'bad JSON',
    change: (s: Sample) => ({ ...s, call: { ...s.call, body: '{"name": ' } }),
    answer: '400 validation:invalid_format',
    withoutBody: 'good',
  },
] as const satisfies readonly {
  name: string
  /** Missing where it is the row that says it. */
  change?: (sample: Sample) => Sample
  answer: string
  withoutBody?: string
}[]

const isForm = ({ requestBody }: Operation) => requestBody?.content['application/x-www-form-urlencoded'] !== undefined

async function goodCall(operation: Operation, row: Row, accountId = account): Promise<Sample> {
  const id = operation.path.includes('{id}') ? await makeTarget(operation.operationId, accountId) : ''
  const headers: Record<string, string> = isForm(operation)
    ? { 'Content-Type': 'application/x-www-form-urlencoded' }
    : {}
  return { path: operation.path.replace('{id}', id), call: { token: caller.token, headers, body: row.good.body?.() } }
}

/** The call that shows a situation which differs from operation to operation. */
async function ownCall(operation: Operation, row: Row, situation: Situation): Promise<Sample> {
  const { malformed } = row
  if (situation === 'another account’s id') return goodCall(operation, row, otherAccount)
  const sample = await goodCall(operation, row)
  if (situation === 'malformed input') {
    const path = malformed.id ? operation.path.replace('{id}', malformed.id) : sample.path
    return { path: path + (malformed.query ?? ''), call: { ...sample.call, body: malformed.body ?? sample.call.body } }
  }
  const { body } = sample.call
  if (body === undefined) return { ...sample, path: `${sample.path}?frobnicate=1` }
  const more = typeof body === 'string' ? `${body}&frobnicate=1` : { ...(body as object), frobnicate: 1 }
  return { ...sample, call: { ...sample.call, body: more } }
}

function expected(operation: Operation, row: Row, situation: (typeof situations)[number]): string {
  const own = row.but?.[situation.name]
  if (own) return own
  const usual = 'withoutBody' in situation && !operation.requestBody ? situation.withoutBody : situation.answer
  const isListQuery = operation.operationId === 'listKeys' && !('change' in situation)
  if (isListQuery) return situation.answer
  return usual === 'good' ? String(row.good.status) : usual
}

const said = ({ status, body }: Answer) => (status < 400 ? `${status}` : `${status} ${(body as { code: string }).code}`)

/** All that calls could change: every row of keys, audit events and bulk revocations, without the statistics of use. */
async function everything(): Promise<string> {
  const { rows } = (await db.execute(
    `select md5(string_agg(t, '' order by t)) as sum from (
      select row_to_json(k)::text as t from api_keys k union all select row_to_json(e)::text from audit_events e) all_rows`,
  )) as unknown as { rows: { sum: string }[] }
  return rows[0]?.sum ?? ''
}

it('knows every operation of the OpenAPI document', () => {
  expect(Object.keys(rows).sort()).toEqual(contract.operations.map(({ operationId }) => operationId).sort())
})

it('answers nothing that the OpenAPI document does not tell of, but the document itself', () => {
  const documented = contract.operations.map(({ method, path }) => `${method} /api/v1${path.replace('{id}', ':id')}`)
  const routes = createApi()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  expect([...new Set(routes)].sort()).toEqual([...documented, 'GET /api/v1/openapi.json'].sort())
})

describe.each(contract.operations.map((operation) => [operation.operationId, operation] as const))(
  '%s',
  (id, operation) => {
    const row = rows[id] ?? expect.fail(`${id} has no row`)

    it.each(situations.map((situation) => [situation.name, expected(operation, row, situation), situation] as const))(
      'answers %s with %s',
      async (name, answerExpected, situation) => {
        const sample =
          'change' in situation ? situation.change(await goodCall(operation, row)) : await ownCall(operation, row, name)
        const before = await everything()
        const answer = await api.call(operation.method, sample.path, sample.call)

        expect(said(answer)).toBe(answerExpected)
        contract.check(id, answer)
        if (answer.status >= 400) {
          expect(await everything(), 'a refusal changes nothing').toBe(before)
          for (const { token } of [caller, scopeless, ...Object.values(refused)])
            expect(answer.text).not.toContain(token.slice(8))
        }
      },
    )

    it('answers the same through the portable mount', async () => {
      for (const situation of situations) {
        if (!('change' in situation)) continue
        const { path, call } = situation.change(await goodCall(operation, row))
        const { token, headers = {}, body } = call as Call
        const response = await apiFetch(
          new Request(`http://localhost/api/v1${path}`, {
            method: operation.method,
            headers: {
              ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
              ...(token ? { Authorization: `Bearer ${token}` } : {}),
              ...headers,
            },
            // `fetch` sends no body with GET.
            body: operation.method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
          }),
          {},
        )
        const text = await response.text()
        const answer = { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
        expect(said(answer), situation.name).toBe(expected(operation, row, situation))
        contract.check(id, answer)
      }
    })
  },
)

it('answers another account’s id byte for byte as one that does not exist', async () => {
  for (const operation of contract.operations.filter(({ path }) => path.includes('{id}'))) {
    const row = rows[operation.operationId] ?? expect.fail()
    const others = await goodCall(operation, row, otherAccount)
    const withoutIds = async (path: string) => {
      const { text, status, headers } = await api.call(operation.method, path, others.call)
      const kept = [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
      return { status, headers: kept, text: text.replace(/req_[0-9a-f]{32}/, '') }
    }
    const missing = others.path.replace(/_[0-9a-f]{32}/, `_${'0'.repeat(32)}`)
    expect(missing).not.toBe(others.path)
    const answer = await withoutIds(others.path)
    expect(answer.status).toBe(404)
    expect(answer).toEqual(await withoutIds(missing))
    expect(answer).toEqual(await withoutIds(operation.path.replace('{id}', 'no%00id')))
  }
})

it('shows nothing of another account', async () => {
  const theirs = await api.makeKey(otherAccount, { name: 'Theirs', scopes: ['orders:read'] })
  const { body: list } = await api.call('GET', '/keys?status=all&limit=100&q=Theirs', { token: caller.token })
  expect(list).toEqual({ data: [], next_cursor: null, total: 0 })
  const { body: verdict } = await api.call('POST', '/keys/verify', {
    token: caller.token,
    body: { token: theirs.token },
  })
  expect(verdict).toEqual({ valid: false, reason: 'unknown', missing_scopes: [], key: null })
  const { text } = await api.call('POST', '/introspect', {
    token: caller.token,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `token=${theirs.token}`,
  })
  expect(text).toBe('{"active":false}')
})
