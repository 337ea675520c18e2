'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import {
  addPasskey,
  confirmAuthenticator,
  endSession,
  makeNewRecoveryCodes,
  newPasskeyInput,
  removeAuthenticator,
  removePasskey,
  startAuthenticator,
  startPasskey,
  ticketCookie,
} from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../../action-answer'
import { requestOrigin, setCookie } from '../../../request'
import { readTicketCookie, requirePerson } from '../../../session'
import { type QrCode, qrCode } from './qr-code'

// What somebody does to how they sign in. All of it works without the second factor that an account asks for: it is how one
// gets it.

const shortText = z.string().max(200)

/** An authenticator app that was begun with; both hold its secret, and are shown this once. */
export interface ShownAuthenticator {
  secret: string
  picture: QrCode
}

export async function startAuthenticatorAction(): Promise<ActionAnswer<ShownAuthenticator>> {
  return answer(async () => {
    const session = await requireSelf()
    const { secret, address } = await startAuthenticator(getRuntime().database.db, session)
    return { secret: secret.reveal(), picture: qrCode(address.reveal()) }
  })
}

/** Answers the recovery codes that were made, if any were. */
export async function confirmAuthenticatorAction(code: unknown): Promise<ActionAnswer<string[] | null>> {
  return told(async () => {
    const session = await requireSelf()
    const given = parseInput(shortText, code).replace(/\s/g, '')
    const { db } = getRuntime().database
    return (await confirmAuthenticator(db, session, given, await requestOrigin())).recoveryCodes
  })
}

export async function removeAuthenticatorAction(): Promise<ActionAnswer<null>> {
  return told(async () => {
    const session = await requireSelf()
    await removeAuthenticator(getRuntime().database.db, session, await requestOrigin())
    return null
  })
}

export async function startPasskeyAction(): Promise<ActionAnswer<Awaited<ReturnType<typeof startPasskey>>['options']>> {
  return answer(async () => {
    const session = await requireSelf()
    const { options, ticket } = await startPasskey(getRuntime().database.db, session)
    await setCookie(ticketCookie('passkey_add'), ticket)
    return options
  })
}

/** Answers the recovery codes that were made, if any were. */
export async function addPasskeyAction(input: unknown): Promise<ActionAnswer<string[] | null>> {
  return told(async () => {
    const session = await requireSelf()
    const made = parseInput(newPasskeyInput, input)
    const ticket = await readTicketCookie('passkey_add')
    return (await addPasskey(getRuntime().database.db, session, made, ticket, await requestOrigin())).recoveryCodes
  })
}

export async function removePasskeyAction(id: unknown): Promise<ActionAnswer<null>> {
  return told(async () => {
    const session = await requireSelf()
    await removePasskey(getRuntime().database.db, session, parseInput(shortText, id), await requestOrigin())
    return null
  })
}

export async function makeRecoveryCodesAction(): Promise<ActionAnswer<string[]>> {
  return told(async () => {
    const session = await requireSelf()
    return makeNewRecoveryCodes(getRuntime().database.db, session, await requestOrigin())
  })
}

/** Ends one session of the person. Asks for no password: nobody is let in by it. */
export async function endSessionAction(id: unknown): Promise<ActionAnswer<null>> {
  return told(async () => {
    const session = await requirePerson({ evenWithoutSecondFactor: true })
    await endSession(getRuntime().database.db, session, parseInput(shortText, id), await requestOrigin())
    return null
  })
}

function requireSelf() {
  return requirePerson({ recentPassword: true, evenWithoutSecondFactor: true })
}

/** For what the person may be mailed of, and the page shows. */
async function told<Value>(work: () => Promise<Value>): Promise<ActionAnswer<Value>> {
  const result = await answer(work)
  if (result.ok) getRuntime().jobs?.trigger('notifications.deliver')
  // What was removed in another tab is not to stand there any longer.
  if (result.ok || result.code === 'not_found') revalidatePath('/', 'layout')
  return result
}
