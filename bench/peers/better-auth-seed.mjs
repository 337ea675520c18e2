// Makes better-auth's tables with its own migrations, and fills its table of keys. Writes the keys that the load uses to
// stdout, one a line. Arguments: how many keys to make, how many of them to write.
import { randomBytes } from 'node:crypto'
import { defaultKeyHasher } from '@better-auth/api-key'
import { getMigrations } from 'better-auth/db/migration'
import { auth, pool } from './better-auth-options.mjs'

const [count, sample] = process.argv.slice(2).map(Number)
const PER_STATEMENT = 10_000

const { runMigrations } = await getMigrations(auth.options)
await runMigrations()

const { rows } = await pool.query(
  `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   values ('owner', 'Owner', 'owner@example.com', true, now(), now()) returning id`,
)
const owner = rows[0].id
const keys = []
for (let start = 0; start < count; start += PER_STATEMENT) {
  const chunk = Array.from({ length: Math.min(PER_STATEMENT, count - start) }, () => newKey())
  const hashes = await Promise.all(chunk.map((key) => defaultKeyHasher(key)))
  // No limit of requests and no quota on any key: verifying then counts nothing.
  await pool.query(
    `insert into apikey (id, "configId", name, start, "referenceId", key, enabled, "rateLimitEnabled",
       "rateLimitTimeWindow", "rateLimitMax", "requestCount", "createdAt", "updatedAt", permissions)
     select gen_random_uuid()::text, 'default', 'key ' || left(hash, 8), start, $1, hash, true, true,
       null, null, 0, now(), now(), '{"orders":["read"]}'
     from unnest($2::text[], $3::text[]) as k(start, hash)`,
    [owner, chunk.map((key) => key.slice(0, 6)), hashes],
  )
  keys.push(...chunk)
}
await pool.query('vacuum analyze apikey')
await pool.end()

const step = Math.max(1, Math.floor(count / sample))
const written = keys.filter((_, index) => index % step === 0).slice(0, sample)
process.stdout.write(`${written.join('\n')}\n`)

/** As long as the plugin makes them by default. */
function newKey() {
  return randomBytes(48).toString('base64url')
}
