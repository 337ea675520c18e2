import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { credentials, credentialTypes, environments, integrations, tokenSets } from '@/db/schema'
import type { Environment } from '../api-keys/token'
import type { Reach } from '../environments'
import { type Connection, readConnections } from '../oauth/connect/connections'
import { pageQuery, readCursor, writeCursor } from '../paging'
import { isStorable } from '../text'
import {
  type CredentialRow,
  credentialNotFound,
  credentialsWithin,
  findCredential,
  settingsOfRow,
  testOfRow,
} from './base'
import type { CredentialSettings, TestRequest, TestResult } from './types'

/** Days before its end in which a secret counts as expiring. */
export const EXPIRING_DAYS = 14

/** A credential as people and apps see it: never with a secret. */
export interface CredentialView {
  id: string
  environment: Environment
  name: string
  provider: string | null
  settings: CredentialSettings
  hosts: string[]
  test: TestRequest | null
  expiresAt: Date | null
  /** When each secret field was set last, ISO 8601. */
  secretSetAt: Record<string, string>
  /** The last result of a Test of what is stored now; null: not tested. */
  lastTest: { result: TestResult; detail: string; at: Date; by: string } | null
  /** Of OAuth2. */
  tokens: TokensView | null
  /** OAuth2: whether its tokens are renewed before they end, without anybody asking for it. */
  renewAhead: boolean
  /** Of authorization in the browser: whose account is connected; null: none is. */
  connection: Connection | null
  /** Where it is used. */
  integrations: { id: string; name: string; slug: string }[]
  createdAt: Date
  createdBy: { kind: CredentialRow['createdByKind']; id: string | null; name: string }
  updatedAt: Date
}

export const renewalStates = ['none', 'active', 'failing', 'reauthorization_required'] as const

/** The state of a credential's tokens. */
export interface TokensView {
  /**
   * none: there are none yet. failing: the last attempt to renew has failed, and it is tried again.
   * reauthorization_required: a person has to do something.
   */
  state: (typeof renewalStates)[number]
  obtainedAt: Date | null
  expiresAt: Date | null
  /** When they are renewed next, or it is tried again; null: not by themselves. */
  renewAt: Date | null
  failingSince: Date | null
  /** Why a person has to do something: the provider's error code. */
  refusedError: string | null
  /** When the refresh token ends; null: not known, or never. */
  refreshExpiresAt: Date | null
}

export const credentialFilters = ['all', 'good', 'bad', 'untested', 'unused', 'expiring'] as const

/** Of lists. */
export const environmentFilter = z
  .enum(environments, 'must be "live" or "test"')
  .optional()
  .meta({ description: 'Only those of this environment. A key sees those of its own alone.' })

export const listCredentialsQuery = z.strictObject({
  status: z
    .enum(credentialFilters, `must be one of ${credentialFilters.join(', ')}`)
    .default('all')
    .meta({
      description:
        '`good`, `untested`: by the last test. `bad`: it was refused or failed, or a token was refused. `unused`: no integration uses it. `expiring`: ends within 14 days, or has ended.',
    }),
  type: z.enum(credentialTypes, `must be one of ${credentialTypes.join(', ')}`).optional(),
  environment: environmentFilter,
  q: z
    .string()
    .max(100, 'must be 100 characters or fewer')
    .refine(isStorable, 'must not contain control characters or broken Unicode')
    .optional()
    .meta({ description: 'Part of the name or of a host, or the id, or the provider.' }),
  sort: z.enum(['created', 'name'], 'must be one of created, name').default('created'),
  ...pageQuery,
})
export type ListCredentialsQuery = z.output<typeof listCredentialsQuery>

export interface CredentialPage {
  credentials: CredentialView[]
  nextCursor: string | null
  /** All that the filter matches, on every page. */
  total: number
}

/**
 * One credential.
 * @throws {Refusal} as `findCredential`
 */
export async function getCredential(db: Database, reach: Reach, id: string): Promise<CredentialView> {
  const [view] = await viewsOf(db, reach.accountId, [await findCredential(db, reach, id)])
  if (!view) throw credentialNotFound()
  return view
}

/** Those of these credentials that are there, in no order. */
export async function getCredentials(db: Database, reach: Reach, ids: readonly string[]): Promise<CredentialView[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select()
    .from(credentials)
    .where(and(credentialsWithin(reach), inArray(credentials.id, [...ids])))
  return viewsOf(db, reach.accountId, rows)
}

