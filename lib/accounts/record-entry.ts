import type { Database } from '@/db/client'
import { type Origin, recordAuditEvent } from '../audit'
import { userActor } from './record-in-each-account'
import type { Session } from './session'

/** Puts on record that a person, signed in before, has gone on to another of their accounts. */
export async function recordEntry(db: Database, { user, account }: Session, from: Origin): Promise<void> {
  await recordAuditEvent(db, userActor(user, account.id, from), 'user.entered_account', user.id)
}
