import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents, outboxEvents, tokenSets } from '@/db/schema'
import { type Answer, startTestApi, type TestApi } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { type OAuthServer, startOAuthServer } from '@/test/oauth-provider'
import { warnOfExpiry } from '../credentials'
import { TEST_RATE } from '../credentials/test-limit'
import { openApiDocument } from '.'

let api: TestApi
let provider: OAuthServer
let contract: Contract
let token: string
let serial = 0

beforeAll(async () => {
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  contract = new Contract(openApiDocument())
  const account = await api.makeAccount('Tyre Trade')
  ;({ token } = await api.makeKey(account, { name: 'ERP', scopes: ['credentials:*'] }))
  provider = await startOAuthServer()
})
afterAll(async () => {
  await api.stop()
  await provider.close()
})
beforeEach(() => provider.interfere(null))

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await api.call(method, path, { token, body })
  checkEveryAnswer(answer)
  return answer
}

interface Shown {
  id: string
  renew_ahead?: boolean
  tokens: { state: string; renew_at: string | null; expires_at: string | null; refused_error: string | null }
}

async function make(fields: Record<string, unknown> = {}): Promise<string> {
  serial += 1
  const answer = await call('POST', '/credentials', {
    type: 'oauth2',
    name: `Client ${serial}`,
    hosts: ['https://api.example.com'],
    grant: 'refresh_token',
    token_url: provider.tokenUrl,
    client_id: provider.clientId,
    secret: { client_secret: provider.clientSecret, refresh_token: await provider.mintRefreshToken() },
    ...fields,
  })
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as Shown).id
}
const shown = async (id: string) => (await call('GET', `/credentials/${id}`)).body as Shown

describe('a credential’s renewals', () => {
  it('happen when an app asks for one, and are listed, the latest first', async () => {
    const id = await make()
    expect(await shown(id)).toMatchObject({
      renew_ahead: true,
      tokens: { state: 'active', renew_at: expect.any(String) },
    })
    const first = await call('POST', `/credentials/${id}/renew`)
    contract.check('renewCredential', first)
    expect(first.body).toMatchObject({ reason: 'manual', result: 'renewed', error: null })
    await call('POST', `/credentials/${id}/renew`)
    const page = await call('GET', `/credentials/${id}/renewals?limit=1`)
    contract.check('listRenewals', page)
    const { data, next_cursor } = page.body as { data: { id: string }[]; next_cursor: string }
    expect(data).toHaveLength(1)
    const next = await call('GET', `/credentials/${id}/renewals?limit=1&cursor=${next_cursor}`)
    expect(next.body).toEqual({ data: [first.body], next_cursor: null })
    const events = await api.runtime.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id))
    expect(events.filter(({ action }) => action === 'credential.renewed')).toHaveLength(2)
  })

  it('that fail are told of as they are, and the credential says what has to be done', async () => {
    const id = await make()
    provider.interfere((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'invalid_grant', error_description: 'The grant was revoked' }))
      return true
    })
    const answer = await call('POST', `/credentials/${id}/renew`)
    contract.check('renewCredential', answer)
    expect(answer.body).toMatchObject({
      result: 'refused',
      status: 400,
      error: 'invalid_grant',
      detail: expect.stringContaining('The grant was revoked'),
      next_at: null,
    })
    expect(await shown(id)).toMatchObject({
      tokens: { state: 'reauthorization_required', refused_error: 'invalid_grant', renew_at: null },
    })
    provider.interfere(null)
    // Somebody who asks is not held to what was refused before.
    expect((await call('POST', `/credentials/${id}/renew`)).body).toMatchObject({ result: 'renewed' })
    expect(await shown(id)).toMatchObject({ tokens: { state: 'active', refused_error: null } })
  })

  it('are told to be failing while they are tried again', async () => {
    const id = await make()
    provider.interfere((_request, response) => {
      response.writeHead(503).end()
      return true
    })
    expect((await call('POST', `/credentials/${id}/renew`)).body).toMatchObject({ result: 'retrying', status: 503 })
    expect(await shown(id)).toMatchObject({ tokens: { state: 'failing', renew_at: expect.any(String) } })
  })

  it('come only when they are asked for, where that is set', async () => {
    const id = await make({ renew_ahead: false })
    await call('POST', `/credentials/${id}/renew`)
    expect(await shown(id)).toMatchObject({ renew_ahead: false, tokens: { state: 'active', renew_at: null } })
    const version = async () =>
      (await api.runtime.database.db.select().from(tokenSets).where(eq(tokenSets.ownerId, id)))[0]?.version
    const before = await version()
    await call('PATCH', `/credentials/${id}`, { renew_ahead: true })
    expect(await shown(id)).toMatchObject({ renew_ahead: true, tokens: { renew_at: expect.any(String) } })
    // The tokens are the ones that there were.
    expect(await version()).toBe(before)
  })

  it('can’t be asked for as often as one likes, which would wear the provider out for everybody', async () => {
    const { tokenUrl } = provider
    const other = await api.makeAccount('Sidon Sails')
    const key = await api.makeKey(other, { name: 'Loop', scopes: ['credentials:*'] })
    const secret = { client_secret: provider.clientSecret }
    const form = {
      type: 'oauth2',
      name: 'Client',
      hosts: [tokenUrl],
      token_url: tokenUrl,
      client_id: provider.clientId,
    }
    const saved = await api.call('POST', '/credentials', { token: key.token, body: { ...form, secret } })
    const { id } = saved.body as Shown
    const renew = () => api.call('POST', `/credentials/${id}/renew`, { token: key.token })
    for (let n = 0; n < TEST_RATE.points; n++) expect((await renew()).status).toBe(200)
    const refused = await renew()
    contract.check('renewCredential', refused)
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
  })

  it('are none of a credential of another type', async () => {
    const id = await make({
      type: 'bearer',
      grant: undefined,
      token_url: undefined,
      client_id: undefined,
      secret: { token: 'a-static-token' },
    })
    expect((await call('POST', `/credentials/${id}/renew`)).body).toMatchObject({ code: 'validation:invalid_value' })
    expect((await call('GET', `/credentials/${id}/renewals`)).body).toEqual({ data: [], next_cursor: null })
    expect((await shown(id)).renew_ahead).toBeUndefined()
  })
})

it('a secret whose end is changed is warned of anew', async () => {
  const { db } = api.runtime.database
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const id = await make({
    type: 'bearer',
    grant: undefined,
    token_url: undefined,
    client_id: undefined,
    expires_at: inDays(2),
    secret: { token: 'a-static-token' },
  })
  const warnings = async () => (await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))).length
  await warnOfExpiry(db)
  await call('PATCH', `/credentials/${id}`, { name: 'The same end' })
  await warnOfExpiry(db)
  expect(await warnings()).toBe(1)
  await call('PATCH', `/credentials/${id}`, { expires_at: inDays(2.5) })
  await warnOfExpiry(db)
  expect(await warnings()).toBe(2)
})
