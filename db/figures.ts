import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'

/**
 * Has the planner's figures of tables reckoned anew that have grown to twice their size since, which a server does by itself
 * and the embedded database never: a plan that was made for a few rows, and prepared, goes through all of many for ever. One table
 * a turn: requests wait meanwhile.
 */
export async function renewFigures(client: Pick<PGlite, 'query' | 'exec'>): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select format('%I.%I', current_schema(), relname) as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r'
      and pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + 8`)
  for (const { name } of rows) {
    await client.exec(`analyze ${name}`)
    await nextTurn()
  }
}
