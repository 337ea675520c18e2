import { type AnyColumn, and, count, eq, not, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, environments, reviewDecisions } from '@/db/schema'
import { invalidField } from '../errors'
import { pageLimit } from '../paging'
import { isStorable } from '../text'
import type { EnvironmentWall } from './change'
import { type ApiKeyView, inAccount, selectKeys, withUsage } from './read'
import { keyStatus, keyStatuses } from './status'
import { isIdle, isNeverUsed } from './unused'

export const statusFilters = ['current', ...keyStatuses, 'review', 'all'] as const
export const sortKeys = ['created', 'name', 'last_used', 'expires'] as const

const directions = ['asc', 'desc'] as const

function oneOf(values: readonly string[]): string {
  return `must be one of ${values.join(', ')}`
}

export const listKeysQuery = z.strictObject({
  status: z.enum(statusFilters, oneOf(statusFilters)).default('current').meta({
    description:
      '`current`: active, retiring and paused. `review`: active, never used for 30 days or not used for 90, and nobody has decided to keep it. See `/review/keys` for all that is found.',
  }),
  environment: z.enum(environments, oneOf(environments)).optional(),
  q: z
    .string()
    .max(100, 'must be 100 characters or fewer')
    .refine(isStorable, 'must not contain control characters or broken Unicode')
    .optional()
    .meta({ description: 'Part of the name, or the id, or the first or last four characters of the token.' }),
  sort: z.enum(sortKeys, oneOf(sortKeys)).default('created'),
  order: z.enum(directions, oneOf(directions)).default('desc'),
  limit: pageLimit('Keys on a page.'),
  cursor: z.string().max(500, 'is longer than any `next_cursor`').optional().meta({
    description: 'The `next_cursor` of the page before. Filters, `sort` and `order` must stay as they were.',
  }),
})
export type ListKeysQuery = z.output<typeof listKeysQuery>

export interface KeyPage {
  keys: ApiKeyView[]
  nextCursor: string | null
  /** All keys that the filter matches, on every page. */
  total: number
}

/** The year 2242, before which a number of JavaScript still counts microseconds one by one. */
const MAX_MICROSECONDS = 8_600_000_000_000_000

/** A point in time as a cursor carries it: microseconds since 1970, as exact as Postgres; null: never. */
function microseconds(time: AnyColumn): SQL {
  return sql`(extract(epoch from ${time}) * 1000000)::bigint`
}

/** The inverse of `microseconds`. */
function fromMicroseconds(value: CursorValue): SQL {
  return sql`timestamptz 'epoch' + ${value}::bigint * interval '1 microsecond'`
}

type CursorValue = string | number | null

interface SortExpression {
  /** What keys are sorted by. Never null, so that comparisons hold: "never" is the earliest use, or the latest expiry. */
  by: SQL
  /** What the cursor says of it. */
  carried: SQL
  /** `by` again, out of a cursor. */
  parse: (value: CursorValue) => SQL
}

const sortExpressions: Record<(typeof sortKeys)[number], SortExpression> = {
  created: {
    by: sql`${apiKeys.createdAt}`,
    carried: microseconds(apiKeys.createdAt),
    parse: fromMicroseconds,
  },
  name: {
    by: sql`lower(${apiKeys.name})`,
    carried: sql`lower(${apiKeys.name})`,
    parse: (value) => sql`${value}::text`,
  },
  last_used: {
    by: sql`coalesce(${apiKeyUses.lastUsedAt}, '-infinity')`,
    carried: microseconds(apiKeyUses.lastUsedAt),
    parse: (value) => sql`coalesce(${fromMicroseconds(value)}, '-infinity')`,
  },
  expires: {
    by: sql`coalesce(${apiKeys.expiresAt}, 'infinity')`,
    carried: microseconds(apiKeys.expiresAt),
    parse: (value) => sql`coalesce(${fromMicroseconds(value)}, 'infinity')`,
  },
}

