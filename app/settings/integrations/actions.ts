'use server'

import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import {
  createIntegration,
  deleteIntegration,
  integrationChanges,
  integrationForm,
  type Tried,
  tryInput,
  tryIntegration,
  updateIntegration,
} from '@/lib/integrations'
import { proxyDeps } from '@/lib/integrations/runtime'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../data/action-result'
import { problemOf } from './form-words'
import type { Integration } from './words'

// Each action: who asks, what they ask, one function of the domain. What a browser sends is `unknown` until it is parsed.

/** Makes an integration; `value` is its id. */
export async function addIntegration(input: unknown): Promise<ActionResult<string>> {
  return worded(async () => {
    const actor = await requireActor('integrations:create', { recentPassword: true })
    return createIntegration(store(), actor, parseInput(integrationForm, input))
  })
}

/** Changes the fields that are given. */
export async function editIntegration(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('integrations:update', { recentPassword: true })
    await updateIntegration(store(), actor, integrationId(id), parseInput(integrationChanges, input))
  })
}

/** Pauses or resumes; `value` is the state that it has now. */
export async function changeState(id: unknown, state: unknown): Promise<ActionResult<Integration['state']>> {
  return worded(async () => {
    const actor = await requireActor('integrations:update', { recentPassword: true })
    const changes = parseInput(integrationChanges.pick({ state: true }).required(), { state })
    await updateIntegration(store(), actor, integrationId(id), changes)
    return changes.state
  })
}

/** Deletes an integration. */
export async function removeIntegration(id: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('integrations:delete', { recentPassword: true })
    await deleteIntegration(store().db, actor, integrationId(id))
  })
}

/** Sends a call, as an app would. It is a real one. */
export async function tryCall(id: unknown, input: unknown): Promise<ActionResult<Tried>> {
  return worded(async () => {
    const actor = await requireActor('integrations:use', { recentPassword: true })
    return tryIntegration(proxyDeps(), actor, integrationId(id), parseInput(tryInput, input))
  })
}

async function worded<Value>(work: () => Promise<Value>): Promise<ActionResult<Value>> {
  const result: ActionAnswer<Value> = await answer(work)
  return result.ok ? result : problemOf(result)
}

/** What is no string is nobody's id; the domain says so of the rest. */
function integrationId(id: unknown): string {
  if (typeof id !== 'string') throw new Refusal('not_found', 'There is no such integration.')
  return id
}

function store() {
  const { database, egress } = getRuntime()
  return { db: database.db, policy: egress.policy }
}
