import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { credentialDrafts, webhooks } from '@/db/schema'
import { type Answer, type Call, startTestApi } from '@/test/api'
import { Contract, type Operation } from '@/test/api-contract'
import { createToken, regenerateApiKey, regenerateKeyInput, requestBulkRevocation } from '../api-keys'
import { operatorActor } from '../audit'
import { createCredential, credentialForm } from '../credentials'
import { credentialStore } from '../credentials/runtime'
import { newId } from '../ids'
import { createIntegration, integrationForm } from '../integrations'
import { createWebhook, sendTestMessage, webhookForm } from '../webhooks'
import { createApi } from './app'
import { apiFetch, openApiDocument } from './index'

// Every public route in every situation: what it answers, that it answers as documented, and that a refusal leaves
// nothing behind.

/** The service behind the credentials: it lets everybody in. */
const service = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end('{}'))
})
service.listen(0, '127.0.0.1')
await once(service, 'listening')
const serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error', FENICIA_EGRESS_ALLOW: '127.0.0.1' })
afterAll(async () => {
  await api.stop()
  service.close()
})

const { db } = api.runtime.database
const contract = new Contract(openApiDocument())
const account = await api.makeAccount('Ana’s shop')
const otherAccount = await api.makeAccount('Another shop')
const ALL = { scopes: ['keys:*', 'orders:*', 'credentials:*', 'integrations:*', 'webhooks:*', 'audit:*'] }
const caller = await api.makeKey(account, { name: 'Caller', ...ALL })
const actor = operatorActor(account)

/** Keys that are not accepted, by why. */
const refused = {
  expired: await api.makeKey(account, { name: 'Expired', ...ALL }),
  revoked: await api.makeKey(account, { name: 'Revoked', ...ALL }),
  retired: await api.makeKey(account, { name: 'Retired', ...ALL }),
  paused: await api.makeKey(account, { name: 'Paused', ...ALL }),
}
await api.alterKey(refused.expired.id, { expiresAt: new Date(Date.now() - 1000) })
await api.alterKey(refused.revoked.id, { revokedAt: new Date() })
await api.alterKey(refused.paused.id, { pausedAt: new Date() })
await regenerateApiKey(db, actor, refused.retired.id, regenerateKeyInput.parse({}))
const scopeless = await api.makeKey(account, { name: 'Scopeless', scopes: ['orders:*'] })

const newName = () => `New ${crypto.randomUUID()}`
const credentialInput = () => ({
  type: 'bearer',
  name: newName(),
  hosts: [serviceUrl],
  test: { url: `${serviceUrl}/me` },
  secret: { token: 'a-token-of-the-service' },
})

function makeConnectable(accountId: string): Promise<string> {
  const input = {
    type: 'oauth2',
    name: newName(),
    hosts: [serviceUrl],
    grant: 'authorization_code',
    authorization_url: `${serviceUrl}/authorize`,
    token_url: `${serviceUrl}/token`,
    client_id: 'app',
    client_authentication: 'none',
  }
  return createCredential(credentialStore(), operatorActor(accountId), credentialForm.parse(input))
}

function makeCredential(accountId: string): Promise<string> {
  return createCredential(credentialStore(), operatorActor(accountId), credentialForm.parse(credentialInput()))
}

/** A client whose token endpoint is the service, which gives no tokens: the answer of a renewal tells so. */
function makeClient(accountId: string): Promise<string> {
  const form = credentialForm.parse({
    type: 'oauth2',
    name: newName(),
    hosts: [serviceUrl],
    token_url: `${serviceUrl}/token`,
    client_id: 'client',
    secret: { client_secret: 'the-secret-of-the-client' },
  })
  return createCredential(credentialStore(), operatorActor(accountId), form)
}

async function makeIntegration(accountId: string): Promise<{ id: string; slug: string }> {
  const slug = `s-${crypto.randomUUID()}`
  const input = { name: 'Service', slug, credential_id: await makeCredential(accountId), base_url: serviceUrl }
  const store = { db, policy: api.runtime.egress.policy }
  return { slug, id: await createIntegration(store, operatorActor(accountId), integrationForm.parse(input)) }
}

async function makeWebhook(accountId: string): Promise<string> {
  // No more than an account may have.
  await db.delete(webhooks)
  const { vault, egress } = api.runtime
  const form = webhookForm.parse({ name: 'ERP events', url: `${serviceUrl}/hook` })
  return (await createWebhook({ db, vault, policy: egress.policy }, operatorActor(accountId), form)).id
}

