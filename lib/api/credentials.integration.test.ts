import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents, tokenSets, vaultItems } from '@/db/schema'
import { type Answer, type Call, startTestApi, type TestApi } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { startUpstream, type Upstream } from '@/test/upstream'
import { openApiDocument } from '.'

const CANARY = 'canary-Xq81Lw0pZr5v'
const OTHER = 'canary-second-9Kd2mB'
const scopes = ['credentials:*', 'integrations:*']

let api: TestApi
let upstream: Upstream
let account: string
let token: string
let contract: Contract
let serial = 0

beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  contract = new Contract(openApiDocument())
  account = await api.makeAccount('Tyre Trade')
  ;({ token } = await api.makeKey(account, { name: 'ERP', scopes }))
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

type Body = Record<string, unknown>
interface Credential extends Body {
  id: string
  name: string
}

/** Calls, and looks at what every answer has to keep: no secret is in any of them. */
async function call(method: string, path: string, body?: unknown, more: Call = {}): Promise<Answer> {
  const answer = await api.call(method, path, { token, body, ...more })
  checkEveryAnswer(answer)
  const all = answer.text + JSON.stringify([...answer.headers])
  expect(all).not.toContain(CANARY)
  expect(all).not.toContain(OTHER)
  return answer
}

async function make(fields: Body = {}): Promise<Credential> {
  serial += 1
  const form = {
    type: 'bearer',
    name: `Credential ${serial}`,
    hosts: [upstream.url],
    secret: { token: CANARY },
    ...fields,
  }
  const answer = await call('POST', '/credentials', form)
  expect(answer.status, answer.text).toBe(201)
  contract.check('createCredential', answer)
  return answer.body as Credential
}

async function use(credentialId: string, fields: Body = {}): Promise<{ id: string; slug: string }> {
  serial += 1
  const form = {
    name: `Use ${serial}`,
    slug: `use-${serial}`,
    credential_id: credentialId,
    base_url: upstream.url,
    ...fields,
  }
  const answer = await call('POST', '/integrations', form)
  expect(answer.status, answer.text).toBe(201)
  return answer.body as { id: string; slug: string }
}

/** What the service gets as Authorization when an app calls it. */
async function sentThrough(slug: string): Promise<string | undefined> {
  upstream.forget()
  const answer = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
  expect(answer.status, answer.text).toBe(200)
  return upstream.received[0]?.headers.authorization
}

function events(targetId: string) {
  return api.runtime.database.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.accountId, account), eq(auditEvents.targetId, targetId)))
    .orderBy(auditEvents.id)
}

const absent = 'cred_019ab0c1d2e37f4a8b5c6d7e8f901234'

/** Each call of credentials, with what it is told to do to one. */
const calls: [operation: string, method: string, path: string, scope: string, body?: Body][] = [
  ['listCredentials', 'GET', '/credentials', 'credentials:read'],
  ['createCredential', 'POST', '/credentials', 'credentials:create', {}],
  ['testCredentialForm', 'POST', '/credentials/test', 'credentials:test', {}],
  ['testCredential', 'POST', '/credentials/{id}/test', 'credentials:test', { name: 'New' }],
  ['getCredential', 'GET', '/credentials/{id}', 'credentials:read'],
  ['updateCredential', 'PATCH', '/credentials/{id}', 'credentials:update', { name: 'New' }],
  ['deleteCredential', 'DELETE', '/credentials/{id}', 'credentials:delete'],
  ['listCredentialDrafts', 'GET', '/credential-drafts', 'credentials:test'],
  ['getCredentialDraft', 'GET', '/credential-drafts/{id}', 'credentials:test'],
  ['discardCredentialDraft', 'DELETE', '/credential-drafts/{id}', 'credentials:test'],
]
const ofOne = calls.filter(([, , path]) => path.includes('{id}'))

describe('each call', () => {
  it.each(calls)('%s asks for its scope, and names it', async (operation, method, path, scope, body) => {
    const all = ['read', 'create', 'update', 'delete', 'test'].map((action) => `credentials:${action}`)
    const others = [...all, 'integrations:*', 'keys:*'].filter((one) => one !== scope)
    const key = await api.makeKey(account, { scopes: others })
    const { id } = await make()
    const answer = await call(method, path.replace('{id}', id), body, { token: key.token })
    expect(answer).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_PERMISSIONS' } })
    expect((answer.body as Body).detail).toContain(scope)
    expect(answer.headers.get('www-authenticate')).toContain(`scope="${scope}"`)
    contract.check(operation, answer)
  })

  it.each(ofOne)(
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
      expect(await told('cred_%00')).toEqual(found)
      expect(await told('nonsense')).toEqual(found)
      expect((await call('GET', `/credentials/${id}`)).status).toBe(200)
    },
  )
})

