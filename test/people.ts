import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditEvents, users } from '@/db/schema'
import {
  beginSession,
  type CreateAccountInput,
  createAccount,
  encodeSession,
  findSession,
  type Session,
  type SessionClaims,
  type SignedIn,
  type SignInMethod,
  type SignInOrigin,
  signIn,
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

interface Somebody {
  userId: string
  accountId: string
}

/** What the cookie says of somebody who has just signed in. */
export async function claimsOf(
  db: Database,
  { userId, accountId }: Somebody,
  method: SignInMethod = 'password',
): Promise<SessionClaims> {
  const [user] = await db.select({ version: users.sessionVersion }).from(users).where(eq(users.id, userId))
  return beginSession(db, { userId, accountId, sessionVersion: user?.version ?? 0 }, method, SOMEWHERE)
}

/** The value of the session's cookie of somebody who has just signed in. */
export async function tokenOf(db: Database, somebody: Somebody, method?: SignInMethod): Promise<string> {
  return encodeSession(await claimsOf(db, somebody, method))
}

/** The session of somebody who has just signed in. */
export async function sessionOf(db: Database, somebody: Somebody, method?: SignInMethod): Promise<Session> {
  const session = await findSession(db, await claimsOf(db, somebody, method))
  if (!session) throw new Error('This person cannot have a session')
  return session
}

/** Signs somebody in by their password, who has no second factor. */
export async function signInOnce(
  db: Database,
  credentials: { email: string; password: string },
  from = SOMEWHERE,
): Promise<SignedIn> {
  const { signedIn } = await signIn(db, credentials, from)
  if (!signedIn) throw new Error('This person was asked for a second factor')
  return signedIn
}

/** What the audit log of an account says, oldest first. */
export function auditLog(db: Database, accountId: string) {
  return db.select().from(auditEvents).where(eq(auditEvents.accountId, accountId)).orderBy(auditEvents.id)
}
