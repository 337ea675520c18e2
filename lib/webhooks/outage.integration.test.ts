import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { webhookAttempts, webhookMessages, webhooks } from '@/db/schema'
import { createTestOwner } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { policyOf } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { startUpstream, type Upstream } from '@/test/upstream'
import type { Actor } from '../audit'
import { Egress } from '../egress'
import { recordEvent } from '../notifications/outbox'
import { Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import {
  createWebhook,
  getWebhook,
  listMessages,
  runWebhooks,
  setWebhookState,
  type WebhookStore,
  webhookForm,
} from '.'
import { claimMessages } from './claim'

// What a receiver that is down, or slow, does to the order of its own messages and to the messages of others.

forEachDatabase('a webhook whose receiver is away', (open) => {
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
    await db.delete(webhooks)
    receiver.forget()
    owner = await createTestOwner(db)
  })

  const make = async (url = `${receiver.url}/hook`, actor = owner) => {
    const form = webhookForm.parse({ name: 'ERP events', url })
    return (await createWebhook(store, actor, form)).id
  }
  const run = () => runWebhooks(store)
  const happens = (subjectId: string, name: string, actor = owner) =>
    recordEvent(db, actor.accountId, 'api_key.created', subjectId, { name, environment: 'live', by: 'Ana' })
  const names = () => receiver.received.map(({ body }) => JSON.parse(body).data.name)
  const waiting = eq(webhookMessages.state, 'waiting')
  const due = () => db.update(webhookMessages).set({ dueAt: sql`now()` }).where(waiting)
  /** So much time goes by, while nothing is sent. */
  const pass = async (hours: number) => {
    const ago = sql`${hours}::float8 * interval '1 hour'`
    const { createdAt, dueAt, leaseUntil } = webhookMessages
    await db.update(webhookMessages).set({
      createdAt: sql`${createdAt} - ${ago}`,
      dueAt: sql`${dueAt} - ${ago}`,
      leaseUntil: sql`${leaseUntil} - ${ago}`,
    })
    await db.update(webhookAttempts).set({ at: sql`${webhookAttempts.at} - ${ago}` })
    await db.update(webhooks).set({
      failingSince: sql`${webhooks.failingSince} - ${ago}`,
      stateSince: sql`${webhooks.stateSince} - ${ago}`,
    })
  }

  /**
   * Has the receiver take its time.
   * @returns how many requests were open when each came, itself included
   */
  const answerSlowly = (status: number) => {
    let open = 0
    const opened: number[] = []
    receiver.respond((_, response) => {
      opened.push(++open)
      setTimeout(() => {
        open -= 1
        response.writeHead(status).end()
      }, 20)
    })
    return opened
  }

  it('gets what happened to one thing one by one in its order, after a day', async () => {
    await make()
    receiver.respondWith(500)
    const all = Array.from({ length: 4 }, (_, i) => `${i}`)
    for (const name of all) await happens('key_1', name)
    await run()
    await pass(24)
    receiver.forget()
    const opened = answerSlowly(200)
    await due()
    await run()
    expect(names()).toEqual(all)
    expect(opened).toEqual([1, 1, 1, 1])
  })

  it('gets first what it refused just now, when that is due again', async () => {
    await make()
    receiver.respondWith(500)
    await happens('key_1', 'one')
    await run()
    await db.update(webhookMessages).set({ createdAt: sql`now() - interval '2 hours'`, dueAt: sql`now()` })
    await db.update(webhooks).set({ failingSince: null })
    await happens('key_1', 'two')
    receiver.forget()
    const opened = answerSlowly(200)
    await run()
    expect(names()).toEqual(['one', 'two'])
    expect(opened).toEqual([1, 1])
  })

  it('is sent nothing before what it has not refused just now, though that is due later', async () => {
    const id = await make()
    receiver.respondWith(500)
    await happens('key_1', 'one')
    await run()
    await pass(24)
    // It is back, and the next attempt of the first message is far away.
    await db.update(webhookMessages).set({ dueAt: sql`now() + interval '2 hours'` })
    receiver.forget()
    await happens('key_1', 'two')
    await run()
    expect(names()).toEqual([])
    await due()
    await run()
    expect(names()).toEqual(['one', 'two'])
    const { messages } = await listMessages(db, owner.accountId, id)
    expect(messages.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  })

  it('has all of three days for what was kept while it was paused for longer', async () => {
    const id = await make()
    await setWebhookState(db, owner, id, 'paused')
    await happens('key_1', 'one')
    await run()
    await pass(96)
    await setWebhookState(db, owner, id, 'enabled')
    receiver.respondWith(503)
    await run()
    receiver.forget()
    await due()
    await run()
    expect(names()).toEqual(['one'])
  })

  it('is not blamed for days in which nothing was sent: it has three days in which something was', async () => {
    const id = await make()
    receiver.respondWith(500)
    await happens('key_1', 'one')
    await run()
    await pass(80)
    await due()
    await run()
    const now = async () => {
      const [message] = (await listMessages(db, owner.accountId, id)).messages
      return [(await getWebhook(db, owner.accountId, id)).state, message?.state, message?.attempts]
    }
    expect(await now()).toEqual(['enabled', 'waiting', 2])
    const tried = async (times: number) => {
      for (let i = 0; i < times; i++) {
        await pass(3)
        await due()
        await run()
      }
    }
    await tried(23)
    expect(await now()).toEqual(['enabled', 'waiting', 25])
    await tried(2)
    expect(await now()).toEqual(['disabled', 'failed', 26])
  })

  it('holds up no other, however many wait for it to answer', async () => {
    const silent = await startUpstream()
    try {
      silent.respond(() => {})
      await make(`${silent.url}/hook`)
      await make()
      for (let i = 0; i < 9; i++) await happens(`key_${i}`, `${i}`)
      const running = run()
      await expect.poll(() => receiver.received.length).toBe(9)
      expect(silent.received.length).toBeLessThanOrEqual(4)
      // What happens now is looked for meanwhile.
      await happens('key_9', '9')
      await expect.poll(() => receiver.received.length).toBe(10)
      silent.respond(null)
      await silent.close()
      await running
    } finally {
      await silent.close().catch(() => {})
    }
  })

  it('is sent one at a time until it takes one', async () => {
    const id = await make()
    receiver.respondWith(500)
    await happens('key_0', '0')
    await run()
    receiver.forget()
    const opened = answerSlowly(500)
    for (let i = 1; i < 4; i++) await happens(`key_${i}`, `${i}`)
    await run()
    const { messages } = await listMessages(db, owner.accountId, id)
    const errors = messages.map(({ attemptsMade }) => attemptsMade.map(({ error }) => error))
    expect({ opened, errors }).toEqual({ opened: [1, 1, 1], errors: Array(4).fill(['Answered with 500']) })
  })

  it('takes no room of another account’s, in however many webhooks', async () => {
    const silent = await startUpstream()
    try {
      silent.respond(() => {})
      for (let i = 0; i < 17; i++) await make(`${silent.url}/hook`)
      for (let i = 0; i < 2; i++) await happens(`key_${i}`, `${i}`)
      const other = await createTestOwner(db, 'Another shop')
      await make(undefined, other)
      const running = run()
      await expect.poll(() => silent.received.length).toBeGreaterThanOrEqual(8)
      await happens('key_other', 'theirs', other)
      await expect.poll(names).toEqual(['theirs'])
      expect(silent.received.length).toBe(8)
      await db.delete(webhooks)
      await silent.close()
      await running
    } finally {
      await silent.close().catch(() => {})
    }
  })

  it('costs the database little where thousands come together, of which its statistics know nothing', async () => {
    const id = await make()
    const add = (state: 'delivered' | 'waiting') =>
      db.execute(sql`
        insert into ${webhookMessages} (id, account_id, webhook_id, event_id, type, subject_id, payload, state)
        select ${`msg_${state}_`}::text || n, ${owner.accountId}, ${id}, ${`evt_${state}_`}::text || n, 'key.revoked', 'key_' || n,
          '{}', ${state}
        from generate_series(1, 4000) as n`)
    await add('delivered')
    // As it mostly is: nothing waits.
    await db.execute(sql`analyze ${webhookMessages}`)
    await add('waiting')
    // Until it is not held up by what else the machine does; in proportion to their square it takes seconds.
    await eventually(async () => {
      await db.update(webhookMessages).set({ leaseUntil: null }).where(waiting)
      const begun = performance.now()
      expect(await claimMessages(db, 4)).toHaveLength(4)
      expect(performance.now() - begun).toBeLessThan(500)
    })
  })
})
