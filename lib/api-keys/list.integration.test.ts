import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { type ListKeysQuery, listApiKeys, listKeysQuery, sortKeys } from './list'
import type { ApiKeyView } from './read'

/** What a sort compares, as JavaScript sees it; null stands where Postgres has an infinity. */
const compared: Record<ListKeysQuery['sort'], (key: ApiKeyView) => string | number> = {
  created: ({ createdAt }) => createdAt.getTime(),
  name: ({ name }) => name.toLowerCase(),
  last_used: ({ lastUse }) => lastUse?.at.getTime() ?? Number.NEGATIVE_INFINITY,
  expires: ({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
}

forEachDatabase('a list of many keys', (open) => {
  // Ten pages; the browser suites have 10,000.
  const KEYS = 1_000
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
    actor = await createTestAccount(db)
    const { id } = await createTestKey(db, actor)
    // Many share a moment, an expiry or a last use, so that ids must decide between them.
    await db.execute(sql`
      insert into api_keys (id, account_id, name, environment, scopes, token_hash, hint_start, hint_end, created_at,
        created_by_kind, created_by_name, expires_at, revoked_at)
      select left(id, -8) || lpad(to_hex(n), 8, '0'), account_id, 'Sync ' || (n * 7919) % 10007, (array['live','test'])[n % 2 + 1], scopes,
        token_hash || n, hint_start, hint_end, now() - (n / 3) * interval '1 minute', created_by_kind, created_by_name,
        case when n % 3 = 0 then now() + (n % 50 + 1) * interval '1 day' end, case when n % 10 = 0 then now() end
      from api_keys, generate_series(1, ${KEYS - 1}::int) n where id = ${id} on conflict do nothing`)
    await db.execute(sql`
      insert into api_key_uses (key_id, account_id, last_used_at)
      select id, account_id, date_trunc('hour', created_at) from api_keys where right(id, 1) in ('1', '5', 'a')`)
    const stranger = await createTestAccount(db, 'Another shop')
    for (let made = 0; made < 3; made++) await createTestKey(db, stranger)
  })

  async function all(query: Record<string, unknown>): Promise<{ keys: ApiKeyView[]; totals: Set<number> }> {
    const keys: ApiKeyView[] = []
    const totals = new Set<number>()
    let cursor: string | undefined
    do {
      const page = await listApiKeys(db, actor.accountId, listKeysQuery.parse({ limit: 100, ...query, cursor }))
      keys.push(...page.keys)
      totals.add(page.total)
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    return { keys, totals }
  }

  describe.each(sortKeys)('sorted by %s', (sort) => {
    it.each(['asc', 'desc'] as const)('has each key once and in order, %s', async (order) => {
      const { keys, totals } = await all({ status: 'all', sort, order })
      expect(totals).toEqual(new Set([KEYS]))
      expect(new Set(keys.map(({ id }) => id)).size).toBe(KEYS)
      const sign = order === 'asc' ? 1 : -1
      const wrong = keys.findIndex((key, index) => {
        const before = keys[index - 1]
        if (!before) return false
        const [a, b] = [compared[sort](before), compared[sort](key)]
        const byId = before.id < key.id ? -1 : 1
        // Names are compared by the database's collation; equal moments leave microseconds that JavaScript does not see.
        const inOrder = a === b ? 0 : a < b ? -1 : 1
        return inOrder * sign > 0 || (sort === 'expires' && a === b && byId * sign > 0)
      })
      expect(wrong).toBe(-1)
    })
  })

  it('has what the filters let through, on every page', async () => {
    const { keys, totals } = await all({
      status: 'revoked',
      environment: 'live',
      q: 'sync 1',
      sort: 'name',
      order: 'asc',
    })
    expect(keys.length).toBeGreaterThanOrEqual(KEYS / 100)
    expect(totals).toEqual(new Set([keys.length]))
    expect(
      keys.every(
        ({ status, environment, name }) => status === 'revoked' && environment === 'live' && name.startsWith('Sync 1'),
      ),
    ).toBe(true)
  })

  it('neither repeats nor hides a key while others are made and renamed', async () => {
    const first = await listApiKeys(
      db,
      actor.accountId,
      listKeysQuery.parse({ sort: 'created', limit: 100, status: 'all' }),
    )
    await createTestKey(db, actor, { name: 'Made meanwhile' })
    const second = await listApiKeys(
      db,
      actor.accountId,
      listKeysQuery.parse({ sort: 'created', limit: 100, status: 'all', cursor: first.nextCursor }),
    )
    const ids = [...first.keys, ...second.keys].map(({ id }) => id)
    expect(new Set(ids).size).toBe(200)
    const { keys } = await all({ status: 'all', sort: 'created' })
    expect(keys.slice(1, 201).map(({ id }) => id)).toEqual(ids)
  })

  it('refuses the cursor of another sort or order', async () => {
    const { nextCursor: cursor } = await listApiKeys(
      db,
      actor.accountId,
      listKeysQuery.parse({ sort: 'name', order: 'asc' }),
    )
    for (const other of [
      { sort: 'name', order: 'desc' },
      { sort: 'created', order: 'asc' },
    ]) {
      await expect(listApiKeys(db, actor.accountId, listKeysQuery.parse({ ...other, cursor }))).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'cursor' }],
      })
    }
  })
})
