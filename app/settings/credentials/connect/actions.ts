'use server'

import { cookies } from 'next/headers'
import { z } from 'zod'
import { answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import type { Actor } from '@/lib/audit'
import {
  beginForm,
  beginStored,
  cancelConsent,
  credentialForm,
  discardAccount,
  disconnect,
  fillFromIssuer,
  replaceAccount,
} from '@/lib/credentials'
import { credentialStore } from '@/lib/credentials/runtime'
import { callableUrl } from '@/lib/credentials/urls'
import { Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { callbackUrl } from '@/lib/oauth/connect/callback'
import { connectCookie, newBrowserKey } from '@/lib/oauth/connect/state'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../../data/action-result'
import { type Asked, problemOf } from '../refusal-words'

// Connecting: who asks, what they ask, one function of the domain.

const idInput = z.string().max(128)
const displayInput = z.enum(['popup', 'page'])
const issuerInput = z.strictObject({ issuer: callableUrl })

type Begun = Awaited<ReturnType<typeof beginForm>>

/** Begins to connect what a form says; `credentialId`: of an edit. */
export async function connectForm(
  credentialId: unknown,
  form: unknown,
  display: unknown,
): Promise<ActionResult<Begun>> {
  return worded(async () => {
    const edited = parseInput(idInput.nullable(), credentialId)
    const person = await personWithPassword(edited === null ? 'credentials:create' : 'credentials:update')
    return beginForm(credentialStore(), person, parseInput(credentialForm, form), edited, await begin(display))
  })
}

/** Begins to connect a stored credential, or to connect it anew. */
export async function connectCredential(id: unknown, display: unknown): Promise<ActionResult<Begun>> {
  return worded(async () => {
    const person = await personWithPassword('credentials:reauthorize')
    return beginStored(credentialStore(), person, parseInput(idInput, id), await begin(display))
  }, 'stored')
}

/** Decides on another account that has come back. */
export async function decideOnAccount(consent: unknown, replace: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const person = await personWithPassword('credentials:reauthorize')
    const decide = parseInput(z.boolean(), replace) ? replaceAccount : discardAccount
    await decide(credentialStore(), person, parseInput(idInput, consent))
  })
}

/** Calls a consent off, for whoever may begin one. */
export async function cancelConnecting(consent: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const mayBegin = ['credentials:reauthorize', 'credentials:create', 'credentials:update'] as const
    const person = asPerson(await requireActor(mayBegin))
    await cancelConsent(credentialStore(), person, parseInput(idInput, consent))
  })
}

/** Takes tokens back where that can be done, and forgets them; `value` is what is known of them at the provider. */
export async function disconnectCredential(id: unknown): Promise<ActionResult<Awaited<ReturnType<typeof disconnect>>>> {
  return worded(async () => {
    const person = await personWithPassword('credentials:update')
    return disconnect(credentialStore(), person, parseInput(idInput, id))
  }, 'stored')
}

/** What an issuer says of itself, for the fields of the form. */
export async function readIssuer(issuer: unknown): Promise<ActionResult<Awaited<ReturnType<typeof fillFromIssuer>>>> {
  return worded(async () => {
    const actor = await requireActor(['credentials:create', 'credentials:update'])
    const input = parseInput(issuerInput, { issuer })
    return fillFromIssuer(credentialStore(), actor, input.issuer)
  })
}

async function worded<Value>(work: () => Promise<Value>, asked: Asked = 'connect'): Promise<ActionResult<Value>> {
  const result = await answer(work)
  return result.ok ? result : problemOf(result, asked)
}

async function personWithPassword(permission: Parameters<typeof requireActor>[0]) {
  return asPerson(await requireActor(permission, { recentPassword: true }))
}

function asPerson(actor: Actor): Actor & { id: string } {
  const { id } = actor
  if (id === null) throw new Refusal('forbidden', 'Only a person can connect a service.')
  return { ...actor, id }
}

/** Where a consent is begun. The browser gets its cookie if it has none yet: others may be under way by the same. */
async function begin(display: unknown) {
  const { url } = getRuntime().config
  const { name, options } = connectCookie(url)
  const jar = await cookies()
  const known = jar.get(name)?.value
  const browserKey = known && /^[\w-]{43}$/.test(known) ? known : newBrowserKey()
  if (browserKey !== known) jar.set(name, browserKey, options)
  return { browserKey, display: parseInput(displayInput, display), redirectUri: callbackUrl(url) }
}
