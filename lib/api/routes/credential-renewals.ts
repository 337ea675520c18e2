import { createRoute } from '@hono/zod-openapi'
import { listRenewals, listRenewalsQuery, renewNow } from '../../credentials'
import { credentialStore } from '../../credentials/runtime'
import { json } from '../answer'
import { requireScope } from '../authenticate'
import { actorOf, reachOf } from '../context'
import { renewalListSchema, renewalResource, renewalSchema } from '../credential-resources'
import { idParam, jsonAnswer, keyProblems, keyWith, problems, router } from '../define'

const tags = ['Credentials']
const params = idParam('cred_019ab0c1d2e37f4a8b5c6d7e8f901234')
const readProblems = [...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'] as const

const list = createRoute({
  method: 'get',
  path: '/credentials/{id}/renewals',
  operationId: 'listRenewals',
  tags,
  summary: 'List renewals of a credential’s tokens',
  description: 'The latest first, of the last 90 days.',
  security: keyWith('credentials:read'),
  middleware: [requireScope('credentials:read')] as const,
  request: { params, query: listRenewalsQuery },
  responses: {
    200: jsonAnswer(renewalListSchema, 'A page of renewals.'),
    ...problems(...readProblems, 'validation:invalid_value', 'validation:invalid_format', 'validation:unknown_field'),
  },
})

const renew = createRoute({
  method: 'post',
  path: '/credentials/{id}/renew',
  operationId: 'renewCredential',
  tags,
  summary: 'Renew a credential’s tokens now',
  description: 'Tokens are renewed by themselves before they end. The answer tells what became of it, good or bad.',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test')] as const,
  request: { params },
  responses: {
    200: jsonAnswer(renewalSchema, 'The attempt.'),
    ...problems(...readProblems, 'validation:invalid_value', 'CREDENTIAL_BUSY', 'RATE_LIMITED'),
  },
})

export const credentialRenewals = router()
  .openapi(list, async (c) => {
    const { db } = credentialStore()
    const page = await listRenewals(db, reachOf(c), c.req.valid('param').id, c.req.valid('query'))
    return json(c, 200, { data: page.renewals.map(renewalResource), next_cursor: page.nextCursor })
  })
  .openapi(renew, async (c) =>
    json(c, 200, renewalResource(await renewNow(credentialStore(), actorOf(c), c.req.valid('param').id))),
  )