/** A draft of the caller's. */
async function makeDraft(accountId: string): Promise<string> {
  const id = newId('credentialDraft')
  await db.insert(credentialDrafts).values({
    id,
    accountId,
    form: { type: 'bearer', name: 'Draft' },
    secretSetAt: {},
    hosts: [],
    createdByKind: 'key',
    createdById: caller.id,
    expiresAt: new Date(Date.now() + 60_000),
  })
  return id
}

/** The target of a call: a key, or a bulk revocation, of an account; a fresh one for each call. */
async function makeTarget(operationId: string, accountId: string): Promise<string> {
  if (operationId.startsWith('proxy')) return (await makeIntegration(accountId)).slug
  if (operationId.endsWith('Integration') || operationId === 'listIntegrationCalls')
    return (await makeIntegration(accountId)).id
  if (operationId === 'replayWebhookMessage')
    return sendTestMessage(db, operatorActor(accountId), await makeWebhook(accountId))
  if (operationId.includes('Webhook')) return makeWebhook(accountId)
  if (operationId.endsWith('CredentialDraft')) return makeDraft(accountId)
  if (operationId === 'renewCredential') return makeClient(accountId)
  if (operationId === 'disconnectCredential') return makeConnectable(accountId)
  if (operationId.endsWith('Credential') || operationId === 'listRenewals') return makeCredential(accountId)
  if (operationId === 'getBulkRevocation') return requestBulkRevocation(db, operatorActor(accountId), ['key_1'], null)
  return (await api.makeKey(accountId, { name: `Target ${crypto.randomUUID()}`.slice(0, 64) })).id
}

/** What is sent to each operation in its own way. All else is the same for every call. */
interface Row {
  /** A good request and what answers it. */
  good: { status: number; body?: () => unknown }
  /** What the operation's own rules refuse. */
  malformed: { query?: string; id?: string; path?: string; body?: unknown }
  /** The status and code of each situation in which the call does not answer as its kind of call does. */
  but?: Partial<Record<Situation, string>>
}

