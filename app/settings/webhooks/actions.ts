'use server'

import { z } from 'zod'
import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import {
  createWebhook,
  deleteWebhook,
  replayMessage,
  rotateWebhookSecret,
  rotationInput,
  sendTestMessage,
  setWebhookState,
  updateWebhook,
  webhookChanges,
  webhookForm,
} from '@/lib/webhooks'
import type { ActionResult } from '../data/action-result'
import { problemOf } from './refusal-words'

const someId = z.string().max(64)

/** Makes a webhook. This answer is the only thing that ever holds its secret. */
export async function addWebhook(input: unknown): Promise<ActionResult<{ id: string; secret: string }>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage', { recentPassword: true })
    const { id, secret } = await createWebhook(store(), actor, parseInput(webhookForm, input))
    return { id, secret: secret.reveal() }
  })
}

/** Changes the fields of a webhook that are given. */
export async function changeWebhook(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage', { recentPassword: true })
    await updateWebhook(store(), actor, parseInput(someId, id), parseInput(webhookChanges, input))
  })
}

/** Puts a new secret in the place of the present one. This answer is the only thing that ever holds it. */
export async function rotateSecret(id: unknown, input: unknown): Promise<ActionResult<string>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage', { recentPassword: true })
    const { overlap_hours } = parseInput(rotationInput, input)
    return (await rotateWebhookSecret(store(), actor, parseInput(someId, id), overlap_hours)).reveal()
  })
}

/** Stops what is sent, or has it go on. */
export async function switchWebhook(id: unknown, isOn: boolean): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage')
    await setWebhookState(store().db, actor, parseInput(someId, id), isOn ? 'enabled' : 'paused')
    deliverSoon()
  })
}

/** Has a message sent that tells of nothing. */
export async function tryWebhook(id: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage')
    await sendTestMessage(store().db, actor, parseInput(someId, id))
    deliverSoon()
  })
}

/** Sends a message once more. */
export async function replay(messageId: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage')
    await replayMessage(store().db, actor, parseInput(someId, messageId))
    deliverSoon()
  })
}

/** Deletes a webhook with all that was sent to it. */
export async function removeWebhook(id: unknown): Promise<ActionResult<void>> {
  return worded(async () => {
    const actor = await requireActor('webhooks:manage', { recentPassword: true })
    await deleteWebhook(store(), actor, parseInput(someId, id))
  })
}

function store() {
  const { database, vault, egress } = getRuntime()
  return { db: database.db, vault, policy: egress.policy }
}

function deliverSoon(): void {
  getRuntime().jobs?.trigger('webhooks.deliver')
}

async function worded<Value>(work: () => Promise<Value>): Promise<ActionResult<Value>> {
  const result: ActionAnswer<Value> = await answer(work)
  return result.ok ? result : problemOf(result)
}
