import { createRoute } from '@hono/zod-openapi'
import { readCursor, writeCursor } from '../../paging'
import { getRuntime } from '../../runtime'
import {
  createWebhook,
  deleteWebhook,
  getMessage,
  getWebhook,
  listMessages,
  listMessagesQuery,
  listWebhooks,
  replayMessage,
  rotateWebhookSecret,
  rotationInput,
  sendTestMessage,
  updateWebhook,
  webhookChanges,
  webhookForm,
} from '../../webhooks'
import { json, noContent } from '../answer'
import { requireLive, requireScope } from '../authenticate'
import { type ApiContext, actorOf, callerAccountId } from '../context'
import { bodyProblems, idParam, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { requireJson } from '../validation'
import {
  issuedWebhookSchema,
  messageListSchema,
  messageResource,
  messageSchema,
  webhookListSchema,
  webhookResource,
  webhookSchema,
} from '../webhook-resources'

const tags = ['Webhooks']
const params = idParam('whk_019ab0c1d2e37f4a8b5c6d7e8f901234')
const messageParams = idParam('msg_019ab0c1d2e37f4a8b5c6d7e8f901234')
const readProblems = [...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'ENVIRONMENT_MISMATCH'] as const
const inputProblems = [...readProblems, ...bodyProblems] as const

const list = createRoute({
  method: 'get',
  path: '/webhooks',
  operationId: 'listWebhooks',
  tags,
  summary: 'List webhooks',
  security: keyWith('webhooks:read'),
  middleware: [requireScope('webhooks:read'), requireLive] as const,
  responses: { 200: jsonAnswer(webhookListSchema, 'All webhooks, the oldest first.'), ...problems(...readProblems) },
})

const create = createRoute({
  method: 'post',
  path: '/webhooks',
  operationId: 'createWebhook',
  tags,
  summary: 'Add a webhook',
  description: 'It hears of what happens from then on. An account has 20 webhooks at most.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive, requireJson()] as const,
  request: { body: jsonBody(webhookForm) },
  responses: {
    201: jsonAnswer(issuedWebhookSchema, 'The webhook, with its signing secret – in this answer only.'),
    ...problems(...inputProblems),
  },
})

const get = createRoute({
  method: 'get',
  path: '/webhooks/{id}',
  operationId: 'getWebhook',
  tags,
  summary: 'Get a webhook',
  security: keyWith('webhooks:read'),
  middleware: [requireScope('webhooks:read'), requireLive] as const,
  request: { params },
  responses: { 200: jsonAnswer(webhookSchema, 'The webhook.'), ...problems(...readProblems, 'NOT_FOUND') },
})

const update = createRoute({
  method: 'patch',
  path: '/webhooks/{id}',
  operationId: 'updateWebhook',
  tags,
  summary: 'Change a webhook',
  description: 'Changes the fields that are sent. What waits is sent to the new address, at once.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive, requireJson()] as const,
  request: { params, body: jsonBody(webhookChanges) },
  responses: {
    200: jsonAnswer(webhookSchema, 'The webhook as it is now.'),
    ...problems(...inputProblems, 'NOT_FOUND'),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/webhooks/{id}',
  operationId: 'deleteWebhook',
  tags,
  summary: 'Delete a webhook',
  description: 'With its secret and its messages, also those that wait.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive] as const,
  request: { params },
  responses: { 204: { description: 'Deleted.' }, ...problems(...readProblems, 'NOT_FOUND') },
})

const rotate = createRoute({
  method: 'post',
  path: '/webhooks/{id}/rotate-secret',
  operationId: 'rotateWebhookSecret',
  tags,
  summary: 'Rotate the secret of a webhook',
  description: 'Another secret takes the place of the present one, which signs too for so many hours.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive, requireJson()] as const,
  request: { params, body: jsonBody(rotationInput) },
  responses: {
    200: jsonAnswer(issuedWebhookSchema, 'The webhook, with its new signing secret – in this answer only.'),
    ...problems(...inputProblems, 'NOT_FOUND'),
  },
})

const test = createRoute({
  method: 'post',
  path: '/webhooks/{id}/test',
  operationId: 'testWebhook',
  tags,
  summary: 'Send a test message',
  description:
    'Of type `webhook.test`, to this webhook alone, signed like any other. To one that is paused or disabled it is sent once that is enabled.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive] as const,
  request: { params },
  responses: {
    201: jsonAnswer(messageSchema, 'The message, which waits to be sent.'),
    ...problems(...readProblems, 'NOT_FOUND'),
  },
})

const messages = createRoute({
  method: 'get',
  path: '/webhooks/{id}/messages',
  operationId: 'listWebhookMessages',
  tags,
  summary: 'List the messages to a webhook',
  description: 'The latest first, for 30 days, each with what became of every attempt.',
  security: keyWith('webhooks:read'),
  middleware: [requireScope('webhooks:read'), requireLive] as const,
  request: { params, query: listMessagesQuery },
  responses: {
    200: jsonAnswer(messageListSchema, 'A page of messages.'),
    ...problems(
      ...readProblems,
      'NOT_FOUND',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

const replay = createRoute({
  method: 'post',
  path: '/webhook-messages/{id}/replay',
  operationId: 'replayWebhookMessage',
  tags,
  summary: 'Send a message again',
  description:
    'With the same `webhook-id`, whatever became of it, for three days again. To a webhook that is paused or disabled it is sent once that is enabled.',
  security: keyWith('webhooks:manage'),
  middleware: [requireScope('webhooks:manage'), requireLive] as const,
  request: { params: messageParams },
  responses: {
    200: jsonAnswer(messageSchema, 'The message, which waits to be sent.'),
    ...problems(...readProblems, 'NOT_FOUND'),
  },
})

/** What a page of messages ends at: they are in the order of their ids. */
const ORDER = 'id'

export const webhooks = router()
  .openapi(list, async (c) => {
    const all = await listWebhooks(store().db, callerAccountId(c))
    return json(c, 200, { data: all.map(webhookResource) })
  })
  .openapi(create, async (c) => {
    const { id, secret } = await createWebhook(store(), actorOf(c), c.req.valid('json'))
    const issued = { ...(await shown(c, id)), secret: secret.reveal() }
    return json(c, 201, issued, { Location: `/api/v1/webhooks/${id}` })
  })
  .openapi(get, async (c) => json(c, 200, await shown(c, c.req.valid('param').id)))
  .openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    await updateWebhook(store(), actorOf(c), id, c.req.valid('json'))
    deliverSoon()
    return json(c, 200, await shown(c, id))
  })
  .openapi(remove, async (c) => {
    await deleteWebhook(store(), actorOf(c), c.req.valid('param').id)
    return noContent(c, {})
  })
  .openapi(rotate, async (c) => {
    const { id } = c.req.valid('param')
    const { overlap_hours: hours } = c.req.valid('json')
    const secret = await rotateWebhookSecret(store(), actorOf(c), id, hours)
    return json(c, 200, { ...(await shown(c, id)), secret: secret.reveal() })
  })
  .openapi(test, async (c) => {
    const id = await sendTestMessage(store().db, actorOf(c), c.req.valid('param').id)
    deliverSoon()
    return json(c, 201, messageResource(await getMessage(store().db, callerAccountId(c), id)))
  })
  .openapi(messages, async (c) => {
    const { id } = await shown(c, c.req.valid('param').id)
    const { state, type, limit, cursor } = c.req.valid('query')
    const before = cursor === undefined ? undefined : readCursor(cursor, ORDER).id
    const page = await listMessages(store().db, callerAccountId(c), id, { state, type, limit, before })
    return json(c, 200, {
      data: page.messages.map(messageResource),
      next_cursor: page.next === null ? null : writeCursor(ORDER, '', page.next),
    })
  })
  .openapi(replay, async (c) => {
    const { id } = c.req.valid('param')
    await replayMessage(store().db, actorOf(c), id)
    deliverSoon()
    return json(c, 200, messageResource(await getMessage(store().db, callerAccountId(c), id)))
  })

function store() {
  const { database, vault, egress } = getRuntime()
  return { db: database.db, vault, policy: egress.policy }
}

function deliverSoon(): void {
  getRuntime().jobs?.trigger('webhooks.deliver')
}

async function shown(c: ApiContext, id: string) {
  return webhookResource(await getWebhook(store().db, callerAccountId(c), id))
}
