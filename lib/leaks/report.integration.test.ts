import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database, OpenDatabase } from '@/db/client'
import { auditEvents, leakReports, outboxEvents } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { changePolicy } from '../accounts'
import { createToken, findKeysIn, hashToken, type IssuedKey, KeyLookup, pauseApiKey, revokeApiKey } from '../api-keys'
import type { Actor } from '../audit'
import { leakedKeys, listLeaks, markLeaksHandled, reportLeak } from '.'

const from = { address: '198.51.100.9', userAgent: 'A scanner', requestId: 'req_leak' }
const report = { source: 'report', url: 'https://paste.example.com/1', comment: 'Found it', from } as const
const inUrl = { source: 'url', url: null, comment: null, from } as const

forEachDatabase('a token that is reported as leaked', (open) => {
  let database: OpenDatabase
  let db: Database
  let owner: Actor
  let key: IssuedKey
  beforeAll(async () => {
    database = await open()
    db = database.db
  })
  beforeEach(async () => {
    owner = await createTestAccount(db)
    key = await createTestKey(db, owner)
  })

  const status = async () => (await new KeyLookup(findKeysIn(database)).find(hashToken(key.token)))?.status
  const happened = async () =>
    (await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, key.id)).orderBy(outboxEvents.id)).filter(
      ({ kind }) => kind !== 'api_key.created',
    )
  /** What people are told of. */
  const told = async () =>
    (await happened())
      .filter(({ notifiedAt }) => notifiedAt === null)
      .map(({ kind, data }) => ({ kind, ...(data as Record<string, unknown>) }))
  const audited = async () =>
    (await db.select().from(auditEvents).where(eq(auditEvents.targetId, key.id)))
      .map(({ action }) => action)
      .filter((action) => action !== 'api_key.created')
      .sort()

  it('is not accepted any more, and its people are told once, by one piece of news', async () => {
    expect(await reportLeak(db, key.token, report)).toBe('revoked')
    expect(await status()).toBe('revoked')
    expect(await told()).toEqual([
      expect.objectContaining({ kind: 'api_key.leaked', source: 'report', url: report.url, outcome: 'revoked' }),
    ])
    expect(await audited()).toEqual(['api_key.leaked', 'api_key.revoked'])
    const { from: _, ...kept } = report
    expect(await listLeaks(db, owner.accountId, key.id)).toEqual([
      expect.objectContaining({ ...kept, address: from.address, userAgent: from.userAgent, times: 1, handled: null }),
    ])
  })

  it('is revoked wherever it was found, also where the address is long and in letters beyond ASCII', async () => {
    // No two alike, or the database would make less of them.
    const letters = Array.from({ length: 970 }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)))
    const url = `https://paste.example.com/${letters.join('')}`
    expect(await reportLeak(db, key.token, { ...report, url })).toBe('revoked')
    expect(await reportLeak(db, key.token, { ...report, url })).toBe('revoked')
    const [leak, ...more] = await listLeaks(db, owner.accountId, key.id)
    expect(leak?.times).toBe(2)
    expect(more).toEqual([])
    expect(url.startsWith(leak?.url ?? '-')).toBe(true)
    expect(leak?.url?.length).toBeGreaterThan(700)
  })

  it('is told to webhooks as a revocation too: what is kept of a key elsewhere is dropped by that', async () => {
    await reportLeak(db, key.token, report)
    await reportLeak(db, key.token, report)
    const untold = (await happened()).filter(({ fannedOutAt }) => fannedOutAt === null)
    expect(untold.map(({ kind }) => kind)).toEqual(['api_key.revoked', 'api_key.leaked'])
    expect(untold[0]?.data).toMatchObject({ environment: 'live', by: 'Fenicia', reason: 'Reported as leaked' })
  })

  it('goes on working where the account wants to decide, who is told', async () => {
    await changePolicy(db, owner, { leakResponse: 'flag' })
    expect(await reportLeak(db, key.token, report)).toBe('flagged')
    expect(await status()).toBe('active')
    expect(await told()).toEqual([expect.objectContaining({ kind: 'api_key.leaked', outcome: 'flagged' })])
  })

  it('only counts when it is told again of the same place, and is news in another', async () => {
    await changePolicy(db, owner, { leakResponse: 'flag' })
    for (let i = 0; i < 3; i++) await reportLeak(db, key.token, report)
    expect(await told()).toHaveLength(1)
    expect(await audited()).toEqual(['api_key.leaked'])
    await reportLeak(db, key.token, { ...report, url: 'https://paste.example.com/2' })
    expect(await told()).toHaveLength(2)
    expect((await listLeaks(db, owner.accountId, key.id)).map(({ times }) => times)).toEqual([1, 3])
  })

  it('is one report, however many tell of it at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => reportLeak(db, key.token, report)))
    expect(outcomes).toContain('revoked')
    expect(await told()).toHaveLength(1)
    expect(await listLeaks(db, owner.accountId, key.id)).toEqual([expect.objectContaining({ times: 8 })])
  })

  it('that we see in a request ourselves is flagged, and told of again after a day while it goes on', async () => {
    await reportLeak(db, key.token, inUrl)
    await reportLeak(db, key.token, inUrl)
    expect(await status()).toBe('active')
    expect(await told()).toHaveLength(1)
    await db.update(leakReports).set({ toldAt: sql`now() - interval '25 hours'` }).where(eq(leakReports.keyId, key.id))
    await reportLeak(db, key.token, inUrl)
    await reportLeak(db, key.token, inUrl)
    expect(await told()).toHaveLength(2)
  })

  it('is revoked though its key is paused: it could be resumed', async () => {
    await pauseApiKey(db, owner, key.id)
    expect(await reportLeak(db, key.token, report)).toBe('revoked')
    expect(await status()).toBe('revoked')
  })

  it('that works no more is noted, and nobody is woken for it', async () => {
    await revokeApiKey(db, owner, key.id, null)
    expect(await reportLeak(db, key.token, report)).toBe('ended_before')
    expect((await told()).map(({ kind }) => kind)).toEqual(['api_key.revoked'])
    expect(await audited()).toContain('api_key.leaked')
  })

  it('that was flagged, and was ended by somebody since, is answered so when it is told again', async () => {
    await changePolicy(db, owner, { leakResponse: 'flag' })
    await reportLeak(db, key.token, report)
    await revokeApiKey(db, owner, key.id, null)
    expect(await reportLeak(db, key.token, report)).toBe('ended_before')
    expect(await listLeaks(db, owner.accountId, key.id)).toMatchObject([{ outcome: 'flagged', times: 2 }])
  })

  it('that was revoked by its report is answered so however often it is told', async () => {
    await reportLeak(db, key.token, report)
    expect(await reportLeak(db, key.token, report)).toBe('revoked')
  })

  it('and that is nobody’s changes nothing', async () => {
    const before = await db.$count(leakReports)
    for (const token of [createToken('live').token, `${key.token.slice(0, -1)}!`, 'fn_live_', '']) {
      expect(await reportLeak(db, token, report)).toBe('unknown')
    }
    expect(await db.$count(leakReports)).toBe(before)
  })

  it('is open until somebody of its own account says that all is done, and then news again', async () => {
    await changePolicy(db, owner, { leakResponse: 'flag' })
    await reportLeak(db, key.token, report)
    const stranger = await createTestAccount(db, 'Another shop')
    await markLeaksHandled(db, stranger, key.id)
    expect(await leakedKeys(db, owner.accountId)).toEqual([{ id: key.id, name: expect.any(String) }])
    expect(await leakedKeys(db, stranger.accountId)).toEqual([])
    expect(await listLeaks(db, stranger.accountId, key.id)).toEqual([])
    await markLeaksHandled(db, owner, key.id)
    expect(await leakedKeys(db, owner.accountId)).toEqual([])
    expect(await audited()).toEqual(['api_key.leak_handled', 'api_key.leaked'])
    await reportLeak(db, key.token, report)
    expect(await leakedKeys(db, owner.accountId)).toEqual([{ id: key.id, name: expect.any(String) }])
  })

  it('stands in nothing that is kept of it', async () => {
    const comment = `This one: ${key.token}`
    await reportLeak(db, key.token, { ...report, url: `https://paste.example.com/${key.token}`, comment })
    const { rows } = (await db.execute(sql`
      select row_to_json(l)::text as t from leak_reports l union all select row_to_json(e)::text from audit_events e
      union all select row_to_json(o)::text from outbox_events o`)) as unknown as { rows: { t: string }[] }
    expect(rows.filter(({ t }) => t.includes(key.id)).length).toBeGreaterThan(2)
    expect(rows.filter(({ t }) => t.includes(key.token.slice(8, 40)))).toEqual([])
  })
})
