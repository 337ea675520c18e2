import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents, integrations } from '@/db/schema'
import { type Answer, type Call, startTestApi, type TestApi } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { startUpstream, type Upstream } from '@/test/upstream'
import { openApiDocument } from '.'

const TOKEN = `fn_live_${'a1B2'.repeat(9)}ab`
const CANARY = 'canary-Int7Gq2LmX0'
const scopes = ['credentials:*', 'integrations:*', 'keys:read']

let api: TestApi
let upstream: Upstream
let account: string
let token: string
let keyId: string
let contract: Contract
let bearer: string
let serial = 0

beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  contract = new Contract(openApiDocument())
  account = await api.makeAccount('Byblos Paper')
  ;({ token, id: keyId } = await api.makeKey(account, { name: 'ERP', scopes }))
  bearer = await credential({ type: 'bearer', secret: { token: CANARY } })
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

type Body = Record<string, unknown>
interface Made extends Body {
  id: string
  slug: string
}

async function call(method: string, path: string, body?: unknown, more: Call = {}): Promise<Answer> {
  const answer = await api.call(method, path, { token, body, ...more })
  checkEveryAnswer(answer)
  expect(answer.text).not.toContain(CANARY)
  return answer
}

async function credential(fields: Body, more: Call = {}): Promise<string> {
  serial += 1
  const answer = await call('POST', '/credentials', { name: `C${serial}`, hosts: [upstream.url], ...fields }, more)
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: string }).id
}

function form(fields: Body = {}): Body {
  serial += 1
  return { name: `I${serial}`, slug: `i${serial}`, credential_id: bearer, base_url: `${upstream.url}/v1`, ...fields }
}

async function make(fields: Body = {}): Promise<Made> {
  const answer = await call('POST', '/integrations', form(fields))
  expect(answer.status, answer.text).toBe(201)
  contract.check('createIntegration', answer)
  return answer.body as Made
}

/** The problem that the proxy answers, or its status. */
async function proxied(slug: string, path = 'x', method = 'GET', more: Call = {}): Promise<number | string> {
  const answer = await api.call(method, `/integrations/${slug}/proxy/${path}`, { token, ...more })
  return answer.headers.get('fenicia-error') ?? answer.status
}

function events(targetId: string) {
  return api.runtime.database.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.accountId, account), eq(auditEvents.targetId, targetId)))
    .orderBy(auditEvents.id)
}

const absent = 'int_019ab0c1d2e37f4a8b5c6d7e8f901234'
const calls: [operation: string, method: string, path: string, scope: string, body?: Body][] = [
  ['listIntegrations', 'GET', '/integrations', 'integrations:read'],
  ['createIntegration', 'POST', '/integrations', 'integrations:create', {}],
  ['getIntegration', 'GET', '/integrations/{id}', 'integrations:read'],
  ['listIntegrationCalls', 'GET', '/integrations/{id}/calls', 'integrations:read'],
  ['updateIntegration', 'PATCH', '/integrations/{id}', 'integrations:update', { name: 'New' }],
  ['deleteIntegration', 'DELETE', '/integrations/{id}', 'integrations:delete'],
]

