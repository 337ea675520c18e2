import { and, eq, or, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { credentialDrafts, signInFailures, tokenSets, vaultItems } from '@/db/schema'
import { startTestApi, type TestApi } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { eventually } from '@/test/eventually'
import { type OAuthServer, startOAuthServer } from '@/test/oauth-provider'
import { held } from '@/test/oauth-server'
import { startUpstream, type Upstream } from '@/test/upstream'
import { openApiDocument } from '../api'
import { pruneDrafts } from '.'

// OAuth2 against a real server, which replaces a refresh token at each use and revokes all of its family on a second use.

const scopes = ['credentials:*', 'integrations:*']

let api: TestApi
let contract: Contract
let provider: OAuthServer
/** A service that lets in whoever has an access token of the provider's. */
let service: Upstream
let account: string
let token: string
let serial = 0

beforeAll(async () => {
  service = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  contract = new Contract(openApiDocument())
})
afterAll(async () => {
  await api.stop()
  await service.close()
})
beforeEach(async () => {
  provider = await startOAuthServer()
  letIn()
  account = await api.makeAccount('Motya Salt')
  ;({ token } = await api.makeKey(account, { name: 'ERP', scopes }))
  return () => provider.close()
})

type Fields = Record<string, unknown>
interface Report {
  result: string
  detail: string
  receipt: string
  draft_id: string | null
  stages: Fields[]
}

/** Lets in whom the provider knows. */
function letIn(): void {
  service.forget()
  service.respond(async ({ headers, body }, response) => {
    const given = headers.authorization?.replace('Bearer ', '') ?? ''
    const isIn = await provider.accepts(given)
    response.writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify({ got: body }))
  })
}

async function call(method: string, path: string, body?: unknown, as = token) {
  const answer = await api.call(method, path, { token: as, body })
  checkEveryAnswer(answer)
  for (const secret of [provider.clientSecret, encodeURIComponent(provider.clientSecret)]) {
    expect(answer.text).not.toContain(secret)
  }
  return answer
}

function form(fields: Fields = {}): Fields {
  serial += 1
  return {
    type: 'oauth2',
    name: `Marketplace ${serial}`,
    token_url: provider.tokenUrl,
    client_id: provider.clientId,
    grant: 'refresh_token',
    test: { url: `${service.url}/me` },
    ...fields,
  }
}

const secretOf = (refreshToken: string, clientSecret = provider.clientSecret) => ({
  client_secret: clientSecret,
  refresh_token: refreshToken,
})

async function tested(body: Fields, path = '/credentials/test'): Promise<Report> {
  const answer = await call('POST', path, body)
  expect(answer.status, answer.text).toBe(200)
  contract.check(path === '/credentials/test' ? 'testCredentialForm' : 'testCredential', answer)
  return answer.body as Report
}

async function saved(body: Fields): Promise<Fields & { id: string }> {
  const answer = await call('POST', '/credentials', body)
  expect(answer.status, answer.text).toBe(201)
  return answer.body as Fields & { id: string }
}

async function use(credentialId: string, fields: Fields = {}): Promise<string> {
  serial += 1
  const slug = `s${serial}`
  const answer = await call('POST', '/integrations', {
    name: slug,
    slug,
    credential_id: credentialId,
    base_url: service.url,
    ...fields,
  })
  expect(answer.status, answer.text).toBe(201)
  return slug
}

/** What an app gets that calls: a status, or the problem of Fenicia. */
async function proxied(slug: string, body?: unknown): Promise<number | string> {
  const answer = await api.call(body === undefined ? 'GET' : 'POST', `/integrations/${slug}/proxy/x`, { token, body })
  return answer.headers.get('fenicia-error') ?? answer.status
}

const ofOwner = (ownerId: string) => and(eq(tokenSets.accountId, account), eq(tokenSets.ownerId, ownerId))

/** Lets the access token of a credential end, as far as Fenicia knows. */
async function expire(ownerId: string): Promise<void> {
  const ended = { obtainedAt: new Date(Date.now() - 3_600_000), expiresAt: new Date(Date.now() - 1_000) }
  await api.runtime.database.db.update(tokenSets).set(ended).where(ofOwner(ownerId))
}

