'use server'

import { redirect } from 'next/navigation'
import { refusalOf, signIn } from '@/auth'
import { askForPasskey, type PasskeyRequest, passkeyAnswer, signInByPasskey, ticketCookie } from '@/lib/accounts'
import { invalidField, isRefusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { localPath } from '@/lib/local-path'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'
import { requestOrigin, setCookie } from '../request'
import { readTicketCookie, setSignedIn } from '../session'

export async function signInAction(_: FormState, data: FormData): Promise<FormState> {
  const { email, password, next } = textFields(data, 'email', 'password', 'next')
  const result = await answer(async () => {
    try {
      await signIn('credentials', { redirect: false, email, password })
    } catch (error) {
      const refusal = refusalOf(error)
      // It may be either; the cursor belongs into the one that is not shown.
      throw isRefusal(refusal) && refusal.code === 'wrong_password'
        ? invalidField('password', refusal.message)
        : refusal
    }
  })
  if (!result.ok) {
    if (result.code !== 'second_factor_required') return refusedForm(result, { email })
    redirect(`/sign-in/second-factor?next=${encodeURIComponent(localPath(next))}`)
  }
  redirect(localPath(next))
}

/** What the browser is to have signed by a passkey, whosever it is. */
export async function askForPasskeyAction(): Promise<ActionAnswer<PasskeyRequest['options']>> {
  return answer(async () => {
    const { options, ticket } = await askForPasskey(getRuntime().database.db, 'passkey_alone', null)
    await setCookie(ticketCookie('passkey_alone'), ticket)
    return options
  })
}

/** Signs in by a passkey alone. */
export async function signInByPasskeyAction(input: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const given = { answer: parseInput(passkeyAnswer, input), ticketCookie: await readTicketCookie('passkey_alone') }
    await setSignedIn(await signInByPasskey(getRuntime().database.db, given, await requestOrigin()))
    return null
  })
}