describe('each call', () => {
  it.each(calls)('%s asks for its scope, and names it', async (operation, method, path, scope, body) => {
    const all = ['read', 'create', 'update', 'delete', 'use'].map((action) => `integrations:${action}`)
    const key = await api.makeKey(account, { scopes: [...all, 'credentials:*'].filter((one) => one !== scope) })
    const { id } = await make()
    const answer = await call(method, path.replace('{id}', id), body, { token: key.token })
    expect(answer).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_PERMISSIONS' } })
    expect((answer.body as Body).detail).toContain(scope)
    contract.check(operation, answer)
  })

  it.each(calls.filter(([, , path]) => path.includes('{id}')))(
    '%s answers another account’s like one that there is not',
    async (operation, method, path, _, body) => {
      const { id } = await make()
      const stranger = await api.makeKey(await api.makeAccount('Stranger'), { scopes })
      const told = async (wanted: string) => {
        const answer = await call(method, path.replace('{id}', wanted), body, { token: stranger.token })
        contract.check(operation, answer)
        const { requestId: _id, ...rest } = answer.body as Body
        return { status: answer.status, ...rest }
      }
      const found = await told(id)
      expect(found).toMatchObject({ status: 404, code: 'NOT_FOUND' })
      expect(await told(absent)).toEqual(found)
      expect(await told('%00')).toEqual(found)
      expect((await call('GET', `/integrations/${id}`)).status).toBe(200)
    },
  )

  it('of the proxy asks for integrations:use, a key of its environment and one’s own account', async () => {
    const { slug } = await make()
    const reader = await api.makeKey(account, { scopes: ['integrations:read'] })
    const test = await api.makeKey(account, { scopes, environment: 'test' })
    const stranger = await api.makeKey(await api.makeAccount('Stranger'), { scopes })
    for (const [{ token: refused }, code] of [
      [reader, 'INSUFFICIENT_PERMISSIONS'],
      [test, 'ENVIRONMENT_MISMATCH'],
    ] as const) {
      const answer = await call('GET', `/integrations/${slug}/proxy/x`, undefined, { token: refused })
      expect(answer).toMatchObject({ status: 403, body: { code } })
    }
    expect(await proxied(slug, 'x', 'GET', { token: stranger.token })).toBe('NOT_FOUND')
    expect(await proxied('no-such-slug', 'x', 'GET', { token: stranger.token })).toBe('NOT_FOUND')
    expect(upstream.connections()).toBe(0)
    expect(await proxied(slug)).toBe(200)
  })
})