describe('a refresh token that is tested', () => {
  it('is tested twice, its page closed, saved from the draft without a secret, and used', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const first = await tested(body)
    expect(first).toMatchObject({ result: 'good', draft_id: expect.stringMatching(/^draft_/) })
    expect(first.stages.map(({ server, stage }) => `${server} ${stage}`)).toEqual([
      'token address',
      'token connection',
      'token request',
      'token authentication',
      'service address',
      'service connection',
      'service request',
      'service authentication',
    ])
    const second = await tested({ ...body, draft_id: first.draft_id })
    expect(second).toMatchObject({ result: 'good', draft_id: first.draft_id })

    // All that is left is the draft.
    const { data } = (await call('GET', '/credential-drafts')).body as { data: { id: string }[] }
    expect(data.map(({ id }) => id)).toEqual([first.draft_id])
    const draft = await call('GET', `/credential-drafts/${first.draft_id}`)
    contract.check('getCredentialDraft', draft)
    const { form: kept, last_test } = draft.body as { form: Fields; last_test: Fields }
    expect(kept).not.toHaveProperty('secret')
    expect(last_test).toMatchObject({ result: 'good' })
    const third = await tested({ ...kept, draft_id: first.draft_id })
    expect(third.result).toBe('good')
    const credential = await saved({ ...kept, draft_id: first.draft_id })
    expect(credential.last_test).toMatchObject({ result: 'good' })
    const slug = await use(credential.id)
    expect(await proxied(slug)).toBe(200)
    await expire(credential.id)
    expect(await proxied(slug)).toBe(200)
    expect((await tested({}, `/credentials/${credential.id}/test`)).result).toBe('good')
    expect(provider.answers()).toEqual({ 200: provider.requests() })

    expect((await call('GET', `/credential-drafts/${first.draft_id}`)).status).toBe(404)
    expect(await ownedBy(first.draft_id as string)).toEqual([0, 0, 0])
  })

  it('is saved with the page still open, its secrets typed and the receipt', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const { draft_id, receipt } = await tested(body)
    const credential = await saved({ ...body, name: 'Renamed meanwhile', draft_id, receipt })
    expect(credential.last_test).toMatchObject({ result: 'good', by: 'ERP' })
    expect(await proxied(await use(credential.id))).toBe(200)
    expect(provider.answers()).toEqual({ 200: 1 })
  })

  it('is typed anew after the test, and the new one is what is saved', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const { draft_id } = await tested(body)
    const other = await provider.mintRefreshToken()
    const credential = await saved({ ...body, secret: secretOf(other), draft_id })
    expect(credential.last_test).toBeNull()
    expect(await proxied(await use(credential.id))).toBe(200)
    // It was spent by that: a second use of it takes its family along.
    expect((await tested(form({ secret: secretOf(other) }))).result).toBe('refused')
  })

  it('stays good when the provider was down at the first test', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    provider.interfere((_, response) => {
      response.writeHead(503, { 'retry-after': '5' }).end()
      return true
    })
    const failed = await tested(body)
    expect(failed).toMatchObject({ result: 'failed', draft_id: expect.any(String) })
    provider.interfere(null)
    const { draft_id } = failed
    expect((await tested({ ...body, draft_id })).result).toBe('good')
    expect(await proxied(await use((await saved({ ...body, draft_id })).id))).toBe(200)
  })

  it('is renewed before it is used when it is saved for another client than it was tested for', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const { draft_id } = await tested(body)
    const credential = await saved({ ...body, client_id: 'another-app', draft_id })
    expect(credential.last_test).toBeNull()
    expect(await proxied(await use(credential.id))).toBe('CREDENTIAL_REFUSED')
  })

  it('in an edit leaves a draft of that edit, which its save takes', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const changes = { secret: { refresh_token: await provider.mintRefreshToken() } }
    const { draft_id, receipt, result } = await tested(changes, `/credentials/${id}/test`)
    expect(result).toBe('good')
    const draft = await call('GET', `/credential-drafts/${draft_id}`)
    contract.check('getCredentialDraft', draft)
    expect(draft.body).toMatchObject({ changed_fields: [] })
    const answer = await call('PATCH', `/credentials/${id}`, { draft_id })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({ last_test: { result: 'good' } })
    expect(receipt).toEqual(expect.any(String))
    const slug = await use(id)
    await expire(id)
    expect(await proxied(slug)).toBe(200)
    expect(provider.answers()).toEqual({ 200: 2 })
  })

  it('whose client’s secret was wrong is saved with the right one, and used', async () => {
    const refresh = await provider.mintRefreshToken()
    const wrong = await tested(form({ secret: secretOf(refresh, 'wrong-secret-1') }))
    expect(wrong.result).toBe('refused')
    const credential = await saved(form({ secret: secretOf(refresh), draft_id: wrong.draft_id }))
    expect(await proxied(await use(credential.id))).toBe(200)
  })

  it('can’t be saved while it is tested, and that is told as it is', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const { draft_id } = await tested(body)
    const { promise, proceed } = held()
    const before = provider.requests()
    provider.interfere(() => promise.then(() => false))
    const running = tested({ ...body, draft_id })
    await eventually(() => expect(provider.requests()).toBe(before + 1))
    const early = await call('POST', '/credentials', { ...body, draft_id })
    proceed()
    expect((await running).result).toBe('good')
    const credential = await saved({ ...body, draft_id })
    expect(await proxied(await use(credential.id))).toBe(200)
    expect([early.status, early.body]).toEqual([503, expect.objectContaining({ code: 'CREDENTIAL_BUSY' })])
    expect(early.headers.get('retry-after')).toBe('2')
  })

  it('is entered again where what its draft has got for it can’t be opened any more', async () => {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()) })
    const { draft_id } = await tested(body)
    const ofDraft = eq(vaultItems.ownerId, draft_id as string)
    const { db } = api.runtime.database
    await db
      .update(vaultItems)
      .set({ sealed: 'damaged' })
      .where(and(ofDraft, eq(vaultItems.field, 'tokens')))
    const without = await call('POST', '/credentials', { ...body, secret: {}, draft_id })
    expect(without).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'secret.refresh_token', code: 'missing_field' }] },
    })
    // Also the other secrets, and the token as it was typed before: who enters all of it means that.
    await db.update(vaultItems).set({ sealed: 'damaged' }).where(ofDraft)
    const other = secretOf(await provider.mintRefreshToken())
    expect((await tested({ ...body, secret: other, draft_id })).result).toBe('good')
    await db.update(vaultItems).set({ sealed: 'damaged' }).where(ofDraft)
    const secret = secretOf(await provider.mintRefreshToken())
    expect(await proxied(await use((await saved({ ...body, secret, draft_id })).id))).toBe(200)
  })

  it('is not spent by a test that has no client’s secret, or no place to go', async () => {
    const refresh = await provider.mintRefreshToken()
    expect((await call('POST', '/credentials/test', form({ secret: { refresh_token: refresh } }))).status).toBe(400)
    expect(
      (await call('POST', '/credentials/test', form({ test: { url: 'https://127.0.0.9' }, secret: secretOf(refresh) })))
        .status,
    ).toBe(400)
    expect(provider.requests()).toBe(0)
    expect((await tested(form({ secret: secretOf(refresh) }))).result).toBe('good')
  })
})

