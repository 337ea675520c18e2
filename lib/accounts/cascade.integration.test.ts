import { getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import * as schema from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { requestBulkRevocation, UsageRecorder } from '../api-keys'
import type { Actor } from '../audit'
import { newId } from '../ids'
import { recordPersonalMail } from '../notifications'
import { Secret, Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'

/** Every table whose rows belong to an account, so that one that is added is tested too. */
const owned = Object.values(schema).filter(
  (table) => is(table, PgTable) && 'accountId' in getTableColumns(table),
) as PgTable[]

forEachDatabase('deleting an account', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  async function fill(name: string): Promise<string> {
    const actor = await createTestAccount(db, name)
    const { accountId } = actor
    await db
      .insert(schema.users)
      .values({ id: actor.id as string, email: `${accountId}@example.com`, name, passwordHash: '-' })
    await db.insert(schema.members).values({ accountId, userId: actor.id as string, role: 'owner' })
    await db.insert(schema.accountPolicies).values({ accountId })
    const customRoleId = newId('customRole')
    await db
      .insert(schema.customRoles)
      .values({ id: customRoleId, accountId, name, nameHeld: name, description: '', permissions: ['keys:read'] })
    await db.insert(schema.handovers).values({ accountId, subjectId: 'key_1', toUserId: actor.id as string })
    const holder = newId('user')
    await db.insert(schema.users).values({ id: holder, email: `${holder}@example.com`, name, passwordHash: '-' })
    await db.insert(schema.members).values({ accountId, userId: holder, role: 'custom', customRoleId })
    await db.insert(schema.auditCheckpoints).values({ accountId, seq: 0, hash: schema.GENESIS })
    const { id } = await createTestKey(db, actor)
    await db
      .insert(schema.leakReports)
      .values({ accountId, keyId: id, id: newId('leakReport'), source: 'url', url: '', outcome: 'flagged' })
    await db.insert(schema.apiKeyAllowances).values({
      keyId: id,
      accountId,
      startedAt: new Date(),
      leased: 1,
      granted: 1,
      wanted: 1,
      month: '2026-11-01',
      monthLeased: 1,
      monthGranted: 1,
      monthWanted: 1,
    })
    const webhookId = newId('webhook')
    const messageId = newId('webhookMessage')
    const url = 'https://hooks.example.com'
    await db
      .insert(schema.webhooks)
      .values({ id: webhookId, accountId, name, url, createdByKind: 'user', createdByName: name })
    await db
      .insert(schema.webhookMessages)
      .values({ id: messageId, accountId, webhookId, eventId: 'out_1', type: 'x', subjectId: id, payload: {} })
    await db
      .insert(schema.webhookAttempts)
      .values({ id: newId('webhookAttempt'), accountId, messageId, at: new Date(), latencyMs: 1 })
    const usage = new UsageRecorder(db)
    usage.record({ id, accountId }, { address: null, userAgent: null })
    usage.rehearse(
      { id, accountId, rehearsedAt: new Date() },
      { address: null, userAgent: null, method: 'GET', path: '/', integration: null },
    )
    await usage.stop()
    const revocationId = await requestBulkRevocation(db, actor, [id], null)
    await db
      .insert(schema.bulkRevocationOutcomes)
      .values({ accountId, revocationId, keyId: id, outcome: 'used_meanwhile' })
    const kept = { accountId, kind: 'key', subjectId: id, finding: 'idle', reason: 'Needed', byName: name } as const
    await db.insert(schema.reviewDecisions).values({ ...kept, until: new Date() })
    const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))
    const place = { accountId, ownerId: 'cred_1', field: 'secret' } as const
    await db.transaction((tx) => vault.put(tx, place, { password: new Secret('hush') }))
    await fillService(actor, id)
    await fillNotifications(actor)
    return accountId
  }

  /** A credential with tokens, the draft of a change to it, and an integration that uses it and was called. */
  async function fillService({ accountId, name }: Actor, keyId: string): Promise<void> {
    const maker = { accountId, createdByKind: 'user', createdByName: name } as const
    const credentialId = newId('credential')
    const hosts = ['https://api.example.com']
    await db.insert(schema.credentials).values({
      ...maker,
      id: credentialId,
      name: 'ERP',
      nameHeld: 'erp',
      type: 'bearer',
      settings: {},
      secretSetAt: {},
      hosts,
    })
    await db.insert(schema.credentialDrafts).values({
      ...maker,
      id: newId('credentialDraft'),
      credentialId,
      form: {},
      secretSetAt: {},
      hosts,
      expiresAt: new Date(Date.now() + 60_000),
    })
    await db.insert(schema.oauthConnections).values({
      accountId,
      ownerId: credentialId,
      connectedAt: new Date(),
      connectedById: 'usr_1',
      connectedByName: name,
    })
    await db.insert(schema.oauthStates).values({
      id: newId('oauthState'),
      accountId,
      userId: 'usr_1',
      ownerId: credentialId,
      credentialId,
      browser: 'browser',
      subject: {},
      namesIssuer: false,
      display: 'page',
      expiresAt: new Date(Date.now() + 60_000),
    })
    await db.insert(schema.tokenSets).values({ accountId, ownerId: credentialId })
    await db.insert(schema.renewalAttempts).values({
      id: newId('renewalAttempt'),
      accountId,
      ownerId: credentialId,
      fence: 1,
      reason: 'ahead',
      startedAt: new Date(),
    })
    const integrationId = newId('integration')
    await db.insert(schema.integrations).values({
      ...maker,
      id: integrationId,
      name: 'ERP',
      slug: 'erp',
      credentialId,
      baseUrl: 'https://api.example.com',
      methods: ['GET'],
      paths: [],
      headers: [],
      timeoutMs: 30_000,
      state: 'enabled',
    })
    await db.insert(schema.credentialUses).values({ accountId, credentialId })
    await db.insert(schema.proxyCalls).values({
      id: newId('proxyCall'),
      accountId,
      at: new Date(),
      keyId,
      integrationId,
      credentialId,
      host: 'api.example.com',
      method: 'GET',
      path: '/',
      outcome: 'answered',
      status: 200,
      latencyMs: 1,
      totalMs: 1,
      requestBytes: 0,
      responseBytes: 0,
      requestId: 'req_1',
    })
  }
  /** What the owner was told of, and how they want to be. */
  async function fillNotifications({ accountId, id }: Actor): Promise<void> {
    const userId = id as string
    const episodeId = newId('episode')
    const notificationId = newId('notification')
    const of = { accountId, subjectId: 'cred_1', data: {} }
    await db.insert(schema.notificationEpisodes).values({ ...of, id: episodeId, trouble: 'renewal', stage: 'x' })
    const told = { ...of, id: notificationId, userId, kind: 'x', count: 1, collectsUntil: new Date(), inApp: true }
    await db.insert(schema.notifications).values(told)
    await db
      .insert(schema.notificationItems)
      .values({ ...of, id: newId('notificationItem'), notificationId, episodeId })
    await db.insert(schema.deliveries).values({ id: newId('delivery'), accountId, notificationId, dueAt: new Date() })
    const to = { name: null, address: 'new@example.com', language: 'en' } as const
    const where = { at: '2026-03-06T21:40:00.000Z', address: null, browser: null }
    await recordPersonalMail(db, accountId, to, 'sign_in.new_browser', where)
    await db.insert(schema.invitations).values({
      id: newId('invitation'),
      accountId,
      email: 'new@example.com',
      role: 'staff',
      language: 'en',
      linkId: 'link',
      linkHash: accountId,
      invitedById: userId,
      invitedByName: 'Ana',
      expiresAt: new Date(),
    })
    await db.insert(schema.notificationPreferences).values({ accountId, userId, kind: 'x', email: true, inApp: true })
  }

  async function counts(accountId: string): Promise<Record<string, number>> {
    const entries = await Promise.all(
      owned.map(
        async (table) => [getTableName(table), await db.$count(table, sql`account_id = ${accountId}`)] as const,
      ),
    )
    return Object.fromEntries(entries)
  }

  it('takes all that belongs to it along, and nothing of another', async () => {
    const [gone, stays] = [await fill('Gone'), await fill('Stays')]
    const before = await counts(stays)
    // A table that nothing fills would prove nothing: fill it above.
    expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([])
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(6)
    await db.delete(schema.accounts).where(sql`id = ${gone}`)
    expect(Object.values(await counts(gone)).every((rows) => rows === 0)).toBe(true)
    expect(await counts(stays)).toEqual(before)
  })
})
