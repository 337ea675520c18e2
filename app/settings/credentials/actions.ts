'use server'

import { z } from 'zod'
import { answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { type RenewalResource, renewalResource } from '@/lib/api/credential-resources'
import type { Actor } from '@/lib/audit'
import {
  createCredential,
  credentialChanges,
  credentialForm,
  deleteCredential,
  discardDraft,
  renewNow,
  updateCredential,
} from '@/lib/credentials'
import { credentialStore } from '@/lib/credentials/runtime'
import { parseInput } from '@/lib/input'
import { keepCredentials, keepCredentialsInput } from '@/lib/review'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../data/action-result'
import { type Asked, problemOf } from './refusal-words'

// Each action: who asks, what they ask, one function of the domain. What a browser sends is `unknown` until it is parsed.

const idInput = z.string().max(128)
const deletionInput = z.strictObject({ even_if_used: z.boolean() })

/** Stores a credential; `value` is its id. */
export async function saveCredential(input: unknown): Promise<ActionResult<string>> {
  return worded(async () => {
    const actor = await actorWithPassword('credentials:create')
    return createCredential(credentialStore(), actor, parseInput(credentialForm, input))
  })
}

/** Changes a credential: what is given of it; `value` is its id. */
export async function changeCredential(id: unknown, input: unknown): Promise<ActionResult<string>> {
  return worded(async () => {
    const actor = await actorWithPassword('credentials:update')
    const changed = parseInput(idInput, id)
    await updateCredential(credentialStore(), actor, changed, parseInput(credentialChanges, input))
    return changed
  })
}

/** Deletes a credential; with `even_if_used`, although integrations use it. */
export async function removeCredential(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await actorWithPassword('credentials:delete')
    const { even_if_used: evenIfUsed } = parseInput(deletionInput, input)
    await deleteCredential(credentialStore(), actor, parseInput(idInput, id), { evenIfUsed })
  })
}

/** Decides to keep credentials although something is found about them; `value` is how many. */
export async function keepFoundCredentials(input: unknown): Promise<ActionResult<number>> {
  return worded(async () => {
    const actor = await requireActor('credentials:update')
    return keepCredentials(getRuntime().database.db, actor, parseInput(keepCredentialsInput, input))
  })
}

/** Renews a credential's tokens; `value` is what came of it, good or bad. */
export async function renewCredentialNow(id: unknown): Promise<ActionResult<RenewalResource>> {
  return worded(async () => {
    const actor = await requireActor('credentials:test')
    return renewalResource(await renewNow(credentialStore(), actor, parseInput(idInput, id)))
  }, 'stored')
}

/** Discards what a test has kept of a form that was not saved, with its tokens. */
export async function discardTestedForm(id: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await actorWithPassword('credentials:test')
    const { db, vault } = credentialStore()
    await discardDraft(db, vault, actor, parseInput(idInput, id))
  })
}

async function worded<Value>(work: () => Promise<Value>, asked?: Asked): Promise<ActionResult<Value>> {
  const result = await answer(work)
  return result.ok ? result : problemOf(result, asked)
}

function actorWithPassword(permission: Parameters<typeof requireActor>[0]): Promise<Actor> {
  return requireActor(permission, { recentPassword: true })
}
