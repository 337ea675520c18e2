import { and, eq, isNull } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import {
  accounts,
  apiKeys,
  apiKeyUses,
  auditEvents,
  credentials,
  customRoles,
  deliveries,
  integrations,
  members,
  notificationEpisodes,
  notifications,
  outboxEvents,
  proxyCalls,
  tokenSets,
  webhooks,
} from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import {
  addBrokenCredentials,
  addIntegration,
  addMember,
  FAILING,
  factsOf,
  happens,
  pass,
  RECOVERED,
  REFUSED,
  renderFacts,
  TestMailer,
} from '@/test/notifications'
import { changeLanguage, type Permission, permissionsOf } from '../accounts'
import { regenerateApiKey, revokeApiKey } from '../api-keys'
import { type Actor, operatorActor } from '../audit'
import { newId } from '../ids'
import { deleteIntegration, findFailingIntegrations, updateIntegration } from '../integrations'
import { deleteWebhook, setWebhookState } from '../webhooks'
import {
  countUnread,
  deliverMails,
  type EventData,
  getPreferences,
  listNotices,
  listTroubles,
  makeNotices,
  markRead,
  pruneNotifications,
  sendReminders,
  setPreferences,
} from '.'

const CALLS_FAIL: Omit<EventData['integration.failing'], 'name' | 'credentialId'> = {
  environment: 'live',
  slug: 'labels',
  host: 'api.example.com',
  failingSince: new Date().toISOString(),
  outcome: 'timeout',
  status: 504,
}

