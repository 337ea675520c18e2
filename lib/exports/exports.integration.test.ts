import { sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { auditEvents } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { addBrokenCredentials, addIntegration } from '@/test/notifications'
import type { Actor } from '../audit'
import { exportCredentials, exportIntegrations, exportKeys } from '.'

forEachDatabase('a file of all', (open) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
    actor = await createTestAccount(db)
  })
  const textOf = async (pieces: AsyncIterable<string>) => {
    let text = ''
    for await (const piece of pieces) text += piece
    return text
  }

  it('keys has each of the account once, on any number of pages, with no token and nothing that runs', async () => {
    const limits = { rate: { requests: 7, seconds: 60 }, addresses: ['198.51.100.0/24', '2001:db8::1'] }
    const { token } = await createTestKey(db, actor, { name: '=1+1', ...limits })
    await createTestKey(db, await createTestAccount(db), { name: 'Of another account' })
    await db.execute(sql`
      insert into api_keys (id, account_id, name, environment, scopes, token_hash, hint_start, hint_end, created_by_kind, created_by_name)
      select 'key_' || lpad(n::text, 32, '0'), ${actor.accountId}, 'Many ' || n, 'live', '{}', 'hash_' || n, '', '', 'user', ''
      from generate_series(1, 1200) n`)
    const csv = await textOf(await exportKeys(db, actor, 'csv'))
    const lines = csv.trimEnd().split('\r\n')
    expect(lines).toHaveLength(1_202)
    expect(lines[0]).toMatch(/^id,name,environment,status,scopes,/)
    expect(csv).toContain(",'=1+1,")
    expect(csv).not.toContain('Of another account')
    expect(csv).not.toContain(token)
    const rows = JSON.parse(await textOf(await exportKeys(db, actor, 'json'))) as { name: string }[]
    expect(rows.find(({ name }) => name === '=1+1')).toMatchObject({
      rate_requests: 7,
      rate_seconds: 60,
      monthly_quota: null,
      addresses: '198.51.100.0/24 2001:db8::1',
    })
    expect(new Set(rows.map(({ name }) => name)).size).toBe(1_201)
    const events = await db.select().from(auditEvents).where(sql`action = 'api_keys.exported'`)
    expect(events.map(({ details }) => details)).toEqual([{ format: 'csv' }, { format: 'json' }])
  })

  it('credentials has what is known of each, and an empty one is a list too', async () => {
    await addBrokenCredentials(db, actor.accountId, 1)
    const rows = JSON.parse(await textOf(await exportCredentials(db, actor, 'json')))
    expect(rows).toMatchObject([{ name: 'Shop 1', tokens: 'reauthorization_required', last_used_at: null }])
    const other = await createTestAccount(db)
    expect(JSON.parse(await textOf(await exportCredentials(db, other, 'json')))).toEqual([])
    expect(await textOf(await exportCredentials(db, other, 'csv'))).toMatch(/^id,name,[^\r\n]*\r\n$/)
  })

  it('integrations has the rules of each, and nothing of another account', async () => {
    const [mine, other] = [await createTestAccount(db), await createTestAccount(db)]
    const [credentialId = ''] = await addBrokenCredentials(db, mine.accountId, 1)
    await addIntegration(db, mine.accountId, credentialId, 'Labels')
    const rows = JSON.parse(await textOf(await exportIntegrations(db, mine, 'json')))
    expect(rows).toMatchObject([{ name: 'Labels', credential: credentialId, state: 'enabled' }])
    expect(await textOf(await exportIntegrations(db, other, 'csv'))).toMatch(/^id,name,slug,[^\r\n]*\r\n$/)
  })
})
