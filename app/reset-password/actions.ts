'use server'

import { redirect } from 'next/navigation'
import { deviceCookie, findResetLink, givenLink, newPasswordInput, resetForgottenPassword } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'
import { requestOrigin, setCookie } from '../request'

/** Whose password a link sets, or why it sets none. */
export async function lookAtResetLink(token: string): Promise<ActionAnswer<{ email: string }>> {
  return answer(() => findResetLink(getRuntime().database.db, parseInput(givenLink, token)))
}

/** Leads to the sign-in page, where the new password is used at once; returns only when it is refused. */
export async function resetPasswordAction(_: FormState, data: FormData): Promise<FormState> {
  const result = await answer(async () => {
    const { database, jobs } = getRuntime()
    const input = parseInput(newPasswordInput, textFields(data, 'token', 'password'))
    const { device } = await resetForgottenPassword(database.db, input, await requestOrigin())
    if (device !== null) await setCookie(deviceCookie(), device)
    jobs?.trigger('notifications.deliver')
  })
  if (!result.ok) return refusedForm(result)
  redirect('/sign-in?password=set')
}