/** Drafts, token sets and items of the vault that belong to an id. */
async function ownedBy(id: string): Promise<number[]> {
  const { db } = api.runtime.database
  const rows = await Promise.all([
    db.select().from(credentialDrafts).where(eq(credentialDrafts.id, id)),
    db.select().from(tokenSets).where(eq(tokenSets.ownerId, id)),
    db
      .select()
      .from(vaultItems)
      .where(or(eq(vaultItems.ownerId, id), sql`${vaultItems.ownerId} = ${id}`)),
  ])
  return rows.map((found) => found.length)
}

describe('a draft', () => {
  async function drafted(fields: Fields = {}) {
    const body = form({ secret: secretOf(await provider.mintRefreshToken()), ...fields })
    const { draft_id } = await tested(body)
    return { body, id: draft_id as string }
  }
  const statuses = async (id: string, body: Fields, as: string) => {
    const calls = [
      await call('GET', `/credential-drafts/${id}`, undefined, as),
      await call('POST', '/credentials/test', { ...body, draft_id: id }, as),
      await call('POST', '/credentials', { ...body, name: `${body.name} 2`, draft_id: id }, as),
      await call('DELETE', `/credential-drafts/${id}`, undefined, as),
    ]
    return calls.map(({ status, body: told }) => [status, (told as Fields | undefined)?.detail])
  }

  it('of somebody else is not found, in the words for one that there is not', async () => {
    const { id, body } = await drafted()
    const colleague = await api.makeKey(account, { scopes })
    const stranger = await api.makeKey(await api.makeAccount('Stranger'), { scopes })
    const before = await ownedBy(id)
    const requests = provider.requests()
    const missing = await statuses('draft_019ab0c1d2e37f4a8b5c6d7e8f901234', body, token)
    expect(missing.map(([status]) => status)).toEqual([404, 404, 404, 404])
    for (const other of [colleague.token, stranger.token]) {
      expect(await statuses(id, body, other)).toEqual(missing)
      expect((await call('GET', '/credential-drafts', undefined, other)).body).toMatchObject({ data: [] })
    }
    expect(await ownedBy(id)).toEqual(before)
    expect(provider.requests()).toBe(requests)
  })

  it('ends after a day, and is pruned with its secrets and tokens', async () => {
    const { id, body } = await drafted()
    const { id: young } = await drafted()
    const { db } = api.runtime.database
    const [row] = await db.select().from(credentialDrafts).where(eq(credentialDrafts.id, id))
    const hours = ((row?.expiresAt.getTime() ?? 0) - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(23.9)
    expect(hours).toBeLessThan(24.1)
    expect(await ownedBy(id)).toEqual([1, 1, 2])
    await db
      .update(credentialDrafts)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(credentialDrafts.id, id))
    expect((await statuses(id, body, token)).map(([status]) => status)).toEqual([404, 404, 404, 404])
    expect((await call('GET', '/credential-drafts')).body).toMatchObject({ data: [{ id: young }] })
    expect(await ownedBy(id)).toEqual([1, 1, 2])
    expect(await pruneDrafts(db, api.runtime.vault)).toBe(1)
    expect(await ownedBy(id)).toEqual([0, 0, 0])
    expect(await ownedBy(young)).toEqual([1, 1, 2])
    expect(await pruneDrafts(db, api.runtime.vault)).toBe(0)
  })

  it('is discarded with all that it has', async () => {
    const { id } = await drafted()
    const answer = await call('DELETE', `/credential-drafts/${id}`)
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(await ownedBy(id)).toEqual([0, 0, 0])
    expect((await call('DELETE', `/credential-drafts/${id}`)).status).toBe(404)
  })

  it('of an edit goes with its credential', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const changes = { secret: { refresh_token: await provider.mintRefreshToken() } }
    const { draft_id } = await tested(changes, `/credentials/${id}/test`)
    expect(await ownedBy(draft_id as string)).toEqual([1, 1, 2])
    expect((await call('DELETE', `/credentials/${id}`)).status).toBe(204)
    expect(await ownedBy(draft_id as string)).toEqual([0, 0, 0])
    expect(await ownedBy(id)).toEqual([0, 0, 0])
  })

  it('of an edit is not made for a credential that is deleted while it is tested, and that is said', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const { db } = api.runtime.database
    const transaction = db.transaction.bind(db)
    let isFirst = true
    // Between what is read for the test and what is kept of it.
    vi.spyOn(db, 'transaction').mockImplementation(async (work, config) => {
      const deletes = isFirst
      isFirst = false
      const done = await transaction(work, config)
      if (deletes) expect((await call('DELETE', `/credentials/${id}`)).status).toBe(204)
      return done
    })
    try {
      const changes = { secret: { refresh_token: await provider.mintRefreshToken() } }
      expect((await call('POST', `/credentials/${id}/test`, changes)).status).toBe(404)
    } finally {
      vi.restoreAllMocks()
    }
    expect(provider.requests()).toBe(0)
  })

  it('whose refresh token was typed makes no connected credential, which would ask to connect again for each host', async () => {
    const { draft_id } = await tested(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const fields = { grant: 'authorization_code', authorization_url: provider.authorizationUrl, hosts: [service.url] }
    const { id, secret_set_at } = await saved(form({ ...fields, draft_id }))
    expect(secret_set_at).toEqual({ client_secret: expect.any(String) })
    const more = { hosts: [service.url, 'https://api.example.com'], secret: { client_secret: provider.clientSecret } }
    const answer = await call('PATCH', `/credentials/${id}`, more)
    expect(answer.status, answer.text).toBe(200)
  })

  it('is not saved as tested by what was found of another form', async () => {
    provider.interfere((_, response) => {
      response.writeHead(503).end()
      return true
    })
    const { id, body } = await drafted()
    provider.interfere(null)
    const other = {
      ...body,
      grant: 'client_credentials',
      secret: { client_secret: provider.clientSecret },
      draft_id: id,
    }
    expect((await tested(other)).result).toBe('good')
    const { form: kept } = (await call('GET', `/credential-drafts/${id}`)).body as { form: Fields }
    const credential = await saved({ ...kept, draft_id: id })
    expect((credential.last_test as Fields | null)?.result).not.toBe('good')
  })

  it('is not saved as tested by a test that took longer than the one of what it has become', async () => {
    const { id, body } = await drafted()
    const { secret: _secret, ...shown } = body
    const { promise, proceed } = held()
    service.forget()
    service.respond(async ({ target }, response) => {
      if (target === '/me') await promise
      response.writeHead(target === '/me' ? 200 : 401).end()
    })
    const slow = tested({ ...shown, draft_id: id })
    await eventually(() => expect(service.received).not.toEqual([]))
    const other = { ...shown, test: { url: `${service.url}/orders` }, draft_id: id }
    expect((await tested(other)).result).toBe('refused')
    proceed()
    expect((await slow).result).toBe('good')
    expect((await saved(other)).last_test).toMatchObject({ result: 'refused' })
  })

  it('is not saved as tested by the receipt of what it held before', async () => {
    const { id, body } = await drafted()
    const { secret: _secret, ...shown } = body
    const good = await tested({ ...shown, draft_id: id })
    expect(good.result).toBe('good')
    const bad = await tested({ ...shown, secret: { client_secret: 'wrong-secret-1' }, draft_id: id })
    expect(bad.result).toBe('refused')
    const credential = await saved({ ...shown, draft_id: id, receipt: good.receipt })
    expect((credential.last_test as Fields | null)?.result).not.toBe('good')
  })

  it('is not made where nothing would be lost', async () => {
    const body = form({ grant: 'client_credentials', secret: { client_secret: provider.clientSecret } })
    const { draft_id, receipt } = await tested(body)
    expect(draft_id).toBeNull()
    const { db } = api.runtime.database
    expect(await db.select().from(tokenSets).where(eq(tokenSets.accountId, account))).toEqual([])
    expect(await db.select().from(vaultItems).where(eq(vaultItems.accountId, account))).toEqual([])
    expect((await saved({ ...body, receipt })).last_test).toMatchObject({ result: 'good' })
  })
})

