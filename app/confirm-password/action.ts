'use server'

import { refusalOf, signIn } from '@/auth'
import { givenPassword } from '@/lib/accounts'
import { invalidField, isRefusal, Refusal } from '@/lib/errors'
import { type ActionAnswer, answer } from '../action-answer'
import { getSession } from '../session'

/**
 * Takes the password of whoever is signed in again. When it is right, the session counts as one with a password just
 * given, and what was refused with `password_required` may be tried again.
 */
export async function confirmPassword(password: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const session = await getSession()
    if (!session)
      throw new Refusal('not_signed_in', 'You are no longer signed in. Sign in again, for example in another tab.')
    if (!givenPassword.safeParse(password).success) throw invalidField('password', 'Enter your password.')
    try {
      await signIn('credentials', { redirect: false, email: session.user.email, password })
    } catch (error) {
      const refusal = refusalOf(error)
      if (!isRefusal(refusal) || refusal.code !== 'wrong_password') throw refusal
      throw invalidField('password', 'This is not your password.')
    }
    return null
  })
}
