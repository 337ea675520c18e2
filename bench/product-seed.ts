// Fills a database of the product with API keys, through its own schema and its own tokens, so that what is measured
// cannot drift from what is served. Run from the repository's root with the product's environment variables:
// node --import tsx bench/product-seed.ts COUNT
// Writes the tokens to stdout, one a line.
import { sql } from 'drizzle-orm'
import { openDatabase } from '../db/client'
import { accounts, apiKeys } from '../db/schema'
import { comparableName } from '../lib/api-keys/schemas'
import { createToken } from '../lib/api-keys/token'
import { parseConfig } from '../lib/config'
import { newId } from '../lib/ids'

const count = Number(process.argv[2])
/** Keys of one account: many merchants with many keys each. */
const KEYS_PER_ACCOUNT = 1_000
const ROWS_PER_STATEMENT = 2_000

const { db, migrate, close } = await openDatabase(parseConfig(process.env).database)
await migrate()

const merchants = Array.from({ length: Math.ceil(count / KEYS_PER_ACCOUNT) }, (_, index) => ({
  id: newId('account'),
  name: `Merchant ${index + 1}`,
}))
await db.insert(accounts).values(merchants)

const tokens: string[] = []
for (let start = 0; start < count; start += ROWS_PER_STATEMENT) {
  const rows = Array.from({ length: Math.min(ROWS_PER_STATEMENT, count - start) }, (_, index) => keyRow(start + index))
  await db.insert(apiKeys).values(rows)
}
// What autovacuum would do soon after; not while we measure.
await db.execute(sql`vacuum analyze ${accounts}, ${apiKeys}`)
await close()
process.stdout.write(`${tokens.join('\n')}\n`)

function keyRow(index: number): typeof apiKeys.$inferInsert {
  const environment = index % 10 === 0 ? 'test' : 'live'
  const { token, hash, hint } = createToken(environment)
  tokens.push(token)
  const name = `ERP integration ${index + 1}`
  const merchant = merchants[Math.floor(index / KEYS_PER_ACCOUNT)]
  if (!merchant) throw new Error('More keys than accounts for them')
  return {
    id: newId('apiKey'),
    accountId: merchant.id,
    name,
    nameHeld: comparableName(name),
    environment,
    scopes: ['orders:read', 'products:read', 'inventory:update'],
    tokenHash: hash,
    hintStart: hint.start,
    hintEnd: hint.end,
    createdByKind: 'operator',
    createdByName: 'bench',
    // A limit that is counted at every request, and never met.
    rateRequests: 1_000_000,
    rateSeconds: 60,
    expiresAt: index % 4 === 0 ? new Date(Date.now() + 90 * 86_400_000) : null,
  }
}
