import { z } from '@hono/zod-openapi'
import { actorKinds, environments } from '@/db/schema'
import {
  type ApiKeyView,
  type BulkRevocation,
  DEFAULT_RATE,
  isAccepted,
  keyStatuses,
  limitFields,
  readLimitColumns,
  scopeCatalogue,
} from '../api-keys'
import { type ProblemCode, problemCodes } from './problems'

// What the API's answers look like: the schemas that OpenAPI shows, and the functions that fill them.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })

const resources = Object.keys(scopeCatalogue).join('|')
export const scopeSchema = z
  .string()
  .openapi('Scope', { example: 'orders:read', pattern: `^(${resources}):(\\*|[a-z]+)$` })

export const keySchema = z
  .object({
    id: z.string().openapi({ example: 'key_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    name: z.string().openapi({ example: 'ERP Integration' }),
    environment: z.enum(environments),
    hint: z.object({ start: z.string(), end: z.string() }).openapi({
      description: 'First and last four characters of the token after its prefix.',
      example: { start: 'a8Kd', end: 'x90Q' },
    }),
    scopes: z.array(scopeSchema),
    integrations: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'The integrations that it may use; null: all of its environment.', example: null }),
    status: z.enum(keyStatuses),
    created_at: time,
    created_by: z
      .object({ type: z.enum(actorKinds), id: z.string().nullable(), name: z.string() })
      .openapi({ example: { type: 'user', id: 'usr_019ab0c1d2e37f4a8b5c6d7e8f905678', name: 'Shop owner' } }),
    expires_at: time.nullable().openapi({ description: 'null: never.', example: null }),
    last_used: z
      .object({ at: time, address: z.string().nullable(), user_agent: z.string().nullable() })
      .nullable()
      .openapi({
        description: 'Written at most five seconds after the use.',
        example: { at: '2026-05-03T14:05:09.000Z', address: '203.0.113.7', user_agent: 'python-requests/2.32' },
      }),
    usage_30d: z.object({ total: z.int(), days: z.array(z.int()) }).openapi({
      description: 'Accepted requests of the last 30 UTC days, oldest first, today last.',
      example: { total: 1204, days: [...Array<number>(28).fill(0), 412, 792] },
    }),
    rate: z
      .object({ requests: z.int(), seconds: z.int() })
      .nullable()
      .openapi({ description: 'So many requests in so many seconds; null: any number.', example: DEFAULT_RATE }),
    monthly_quota: z
      .int()
      .nullable()
      .openapi({ description: 'Requests in a calendar month (UTC); null: any number.', example: null }),
    addresses: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Addresses and CIDR ranges that it may be used from; null: all.', example: null }),
    methods: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Methods that it may be used with; null: all.', example: null }),
    rehearsal: z
      .object({ started_at: time, until: time })
      .nullable()
      .openapi({ description: 'While its revocation is rehearsed; null: it is not.', example: null }),
    paused: z
      .object({ at: time, by: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Since when and by whom; null: not paused.', example: null }),
    revoked: z
      .object({ at: time, reason: z.string().nullable(), by: z.string().nullable() })
      .nullable()
      .openapi({ description: 'When, why and by whom; null: not revoked.', example: null }),
    retires_at: time.nullable().openapi({ description: 'End of the overlap after a regeneration.', example: null }),
    retire_when_silent: z.boolean().openapi({
      description: 'The overlap ends as soon as the new token is in use and this one is silent for an hour.',
    }),
    replaces_id: z.string().nullable().openapi({ description: 'The key that this one was regenerated from.' }),
    replaced_by_id: z.string().nullable().openapi({ description: 'The key that this one was regenerated into.' }),
  })
  .openapi('ApiKey')
export type KeyResource = z.output<typeof keySchema>

export const issuedKeySchema = keySchema
  .extend({
    token: z
      .string()
      .openapi({ description: 'The token, shown once: no other answer holds it.', example: 'fn_test_…' }),
  })
  .openapi('IssuedApiKey')

export const keyListSchema = z
  .object({
    data: z.array(keySchema),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
    total: z.int().openapi({ description: 'Keys on all pages.', example: 1 }),
  })
  .openapi('ApiKeyList')

export const bulkRevocationSchema = z
  .object({
    id: z.string(),
    total: z.int(),
    done: z.int(),
    revoked: z.int(),
    created_at: time,
    finished_at: time.nullable(),
    outcomes: z.object({
      revoked: z.int(),
      used_meanwhile: z.int().openapi({ description: 'Nobody used it, and somebody does since: left alone.' }),
      revoked_before: z.int(),
      not_found: z.int(),
      not_allowed: z
        .int()
        .openapi({ description: 'Whoever asked left, or may not revoke keys any more, before its turn: left alone.' }),
    }),
  })
  .openapi('BulkRevocation')

export const problemSchema = z
  .object({
    type: z.string().openapi({ description: 'Where the code is explained.', example: '/docs/api#INVALID_API_KEY' }),
    title: z.string().openapi({ example: problemCodes.INVALID_API_KEY.title }),
    status: z.int().openapi({ example: 401 }),
    detail: z.string().openapi({ description: 'What happened and what to do.', example: 'The API key was revoked.' }),
    code: z
      .enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]])
      .openapi({ description: 'For programs: it stays as it is.', example: 'INVALID_API_KEY' }),
    requestId: z
      .string()
      .openapi({ description: 'Quote it when you report the error.', example: 'req_5f0c9a7e3d1b4c2f8a6e019ab0c4d7e2' }),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'The fields that are wrong, and why.' }),
  })
  .openapi('Problem', { description: 'RFC 9457 problem details.' })

export function keyResource(key: ApiKeyView): KeyResource {
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    hint: { start: key.hintStart, end: key.hintEnd },
    scopes: key.scopes,
    integrations: key.integrationIds,
    status: key.status,
    created_at: key.createdAt.toISOString(),
    created_by: { type: key.createdBy.kind, id: key.createdBy.id, name: key.createdBy.name },
    expires_at: isoOrNull(key.expiresAt),
    last_used: key.lastUse && {
      at: key.lastUse.at.toISOString(),
      address: key.lastUse.address,
      user_agent: key.lastUse.userAgent,
    },
    usage_30d: { total: key.usage.reduce((sum, day) => sum + day, 0), days: key.usage },
    ...limitFields(readLimitColumns(key)),
    rehearsal:
      key.rehearsedAt && key.rehearsingUntil && key.rehearsingUntil > new Date() && isAccepted(key.status)
        ? { started_at: key.rehearsedAt.toISOString(), until: key.rehearsingUntil.toISOString() }
        : null,
    paused: key.pausedAt && { at: key.pausedAt.toISOString(), by: key.pausedByName },
    revoked: key.revokedAt && { at: key.revokedAt.toISOString(), reason: key.revokedReason, by: key.revokedByName },
    retires_at: isoOrNull(key.retiresAt),
    retire_when_silent: key.retireWhenSilent,
    replaces_id: key.replacesId,
    replaced_by_id: key.replacedById,
  }
}

export function bulkRevocationResource(work: BulkRevocation): z.output<typeof bulkRevocationSchema> {
  return {
    id: work.id,
    total: work.total,
    done: work.done,
    revoked: work.revoked,
    created_at: work.createdAt.toISOString(),
    finished_at: isoOrNull(work.finishedAt),
    outcomes: work.outcomes,
  }
}

export function isoOrNull(date: Date | null): string | null {
  return date ? date.toISOString() : null
}