describe('an integration', () => {
  it('is made, read, changed and deleted, and each is audited', async () => {
    const made = await make({ name: 'Labels', slug: 'labels', headers: [{ name: 'X-Version', value: '2' }] })
    expect(made).toMatchObject({
      name: 'Labels',
      slug: 'labels',
      credential: { id: bearer, type: 'bearer' },
      base_url: `${upstream.url}/v1`,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      paths: [],
      headers: [{ name: 'X-Version', value: '2' }],
      timeout_ms: 30_000,
      state: 'enabled',
      expired_token: null,
      created_by: { type: 'key', name: 'ERP' },
    })
    const path = `/integrations/${made.id}`
    expect((await call('GET', path)).body).toEqual(made)
    const changed = await call('PATCH', path, { methods: ['GET'], paths: ['/orders/**'], timeout_ms: 1_000 })
    contract.check('updateIntegration', changed)
    expect(changed.body).toMatchObject({ methods: ['GET'], paths: ['/orders/**'], timeout_ms: 1_000, name: 'Labels' })
    expect(await call('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect(await proxied('labels')).toBe('NOT_FOUND')
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('GET', `/credentials/${bearer}`)).status).toBe(200)
    const rows = await events(made.id)
    expect(rows.map(({ action }) => action)).toEqual([
      'integration.created',
      'integration.updated',
      'integration.deleted',
    ])
    expect(rows[1]?.details).toMatchObject({ timeoutMs: { from: 30_000, to: 1_000 } })
  })

  it.each([
    ['an empty slug', { slug: '' }, 'slug', 'invalid_format'],
    ['a slug in capitals', { slug: 'Labels' }, 'slug', 'invalid_format'],
    ['a slug with a hyphen at its end', { slug: 'labels-' }, 'slug', 'invalid_format'],
    ['a slug with two hyphens', { slug: 'a--b' }, 'slug', 'invalid_format'],
    ['a slug with an underscore', { slug: 'a_b' }, 'slug', 'invalid_format'],
    ['a slug with a slash', { slug: 'a/b' }, 'slug', 'invalid_format'],
    ['a slug of 49 characters', { slug: 'a'.repeat(49) }, 'slug', 'invalid_value'],
    ['an empty name', { name: ' ' }, 'name', 'invalid_value'],
    ['no credential', { credential_id: undefined }, 'credential_id', 'missing_field'],
    ['a credential that is null', { credential_id: null }, 'credential_id', 'invalid_format'],
    ['an id that is none', { credential_id: 'cred_1' }, 'credential_id', 'invalid_format'],
    [
      'a credential that there is not',
      { credential_id: absent.replace('int', 'cred') },
      'credential_id',
      'invalid_value',
    ],
    ['no base address', { base_url: undefined }, 'base_url', 'missing_field'],
    ['a base address with a query', { base_url: 'http://127.0.0.1/?a=1' }, 'base_url', 'invalid_value'],
    ['a base address with a fragment', { base_url: 'http://127.0.0.1/#a' }, 'base_url', 'invalid_value'],
    ['a base address with a user', { base_url: 'http://u:p@127.0.0.1/' }, 'base_url', 'invalid_value'],
    ['a base address that is none', { base_url: 'nope' }, 'base_url', 'invalid_value'],
    ['an empty base address', { base_url: '' }, 'base_url', 'invalid_value'],
    ['encoded dots in the base address', { base_url: 'http://127.0.0.1/%2e%2e/' }, 'base_url', 'invalid_value'],
    [
      'a host that the credential was not saved for',
      { base_url: 'https://api.example.com/' },
      'base_url',
      'invalid_value',
    ],
    ['a port that the credential was not saved for', { base_url: 'http://127.0.0.1:9/' }, 'base_url', 'invalid_value'],
    ['a token of Fenicia in the base address', { base_url: `http://127.0.0.1/${TOKEN}/` }, 'base_url', 'invalid_value'],
    [
      'an encoded token of Fenicia in a pattern',
      { paths: [`/orders/${TOKEN.replaceAll('_', '%5F')}`] },
      'paths.0',
      'invalid_value',
    ],
    [
      'a token of Fenicia in a fixed header',
      { headers: [{ name: 'X-Key', value: `Key ${TOKEN}` }] },
      'headers.0.value',
      'invalid_value',
    ],
    [
      'a token of Fenicia as the name of a fixed header',
      { headers: [{ name: TOKEN, value: 'Key' }] },
      'headers.0.name',
      'invalid_value',
    ],
    ['no methods', { methods: [] }, 'methods', 'invalid_value'],
    ['a method that is none', { methods: ['FETCH'] }, 'methods.0', 'invalid_value'],
    ['TRACE', { methods: ['TRACE'] }, 'methods.0', 'invalid_value'],
    ['a pattern without a slash', { paths: ['orders'] }, 'paths.0', 'invalid_value'],
    ['a pattern with a query', { paths: ['/orders?a=1'] }, 'paths.0', 'invalid_value'],
    ['a pattern that climbs', { paths: ['/orders/../admin'] }, 'paths.0', 'invalid_value'],
    ['a pattern with ** inside', { paths: ['/a/**/b'] }, 'paths.0', 'invalid_value'],
    ['a pattern with half of a surrogate pair', { paths: ['/a\ud800'] }, 'paths.0', 'invalid_value'],
    ['51 patterns', { paths: Array(51).fill('/a') }, 'paths', 'invalid_value'],
    [
      'a fixed header that belongs to the connection',
      { headers: [{ name: 'Host', value: 'a' }] },
      'headers.0.name',
      'invalid_value',
    ],
    [
      'a fixed header with CR and LF',
      { headers: [{ name: 'X-A', value: 'a\r\nb' }] },
      'headers.0.value',
      'invalid_format',
    ],
    [
      'a fixed header twice',
      {
        headers: [
          { name: 'X-A', value: 'a' },
          { name: 'x-a', value: 'b' },
        ],
      },
      'headers',
      'invalid_value',
    ],
    [
      'a fixed header of the credential’s',
      { headers: [{ name: 'authorization', value: 'a' }] },
      'headers.0.name',
      'invalid_value',
    ],
    ['a time of 999 ms', { timeout_ms: 999 }, 'timeout_ms', 'invalid_value'],
    ['a time of 120001 ms', { timeout_ms: 120_001 }, 'timeout_ms', 'invalid_value'],
    ['a broken number of ms', { timeout_ms: 1_000.5 }, 'timeout_ms', 'invalid_format'],
    ['another state', { state: 'off' }, 'state', 'invalid_value'],
    ['an expired token of a bearer', { expired_token: { statuses: [403] } }, 'expired_token', 'invalid_value'],
    [
      'a NUL in what says “expired”',
      { expired_token: { json: { path: 'error.code', equals: 'a\u0000b' } } },
      'expired_token.json.equals',
      'invalid_value',
    ],
    [
      'half of a surrogate pair in what says “expired”',
      { expired_token: { json: { path: 'error.code', equals: '\udc00' } } },
      'expired_token.json.equals',
      'invalid_value',
    ],
    ['a field that there is not', { color: 'red' }, 'color', 'unknown_field'],
  ])('is refused with %s', async (_, fields, field, code) => {
    const wanted = form(fields)
    const created = await call('POST', '/integrations', wanted)
    expect(created.status, created.text).toBe(400)
    contract.check('createIntegration', created)
    expect((created.body as { errors: Body[] }).errors).toContainEqual(expect.objectContaining({ field, code }))
    if (JSON.stringify(fields).includes('fn_live')) expect(created.text).toContain('put it into a credential')
    expect(created.text).not.toContain('fn_live_a1B2')
    if (code === 'missing_field') return
    const { id, ...before } = await make()
    const changed = await call('PATCH', `/integrations/${id}`, fields)
    expect(changed.status, changed.text).toBe(400)
    contract.check('updateIntegration', changed)
    expect((changed.body as { errors: Body[] }).errors).toContainEqual(expect.objectContaining({ field, code }))
    expect((await call('GET', `/integrations/${id}`)).body).toEqual({ id, ...before })
  })

  it('is not made of another account’s credential, in the words for one that there is not', async () => {
    const stranger = await api.makeKey(await api.makeAccount('Stranger'), { scopes })
    const told = async (credentialId: string) => {
      const answer = await call('POST', '/integrations', form({ credential_id: credentialId }), {
        token: stranger.token,
      })
      const { requestId: _id, ...rest } = answer.body as Body
      return { status: answer.status, ...rest }
    }
    const found = await told(bearer)
    expect(found.status).toBe(400)
    expect(await told(absent.replace('int', 'cred'))).toEqual(found)
  })

  it('has a slug of its own in its account, also when twenty ask at once', async () => {
    const { slug } = await make()
    const twice = await call('POST', '/integrations', form({ slug }))
    expect(twice).toMatchObject({ status: 400, body: { errors: [{ field: 'slug' }] } })
    const { id } = await make()
    expect((await call('PATCH', `/integrations/${id}`, { slug })).status).toBe(400)
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await call('POST', '/integrations', form({ slug: 'race' }))).status),
    )
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    const other = await api.makeKey(await api.makeAccount('Elsewhere'), { scopes })
    const theirs = await credential({ type: 'bearer', secret: { token: CANARY } }, { token: other.token })
    const answer = await call('POST', '/integrations', form({ slug, credential_id: theirs }), { token: other.token })
    expect(answer.status).toBe(201)
  })

  it('refuses a fixed header that only differs in _ from the credential’s, since it would never be sent', async () => {
    const id = await credential({
      type: 'api_key',
      placement: { in: 'header', name: 'X-Api-Key' },
      secret: { key: CANARY },
    })
    const answer = await call(
      'POST',
      '/integrations',
      form({ credential_id: id, headers: [{ name: 'X_Api_Key', value: 'a' }] }),
    )
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'headers.0.name' }] } })
  })

  it('takes an expired-token rule with an OAuth2 credential only, also when the credential is exchanged', async () => {
    const oauth2 = await credential({
      type: 'oauth2',
      token_url: `${upstream.url}/token`,
      client_id: 'c',
      secret: { client_secret: CANARY },
    })
    const rule = { statuses: [403], json: { path: 'error.code', equals: 'expired' } }
    const { id } = await make({ credential_id: oauth2, expired_token: rule })
    expect((await call('GET', `/integrations/${id}`)).body).toMatchObject({ expired_token: rule })
    const exchanged = await call('PATCH', `/integrations/${id}`, { credential_id: bearer })
    expect(exchanged).toMatchObject({ status: 400, body: { errors: [{ field: 'expired_token' }] } })
    expect((await call('PATCH', `/integrations/${id}`, { credential_id: bearer, expired_token: null })).status).toBe(
      200,
    )
  })

  it('is paused for the next call, and back for the one after', async () => {
    const { id, slug } = await make()
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await proxied(slug)).toBe(200)
      await call('PATCH', `/integrations/${id}`, { state: 'paused' })
      upstream.forget()
      expect(await Promise.all(Array.from({ length: 10 }, () => proxied(slug)))).toEqual(
        Array(10).fill('INTEGRATION_PAUSED'),
      )
      expect(upstream.received).toEqual([])
      await call('PATCH', `/integrations/${id}`, { state: 'enabled' })
    }
  })

  it('lets only its methods and paths through, by the next call', async () => {
    const { id, slug } = await make({ methods: ['GET', 'POST'], paths: ['/orders', '/orders/*/lines/**'] })
    expect(await proxied(slug, 'orders')).toBe(200)
    expect(await proxied(slug, 'orders/1/lines/2/3')).toBe(200)
    expect(await proxied(slug, 'orders/1')).toBe('PATH_NOT_ALLOWED')
    expect(await proxied(slug, 'orders/')).toBe('PATH_NOT_ALLOWED')
    expect(await proxied(slug, 'ORDERS')).toBe('PATH_NOT_ALLOWED')
    expect(await proxied(slug, '%6frders')).toBe(200)
    expect(await proxied(slug, 'orders', 'PUT')).toBe('METHOD_NOT_ALLOWED')
    upstream.forget()
    await call('PATCH', `/integrations/${id}`, { methods: ['PUT'], paths: ['/x'] })
    expect(await proxied(slug, 'orders')).toBe('METHOD_NOT_ALLOWED')
    expect(await proxied(slug, 'orders', 'PUT')).toBe('PATH_NOT_ALLOWED')
    expect(upstream.received).toEqual([])
  })

  it('whose credential was deleted can still be paused and renamed', async () => {
    const gone = await credential({ type: 'bearer', secret: { token: CANARY } })
    const { id } = await make({ credential_id: gone })
    expect((await call('DELETE', `/credentials/${gone}?even_if_used=true`)).status).toBe(204)
    const answer = await call('PATCH', `/integrations/${id}`, { state: 'paused', name: 'Out of use' })
    expect(answer.status, answer.text).toBe(200)
  })

  it('whose address the operator no longer allows can still be paused and renamed, and is not taken up again', async () => {
    const { id } = await make()
    const { db } = api.runtime.database
    await db.update(integrations).set({ baseUrl: 'http://10.0.0.1/v1' }).where(eq(integrations.id, id))
    const paused = await call('PATCH', `/integrations/${id}`, { state: 'paused', name: `Out of reach ${serial}` })
    expect(paused.status, paused.text).toBe(200)
    for (const change of [{ state: 'enabled' }, { timeout_ms: 5_000 }]) {
      const refused = await call('PATCH', `/integrations/${id}`, change)
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'base_url' }, { field: 'base_url' }] } })
    }
  })

  it('no longer counts as failing once it calls something else, or was paused', async () => {
    const { db } = api.runtime.database
    const other = await credential({ type: 'bearer', secret: { token: CANARY } })
    const changes: [change: Body, isStillFailing: boolean][] = [
      [{ name: `Renamed ${serial}` }, true],
      [{ base_url: `${upstream.url}/v2` }, false],
      [{ credential_id: other }, false],
      [{ state: 'paused' }, false],
    ]
    for (const [change, isStillFailing] of changes) {
      const { id } = await make()
      await db.update(integrations).set({ failingSince: new Date() }).where(eq(integrations.id, id))
      expect((await call('PATCH', `/integrations/${id}`, change)).status).toBe(200)
      const { failing_since: since } = (await call('GET', `/integrations/${id}`)).body as Body
      expect([Object.keys(change), since !== null]).toEqual([Object.keys(change), isStillFailing])
    }
  })

  it('is looked at anew for failing calls once these go another way, and not for its name', async () => {
    const { db } = api.runtime.database
    const changes: [change: Body, isLookedAtAnew: boolean][] = [
      [{ name: `Renamed again ${serial}`, slug: `renamed-again-${serial}` }, false],
      [{ base_url: `${upstream.url}/v3` }, true],
      [{ timeout_ms: 5_000 }, true],
      [{ headers: [{ name: 'X-Version', value: '3' }] }, true],
      [{ methods: ['PUT'] }, true],
      [{ paths: ['/orders'] }, true],
      [{ state: 'paused' }, true],
    ]
    for (const [change, isLookedAtAnew] of changes) {
      const { id } = await make()
      const before = new Date(Date.now() - 60_000)
      await db.update(integrations).set({ calledAsSince: before }).where(eq(integrations.id, id))
      expect((await call('PATCH', `/integrations/${id}`, change)).status).toBe(200)
      const [row] = await db.select().from(integrations).where(eq(integrations.id, id))
      expect([Object.keys(change), row?.calledAsSince.getTime() !== before.getTime()]).toEqual([
        Object.keys(change),
        isLookedAtAnew,
      ])
    }
  })

  it('stays as it is, and nothing is recorded, where it is sent what it has already', async () => {
    const oauth2 = await credential({
      type: 'oauth2',
      token_url: `${upstream.url}/token`,
      client_id: 'c',
      secret: { client_secret: CANARY },
    })
    const wanted = form({
      credential_id: oauth2,
      headers: [{ name: 'X-Version', value: '2' }],
      expired_token: { statuses: [403], json: { path: 'error.code', equals: 'expired' } },
    })
    const { id, updated_at } = await make(wanted)
    for (const changes of [{}, wanted]) {
      const answer = await call('PATCH', `/integrations/${id}`, changes)
      expect(answer, answer.text).toMatchObject({ status: 200, body: { id, updated_at } })
    }
    expect((await events(id)).map(({ action }) => action)).toEqual(['integration.created'])
  })

  it('keeps its credential from losing the host that it calls', async () => {
    const id = await credential({
      type: 'bearer',
      secret: { token: CANARY },
      hosts: [upstream.url, 'https://api.example.com'],
    })
    const { name } = await make({ credential_id: id })
    const answer = await call('PATCH', `/credentials/${id}`, { hosts: ['https://api.example.com'] })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'hosts' }] } })
    expect((answer.body as Body).detail).toContain(`“${String(name)}”`)
  })
})