describe('a credential', () => {
  it('is stored, read, changed and deleted', async () => {
    const made = await make({
      type: 'api_key',
      provider: 'shopify',
      placement: { in: 'header', name: 'X-Key', prefix: 'Tok ' },
      test: { url: `${upstream.url}/me` },
      expires_at: '2030-01-01T00:00:00Z',
      secret: { key: CANARY },
    })
    expect(made).toMatchObject({
      type: 'api_key',
      provider: 'shopify',
      placement: { in: 'header', name: 'X-Key', prefix: 'Tok ' },
      hosts: [upstream.url],
      test: { method: 'GET', url: `${upstream.url}/me`, good: [] },
      expires_at: '2030-01-01T00:00:00.000Z',
      last_test: null,
      tokens: null,
      integrations: [],
      created_by: { type: 'key', name: 'ERP' },
    })
    const path = `/credentials/${made.id}`
    const read = await call('GET', path)
    contract.check('getCredential', read)
    expect(read.body).toEqual(made)
    const changed = await call('PATCH', path, {
      name: 'Renamed',
      expires_at: null,
      placement: { in: 'header', name: 'X-Two' },
    })
    contract.check('updateCredential', changed)
    expect(changed.status, changed.text).toBe(200)
    expect(changed.body).toMatchObject({
      name: 'Renamed',
      expires_at: null,
      placement: { in: 'header', name: 'X-Two' },
    })
    const deleted = await call('DELETE', path)
    expect(deleted).toMatchObject({ status: 204, text: '' })
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', path)).status).toBe(404)
    const { db } = api.runtime.database
    expect(await db.select().from(vaultItems).where(eq(vaultItems.ownerId, made.id))).toEqual([])
    expect(await db.select().from(tokenSets).where(eq(tokenSets.ownerId, made.id))).toEqual([])
  })

  it('can be moved into the query, and sent back as it was answered', async () => {
    const { id } = await make({ type: 'api_key', placement: { in: 'header', name: 'X-Key' }, secret: { key: CANARY } })
    const moved = await call('PATCH', `/credentials/${id}`, { placement: { in: 'query', name: 'k' } })
    expect(moved.status, moved.text).toBe(200)
    const again = await call('PATCH', `/credentials/${id}`, { placement: (moved.body as Body).placement })
    expect(again.status, again.text).toBe(200)
  })

  it('stays as it is, and nothing is recorded, where it is sent what it has already', async () => {
    const { id, updated_at, name, hosts, test } = await make({ test: { url: `${upstream.url}/me` } })
    for (const changes of [{}, { name, hosts, test }]) {
      const answer = await call('PATCH', `/credentials/${id}`, changes)
      expect(answer, answer.text).toMatchObject({ status: 200, body: { id, updated_at } })
    }
    expect((await events(id)).map(({ action }) => action)).toEqual(['credential.created'])
  })

  it('is tested as it is stored by a client that names a type for the body which it does not send', async () => {
    const { id } = await make({ test: { url: `${upstream.url}/me` } })
    const headers = { 'Content-Type': 'application/json' }
    for (const body of ['', undefined]) {
      const answer = await call('POST', `/credentials/${id}/test`, body, { headers })
      contract.check('testCredential', answer)
      expect(answer).toMatchObject({ status: 200, body: { result: 'good' } })
    }
  })

  it('says where it was made', async () => {
    const answer = await call('POST', '/credentials', {
      type: 'bearer',
      name: 'Located',
      hosts: [upstream.url],
      secret: { token: CANARY },
    })
    expect(answer.headers.get('location')).toBe(`/api/v1/credentials/${(answer.body as Credential).id}`)
  })

  it('keeps its secret when it is changed without one, and takes another', async () => {
    const { id, secret_set_at } = await make()
    const { slug } = await use(id)
    expect(await sentThrough(slug)).toBe(`Bearer ${CANARY}`)
    const renamed = await call('PATCH', `/credentials/${id}`, { name: 'Another name', test: { url: upstream.url } })
    expect(renamed.status).toBe(200)
    expect((renamed.body as Body).secret_set_at).toEqual(secret_set_at)
    expect(await sentThrough(slug)).toBe(`Bearer ${CANARY}`)
    const replaced = await call('PATCH', `/credentials/${id}`, { secret: { token: OTHER } })
    expect((replaced.body as Body).secret_set_at).not.toEqual(secret_set_at)
    expect(await sentThrough(slug)).toBe(`Bearer ${OTHER}`)
  })

  it.each([
    ['bearer', { secret: { token: OTHER } }, `Bearer ${OTHER}`],
    ['basic', { secret: { password: OTHER } }, `Basic ${Buffer.from(`:${OTHER}`).toString('base64')}`],
  ])('of the type %s whose secret can’t be opened any more takes another one', async (type, changes, sent) => {
    const secret = type === 'basic' ? { password: CANARY } : { token: CANARY }
    const { id } = await make({ type, secret })
    const { slug } = await use(id)
    const { db } = api.runtime.database
    await db.update(vaultItems).set({ sealed: 'damaged' }).where(eq(vaultItems.ownerId, id))
    expect((await api.call('GET', `/integrations/${slug}/proxy/x`, { token })).status).toBe(500)
    const answer = await call('PATCH', `/credentials/${id}`, changes)
    expect(answer.status, answer.text).toBe(200)
    expect(await sentThrough(slug)).toBe(sent)
  })

  it('says which secrets to enter again where what is stored can’t be opened any more', async () => {
    const names = ['X-One', 'X-Two']
    const secret = { 'X-One': CANARY, 'X-Two': 'second-value' }
    const test = { url: `${upstream.url}/me` }
    const { id } = await make({ type: 'headers', headers: names, test, secret })
    const { db } = api.runtime.database
    await db.update(vaultItems).set({ sealed: 'damaged' }).where(eq(vaultItems.ownerId, id))
    const path = `/credentials/${id}`
    for (const [method, where, body, fields] of [
      ['PATCH', path, { headers: ['X-Two'] }, ['secret.X-Two']],
      ['PATCH', path, { secret: { 'X-Two': OTHER } }, ['secret.X-One']],
      ['POST', `${path}/test`, { secret: { 'X-Two': OTHER } }, ['secret.X-One']],
    ] as const) {
      const answer = await call(method, where, body)
      const errors = fields.map((field) => ({
        field,
        code: 'missing_field',
        message: 'Enter it again: what is stored of it can’t be opened any more',
      }))
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { errors } })
    }
    expect((await call('POST', `${path}/test`)).body).toMatchObject({
      result: 'failed',
      detail: 'The stored secret can’t be opened any more, so nothing was sent.',
      advice: expect.stringContaining('enter it again'),
    })
    expect(upstream.received).toEqual([])
    // What is no secret can be changed nevertheless.
    expect((await call('PATCH', path, { name: `Renamed ${id}`.slice(0, 60) })).status).toBe(200)
    const whole = await call('PATCH', path, { secret: { 'X-One': OTHER, 'X-Two': OTHER } })
    expect(whole.status, whole.text).toBe(200)
  })

  it('keeps of several secrets those that are not sent', async () => {
    const names = ['X-One', 'X-Two']
    const { id } = await make({ type: 'headers', headers: names, secret: { 'X-One': CANARY, 'X-Two': 'second-value' } })
    const { slug } = await use(id)
    await call('PATCH', `/credentials/${id}`, { secret: { 'X-Two': OTHER } })
    await sentThrough(slug)
    expect(upstream.received[0]?.headers).toMatchObject({ 'x-one': CANARY, 'x-two': OTHER })
    await call('PATCH', `/credentials/${id}`, { headers: ['X-Two'] })
    await sentThrough(slug)
    expect(upstream.received[0]?.headers['x-one']).toBeUndefined()
    const back = await call('PATCH', `/credentials/${id}`, { headers: names })
    expect(back).toMatchObject({ status: 400, body: { errors: [{ field: 'secret.X-One', code: 'missing_field' }] } })
  })

  it.each(['access_token', 'refresh_token'])('of custom headers may have one that is named %s', async (name) => {
    const { id } = await make({
      type: 'headers',
      headers: [name],
      secret: { [name]: CANARY },
      test: { url: upstream.url },
    })
    const tested = await call('POST', `/credentials/${id}/test`)
    expect(tested.status, tested.text).toBe(200)
    const { slug } = await use(id)
    await sentThrough(slug)
    expect(upstream.received[0]?.headers[name]).toBe(CANARY)
  })

  it('refuses what its type does not have, and stays as it is', async () => {
    const { id, ...before } = await make()
    for (const change of [
      { headers: ['X-A'] },
      { placement: { in: 'header', name: 'X-A' } },
      { token_url: 'https://auth.example.com' },
      { secret: { key: CANARY } },
      { type: 'basic' },
      { id: absent },
    ]) {
      const answer = await call('PATCH', `/credentials/${id}`, change)
      expect(answer, JSON.stringify(change)).toMatchObject({ status: 400, body: { code: 'validation:unknown_field' } })
    }
    expect((await call('GET', `/credentials/${id}`)).body).toEqual({ id, ...before })
  })

  it('has a name of its own in any letter case, spelling and account', async () => {
    await make({ name: 'Café Olé' })
    const form = { type: 'bearer', hosts: [upstream.url], secret: { token: CANARY } }
    for (const name of ['Café Olé', 'CAFÉ OLÉ', ' cafe\u0301 ole\u0301 ']) {
      const answer = await call('POST', '/credentials', { ...form, name })
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'name', code: 'invalid_value' }] } })
    }
    const { id } = await make()
    const renamed = await call('PATCH', `/credentials/${id}`, { name: 'café olé' })
    expect(renamed).toMatchObject({ status: 400, body: { errors: [{ field: 'name' }] } })
    const other = await api.makeKey(await api.makeAccount('Elsewhere'), { scopes })
    expect((await call('POST', '/credentials', { ...form, name: 'Café Olé' }, { token: other.token })).status).toBe(201)
    // Twenty at once: one has it.
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await call('POST', '/credentials', { ...form, name: 'Race' })).status),
    )
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(19)
  })

  it('that is in use is deleted only when that is asked for, and then its integrations are incomplete', async () => {
    const { id, name } = await make()
    const [one, two] = [await use(id, { name: 'Labels' }), await use(id, { name: 'Rates' })]
    const refused = await call('DELETE', `/credentials/${id}`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'CREDENTIAL_IN_USE' } })
    contract.check('deleteCredential', refused)
    expect((refused.body as Body).detail).toMatch(/“Labels”.*“Rates”|“Rates”.*“Labels”/)
    expect(await sentThrough(one.slug)).toBe(`Bearer ${CANARY}`)
    expect((await call('GET', `/credentials/${id}`)).body).toMatchObject({
      name,
      integrations: [{ id: one.id }, { id: two.id }],
    })

    for (const query of ['even_if_used=yes', 'even_if_used=', 'force=true', 'even_if_used=true&even_if_used=true']) {
      expect((await call('DELETE', `/credentials/${id}?${query}`)).status, query).toBe(400)
    }
    expect((await call('DELETE', `/credentials/${id}?even_if_used=true`)).status).toBe(204)
    upstream.forget()
    for (const { slug } of [one, two]) {
      const answer = await call('GET', `/integrations/${slug}/proxy/x`)
      expect(answer).toMatchObject({ status: 409, body: { code: 'INTEGRATION_INCOMPLETE' } })
      expect(answer.headers.get('fenicia-error')).toBe('INTEGRATION_INCOMPLETE')
    }
    expect(upstream.connections()).toBe(0)
    expect((await call('GET', `/integrations/${one.id}`)).body).toMatchObject({ credential: null })
  })

  it('leaves audit events without a secret, each with who and where', async () => {
    const { id } = await make({ test: { url: upstream.url } })
    await call('PATCH', `/credentials/${id}`, { name: 'Audited', secret: { token: OTHER } })
    await call('POST', `/credentials/${id}/test`)
    await call('DELETE', `/credentials/${id}`)
    const rows = await events(id)
    expect(rows.map(({ action }) => action)).toEqual([
      'credential.created',
      'credential.updated',
      'credential.tested',
      'credential.deleted',
    ])
    for (const row of rows) expect(row).toMatchObject({ actorKind: 'key', actorName: 'ERP', address: '127.0.0.1' })
    expect(rows[1]?.details).toMatchObject({ name: { to: 'Audited' }, secrets_replaced: ['token'] })
    expect(JSON.stringify(rows)).not.toMatch(/canary/)
  })

  it('leaves no audit event when it is refused', async () => {
    const { id } = await make()
    const before = (await events(id)).length
    await call('PATCH', `/credentials/${id}`, { hosts: [] })
    await call('DELETE', `/credentials/${absent}`)
    expect(await events(id)).toHaveLength(before)
    expect(await events(absent)).toEqual([])
  })
})