const ownCredential = await makeCredential(account)

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
  changeKey: {
    good: { status: 200, body: () => ({ name: `Renamed ${crypto.randomUUID()}`, methods: ['GET'], monthly_quota: 9 }) },
    malformed: { body: { name: '\0' } },
  },
  pauseKey: { good: { status: 200 }, malformed: { id: 'key_%00' } },
  resumeKey: { good: { status: 200 }, malformed: { id: 'key_%00' } },
  revokeKey: { good: { status: 200, body: () => ({ reason: 'Not needed' }) }, malformed: { body: { reason: '' } } },
  regenerateKey: { good: { status: 201, body: () => ({ overlap: '1h' }) }, malformed: { body: { overlap: '2h' } } },
  getKeyReach: { good: { status: 200 }, malformed: { id: 'key_%00' } },
  listCredentials: { good: { status: 200 }, malformed: { query: '?limit=0' }, but: { 'another account’s id': '200' } },
  createCredential: {
    good: { status: 201, body: credentialInput },
    malformed: { body: { ...credentialInput(), hosts: ['ftp://nobody'] } },
    but: { 'another account’s id': '201' },
  },
  testCredentialForm: {
    good: { status: 200, body: credentialInput },
    malformed: { body: { ...credentialInput(), type: 'password' } },
    but: { 'another account’s id': '200' },
  },
  testCredential: {
    good: { status: 200, body: () => ({ test: { url: `${serviceUrl}/other` } }) },
    malformed: { body: { test: { url: 'ftp://nobody' } } },
  },
  listRenewals: {
    good: { status: 200 },
    malformed: { query: '?limit=0' },
    but: { 'malformed input': '400 validation:invalid_value', 'unknown field': '400 validation:unknown_field' },
  },
  renewCredential: {
    good: { status: 200 },
    malformed: { id: 'cred_%00' },
  },
  getCredential: { good: { status: 200 }, malformed: { id: 'cred_%00' } },
  updateCredential: { good: { status: 200, body: () => ({ name: newName() }) }, malformed: { body: { name: '' } } },
  deleteCredential: {
    good: { status: 204 },
    malformed: { query: '?even_if_used=perhaps' },
    but: { 'malformed input': '400 validation:invalid_value', 'unknown field': '400 validation:unknown_field' },
  },
  disconnectCredential: { good: { status: 200 }, malformed: { id: 'cred_%00' } },
  listCredentialDrafts: {
    good: { status: 200 },
    malformed: { query: '?limit=0' },
    // It takes no input.
    but: { 'malformed input': '200', 'another account’s id': '200' },
  },
  getCredentialDraft: { good: { status: 200 }, malformed: { id: 'draft_%00' } },
  discardCredentialDraft: { good: { status: 204 }, malformed: { id: 'draft_%00' } },
  listIntegrations: { good: { status: 200 }, malformed: { query: '?limit=0' }, but: { 'another account’s id': '200' } },
  createIntegration: {
    good: {
      status: 201,
      body: () => ({
        name: 'Service',
        slug: `s-${crypto.randomUUID()}`,
        credential_id: ownCredential,
        base_url: serviceUrl,
      }),
    },
    malformed: { body: { name: 'Service', slug: 'No slug', credential_id: 'cred_1', base_url: serviceUrl } },
    but: { 'malformed input': '400 validation:invalid_format', 'another account’s id': '201' },
  },
  getIntegration: { good: { status: 200 }, malformed: { id: 'int_%00' } },
  listIntegrationCalls: {
    good: { status: 200 },
    malformed: { query: '?limit=0' },
    but: { 'malformed input': '400 validation:invalid_value', 'unknown field': '400 validation:unknown_field' },
  },
  updateIntegration: {
    good: { status: 200, body: () => ({ state: 'paused' }) },
    malformed: { body: { state: 'asleep' } },
  },
  deleteIntegration: { good: { status: 204 }, malformed: { id: 'int_%00' } },
  ...Object.fromEntries(
    ['proxyGet', 'proxyPost', 'proxyPut', 'proxyPatch', 'proxyDelete'].map((id): [string, Row] => [
      id,
      {
        good: { status: 200 },
        malformed: { path: '%2e%2e/admin' },
        but: { 'malformed input': '400 validation:invalid_value' },
      },
    ]),
  ),
  proxyOptions: {
    good: { status: 405 },
    malformed: { path: '%2e%2e/admin' },
    // The integration has to let apps use it, which it does not by itself.
    but: Object.fromEntries(
      ['a good call', 'malformed input', 'unknown field', 'wrong content type', 'over-limit body', 'bad JSON'].map(
        (name) => [name, '405 METHOD_NOT_ALLOWED'],
      ),
    ),
  },
  // Nobody needs a key: the token that is reported is all that counts.
  reportLeaks: {
    good: { status: 200, body: () => ({ tokens: [unknownToken] }) },
    malformed: { body: { tokens: [] } },
    but: {
      'no key': '200',
      'a bad key': '200',
      'a mistyped key': '200',
      'a malformed header': '200',
      'an over-long header': '200',
      'an expired key': '200',
      'a revoked key': '200',
      'a retired key': '200',
      'missing scope': '200',
      'another account’s id': '200',
    },
  },
  listWebhooks: {
    good: { status: 200 },
    malformed: { query: '?limit=0' },
    // It takes no input.
    but: { 'malformed input': '200', 'another account’s id': '200' },
  },
  createWebhook: {
    good: { status: 201, body: () => ({ name: 'ERP events', url: `${serviceUrl}/hook`, event_types: ['key.leaked'] }) },
    malformed: { body: { name: 'ERP events', url: 'https://192.168.0.1/hook' } },
    but: { 'another account’s id': '201' },
  },
  getWebhook: { good: { status: 200 }, malformed: { id: 'whk_%00' } },
  updateWebhook: {
    good: { status: 200, body: () => ({ event_types: null, state: 'paused' }) },
    malformed: { body: { state: 'disabled' } },
  },
  deleteWebhook: { good: { status: 204 }, malformed: { id: 'whk_%00' } },
  rotateWebhookSecret: {
    good: { status: 200, body: () => ({ overlap_hours: 0 }) },
    malformed: { body: { overlap_hours: 169 } },
  },
  testWebhook: { good: { status: 201 }, malformed: { id: 'whk_%00' } },
  listWebhookMessages: {
    good: { status: 200 },
    malformed: { query: '?type=key.eaten' },
    but: { 'malformed input': '400 validation:invalid_value', 'unknown field': '400 validation:unknown_field' },
  },
  replayWebhookMessage: { good: { status: 200 }, malformed: { id: 'msg_%00' } },
  listAuditEvents: {
    good: { status: 200 },
    malformed: { query: '?action=nothing' },
    but: {
      'malformed input': '400 validation:invalid_value',
      'unknown field': '400 validation:unknown_field',
      'another account’s id': '200',
    },
  },
  getKeyUsage: {
    good: { status: 200 },
    malformed: { query: '?from=yesterday' },
    but: { 'malformed input': '400 validation:invalid_format', 'unknown field': '400 validation:unknown_field' },
  },
  getKeyRehearsal: { good: { status: 200 }, malformed: { id: 'key_%00' } },
  reviewKeys: { good: { status: 200 }, malformed: { query: '?limit=0' }, but: { 'another account’s id': '200' } },
  reviewCredentials: {
    good: { status: 200 },
    malformed: { query: '?finding=old' },
    but: { 'another account’s id': '200' },
  },
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

