import { createRoute } from '@hono/zod-openapi'
import { getRehearsal, readScopeUse, readUsage, usageQuery } from '../../api-keys'
import { isId } from '../../ids'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { requireScope } from '../authenticate'
import { callerAccountId, wallOf } from '../context'
import { idParam, jsonAnswer, keyProblems, keyWith, problems, router } from '../define'
import { keyUsageResource, keyUsageSchema, rehearsalResource, rehearsalSchema } from '../review-resources'

const params = idParam('key_019ab0c1d2e37f4a8b5c6d7e8f901234')

const usage = createRoute({
  method: 'get',
  path: '/keys/{id}/usage',
  operationId: 'getKeyUsage',
  tags: ['API keys'],
  summary: 'See how an API key is used',
  description:
    'Per hour, the oldest first; what is older than 14 days per day. Kept for 90 days, written at most half a minute after the use. Hours without a request are left out.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { params, query: usageQuery },
  responses: {
    200: jsonAnswer(keyUsageSchema, 'Its use.'),
    ...problems(
      ...keyProblems,
      'INSUFFICIENT_PERMISSIONS',
      'NOT_FOUND',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

const rehearsal = createRoute({
  method: 'get',
  path: '/keys/{id}/rehearsal',
  operationId: 'getKeyRehearsal',
  tags: ['API keys'],
  summary: 'See what a revocation would break',
  description:
    'What the last rehearsal of the key’s revocation has seen: calls that would have failed, alike ones together. Rehearsals are begun under Settings → API Keys.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { params },
  responses: {
    200: jsonAnswer(rehearsalSchema, 'The rehearsal.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND'),
  },
})

export const keyUsage = router()
  .openapi(usage, async (c) => {
    const { db } = getRuntime().database
    const accountId = callerAccountId(c)
    const { id } = c.req.valid('param')
    const spans = await readUsage(db, accountId, id, c.req.valid('query'), wallOf(c))
    return json(c, 200, keyUsageResource(spans, await readScopeUse(db, accountId, id)))
  })
  .openapi(rehearsal, async (c) => {
    const { id } = c.req.valid('param')
    const known = isId('apiKey', id) ? id : ''
    return json(
      c,
      200,
      rehearsalResource(await getRehearsal(getRuntime().database.db, callerAccountId(c), known, wallOf(c))),
    )
  })
