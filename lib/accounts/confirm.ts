import type { Database } from '@/db/client'
import { type Origin, recordAuditEvent } from '../audit'
import { invalidField, isRefusal } from '../errors'
import { userActor } from './record-in-each-account'
import type { PasskeyAnswer } from './second-factor/passkey-schemas'
import { askForPasskey, type PasskeyRequest, provePasskey } from './second-factor/use-passkey'
import type { Session } from './session'
import { checkPassword, type SignInOrigin } from './sign-in'

// Whoever sits before an open browser proves once more that they are the person, for what is sensitive.

/**
 * Takes the password of whoever is signed in. It suffices for people with a second factor, too: that was given when the
 * session began.
 * @throws {Refusal} `invalid` on `password`; `too_many_attempts`
 */
export async function confirmByPassword(
  db: Database,
  session: Session,
  password: string,
  from: SignInOrigin,
): Promise<void> {
  try {
    // Whoever sits before somebody else's open browser guesses no faster here than at the sign-in page.
    await checkPassword(db, { email: session.user.email, password }, from)
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'wrong_password') throw error
    throw invalidField('password', 'This is not your password.')
  }
  await record(db, session, 'password', from)
}

/** Asks for a passkey of whoever is signed in. */
export function askToConfirm(db: Database, { user }: Session): Promise<PasskeyRequest> {
  return askForPasskey(db, 'passkey_confirm', user.id)
}

/**
 * Takes a passkey of whoever is signed in.
 * @throws {Refusal} `wrong_password` when it is not accepted; `step_ended`
 */
export async function confirmByPasskey(
  db: Database,
  session: Session,
  given: { answer: PasskeyAnswer; ticketCookie: string | undefined },
  from: SignInOrigin,
): Promise<void> {
  const passkey = await provePasskey(db, 'passkey_confirm', { ...given, userId: session.user.id }, from)
  await db.transaction(async (tx) => {
    await passkey.use(tx)
    await record(tx, session, 'passkey', from)
  })
}

function record(tx: Database, { user, account }: Session, by: 'password' | 'passkey', from: Origin): Promise<void> {
  return recordAuditEvent(tx, userActor(user, account.id, from), 'user.confirmed', user.id, { by })
}
