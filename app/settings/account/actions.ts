'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { signOut } from '@/auth'
import {
  anotherAccountInput,
  changeLanguage,
  changeLanguageInput,
  changeName,
  changeNameInput,
  changePassword,
  changePasswordInput,
  createAnotherAccount,
  renameAccount,
  signOutEverywhere,
} from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionRefusal, answer } from '../../action-answer'
import { type FormState, refusedForm, textFields } from '../../form-state'
import { requestOrigin } from '../../request'
import { actorOf, enterAccount, requireActor, requirePerson, setSession } from '../../session'

export async function changeNameAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'name')
  const result = await answer(async () => {
    const session = await requirePerson()
    await changeName(getRuntime().database.db, session, parseInput(changeNameInput, values), await requestOrigin())
  })
  if (!result.ok) return refusedForm(result, values)
  revalidatePath('/settings', 'layout')
  return { errors: {}, values: {}, done: 'Name saved.' }
}

/** Has the person's e-mails written in a language. */
export async function saveLanguageAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'language')
  const result = await answer(async () => {
    const actor = await actorOf(await requirePerson())
    await changeLanguage(getRuntime().database.db, actor, parseInput(changeLanguageInput, values))
  })
  if (!result.ok) return refusedForm(result, values)
  revalidatePath('/settings/account')
  return { errors: {}, values: {}, done: 'Language saved.' }
}

/** Gives the account another name. */
export async function renameAccountAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'account_name')
  const result = await answer(async () => {
    const actor = await requireActor('policies:update')
    await renameAccount(getRuntime().database.db, actor, parseInput(anotherAccountInput, values))
  })
  if (!result.ok) return refusedForm(result, values)
  revalidatePath('/settings', 'layout')
  return { errors: {}, values: {}, done: 'Account name saved.' }
}

export async function changePasswordAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'current_password', 'new_password')
  const result = await answer(async () => {
    const session = await requirePerson()
    const input = parseInput(changePasswordInput, values)
    // All sessions have ended, this one too: it begins anew.
    await setSession(await changePassword(getRuntime().database.db, session, input, await requestOrigin()))
    getRuntime().jobs?.trigger('notifications.deliver')
  })
  if (!result.ok) return refusedForm(result)
  revalidatePath('/settings', 'layout')
  return { errors: {}, values: {}, done: 'Password changed. Every other browser is signed out.' }
}

/** Leads to the sign-in page; returns only when it is refused. */
export async function signOutEverywhereAction(): Promise<ActionRefusal> {
  const result = await answer(async () => {
    const session = await requirePerson({ evenWithoutSecondFactor: true })
    await signOutEverywhere(getRuntime().database.db, session, await requestOrigin())
    await signOut({ redirect: false })
  })
  if (!result.ok) return result
  redirect('/sign-in?ended=everywhere')
}

/** Makes one more account of the person and has this browser go on in it; the page loads the next one as a whole. */
export async function createAnotherAccountAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'account_name')
  const result = await answer(async () => {
    const session = await requirePerson()
    const { config, database } = getRuntime()
    const { device: _, ...origin } = await requestOrigin()
    const input = parseInput(anotherAccountInput, values)
    await enterAccount(await createAnotherAccount(database.db, session, input, { mode: config.signUp, origin }))
  })
  return result.ok ? { errors: {}, values: {}, done: 'Account created.' } : refusedForm(result, values)
}

/** Has this browser go on in another account of the person; the page loads the next one as a whole. */
export async function enterAccountAction(accountId: string): Promise<ActionRefusal | { ok: true }> {
  return answer(async () => {
    await requirePerson({ evenWithoutSecondFactor: true, fromAnyPage: true })
    await enterAccount(parseInput(z.string().max(64), accountId))
  })
}
