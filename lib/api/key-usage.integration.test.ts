import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { auditEvents } from '@/db/schema'
import { startTestApi } from '@/test/api'
import { startRehearsal } from '../api-keys'
import { operatorActor } from '../audit'
import { log } from '../log'
import type { KeyUsageResource, RehearsalResource } from './review-resources'

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())

const { db } = api.runtime.database
const account = await api.makeAccount('A shop')
const reader = await api.makeKey(account, { name: 'Reader', scopes: ['keys:*'] })

async function usageOf(id: string): Promise<KeyUsageResource> {
  await api.runtime.usage.flush()
  const { body } = await api.call('GET', `/keys/${id}/usage`, { token: reader.token })
  return body as KeyUsageResource
}

describe('the use of a key', () => {
  it('has what its requests asked for, how they were answered, and why others were refused', async () => {
    const key = await api.makeKey(account, { name: 'Busy', scopes: ['keys:read', 'orders:read'] })
    const call = (method: string, path: string, body?: unknown) =>
      api.call(method, path, { token: key.token, ...(body === undefined ? {} : { body }) })
    await call('GET', '/keys')
    await call('GET', '/keys/key_00000000000000000000000000000000')
    await call('POST', '/keys', { name: 'Mine', scopes: ['orders:read'] })
    await call('GET', '/me')
    const verify = (scopes: string[]) =>
      api.call('POST', '/keys/verify', { token: reader.token, body: { token: key.token, scopes } })
    await verify(['orders:read'])
    await verify(['products:read'])
    await api.alterKey(key.id, { pausedAt: new Date() })
    await call('GET', '/keys')
    await verify([])

    const { data, scopes } = await usageOf(key.id)
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      span: 'hour',
      requests: 5,
      refused: 4,
      refusals: { missing_scope: 2, paused: 2 },
      scopes: { 'keys:read': 2, 'orders:read': 1, '': 1 },
      // Of its own requests, those that lacked a scope among them; those that were verified somebody else answers.
      statuses: { '2xx': 2, '4xx': 2 },
    })
    expect(scopes).toMatchObject({ has_unnamed: true, last_used: { 'keys:read': expect.any(String) } })
  })

  it('has what it hands on to keys, which it could not without', async () => {
    const key = await api.makeKey(account, { name: 'Maker', scopes: ['keys:*', 'orders:read', 'products:read'] })
    const call = (path: string, body: unknown) => api.call('POST', path, { token: key.token, body })
    const made = (await call('/keys', { name: 'Made', scopes: ['orders:read'] })).body as { id: string }
    const other = await api.makeKey(account, { name: 'Other', scopes: ['products:read'] })
    await call(`/keys/${other.id}/regenerate`, {})
    await call(`/keys/${made.id}/pause`, {})
    await call('/keys', { name: 'Refused', scopes: ['customers:read'] })
    const { data, scopes } = await usageOf(key.id)
    expect(Object.keys(scopes.last_used).sort()).toEqual(['keys:create', 'keys:manage', 'orders:read', 'products:read'])
    expect(data[0]).toMatchObject({ requests: 4, scopes: { 'orders:read': 1, 'products:read': 1 } })
  })

  it('has what was refused for want of a scope that only the body asks for', async () => {
    const key = await api.makeKey(account, { name: 'Tester', scopes: ['credentials:test'] })
    const body = { name: 'Another' }
    const path = '/credentials/cred_019ab0c1d2e37f4a8b5c6d7e8f901234/test'
    expect((await api.call('POST', path, { token: key.token, body })).status).toBe(403)
    const { data } = await usageOf(key.id)
    expect(data[0]).toMatchObject({ requests: 1, refused: 1, refusals: { missing_scope: 1 }, statuses: { '4xx': 1 } })
  })

  it('has calls through integrations that Fenicia itself can’t answer', async () => {
    const key = await api.makeKey(account, { name: 'Unlucky', scopes: ['integrations:use'] })
    const through = async (path: string) =>
      (await api.call('GET', `/integrations/${path}`, { token: key.token })).status
    // What it would log is read by nobody.
    const said = vi.spyOn(log, 'error').mockReturnValue(undefined)
    await db.execute('alter table integrations rename to elsewhere')
    try {
      expect(await through('erp/proxy/orders')).toBe(503)
    } finally {
      await db.execute('alter table elsewhere rename to integrations')
    }
    said.mockRestore()
    expect(await through('erp/proxy/orders')).toBe(404)
    const { data } = await usageOf(key.id)
    expect(data[0]).toMatchObject({ requests: 2, statuses: { '4xx': 1, '5xx': 1 } })
  })

  it('is another account’s and a test key’s no more than the key itself is', async () => {
    const key = await api.makeKey(account, { name: 'Theirs' })
    const stranger = await api.makeKey(await api.makeAccount('Another shop'), { scopes: ['keys:read'] })
    const test = await api.makeKey(account, { scopes: ['keys:read'], environment: 'test' })
    for (const { token } of [stranger, test]) {
      for (const what of ['usage', 'rehearsal'])
        expect((await api.call('GET', `/keys/${key.id}/${what}`, { token })).status).toBe(404)
    }
  })
})