describe('calls', () => {
  it('are listed with who made them and what came of them, without query or secret', async () => {
    const { id, slug } = await make()
    await proxied(slug, 'orders?token=in-the-query', 'POST', { body: { a: 1 } })
    upstream.respondWith(503)
    await proxied(slug, 'orders')
    await api.runtime.calls.flush()
    const answer = await call('GET', `/integrations/${id}/calls`)
    contract.check('listIntegrationCalls', answer)
    const { data, stats } = answer.body as { data: Body[]; stats: Body }
    expect(data).toMatchObject([
      { method: 'GET', path: '/orders', outcome: 'answered', status: 503 },
      {
        method: 'POST',
        path: '/orders',
        status: 200,
        key: { id: keyId, name: 'ERP' },
        credential: { id: bearer },
        user: null,
        request_bytes: 7,
      },
    ])
    expect(stats).toMatchObject({ calls: 2, failed: 1 })
    expect(answer.text).not.toContain('in-the-query')
    const failed = await call('GET', `/integrations/${id}/calls?result=failed`)
    expect((failed.body as { data: Body[] }).data).toHaveLength(1)
    const first = await call('GET', `/integrations/${id}/calls?limit=1`)
    const { next_cursor } = first.body as { next_cursor: string }
    const second = await call('GET', `/integrations/${id}/calls?limit=1&cursor=${next_cursor}`)
    expect(second.body).toMatchObject({ data: [{ method: 'POST' }], next_cursor: null })
    const typed = Buffer.from(JSON.stringify(['at', 'abc', 'call_1'])).toString('base64url')
    for (const cursor of ['x', typed]) {
      expect((await call('GET', `/integrations/${id}/calls?cursor=${cursor}`)).status).toBe(400)
    }
  })

  it('tell what a key has reached, also after the integration is gone', async () => {
    const key = await api.makeKey(account, { name: 'Leaked', scopes: ['integrations:use'] })
    const { id, slug } = await make()
    for (let time = 0; time < 3; time += 1) await proxied(slug, 'x', 'GET', { token: key.token })
    await api.runtime.calls.flush()
    await call('DELETE', `/integrations/${id}`)
    const answer = await call('GET', `/keys/${key.id}/reach`)
    expect(answer.body).toMatchObject({
      data: [{ integration: { id, name: null, slug: null }, credential: { id: bearer }, calls: 3, failed: 0 }],
    })
    const stranger = await api.makeKey(await api.makeAccount('Stranger'), { scopes })
    expect((await call('GET', `/keys/${key.id}/reach`, undefined, { token: stranger.token })).status).toBe(404)
  })
})