function withId(path: string, id: string): string {
  return path.replace(/\{(id|slug)\}/, id).replace('{path}', 'me')
}

async function goodCall(operation: Operation, row: Row, accountId = account): Promise<Sample> {
  const id = /\{(id|slug)\}/.test(operation.path) ? await makeTarget(operation.operationId, accountId) : ''
  const headers: Record<string, string> = isForm(operation)
    ? { 'Content-Type': 'application/x-www-form-urlencoded' }
    : {}
  return { path: withId(operation.path, id), call: { token: caller.token, headers, body: row.good.body?.() } }
}

/** The call that shows a situation which differs from operation to operation. */
async function ownCall(operation: Operation, row: Row, situation: Situation): Promise<Sample> {
  const { malformed } = row
  if (situation === 'another account’s id') return goodCall(operation, row, otherAccount)
  const sample = await goodCall(operation, row)
  if (situation === 'malformed input') {
    const { id, path: below } = malformed
    const path = id ? operation.path.replace('{id}', id) : below ? sample.path.replace(/me$/, below) : sample.path
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
  const isListQuery =
    /^(list(Keys|Credentials|Integrations)|review.*)$/.test(operation.operationId) && !('change' in situation)
  if (isListQuery) return situation.answer
  return usual === 'good' ? String(row.good.status) : usual
}

const said = ({ status, body }: Answer) => (status < 400 ? `${status}` : `${status} ${(body as { code: string }).code}`)

const CHANGEABLE = [
  'api_keys',
  'audit_events',
  'credential_drafts',
  'credentials',
  'integrations',
  'vault_items',
  'webhook_messages',
  'webhooks',
]

/**
 * What tells whether anything was changed of what calls could change, without the statistics of use: of each table how many
 * rows there are, and the last transaction that wrote one.
 */
async function everything(): Promise<unknown> {
  const figures = CHANGEABLE.map(
    (table) => `select '${table}' as name, count(*), max(xmin::text::bigint) as last from ${table}`,
  )
  return ((await db.execute(figures.join(' union all '))) as unknown as { rows: unknown[] }).rows
}

/** HEAD answers as GET does, but has no body that would tell a code. */
const operations = contract.operations.filter(({ method }) => method !== 'HEAD')

it('knows every operation of the OpenAPI document', () => {
  expect(Object.keys(rows).sort()).toEqual(operations.map(({ operationId }) => operationId).sort())
})

it('answers nothing that the OpenAPI document does not tell of, but the document itself', () => {
  const documented = operations.map(({ method, path }) => `${method} /api/v1${path.replace('{id}', ':id')}`)
  const routes = createApi()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  expect([...new Set(routes)].sort()).toEqual(
    [...documented.filter((route) => !route.includes('{slug}')), 'GET /api/v1/openapi.json'].sort(),
  )
})

describe.each(operations.map((operation) => [operation.operationId, operation] as const))('%s', (id, operation) => {
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
        expect(await everything(), 'a refusal changes nothing').toEqual(before)
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
          body:
            operation.method === 'GET' || operation.method === 'HEAD'
              ? undefined
              : typeof body === 'string'
                ? body
                : JSON.stringify(body),
        }),
        {},
      )
      const text = await response.text()
      const answer = {
        status: response.status,
        headers: response.headers,
        text,
        body: text === '' ? undefined : JSON.parse(text),
      }
      expect(said(answer), situation.name).toBe(expected(operation, row, situation))
      contract.check(id, answer)
    }
  })
})

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
  expect(verdict).toEqual({ valid: false, reason: 'unknown', missing_scopes: [], limits: null, key: null })
  const { text } = await api.call('POST', '/introspect', {
    token: caller.token,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `token=${theirs.token}`,
  })
  expect(text).toBe('{"active":false}')
})
