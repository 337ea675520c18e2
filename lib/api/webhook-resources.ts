import { z } from '@hono/zod-openapi'
import { actorKinds, webhookMessageStates, webhookStates } from '@/db/schema'
import type { MessageView, WebhookView } from '../webhooks'

// What the API's answers about webhooks look like.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })

export const webhookSchema = z
  .object({
    id: z.string().openapi({ example: 'whk_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    name: z.string().openapi({ example: 'ERP events' }),
    url: z.string().openapi({ example: 'https://erp.example.com/hooks/fenicia' }),
    event_types: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'null: all events, also those that are added later.', example: ['key.revoked'] }),
    state: z.enum(webhookStates).openapi({ description: '`disabled`: by Fenicia, since it took nothing.' }),
    state_reason: z.string().nullable().openapi({ description: 'Why it was disabled.', example: null }),
    state_since: time,
    failing_since: time.nullable().openapi({ description: 'null: it took the last message.', example: null }),
    previous_secret_until: time
      .nullable()
      .openapi({ description: 'Until when the secret before the present one signs too.', example: null }),
    created_at: time,
    created_by: z.object({ type: z.enum(actorKinds), id: z.string().nullable(), name: z.string() }),
  })
  .openapi('Webhook')

export const issuedWebhookSchema = webhookSchema
  .extend({
    secret: z
      .string()
      .openapi({ description: 'The signing secret, shown once: no other answer holds it.', example: 'whsec_…' }),
  })
  .openapi('IssuedWebhook')

export const webhookListSchema = z.object({ data: z.array(webhookSchema) }).openapi('WebhookList')

export const messageSchema = z
  .object({
    id: z.string().openapi({ description: 'Sent as `webhook-id`.', example: 'msg_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    webhook_id: z.string(),
    type: z.string().openapi({ example: 'key.revoked' }),
    payload: z.record(z.string(), z.any()).openapi({ description: 'The body, as it is sent.' }),
    state: z.enum(webhookMessageStates),
    created_at: time,
    due_at: time.nullable().openapi({ description: 'When it is sent next; null: it is not.', example: null }),
    attempts: z
      .array(
        z.object({
          at: time,
          latency_ms: z.int(),
          status: z.int().nullable().openapi({ description: 'null: there was no answer.', example: 200 }),
          error: z.string().nullable().openapi({ description: 'Why it does not count as taken.', example: null }),
          answer: z.string().nullable().openapi({ description: 'The beginning of the answer.', example: 'ok' }),
        }),
      )
      .openapi({ description: 'The latest first.' }),
  })
  .openapi('WebhookMessage')

export const messageListSchema = z
  .object({
    data: z.array(messageSchema),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
  })
  .openapi('WebhookMessageList')

export function webhookResource(view: WebhookView): z.output<typeof webhookSchema> {
  return {
    id: view.id,
    name: view.name,
    url: view.url,
    event_types: view.eventTypes,
    state: view.state,
    state_reason: view.stateReason,
    state_since: view.stateSince.toISOString(),
    failing_since: view.failingSince?.toISOString() ?? null,
    previous_secret_until: view.previousSecretUntil?.toISOString() ?? null,
    created_at: view.createdAt.toISOString(),
    created_by: { type: view.createdByKind, id: view.createdById, name: view.createdByName },
  }
}

export function messageResource(view: MessageView): z.output<typeof messageSchema> {
  return {
    id: view.id,
    webhook_id: view.webhookId,
    type: view.type,
    payload: view.payload,
    state: view.state,
    created_at: view.createdAt.toISOString(),
    due_at: view.state === 'waiting' ? view.dueAt.toISOString() : null,
    attempts: view.attemptsMade.map(({ at, latencyMs, status, error, answer }) => ({
      at: at.toISOString(),
      latency_ms: latencyMs,
      status,
      error,
      answer,
    })),
  }
}
