import { z } from 'zod'
import type { Database } from '@/db/client'
import { invalidField, isRefusal, Refusal } from '../errors'
import { recordPersonalMail } from '../notifications/personal-mails'
import { recognizeDevice } from './device'
import { findKnownBrowser } from './known-browsers'
import { recordInEachAccount, userActor } from './record-in-each-account'
import { takeCode, WRONG_CODE } from './second-factor/authenticator'
import { type Factors, listFactors } from './second-factor/factors'
import type { PasskeyAnswer } from './second-factor/passkey-schemas'
import { countRecoveryCodes, takeRecoveryCode } from './second-factor/recovery-codes'
import { askForPasskey, type PasskeyRequest, provePasskey } from './second-factor/use-passkey'
import type { SignInMethod } from './session'
import { beginSignedIn, findPersonById, type Person, recordRefusal, type SignedIn, type SignInOrigin } from './sign-in'
import { countCode, TooManyAttempts } from './throttle'
import { readTicket, spendTicket, type Ticket } from './ticket'
import { browserName } from './user-agent'

// The step of a sign-in between the password and the session, in which the second factor is given.

const stepTicket = z.object({ sub: z.string(), ver: z.number().int() })

interface Step {
  ticket: Ticket<z.output<typeof stepTicket>>
  person: Person
}

/** What the person may give now. */
export type SecondStep = Pick<Factors, 'recoveryCodesLeft'> & { hasAuthenticator: boolean; hasPasskey: boolean }

/**
 * What the step asks for.
 * @throws {Refusal} `step_ended` when no password was given, or too long ago
 */
export async function describeSecondStep(db: Database, stepCookie: string | undefined): Promise<SecondStep> {
  const { person } = await findStep(db, stepCookie)
  const { authenticatorSince, passkeys, recoveryCodesLeft } = await listFactors(db, person.userId)
  return { hasAuthenticator: authenticatorSince !== null, hasPasskey: passkeys.length > 0, recoveryCodesLeft }
}

/**
 * Finishes a sign-in by a code of the authenticator app, or by a recovery code, of which the person is told by mail.
 * @throws {Refusal} `invalid` on `code`; `step_ended`; `too_many_attempts`, saying how long to wait
 */
export async function signInByCode(
  db: Database,
  stepCookie: string | undefined,
  given: string,
  from: SignInOrigin,
): Promise<SignedIn> {
  const { ticket, person } = await findStep(db, stepCookie)
  const { userId } = person
  const deviceId = await findKnownBrowser(db, from.device, person.email)
  const code = given.replace(/[\s-]/g, '')
  try {
    const takeBack = await countCode(db, userId, deviceId)
    const signedIn = await beginSignedIn(db, person, deviceId, from, async (tx) => {
      await spendTicket(tx, ticket)
      if (/^\d{6}$/.test(code)) {
        if (await takeCode(tx, userId, code)) return 'password_code'
      } else if (await takeRecoveryCode(tx, userId, code)) {
        await noteRecoveryCode(tx, person, from)
        return 'password_recovery_code'
      }
      throw invalidField('code', WRONG_CODE)
    })
    await takeBack()
    return signedIn
  } catch (error) {
    if (isRefusal(error) && error.code === 'invalid') await recordRefusal(db, person, from, 'wrong_code')
    // One event for all that are not looked at.
    if (error instanceof TooManyAttempts && error.begins) await recordRefusal(db, person, from, 'too_many_attempts')
    throw error
  }
}

/** Asks for a passkey as the second factor. @throws {Refusal} `step_ended` */
export async function askForSecondPasskey(db: Database, stepCookie: string | undefined): Promise<PasskeyRequest> {
  const { person } = await findStep(db, stepCookie)
  return askForPasskey(db, 'passkey_second', person.userId)
}

/**
 * Finishes a sign-in by a passkey after the password.
 * @throws {Refusal} `wrong_password` when it is not accepted; `step_ended`
 */
export async function signInBySecondPasskey(
  db: Database,
  { stepCookie, ...given }: { stepCookie: string | undefined; ticketCookie: string | undefined; answer: PasskeyAnswer },
  from: SignInOrigin,
): Promise<SignedIn> {
  const { ticket, person } = await findStep(db, stepCookie)
  const passkey = await provePasskey(db, 'passkey_second', { ...given, userId: person.userId }, from)
  return beginSignedIn(db, person, recognizeDevice(from.device, person.email), from, async (tx) => {
    await spendTicket(tx, ticket)
    await passkey.use(tx)
    return 'password_passkey'
  })
}

/**
 * Signs in by a passkey alone, which says whose it is.
 * @throws {Refusal} `wrong_password` when it is not accepted; `step_ended`
 */
export async function signInByPasskey(
  db: Database,
  given: { ticketCookie: string | undefined; answer: PasskeyAnswer },
  from: SignInOrigin,
): Promise<SignedIn> {
  const { person, use } = await provePasskey(db, 'passkey_alone', { ...given, userId: null }, from)
  const prove = async (tx: Database): Promise<SignInMethod> => {
    await use(tx)
    return 'passkey'
  }
  return beginSignedIn(db, person, recognizeDevice(from.device, person.email), from, prove)
}

async function findStep(db: Database, stepCookie: string | undefined): Promise<Step> {
  const ticket = await readTicket('second_factor', stepTicket, stepCookie)
  const person = await findPersonById(db, ticket.data.sub)
  if (person?.sessionVersion !== ticket.data.ver) {
    throw new Refusal('step_ended', 'Your password was changed, or you were signed out everywhere. Begin anew.')
  }
  return { ticket, person }
}

async function noteRecoveryCode(tx: Database, person: Person, from: SignInOrigin): Promise<void> {
  const { userId, name, email, accountId, language } = person
  const left = await countRecoveryCodes(tx, userId)
  const actorIn = (id: string) => userActor({ id: userId, name }, id, from)
  await recordInEachAccount(tx, userId, actorIn, 'user.recovery_code_used', { left })
  await recordPersonalMail(tx, accountId, { name, address: email, language }, 'recovery_code.used', {
    at: new Date().toISOString(),
    ...{ address: from.address, browser: browserName(from.userAgent) },
    left,
  })
}
