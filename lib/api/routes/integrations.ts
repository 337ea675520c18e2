import { createRoute, type z } from '@hono/zod-openapi'
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  integrationChanges,
  integrationForm,
  listCalls,
  listCallsQuery,
  listIntegrations,
  listIntegrationsQuery,
  updateIntegration,
} from '../../integrations'
import { getRuntime } from '../../runtime'
import { json, noContent } from '../answer'
import { requireScope } from '../authenticate'
import { type ApiContext, actorOf, reachOf } from '../context'
import { bodyProblems, idParam, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import {
  callListResource,
  callListSchema,
  integrationListSchema,
  integrationResource,
  integrationSchema,
} from '../integration-resources'
import { requireJson } from '../validation'

const tags = ['Integrations']
const params = idParam('int_019ab0c1d2e37f4a8b5c6d7e8f901234')
const inputProblems = [...keyProblems, ...bodyProblems, 'INSUFFICIENT_PERMISSIONS'] as const

const list = createRoute({
  method: 'get',
  path: '/integrations',
  operationId: 'listIntegrations',
  tags,
  summary: 'List integrations',
  security: keyWith('integrations:read'),
  middleware: [requireScope('integrations:read')] as const,
  request: { query: listIntegrationsQuery },
  responses: {
    200: jsonAnswer(integrationListSchema, 'A page of integrations.'),
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
  path: '/integrations',
  operationId: 'createIntegration',
  tags,
  summary: 'Create an integration',
  description: 'Its base address must be on a host that the credential was saved for.',
  security: keyWith('integrations:create'),
  middleware: [requireScope('integrations:create'), requireJson()] as const,
  request: { body: jsonBody(integrationForm) },
  responses: {
    201: jsonAnswer(integrationSchema, 'The integration.'),
    ...problems(...inputProblems, 'ENVIRONMENT_MISMATCH'),
  },
})

const get = createRoute({
  method: 'get',
  path: '/integrations/{id}',
  operationId: 'getIntegration',
  tags,
  summary: 'Get an integration',
  security: keyWith('integrations:read'),
  middleware: [requireScope('integrations:read')] as const,
  request: { params },
  responses: {
    200: jsonAnswer(integrationSchema, 'The integration.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'),
  },
})

const calls = createRoute({
  method: 'get',
  path: '/integrations/{id}/calls',
  operationId: 'listIntegrationCalls',
  tags,
  summary: 'List the calls through an integration',
  description: 'The latest first, at most five seconds late, for 30 days. Never with bodies, headers or queries.',
  security: keyWith('integrations:read'),
  middleware: [requireScope('integrations:read')] as const,
  request: { params, query: listCallsQuery },
  responses: {
    200: jsonAnswer(callListSchema, 'A page of calls, and what those of the last day come to.'),
    ...problems(
      ...keyProblems,
      'INSUFFICIENT_PERMISSIONS',
      'NOT_FOUND',
      'ENVIRONMENT_MISMATCH',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

const update = createRoute({
  method: 'patch',
  path: '/integrations/{id}',
  operationId: 'updateIntegration',
  tags,
  summary: 'Change an integration',
  description: 'Changes the fields that are sent. The next call through it already follows them.',
  security: keyWith('integrations:update'),
  middleware: [requireScope('integrations:update'), requireJson()] as const,
  request: { params, body: jsonBody(integrationChanges) },
  responses: {
    200: jsonAnswer(integrationSchema, 'The integration as it is now.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/integrations/{id}',
  operationId: 'deleteIntegration',
  tags,
  summary: 'Delete an integration',
  description: 'Calls through it are refused from then on. Its credential stays.',
  security: keyWith('integrations:delete'),
  middleware: [requireScope('integrations:delete')] as const,
  request: { params },
  responses: {
    204: { description: 'Deleted.' },
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'),
  },
})

export const integrations = router()
  .openapi(list, async (c) => {
    const page = await listIntegrations(store().db, reachOf(c), c.req.valid('query'))
    return json(c, 200, {
      data: page.integrations.map(integrationResource),
      next_cursor: page.nextCursor,
      total: page.total,
    })
  })
  .openapi(create, async (c) => {
    const id = await createIntegration(store(), actorOf(c), c.req.valid('json'))
    return json(c, 201, await shown(c, id), { Location: `/api/v1/integrations/${id}` })
  })
  .openapi(get, async (c) => json(c, 200, await shown(c, c.req.valid('param').id)))
  .openapi(calls, async (c) => {
    const page = await listCalls(store().db, reachOf(c), c.req.valid('param').id, c.req.valid('query'))
    return json(c, 200, callListResource(page))
  })
  .openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    await updateIntegration(store(), actorOf(c), id, c.req.valid('json'))
    return json(c, 200, await shown(c, id))
  })
  .openapi(remove, async (c) => {
    await deleteIntegration(store().db, actorOf(c), c.req.valid('param').id)
    return noContent(c, {})
  })

function store() {
  const { database, egress } = getRuntime()
  return { db: database.db, policy: egress.policy }
}

async function shown(c: ApiContext, id: string): Promise<z.output<typeof integrationSchema>> {
  return integrationResource(await getIntegration(store().db, reachOf(c), id))
}
