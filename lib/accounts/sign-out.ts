import type { Database } from '@/db/client'
import { type Origin, recordAuditEvent } from '../audit'
import { userActor } from './password-change'
import { endSession, findSession, type Session, type SessionClaims } from './session'

/** Signs a person out of one browser, see `endSession`. */
export async function signOut(db: Database, claims: SessionClaims, from: Origin): Promise<void> {
  await db.transaction(async (tx) => {
    const session = await findSession(tx, claims)
    await endSession(tx, claims)
    // Ended before, or in another tab: that is on record.
    if (!session) return
    await recordAuditEvent(tx, userActor(session.user, session.account.id, from), 'user.signed_out', session.user.id)
  })
}

/** Puts on record that a person, signed in before, has gone on to another of their accounts. */
export async function recordEntry(db: Database, { user, account }: Session, from: Origin): Promise<void> {
  await recordAuditEvent(db, userActor(user, account.id, from), 'user.entered_account', user.id)
}
