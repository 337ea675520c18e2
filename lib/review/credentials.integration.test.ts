import { eq, inArray, sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { credentials, credentialUses } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { addBrokenCredentials, addIntegration, addMember } from '@/test/notifications'
import type { Actor } from '../audit'
import { newId } from '../ids'
import { CallRecorder } from '../integrations/call-recorder'
import { writeCursor } from '../paging'
import { countCredentialFindings, keepCredentials, reviewCredentials, reviewCredentialsQuery } from '.'

forEachDatabase('the review of credentials', (open) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
    actor = await createTestAccount(db)
    await addMember(db, actor.accountId, 'owner', { id: actor.id as string })
  })

  /** A credential that was made so many days ago by a member, and that an integration uses. */
  async function credential(name: string, madeDaysAgo: number, over: Partial<typeof credentials.$inferInsert> = {}) {
    const id = newId('credential')
    await db.insert(credentials).values({
      id,
      accountId: actor.accountId,
      name,
      nameHeld: id,
      type: 'bearer',
      settings: {},
      secretSetAt: {},
      hosts: ['https://api.example.com'],
      createdByKind: 'user',
      createdById: actor.id,
      createdByName: 'Ana',
      createdAt: sql`now() - ${madeDaysAgo} * interval '1 day'`,
      ...over,
    } as typeof credentials.$inferInsert)
    await addIntegration(db, actor.accountId, id, `Of ${name}`)
    return id
  }
  const used = (credentialId: string, daysAgo: number) =>
    db.insert(credentialUses).values({
      accountId: actor.accountId,
      credentialId,
      lastUsedAt: sql`now() - ${daysAgo} * interval '1 day'`,
    })
  const review = (finding?: string) =>
    reviewCredentials(db, actor, reviewCredentialsQuery.parse(finding ? { finding } : {}))

  it('finds each case and nothing else', async () => {
    await credential('Young', 89)
    await used(await credential('In use', 400), 89)
    const idle = await credential('Idle', 400)
    await used(idle, 91)
    await credential('Never used', 91)
    await credential('Bad', 1, { testResult: 'refused', testedAt: new Date(), testDetail: 'No' })
    await credential('Left', 1, { createdById: 'usr_gone' })
    const broken = await addBrokenCredentials(db, actor.accountId, 2)
    await db.update(credentials).set({ createdById: actor.id }).where(inArray(credentials.id, broken))
    await db
      .update(credentials)
      .set({ createdAt: sql`now() - interval '25 hours'` })
      .where(eq(credentials.id, broken[0] ?? ''))
    const found = Object.fromEntries(
      (await review()).items.map(({ credential: { name }, findings }) => [
        name,
        findings.map(({ finding }) => finding),
      ]),
    )
    expect(found).toEqual({
      Idle: ['idle'],
      'Never used': ['idle'],
      Bad: ['failing'],
      Left: ['maker_left'],
      'Shop 1': ['failing', 'unconnected'],
      'Shop 2': ['failing'],
    })
    const counts = { failing: 3, unconnected: 1, idle: 2, maker_left: 1 }
    expect(await countCredentialFindings(db, actor.accountId)).toEqual({ counts, all: 6 })
    expect((await review('idle')).items.map((one) => one.lastUsedAt === null)).toEqual([true, false])

    await keepCredentials(db, actor, { credentials: [idle], findings: ['idle'], reason: 'Yearly', days: 365 })
    expect((await review('idle')).total).toBe(1)
  })

  it('knows of a use although its call is forgotten', async () => {
    const id = await credential('Called', 400)
    const recorder = new CallRecorder(db)
    recorder.record({
      accountId: actor.accountId,
      keyId: null,
      userId: null,
      integrationId: newId('integration'),
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
    await recorder.flush()
    await db.execute(sql`delete from proxy_calls`)
    expect((await review()).items.map(({ credential: { name } }) => name)).not.toContain('Called')
  })

  it('refuses a cursor that no answer has given', async () => {
    for (const used of ['abc', '1.5', '1e99']) {
      const cursor = writeCursor('unused', used, 'cred_1')
      await expect(reviewCredentials(db, actor, reviewCredentialsQuery.parse({ cursor }))).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'cursor' }],
      })
    }
  })
})
