import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents } from '@/db/schema'
import { startTestApi, type TestApi } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { Secret } from '../vault/secret'
import { promoteNextSecret } from './next-secret'

// A client's secret that has a successor, at a token endpoint that knows the secrets that a test says.

const OLD = 'old-client-secret-canary-1'
const NEXT = 'next-client-secret-canary-2'
const LAST = 'last-client-secret-canary-3'
const scopes = ['credentials:*', 'integrations:*']

type Fields = Record<string, unknown>

let api: TestApi
let endpoint: Upstream
let service: Upstream
let account: string
let token: string
let known: string[]
let serial = 0

beforeAll(async () => {
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  endpoint = await startUpstream()
  service = await startUpstream()
})
afterAll(async () => {
  await api.stop()
  await endpoint.close()
  await service.close()
})
beforeEach(async () => {
  account = await api.makeAccount('Motya Salt')
  ;({ token } = await api.makeKey(account, { name: 'ERP', scopes }))
  known = [OLD, NEXT]
  endpoint.forget()
  endpoint.respond(({ body }, response) => {
    const secret = new URLSearchParams(body).get('client_secret') ?? ''
    const isKnown = known.includes(secret)
    const answer = isKnown
      ? { access_token: 'access-1', token_type: 'bearer', expires_in: 3600 }
      : { error: 'invalid_client', error_description: `Not ${secret}` }
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  service.respond((_, response) => response.writeHead(204).end())
})

async function call(method: string, path: string, body?: unknown) {
  const answer = await api.call(method, path, { token, body })
  expect(answer.text).not.toContain('canary')
  return answer
}

function form(fields: Fields = {}): Fields {
  serial += 1
  return {
    type: 'oauth2',
    name: `Marketplace ${serial}`,
    token_url: `${endpoint.url}/token`,
    client_id: 'client-1',
    client_authentication: 'body',
    hosts: [service.url],
    secret: { client_secret: OLD, next_client_secret: NEXT },
    ...fields,
  }
}

async function saved(fields: Fields = {}): Promise<string> {
  const answer = await call('POST', '/credentials', form(fields))
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: string }).id
}

async function change(id: string, changes: Fields) {
  const answer = await call('PATCH', `/credentials/${id}`, changes)
  return { status: answer.status, text: answer.text, fields: fieldsOf(answer.body) }
}

