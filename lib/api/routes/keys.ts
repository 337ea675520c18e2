import { createRoute } from '@hono/zod-openapi'
import {
  changeApiKey,
  changeKeyInput,
  createApiKey,
  createKeyInput,
  getApiKey,
  type IssuedKey,
  listApiKeys,
  listKeysQuery,
  pauseApiKey,
  regenerateApiKey,
  regenerateKeyInput,
  resumeApiKey,
  revokeApiKey,
  revokeKeyInput,
} from '../../api-keys'
import { recordRefusedAttempt } from '../../audit'
import { environmentMismatch } from '../../environments'
import { isRefusal } from '../../errors'
import { reachOfKey } from '../../integrations'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { requireScope } from '../authenticate'
import { type ApiContext, actorOf, callerAccountId, callerKey, callerMay, grantorOf, reachOf, wallOf } from '../context'
import { bodyProblems, idParam, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { reachResource, reachSchema } from '../integration-resources'
import { issuedKeySchema, keyListSchema, keyResource, keySchema } from '../resources'
import { requireJson } from '../validation'

const tags = ['API keys']
const params = idParam('key_019ab0c1d2e37f4a8b5c6d7e8f901234')
const inputProblems = [...keyProblems, ...bodyProblems, 'INSUFFICIENT_PERMISSIONS'] as const

const list = createRoute({
  method: 'get',
  path: '/keys',
  operationId: 'listKeys',
  tags,
  summary: 'List API keys',
  description: 'A test key sees test keys only.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { query: listKeysQuery },
  responses: {
    200: jsonAnswer(keyListSchema, 'A page of keys.'),
    ...problems(
      ...keyProblems,
      'INSUFFICIENT_PERMISSIONS',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

const create = createRoute({
  method: 'post',
  path: '/keys',
  operationId: 'createKey',
  tags,
  summary: 'Generate an API key',
  description:
    'A key can never grant what it does not have: not a scope, not the live environment, not a longer life, not looser limits.',
  security: keyWith('keys:create'),
  middleware: [requireScope('keys:create'), requireJson()] as const,
  request: { body: jsonBody(createKeyInput) },
  responses: {
    201: jsonAnswer(issuedKeySchema, 'The key, with its token – in this answer only.'),
    ...problems(...inputProblems),
  },
})

const get = createRoute({
  method: 'get',
  path: '/keys/{id}',
  operationId: 'getKey',
  tags,
  summary: 'Get an API key',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { params },
  responses: {
    200: jsonAnswer(keySchema, 'The key.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND'),
  },
})

const reach = createRoute({
  method: 'get',
  path: '/keys/{id}/reach',
  operationId: 'getKeyReach',
  tags,
  summary: 'See what an API key reached',
  description:
    'Which integrations, credentials and hosts it has called in the last 30 days: for the day on which it leaks. Of keys of its own environment; credentials are named to a caller with `credentials:read`.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { params },
  responses: {
    200: jsonAnswer(reachSchema, 'The latest first.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'),
  },
})

const change = createRoute({
  method: 'patch',
  path: '/keys/{id}',
  operationId: 'changeKey',
  tags,
  summary: 'Change an API key',
  description:
    'Its name, its limits and its scopes, of which it can lose some and get none; what is left out stays as it is. A key can never give a key, itself included, looser limits than its own. Only active keys can be renamed.',
  security: keyWith('keys:manage'),
  middleware: [requireScope('keys:manage'), requireJson()] as const,
  request: { params, body: jsonBody(changeKeyInput) },
  responses: {
    200: jsonAnswer(keySchema, 'The key as it is now.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'KEY_NOT_ACTIVE'),
  },
})

const pause = createRoute({
  method: 'post',
  path: '/keys/{id}/pause',
  operationId: 'pauseKey',
  tags,
  summary: 'Pause an API key',
  description:
    'Once this has answered, no later request with the key is accepted until it is resumed. Its token stays the same. Pausing twice changes nothing.',
  security: keyWith('keys:manage'),
  middleware: requireScope('keys:manage'),
  request: { params },
  responses: {
    200: jsonAnswer(keySchema, 'The paused key.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'KEY_NOT_ACTIVE'),
  },
})

const resume = createRoute({
  method: 'post',
  path: '/keys/{id}/resume',
  operationId: 'resumeKey',
  tags,
  summary: 'Resume a paused API key',
  description: 'The calling key must itself have what the resumed key may do. Resuming twice changes nothing.',
  security: keyWith('keys:manage'),
  middleware: requireScope('keys:manage'),
  request: { params },
  responses: {
    200: jsonAnswer(keySchema, 'The key, which works again.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'KEY_NOT_ACTIVE'),
  },
})

const revoke = createRoute({
  method: 'post',
  path: '/keys/{id}/revoke',
  operationId: 'revokeKey',
  tags,
  summary: 'Revoke an API key',
  description: 'Once this has answered, no later request with the key is accepted. Revoking twice changes nothing.',
  security: keyWith('keys:manage'),
  middleware: [requireScope('keys:manage'), requireJson()] as const,
  request: { params, body: jsonBody(revokeKeyInput) },
  responses: { 200: jsonAnswer(keySchema, 'The revoked key.'), ...problems(...inputProblems, 'NOT_FOUND') },
})

const regenerate = createRoute({
  method: 'post',
  path: '/keys/{id}/regenerate',
  operationId: 'regenerateKey',
  tags,
  summary: 'Regenerate an API key',
  description:
    'The calling key must itself have what the regenerated key may do. The new key has the same name, scopes, environment and limits. It expires when the old one does, or sooner where the account’s policy asks for that: see `expires_at`. A key that never expires is not regenerated where the policy asks for an expiry and names no longest life. The old token stops at once or after the overlap. Until then each of the two has the rate, and what was left of the month’s quota, for itself.',
  security: keyWith('keys:manage'),
  middleware: [requireScope('keys:manage'), requireJson()] as const,
  request: { params, body: jsonBody(regenerateKeyInput) },
  responses: {
    201: jsonAnswer(issuedKeySchema, 'The new key, with its token – in this answer only.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'KEY_NOT_ACTIVE', 'ALREADY_REGENERATED'),
  },
})

export const keys = router()
  .openapi(list, async (c) => {
    const page = await listApiKeys(database(), callerAccountId(c), c.req.valid('query'), wallOf(c))
    return json(c, 200, { data: page.keys.map(keyResource), next_cursor: page.nextCursor, total: page.total })
  })
  .openapi(create, async (c) =>
    issued(c, await granted(c, () => createApiKey(database(), actorOf(c), c.req.valid('json'), grantorOf(c)))),
  )
  .openapi(get, async (c) => json(c, 200, await shownKey(c, c.req.valid('param').id)))
  .openapi(reach, async (c) => {
    const { accountId, environment: own } = reachOf(c)
    const { id, environment } = await getApiKey(database(), accountId, c.req.valid('param').id, wallOf(c))
    // An empty answer would be read as “nothing is at stake”.
    if (own && own !== environment) throw environmentMismatch('What this key reached', environment)
    const namesCredentials = callerMay(c, 'credentials:read')
    return json(c, 200, reachResource(await reachOfKey(database(), accountId, id, { namesCredentials })))
  })
  .openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    await granted(c, () => changeApiKey(database(), actorOf(c), id, c.req.valid('json'), grantorOf(c), wallOf(c)))
    return json(c, 200, await shownKey(c, id))
  })
  .openapi(pause, async (c) => {
    const { id } = c.req.valid('param')
    await pauseApiKey(database(), actorOf(c), id, wallOf(c))
    return json(c, 200, await shownKey(c, id))
  })
  .openapi(resume, async (c) => {
    const { id } = c.req.valid('param')
    await granted(c, () => resumeApiKey(database(), actorOf(c), id, grantorOf(c), wallOf(c)))
    return json(c, 200, await handedOn(c, id))
  })
  .openapi(revoke, async (c) => {
    const { id } = c.req.valid('param')
    await revokeApiKey(database(), actorOf(c), id, c.req.valid('json').reason, wallOf(c))
    return json(c, 200, await shownKey(c, id))
  })
  .openapi(regenerate, async (c) => {
    const { id } = c.req.valid('param')
    const input = c.req.valid('json')
    return issued(
      c,
      await granted(c, () => regenerateApiKey(database(), actorOf(c), id, input, grantorOf(c), wallOf(c))),
    )
  })

/** Does what hands on what the calling key has. That a key tried to hand on more is put on record. */
async function granted<T>(c: ApiContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isRefusal(error) && error.code === 'scope_not_held') {
      const actor = actorOf(c)
      const details = { field: error.fields[0]?.field ?? null, reason: error.message }
      await recordRefusedAttempt(database(), actor, 'api_key.grant_refused', actor.id, details)
    }
    throw error
  }
}

function database() {
  return getRuntime().database.db
}

async function shownKey(c: ApiContext, id: string) {
  return keyResource(await getApiKey(database(), callerAccountId(c), id, wallOf(c)))
}

/** A key that the calling one could not have made, or had work again, without the scopes that it has. */
async function handedOn(c: ApiContext, id: string) {
  const key = await shownKey(c, id)
  getRuntime().usage.need(callerKey(c), key.scopes)
  return key
}

async function issued(c: ApiContext, { id, token }: IssuedKey) {
  return json(c, 201, { ...(await handedOn(c, id)), token }, { Location: `/api/v1/keys/${id}` })
}