describe('what a key has reached', () => {
  it('names credentials to whoever may see credentials, and to nobody else', async () => {
    const { slug } = await make()
    await proxied(slug)
    await api.runtime.calls.flush()
    const credentialSeenBy = async (theirs: string[]) => {
      const reader = await api.makeKey(account, { scopes: theirs })
      const answer = await call('GET', `/keys/${keyId}/reach`, undefined, { token: reader.token })
      contract.check('getKeyReach', answer)
      return (answer.body as { data: { credential: unknown }[] }).data[0]?.credential
    }
    const shown = { id: bearer, name: expect.any(String) }
    expect(await credentialSeenBy(['keys:read', 'credentials:read'])).toEqual(shown)
    expect(await credentialSeenBy(['keys:read'])).toEqual({ id: bearer, name: null })
  })
})

describe('a key that is bound to integrations', () => {
  it('reaches these and no others', async () => {
    const [mine, other] = [await make(), await make()]
    const bound = await api.makeKey(account, { scopes: ['integrations:use'], integrations: [mine.id] })
    expect(await proxied(mine.slug, 'x', 'GET', { token: bound.token })).toBe(200)
    upstream.forget()
    expect(await proxied(other.slug, 'x', 'GET', { token: bound.token })).toBe('INSUFFICIENT_PERMISSIONS')
    expect(upstream.received).toEqual([])
    // A new integration that takes over the slug is another one.
    await call('DELETE', `/integrations/${mine.id}`)
    await make({ slug: mine.slug })
    expect(await proxied(mine.slug, 'x', 'GET', { token: bound.token })).toBe('INSUFFICIENT_PERMISSIONS')
    expect(upstream.received).toEqual([])
  })
})

