import { readFile } from 'node:fs/promises'
import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import {
  apiKeys,
  handovers,
  integrations,
  members,
  notifications,
  outboxEvents,
  personalMails,
  users,
} from '@/db/schema'
import { createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { policyOf } from '@/test/egress'
import { auditLog, makeOwner, SOMEWHERE, sessionOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import {
  createApiKey,
  createKeyInput,
  pauseApiKey,
  personGrantor,
  regenerateApiKey,
  regenerateKeyInput,
  resumeApiKey,
} from '../api-keys'
import { operatorActor } from '../audit'
import { createCredential, credentialForm } from '../credentials'
import { Egress } from '../egress'
import { newId } from '../ids'
import { createIntegration, integrationForm } from '../integrations'
import { makeNotices, recordEvent } from '../notifications'
import { TokenKeeper } from '../oauth'
import { reviewCredentials, reviewCredentialsQuery, reviewKeys, reviewKeysQuery } from '../review'
import { Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  rotateWebhookSecret,
  setWebhookState,
  updateWebhook,
  webhookForm,
} from '../webhooks'
import {
  changeRole,
  createCustomRole,
  handOver,
  inviteMember,
  leaveAccount,
  listInvitations,
  listMembers,
  madeBy,
  removeMember,
} from '.'
import { type Permission, permissionsOf, type Role } from './permissions'
import { userActor } from './record-in-each-account'

const NOTHING = { keys: [], credentials: [], integrations: [], webhooks: [], invitations: [] }
const KEEP = { keys: 'keep', rest: 'keep', heir: null } as const

forEachDatabase('members', (open, driver) => {
  let db: Database
  let accountId: string
  let ownerEmail: string
  let owner: ReturnType<typeof personIn>
  beforeAll(async () => {
    const database = await open()
    useRuntime(database)
    db = database.db
  })
  beforeEach(async () => {
    const made = await makeOwner(db)
    accountId = made.accountId
    owner = personIn(made.userId, made.name)
    ownerEmail = made.email
  })

  const personIn = (id: string, name: string, account = accountId) => ({
    ...userActor({ id, name }, account, SOMEWHERE),
    id,
  })
  const add = async (role: Exclude<Role, 'owner'>, account = accountId) => {
    const id = newId('user')
    await db.insert(users).values({ id, email: `${id}@example.com`, name: role, passwordHash: '-' })
    await db.insert(members).values({ accountId: account, userId: id, role })
    return personIn(id, role, account)
  }
  const asKey = ({ id }: { id: string }) => ({ ...owner, kind: 'key' as const, id, name: 'a key' })
  const webhookStore = () => ({
    db,
    policy: policyOf(),
    vault: new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }])),
  })
  /** Until so many transactions wait for a lock. */
  const waitFor = (transactions: number) => {
    const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return expect.poll(() => db.$count(waiting)).toBe(transactions)
  }
  const roleOf = async (id: string) => (await listMembers(db, accountId)).find((member) => member.id === id)?.role
  const isActive = async (id: string) =>
    (await db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]?.revokedAt === null

  it('get another role, from their next request on, with an event of before and after', async () => {
    const staff = await add('staff')
    await changeRole(db, owner, staff.id, 'manager')
    expect((await sessionOf(db, { userId: staff.id, accountId })).role).toBe('manager')
    expect((await auditLog(db, accountId)).at(-1)).toMatchObject({
      action: 'member.role_changed',
      targetId: staff.id,
      details: { before: { role: 'staff' }, after: { role: 'manager' } },
    })
  })

  it.each<[who: Role, whom: Role, may: boolean]>([
    ['owner', 'admin', true],
    ['owner', 'staff', true],
    ['admin', 'manager', true],
    ['admin', 'staff', true],
    ['admin', 'admin', false],
    ['admin', 'owner', false],
    // Who may do more, but nothing about members.
    ['manager', 'staff', false],
    ['manager', 'manager', false],
    ['staff', 'staff', false],
  ])('by rank: of %s and %s', async (who, whom, may) => {
    const asking = who === 'owner' ? owner : await add(who)
    const { id } = whom === 'owner' ? owner : await add(whom)
    const attempts = [() => changeRole(db, asking, id, 'staff'), () => removeMember(db, asking, id, KEEP)]
    for (const attempt of attempts) {
      if (may) await attempt()
      else await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await roleOf(id)).toBe(may ? undefined : whom)
  })

  it('change nothing about themselves, and nobody of another account', async () => {
    const other = await makeOwner(db)
    const stranger = await add('staff', other.accountId)
    await expect(changeRole(db, owner, owner.id, 'staff')).rejects.toMatchObject({ code: 'forbidden' })
    for (const id of [stranger.id, 'usr_\0']) {
      for (const work of [
        () => changeRole(db, owner, id, 'admin'),
        () => removeMember(db, owner, id, KEEP),
        () => handOver(db, owner, id),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'not_found' })
      }
    }
  })

  it('who are removed lose the keys that theirs have made as well, whichever of those still work', async () => {
    const [loses, stays] = [await add('admin'), await add('admin')]
    const [first, other] = [await createTestKey(db, loses), await createTestKey(db, stays)]
    const renewed = await regenerateApiKey(db, asKey(first), first.id, regenerateKeyInput.parse({}))
    const made = await createTestKey(db, asKey(renewed))
    const handed = await createTestKey(db, asKey(other))
    expect((await madeBy(db, accountId, loses.id)).keys.map(({ id }) => id)).toEqual([renewed.id, made.id])
    await removeMember(db, owner, stays.id, { ...KEEP, keys: 'hand_over', heir: loses.id })
    await removeMember(db, owner, loses.id, { ...KEEP, keys: 'revoke' })
    for (const { id } of [renewed, made, other, handed]) expect(await isActive(id)).toBe(false)
  })

  it('answer for what their keys have made, however it was made, which comes up in the review once they have left', async () => {
    const leaves = await add('admin')
    const key = await createTestKey(db, leaves, { scopes: ['webhooks:manage'] })
    const renewed = await regenerateApiKey(db, asKey(key), key.id, regenerateKeyInput.parse({}))
    const policy = policyOf()
    const egress = new Egress(policy)
    const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))
    const credential = await createCredential(
      { db, vault, egress, tokens: new TokenKeeper({ db, vault, egress }), authSecret: 'only-for-tests' },
      asKey(renewed),
      credentialForm.parse({
        type: 'bearer',
        name: 'Labels',
        hosts: ['https://api.example.com'],
        secret: { token: 'a-token-of-the-service' },
      }),
    )
    const integration = await createIntegration(
      { db, policy },
      asKey(renewed),
      integrationForm.parse({
        name: 'Labels',
        slug: `s-${crypto.randomUUID()}`,
        credential_id: credential,
        base_url: 'https://api.example.com',
      }),
    )
    const webhook = await createWebhook(
      { db, vault, policy },
      asKey(renewed),
      webhookForm.parse({ name: 'ERP', url: 'https://erp.example.com/hook' }),
    )
    const ids = (made: { id: string }[]) => made.map(({ id }) => id)
    const made = await madeBy(db, accountId, leaves.id)
    expect([made.keys, made.credentials, made.integrations, made.webhooks].map(ids)).toEqual([
      [renewed.id],
      [credential],
      [integration],
      [webhook.id],
    ])
    const left = async () => [
      ...(await reviewKeys(db, accountId, reviewKeysQuery.parse({ finding: 'maker_left' }))).items.map(
        ({ key }) => key.id,
      ),
      ...(await reviewCredentials(db, owner, reviewCredentialsQuery.parse({ finding: 'maker_left' }))).items.map(
        ({ credential }) => credential.id,
      ),
    ]
    expect(await left()).toEqual([])
    await removeMember(db, owner, leaves.id, KEEP)
    expect(await left()).toEqual([renewed.id, credential])
    await egress.close()
  })

  it('answer for what their keys had made before that was noted', async () => {
    const leaves = await add('admin')
    const key = await createTestKey(db, leaves)
    const made = await createTestKey(db, asKey(key))
    const madeByThat = await createTestKey(db, asKey(made))
    const ofNobody = await createTestKey(db, asKey(await createTestKey(db, operatorActor(accountId))))
    await db.delete(handovers).where(eq(handovers.accountId, accountId))
    const keys = async () => (await madeBy(db, accountId, leaves.id)).keys.map(({ id }) => id)
    expect(await keys()).toEqual([key.id])
    const migration = await readFile('db/migrations/0022_answer_for_made.sql', 'utf8')
    for (let run = 0; run < 2; run++) await db.execute(sql.raw(migration))
    expect(await keys()).toEqual([key.id, made.id, madeByThat.id])
    expect(await db.$count(handovers, eq(handovers.subjectId, ofNobody.id))).toBe(0)
  })

  it('who are removed see nothing of it any more; the keys that they made go on, or not, as is wanted', async () => {
    const [keeps, loses] = [await add('admin'), await add('admin')]
    const kept = await createTestKey(db, keeps)
    const lost = await createTestKey(db, loses)
    expect((await madeBy(db, accountId, keeps.id)).keys).toEqual([expect.objectContaining({ id: kept.id })])
    await removeMember(db, owner, keeps.id, KEEP)
    await removeMember(db, owner, loses.id, { ...KEEP, keys: 'revoke' })
    expect([await isActive(kept.id), await isActive(lost.id)]).toEqual([true, false])
    await expect(sessionOf(db, { userId: keeps.id, accountId })).rejects.toThrow()
    expect((await listMembers(db, accountId)).map(({ id }) => id)).toEqual([owner.id])
    const left = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, loses.id))
    expect(left.map(({ kind, data }) => [kind, data.how])).toEqual([['member.left', 'removed']])
    expect((await auditLog(db, accountId)).at(-1)).toMatchObject({
      action: 'member.removed',
      details: { keys: 1, keys_revoked: 1 },
    })
  })

  it('make, regenerate and resume no key once they are removed, or may not, though they did when they asked', async () => {
    const input = createKeyInput.parse({ name: 'Mine', scopes: ['orders:read'] })
    const [removed, demoted] = [await add('admin'), await add('admin')]
    const paused = await createTestKey(db, owner)
    await pauseApiKey(db, owner, paused.id)
    const key = await createTestKey(db, owner)
    await removeMember(db, owner, removed.id, { ...KEEP, keys: 'revoke' })
    await changeRole(db, owner, demoted.id, 'staff')
    const asAdmin = personGrantor({ permissions: permissionsOf('admin') })
    for (const person of [removed, demoted]) {
      for (const attempt of [
        () => createApiKey(db, person, input, asAdmin),
        () => regenerateApiKey(db, person, key.id, regenerateKeyInput.parse({}), asAdmin),
        () => resumeApiKey(db, person, paused.id, asAdmin),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await isActive(key.id)).toBe(true)
    // What their role allows less of than when they asked, a key of theirs does not either.
    const held: Permission[] = ['keys:read', 'keys:create']
    const role = await createCustomRole(db, owner, { name: 'Keys', description: '', permissions: held })
    await changeRole(db, owner, demoted.id, role)
    const audit = createKeyInput.parse({ name: 'Audit', scopes: ['audit:read'] })
    await expect(createApiKey(db, demoted, audit, asAdmin)).rejects.toMatchObject({ code: 'scope_not_held' })
    await createApiKey(db, demoted, input, asAdmin)
  })

  it('leave no key that works when they are removed with their keys while they make one', async () => {
    for (let n = 0; n < 10; n++) {
      const leaves = await add('admin')
      const input = createKeyInput.parse({ name: `Of ${leaves.id}`, scopes: ['orders:read'] })
      await Promise.allSettled([
        removeMember(db, owner, leaves.id, { ...KEEP, keys: 'revoke' }),
        createApiKey(db, leaves, input, personGrantor({ permissions: permissionsOf('admin') })),
      ])
      expect((await madeBy(db, accountId, leaves.id)).keys).toEqual([])
    }
  })

  it('and their keys add, change and delete no webhook once they are removed, or may not, though they did when they asked', async () => {
    const store = webhookStore()
    const form = webhookForm.parse({ name: 'ERP', url: 'https://erp.example.com/hook' })
    const { id } = await createWebhook(store, owner, form)
    const [removed, demoted, stays] = [await add('admin'), await add('admin'), await add('admin')]
    const manages = { scopes: ['webhooks:manage'] }
    const [revoked, narrow, works] = [
      await createTestKey(db, removed, manages),
      await createTestKey(db, stays),
      await createTestKey(db, stays, manages),
    ]
    await removeMember(db, owner, removed.id, { ...KEEP, keys: 'revoke' })
    await changeRole(db, owner, demoted.id, 'staff')
    for (const actor of [removed, demoted, asKey(revoked), asKey(narrow)]) {
      for (const attempt of [
        () => createWebhook(store, actor, form),
        () => updateWebhook(store, actor, id, { url: 'https://elsewhere.example.com' }),
        () => rotateWebhookSecret(store, actor, id, 0),
        () => setWebhookState(db, actor, id, 'paused'),
        () => deleteWebhook(store, actor, id),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await listWebhooks(db, accountId)).toEqual([
      expect.objectContaining({ id, url: form.url, state: 'enabled' }),
    ])
    for (const actor of [stays, asKey(works), operatorActor(accountId)]) await createWebhook(store, actor, form)
  })

  it('leave nothing that works when they are removed with their keys while one of those makes something', async () => {
    const form = webhookForm.parse({ name: 'ERP', url: 'https://erp.example.com/hook' })
    for (let n = 0; n < 10; n++) {
      const leaves = await add('admin')
      const key = await createTestKey(db, leaves, { scopes: ['keys:create', 'webhooks:manage'] })
      const input = createKeyInput.parse({ name: `Of ${key.id}`, scopes: ['webhooks:manage'] })
      const bounds = { ...personGrantor({ permissions: permissionsOf('admin') }), isPerson: undefined }
      await Promise.allSettled([
        createApiKey(db, asKey(key), input, bounds),
        createWebhook(webhookStore(), asKey(key), form),
        removeMember(db, owner, leaves.id, { keys: 'revoke', rest: 'hand_over', heir: owner.id }),
      ])
      const { keys, webhooks } = await madeBy(db, accountId, leaves.id)
      expect({ keys, webhooks }).toEqual({ keys: [], webhooks: [] })
    }
  })

  it('leave no webhook that nobody knew of when they are removed while they add one', async () => {
    const form = webhookForm.parse({ name: 'ERP', url: 'https://erp.example.com/hook' })
    for (let n = 0; n < 10; n++) {
      const leaves = await add('admin')
      await Promise.allSettled([
        removeMember(db, owner, leaves.id, { keys: 'keep', rest: 'hand_over', heir: owner.id }),
        createWebhook(webhookStore(), leaves, form),
      ])
      expect((await madeBy(db, accountId, leaves.id)).webhooks).toEqual([])
    }
  })

  it('are removed while people are being told of something, which the others hear of all the same', async () => {
    const leaves = await add('admin')
    const key = { name: 'Sync script', environment: 'live', by: 'Ana' }
    const happens = async (kind: 'api_key.created' | 'api_key.regenerated') =>
      recordEvent(db, accountId, kind, newId('apiKey'), key)
    await happens('api_key.created')
    await makeNotices(db)
    await happens('api_key.created')
    await happens('api_key.regenerated')
    const isOwners = and(eq(notifications.accountId, accountId), eq(notifications.userId, owner.id))
    let telling: Promise<unknown> | undefined
    let removal: Promise<unknown> | undefined
    await db.transaction(async (tx) => {
      // Whoever tells has got to the owner and waits, unless there is one connection for all.
      if (driver === 'pglite') return
      await tx.select().from(notifications).where(isOwners).for('update')
      telling = makeNotices(db)
      await waitFor(1)
      removal = removeMember(db, owner, leaves.id, KEEP)
      await Promise.race([removal, waitFor(2)])
    })
    await Promise.all([telling ?? makeNotices(db), removal ?? removeMember(db, owner, leaves.id, KEEP)])
    const kinds = await db
      .select({ kind: notifications.kind, count: notifications.count })
      .from(notifications)
      .where(isOwners)
    expect(kinds.map(({ kind, count }) => [kind, count]).sort()).toEqual([
      ['api_key.created', 2],
      ['api_key.regenerated', 1],
    ])
  })

  it('who are removed can have others answer for what they made, who stays its maker', async () => {
    const [leaves, heir, staff] = [await add('admin'), await add('admin'), await add('staff')]
    const key = await createTestKey(db, leaves)
    const integration = newId('integration')
    await db.insert(integrations).values({
      id: integration,
      accountId,
      name: 'Labels',
      slug: `s${integration}`,
      baseUrl: 'https://api.example.com',
      methods: [],
      paths: [],
      headers: [],
      timeoutMs: 1,
      state: 'enabled',
      createdByKind: 'user',
      createdById: leaves.id,
      createdByName: leaves.name,
    })
    const found = async () => {
      const { items } = await reviewKeys(db, accountId, reviewKeysQuery.parse({ finding: 'maker_left' }))
      return items.map(({ key }) => key.id)
    }
    const wanted = { keys: 'hand_over', rest: 'hand_over', heir: heir.id } as const
    for (const none of [null, leaves.id, newId('user')]) {
      const attempt = removeMember(db, owner, leaves.id, { ...wanted, heir: none })
      await expect(attempt).rejects.toMatchObject({ fields: [{ field: 'heir' }] })
    }
    expect(await roleOf(leaves.id)).toBe('admin')
    await removeMember(db, owner, leaves.id, wanted)
    expect(await madeBy(db, accountId, heir.id)).toMatchObject({
      keys: [{ id: key.id }],
      integrations: [{ id: integration }],
    })
    expect(await found()).toEqual([])
    expect((await db.select().from(apiKeys).where(eq(apiKeys.id, key.id)))[0]?.createdById).toBe(leaves.id)
    // When they leave too, nobody answers for it.
    await removeMember(db, owner, heir.id, KEEP)
    expect(await found()).toEqual([key.id])
    expect(await madeBy(db, accountId, staff.id)).toEqual(NOTHING)
  })

  it('hand over however many keys they made', async () => {
    const [leaves, heir] = [await add('admin'), await add('admin')]
    const keys = 25_000
    await db.execute(sql`
      insert into api_keys (id, account_id, name, name_held, environment, scopes, token_hash, hint_start, hint_end,
        created_by_kind, created_by_id, created_by_name)
      select 'key_' || lpad(to_hex(n), 32, '0'), ${accountId}, 'Key ' || n, 'key ' || n, 'live', '{orders:read}',
        'many_' || n, '', '', 'user', ${leaves.id}, 'Ana'
      from generate_series(1, ${keys}::int) n`)
    await removeMember(db, owner, leaves.id, { keys: 'hand_over', rest: 'keep', heir: heir.id })
    expect((await madeBy(db, accountId, heir.id)).keys).toHaveLength(keys)
  })

  it('have their keys revoked by those alone who may revoke keys', async () => {
    const permissions: Permission[] = ['members:read', 'members:manage']
    const role = await createCustomRole(db, owner, { name: 'Team lead', description: '', permissions })
    const [lead, staff] = [await add('staff'), await add('staff')]
    await changeRole(db, owner, lead.id, role)
    await expect(removeMember(db, lead, staff.id, { ...KEEP, keys: 'revoke' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await removeMember(db, lead, staff.id, KEEP)
  })

  it('are mailed when they are removed, and both when the account is handed over; who leaves knows', async () => {
    const [removed, leaves, next] = [await add('staff'), await add('staff'), await add('admin')]
    await removeMember(db, owner, removed.id, KEEP)
    await leaveAccount(db, leaves)
    await handOver(db, owner, next.id)
    const mails = await db
      .select()
      .from(personalMails)
      .where(eq(personalMails.accountId, accountId))
      .orderBy(personalMails.id)
    expect(mails.map(({ kind, toAddress, data }) => [kind, toAddress, data])).toEqual([
      ['member.removed', `${removed.id}@example.com`, { by: owner.name }],
      ['account.handed_over', ownerEmail, { from: owner.name, to: 'admin', isOwner: false }],
      ['account.handed_over', `${next.id}@example.com`, { from: owner.name, to: 'admin', isOwner: true }],
    ])
  })

  it('have no invitation open any more once they are removed, leave, or may do less', async () => {
    const invited = async (by: ReturnType<typeof personIn>) => {
      await inviteMember(db, by, { email: `${newId('user')}@example.com`, role: 'staff' })
      return { ...by, open: async () => (await madeBy(db, accountId, by.id)).invitations.length }
    }
    const [staying, removed, leaving, demoted, promoted] = await Promise.all(
      Array.from({ length: 5 }, () => add('admin').then(invited)),
    )
    if (!staying || !removed || !leaving || !demoted || !promoted) throw new Error('There are five')
    await removeMember(db, owner, removed.id, KEEP)
    await leaveAccount(db, leaving)
    await changeRole(db, owner, demoted.id, 'staff')
    await handOver(db, owner, promoted.id)
    const all = [staying, removed, leaving, demoted, promoted]
    expect(await Promise.all(all.map(({ open }) => open()))).toEqual([1, 0, 0, 0, 1])
    expect(await listInvitations(db, accountId)).toHaveLength(2)
    const ended = (await auditLog(db, accountId)).filter(({ action }) => action === 'invitation.revoked')
    expect(ended.map(({ actorId }) => actorId)).toEqual([owner.id, leaving.id, owner.id])
  })

  it('leave by themselves, but the owner', async () => {
    const staff = await add('staff')
    await leaveAccount(db, staff)
    expect(await roleOf(staff.id)).toBeUndefined()
    await expect(leaveAccount(db, owner)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await roleOf(owner.id)).toBe('owner')
  })

  it('get the account handed over by its owner, who is an admin then and may leave', async () => {
    const admin = await add('admin')
    await expect(handOver(db, admin, owner.id)).rejects.toMatchObject({ code: 'forbidden' })
    await handOver(db, owner, admin.id)
    expect([await roleOf(owner.id), await roleOf(admin.id)]).toEqual(['admin', 'owner'])
    await leaveAccount(db, owner)
    expect((await auditLog(db, accountId)).map(({ action }) => action)).toContain('account.handed_over')
  })

  it('who hand over to two at once leave one owner', async () => {
    const [one, two] = [await add('admin'), await add('admin')]
    await Promise.allSettled([handOver(db, owner, one.id), handOver(db, owner, two.id)])
    const roles = (await listMembers(db, accountId)).map(({ role }) => role)
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1)
  })
})
