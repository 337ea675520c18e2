'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { signIn, signOut } from '@/auth'
import {
  changeName,
  changeNameInput,
  changePassword,
  changePasswordInput,
  type Session,
  signOutEverywhere,
} from '@/lib/accounts'
import { Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionRefusal, answer } from '../../action-answer'
import { type FormState, refusedForm, textFields } from '../../form-state'
import { requestOrigin } from '../../request'
import { enterAccount, getSession } from '../../session'

export async function changeNameAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'name')
  const result = await answer(async () => {
    const session = await requireOwnSession()
    await changeName(getRuntime().database.db, session, parseInput(changeNameInput, values), await requestOrigin())
  })
  if (!result.ok) return refusedForm(result, values)
  revalidatePath('/settings', 'layout')
  return { errors: {}, values: {}, done: 'Name saved.' }
}

export async function changePasswordAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'current_password', 'new_password')
  const result = await answer(async () => {
    const session = await requireOwnSession()
    const input = parseInput(changePasswordInput, values)
    await changePassword(getRuntime().database.db, session, input, await requestOrigin())
    // All sessions have ended, this one too: begin it anew.
    await signIn('credentials', { redirect: false, email: session.user.email, password: input.new_password })
    getRuntime().jobs?.trigger('notifications.deliver')
  })
  if (!result.ok) return refusedForm(result)
  revalidatePath('/settings', 'layout')
  return { errors: {}, values: {}, done: 'Password changed. Every other browser is signed out.' }
}

/** Leads to the sign-in page; returns only when it is refused. */
export async function signOutEverywhereAction(): Promise<ActionRefusal> {
  const result = await answer(async () => {
    const session = await requireOwnSession()
    await signOutEverywhere(getRuntime().database.db, session, await requestOrigin())
    await signOut({ redirect: false })
  })
  if (!result.ok) return result
  redirect('/sign-in?ended=everywhere')
}

/** Has this browser go on in another account of the person; the page loads the next one as a whole. */
export async function enterAccountAction(accountId: string): Promise<ActionRefusal | { ok: true }> {
  return answer(async () => {
    await requireOwnSession()
    await enterAccount(parseInput(z.string().max(64), accountId))
  })
}

/** What people do to themselves needs no permission of their role. */
async function requireOwnSession(): Promise<Session> {
  const session = await getSession()
  if (session) return session
  throw new Refusal('not_signed_in', 'You are no longer signed in. Sign in again, for example in another tab.')
}
