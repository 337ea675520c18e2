import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditEvents, users } from '@/db/schema'
import {
  type CreateAccountInput,
  createAccount,
  findSession,
  newSessionClaims,
  type Session,
  type SignInOrigin,
} from '@/lib/accounts'

/** Addresses of documentation (RFC 5737), and a browser that has not been here. */
export const SOMEWHERE: SignInOrigin = { address: '203.0.113.7', userAgent: 'Browser/1.0', requestId: 'req_1' }

let count = 0

/** Makes an account with its owner, whose password is `PASSWORD`; each has an e-mail address of its own. */
export async function makeOwner(db: Database, change: Partial<CreateAccountInput> = {}) {
  const input = {
    account_name: 'Cedar & Murex',
    name: 'Hanna Barca',
    email: `hanna${++count}@example.com`,
    password: PASSWORD,
    ...change,
  }
  const made = await createAccount(db, input, { kind: 'operator' })
  return { ...made, ...input }
}

export const PASSWORD = 'purple-cedar-ships-9'

/** The session of somebody who has just signed in. */
export async function sessionOf(
  db: Database,
  { userId, accountId }: { userId: string; accountId: string },
): Promise<Session> {
  const [user] = await db.select({ version: users.sessionVersion }).from(users).where(eq(users.id, userId))
  const session = await findSession(db, newSessionClaims({ userId, accountId, sessionVersion: user?.version ?? 0 }))
  if (!session) throw new Error('This person cannot have a session')
  return session
}

/** What the audit log of an account says, oldest first. */
export function auditLog(db: Database, accountId: string) {
  return db.select().from(auditEvents).where(eq(auditEvents.accountId, accountId)).orderBy(auditEvents.id)
}
