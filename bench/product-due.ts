// What a sweep costs by how much there is and how much of it is due: fills a table of token sets that nobody holds a
// credential of, since looking up what is due reads no other. Run from the repository's root with the product's environment
// variables, on an empty database: node --import tsx bench/product-due.ts RUNS COUNT[,COUNT…] DUE[,DUE…]
// Writes one JSON object.
import { sql } from 'drizzle-orm'
import { openDatabase } from '../db/client'
import { accounts } from '../db/schema'
import { parseConfig } from '../lib/config'
import { newId } from '../lib/ids'
import { sweepDue } from '../lib/oauth'
import { findDue } from '../lib/oauth/renewal/due'

const [runs = '', counts = '', dues = ''] = process.argv.slice(2)
/** What a sweep looks up at a time. */
const BATCH = 200
const ROWS_PER_STATEMENT = 50_000
const database = await openDatabase(parseConfig(process.env).database)
const { db } = database
await database.migrate()
const accountIds = Array.from({ length: 100 }, () => newId('account'))
await db.insert(accounts).values(accountIds.map((id, index) => ({ id, name: `Merchant ${index + 1}` })))

const figures: { count: number; due: number; ms: number[]; plan: string[] }[] = []
for (const count of numbers(counts)) {
  await db.execute(sql`truncate token_sets`)
  for (let first = 1; first <= count; first += ROWS_PER_STATEMENT) {
    await db.execute(sql`
    insert into token_sets (account_id, owner_id, version, obtained_at, expires_at, endpoint, renew_at)
    select (${sql.raw(`array['${accountIds.join("','")}']`)})[1 + i % 100], 'cred_' || lpad(to_hex(i), 32, '0'), 1,
      now(), now() + interval '6 hours', 'https://auth-' || i % 20 || '.example.com',
      now() + interval '2 hours' + random() * interval '3 hours'
    from generate_series(${first}::integer, ${Math.min(count, first + ROWS_PER_STATEMENT - 1)}::integer) as i`)
  }
  // What autovacuum would do soon after; not while we measure.
  await db.execute(sql`vacuum analyze token_sets`)
  for (const due of numbers(dues)) {
    await db.execute(sql`
      update token_sets set renew_at = now() - random() * interval '1 minute'
      where owner_id in (select 'cred_' || lpad(to_hex(i), 32, '0') from generate_series(1, ${due}::integer) as i)`)
    await db.execute(sql`vacuum analyze token_sets`)
    const ms: number[] = []
    for (let run = 0; run < Number(runs) + 3; run++) {
      const started = performance.now()
      // As the job does it: what is due, and, when that is nothing, when there will be something.
      if (due === 0) await sweepDue({ db, renew: async () => false, forMs: 1_000 })
      else await findDue(db, BATCH)
      // The first ones plan, and fetch what is not in memory yet.
      if (run >= 3) ms.push(performance.now() - started)
    }
    figures.push({ count, due, ms, plan: await planOf(due) })
  }
}
await database.close()
process.stdout.write(`${JSON.stringify(figures)}\n`)

/** The plan of the statement that a sweep finds what is due by, as it is: whatever it executes, this explains. */
async function planOf(due: number): Promise<string[]> {
  if (due > 0 && due < 1_000) return []
  const lines: string[] = []
  const explaining = Object.create(db, {
    execute: {
      value: async (statement: Parameters<typeof db.execute>[0]) => {
        const query = sql`explain (analyze, buffers, costs off) ${statement}`
        const { rows } = (await db.execute(query)) as unknown as { rows: { 'QUERY PLAN': string }[] }
        lines.push(...rows.map((row) => row['QUERY PLAN']))
        return { rows: [] }
      },
    },
  })
  await findDue(explaining, BATCH)
  return lines
}

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}
