import { z } from '@hono/zod-openapi'
import { actorKinds } from '@/db/schema'
import type { AuditEventView } from '../audit'

export const auditEventSchema = z
  .object({
    id: z.string().openapi({ example: 'evt_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    at: z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' }),
    action: z.string().openapi({ description: 'More are added over time.', example: 'api_key.revoked' }),
    actor: z.object({
      type: z.enum(actorKinds),
      id: z.string().nullable().openapi({ description: 'null: the operator, or Fenicia itself.' }),
      name: z.string().openapi({ description: 'As it was then.' }),
    }),
    target: z.object({
      type: z.string().openapi({ example: 'api_key' }),
      id: z.string().openapi({ example: 'key_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    }),
    address: z.string().nullable().openapi({ description: 'Where it was asked for from.', example: '203.0.113.7' }),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z
      .record(z.string(), z.any())
      .openapi({ description: 'What else is known, such as fields before and after. Never a secret.' }),
    seq: z.int().nullable().openapi({ description: 'Its place in the account’s chain, without gaps.', example: 1204 }),
    hash: z.string().nullable().openapi({ description: 'SHA-256 of the chain up to it.' }),
  })
  .openapi('AuditEvent')

export const auditEventListSchema = z
  .object({
    data: z.array(auditEventSchema),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
  })
  .openapi('AuditEventList')

export function auditEventResource(event: AuditEventView): z.output<typeof auditEventSchema> {
  const { actor, target, link } = event
  return {
    id: event.id,
    at: event.at.toISOString(),
    action: event.action,
    actor: { type: actor.kind, id: actor.id, name: actor.name },
    target: { type: target.kind, id: target.id },
    address: event.address,
    user_agent: event.userAgent,
    request_id: event.requestId,
    details: event.details,
    seq: link?.seq ?? null,
    hash: link?.hash ?? null,
  }
}
