import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, members, users } from '@/db/schema'
import { type CreateKeyInput, createApiKey, createKeyInput, type IssuedKey } from '@/lib/api-keys'
import type { Actor } from '@/lib/audit'
import { newId } from '@/lib/ids'

/** Makes an account; the answer is its owner, as whoever asks for changes in it. */
export async function createTestAccount(db: Database, name = 'A shop'): Promise<Actor> {
  const accountId = newId('account')
  await db.insert(accounts).values({ id: accountId, name })
  return {
    kind: 'user',
    id: newId('user'),
    name: 'Ana',
    accountId,
    address: '203.0.113.7',
    userAgent: 'Test browser',
    requestId: 'req_test',
  }
}

/** Makes an account with an owner who is a member of it, for what looks again whether whoever asks still is. */
export async function createTestOwner(db: Database, name?: string): Promise<Actor & { id: string }> {
  const actor = await createTestAccount(db, name)
  const id = actor.id ?? newId('user')
  await db.insert(users).values({ id, name: actor.name, email: `${id}@example.com`, passwordHash: '-' })
  await db.insert(members).values({ accountId: actor.accountId, userId: id, role: 'owner' })
  return { ...actor, id }
}

/** Meddles with an account's audit chain, so that nothing which leaves an event succeeds in it. It has to have an event. */
export async function breakAuditChain(db: Database, accountId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`update audit_chains set seq = 0 where account_id = ${accountId}`)
  })
}

let keys = 0

/** Makes a live key that may read orders, any number of times, and never expires, unless `input` says otherwise. */
export function createTestKey(
  db: Database,
  actor: Actor,
  input: Partial<Record<keyof CreateKeyInput, unknown>> = {},
): Promise<IssuedKey> {
  keys += 1
  return createApiKey(
    db,
    actor,
    createKeyInput.parse({ name: `Key ${keys}`, scopes: ['orders:read'], rate: null, ...input }),
  )
}