/**
 * A page of the credentials that somebody has a way to: the newest first, or by name.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function listCredentials(
  db: Database,
  reach: Reach,
  query: ListCredentialsQuery,
): Promise<CredentialPage> {
  const filter = and(
    credentialsWithin(reach),
    query.environment && eq(credentials.environment, query.environment),
    typeFilter(query),
    statusFilter(query.status),
    search(query.q),
  )
  const name = sql`${credentials.nameHeld}`
  // Ids sort by age.
  const after = query.cursor === undefined ? null : readCursor(query.cursor, query.sort)
  const beyond =
    after &&
    (query.sort === 'name'
      ? sql`(${name}, ${credentials.id}) > (${after.value}, ${after.id})`
      : sql`${credentials.id} < ${after.id}`)
  const order = query.sort === 'name' ? [sql`${name} asc`, asc(credentials.id)] : [sql`${credentials.id} desc`]
  const [rows, [totals]] = await Promise.all([
    db
      .select()
      .from(credentials)
      .where(and(filter, beyond ?? undefined))
      .orderBy(...order)
      .limit(query.limit + 1),
    db.select({ total: count() }).from(credentials).where(filter),
  ])
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    credentials: await viewsOf(db, reach.accountId, page),
    nextCursor: last ? writeCursor(query.sort, query.sort === 'name' ? last.nameHeld : '', last.id) : null,
    total: totals?.total ?? 0,
  }
}

function typeFilter({ type }: ListCredentialsQuery): SQL | undefined {
  return type && eq(credentials.type, type)
}

const isUnused = sql`not exists (
  select 1 from ${integrations} i where i.account_id = ${credentials.accountId} and i.credential_id = ${credentials.id})`
const isRefused = sql`exists (
  select 1 from ${tokenSets} t
  where t.account_id = ${credentials.accountId} and t.owner_id = ${credentials.id} and t.refused_error is not null)`

function statusFilter(status: ListCredentialsQuery['status']): SQL | undefined {
  switch (status) {
    case 'all':
      return undefined
    case 'good':
      return sql`(${credentials.testResult} = 'good' and not ${isRefused})`
    case 'bad':
      return sql`(${credentials.testResult} in ('refused', 'failed') or ${isRefused})`
    case 'untested':
      return sql`${credentials.testResult} is null`
    case 'unused':
      return isUnused
    case 'expiring':
      return sql`${credentials.expiresAt} < now() + ${EXPIRING_DAYS} * interval '1 day'`
  }
}

function search(text: string | undefined): SQL | undefined {
  const wanted = text?.normalize('NFC').trim()
  if (!wanted) return undefined
  const pattern = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${credentials.name} ilike ${pattern} or array_to_string(${credentials.hosts}, ' ') ilike ${pattern}
    or ${credentials.id} = ${wanted} or ${credentials.provider} = ${wanted.toLowerCase()})`
}

async function viewsOf(db: Database, accountId: string, rows: CredentialRow[]): Promise<CredentialView[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const [uses, tokens, connections] = await Promise.all([
    db
      .select({ id: integrations.id, name: integrations.name, slug: integrations.slug, of: integrations.credentialId })
      .from(integrations)
      .where(and(eq(integrations.accountId, accountId), inArray(integrations.credentialId, ids)))
      .orderBy(integrations.id),
    db
      .select()
      .from(tokenSets)
      .where(and(eq(tokenSets.accountId, accountId), inArray(tokenSets.ownerId, ids))),
    readConnections(db, accountId, ids),
  ])
  return rows.map((row) => {
    const token = tokens.find(({ ownerId }) => ownerId === row.id)
    const { testResult: result, testedAt: at } = row
    return {
      id: row.id,
      environment: row.environment,
      name: row.name,
      provider: row.provider,
      settings: settingsOfRow(row),
      hosts: row.hosts,
      test: testOfRow(row),
      expiresAt: row.expiresAt,
      secretSetAt: row.secretSetAt,
      lastTest: result && at ? { result, detail: row.testDetail ?? '', at, by: row.testedByName ?? '' } : null,
      tokens: row.type === 'oauth2' ? tokensView(token) : null,
      renewAhead: row.renewAhead,
      // Of an earlier grant, there may be one still.
      connection: (row.settings.grant === 'authorization_code' && connections.get(row.id)) || null,
      integrations: uses.filter(({ of }) => of === row.id).map(({ id, name, slug }) => ({ id, name, slug })),
      createdAt: row.createdAt,
      createdBy: { kind: row.createdByKind, id: row.createdById, name: row.createdByName },
      updatedAt: row.updatedAt,
    }
  })
}

function tokensView(token: typeof tokenSets.$inferSelect | undefined): TokensView {
  const { obtainedAt, expiresAt, renewAt, failingSince, refusedError, refreshExpiresAt } = token ?? {}
  const state = refusedError
    ? 'reauthorization_required'
    : failingSince
      ? 'failing'
      : token && token.version > 0
        ? 'active'
        : 'none'
  return {
    state,
    obtainedAt: obtainedAt ?? null,
    expiresAt: expiresAt ?? null,
    renewAt: renewAt ?? null,
    failingSince: failingSince ?? null,
    refusedError: refusedError ?? null,
    refreshExpiresAt: refreshExpiresAt ?? null,
  }
}
