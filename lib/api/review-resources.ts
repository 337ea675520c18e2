import { z } from '@hono/zod-openapi'
import { usageSpans } from '@/db/schema'
import type { RehearsalView, ScopeUse, UsageSpan } from '../api-keys'
import { type CredentialReview, credentialFindings, type KeyReview, keyFindings } from '../review'
import { credentialResource, credentialSchema } from './credential-resources'
import { isoOrNull, keyResource, keySchema, scopeSchema } from './resources'

// What the API's answers about review, use and rehearsals look like.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })
const counts = z.record(z.string(), z.int())
const page = {
  next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
  total: z.int().openapi({ description: 'How many the filter matches, on all pages.', example: 1 }),
  all: z.int().openapi({ description: 'How many have any finding.', example: 1 }),
}
const countsOf = <Finding extends string>(findings: readonly [Finding, ...Finding[]]) =>
  z
    .object(Object.fromEntries(findings.map((finding) => [finding, z.int()])) as Record<Finding, z.ZodInt>)
    .openapi({ description: 'How many each finding is about, whatever the filter.' })

export const keyReviewSchema = z
  .object({
    data: z.array(
      z.object({
        key: keySchema,
        findings: z.array(
          z.object({
            finding: z.enum(keyFindings),
            since: time.nullable().openapi({
              description: 'When it was made, of `never_used`; used last, of `idle` and `retiring`.',
            }),
            until: time.nullable().openapi({ description: 'When a retiring key ends.', example: null }),
            scopes: z.array(scopeSchema).nullable().openapi({
              description: 'Of `over_scoped`: granted, and not asked for in 30 days.',
            }),
          }),
        ),
      }),
    ),
    counts: countsOf(keyFindings),
    fingerprint: z.string().nullable().openapi({
      description:
        'Of the keys that the filter matches, on all pages, 10,000 at most: another one when they change. null: there are none.',
      example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    }),
    ...page,
  })
  .openapi('KeyReview')
export type KeyReviewResource = z.output<typeof keyReviewSchema>

export const credentialReviewSchema = z
  .object({
    data: z.array(
      z.object({
        credential: credentialSchema,
        last_used_at: time.nullable().openapi({ description: 'null: never, as far as is known.' }),
        findings: z.array(
          z.object({
            finding: z.enum(credentialFindings),
            since: time.nullable().openapi({ description: 'Since when it fails, or was not used.' }),
          }),
        ),
      }),
    ),
    counts: countsOf(credentialFindings),
    ...page,
  })
  .openapi('CredentialReview')
export type CredentialReviewResource = z.output<typeof credentialReviewSchema>

export const keyUsageSchema = z
  .object({
    data: z.array(
      z.object({
        started_at: time,
        span: z.enum(usageSpans).openapi({ description: 'What is older than 14 days is added up to days (UTC).' }),
        requests: z.int().openapi({ description: 'Accepted requests.' }),
        refused: z.int(),
        refusals: counts.openapi({ description: 'By reason.', example: { rate_limited: 3 } }),
        statuses: counts.openapi({ description: 'Answers by class of status.', example: { '2xx': 41, '4xx': 1 } }),
        scopes: counts.openapi({
          description: 'By the scope that was asked for; empty: none, or it was not said.',
          example: { 'orders:read': 42 },
        }),
        addresses: counts.openapi({
          description: 'By address, of the 20 that came most; empty: all others.',
          example: { '203.0.113.7': 42 },
        }),
      }),
    ),
    scopes: z.object({
      watched_since: time.nullable().openapi({
        description: 'Since when it is noted what requests ask for; null: there was none since.',
      }),
      has_unnamed: z.boolean().openapi({
        description: 'Some requests of the last 30 days did not say what they ask for, as `GET /me` does not.',
      }),
      last_used: z.record(z.string(), time).openapi({ description: 'Exact to the hour.' }),
    }),
  })
  .openapi('KeyUsage')
export type KeyUsageResource = z.output<typeof keyUsageSchema>

export const rehearsalSchema = z
  .object({
    rehearsal: z
      .object({
        started_at: time,
        until: time.nullable().openapi({ description: 'When it ends by itself; null: it has ended.' }),
        by: z.string(),
        calls: z.array(
          z.object({
            address: z.string(),
            user_agent: z.string(),
            method: z.string(),
            path: z.string(),
            integration: z.string().openapi({ description: 'Slug of the integration that it called; empty: none.' }),
            calls: z.int(),
            first_at: time,
            last_at: time,
          }),
        ),
      })
      .nullable()
      .openapi({ description: 'The last one; null: its revocation was never rehearsed.' }),
  })
  .openapi('KeyRehearsal')
export type RehearsalResource = z.output<typeof rehearsalSchema>

export function keyReviewResource({
  items,
  counts,
  fingerprint,
  nextCursor,
  total,
  all,
}: KeyReview): KeyReviewResource {
  return {
    data: items.map(({ key, findings }) => ({
      key: keyResource(key),
      findings: findings.map(({ finding, since, until, scopes }) => ({
        finding,
        since: isoOrNull(since),
        until: isoOrNull(until),
        scopes,
      })),
    })),
    counts,
    fingerprint,
    next_cursor: nextCursor,
    total,
    all,
  }
}

export function credentialReviewResource(review: CredentialReview): CredentialReviewResource {
  const { items, counts, nextCursor, total, all } = review
  return {
    data: items.map(({ credential, lastUsedAt, findings }) => ({
      credential: credentialResource(credential),
      last_used_at: isoOrNull(lastUsedAt),
      findings: findings.map(({ finding, since }) => ({ finding, since: isoOrNull(since) })),
    })),
    counts,
    next_cursor: nextCursor,
    total,
    all,
  }
}

export function keyUsageResource(spans: readonly UsageSpan[], scopes: ScopeUse): KeyUsageResource {
  return {
    data: spans.map(({ startedAt, ...span }) => ({ started_at: startedAt.toISOString(), ...span })),
    scopes: {
      watched_since: isoOrNull(scopes.watchedSince),
      has_unnamed: scopes.hasUnnamed,
      last_used: Object.fromEntries(Object.entries(scopes.lastUsedAt).map(([scope, at]) => [scope, at.toISOString()])),
    },
  }
}

export function rehearsalResource(view: RehearsalView | null): RehearsalResource {
  if (!view) return { rehearsal: null }
  const { startedAt, until, byName, calls } = view
  return {
    rehearsal: {
      started_at: startedAt.toISOString(),
      until: isoOrNull(until),
      by: byName,
      calls: calls.map(({ userAgent, firstAt, lastAt, ...call }) => ({
        ...call,
        user_agent: userAgent,
        first_at: firstAt.toISOString(),
        last_at: lastAt.toISOString(),
      })),
    },
  }
}
