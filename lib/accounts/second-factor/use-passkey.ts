import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import { and, eq, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { passkeys } from '@/db/schema'
import { Refusal } from '../../errors'
import { log } from '../../log'
import { findPersonById, type Person, recordRefusal, type SignInOrigin } from '../sign-in'
import { issueTicket, readTicket, spendTicket, type TicketPurpose } from '../ticket'
import type { PasskeyAnswer } from './passkey-schemas'
import { relyingParty } from './relying-party'

/** What a passkey is asked for, and whether it has to know by itself who holds it, such as by a finger or a PIN. */
const PURPOSES = {
  passkey_alone: { verifiesPerson: true },
  /** The password was given. */
  passkey_second: { verifiesPerson: false },
  /** Instead of the password. */
  passkey_confirm: { verifiesPerson: true },
} satisfies Partial<Record<TicketPurpose, { verifiesPerson: boolean }>>

export type PasskeyPurpose = keyof typeof PURPOSES

/** What a browser is to have signed, and the ticket that goes with it. */
export interface PasskeyRequest {
  options: PublicKeyCredentialRequestOptionsJSON
  ticket: string
}

const requestTicket = z.object({ challenge: z.string(), sub: z.string().nullable() })

/**
 * Asks for a passkey.
 * @param userId whose it has to be; null: anybody's, who is then found by it
 */
export async function askForPasskey(
  db: Database,
  purpose: PasskeyPurpose,
  userId: string | null,
): Promise<PasskeyRequest> {
  const allowed =
    userId === null
      ? undefined
      : await db
          .select({ id: passkeys.credentialId, transports: passkeys.transports })
          .from(passkeys)
          .where(eq(passkeys.userId, userId))
  const options = await generateAuthenticationOptions({
    rpID: relyingParty().id,
    userVerification: PURPOSES[purpose].verifiesPerson ? 'required' : 'preferred',
    timeout: 300_000,
    allowCredentials: allowed,
  })
  return { options, ticket: await issueTicket(purpose, { challenge: options.challenge, sub: userId }) }
}

/** A passkey that has signed what it was asked to. */
export interface ProvenPasskey {
  person: Person
  /** Uses the ticket up, and notes the use. To be called with the transaction of what the passkey is for. */
  use(tx: Database): Promise<void>
}

/**
 * Checks what a passkey has signed (WebAuthn Level 3, §7.2).
 * @param userId whose it has to be; null: anybody's
 * @throws {Refusal} `wrong_password` when it is not accepted; `step_ended`. `use` throws them too
 */
export async function provePasskey(
  db: Database,
  purpose: PasskeyPurpose,
  { answer, ticketCookie, userId }: { answer: PasskeyAnswer; ticketCookie: string | undefined; userId: string | null },
  from: SignInOrigin,
): Promise<ProvenPasskey> {
  const ticket = await readTicket(purpose, requestTicket, ticketCookie)
  if (ticket.data.sub !== userId) throw new Refusal('step_ended', 'This was begun by somebody else. Begin anew.')
  const [passkey] = await db.select().from(passkeys).where(eq(passkeys.credentialId, answer.id))
  const person = passkey && (await findPersonById(db, passkey.userId))
  // Of a passkey that was removed here, its holder may still have the other half.
  if (!passkey || !person || (userId !== null && passkey.userId !== userId)) throw notAccepted()
  const verified = await verify(answer, ticket.data.challenge, passkey, PURPOSES[purpose].verifiesPerson)
  if (!verified) {
    await recordRefusal(db, person, from, 'passkey_refused')
    throw notAccepted()
  }
  const { newCounter, credentialBackedUp } = verified
  if (isRegression(passkey.counter, newCounter)) {
    // Two authenticators sign with one key: a copy was made (§6.1.1). Which of both this is nobody can say.
    log.warn({ passkey: passkey.id, stored: passkey.counter, given: newCounter }, 'A passkey may have been copied')
    await recordRefusal(db, person, from, 'passkey_counter')
    throw notAccepted()
  }
  return {
    person,
    use: async (tx) => {
      await spendTicket(tx, ticket)
      const isAhead = newCounter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, newCounter)
      const used = await tx
        .update(passkeys)
        .set({ counter: newCounter, backedUp: credentialBackedUp, lastUsedAt: sql`now()` })
        .where(and(eq(passkeys.id, passkey.id), eq(passkeys.userId, passkey.userId), isAhead))
        .returning({ id: passkeys.id })
      if (used.length === 0) throw notAccepted()
    },
  }
}

async function verify(
  answer: PasskeyAnswer,
  challenge: string,
  passkey: typeof passkeys.$inferSelect,
  requireUserVerification: boolean,
) {
  const { id, origin } = relyingParty()
  // A passkey that finds its person by itself says whom it found.
  const handle = answer.response.userHandle
  if (handle !== undefined && Buffer.from(handle, 'base64url').toString() !== passkey.userId) return null
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        // Compared by us, who tell the two refusals apart.
        counter: 0,
      },
    })
    return verified ? authenticationInfo : null
  } catch {
    // Made of what a browser sent: the library's words are for whoever writes clients.
    return null
  }
}

/** Whether a counter of signatures has not moved on although there is one (§7.2, step 22). */
export function isRegression(stored: number, given: number): boolean {
  return (stored !== 0 || given !== 0) && given <= stored
}

function notAccepted(): Refusal {
  return new Refusal('wrong_password', 'This passkey was not accepted. It may have been removed here.')
}
