import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { passkeys } from '@/db/schema'
import { invalidField, Refusal } from '../../errors'
import { isId, newId } from '../../ids'
import type { Session } from '../session'
import { origin, type SignInOrigin } from '../sign-in'
import { issueTicket, readTicket, spendTicket } from '../ticket'
import { lockOwn, noteFactorAdded, noteFactorRemoved, personHasFactor } from './change'
import type { NewPasskeyInput } from './passkey-schemas'
import { hasPasskeys, relyingParty } from './relying-party'

/** More than anybody has; each is in the list that a browser is sent. */
const MAX_PASSKEYS = 20

const addTicket = z.object({ challenge: z.string(), sub: z.string() })

/** What a browser is to make a passkey of, and the ticket that goes with it. */
export interface PasskeyCreation {
  options: PublicKeyCredentialCreationOptionsJSON
  ticket: string
}

/**
 * Begins to add a passkey: one that finds its person by itself and asks who they are, so that it is enough to sign in with.
 * @throws {Refusal} `forbidden` at an address that has no passkeys, or when there are too many
 */
export async function startPasskey(db: Database, { user }: Session): Promise<PasskeyCreation> {
  if (!hasPasskeys()) throw new Refusal('forbidden', 'Passkeys need https and a host with a name.')
  const existing = await db
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(eq(passkeys.userId, user.id))
  requireRoom(existing.length)
  const { id, name } = relyingParty()
  const options = await generateRegistrationOptions({
    rpID: id,
    rpName: name,
    userID: new TextEncoder().encode(user.id),
    userName: user.email,
    userDisplayName: user.name,
    attestationType: 'none',
    timeout: 300_000,
    excludeCredentials: existing,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { options, ticket: await issueTicket('passkey_add', { challenge: options.challenge, sub: user.id }) }
}

function requireRoom(existing: number): void {
  if (existing >= MAX_PASSKEYS) throw new Refusal('forbidden', 'Remove a passkey first: you have many.')
}

/**
 * Adds the passkey that a browser has made (WebAuthn Level 3, §7.1). With a person's first factor their other sessions end,
 * and they are told of it by mail.
 * @returns recovery codes, which are shown this once, unless the person has some
 * @throws {Refusal} `invalid` on `passkey`; `step_ended`; `forbidden` when there are too many
 */
export async function addPasskey(
  db: Database,
  session: Session,
  { name, answer }: NewPasskeyInput,
  ticketCookie: string | undefined,
  from: SignInOrigin,
): Promise<{ recoveryCodes: string[] | null }> {
  const ticket = await readTicket('passkey_add', addTicket, ticketCookie)
  const userId = session.user.id
  if (ticket.data.sub !== userId) throw new Refusal('step_ended', 'This was begun by somebody else. Begin anew.')
  const made = await verify(answer, ticket.data.challenge)
  return db.transaction(async (tx) => {
    await spendTicket(tx, ticket)
    const language = await lockOwn(tx, session)
    // Others may have been begun with, and be here by now.
    requireRoom(await tx.$count(passkeys, eq(passkeys.userId, userId)))
    const wasFirst = !(await personHasFactor(tx, userId))
    const inserted = await tx
      .insert(passkeys)
      .values({ id: newId('passkey'), userId, name, ...made })
      .onConflictDoNothing({ target: passkeys.credentialId })
      .returning({ id: passkeys.id })
    if (inserted.length === 0) throw invalidField('passkey', 'This passkey is here already.')
    const factor = { factor: 'passkey', name } as const
    return { recoveryCodes: await noteFactorAdded(tx, session, factor, { wasFirst, language }, from) }
  })
}

async function verify(answer: NewPasskeyInput['answer'], challenge: string) {
  const { id, origin } = relyingParty()
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: answer,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
    })
    if (registrationInfo) {
      const { credential, credentialBackedUp } = registrationInfo
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: answer.response.transports,
        backedUp: credentialBackedUp,
      }
    }
  } catch {
    // Made of what a browser sent: the library's words are for whoever writes clients.
  }
  throw invalidField('passkey', 'The passkey was not accepted. Begin anew, at the address of this Fenicia.')
}

/**
 * Removes a passkey of a person; they are told by mail.
 * @throws {Refusal} `not_found` when it is none of theirs
 */
export async function removePasskey(db: Database, session: Session, id: string, from: SignInOrigin): Promise<void> {
  if (!isId('passkey', id)) throw passkeyNotFound()
  await db.transaction(async (tx) => {
    const language = await lockOwn(tx, session)
    const [removed] = await tx
      .delete(passkeys)
      .where(and(eq(passkeys.userId, session.user.id), eq(passkeys.id, id)))
      .returning({ name: passkeys.name })
    if (!removed) throw passkeyNotFound()
    await noteFactorRemoved(tx, session, { factor: 'passkey', name: removed.name }, language, origin(from))
  })
}

function passkeyNotFound(): Refusal {
  return new Refusal('not_found', 'This passkey was removed already.')
}
