import { afterAll, expect, it } from 'vitest'
import { startTestApi } from '@/test/api'
import { auditLog, makeOwner, SOMEWHERE } from '@/test/people'
import { beginSession, signOut } from '../accounts'
import { rekeyAccount } from '../vault'
import { operatorActor, recordRefusedAttempt, systemActor } from '.'

// What is on record of what was refused, and of what has no test of its own elsewhere. One database: none of it is the database's.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const { database, vault } = api.runtime
const { db } = database

it('an attempt that is refused again and again is one event, and another attempt is another', async () => {
  const account = await api.makeAccount('Ana’s shop')
  const [actor, other] = [operatorActor(account), { ...systemActor(account), id: 'usr_2' }]
  for (const permission of ['keys:create', 'keys:create', 'keys:manage', 'keys:create']) {
    await recordRefusedAttempt(db, actor, 'user.permission_refused', 'usr_1', { permission })
  }
  await recordRefusedAttempt(db, other, 'user.permission_refused', 'usr_1', { permission: 'keys:create' })
  const events = (await auditLog(db, account)).filter(({ action }) => action === 'user.permission_refused')
  expect(events.map(({ details }) => details.permission)).toEqual(['keys:create', 'keys:manage', 'keys:create'])
})

it('a key that tries to grant what it does not have is on record, with the key and why', async () => {
  const account = await api.makeAccount('Ana’s shop')
  const { id, token } = await api.makeKey(account, { scopes: ['keys:create', 'keys:manage'] })
  const strong = await api.makeKey(account, { name: 'Strong', scopes: ['orders:*'] })
  const made = await api.call('POST', '/keys', { token, body: { name: 'More', scopes: ['orders:read'] } })
  const regenerated = await api.call('POST', `/keys/${strong.id}/regenerate`, { token, body: {} })
  await api.alterKey(id, { methods: ['POST', 'PATCH'] })
  const widened = await api.call('PATCH', `/keys/${id}`, { token, body: { methods: null } })
  await api.alterKey(strong.id, { pausedAt: new Date() })
  const resumed = await api.call('POST', `/keys/${strong.id}/resume`, { token, body: {} })
  expect([made.status, regenerated.status, widened.status, resumed.status]).toEqual([403, 403, 403, 403])
  const refused = (await auditLog(db, account)).filter(({ action }) => action === 'api_key.grant_refused')
  expect(refused).toMatchObject([
    { actorKind: 'key', targetId: id, details: { field: 'scopes', reason: expect.stringContaining('orders:read') } },
    { actorKind: 'key', targetId: id, details: { field: 'scopes', reason: expect.stringContaining('orders:*') } },
    { actorKind: 'key', targetId: id, details: { field: 'methods' } },
  ])
})

it('signing out is on record once', async () => {
  const { userId, accountId } = await makeOwner(db)
  const claims = await beginSession(db, { userId, accountId, sessionVersion: 1 }, 'password', SOMEWHERE)
  await signOut(db, claims, SOMEWHERE)
  await signOut(db, claims, SOMEWHERE)
  const out = (await auditLog(db, accountId)).filter(({ action }) => action === 'user.signed_out')
  expect(out).toMatchObject([{ actorId: userId, targetId: userId, address: SOMEWHERE.address }])
})

it('a new data key is on record', async () => {
  const account = await api.makeAccount('Ana’s shop')
  await db.transaction((tx) => vault.dataKeys.active(tx, account))
  await rekeyAccount(db, vault, account, () => {})
  expect((await auditLog(db, account)).map(({ action }) => action)).toContain('account.data_key_replaced')
})
