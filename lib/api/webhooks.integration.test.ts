import { Webhook } from 'standardwebhooks'
import { afterAll, expect, it } from 'vitest'
import { auditEvents, webhooks } from '@/db/schema'
import { startTestApi } from '@/test/api'
import { Contract, callsOf } from '@/test/api-contract'
import { startUpstream } from '@/test/upstream'
import { recordEvent } from '../notifications/outbox'
import { runWebhooks } from '../webhooks'
import { openApiDocument } from '.'

// What an app does with webhooks by its key, from the first to the last.

const receiver = await startUpstream()
const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error', FENICIA_EGRESS_ALLOW: '127.0.0.1' })
afterAll(async () => {
  await api.stop()
  await receiver.close()
})
const { database, vault, egress } = api.runtime
const { db } = database
const call = callsOf(api, new Contract(openApiDocument()))
const accountId = await api.makeAccount('Ana’s shop')
const { token, id: keyId } = await api.makeKey(accountId, { name: 'Caller', scopes: ['webhooks:*'] })
const reader = await api.makeKey(accountId, { name: 'Reader', scopes: ['webhooks:read'] })

interface Shown {
  id: string
  secret?: string
  [field: string]: unknown
}
interface Page {
  data: (Shown & { attempts: { status: number | null }[] })[]
  next_cursor: string | null
}
const deliver = () => runWebhooks({ db, vault, egress })
const happens = (name: string) =>
  recordEvent(db, accountId, 'api_key.created', `key_${name}`, { name, environment: 'live', by: 'Ana' })

async function add(body: object = {}): Promise<Shown> {
  const all = { name: 'ERP events', url: `${receiver.url}/hook`, ...body }
  return (await call('createWebhook', token, { body: all })).body as Shown
}

it('is added with a secret that no other answer holds, and signs what is sent', async () => {
  const { secret = '', ...made } = await add({ event_types: ['key.created'] })
  expect(made).toMatchObject({
    event_types: ['key.created'],
    state: 'enabled',
    created_by: { type: 'key', id: keyId, name: 'Caller' },
  })
  await happens('one')
  await deliver()
  const [sent] = receiver.received
  new Webhook(secret).verify(sent?.body ?? '', sent?.headers as Record<string, string>)
  const { id } = made
  expect((await call('getWebhook', reader.token, { id })).body).toEqual(made)
  const answers = await Promise.all([
    call('listWebhooks', token),
    call('listWebhookMessages', token, { id }),
    call('updateWebhook', token, { id, body: { name: 'ERP' } }),
  ])
  const after = (await call('rotateWebhookSecret', token, { id, body: {} })).body as Shown
  expect(after.secret).toMatch(/^whsec_/)
  expect(after.previous_secret_until).not.toBeNull()
  const all = JSON.stringify([answers.map(({ body }) => body), await db.select().from(auditEvents)])
  expect(all).toContain(id)
  for (const one of [secret, after.secret ?? '']) expect(all).not.toContain(one.slice(6))
})

it('is changed field by field', async () => {
  const { secret: _, ...made } = await add({ event_types: ['key.created'] })
  const { id } = made
  const { body } = await call('updateWebhook', token, { id, body: { state: 'paused' } })
  expect(body).toEqual({ ...made, state: 'paused', state_since: expect.any(String) })
  const renamed = (await call('updateWebhook', token, { id, body: { name: 'ERP', event_types: null } })).body
  expect(renamed).toEqual({ ...(body as Shown), name: 'ERP', event_types: null })
  expect((await call('deleteWebhook', token, { id })).status).toBe(204)
  expect((await call('getWebhook', token, { id })).status).toBe(404)
})

it('lists its messages by pages, status and type, and sends one again', async () => {
  await db.delete(webhooks)
  const { id } = await add()
  for (const name of ['one', 'two', 'three']) await happens(name)
  await deliver()
  const tested = await call('testWebhook', token, { id })
  expect(tested).toMatchObject({ status: 201, body: { type: 'webhook.test', webhook_id: id, state: 'waiting' } })
  const list = async (query: string) => {
    const path = `/webhooks/${id}/messages${query}`
    const { status, body } = await api.call('GET', path, { token: reader.token })
    expect(status).toBe(200)
    return body as Page
  }
  const names = ({ data }: Page) => data.map(({ payload }) => (payload as { data: { name: string } }).data.name)
  const first = await list('?limit=2&state=delivered')
  expect(names(first)).toEqual(['three', 'two'])
  const rest = await list(`?limit=2&state=delivered&cursor=${first.next_cursor}`)
  expect([names(rest), rest.next_cursor]).toEqual([['one'], null])
  expect((await list('?type=webhook.test')).data).toMatchObject([{ state: 'waiting', attempts: [] }])
  const [message] = rest.data
  receiver.forget()
  const replayed = await call('replayWebhookMessage', token, { id: message?.id })
  expect(replayed.body).toMatchObject({
    id: message?.id,
    webhook_id: id,
    state: 'waiting',
    attempts: [{ status: 200 }],
  })
  await deliver()
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toContain(message?.id)
})

it('is nothing that a key with webhooks:read changes, nor a test key sees', async () => {
  const { id } = await add()
  expect((await call('updateWebhook', reader.token, { id, body: { name: 'Mine' } })).status).toBe(403)
  const test = await api.makeKey(accountId, { name: 'Test', scopes: ['webhooks:*'], environment: 'test' })
  expect((await call('listWebhooks', test.token)).status).toBe(403)
})

it('is refused with the reason where an account has as many as it may', async () => {
  const busy = await api.makeAccount('Ben’s shop')
  const { token: theirs } = await api.makeKey(busy, { scopes: ['webhooks:*'] })
  const body = { name: 'ERP events', url: `${receiver.url}/hook` }
  for (let n = 0; n < 20; n += 1) expect((await call('createWebhook', theirs, { body })).status).toBe(201)
  expect(await call('createWebhook', theirs, { body })).toMatchObject({
    status: 400,
    body: {
      code: 'validation:invalid_value',
      detail: 'An account has 20 webhooks at most. Delete one that is not needed.',
    },
  })
})
