'use server'

import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import {
  apiKeyId,
  bulkRevocationInput,
  changeApiKey,
  createApiKey,
  createKeyInput,
  endOverlap,
  type IssuedKey,
  keyLimitsInput,
  narrowScopes,
  narrowScopesInput,
  overlapChangeInput,
  pauseApiKey,
  personGrantor,
  regenerateApiKey,
  regenerateKeyInput,
  renameApiKey,
  renameKeyInput,
  requestBulkRevocation,
  resumeApiKey,
  revokeApiKey,
  revokeKeyInput,
  setRetireWhenSilent,
  startRehearsal,
  stopRehearsal,
} from '@/lib/api-keys'
import type { Actor } from '@/lib/audit'
import { parseInput } from '@/lib/input'
import { markLeaksHandled } from '@/lib/leaks'
import { keepKeys, keepKeysInput, requestReviewRevocation, reviewRevocationInput } from '@/lib/review'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../data/action-result'
import { type FormField, problemOf } from './refusal-words'

// Each action: who asks, what they ask, one function of the domain. What a browser sends is `unknown` until it is parsed.

const limitFields = ['rate', 'monthly_quota', 'addresses', 'methods'] as const
const newKeyFields = ['name', 'environment', 'scopes', 'integrations', 'expires_at', ...limitFields] as const

/** A token that was just made, with the public address of this server for the requests that are shown with it. */
export interface IssuedToken extends IssuedKey {
  origin: string
}

/** Makes a key. This answer is the only thing that ever holds its token. */
export async function generateKey(input: unknown): Promise<ActionResult<IssuedToken>> {
  return worded(newKeyFields, async () => {
    const actor = await actorWithPassword('keys:create')
    return issued(await createApiKey(database(), actor, parseInput(createKeyInput, input), personGrantor(actor)))
  })
}

/** Puts a new key in the place of one. This answer is the only thing that ever holds its token. */
export async function regenerateKey(id: unknown, input: unknown): Promise<ActionResult<IssuedToken>> {
  return worded(['overlap'], async () => {
    const actor = await actorWithPassword('keys:manage')
    return issued(
      await regenerateApiKey(
        database(),
        actor,
        parseInput(apiKeyId, id),
        parseInput(regenerateKeyInput, input),
        personGrantor(actor),
      ),
    )
  })
}

/** Revokes a key; `value` is whether it was this call that did. */
export async function revokeKey(id: unknown, input: unknown): Promise<ActionResult<boolean>> {
  return worded(['reason'], async () => {
    const actor = await actorWithPassword('keys:manage')
    const { reason } = parseInput(revokeKeyInput, input)
    return revokeApiKey(database(), actor, parseInput(apiKeyId, id), reason)
  })
}

/** Gives a key another name. */
export async function renameKey(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded(['name'], async () => {
    const actor = await requireActor('keys:manage')
    const { name } = parseInput(renameKeyInput, input)
    await renameApiKey(database(), actor, parseInput(apiKeyId, id), name)
  })
}

/** Changes how often, from where and with which methods a key may be used. */
export async function changeLimits(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded(limitFields, async () => {
    const actor = await actorWithPassword('keys:manage')
    await changeApiKey(database(), actor, parseInput(apiKeyId, id), parseInput(keyLimitsInput, input))
  })
}

/** Has a key not be accepted until it is resumed. */
export async function pauseKey(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await actorWithPassword('keys:manage')
    await pauseApiKey(database(), actor, parseInput(apiKeyId, id))
  })
}

/** Has a paused key be accepted again. */
export async function resumeKey(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await actorWithPassword('keys:manage')
    await resumeApiKey(database(), actor, parseInput(apiKeyId, id), personGrantor(actor))
  })
}

/** Stops a retiring key now. */
export async function endOverlapNow(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await actorWithPassword('keys:manage')
    await endOverlap(database(), actor, parseInput(apiKeyId, id))
  })
}

/** Chooses whether a retiring key stops early, once it has been silent. */
export async function changeOverlap(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    // An old token is let live longer by it.
    const actor = await actorWithPassword('keys:manage')
    const { retire_when_silent } = parseInput(overlapChangeInput, input)
    await setRetireWhenSilent(database(), actor, parseInput(apiKeyId, id), retire_when_silent)
  })
}

/** Says that all is done that a key's leak asks for. */
export async function markLeakHandled(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await requireActor('keys:manage')
    await markLeaksHandled(database(), actor, parseInput(apiKeyId, id))
  })
}

/** Asks for these keys to be revoked; `value` is the id of the bulk revocation. */
export async function revokeKeys(input: unknown): Promise<ActionResult<string>> {
  return bulk(async (actor) => {
    const { keys, reason } = parseInput(bulkRevocationInput, input)
    return requestBulkRevocation(database(), actor, keys, reason)
  })
}

/** Asks for all keys that come up for review to be revoked, all but some; `value` is the id of the bulk revocation. */
export async function revokeKeysUnderReview(input: unknown): Promise<ActionResult<string>> {
  return bulk((actor) => requestReviewRevocation(database(), actor, parseInput(reviewRevocationInput, input)))
}

/** Decides to keep keys although something is found about them; `value` is how many. */
export async function keepFoundKeys(input: unknown): Promise<ActionResult<number>> {
  return worded(['reason', 'days'], async () => {
    const actor = await requireActor('keys:manage')
    return keepKeys(database(), actor, parseInput(keepKeysInput, input))
  })
}

/** Begins to rehearse the revocation of a key. */
export async function rehearseRevoke(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await requireActor('keys:manage')
    await startRehearsal(database(), actor, parseInput(apiKeyId, id))
  })
}

/** Stops to rehearse the revocation of a key. */
export async function stopRehearsing(id: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await requireActor('keys:manage')
    await stopRehearsal(database(), actor, parseInput(apiKeyId, id))
  })
}

/** Takes scopes from a key. */
export async function narrowKey(id: unknown, input: unknown): Promise<ActionResult<void>> {
  return worded([], async () => {
    const actor = await actorWithPassword('keys:manage')
    const { scopes } = parseInput(narrowScopesInput, input)
    await narrowScopes(database(), actor, parseInput(apiKeyId, id), scopes)
  })
}

async function bulk(request: (actor: Actor) => Promise<string>): Promise<ActionResult<string>> {
  return worded(['reason'], async () => {
    const id = await request(await actorWithPassword('keys:manage'))
    getRuntime().jobs?.trigger('api-keys.bulk-revocations')
    return id
  })
}

/** @param form the fields of the form that asks */
async function worded<Value>(form: readonly FormField[], work: () => Promise<Value>): Promise<ActionResult<Value>> {
  const result: ActionAnswer<Value> = await answer(work)
  return result.ok ? result : problemOf(result, form)
}

function actorWithPassword(permission: 'keys:create' | 'keys:manage') {
  return requireActor(permission, { recentPassword: true })
}

function database() {
  return getRuntime().database.db
}

function issued(key: IssuedKey): IssuedToken {
  return { ...key, origin: getRuntime().config.url }
}
