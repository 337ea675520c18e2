// The product's sweep, without its server: all credentials of a database are made due and renewed, once for each line on
// stdin; a line on stdout has the figures. Run from the repository's root with the product's environment variables.
import { createInterface } from 'node:readline'
import { sql } from 'drizzle-orm'
import { renewDueCredentials } from '../lib/credentials'
import { startRuntime } from '../lib/start'

const runtime = await startRuntime()
const { database, vault, tokens } = runtime
const { db } = database
process.stdout.write('{}\n')

for await (const _ of createInterface({ input: process.stdin })) {
  await db.execute(sql`update token_sets set renew_at = clock_timestamp()`)
  const started = performance.now()
  const result = await renewDueCredentials({ db, vault, tokens }, {})
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(`${JSON.stringify({ ...result, seconds })}\n`)
}
await runtime.stop()
