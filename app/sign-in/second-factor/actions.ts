'use server'

import { redirect } from 'next/navigation'
import {
  askForSecondPasskey,
  passkeyAnswer,
  type SignedIn,
  signInByCode,
  signInBySecondPasskey,
  ticketCookie,
} from '@/lib/accounts'
import { invalidField } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { localPath } from '@/lib/local-path'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../action-answer'
import { type FormState, refusedForm, textFields } from '../../form-state'
import { requestOrigin, setCookie } from '../../request'
import { readTicketCookie, setSignedIn } from '../../session'

/** Finishes a sign-in by a code of the app or a recovery code; returns only when it is refused. */
export async function giveCodeAction(_: FormState, data: FormData): Promise<FormState> {
  const { code, next } = textFields(data, 'code', 'next')
  const result = await answer(async () => {
    if (code.trim() === '' || code.length > 100) throw invalidField('code', 'Enter the code.')
    const step = await readTicketCookie('second_factor')
    await setSignedIn(await signInByCode(getRuntime().database.db, step, code, await requestOrigin()))
  })
  if (!result.ok) {
    if (result.code === 'step_ended') redirect(`/sign-in?ended=step&next=${encodeURIComponent(localPath(next))}`)
    return refusedForm(result)
  }
  redirect(localPath(next))
}

/** What the browser is to have signed by a passkey of the person. */
export async function askForSecondPasskeyAction(): Promise<
  ActionAnswer<Awaited<ReturnType<typeof askForSecondPasskey>>['options']>
> {
  return answer(async () => {
    const { options, ticket } = await askForSecondPasskey(
      getRuntime().database.db,
      await readTicketCookie('second_factor'),
    )
    await setCookie(ticketCookie('passkey_second'), ticket)
    return options
  })
}

/** Finishes a sign-in by a passkey after the password. */
export async function giveSecondPasskeyAction(input: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const given = parseInput(passkeyAnswer, input)
    const [stepCookie, cookie] = await Promise.all([
      readTicketCookie('second_factor'),
      readTicketCookie('passkey_second'),
    ])
    const signedIn: SignedIn = await signInBySecondPasskey(
      getRuntime().database.db,
      { stepCookie, ticketCookie: cookie, answer: given },
      await requestOrigin(),
    )
    await setSignedIn(signedIn)
    return null
  })
}
