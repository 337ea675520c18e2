import { and, count, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { credentials, integrationStates, integrations } from '@/db/schema'
import { environmentFilter } from '../credentials/read'
import type { CredentialType } from '../credentials/types'
import type { Reach } from '../environments'
import { pageQuery, readCursor, writeCursor } from '../paging'
import { isStorable } from '../text'
import { findIntegration, type IntegrationRow, integrationNotFound, integrationsWithin } from './base'
import type { ExpiredTokenRule } from './schemas'

/** An integration as people and apps see it. */
export type IntegrationView = Omit<
  IntegrationRow,
  'accountId' | 'credentialId' | 'expiredToken' | 'createdByKind' | 'createdById' | 'createdByName'
> & {
  /** Null: it was deleted. */
  credential: { id: string; name: string; type: CredentialType } | null
  expiredToken: ExpiredTokenRule | null
  createdBy: { kind: IntegrationRow['createdByKind']; id: string | null; name: string }
}

export const listIntegrationsQuery = z.strictObject({
  state: z
    .enum([...integrationStates, 'failing'], 'must be "enabled", "paused" or "failing"')
    .optional()
    .meta({ description: '`failing`: those of the enabled ones of which every call fails, see `failing_since`.' }),
  environment: environmentFilter,
  credential: z
    .string()
    .max(64, 'must be the id of a credential')
    .refine(isStorable, 'must be the id of a credential')
    .optional()
    .meta({ description: 'Only those that use this credential.' }),
  q: z
    .string()
    .max(100, 'must be 100 characters or fewer')
    .refine(isStorable, 'must not contain control characters or broken Unicode')
    .optional()
    .meta({ description: 'Part of the name, the slug or the base address.' }),
  sort: z.enum(['created', 'name'], 'must be one of created, name').default('created'),
  ...pageQuery,
})
export type ListIntegrationsQuery = z.output<typeof listIntegrationsQuery>

export interface IntegrationPage {
  integrations: IntegrationView[]
  nextCursor: string | null
  /** All that the filter matches, on every page. */
  total: number
}

function selectIntegrations(db: Database) {
  return db
    .select({
      row: integrations,
      sortName: sql<string>`lower(${integrations.name})`,
      credentialName: credentials.name,
      credentialType: credentials.type,
    })
    .from(integrations)
    .leftJoin(
      credentials,
      and(eq(credentials.accountId, integrations.accountId), eq(credentials.id, integrations.credentialId)),
    )
    .$dynamic()
}

type Selected = Awaited<ReturnType<typeof selectIntegrations>>[number]

/**
 * One integration.
 * @throws {Refusal} as `findIntegration`
 */
export async function getIntegration(db: Database, reach: Reach, id: string): Promise<IntegrationView> {
  await findIntegration(db, reach, id)
  const [found] = await selectIntegrations(db).where(and(integrationsWithin(reach), eq(integrations.id, id)))
  if (!found) throw integrationNotFound()
  return viewOf(found)
}

/**
 * A page of the integrations that somebody has a way to: the newest first, or by name.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function listIntegrations(
  db: Database,
  reach: Reach,
  query: ListIntegrationsQuery,
): Promise<IntegrationPage> {
  const filter = and(
    integrationsWithin(reach),
    query.environment && eq(integrations.environment, query.environment),
    stateFilter(query.state),
    query.credential === undefined ? undefined : eq(integrations.credentialId, query.credential),
    search(query.q),
  )
  const name = sql`lower(${integrations.name})`
  const after = query.cursor === undefined ? null : readCursor(query.cursor, query.sort)
  const beyond =
    after &&
    (query.sort === 'name'
      ? sql`(${name}, ${integrations.id}) > (${after.value}, ${after.id})`
      : sql`${integrations.id} < ${after.id}`)
  // Ids sort by age.
  const order = query.sort === 'name' ? [sql`${name} asc`, sql`${integrations.id} asc`] : [sql`${integrations.id} desc`]
  const [rows, [totals]] = await Promise.all([
    selectIntegrations(db)
      .where(and(filter, beyond ?? undefined))
      .orderBy(...order)
      .limit(query.limit + 1),
    db.select({ total: count() }).from(integrations).where(filter),
  ])
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    integrations: page.map(viewOf),
    nextCursor: last ? writeCursor(query.sort, query.sort === 'name' ? last.sortName : '', last.row.id) : null,
    total: totals?.total ?? 0,
  }
}

function stateFilter(state: ListIntegrationsQuery['state']): SQL | undefined {
  // What is paused fails no more: nothing is let through.
  if (state === 'failing') return and(eq(integrations.state, 'enabled'), isNotNull(integrations.failingSince))
  return state && eq(integrations.state, state)
}

function search(text: string | undefined): SQL | undefined {
  const wanted = text?.normalize('NFC').trim()
  if (!wanted) return undefined
  const pattern = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${integrations.name} ilike ${pattern} or ${integrations.slug} ilike ${pattern}
    or ${integrations.baseUrl} ilike ${pattern} or ${integrations.id} = ${wanted})`
}

function viewOf({ row, credentialName, credentialType }: Selected): IntegrationView {
  const { accountId: _, credentialId, expiredToken, createdByKind, createdById, createdByName, ...shown } = row
  return {
    ...shown,
    credential:
      credentialId !== null && credentialName !== null && credentialType !== null
        ? { id: credentialId, name: credentialName, type: credentialType }
        : null,
    expiredToken: expiredToken as ExpiredTokenRule | null,
    createdBy: { kind: createdByKind, id: createdById, name: createdByName },
  }
}
