import { createRoute } from '@hono/zod-openapi'
import { discardDraft, getDraft, listDrafts } from '../../credentials'
import { getRuntime } from '../../runtime'
import { json, noContent } from '../answer'
import { requireScope } from '../authenticate'
import { actorOf } from '../context'
import { draftListSchema, draftResource, draftSchema } from '../credential-resources'
import { idParam, jsonAnswer, keyProblems, keyWith, problems, router } from '../define'

const tags = ['Credentials']
const draftParams = idParam('draft_019ab0c1d2e37f4a8b5c6d7e8f901234')
const readProblems = [...keyProblems, 'INSUFFICIENT_PERMISSIONS'] as const

const drafts = createRoute({
  method: 'get',
  path: '/credential-drafts',
  operationId: 'listCredentialDrafts',
  tags,
  summary: 'List drafts',
  description: 'Forms that the caller has tested and not stored, where the test has spent a refresh token.',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test')] as const,
  responses: { 200: jsonAnswer(draftListSchema, 'The latest 20 drafts.'), ...problems(...readProblems) },
})

const draft = createRoute({
  method: 'get',
  path: '/credential-drafts/{id}',
  operationId: 'getCredentialDraft',
  tags,
  summary: 'Get a draft',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test')] as const,
  request: { params: draftParams },
  responses: { 200: jsonAnswer(draftSchema, 'The draft.'), ...problems(...readProblems, 'NOT_FOUND') },
})

const discard = createRoute({
  method: 'delete',
  path: '/credential-drafts/{id}',
  operationId: 'discardCredentialDraft',
  tags,
  summary: 'Discard a draft',
  description: 'With the tokens in it, which are lost.',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test')] as const,
  request: { params: draftParams },
  responses: { 204: { description: 'Discarded.' }, ...problems(...readProblems, 'NOT_FOUND') },
})

export const credentialDrafts = router()
  .openapi(drafts, async (c) => json(c, 200, { data: (await listDrafts(database(), actorOf(c))).map(draftResource) }))
  .openapi(draft, async (c) =>
    json(c, 200, draftResource(await getDraft(database(), actorOf(c), c.req.valid('param').id))),
  )
  .openapi(discard, async (c) => {
    await discardDraft(database(), getRuntime().vault, actorOf(c), c.req.valid('param').id)
    return noContent(c, {})
  })

function database() {
  return getRuntime().database.db
}
