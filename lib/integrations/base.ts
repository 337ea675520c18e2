import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { integrations } from '@/db/schema'
import { environmentMismatch, otherEnvironment, type Reach } from '../environments'
import { Refusal } from '../errors'
import { isId } from '../ids'

export type IntegrationRow = typeof integrations.$inferSelect

export function integrationNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such integration.')
}

/** The integrations that somebody has a way to. */
export function integrationsWithin({ accountId, environment }: Reach): SQL | undefined {
  return and(eq(integrations.accountId, accountId), environment && eq(integrations.environment, environment))
}

/**
 * One integration's row.
 * @param lock until the transaction ends
 * @throws {Refusal} `not_found` – also for another account's, in the same words; `environment_mismatch` for a key of the other
 *   environment
 */
export async function findIntegration(
  db: Database,
  reach: Reach,
  id: string,
  { lock = false } = {},
): Promise<IntegrationRow> {
  if (!isId('integration', id)) throw integrationNotFound()
  const query = db
    .select()
    .from(integrations)
    .where(and(integrationsWithin(reach), eq(integrations.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  if (row) return row
  const { accountId, environment } = reach
  if (environment) {
    const other = otherEnvironment(environment)
    const elsewhere = and(integrationsWithin({ accountId, environment: other }), eq(integrations.id, id))
    if ((await db.$count(integrations, elsewhere)) > 0) throw environmentMismatch('This integration', other)
  }
  throw integrationNotFound()
}
