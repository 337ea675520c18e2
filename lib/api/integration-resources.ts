import { z } from '@hono/zod-openapi'
import { actorKinds, credentialTypes, environments, integrationStates, proxyOutcomes } from '@/db/schema'
import type { CallPage, IntegrationView, KeyReach } from '../integrations'

// What the API's answers about integrations look like.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })

export const integrationSchema = z
  .object({
    id: z.string().openapi({ example: 'int_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    environment: z.enum(environments).openapi({
      description: 'Keys of the other environment have no way to it. Stays as it was made.',
    }),
    name: z.string().openapi({ example: 'Shipping labels' }),
    slug: z.string().openapi({ example: 'shipping-labels' }),
    credential: z
      .object({ id: z.string(), name: z.string(), type: z.enum(credentialTypes) })
      .nullable()
      .openapi({ description: 'null: it was deleted, and calls are refused.' }),
    base_url: z.string().openapi({ example: 'https://api.goshippo.com' }),
    methods: z.array(z.string()).openapi({ example: ['GET', 'POST'] }),
    paths: z.array(z.string()).openapi({ description: 'Empty: everything.', example: ['/shipments/**'] }),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).openapi({ example: [] }),
    timeout_ms: z.int().openapi({ example: 30_000 }),
    state: z.enum(integrationStates),
    failing_since: time.nullable().openapi({
      description:
        'Since when every call has failed: five at least, over ten minutes or more. null: calls go well, or none tells otherwise.',
      example: null,
    }),
    expired_token: z
      .object({
        statuses: z.array(z.int()),
        json: z.object({ path: z.string(), equals: z.string() }).nullable(),
      })
      .nullable(),
    created_at: time,
    created_by: z.object({ type: z.enum(actorKinds), id: z.string().nullable(), name: z.string() }),
    updated_at: time,
  })
  .openapi('Integration')
export type IntegrationResource = z.output<typeof integrationSchema>

export const integrationListSchema = z
  .object({
    data: z.array(integrationSchema),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
    total: z.int().openapi({ description: 'Integrations on all pages.', example: 1 }),
  })
  .openapi('IntegrationList')

const failed = 'Not answered by the service, or with a status of 500 or more; without those that were called off.'

export const callListSchema = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        at: time,
        key: z
          .object({ id: z.string(), name: z.string().nullable() })
          .nullable()
          .openapi({ description: 'null: a person’s “Try it”.' }),
        user: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
        credential: z.object({ id: z.string(), name: z.string().nullable() }),
        method: z.string().openapi({ example: 'POST' }),
        path: z.string().openapi({ description: 'Below the base address, without the query.', example: '/shipments' }),
        host: z.string().openapi({ example: 'api.goshippo.com' }),
        outcome: z.enum(proxyOutcomes).openapi({
          description: '`called_off`: ended on this side before it was answered, as by an app that hung up.',
        }),
        status: z.int().openapi({ description: 'What the caller got.', example: 201 }),
        latency_ms: z.int().openapi({ description: 'Until the answer began.' }),
        total_ms: z.int(),
        request_bytes: z.int(),
        response_bytes: z.int(),
        request_id: z.string(),
      }),
    ),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
    stats: z
      .object({
        since: time,
        calls: z.int(),
        failed: z.int().openapi({ description: failed }),
        p50_ms: z.int().nullable(),
        p95_ms: z.int().nullable(),
      })
      .openapi({ description: 'Of the last 24 hours.' }),
  })
  .openapi('IntegrationCallList')

export const reachSchema = z
  .object({
    days: z.int().openapi({ example: 30 }),
    data: z.array(
      z.object({
        integration: z.object({ id: z.string(), name: z.string().nullable(), slug: z.string().nullable() }),
        credential: z.object({ id: z.string(), name: z.string().nullable() }),
        host: z.string().openapi({ example: 'api.goshippo.com' }),
        calls: z.int(),
        failed: z.int().openapi({ description: failed }),
        first_at: time,
        last_at: time,
      }),
    ),
  })
  .openapi('KeyReach', {
    description:
      'What a key reached through integrations. A name is null when its thing is gone; a credential’s also for who lacks `credentials:read`.',
  })

export function callListResource({ calls, nextCursor, stats }: CallPage): z.output<typeof callListSchema> {
  return {
    data: calls.map((call) => ({
      id: call.id,
      at: call.at.toISOString(),
      key: call.key,
      user: call.user,
      credential: call.credential,
      method: call.method,
      path: call.path,
      host: call.host,
      outcome: call.outcome,
      status: call.status,
      latency_ms: call.latencyMs,
      total_ms: call.totalMs,
      request_bytes: call.requestBytes,
      response_bytes: call.responseBytes,
      request_id: call.requestId,
    })),
    next_cursor: nextCursor,
    stats: {
      since: stats.since.toISOString(),
      calls: stats.calls,
      failed: stats.failed,
      p50_ms: stats.p50Ms,
      p95_ms: stats.p95Ms,
    },
  }
}

export function reachResource({ days, reached }: KeyReach): z.output<typeof reachSchema> {
  return {
    days,
    data: reached.map(({ firstAt, lastAt, ...rest }) => ({
      ...rest,
      first_at: firstAt.toISOString(),
      last_at: lastAt.toISOString(),
    })),
  }
}

export function integrationResource(view: IntegrationView): IntegrationResource {
  return {
    id: view.id,
    environment: view.environment,
    name: view.name,
    slug: view.slug,
    credential: view.credential,
    base_url: view.baseUrl,
    methods: view.methods,
    paths: view.paths,
    headers: view.headers,
    timeout_ms: view.timeoutMs,
    state: view.state,
    failing_since: view.failingSince?.toISOString() ?? null,
    expired_token: view.expiredToken,
    created_at: view.createdAt.toISOString(),
    created_by: { type: view.createdBy.kind, id: view.createdBy.id, name: view.createdBy.name },
    updated_at: view.updatedAt.toISOString(),
  }
}