forEachDatabase('people who are told', (open) => {
  let db: Database
  let actor: Actor
  let accountId: string
  let mailer: TestMailer
  let id: string
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    // What is left of the test before would be told in this one.
    await db.delete(accounts)
    actor = await createTestAccount(db)
    accountId = actor.accountId
    mailer = new TestMailer()
    ;[id = ''] = await addBrokenCredentials(db, accountId, 1)
  })

  const work = async () => {
    await makeNotices(db)
    await deliverMails({ db, mailer, render: renderFacts, url: 'https://fenicia.test' })
  }
  const refused = (connectedById: string | null = null) =>
    happens(db, accountId, 'credential.reauthorization_required', id, { ...REFUSED, connectedById })
  /** Puts somebody into the account whose role is one of its own. */
  const addWith = async (permissions: Permission[]) => {
    const userId = await addMember(db, accountId, 'staff')
    const role = { id: newId('customRole'), accountId, name: 'Operator', nameHeld: userId, description: '' }
    await db.insert(customRoles).values({ ...role, permissions })
    const ofThem = and(eq(members.accountId, accountId), eq(members.userId, userId))
    await db.update(members).set({ role: 'custom', customRoleId: role.id }).where(ofThem)
    return userId
  }
  /** Makes an integration through which all calls fail. */
  const addFailing = async (name: string) => {
    await addIntegration(db, accountId, id, name)
    const failingSince = new Date(CALLS_FAIL.failingSince)
    const rows = await db.update(integrations).set({ failingSince }).where(eq(integrations.name, name)).returning()
    return rows[0]?.id ?? ''
  }
  const fails = (
    name: string,
    credentialId: string | null,
    integrationId: string,
    facts: Partial<typeof CALLS_FAIL> = {},
  ) => happens(db, accountId, 'integration.failing', integrationId, { ...CALLS_FAIL, ...facts, name, credentialId })
  const goesWell = (integrationId: string) =>
    db.insert(proxyCalls).values({
      id: newId('proxyCall'),
      accountId,
      at: new Date(),
      integrationId,
      credentialId: id,
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
  /** Makes a webhook that was disabled. */
  const addDisabled = async (name: string) => {
    const webhookId = newId('webhook')
    const by = { createdByKind: 'user' as const, createdByName: 'Ana' }
    const row = { id: webhookId, accountId, name, url: 'https://erp.example.com/hook', state: 'disabled' as const }
    await db.insert(webhooks).values({ ...row, ...by })
    const facts = { name, host: 'erp.example.com', reason: 'It has taken nothing for three days.' }
    await happens(db, accountId, 'webhook.disabled', webhookId, facts)
    return webhookId
  }
  const mailed = () => mailer.mails.map(({ to }) => to.address.replace('@example.com', '')).sort()
  const noticed = async () =>
    (
      await db
        .select({ userId: notifications.userId })
        .from(notifications)
        .where(and(eq(notifications.accountId, accountId), eq(notifications.inApp, true)))
    )
      .map(({ userId }) => userId)
      .sort()
  const personOf = (userId: string) => ({ accountId, userId })
  const readerOf = (userId: string, permissions: readonly Permission[] = permissionsOf('admin')) => ({
    ...personOf(userId),
    permissions,
  })
  const asActor = (userId: string) => ({ ...actor, id: userId })

  it('are the owner, admins and whoever connected the credential, each once', async () => {
    const owner = await addMember(db, accountId, 'owner')
    const admin = await addMember(db, accountId, 'admin')
    const connector = await addMember(db, accountId, 'manager')
    await addMember(db, accountId, 'manager')
    await addMember(db, accountId, 'staff')
    await refused(connector)
    await work()
    expect(mailed()).toEqual([owner, admin, connector].sort())
    expect(await noticed()).toEqual([owner, admin, connector].sort())
  })

  it('hear that calls through an integration fail, unless they know what is wrong with its credential', async () => {
    const admin = await addMember(db, accountId, 'admin')
    await addMember(db, accountId, 'manager')
    const [other = ''] = await addBrokenCredentials(db, accountId, 1)
    await refused()
    // That a secret ends in two weeks is not why calls fail today.
    const { name, environment, provider, connectedById } = REFUSED
    const ends = { what: 'secret', expiresAt: new Date(Date.now() + 1e9).toISOString(), daysLeft: 14 } as const
    const facts = { name, environment, provider, connectedById, ...ends }
    await happens(db, accountId, 'credential.expiring', other, facts)
    await makeNotices(db)
    await pass(db, 1)
    await work()
    expect(mailed()).toEqual([admin, admin])
    mailer.mails.length = 0
    const known = await addFailing('Known')
    await fails('Known', id, known, { outcome: 'token_unavailable', status: 502 })
    await fails('Known', id, known, { outcome: 'answered', status: 401 })
    await fails('Of another credential', other, await addFailing('Of another credential'))
    await fails('Of none', null, await addFailing('Of none'))
    await makeNotices(db)
    await pass(db, 1)
    await work()
    expect(mailed()).toEqual([admin])
    const noticesOf = async () => (await listNotices(db, readerOf(admin))).notices
    const [notice, ...others] = await noticesOf()
    expect(notice).toMatchObject({ kind: 'integration.failing', count: 2 })
    expect(others.map(({ kind }) => kind).sort()).toEqual([
      'credential.expiring',
      'credential.reauthorization_required',
    ])
    // Once the credential works again, its integrations are news.
    await happens(db, accountId, 'credential.renewal_recovered', id, RECOVERED)
    await fails('Known', id, known)
    await makeNotices(db)
    expect((await noticesOf()).map(({ kind, count }) => [kind, count])).toContainEqual(['integration.failing', 1])
  })

  it('hear that calls fail for which the trouble of their credential is no reason', async () => {
    const admin = await addMember(db, accountId, 'admin')
    await happens(db, accountId, 'credential.renewal_failing', id, FAILING)
    await makeNotices(db)
    await fails('Down', id, await addFailing('Down'), { outcome: 'answered', status: 503 })
    await fails('Slow', id, await addFailing('Slow'), { outcome: 'timeout', status: 504 })
    await makeNotices(db)
    const { notices } = await listNotices(db, readerOf(admin))
    expect(notices.map(({ kind, count }) => [kind, count])).toEqual([
      ['integration.failing', 2],
      ['credential.renewal_failing', 1],
    ])
  })

  it('hear that calls fail by the ways by which they do not want to hear of credentials', async () => {
    const [neither, appOnly] = [await addMember(db, accountId, 'admin'), await addMember(db, accountId, 'admin')]
    const kind = 'credential.reauthorization_required'
    await setPreferences(db, asActor(neither), [{ kind, email: false, inApp: false }])
    await setPreferences(db, asActor(appOnly), [{ kind, email: false, inApp: true }])
    await refused()
    await makeNotices(db)
    await fails('Known', id, await addFailing('Known'), { outcome: 'token_unavailable', status: 502 })
    await makeNotices(db)
    await pass(db, 1)
    await work()
    expect(mailed()).toEqual([neither, appOnly].sort())
    const kindsOf = async (userId: string) =>
      (await listNotices(db, readerOf(userId))).notices.filter(({ readAt }) => readAt === null).map((one) => one.kind)
    expect(await kindsOf(neither)).toEqual(['integration.failing'])
    expect(await kindsOf(appOnly)).toEqual([kind])
  })

  it('hear that calls fail where they may not know of the credential that is why', async () => {
    const admin = await addMember(db, accountId, 'admin')
    const operator = await addWith(['integrations:read', 'integrations:update'])
    await refused()
    await fails('Known', id, await addFailing('Known'), { outcome: 'token_unavailable', status: 502 })
    await makeNotices(db)
    const kindsOf = async (userId: string) => {
      const { notices } = await listNotices(db, readerOf(userId, permissionsOf('owner')))
      return notices.map(({ kind }) => kind)
    }
    expect(await kindsOf(admin)).toEqual(['credential.reauthorization_required'])
    expect(await kindsOf(operator)).toEqual(['integration.failing'])
  })

  it('hear of a review what their role shows them, and of one with nothing else not at all', async () => {
    const admin = await addMember(db, accountId, 'admin')
    const ofKeys = await addWith(['keys:read', 'keys:manage'])
    const ofCredentials = await addWith(['credentials:read', 'credentials:update'])
    const readsKeys = await addWith(['keys:read', 'credentials:read', 'credentials:update'])
    const onlyReads = await addWith(['keys:read', 'credentials:read'])
    const found = { name: 'A shop', credentials: 2, credentialFindings: { failing: 2 } }
    const digest = (keys: number, keyFindings: Record<string, number>) =>
      happens(db, accountId, 'review.digest', accountId, { ...found, keys, keyFindings })
    const dataFor = (userId: string) =>
      mailer.mails.flatMap((mail) =>
        mail.to.address === `${userId}@example.com` ? factsOf(mail).items.map(({ data }) => data) : [],
      )
    await digest(0, {})
    await makeNotices(db)
    expect(await noticed()).toEqual([admin, ofCredentials, readsKeys].sort())
    await pass(db, 1)
    await work()
    await digest(3, { idle: 3 })
    await makeNotices(db)
    await pass(db, 1)
    await work()
    expect(dataFor(admin)).toMatchObject([
      { keys: 0, credentials: 2 },
      { keys: 3, credentials: 2 },
    ])
    const seen = { name: 'A shop', keys: 3, keyFindings: { idle: 3 }, credentials: 0, credentialFindings: {} }
    expect(dataFor(ofKeys)).toEqual([seen])
    expect(dataFor(ofCredentials)).toEqual([
      { ...found, keys: 0, keyFindings: {} },
      { ...found, keys: 0, keyFindings: {} },
    ])
    expect(dataFor(readsKeys)).toMatchObject([
      { keys: 0, credentials: 2 },
      { keys: 3, credentials: 2 },
    ])
    expect(dataFor(onlyReads)).toEqual([])
    const chosen = await getPreferences(db, readerOf(ofCredentials), { permissions: ['credentials:read'] })
    expect(chosen.map(({ kind }) => kind)).toContain('review.digest')
    expect((await listNotices(db, readerOf(ofKeys, ['keys:read']))).notices).toMatchObject([{ data: seen }])
  })

  it('see and are mailed of an older review no more than their role shows them by now', async () => {
    const userId = await addMember(db, accountId, 'admin')
    const found = { name: 'A shop', keys: 3, keyFindings: { idle: 3 } }
    await happens(db, accountId, 'review.digest', accountId, { ...found, credentials: 2, credentialFindings: {} })
    await makeNotices(db)
    const reader = readerOf(userId, ['credentials:read'])
    const less = { keys: 0, keyFindings: {}, credentials: 2 }
    expect((await listNotices(db, reader)).notices).toMatchObject([{ data: less }])
    const role = newId('customRole')
    const name = 'Only credentials'
    const permissions = ['credentials:read']
    await db
      .insert(customRoles)
      .values({ id: role, accountId, name, nameHeld: name.toLowerCase(), description: '', permissions })
    await db.update(members).set({ role: 'custom', customRoleId: role }).where(eq(members.userId, userId))
    await pass(db, 1)
    await work()
    expect(mailer.mails.map((mail) => factsOf(mail).items.map(({ data }) => data))).toMatchObject([[less]])
    // One that found nothing of what they may see says nothing to them.
    await happens(db, accountId, 'review.digest', accountId, { ...found, credentials: 0, credentialFindings: {} })
    await db.update(members).set({ role: 'admin', customRoleId: null }).where(eq(members.userId, userId))
    await makeNotices(db)
    expect(await countUnread(db, readerOf(userId))).toBe(2)
    expect(await countUnread(db, reader)).toBe(1)
    expect((await listNotices(db, reader)).notices).toHaveLength(1)
    await db.update(members).set({ role: 'custom', customRoleId: role }).where(eq(members.userId, userId))
    await pass(db, 60)
    await work()
    expect(mailer.mails).toHaveLength(1)
  })

  it('are not mailed that calls fail which go well again by then, or go nowhere any more', async () => {
    const admin = await addMember(db, accountId, 'admin')
    for (const name of ['Failing', 'Recovered', 'Paused', 'Deleted']) {
      const integrationId = await addFailing(name)
      await fails(name, null, integrationId)
      // It had failed before, and gone well since.
      const failingSince = new Date(Date.now() - 1_800_000).toISOString()
      if (name === 'Failing') await fails(name, null, integrationId, { failingSince })
    }
    await makeNotices(db)
    await db.update(integrations).set({ failingSince: null }).where(eq(integrations.name, 'Recovered'))
    await db.update(integrations).set({ state: 'paused' }).where(eq(integrations.name, 'Paused'))
    await db.delete(integrations).where(eq(integrations.name, 'Deleted'))
    await pass(db, 1)
    await work()
    expect(mailed()).toEqual([admin])
    expect(factsOf(mailer.mails[0])).toMatchObject({ total: 1, items: [{ data: { name: 'Failing' } }] })
  })

  it('need not mark as read that calls fail once none does, or that a webhook is disabled once it is not', async () => {
    const reader = readerOf(await addMember(db, accountId, 'admin'))
    const unread = async () => {
      expect(await countUnread(db, reader)).toBe(
        (await listNotices(db, reader)).notices.filter(({ readAt }) => readAt === null).length,
      )
      const { notices } = await listNotices(db, reader)
      return notices.filter(({ readAt, isOver }) => readAt === null && !isOver).map(({ kind, count }) => [kind, count])
    }
    const ids: string[] = []
    for (const name of ['Recovered', 'Paused', 'Deleted', 'Late']) ids.push(await addFailing(name))
    const [recovered = '', paused = '', deleted = '', late = ''] = ids
    await fails('Recovered', null, recovered)
    await fails('Paused', null, paused)
    await fails('Deleted', null, deleted)
    const first = await addDisabled('First')
    const second = await addDisabled('Second')
    await makeNotices(db)
    expect(await unread()).toEqual([
      ['webhook.disabled', 2],
      ['integration.failing', 3],
    ])
    await updateIntegration({ db, policy: {} as never }, actor, paused, { state: 'paused' })
    await deleteIntegration(db, actor, deleted)
    await deleteWebhook({ db, vault: { remove: async () => {} } as never }, operatorActor(accountId), first)
    // One of each lasts.
    expect(await unread()).toHaveLength(2)
    await setWebhookState(db, operatorActor(accountId), second, 'enabled')
    expect(await unread()).toEqual([['integration.failing', 3]])
    await goesWell(recovered)
    await findFailingIntegrations(db)
    expect(await unread()).toEqual([])
    // What is over before anybody was told is no news either.
    await fails('Late', null, late)
    await deleteIntegration(db, actor, late)
    await makeNotices(db)
    expect(await unread()).toEqual([])
    expect((await listNotices(db, reader)).notices.every(({ isOver }) => isOver)).toBe(true)
  })

  it('are not mailed of a webhook that was disabled and is not any more, or is gone', async () => {
    const admin = await addMember(db, accountId, 'admin')
    for (const name of ['Disabled', 'Enabled', 'Deleted']) await addDisabled(name)
    await makeNotices(db)
    await db.update(webhooks).set({ state: 'enabled' }).where(eq(webhooks.name, 'Enabled'))
    await db.delete(webhooks).where(eq(webhooks.name, 'Deleted'))
    await pass(db, 1)
    await work()
    expect(mailed()).toEqual([admin])
    expect(factsOf(mailer.mails[0])).toMatchObject({ total: 1, items: [{ data: { name: 'Disabled' } }] })
  })

  it('are not mailed that a key will end which has ended, was replaced, is used again or goes on for longer', async () => {
    await addMember(db, accountId, 'admin')
    const end = new Date(Date.now() + 86_400_000)
    const at = end.toISOString()
    const lastUsedAt = new Date(Date.now() - 90 * 86_400_000)
    const ids = new Map<string, string>()
    for (const name of ['Lasting', 'Revoked', 'Replaced', 'Longer', 'Used', 'Paused']) {
      const { id: keyId } = await createTestKey(db, actor, { name })
      await db.update(apiKeys).set({ expiresAt: end, idleRevokesAt: end, idleWarnings: 2 }).where(eq(apiKeys.id, keyId))
      await db.insert(apiKeyUses).values({ keyId, accountId, lastUsedAt })
      const facts = { name, environment: 'live', daysLeft: 1 } as const
      await happens(db, accountId, 'api_key.expiring', keyId, { ...facts, expiresAt: at })
      await happens(db, accountId, 'api_key.idle', keyId, {
        ...facts,
        lastUsedAt: lastUsedAt.toISOString(),
        revokesAt: at,
      })
      const key = { name, environment: 'live', by: 'Ana' }
      await happens(db, accountId, 'api_key.rehearsal_ended', keyId, { ...key, calls: 0, callers: [] })
      ids.set(name, keyId)
    }
    await makeNotices(db)
    const change = (name: string, to: Partial<typeof apiKeys.$inferInsert>) =>
      db
        .update(apiKeys)
        .set(to)
        .where(eq(apiKeys.id, ids.get(name) ?? ''))
    await revokeApiKey(db, actor, ids.get('Revoked') ?? '', null)
    await change('Replaced', { retiresAt: end })
    await change('Longer', { expiresAt: new Date(end.getTime() + 1), idleWarnings: 0, idleRevokesAt: null })
    await db
      .update(apiKeyUses)
      .set({ lastUsedAt: new Date() })
      .where(eq(apiKeyUses.keyId, ids.get('Used') ?? ''))
    await change('Paused', { pausedAt: new Date() })
    await pass(db, 1)
    await work()
    const told = (kind: keyof EventData) =>
      mailer.mails
        .filter(({ subject }) => subject === kind)
        .flatMap((mail) => factsOf(mail).items.map(({ data }) => (data as { name: string }).name))
    expect(told('api_key.expiring')).toEqual(['Lasting', 'Used', 'Paused'])
    expect(told('api_key.idle')).toEqual(['Lasting'])
    expect(told('api_key.rehearsal_ended')).toEqual(['Lasting', 'Replaced', 'Longer', 'Used', 'Paused'])
  })

  it('hear it once when they are the owner and connected it', async () => {
    const owner = await addMember(db, accountId, 'owner')
    await refused(owner)
    await work()
    expect(mailed()).toEqual([owner])
  })

  it('are not whoever left, may not see credentials any more, or belongs to another account', async () => {
    const owner = await addMember(db, accountId, 'owner')
    const staff = await addMember(db, accountId, 'staff')
    await addMember(db, (await createTestAccount(db)).accountId, 'owner')
    await refused(staff)
    await work()
    expect(mailed()).toEqual([owner])
    expect(await noticed()).toEqual([owner])
  })

  it('are not mailed when they left before the mail did', async () => {
    const owner = await addMember(db, accountId, 'owner')
    const admin = await addMember(db, accountId, 'admin')
    await refused()
    await makeNotices(db)
    await db.delete(members).where(and(eq(members.accountId, accountId), eq(members.userId, admin)))
    await work()
    expect(mailed()).toEqual([owner])
  })

  it('hear by the ways that they chose for that kind', async () => {
    const [both, mailOnly, appOnly, neither] = [
      await addMember(db, accountId, 'owner'),
      await addMember(db, accountId, 'admin'),
      await addMember(db, accountId, 'admin'),
      await addMember(db, accountId, 'admin'),
    ]
    const kind = 'credential.reauthorization_required'
    await setPreferences(db, asActor(mailOnly), [{ kind, email: true, inApp: false }])
    await setPreferences(db, asActor(appOnly), [{ kind, email: false, inApp: true }])
    await setPreferences(db, asActor(neither), [
      { kind, email: false, inApp: false },
      { kind: 'credential.expiring', email: true, inApp: false },
    ])
    await refused()
    await work()
    expect(mailed()).toEqual([both, mailOnly].sort())
    expect(await noticed()).toEqual([both, appOnly].sort())
    expect((await getPreferences(db, personOf(neither), { permissions: permissionsOf('admin') })).slice(0, 4)).toEqual([
      { kind, email: false, inApp: false },
      { kind: 'credential.renewal_failing', email: true, inApp: true },
      { kind: 'credential.renewal_recovered', email: true, inApp: true },
      { kind: 'credential.expiring', email: true, inApp: false },
    ])
    const changes = await db.$count(
      auditEvents,
      and(eq(auditEvents.accountId, accountId), eq(auditEvents.action, 'user.notifications_changed')),
    )
    expect(changes).toBe(3)
  })

  it('are not mailed of a kind that they chose not to be mailed of before the mail left', async () => {
    const owner = await addMember(db, accountId, 'owner')
    const admin = await addMember(db, accountId, 'admin')
    await refused()
    await makeNotices(db)
    const kind = 'credential.reauthorization_required'
    await setPreferences(db, asActor(admin), [{ kind, email: false, inApp: true }])
    await setPreferences(db, asActor(owner), [{ kind: 'credential.expiring', email: false, inApp: true }])
    await work()
    expect(mailed()).toEqual([owner])
    expect(await noticed()).toEqual([owner, admin].sort())
  })

  it('choose only for what their role lets them know of', async () => {
    expect(await getPreferences(db, personOf('usr_x'), { permissions: [] })).toEqual([])
  })

  it('are told in their language which integrations are affected, by the names of now', async () => {
    const owner = await addMember(db, accountId, 'owner')
    await changeLanguage(db, asActor(owner), { language: 'es' })
    await addIntegration(db, accountId, id, 'Stock sync')
    await addIntegration(db, accountId, id, 'Orders')
    await refused()
    await work()
    expect(factsOf(mailer.mails[0])).toMatchObject({
      to: { language: 'es' },
      account: 'A shop',
      provider: 'Mercado Libre',
      total: 1,
      items: [
        {
          subjectId: id,
          data: { name: 'Shop 1', error: 'invalid_grant' },
          integrations: ['Orders', 'Stock sync'],
          integrationCount: 2,
        },
      ],
    })
  })

  describe('have notices', () => {
    let owner: string
    let admin: string
    beforeEach(async () => {
      owner = await addMember(db, accountId, 'owner')
      admin = await addMember(db, accountId, 'admin')
    })

    it('are read no more by whoever may not see such things any more', async () => {
      await refused()
      await work()
      const lessened = readerOf(owner, ['keys:read'])
      expect(await countUnread(db, lessened)).toBe(0)
      expect((await listNotices(db, lessened)).notices).toEqual([])
      expect((await listNotices(db, readerOf(owner, ['credentials:read']))).notices).toHaveLength(1)
    })

    const ofOwner = () => and(eq(notifications.accountId, accountId), eq(notifications.userId, owner))

    it('of their own, which they mark as read for themselves alone', async () => {
      await refused()
      await work()
      expect(await countUnread(db, readerOf(owner))).toBe(1)
      const [{ notices }, others] = [await listNotices(db, readerOf(owner)), await listNotices(db, readerOf(admin))]
      expect(notices).toMatchObject([
        { kind: 'credential.reauthorization_required', subjectId: id, count: 1, readAt: null, isOver: false },
      ])
      await markRead(db, personOf(owner), [others.notices[0]?.id ?? ''])
      expect(await countUnread(db, readerOf(admin))).toBe(1)
      await markRead(db, personOf(owner), [notices[0]?.id ?? ''])
      expect(await countUnread(db, readerOf(owner))).toBe(0)
      await markRead(db, personOf(admin), { until: new Date() })
      expect(await countUnread(db, readerOf(admin))).toBe(0)
    })

    it('marks all as read that were there when the page was made, and none that came since', async () => {
      await refused()
      await work()
      const [older] = await db.select({ at: notifications.createdAt }).from(notifications).where(ofOwner())
      const until = new Date((older?.at.getTime() ?? 0) + 1)
      await happens(db, accountId, 'api_key.created', 'key_1', { name: 'Sync', environment: 'live', by: 'Ana' })
      await makeNotices(db)
      await db
        .update(notifications)
        .set({ createdAt: new Date(until.getTime() + 1) })
        .where(and(ofOwner(), eq(notifications.kind, 'api_key.created')))
      await markRead(db, personOf(owner), { until })
      const { notices } = await listNotices(db, readerOf(owner))
      expect(notices.filter(({ readAt }) => readAt === null).map(({ kind }) => kind)).toEqual(['api_key.created'])
    })

    it('that are read by themselves once what they tell of is over', async () => {
      await refused()
      await work()
      expect(await listTroubles(db, accountId, id)).toMatchObject([
        { kind: 'credential.reauthorization_required', trouble: 'renewal', data: { name: 'Shop 1' } },
      ])
      await happens(db, accountId, 'credential.renewal_recovered', id, RECOVERED)
      await work()
      const { notices } = await listNotices(db, readerOf(owner))
      expect(notices.map(({ kind, readAt }) => [kind, readAt === null])).toEqual([
        ['credential.renewal_recovered', true],
        ['credential.reauthorization_required', false],
      ])
      expect(notices[1]?.isOver).toBe(true)
      expect(await listTroubles(db, accountId, id)).toEqual([])
    })

    it('in pages, newest first', async () => {
      for (let number = 0; number < 30; number += 1) {
        await happens(db, accountId, 'api_key.created', `key_${number}`, {
          name: `${number}`,
          environment: 'live',
          by: 'Ana',
        })
        await work()
        await pass(db, 2)
        await work()
      }
      const first = await listNotices(db, readerOf(owner))
      const second = await listNotices(db, readerOf(owner), first.next)
      expect([...first.notices, ...second.notices].map(({ data }) => data.name)).toEqual(
        Array.from({ length: 30 }, (_, at) => `${29 - at}`),
      )
      expect(second.next).toBeNull()
      expect((await listNotices(db, readerOf(owner), 'no id')).notices).toHaveLength(25)
    })

    it('and mails until they are 90 days old, and what lasts is kept', async () => {
      await refused()
      await work()
      await pass(db, 91 * 24)
      await db.update(outboxEvents).set({ notifiedAt: new Date(Date.now() - 91 * 86_400_000) })
      await pruneNotifications(db)
      expect(await db.$count(notifications)).toBe(0)
      expect(await db.$count(deliveries)).toBe(0)
      expect(await db.$count(outboxEvents)).toBe(0)
      expect(await db.$count(notificationEpisodes)).toBe(1)
    })

    it('that are over when what they tell of was deleted, or has no tokens any more, without a word about it', async () => {
      const [other = ''] = await addBrokenCredentials(db, accountId, 1)
      await refused()
      await happens(db, accountId, 'credential.reauthorization_required', other, REFUSED)
      await work()
      const open = () => db.$count(notificationEpisodes, isNull(notificationEpisodes.closedAt))
      await sendReminders(db)
      expect(await open()).toBe(2)
      await db.delete(credentials).where(eq(credentials.id, id))
      await sendReminders(db)
      expect(await open()).toBe(1)
      await db.delete(tokenSets).where(eq(tokenSets.ownerId, other))
      await sendReminders(db)
      expect(await open()).toBe(0)
      expect(await countUnread(db, readerOf(owner))).toBe(0)
      expect((await listNotices(db, readerOf(owner))).notices).toMatchObject([{ isOver: true, count: 2 }])
      // Those are forgotten like all that are over.
      await db.update(notificationEpisodes).set({ closedAt: new Date(Date.now() - 91 * 86_400_000) })
      await pruneNotifications(db)
      expect(await db.$count(notificationEpisodes)).toBe(0)
    })
  })

  it('hear of one key whose token is seen in several places as one, as it is last', async () => {
    const owner = await addMember(db, accountId, 'owner')
    const leaked = (keyId: string, place: string, outcome: 'flagged' | 'revoked') =>
      happens(db, accountId, 'api_key.leaked', keyId, {
        name: keyId,
        environment: 'live',
        source: 'github',
        url: `https://github.com/shop/${place}`,
        outcome,
      })
    await leaked('key_1', 'a', 'flagged')
    await leaked('key_1', 'b', 'flagged')
    await makeNotices(db)
    const counts = async () => (await listNotices(db, readerOf(owner))).notices.map(({ count }) => count)
    expect(await counts()).toEqual([1])
    await leaked('key_1', 'c', 'revoked')
    await makeNotices(db)
    expect((await listNotices(db, readerOf(owner))).notices).toMatchObject([{ count: 1, data: { outcome: 'revoked' } }])
    await leaked('key_2', 'd', 'flagged')
    await makeNotices(db)
    expect(await counts()).toEqual([2])
    await pass(db, 1)
    await work()
    expect(factsOf(mailer.mails[0])).toMatchObject({
      total: 2,
      items: [{ data: { name: 'key_1', outcome: 'revoked' } }, { data: { name: 'key_2' } }],
    })
  })

  it('hear of keys that somebody generates, regenerates and revokes, by whom and why', async () => {
    await addMember(db, accountId, 'owner')
    const { id: first } = await createTestKey(db, actor, { name: 'ERP' })
    const { id: second } = await regenerateApiKey(db, actor, first, { overlap: 'none', retire_when_silent: false })
    await revokeApiKey(db, actor, second, 'Left the company')
    await revokeApiKey(db, actor, second, 'Again')
    await work()
    await pass(db, 1)
    await work()
    const facts = mailer.mails.map((mail) => [mail.subject, factsOf(mail).items[0]?.data])
    const key = { name: 'ERP', environment: 'live', by: 'Ana' }
    expect(facts.sort()).toEqual([
      ['api_key.created', key],
      ['api_key.regenerated', key],
      ['api_key.revoked', { ...key, reason: 'Left the company' }],
    ])
    expect(JSON.stringify(facts)).not.toMatch(/fn_(live|test)_/)
  })
})
