import type { ServerResponse } from 'node:http'
import { and, eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { auditEvents, outboxEvents, vaultItems, webhookAttempts, webhookMessages, webhooks } from '@/db/schema'
import { createTestKey, createTestOwner } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { policyOf } from '@/test/egress'
import { type Received, startUpstream, type Upstream } from '@/test/upstream'
import { createToken, revokeApiKey } from '../api-keys'
import type { Actor } from '../audit'
import { Egress } from '../egress'
import { newId } from '../ids'
import { recordEvent } from '../notifications/outbox'
import { Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import {
  createWebhook,
  deleteWebhook,
  forgetPreviousSecrets,
  getWebhook,
  listMessages,
  listWebhooks,
  pruneMessages,
  replayMessage,
  rotateWebhookSecret,
  runWebhooks,
  sendTestMessage,
  setWebhookState,
  updateWebhook,
  type WebhookStore,
  webhookForm,
  webhookTypes,
} from '.'
import { deliverMessages } from './deliver'
import { fanOut } from './fan-out'

/** Until another transaction waits for a lock. */
async function isWaitedFor(db: Database): Promise<void> {
  const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(() => db.$count(waiting)).toBe(1)
}

forEachDatabase('a webhook', (open, driver) => {
  let db: Database
  let store: WebhookStore & { egress: Egress }
  let receiver: Upstream
  let owner: Actor
  beforeAll(async () => {
    db = (await open()).db
    receiver = await startUpstream()
    const policy = policyOf('127.0.0.1')
    const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))
    store = { db, vault, policy, egress: new Egress(policy) }
  })
  afterAll(async () => {
    await store.egress.close()
    await receiver.close()
  })
  beforeEach(async () => {
    // Of earlier tests: theirs is no longer waited for.
    await db.delete(webhooks)
    receiver.forget()
    receiver.respond(null)
    owner = await createTestOwner(db)
  })

  const make = async (input: object = {}, actor = owner) => {
    const form = webhookForm.parse({ name: 'ERP events', url: `${receiver.url}/hook`, ...input })
    const { id, secret } = await createWebhook(store, actor, form)
    return { id, secret: secret.reveal() }
  }
  const run = () => runWebhooks(store)
  const happens = (subjectId: string, name: string, actor = owner) =>
    recordEvent(db, actor.accountId, 'api_key.created', subjectId, { name, environment: 'live', by: 'Ana' })
  const bodies = () => receiver.received.map(({ body }) => JSON.parse(body))
  const verified = (secret: string, { body, headers }: Received) =>
    new Webhook(secret).verify(body, headers as Record<string, string>)
  /** Makes the pause of what waits go by. */
  const later = () => db.update(webhookMessages).set({ dueAt: sql`now()` }).where(eq(webhookMessages.state, 'waiting'))
  const messages = async (id: string) => (await listMessages(db, owner.accountId, id)).messages
  /** As if its first message had been sent every hour, and was not taken. */
  const triedFor = async (id: string, hours: number) => {
    const [message] = await messages(id)
    const refused = {
      accountId: owner.accountId,
      messageId: message?.id ?? '',
      latencyMs: 1,
      error: 'Answered with 500',
    }
    const at = (hour: number) => new Date(Date.now() - hour * 3_600_000)
    await db
      .insert(webhookAttempts)
      .values(Array.from({ length: hours }, (_, hour) => ({ ...refused, id: newId('webhookAttempt'), at: at(hour) })))
  }

  it('is told of what happens in its account, signed as Standard Webhooks has it', async () => {
    const { secret } = await make()
    const key = await createTestKey(db, owner, { name: 'Sync script' })
    await revokeApiKey(db, owner, key.id, 'Not needed')
    expect(await run()).toEqual({ messages: 2, taken: 2 })
    const data = { id: key.id, name: 'Sync script', environment: 'live', by: 'Ana' }
    expect(bodies()).toEqual([
      { type: 'key.created', timestamp: expect.any(String), data },
      { type: 'key.revoked', timestamp: expect.any(String), data: { ...data, reason: 'Not needed' } },
    ])
    for (const request of receiver.received) {
      expect(verified(secret, request)).toEqual(JSON.parse(request.body))
      expect(() => verified(secret, { ...request, body: `${request.body} ` })).toThrow()
    }
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
  })

  it('is sent what its type’s schema says, of every kind of event', async () => {
    await make()
    const credential = { name: 'Tienda', environment: 'test', provider: null, connectedById: null } as const
    const id = newId('credential')
    const at = new Date().toISOString()
    const { accountId } = owner
    await recordEvent(db, accountId, 'credential.reauthorization_required', id, {
      ...credential,
      error: 'invalid_grant',
      detail: 'x',
      callsFailAt: at,
    })
    await recordEvent(db, accountId, 'credential.renewal_failing', id, {
      ...credential,
      error: null,
      detail: null,
      failingSince: at,
      callsFailAt: null,
    })
    await recordEvent(db, accountId, 'credential.renewal_recovered', id, { ...credential, failingSince: at })
    await recordEvent(db, accountId, 'credential.expiring', id, {
      ...credential,
      what: 'secret',
      expiresAt: at,
      daysLeft: 3,
    })
    await recordEvent(db, accountId, 'credential.connected', id, { ...credential, by: 'Ana' })
    await recordEvent(db, accountId, 'credential.tested_bad', id, {
      ...credential,
      result: 'refused',
      by: 'Ana',
    })
    await recordEvent(db, accountId, 'member.joined', 'usr_1', { name: 'Eva', role: 'manager' })
    const left = { name: 'Eva', role: 'manager', how: 'left', by: 'Eva' } as const
    await recordEvent(db, accountId, 'member.left', 'usr_1', left)
    await recordEvent(db, accountId, 'api_key.leaked', 'key_1', {
      name: 'K',
      environment: 'live',
      source: 'url',
      url: null,
      outcome: 'flagged',
    })
    const ends = { name: 'K', environment: 'live' }
    await recordEvent(db, accountId, 'api_key.expiring', 'key_1', { ...ends, expiresAt: at, daysLeft: 7 })
    const idle = { ...ends, lastUsedAt: null, revokesAt: at, daysLeft: 1 } as const
    await recordEvent(db, accountId, 'api_key.idle', 'key_1', idle)
    await recordEvent(db, accountId, 'integration.failing', 'int_1', {
      name: 'Shipping labels',
      environment: 'live',
      slug: 'labels',
      host: 'api.goshippo.com',
      credentialId: id,
      failingSince: at,
      outcome: 'timeout',
      status: 504,
    })
    await happens('key_2', 'K')
    await recordEvent(db, accountId, 'api_key.regenerated', 'key_2', { name: 'K', environment: 'live', by: 'Ana' })
    await recordEvent(db, accountId, 'api_key.revoked', 'key_2', {
      name: 'K',
      environment: 'live',
      by: 'Ana',
      reason: null,
    })
    for (let i = 0; i < 8; i++) await run()
    const types = new Set<string>()
    for (const { type, timestamp, data } of bodies()) {
      expect(Object.keys(webhookTypes)).toContain(type)
      expect(webhookTypes[type as keyof typeof webhookTypes].strict().parse(data)).toEqual(data)
      expect(new Date(timestamp).toISOString()).toBe(timestamp)
      types.add(type)
    }
    expect([...types].sort()).toEqual(
      Object.keys(webhookTypes)
        .filter((type) => type !== 'webhook.test')
        .sort(),
    )
  })

  it('hears of its own account only, of the types that it wants, and of nothing from before it was made', async () => {
    const stranger = await createTestOwner(db, 'Another shop')
    await happens('key_0', 'before')
    await fanOut(db)
    await make({ event_types: ['key.revoked'] })
    await make({}, stranger)
    await happens('key_1', 'ours')
    await happens('key_2', 'theirs', stranger)
    await run()
    expect(bodies().map(({ data }) => data.name)).toEqual(['theirs'])
  })

  describe('whose receiver', () => {
    it.each<[what: string, respond: () => void, error: RegExp, status: number | null]>([
      ['fails', () => receiver.respondWith(503, {}, 'Down for repair'), /503/, 503],
      ['refuses', () => receiver.respondWith(401), /401/, 401],
      ['redirects', () => receiver.respondWith(302, { Location: 'https://example.com/' }), /redirect/, 302],
      ['breaks off', () => receiver.respond((_, response) => response.destroy()), /./, null],
    ])('%s gets the same message again, until it is taken', async (_, respond, error, status) => {
      const { id, secret } = await make()
      respond()
      await happens('key_1', 'one')
      await run()
      await run()
      expect(receiver.received.length).toBe(1)
      await later()
      await run()
      receiver.respond(null)
      await later()
      await run()
      const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
      expect(ids).toHaveLength(3)
      expect(new Set(ids).size).toBe(1)
      for (const request of receiver.received) verified(secret, request)
      const [message] = await messages(id)
      expect(message).toMatchObject({ state: 'delivered', attempts: 3 })
      expect(message?.attemptsMade.map((attempt) => [attempt.status, attempt.error])).toEqual([
        [200, null],
        [status, expect.stringMatching(error)],
        [status, expect.stringMatching(error)],
      ])
    })

    it.each<[what: string, after: (response: ServerResponse) => void]>([
      ['breaks off', (response) => response.write('{', () => response.destroy())],
      ['announces more than it sends', (response) => response.end('{')],
    ])('takes a message and then %s has taken it', async (_, after) => {
      const { id } = await make()
      receiver.respond((_, response) => {
        response.writeHead(200, { 'content-length': '10' })
        after(response)
      })
      await happens('key_1', 'one')
      await run()
      const [message] = await messages(id)
      expect(message).toMatchObject({ state: 'delivered', attemptsMade: [{ status: 200, error: null, answer: null }] })
    })

    it('asks for time gets it', async () => {
      const { id } = await make()
      receiver.respondWith(429, { 'Retry-After': '3600' })
      await happens('key_1', 'one')
      await run()
      const [message] = await messages(id)
      expect((message?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_500_000)
    })

    it('was gone for a day gets all that happened, in order, as soon as it takes one', async () => {
      const { id } = await make()
      receiver.respondWith(500)
      for (const name of ['one', 'two', 'three']) await happens('key_1', name)
      await happens('key_2', 'other')
      await run()
      // A day goes by.
      await db
        .update(webhookMessages)
        .set({ createdAt: sql`now() - interval '1 day'`, dueAt: sql`now() + interval '1 hour'` })
      await db.update(webhooks).set({ failingSince: sql`now() - interval '1 day'` })
      receiver.forget()
      receiver.respond(null)
      await db.update(webhookMessages).set({ dueAt: sql`now()` }).where(eq(webhookMessages.subjectId, 'key_2'))
      await run()
      await run()
      expect(
        bodies()
          .map(({ data }) => data.name)
          .sort(),
      ).toEqual(['one', 'other', 'three', 'two'])
      expect((await getWebhook(db, owner.accountId, id)).failingSince).toBeNull()
    })

    it('is at a private address is not called', async () => {
      const { id } = await make()
      await db.update(webhooks).set({ url: 'http://10.0.0.1/hook' })
      await happens('key_1', 'one')
      await run()
      const [message] = await messages(id)
      expect(message?.attemptsMade).toEqual([expect.objectContaining({ status: null, error: expect.any(String) })])
      expect(receiver.received).toEqual([])
    })

    it('takes nothing for three days is disabled, and people are told', async () => {
      const { id } = await make()
      receiver.respondWith(500)
      await happens('key_1', 'one')
      await run()
      await db
        .update(webhooks)
        .set({ failingSince: sql`now() - interval '73 hours'`, stateSince: sql`now() - interval '73 hours'` })
      await db.update(webhookMessages).set({ createdAt: sql`now() - interval '73 hours'`, dueAt: sql`now()` })
      await triedFor(id, 73)
      await run()
      expect(await getWebhook(db, owner.accountId, id)).toMatchObject({
        state: 'disabled',
        stateReason: expect.stringContaining('500'),
      })
      expect(await messages(id)).toEqual([expect.objectContaining({ state: 'failed' })])
      const told = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
      expect(told.map(({ kind, notifiedAt }) => [kind, notifiedAt])).toEqual([['webhook.disabled', null]])
      expect(told[0]?.data).toMatchObject({ cause: 'answered', status: 500 })
      // What happens meanwhile is kept for it.
      await happens('key_1', 'two')
      await run()
      receiver.respond(null)
      receiver.forget()
      await setWebhookState(db, owner, id, 'enabled')
      await run()
      expect(bodies().map(({ data }) => data.name)).toEqual(['two'])
    })

    it('answers 410 is disabled at once', async () => {
      const { id } = await make()
      receiver.respondWith(410)
      await happens('key_1', 'one')
      await run()
      expect((await getWebhook(db, owner.accountId, id)).state).toBe('disabled')
      const [told] = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
      expect(told?.data).toMatchObject({ cause: 'gone', status: 410 })
    })
  })

  it('gets what happens to one thing in its order, though the first is not taken at once', async () => {
    await make()
    let refusals = 2
    receiver.respond((request, response) => {
      const isFirst = JSON.parse(request.body).data.name === 'one'
      response.statusCode = isFirst && refusals-- > 0 ? 500 : 200
      response.end()
    })
    for (const name of ['one', 'two', 'three']) await happens('key_1', name)
    await happens('key_2', 'other')
    for (let i = 0; i < 3; i++) {
      await later()
      await run()
    }
    const names = bodies().map(({ data }) => data.name)
    expect(names.filter((name) => name !== 'other')).toEqual(['one', 'one', 'one', 'two', 'three'])
    expect(names.indexOf('other')).toBeLessThan(2)
  })

  it('does not wait for ever for a message that it never takes', async () => {
    await make()
    receiver.respond((request, response) => {
      response.statusCode = JSON.parse(request.body).data.name === 'poison' ? 500 : 200
      response.end()
    })
    await happens('key_1', 'poison')
    await happens('key_1', 'two')
    await run()
    expect(bodies().map(({ data }) => data.name)).toEqual(['poison'])
    await db
      .update(webhookMessages)
      .set({ createdAt: sql`now() - interval '61 minutes'` })
      .where(eq(webhookMessages.attempts, 1))
    await run()
    expect(bodies().map(({ data }) => data.name)).toEqual(['poison', 'two'])
  })

  it('is sent nothing twice by several instances at once', async () => {
    await make()
    for (let i = 0; i < 30; i++) await happens(`key_${i}`, `${i}`)
    await Promise.all([run(), run(), run()])
    await run()
    expect(
      bodies()
        .map(({ data }) => data.name)
        .sort(),
    ).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`).sort())
  })

  it('that hangs holds up no other', async () => {
    const slow = await startUpstream()
    try {
      slow.respond(() => {})
      await make({ url: `${slow.url}/hook`, name: 'Slow' })
      const { id } = await make()
      for (let i = 0; i < 20; i++) await happens(`key_${i}`, `${i}`)
      const stop = new AbortController()
      await fanOut(db)
      const delivering = Promise.all([deliverMessages(store, stop.signal), deliverMessages(store, stop.signal)])
      await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(4)
      expect(slow.received.length).toBeLessThanOrEqual(4)
      stop.abort()
      slow.respond(null)
      await slow.close()
      await delivering
      expect((await messages(id)).some(({ state }) => state === 'delivered')).toBe(true)
    } finally {
      await slow.close().catch(() => {})
    }
  })

  describe('and its secret', () => {
    it('may be another, and both sign until the overlap ends', async () => {
      const { id, secret: before } = await make()
      const after = (await rotateWebhookSecret(store, owner, id, 24)).reveal()
      await happens('key_1', 'one')
      await run()
      const [both] = receiver.received as [Received]
      for (const secret of [before, after]) verified(secret, both)
      await db.update(webhooks).set({ previousSecretUntil: sql`now()` })
      await happens('key_1', 'two')
      await run()
      const alone = receiver.received.at(-1) as Received
      verified(after, alone)
      expect(() => verified(before, alone)).toThrow()
    })

    it('is kept no longer than it signs', async () => {
      const { id } = await make()
      const kept = async () =>
        Object.keys((await store.vault.open(db, { accountId: owner.accountId, ownerId: id, field: 'secret' })) ?? {})
      const after = (await rotateWebhookSecret(store, owner, id, 24)).reveal()
      expect(await forgetPreviousSecrets(store)).toBe(0)
      expect(await kept()).toEqual(['current', 'previous'])
      await db.update(webhooks).set({ previousSecretUntil: sql`now()` })
      expect(await forgetPreviousSecrets(store)).toBe(1)
      expect(await forgetPreviousSecrets(store)).toBe(0)
      expect(await kept()).toEqual(['current'])
      await happens('key_1', 'one')
      await run()
      verified(after, receiver.received.at(-1) as Received)
    })

    it('stand in nothing that is kept or sent, nor does a token, though the receiver says them', async () => {
      const { id, secret } = await make()
      const { token } = createToken('live')
      // As the libraries of receivers hold it: without its prefix, and as bytes.
      const bare = secret.slice('whsec_'.length)
      const bytes = Buffer.from(bare, 'base64')
      const spellings = [secret, token, bare, bytes.toString('base64url'), bytes.toString('hex')]
      receiver.respondWith(500, {}, `you sent ${spellings.join(' and ')}`)
      await happens('key_1', 'one')
      await run()
      await rotateWebhookSecret(store, owner, id, 24)
      const rows = await Promise.all([
        db.select().from(webhooks),
        db.select().from(webhookMessages),
        db.select().from(webhookAttempts),
        db.select().from(auditEvents).where(eq(auditEvents.targetId, id)),
      ])
      const kept = JSON.stringify(rows)
      expect(kept).toContain('you sent')
      for (const spelling of [bare, ...spellings.slice(3)]) expect(kept).not.toContain(spelling)
      expect(kept).not.toContain(token.slice(8))
      expect(
        receiver.received.some(({ body, rawHeaders }) => (body + rawHeaders.join()).includes(secret.slice(6))),
      ).toBe(false)
    })
  })

  it('is changed, paused, resumed and deleted, by its own account only, each with an event', async () => {
    const { id } = await make()
    const stranger = await createTestOwner(db, 'Another shop')
    const form = webhookForm.parse({ name: 'Other', url: `${receiver.url}/other`, event_types: ['key.created'] })
    await expect(updateWebhook(store, stranger, id, form)).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteWebhook(store, stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    await updateWebhook(store, owner, id, form)
    await setWebhookState(db, owner, id, 'paused')
    await happens('key_1', 'one')
    await run()
    expect(receiver.received).toEqual([])
    expect(await listWebhooks(db, owner.accountId)).toEqual([
      expect.objectContaining({ id, name: 'Other', waiting: 1 }),
    ])
    await setWebhookState(db, owner, id, 'enabled')
    await run()
    expect(receiver.received.map(({ target }) => target)).toEqual(['/other'])
    await deleteWebhook(store, owner, id)
    expect(await listWebhooks(db, owner.accountId)).toEqual([])
    const actions = await db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(and(eq(auditEvents.accountId, owner.accountId), eq(auditEvents.targetId, id)))
      .orderBy(auditEvents.id)
    expect(actions.map(({ action }) => action.replace('webhook.', ''))).toEqual([
      'created',
      'updated',
      'paused',
      'resumed',
      'deleted',
    ])
  })

  it('stands in the audit log by its host alone, since a path or query may hold a token of the receiver’s', async () => {
    const { id } = await make({ url: `${receiver.url}/hooks/c2VjcmV0?token=first` })
    await updateWebhook(store, owner, id, { url: `${receiver.url}/hooks/b3RoZXI?token=second` })
    await updateWebhook(store, owner, id, { url: receiver.url })
    await deleteWebhook(store, owner, id)
    const events = await db
      .select({ action: auditEvents.action, details: auditEvents.details })
      .from(auditEvents)
      .where(and(eq(auditEvents.accountId, owner.accountId), eq(auditEvents.targetId, id)))
      .orderBy(auditEvents.id)
    const hidden = `${receiver.url}/…`
    expect(events).toEqual([
      { action: 'webhook.created', details: { name: 'ERP events', url: hidden, event_types: null } },
      { action: 'webhook.updated', details: { before: { url: hidden }, after: { url: hidden } } },
      { action: 'webhook.updated', details: { before: { url: hidden }, after: { url: receiver.url } } },
      { action: 'webhook.deleted', details: { name: 'ERP events', url: receiver.url } },
    ])
  })

  it('may not be at an address that Fenicia does not call', async () => {
    await expect(make({ url: 'https://192.168.0.1/hook' })).rejects.toMatchObject({
      code: 'invalid',
      fields: [expect.objectContaining({ field: 'url' })],
    })
  })

  it('may not have a token of Fenicia’s in its address, which is shown and audited', () => {
    const { token } = createToken('live')
    for (const text of [token, encodeURIComponent(token).replace('fn_', 'fn%5F')]) {
      const form = { name: 'ERP', url: `https://erp.example.com/hook?key=${text}` }
      expect(webhookForm.safeParse(form).error?.issues).toEqual([expect.objectContaining({ path: ['url'] })])
    }
  })

  it('that is at another address now gets at once what it did not take at the one before, for three days anew', async () => {
    const { id } = await make()
    receiver.respondWith(500)
    await happens('key_1', 'one')
    await run()
    await db.update(webhooks).set({ failingSince: sql`now() - interval '71 hours'` })
    await db.update(webhookMessages).set({ dueAt: sql`now() + interval '3 hours'` })
    const form = webhookForm.parse({ name: 'ERP events', url: `${receiver.url}/other` })
    await updateWebhook(store, owner, id, form)
    expect((await getWebhook(db, owner.accountId, id)).failingSince).toBeNull()
    receiver.forget()
    await run()
    expect(receiver.received.map(({ target }) => target)).toEqual(['/other'])
    // Another name is no other address.
    await db.update(webhooks).set({ failingSince: sql`now()` })
    await updateWebhook(store, owner, id, { ...form, name: 'ERP' })
    expect((await getWebhook(db, owner.accountId, id)).failingSince).not.toBeNull()
  })

  it.each([410, 500])('is not blamed for a %i that the address before answers after it was changed', async (status) => {
    const { id } = await make()
    const form = webhookForm.parse({ name: 'ERP events', url: `${receiver.url}/other` })
    receiver.respond(async ({ target }, response) => {
      if (target === '/hook') await updateWebhook(store, owner, id, form)
      response.writeHead(target === '/hook' ? status : 200).end()
    })
    await happens('key_1', 'one')
    await run()
    expect(await getWebhook(db, owner.accountId, id)).toMatchObject({ state: 'enabled', failingSince: null })
    expect(receiver.received.map(({ target }) => target)).toEqual(['/hook', '/other'])
    expect((await messages(id)).map(({ state }) => state)).toEqual(['delivered'])
  })

  it('whose secret can’t be opened says so, and is disabled after three days as if nobody took its messages', async () => {
    const { id } = await make()
    await store.vault.remove(db, { accountId: owner.accountId, ownerId: id })
    await happens('key_1', 'one')
    await run()
    expect(await messages(id)).toEqual([
      expect.objectContaining({
        state: 'waiting',
        attemptsMade: [expect.objectContaining({ status: null, error: 'It could not be signed' })],
      }),
    ])
    const { failingSince } = await getWebhook(db, owner.accountId, id)
    expect(failingSince).not.toBeNull()
    await db.update(webhooks).set({ failingSince: sql`now() - interval '73 hours'` })
    await triedFor(id, 73)
    await later()
    await run()
    expect((await getWebhook(db, owner.accountId, id)).state).toBe('disabled')
    const [told] = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
    expect(told?.data).toMatchObject({ cause: 'unsigned', status: null })
  })

  it('whose secret can’t be opened is mended by another', async () => {
    const { id } = await make()
    await db.update(vaultItems).set({ sealed: 'of another key' }).where(eq(vaultItems.ownerId, id))
    const secret = (await rotateWebhookSecret(store, owner, id, 24)).reveal()
    await happens('key_1', 'one')
    await run()
    verified(secret, receiver.received[0] as Received)
  })

  it('loses nothing of what only a newer version beside this one knows', async () => {
    await make()
    const event = { id: newId('outboxEvent'), accountId: owner.accountId, subjectId: 'key_1', data: {} }
    await db.insert(outboxEvents).values({ ...event, kind: 'api_key.of_tomorrow' })
    await run()
    const [left] = await db.select().from(outboxEvents).where(eq(outboxEvents.id, event.id))
    expect(left?.fannedOutAt).toBeNull()
    await db.delete(outboxEvents).where(eq(outboxEvents.id, event.id))
  })

  it('is told though the events of another account can’t be read, which is said', async () => {
    const stranger = await createTestOwner(db, 'Another shop')
    await make({}, stranger)
    const id = newId('outboxEvent')
    const unreadable = { id, accountId: stranger.accountId, kind: 'api_key.created', subjectId: 'key_0' }
    await db.insert(outboxEvents).values({ ...unreadable, data: sql`'null'::jsonb` })
    await make()
    await happens('key_1', 'ours')
    await expect(run()).rejects.toThrow()
    expect(bodies().map(({ data }) => data.name)).toEqual(['ours'])
    await db.delete(outboxEvents).where(eq(outboxEvents.id, id))
  })

  it('is tried with a message that tells of nothing, once', async () => {
    const { id } = await make({ event_types: ['key.created'] })
    receiver.respondWith(500)
    await sendTestMessage(db, owner, id)
    await run()
    await run()
    expect(bodies()).toEqual([expect.objectContaining({ type: 'webhook.test' })])
    expect(await messages(id)).toEqual([expect.objectContaining({ state: 'failed', isTest: true })])
    expect((await getWebhook(db, owner.accountId, id)).failingSince).toBeNull()
  })

  it('gets a message again when somebody asks for it, under the same id', async () => {
    const { id } = await make()
    await happens('key_1', 'one')
    await run()
    const [message] = await messages(id)
    const stranger = await createTestOwner(db, 'Another shop')
    await expect(replayMessage(db, stranger, message?.id ?? '')).rejects.toMatchObject({ code: 'not_found' })
    await replayMessage(db, owner, message?.id ?? '')
    await run()
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([message?.id, message?.id])
  })

  it.each([
    ['a test message', (id: string) => sendTestMessage(db, owner, id)],
    ['a message', () => happens('key_1', 'one')],
  ])('gets %s again when somebody asks for it while it is not taken', async (_what, send) => {
    const { id } = await make()
    await send(id)
    let refuse: (() => void) | undefined
    receiver.respond((_, response) => {
      refuse = () => response.writeHead(500).end()
    })
    const sending = run()
    await expect.poll(() => refuse).toBeDefined()
    const [message] = await messages(id)
    await replayMessage(db, owner, message?.id ?? '')
    receiver.respond(null)
    refuse?.()
    await sending
    await run()
    const [sent] = await messages(id)
    expect(sent).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(sent?.attemptsMade.map(({ status }) => status)).toEqual([200, 500])
  })

  it('lists its messages by status and by type', async () => {
    const { id } = await make()
    await happens('key_1', 'one')
    await run()
    receiver.respondWith(500)
    await happens('key_2', 'two')
    await sendTestMessage(db, owner, id)
    await run()
    const listed = async (query: Parameters<typeof listMessages>[3]) =>
      (await listMessages(db, owner.accountId, id, query)).messages.map(({ type, state }) => [type, state])
    expect(await listed({ type: 'webhook.test' })).toEqual([['webhook.test', 'failed']])
    expect(await listed({ type: 'key.created' })).toHaveLength(2)
    expect(await listed({ type: 'key.created', state: 'waiting' })).toEqual([['key.created', 'waiting']])
    expect(await listed({ type: 'key.revoked' })).toEqual([])
  })

  it('keeps its messages for thirty days', async () => {
    const { id } = await make()
    await happens('key_1', 'old')
    await run()
    await db.update(webhookMessages).set({ createdAt: sql`now() - interval '31 days'` })
    await happens('key_1', 'new')
    await run()
    expect(await pruneMessages(db)).toBe(1)
    expect((await messages(id)).map(({ payload }) => (payload.data as { name: string }).name)).toEqual(['new'])
  })

  // The embedded database has one connection: nothing happens in the middle of a transaction.
  if (driver === 'pglite') return
  it('are twenty at most, however many are added at once', async () => {
    const added = await Promise.allSettled(Array.from({ length: 25 }, () => make()))
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    const [refused] = added.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toMatchObject({ code: 'invalid', message: expect.stringContaining('20 webhooks at most') })
  })

  it('is signed to by both secrets though they were changed after a message was taken up', async () => {
    const { id, secret } = await make()
    await happens('key_1', 'one')
    let running: Promise<unknown> | undefined
    await db.transaction(async (tx) => {
      await tx.execute(sql`lock table ${vaultItems} in access exclusive mode`)
      running = run()
      await isWaitedFor(db)
      await rotateWebhookSecret({ ...store, db: tx }, owner, id, 24)
    })
    await running
    const [sent] = receiver.received
    expect(sent && verified(secret, sent)).toMatchObject({ type: 'key.created' })
  })

  it('may be deleted while somebody has a test message sent to it', async () => {
    const { id } = await make()
    let testing: Promise<unknown> | undefined
    await db.transaction(async (tx) => {
      await tx.delete(webhooks).where(eq(webhooks.id, id))
      testing = sendTestMessage(db, owner, id)
      testing.catch(() => {})
      await isWaitedFor(db)
    })
    await expect(testing).rejects.toMatchObject({ code: 'not_found' })
  })

  it('may be deleted while messages for it are made', async () => {
    const { id } = await make()
    await make({ name: 'Other' })
    await happens('key_1', 'one')
    let making: Promise<number> | undefined
    await db.transaction(async (tx) => {
      await tx.delete(webhooks).where(eq(webhooks.id, id))
      making = fanOut(db)
      await isWaitedFor(db)
    })
    expect(await making).toBe(1)
  })
})
