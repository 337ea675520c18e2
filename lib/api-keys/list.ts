import { and, count, eq, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, environments } from '@/db/schema'
import { invalidField } from '../errors'
import type { EnvironmentWall } from './change'
import { type ApiKeyView, inAccount, selectKeys, withUsage } from './read'
import { keyStatus, keyStatuses } from './status'

/** Days after which a key that was never used, or not any more, comes up for review. */
export const REVIEW = { neverUsedDays: 30, unusedDays: 90 } as const

export const statusFilters = ['current', ...keyStatuses, 'review', 'all'] as const
export const sortKeys = ['created', 'name', 'last_used', 'expires'] as const

const directions = ['asc', 'desc'] as const

const LIMIT_RULE = 'must be a whole number from 1 to 100'

function oneOf(values: readonly string[]): string {
  return `must be one of ${values.join(', ')}`
}

export const listKeysQuery = z.strictObject({
  status: z.enum(statusFilters, oneOf(statusFilters)).default('current').meta({
    description: '`current`: active and retiring. `review`: current, and never used for 30 days or not used for 90.',
  }),
  environment: z.enum(environments, oneOf(environments)).optional(),
  q: z
    .string()
    .max(100, 'must be 100 characters or fewer')
    // Postgres takes no NUL.
    .refine((text) => !text.includes('\0'), 'must not contain control characters')
    .optional()
    .meta({ description: 'Part of the name, or the id, or the first or last four characters of the token.' }),
  sort: z.enum(sortKeys, oneOf(sortKeys)).default('created'),
  order: z.enum(directions, oneOf(directions)).default('desc'),
  limit: z.coerce
    .number()
    .int()
    .min(1, LIMIT_RULE)
    .max(100, LIMIT_RULE)
    .default(25)
    .meta({ description: 'Keys on a page.' }),
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

// What stands for "never" sorts as the earliest use, or the latest expiry, so that no value is null in a comparison.
const sortExpressions: Record<(typeof sortKeys)[number], { value: SQL; type: SQL }> = {
  created: { value: sql`${apiKeys.createdAt}`, type: sql.raw('timestamptz') },
  name: { value: sql`lower(${apiKeys.name})`, type: sql.raw('text') },
  last_used: { value: sql`coalesce(${apiKeyUses.lastUsedAt}, '-infinity'::timestamptz)`, type: sql.raw('timestamptz') },
  expires: { value: sql`coalesce(${apiKeys.expiresAt}, 'infinity'::timestamptz)`, type: sql.raw('timestamptz') },
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
  const { value, type } = sortExpressions[query.sort]
  const filter = and(inAccount(accountId, wall), statusFilter(query.status), environmentFilter(query), search(query.q))
  const direction = sql.raw(query.order)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, query)
  const beyond = sql.raw(query.order === 'asc' ? '>' : '<')

  const [page, [totals]] = await Promise.all([
    selectKeys(db)
      .where(and(filter, after && sql`(${value}, ${apiKeys.id}) ${beyond} (${after.value}::${type}, ${after.id})`))
      .orderBy(sql`${value} ${direction}`, sql`${apiKeys.id} ${direction}`)
      .limit(query.limit + 1),
    db.select({ total: count() }).from(apiKeys).leftJoin(apiKeyUses, eq(apiKeyUses.keyId, apiKeys.id)).where(filter),
  ])

  const rows = page.slice(0, query.limit)
  const last = page.length > query.limit ? rows.at(-1) : undefined
  return {
    keys: await withUsage(db, accountId, rows),
    nextCursor: last ? await cursorAfter(db, accountId, last.id, query) : null,
    total: totals?.total ?? 0,
  }
}

const neverUsed = sql`(${apiKeyUses.lastUsedAt} is null and ${apiKeys.createdAt} < now() - ${REVIEW.neverUsedDays} * interval '1 day')`
const noLongerUsed = sql`${apiKeyUses.lastUsedAt} < now() - ${REVIEW.unusedDays} * interval '1 day'`

function statusFilter(status: ListKeysQuery['status']): SQL | undefined {
  switch (status) {
    case 'all':
      return undefined
    case 'current':
      return sql`${keyStatus} in ('active', 'retiring')`
    case 'review':
      return and(eq(keyStatus, 'active'), or(neverUsed, noLongerUsed))
    default:
      return eq(keyStatus, status)
  }
}

/** The ids of the keys that come up for review, longest unused first, at most `limit` of them. */
export async function reviewKeyIds(db: Database, accountId: string, limit: number): Promise<string[]> {
  const { value } = sortExpressions.last_used
  const rows = await db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .leftJoin(apiKeyUses, eq(apiKeyUses.keyId, apiKeys.id))
    .where(and(inAccount(accountId, null), statusFilter('review')))
    .orderBy(sql`${value} asc`, sql`${apiKeys.id} asc`)
    .limit(limit)
  return rows.map(({ id }) => id)
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

const cursorShape = z.tuple([z.enum(sortKeys), z.enum(['asc', 'desc']), z.string(), z.string()])

/** The value comes from the database as text: a JavaScript date would lose its microseconds. */
async function cursorAfter(db: Database, accountId: string, id: string, query: ListKeysQuery): Promise<string> {
  const [row] = await db
    .select({ value: sql<string>`${sortExpressions[query.sort].value}::text` })
    .from(apiKeys)
    .leftJoin(apiKeyUses, eq(apiKeyUses.keyId, apiKeys.id))
    .where(and(eq(apiKeys.accountId, accountId), eq(apiKeys.id, id)))
  return Buffer.from(JSON.stringify([query.sort, query.order, row?.value ?? '', id])).toString('base64url')
}

function readCursor(cursor: string, query: ListKeysQuery): { value: string; id: string } {
  try {
    const [sort, order, value, id] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    const isTime = sort !== 'name'
    if (
      sort === query.sort &&
      order === query.order &&
      (!isTime || isTimestampText(value)) &&
      !`${value}${id}`.includes('\0')
    ) {
      return { value, id }
    }
  } catch {
    // Falls through: whatever is wrong with it, it is not a cursor of this list.
  }
  throw invalidField(
    'cursor',
    'must be the `next_cursor` of an earlier answer to the same `sort` and `order`; leave it out to start over',
    'invalid_format',
  )
}

/** Whether Postgres will take it for a point in time: a cursor that someone edited must not reach a statement. */
function isTimestampText(text: string): boolean {
  if (/^-?infinity$/.test(text)) return true
  const match = /^(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3])(?::[0-5]\d){2})(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d)?$/.exec(
    text,
  )
  if (!match) return false
  const [, day = '', time] = match
  // JavaScript takes February 30th for March; Postgres knows neither that day nor the year 0.
  const date = new Date(`${day}T${time}Z`)
  return day >= '0001' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
