'use server'

import { redirect } from 'next/navigation'
import { refusalOf, signIn } from '@/auth'
import { invalidField, isRefusal } from '@/lib/errors'
import { localPath } from '@/lib/local-path'
import { answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'

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
  if (!result.ok) return refusedForm(result, { email })
  redirect(localPath(next))
}
