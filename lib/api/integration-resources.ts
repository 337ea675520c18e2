import { z } from '@hono/zod-openapi'
import { actorKinds, credentialTypes, integrationStates } from '@/db/schema'
import type { IntegrationView } from '../integrations'

// What the API's answers about integrations look like.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })

export const integrationSchema = z
  .object({
    id: z.string().openapi({ example: 'int_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
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

export function integrationResource(view: IntegrationView): IntegrationResource {
  return {
    id: view.id,
    name: view.name,
    slug: view.slug,
    credential: view.credential,
    base_url: view.baseUrl,
    methods: view.methods,
    paths: view.paths,
    headers: view.headers,
    timeout_ms: view.timeoutMs,
    state: view.state,
    expired_token: view.expiredToken,
    created_at: view.createdAt.toISOString(),
    created_by: { type: view.createdBy.kind, id: view.createdBy.id, name: view.createdBy.name },
    updated_at: view.updatedAt.toISOString(),
  }
}