/**
 * A page of an account's keys. Pages by key (the last row's sort value and id), so that page 400 costs what page 1 does
 * and keys made meanwhile neither repeat nor hide others.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function listApiKeys(
  db: Database,
  accountId: string,
  query: ListKeysQuery,
  wall: EnvironmentWall = null,
): Promise<KeyPage> {
  const { by, carried, parse } = sortExpressions[query.sort]
  const filter = and(inAccount(accountId, wall), statusFilter(query.status), environmentFilter(query), search(query.q))
  const direction = sql.raw(query.order)
  const beyond = sql.raw(query.order === 'asc' ? '>' : '<')
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, query)

  const [page, [totals]] = await Promise.all([
    // With the value for the cursor: asked for later, it might have changed, and keys be skipped.
    selectKeys(db, { cursorValue: carried.mapWith(String) as SQL<string | null> })
      .where(and(filter, after && sql`(${by}, ${apiKeys.id}) ${beyond} (${parse(after.value)}, ${after.id})`))
      .orderBy(sql`${by} ${direction}`, sql`${apiKeys.id} ${direction}`)
      .limit(query.limit + 1),
    db.select({ total: count() }).from(apiKeys).leftJoin(apiKeyUses, eq(apiKeyUses.keyId, apiKeys.id)).where(filter),
  ])

  const rows = page.slice(0, query.limit)
  const last = page.length > query.limit ? rows.at(-1) : undefined
  return {
    keys: await withUsage(
      db,
      accountId,
      rows.map(({ cursorValue: _, ...row }) => row),
    ),
    nextCursor: last ? writeCursor(query, last.cursorValue, last.id) : null,
    total: totals?.total ?? 0,
  }
}

/** Whether somebody has decided to keep a key although this is found about it. */
function isKept(finding: string): SQL {
  return sql`exists (
    select 1 from ${reviewDecisions} d
    where d.account_id = ${apiKeys.accountId} and d.subject_id = ${apiKeys.id} and d.finding = ${finding} and d.until > now())`
}

function statusFilter(status: ListKeysQuery['status']): SQL | undefined {
  switch (status) {
    case 'all':
      return undefined
    case 'current':
      return sql`${keyStatus} in ('active', 'retiring', 'paused')`
    case 'review':
      return and(
        eq(keyStatus, 'active'),
        or(and(isNeverUsed, not(isKept('never_used'))), and(isIdle, not(isKept('idle')))),
      )
    default:
      return eq(keyStatus, status)
  }
}

function environmentFilter({ environment }: ListKeysQuery): SQL | undefined {
  return environment && eq(apiKeys.environment, environment)
}

function search(text: string | undefined): SQL | undefined {
  const wanted = text?.normalize('NFC').trim()
  if (!wanted) return undefined
  const pattern = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`
  return or(
    sql`${apiKeys.name} ilike ${pattern}`,
    eq(apiKeys.id, wanted),
    eq(apiKeys.hintStart, wanted),
    eq(apiKeys.hintEnd, wanted),
  )
}

const cursorTime = z.number().int().min(-MAX_MICROSECONDS).max(MAX_MICROSECONDS)
const cursorValues = {
  created: cursorTime,
  name: z.string().max(300).refine(isStorable),
  last_used: cursorTime.nullable(),
  expires: cursorTime.nullable(),
}

function writeCursor({ sort, order }: ListKeysQuery, text: string | null, id: string): string {
  const value = sort === 'name' || text === null ? text : Number(text)
  return Buffer.from(JSON.stringify([sort, order, value, id])).toString('base64url')
}

function readCursor(cursor: string, { sort, order }: ListKeysQuery): { value: CursorValue; id: string } {
  const shape = z.tuple([z.literal(sort), z.literal(order), cursorValues[sort], z.string().regex(/^[\w-]{1,64}$/)])
  try {
    const [, , value, id] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { value, id }
  } catch {
    // Whatever is wrong with it, it is not a cursor of this list.
    throw invalidField(
      'cursor',
      'must be the `next_cursor` of an earlier answer to the same `sort` and `order`; leave it out to start over',
      'invalid_format',
    )
  }
}