function fieldsOf(body: unknown): string[] {
  return ((body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field).sort()
}

/** The names of the secrets that are stored, as the API tells them. */
async function stored(id: string): Promise<string[]> {
  const { body } = await call('GET', `/credentials/${id}`)
  return Object.keys((body as { secret_set_at: Fields }).secret_set_at).sort()
}

async function proxied(id: string): Promise<number | string> {
  serial += 1
  const slug = `s${serial}`
  await call('POST', '/integrations', { name: slug, slug, credential_id: id, base_url: service.url })
  const answer = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
  return answer.headers.get('fenicia-error') ?? answer.status
}

const sent = () => endpoint.received.map(({ body }) => new URLSearchParams(body).get('client_secret'))

describe('a client secret’s successor', () => {
  it('is stored beside it, and waits while the first is known', async () => {
    const id = await saved()
    expect(await stored(id)).toEqual(['client_secret', 'next_client_secret'])
    expect(await proxied(id)).toBe(204)
    expect(sent()).toEqual([OLD])
  })

  it('takes over as soon as the service refuses the first, so that calls go on', async () => {
    const id = await saved()
    known = [NEXT]
    expect(await proxied(id)).toBe(204)
    expect(sent()).toEqual([OLD, NEXT])
  })

  it('is tried by a test of the form, too', async () => {
    known = [NEXT]
    const answer = await call('POST', '/credentials/test', form())
    expect(answer.body).toMatchObject({ result: 'good' })
    known = []
    expect((await call('POST', '/credentials/test', form())).body).toMatchObject({ result: 'refused' })
    expect(sent()).toEqual([OLD, NEXT, OLD, NEXT])
  })

  it('is added to what is stored, and mends what was refused', async () => {
    const id = await saved({ secret: { client_secret: OLD } })
    known = [NEXT]
    expect(await proxied(id)).toBe('CREDENTIAL_REFUSED')
    expect((await change(id, { secret: { next_client_secret: NEXT } })).status).toBe(200)
    expect(await stored(id)).toEqual(['client_secret', 'next_client_secret'])
    expect(await proxied(id)).toBe(204)
  })

  it('goes when the first is entered anew without it, and stays with it', async () => {
    const id = await saved()
    expect((await change(id, { secret: { client_secret: OLD, next_client_secret: LAST } })).status).toBe(200)
    expect(await stored(id)).toEqual(['client_secret', 'next_client_secret'])
    expect((await change(id, { secret: { client_secret: NEXT } })).status).toBe(200)
    expect(await stored(id)).toEqual(['client_secret'])
    known = [LAST]
    expect(await proxied(id)).toBe('CREDENTIAL_REFUSED')
    expect(sent()).toEqual([NEXT])
  })

  it('goes when the client does not authenticate any more', async () => {
    const id = await saved()
    expect((await change(id, { client_authentication: 'none' })).status).toBe(200)
    expect(await stored(id)).toEqual([])
  })

  it('does not travel to another token endpoint either', async () => {
    const id = await saved()
    const elsewhere = { token_url: `${service.url}/token` }
    const both = await change(id, elsewhere)
    expect(both).toMatchObject({ status: 400, fields: ['secret.client_secret', 'secret.next_client_secret'] })
    const one = await change(id, { ...elsewhere, secret: { next_client_secret: LAST } })
    expect(one).toMatchObject({ status: 400, fields: ['secret.client_secret'] })
    expect((await change(id, { ...elsewhere, secret: { client_secret: LAST } })).status).toBe(200)
    expect(await stored(id)).toEqual(['client_secret'])
  })

  it('is no field of a client that does not authenticate', async () => {
    const answer = await call('POST', '/credentials', form({ client_authentication: 'none' }))
    expect(answer.status).toBe(400)
    expect(fieldsOf(answer.body)).toEqual(['secret.client_secret', 'secret.next_client_secret'])
  })
})

describe('a client secret’s successor that was taken', () => {
  const promote = (id: string, used: string, accountId = account) =>
    promoteNextSecret({ db: api.runtime.database.db, vault: api.runtime.vault }, accountId, id, new Secret(used))

  it('becomes the client secret, as set when it was', async () => {
    const id = await saved()
    const before = (await call('GET', `/credentials/${id}`)).body as Fields & { secret_set_at: Fields }
    known = [NEXT]
    expect(await promote(id, NEXT)).toBe(true)
    const after = (await call('GET', `/credentials/${id}`)).body as Fields & { secret_set_at: Fields }
    expect(after.secret_set_at).toEqual({ client_secret: before.secret_set_at.next_client_secret })
    expect(await proxied(id)).toBe(204)
    expect(sent()).toEqual([NEXT])
    const { db } = api.runtime.database
    const events = await db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.accountId, account), eq(auditEvents.action, 'credential.client_secret_promoted')))
    expect(events).toMatchObject([{ actorKind: 'system', targetId: id, details: { name: before.name } }])
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  it('does so once, and leaves what a person has stored meanwhile', async () => {
    const id = await saved()
    expect(await promote(id, NEXT)).toBe(true)
    expect(await promote(id, NEXT)).toBe(false)
    await change(id, { secret: { client_secret: OLD, next_client_secret: LAST } })
    expect(await promote(id, NEXT)).toBe(false)
    expect(await stored(id)).toEqual(['client_secret', 'next_client_secret'])
  })

  it('does so in its own account only', async () => {
    const id = await saved()
    const other = await api.makeAccount('Another')
    await expect(promote(id, NEXT, other)).rejects.toMatchObject({ code: 'not_found' })
    expect(await stored(id)).toEqual(['client_secret', 'next_client_secret'])
  })
})
