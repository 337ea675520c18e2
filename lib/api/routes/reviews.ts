import { createRoute } from '@hono/zod-openapi'
import { reviewCredentials, reviewCredentialsQuery, reviewKeys, reviewKeysQuery } from '../../review'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { requireScope } from '../authenticate'
import { callerAccountId, reachOf, wallOf } from '../context'
import { jsonAnswer, keyProblems, keyWith, problems, router } from '../define'
import {
  credentialReviewResource,
  credentialReviewSchema,
  keyReviewResource,
  keyReviewSchema,
} from '../review-resources'

const readProblems = [
  ...keyProblems,
  'INSUFFICIENT_PERMISSIONS',
  'validation:invalid_value',
  'validation:invalid_format',
  'validation:unknown_field',
] as const

const ofKeys = createRoute({
  method: 'get',
  path: '/review/keys',
  operationId: 'reviewKeys',
  tags: ['API keys'],
  summary: 'Review API keys',
  description:
    'Keys that work and that somebody should look at, with what is found about each; the longest unused first. What somebody has decided to keep is left out for as long.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { query: reviewKeysQuery },
  responses: { 200: jsonAnswer(keyReviewSchema, 'A page of keys.'), ...problems(...readProblems) },
})

const ofCredentials = createRoute({
  method: 'get',
  path: '/review/credentials',
  operationId: 'reviewCredentials',
  tags: ['Credentials'],
  summary: 'Review credentials',
  description: 'Credentials that somebody should look at, with what is found about each; the longest unused first.',
  security: keyWith('credentials:read'),
  middleware: [requireScope('credentials:read')] as const,
  request: { query: reviewCredentialsQuery },
  responses: { 200: jsonAnswer(credentialReviewSchema, 'A page of credentials.'), ...problems(...readProblems) },
})

export const reviews = router()
  .openapi(ofKeys, async (c) => {
    const { db } = getRuntime().database
    return json(c, 200, keyReviewResource(await reviewKeys(db, callerAccountId(c), c.req.valid('query'), wallOf(c))))
  })
  .openapi(ofCredentials, async (c) => {
    const { db } = getRuntime().database
    return json(c, 200, credentialReviewResource(await reviewCredentials(db, reachOf(c), c.req.valid('query'))))
  })
