import pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { start } from './instrumentation-node'
import { createTestDatabase, type TestDatabase } from './test/databases'

let database: TestDatabase
let url: URL
beforeEach(async () => {
  database = await createTestDatabase('pg')
  if (database.config.driver === 'pglite') throw new TypeError('This is Postgres')
  url = new URL(database.config.url)
  vi.stubEnv('AUTH_SECRET', 'a-secret-of-32-characters-or-more')
  vi.stubEnv('FENICIA_MASTER_KEYS', `test:${Buffer.alloc(32).toString('base64')}`)
})
afterEach(() => database.drop())

async function execute(...statements: string[]): Promise<void> {
  const client = new pg.Client(url.href)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** What a start that ends the process writes before that. */
async function lastWords(address: URL): Promise<string> {
  vi.stubEnv('DATABASE_URL', address.href)
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never)
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await start()
  expect(exit).toHaveBeenCalledExactlyOnceWith(1)
  return written.mock.calls.map(([text]) => text).join('')
}

it('a start whose migration fails says what the database said, and not only which statement it was', async () => {
  await execute('drop schema drizzle cascade')
  expect(await lastWords(url)).toMatch(/^Fenicia can't start: (relation|type) ".*" already exists\n/)
})

it('a start with a role that may make no tables says what to do', async () => {
  const name = url.pathname.slice(1)
  await execute('drop schema drizzle cascade', `create role ${name} login password 'only-for-tests'`)
  const guest = Object.assign(new URL(url), { username: name })
  try {
    expect(await lastWords(guest)).toBe(
      `Fenicia may not make its tables in the database of DATABASE_URL: permission denied for database ${name}. Make its role the owner of that database (alter database … owner to …).\n`,
    )
  } finally {
    await execute(`drop role ${name}`)
  }
})
