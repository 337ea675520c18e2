import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { integrations } from '@/db/schema'
import { Refusal } from '../errors'
import { isId } from '../ids'

export type IntegrationRow = typeof integrations.$inferSelect

export function integrationNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such integration.')
}

/**
 * One integration's row.
 * @param lock until the transaction ends
 * @throws {Refusal} `not_found` – also for another account's, in the same words
 */
export async function findIntegration(
  db: Database,
  accountId: string,
  id: string,
  { lock = false } = {},
): Promise<IntegrationRow> {
  if (!isId('integration', id)) throw integrationNotFound()
  const query = db
    .select()
    .from(integrations)
    .where(and(eq(integrations.accountId, accountId), eq(integrations.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  if (!row) throw integrationNotFound()
  return row
}
