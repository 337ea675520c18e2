'use server'

import {
  askToConfirm,
  confirmByPasskey,
  confirmByPassword,
  givenPassword,
  hasPasskeys,
  listFactors,
  type PasskeyRequest,
  passkeyAnswer,
  ticketCookie,
} from '@/lib/accounts'
import { invalidField } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../action-answer'
import { requestOrigin, setCookie } from '../request'
import { noteConfirmed, readTicketCookie, requirePerson } from '../session'

/**
 * Takes the password of whoever is signed in again. When it is right, the session counts as one with a password just
 * given, and what was refused with `password_required` may be tried again.
 */
export async function confirmPassword(password: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const session = await requirePerson({ evenWithoutSecondFactor: true })
    const given = givenPassword.safeParse(password)
    if (!given.success) throw invalidField('password', 'Enter your password.')
    await confirmByPassword(getRuntime().database.db, session, given.data, await requestOrigin())
    await noteConfirmed()
    return null
  })
}

/** Whether whoever is signed in may give a passkey instead. */
export async function mayConfirmByPasskey(): Promise<ActionAnswer<boolean>> {
  return answer(async () => {
    const { user } = await requirePerson({ evenWithoutSecondFactor: true })
    return hasPasskeys() && (await listFactors(getRuntime().database.db, user.id)).passkeys.length > 0
  })
}

/** What the browser is to have signed by a passkey of whoever is signed in. */
export async function askToConfirmByPasskey(): Promise<ActionAnswer<PasskeyRequest['options']>> {
  return answer(async () => {
    const session = await requirePerson({ evenWithoutSecondFactor: true })
    const { options, ticket } = await askToConfirm(getRuntime().database.db, session)
    await setCookie(ticketCookie('passkey_confirm'), ticket)
    return options
  })
}

/** Takes a passkey of whoever is signed in, which counts as their password does. */
export async function confirmPasskey(input: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const session = await requirePerson({ evenWithoutSecondFactor: true })
    const given = { answer: parseInput(passkeyAnswer, input), ticketCookie: await readTicketCookie('passkey_confirm') }
    await confirmByPasskey(getRuntime().database.db, session, given, await requestOrigin())
    await noteConfirmed()
    return null
  })
}