describe('the list', () => {
  let own: string
  const ids: string[] = []
  const list = async (query: string, status = 200) => {
    const answer = await call('GET', `/credentials${query}`, undefined, { token: own })
    expect(answer.status, answer.text).toBe(status)
    contract.check('listCredentials', answer)
    return answer.body as { data: Credential[]; next_cursor: string | null; total: number }
  }
  const names = async (query: string) => (await list(query)).data.map(({ name }) => name)

  beforeAll(async () => {
    ;({ token: own } = await api.makeKey(await api.makeAccount('Carthage'), { scopes }))
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString()
    const forms = [
      { name: 'beta 100%', type: 'bearer', secret: { token: CANARY }, expires_at: soon, test: { url: upstream.url } },
      { name: 'Alpha', type: 'basic', secret: { username: 'a', password: CANARY }, provider: 'shopify' },
      { name: 'gamma_1', type: 'bearer', secret: { token: CANARY }, test: { url: upstream.url } },
      {
        name: 'Ünder',
        type: 'headers',
        headers: ['X-A'],
        secret: { 'X-A': CANARY },
        hosts: ['https://api.example.com'],
      },
    ]
    for (const form of forms) {
      const answer = await call('POST', '/credentials', { hosts: [upstream.url], ...form }, { token: own })
      expect(answer.status, answer.text).toBe(201)
      ids.push((answer.body as Credential).id)
    }
    await call('POST', `/credentials/${ids[0]}/test`, undefined, { token: own })
    upstream.respondWith(401)
    await call('POST', `/credentials/${ids[2]}/test`, undefined, { token: own })
    const integration = { name: 'U', slug: 'u', credential_id: ids[1], base_url: upstream.url }
    expect((await call('POST', '/integrations', integration, { token: own })).status).toBe(201)
  })

  it.each([
    ['', ['Ünder', 'gamma_1', 'Alpha', 'beta 100%']],
    ['?sort=name', ['Alpha', 'beta 100%', 'gamma_1', 'Ünder']],
    ['?type=bearer', ['gamma_1', 'beta 100%']],
    ['?status=good', ['beta 100%']],
    ['?status=bad', ['gamma_1']],
    ['?status=untested', ['Ünder', 'Alpha']],
    ['?status=unused', ['Ünder', 'gamma_1', 'beta 100%']],
    ['?status=expiring', ['beta 100%']],
    ['?q=ALPHA', ['Alpha']],
    ['?q=%25', ['beta 100%']],
    ['?q=_', ['gamma_1']],
    ['?q=example.com', ['Ünder']],
    ['?q=shopify', ['Alpha']],
    ['?q=%5C', []],
    [`?q=${encodeURIComponent("' or 1=1 --")}`, []],
  ])('answers %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
    expect((await list(query)).total).toBe(expected.length)
  })

  it.each(['created', 'name'])('goes through all of its pages, by %s', async (sort) => {
    const whole = await names(`?sort=${sort}`)
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 10; page += 1) {
      const { data, next_cursor, total } = await list(`?sort=${sort}&limit=1${cursor}`)
      seen.push(...data.map(({ name }) => name))
      expect(total).toBe(4)
      if (next_cursor === null) break
      cursor = `&cursor=${next_cursor}`
    }
    expect(seen).toEqual(whole)
  })

  it.each([
    '?status=x',
    '?limit=0',
    '?limit=101',
    '?cursor=x',
    '?sort=age',
    '?type=jwt',
    '?color=red',
    '?q=%00',
    '?sort=name&sort=name',
  ])('refuses %s', async (query) => {
    await list(query, 400)
  })

  it('refuses a cursor of another order, and takes one of another account’s list without showing anything of it', async () => {
    const { next_cursor } = await list('?limit=1')
    await list(`?sort=name&cursor=${next_cursor}`, 400)
    const stranger = await api.makeKey(await api.makeAccount('Nobody'), { scopes })
    const answer = await call('GET', `/credentials?cursor=${next_cursor}`, undefined, { token: stranger.token })
    expect(answer.body).toMatchObject({ data: [], total: 0 })
  })
})