describe('the list', () => {
  it('is filtered, searched, sorted and paged', async () => {
    const { token: own } = await api.makeKey(await api.makeAccount('Carthage'), { scopes })
    const mine = await credential({ type: 'bearer', secret: { token: CANARY } }, { token: own })
    for (const [name, slug, state] of [
      ['beta', 'b-one', 'paused'],
      ['Alpha', 'a-two', 'enabled'],
      ['gamma', 'c-three', 'enabled'],
    ]) {
      const answer = await call('POST', '/integrations', form({ name, slug, state, credential_id: mine }), {
        token: own,
      })
      expect(answer.status).toBe(201)
    }
    const names = async (query: string) => {
      const answer = await call('GET', `/integrations${query}`, undefined, { token: own })
      contract.check('listIntegrations', answer)
      return answer.status === 200 ? (answer.body as { data: Body[] }).data.map(({ name }) => name) : answer.status
    }
    expect(await names('')).toEqual(['gamma', 'Alpha', 'beta'])
    expect(await names('?sort=name')).toEqual(['Alpha', 'beta', 'gamma'])
    expect(await names('?state=paused')).toEqual(['beta'])
    const { db } = api.runtime.database
    // Of one that is paused nobody is told that its calls failed before.
    for (const slug of ['a-two', 'b-one']) {
      const ofIt = and(eq(integrations.credentialId, mine), eq(integrations.slug, slug))
      await db.update(integrations).set({ failingSince: new Date() }).where(ofIt)
    }
    expect(await names('?state=failing')).toEqual(['Alpha'])
    expect(await names('?state=enabled')).toEqual(['gamma', 'Alpha'])
    expect(await names(`?credential=${mine}`)).toHaveLength(3)
    expect(await names(`?credential=${bearer}`)).toEqual([])
    expect(await names('?q=TWO')).toEqual(['Alpha'])
    expect(await names('?q=%25')).toEqual([])
    for (const query of ['?state=x', '?limit=0', '?cursor=x', '?x=1']) expect(await names(query), query).toBe(400)
    const seen: unknown[] = []
    let cursor = ''
    for (let page = 0; page < 5; page += 1) {
      const answer = await call('GET', `/integrations?sort=name&limit=1${cursor}`, undefined, { token: own })
      const { data, next_cursor } = answer.body as { data: Body[]; next_cursor: string | null }
      seen.push(...data.map(({ name }) => name))
      if (next_cursor === null) break
      cursor = `&cursor=${next_cursor}`
    }
    expect(seen).toEqual(['Alpha', 'beta', 'gamma'])
    const rows = await db.select().from(integrations).where(eq(integrations.credentialId, mine))
    expect(rows).toHaveLength(3)
  })
})
