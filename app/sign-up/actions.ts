'use server'

import { redirect } from 'next/navigation'
import { signIn } from '@/auth'
import { createAccountInput, signUp } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'
import { requestOrigin } from '../request'

export async function signUpAction(_: FormState, data: FormData): Promise<FormState> {
  const { password, ...values } = textFields(data, 'account_name', 'name', 'email', 'password')
  const result = await answer(async () => {
    const input = parseInput(createAccountInput, { ...values, password })
    const { config, database } = getRuntime()
    await signUp(database.db, input, { mode: config.signUp, origin: await requestOrigin() })
    return input.email
  })
  if (!result.ok) return refusedForm(result, values)
  // The account is there whatever happens now; at worst its owner signs in by hand.
  const signedIn = await answer(() => signIn('credentials', { redirect: false, email: result.value, password }))
  redirect(signedIn.ok ? '/' : '/sign-in')
}
