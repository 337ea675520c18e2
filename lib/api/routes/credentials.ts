import { createRoute, z } from '@hono/zod-openapi'
import {
  createCredential,
  credentialChanges,
  credentialForm,
  deleteCredential,
  disconnect as disconnectCredential,
  getCredential,
  listCredentials,
  listCredentialsQuery,
  updateCredential,
} from '../../credentials'
import { credentialStore } from '../../credentials/runtime'
import { getRuntime } from '../../runtime'
import { json, noContent } from '../answer'
import { requireScope } from '../authenticate'
import { type ApiContext, actorOf, reachOf } from '../context'
import {
  credentialListSchema,
  credentialResource,
  credentialSchema,
  disconnectionSchema,
} from '../credential-resources'
import { bodyProblems, idParam, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { requireJson } from '../validation'

const tags = ['Credentials']
const params = idParam('cred_019ab0c1d2e37f4a8b5c6d7e8f901234')
const inputProblems = [...keyProblems, ...bodyProblems, 'INSUFFICIENT_PERMISSIONS'] as const
const readProblems = [...keyProblems, 'INSUFFICIENT_PERMISSIONS'] as const

const list = createRoute({
  method: 'get',
  path: '/credentials',
  operationId: 'listCredentials',
  tags,
  summary: 'List credentials',
  description: 'Without their secrets, which are in no answer.',
  security: keyWith('credentials:read'),
  middleware: [requireScope('credentials:read')] as const,
  request: { query: listCredentialsQuery },
  responses: {
    200: jsonAnswer(credentialListSchema, 'A page of credentials.'),
    ...problems(...readProblems, 'validation:invalid_value', 'validation:invalid_format', 'validation:unknown_field'),
  },
})

const create = createRoute({
  method: 'post',
  path: '/credentials',
  operationId: 'createCredential',
  tags,
  summary: 'Store a credential',
  description:
    'What is below `secret` is stored encrypted and is in no answer. Test it first: `POST /credentials/test`.',
  security: keyWith('credentials:create'),
  middleware: [requireScope('credentials:create'), requireJson()] as const,
  request: { body: jsonBody(credentialForm) },
  responses: {
    201: jsonAnswer(credentialSchema, 'The credential.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH', 'CREDENTIAL_BUSY'),
  },
})

const get = createRoute({
  method: 'get',
  path: '/credentials/{id}',
  operationId: 'getCredential',
  tags,
  summary: 'Get a credential',
  security: keyWith('credentials:read'),
  middleware: [requireScope('credentials:read')] as const,
  request: { params },
  responses: {
    200: jsonAnswer(credentialSchema, 'The credential, without its secret.'),
    ...problems(...readProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH'),
  },
})

const update = createRoute({
  method: 'patch',
  path: '/credentials/{id}',
  operationId: 'updateCredential',
  tags,
  summary: 'Change a credential',
  description:
    'Changes the fields that are sent; a secret that is not sent stays. A host that the secret was not saved for asks for all of it again.',
  security: keyWith('credentials:update'),
  middleware: [requireScope('credentials:update'), requireJson()] as const,
  request: { params, body: jsonBody(credentialChanges) },
  responses: {
    200: jsonAnswer(credentialSchema, 'The credential as it is now.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH', 'CREDENTIAL_BUSY'),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/credentials/{id}',
  operationId: 'deleteCredential',
  tags,
  summary: 'Delete a credential',
  description: 'With its secret. Integrations that used it stay, and refuse every call.',
  security: keyWith('credentials:delete'),
  middleware: [requireScope('credentials:delete')] as const,
  request: {
    params,
    query: z.strictObject({
      even_if_used: z
        .enum(['true', 'false'], 'must be "true" or "false"')
        .default('false')
        .openapi({ description: 'Whether to delete it although integrations use it.' }),
    }),
  },
  responses: {
    204: { description: 'Deleted.' },
    ...problems(
      ...readProblems,
      'NOT_FOUND',
      'ENVIRONMENT_MISMATCH',
      'CREDENTIAL_IN_USE',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

const disconnect = createRoute({
  method: 'delete',
  path: '/credentials/{id}/connection',
  operationId: 'disconnectCredential',
  tags,
  summary: 'Disconnect a credential',
  description:
    'Of the grant `authorization_code`: has the provider take the tokens back where it can, then forgets them. The credential stays; a person can connect it again in a browser.',
  security: keyWith('credentials:update'),
  middleware: [requireScope('credentials:update')] as const,
  request: { params },
  responses: {
    200: jsonAnswer(disconnectionSchema, 'Disconnected.'),
    ...problems(...readProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH', 'CREDENTIAL_BUSY', 'validation:invalid_value'),
  },
})

export const credentials = router()
  .openapi(list, async (c) => {
    const page = await listCredentials(database(), reachOf(c), c.req.valid('query'))
    return json(c, 200, {
      data: page.credentials.map(credentialResource),
      next_cursor: page.nextCursor,
      total: page.total,
    })
  })
  .openapi(create, async (c) => {
    const id = await createCredential(credentialStore(), actorOf(c), c.req.valid('json'))
    return json(c, 201, await shown(c, id), { Location: `/api/v1/credentials/${id}` })
  })
  .openapi(get, async (c) => json(c, 200, await shown(c, c.req.valid('param').id)))
  .openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    await updateCredential(credentialStore(), actorOf(c), id, c.req.valid('json'))
    return json(c, 200, await shown(c, id))
  })
  .openapi(remove, async (c) => {
    const evenIfUsed = c.req.valid('query').even_if_used === 'true'
    await deleteCredential(credentialStore(), actorOf(c), c.req.valid('param').id, { evenIfUsed })
    return noContent(c, {})
  })
  .openapi(disconnect, async (c) =>
    json(c, 200, { revocation: await disconnectCredential(credentialStore(), actorOf(c), c.req.valid('param').id) }),
  )

function database() {
  return getRuntime().database.db
}

async function shown(c: ApiContext, id: string) {
  return credentialResource(await getCredential(database(), reachOf(c), id))
}