describe('an access token in use', () => {
  it.each(['refresh_token', 'client_credentials'])(
    'is renewed once for 20 calls that find it ended (%s)',
    async (grant) => {
      const secret =
        grant === 'refresh_token'
          ? secretOf(await provider.mintRefreshToken())
          : { client_secret: provider.clientSecret }
      const { id } = await saved(form({ grant, secret }))
      const slug = await use(id)
      expect(await Promise.all(Array.from({ length: 20 }, () => proxied(slug)))).toEqual(Array(20).fill(200))
      expect(provider.requests()).toBe(1)
      await expire(id)
      expect(await Promise.all(Array.from({ length: 20 }, () => proxied(slug, { a: 1 })))).toEqual(Array(20).fill(200))
      expect(provider.requests()).toBe(2)
      expect(provider.answers()).toEqual({ 200: 2 })
      expect(service.received).toHaveLength(40)
    },
  )

  it('that the service no longer takes is renewed once, and the calls are repeated with their bodies', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    expect(await proxied(slug)).toBe(200)
    const used = service.received[0]?.headers.authorization?.replace('Bearer ', '') as string
    // Half of the calls learn of it only after the others have got a new token.
    const late = held()
    let refused = 0
    service.respond(async ({ headers, body }, response) => {
      if (headers.authorization !== `Bearer ${used}`) {
        late.proceed()
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ got: body }))
        return
      }
      refused += 1
      if (refused % 2 === 0) await late.promise
      response.writeHead(401).end()
    })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => api.call('POST', `/integrations/${slug}/proxy/x`, { token, body: { at } })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, at) => ({ got: JSON.stringify({ at }) })))
    expect(refused).toBe(20)
    expect(provider.answers()).toEqual({ 200: 2 })
  })

  it('that the service takes in no case is renewed once a call, and its answer is passed on', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    service.respondWith(401, { 'www-authenticate': 'Bearer' }, 'no')
    const answer = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect(answer).toMatchObject({ status: 401, text: 'no' })
    expect(answer.headers.get('fenicia-error')).toBeNull()
    expect(provider.requests()).toBe(2)
    expect(service.received).toHaveLength(2)
  })

  it('is told to have ended by what the integration says of it', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const rule = { statuses: [], json: { path: 'error.code', equals: 'expired' } }
    const slug = await use(id, { expired_token: rule })
    let first = true
    service.respond((_, response) => {
      const text = first ? '{"error":{"code":"expired"}}' : '{"ok":true}'
      first = false
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
    const answer = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect(answer.body).toEqual({ ok: true })
    expect(provider.requests()).toBe(2)
  })

  it('that is meant for other hosts by now goes to none that was looked up before', async () => {
    const { id } = await saved(form({ hosts: [service.url], secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    expect((await call('GET', `/integrations/${slug}/proxy/x`)).status).toBe(200)
    const { uses } = api.runtime
    const before = await uses.find(account, 'live', slug)
    const changed = await call('PATCH', `/credentials/${id}`, { parameters: [{ name: 'x', value: 'y' }] })
    expect(changed.status, changed.text).toBe(200)
    // As a call does that has read the integration just before the change.
    const find = vi.spyOn(uses, 'find').mockResolvedValueOnce(before)
    service.forget()
    const answer = await call('GET', `/integrations/${slug}/proxy/x`)
    expect(answer.body).toMatchObject({ status: 503, code: 'CREDENTIAL_BUSY' })
    expect(service.received).toEqual([])
    find.mockRestore()
    expect((await call('GET', `/integrations/${slug}/proxy/x`)).status).toBe(200)
  })

  it('that is brought without its refresh token is refused, and not forgotten without a word', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    const refresh_token = await provider.mintRefreshToken()
    const alone = await call('PATCH', `/credentials/${id}`, { secret: { access_token: 'brought' } })
    expect(alone.status, alone.text).toBe(400)
    expect(alone.body).toMatchObject({ errors: [{ field: 'secret.refresh_token' }] })
    const both = await call('PATCH', `/credentials/${id}`, { secret: { access_token: 'brought', refresh_token } })
    expect(both.status, both.text).toBe(200)
    service.forget()
    await proxied(slug)
    expect(service.received[0]?.headers.authorization).toBe('Bearer brought')
  })

  it('that was brought once is not asked for again with another refresh token, which takes its place', async () => {
    const brought = { ...secretOf(await provider.mintRefreshToken()), access_token: 'brought' }
    const { id } = await saved(form({ secret: brought }))
    const hosts = [service.url, 'https://api.example.com']
    const answer = await call('PATCH', `/credentials/${id}`, {
      hosts,
      secret: secretOf(await provider.mintRefreshToken()),
    })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({ hosts, secret_set_at: { refresh_token: expect.any(String) } })
    expect((answer.body as Fields).secret_set_at).not.toHaveProperty('access_token')
    expect(await proxied(await use(id))).toBe(200)
  })

  it('that was brought is used until its end, and then renewed', async () => {
    const brought = 'brought-access-token-1'
    service.respond(({ headers }, response) =>
      response.writeHead(headers.authorization === `Bearer ${brought}` ? 200 : 202).end(),
    )
    const secret = { ...secretOf(await provider.mintRefreshToken()), access_token: brought }
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await saved(form({ secret, access_token_expires_at: until }))
    const slug = await use(id)
    expect(await proxied(slug)).toBe(200)
    expect(provider.requests()).toBe(0)
    await expire(id)
    expect(await proxied(slug)).toBe(202)
    expect(provider.requests()).toBe(1)
  })
})

describe('a credential that the provider refused for good', () => {
  it.each(['refresh_token', 'client_credentials'])(
    'works again once its client’s secret is corrected (%s)',
    async (grant) => {
      const refresh = grant === 'refresh_token' ? { refresh_token: await provider.mintRefreshToken() } : {}
      const { id } = await saved(form({ grant, secret: { client_secret: 'wrong-secret-1', ...refresh } }))
      const slug = await use(id)
      expect(await proxied(slug)).toBe('CREDENTIAL_REFUSED')
      expect((await call('GET', `/credentials/${id}`)).body).toMatchObject({
        tokens: { refused_error: 'invalid_client' },
      })
      const answer = await call('PATCH', `/credentials/${id}`, { secret: { client_secret: provider.clientSecret } })
      expect(answer.status, answer.text).toBe(200)
      expect(await proxied(slug)).toBe(200)
    },
  )

  it('works again once its client id is corrected', async () => {
    const { id } = await saved(form({ client_id: 'wrong', secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    expect(await proxied(slug)).toBe('CREDENTIAL_REFUSED')
    expect((await call('PATCH', `/credentials/${id}`, { client_id: provider.clientId })).status).toBe(200)
    expect(await proxied(slug)).toBe(200)
  })

  it('works again with another refresh token', async () => {
    const spent = await provider.mintRefreshToken()
    await tested(form({ secret: secretOf(spent) }))
    const { id } = await saved(form({ secret: secretOf(spent) }))
    const slug = await use(id)
    expect(await proxied(slug)).toBe('CREDENTIAL_REFUSED')
    const requests = provider.requests()
    expect(await proxied(slug)).toBe('CREDENTIAL_REFUSED')
    expect(provider.requests()).toBe(requests)
    await call('PATCH', `/credentials/${id}`, { secret: { refresh_token: await provider.mintRefreshToken() } })
    expect(await proxied(slug)).toBe(200)
  })
})

describe('a test of changes', () => {
  it.each([
    ['a wrong client id', { client_id: 'wrong' }],
    ['a wrong secret', { secret: { client_secret: 'wrong-secret-1' } }],
    ['a scope that there is not', { scopes: ['nonsense'] }],
  ])('takes nothing from what is stored: %s', async (_, changes) => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const slug = await use(id)
    expect(await proxied(slug)).toBe(200)
    const report = await tested(changes, `/credentials/${id}/test`)
    expect(report.result).not.toBe('good')
    await expire(id)
    expect(await proxied(slug)).toBe(200)
  })

  it('does not leave the stored credential with a token for fewer scopes', async () => {
    const endpoint = await startUpstream()
    try {
      endpoint.respond(({ body }, response) => {
        const kind = new URLSearchParams(body).get('scope') === 'read' ? 'narrow' : 'wide'
        const answer = {
          access_token: `${kind}-token-1`,
          token_type: 'bearer',
          refresh_token: 'next-token-1',
          expires_in: 3600,
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      })
      const { id } = await saved(form({ token_url: `${endpoint.url}/token`, secret: secretOf('first-token-1') }))
      const slug = await use(id)
      service.respond(({ headers }, response) => {
        response.writeHead(headers.authorization === 'Bearer wide-token-1' ? 200 : 403).end()
      })
      expect(await proxied(slug)).toBe(200)
      await tested({ scopes: ['read'] }, `/credentials/${id}/test`)
      expect(await proxied(slug)).toBe(200)
    } finally {
      await endpoint.close()
    }
  })

  it('is not answered with what another test at the same time finds', async () => {
    const { id } = await saved(form({ secret: secretOf(await provider.mintRefreshToken()) }))
    const { promise, proceed } = held()
    provider.interfere(() => promise.then(() => false))
    const good = tested({}, `/credentials/${id}/test`)
    await eventually(() => expect(provider.requests()).toBe(1))
    const wrong = tested({ secret: { client_secret: 'wrong-secret-1' } }, `/credentials/${id}/test`)
    // Counted, it goes on to where it might join the other one.
    const counted = () =>
      api.runtime.database.db
        .select()
        .from(signInFailures)
        .where(eq(signInFailures.key, `credentialTest:${account}`))
    await eventually(async () => expect((await counted())[0]?.points).toBe(2))
    for (let turn = 0; turn < 20; turn += 1) await counted()
    proceed()
    expect((await good).result).toBe('good')
    expect((await wrong).result).not.toBe('good')
  })
})