it('a rehearsal lists calls of every kind, from whoever makes them, and none of them fails', async () => {
  const key = await api.makeKey(account, { name: 'Old', scopes: ['keys:read'] })
  await startRehearsal(db, operatorActor(account), key.id)
  const shown = await api.call('GET', `/keys/${key.id}`, { token: reader.token })
  expect(shown.body).toMatchObject({ status: 'active', rehearsal: { until: expect.any(String) } })
  const headers = { 'User-Agent': 'sync/1.0' }
  for (const path of ['/me', '/keys?limit=1', '/keys?limit=2'])
    expect((await api.call('GET', path, { token: key.token, headers })).status).toBe(200)
  const verified = { token: key.token, address: '203.0.113.7', method: 'PUT' }
  await api.call('POST', '/keys/verify', { token: reader.token, headers, body: verified })
  await api.runtime.usage.flush()
  const { body } = await api.call('GET', `/keys/${key.id}/rehearsal`, { token: reader.token })
  const calls = (body as RehearsalResource).rehearsal?.calls.map(({ first_at, last_at, ...call }) => call)
  const by = { user_agent: 'sync/1.0', integration: '' }
  const here = { ...by, address: expect.stringMatching(/127\.0\.0\.1|^$/), method: 'GET' }
  expect(calls).toHaveLength(3)
  expect(calls).toEqual(
    expect.arrayContaining([
      { ...here, path: '/api/v1/me', calls: 1 },
      { ...here, path: '/api/v1/keys', calls: 2 },
      { ...by, address: '203.0.113.7', method: 'PUT', path: '/api/v1/keys/verify', calls: 1 },
    ]),
  )
})

describe('the scopes of a key', () => {
  const change = (id: string, scopes: string[]) =>
    api.call('PATCH', `/keys/${id}`, { token: reader.token, body: { scopes } })

  it('can be taken from it, which the next request feels and the history tells', async () => {
    const key = await api.makeKey(account, { name: 'Wide', scopes: ['keys:read', 'orders:*'] })
    expect((await change(key.id, ['orders:read'])).body).toMatchObject({ scopes: ['orders:read'] })
    expect((await api.call('GET', '/keys', { token: key.token })).status).toBe(403)
    const events = await db.select().from(auditEvents).where(eq(auditEvents.targetId, key.id)).orderBy(auditEvents.id)
    expect(events.at(-1)).toMatchObject({
      action: 'api_key.scopes_narrowed',
      details: { before: { scopes: ['orders:*', 'keys:read'] }, after: { scopes: ['orders:read'] } },
    })
  })

  it('can’t be added to it, not even what all of today’s actions come to', async () => {
    const key = await api.makeKey(account, { name: 'Narrow', scopes: ['orders:read'] })
    for (const scopes of [['orders:read', 'keys:read'], ['orders:*']])
      expect(await change(key.id, scopes)).toMatchObject({ status: 400, body: { errors: [{ field: 'scopes' }] } })
    expect((await change(key.id, ['orders:read'])).status).toBe(200)
  })
})
