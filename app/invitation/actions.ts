'use server'

import { redirect } from 'next/navigation'
import { roleInWords } from '@/app/settings/account/words'
import { refusalOf, signIn } from '@/auth'
import { acceptAsNewUser, acceptAsUser, acceptInvitationInput, findInvitation, givenLink } from '@/lib/accounts'
import { invalidField, isRefusal, Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'
import { requestOrigin } from '../request'
import { enterAccount, getPerson, readPerson } from '../session'

/** What the page says of an invitation. */
export interface SeenInvitation {
  account: string
  email: string
  role: string
  by: string
  /** What is to be done: make a user, give the password of one's user, or only say yes. */
  way: 'new' | 'password' | 'signed-in'
}

/** What a link invites to, or why to nothing. */
export async function lookAtInvitation(token: string): Promise<ActionAnswer<SeenInvitation>> {
  return answer(async () => {
    const { account, email, invitedByName, user, ...held } = await findInvitation(
      getRuntime().database.db,
      parseInput(givenLink, token),
    )
    const session = await getPerson()
    if (session && session.user.email !== email) {
      throw new Refusal(
        'forbidden',
        `This invitation is for ${email}, and you are signed in as ${session.user.email}. Sign out, then open the link in the e-mail again.`,
      )
    }
    return {
      account,
      email,
      role: roleInWords(held),
      by: invitedByName,
      way: session ? 'signed-in' : user ? 'password' : 'new',
    }
  })
}

/** Makes a user of whoever is invited and signs them in; returns only when it is refused. */
export async function acceptAsNewUserAction(_: FormState, data: FormData): Promise<FormState> {
  const { token, password, name } = textFields(data, 'token', 'password', 'name')
  const result = await answer(async () => {
    const input = parseInput(acceptInvitationInput, { token, name, password })
    return acceptAsNewUser(getRuntime().database.db, input, withoutDevice(await requestOrigin()))
  })
  if (!result.ok) return refusedForm(result, { name })
  const { email } = result.value
  // They are in whatever happens now; at worst they sign in by hand. Who comes back may have a second factor.
  const signedIn = await answer(() =>
    signIn('credentials', { redirect: false, email, password }).catch((error) => {
      throw refusalOf(error)
    }),
  )
  if (!signedIn.ok) redirect(signedIn.code === 'second_factor_required' ? '/sign-in/second-factor' : '/sign-in')
  redirect('/')
}

/** Makes a user a member of one more account, and leads into it; returns only when it is refused. */
export async function acceptAsUserAction(_: FormState, data: FormData): Promise<FormState> {
  const { token, password } = textFields(data, 'token', 'password')
  const result = await answer(async () => {
    const { db } = getRuntime().database
    if (!(await readPerson())) await signInAs((await findInvitation(db, parseInput(givenLink, token))).email, password)
    const session = await readPerson()
    if (!session) throw new Refusal('not_signed_in', 'You are no longer signed in. Open the link in the e-mail again.')
    const { accountId } = await acceptAsUser(db, token, session, withoutDevice(await requestOrigin()))
    await enterAccount(accountId)
  })
  if (!result.ok) return refusedForm(result)
  redirect('/')
}

async function signInAs(email: string, password: string): Promise<void> {
  try {
    await signIn('credentials', { redirect: false, email, password })
  } catch (error) {
    const refusal = refusalOf(error)
    if (isRefusal(refusal) && refusal.code === 'second_factor_required') {
      throw new Refusal(
        'second_factor_required',
        'Your sign-in takes a second factor. Sign in first, then open the link in the e-mail again.',
      )
    }
    if (!isRefusal(refusal) || refusal.code === 'too_many_attempts') throw refusal
    throw invalidField('password', 'This is not your password.')
  }
}

function withoutDevice({ device: _, ...origin }: Awaited<ReturnType<typeof requestOrigin>>) {
  return origin
}
