import { z } from '@hono/zod-openapi'
import { actorKinds, credentialTypes, environments, renewalReasons, renewalResults, testResults } from '@/db/schema'
import type { CredentialView, DraftView, RenewalView, TestReport } from '../credentials'
import { renewalStates } from '../credentials/read'
import { grants } from '../credentials/types'
import { revocations } from '../oauth/connect/revocation'
import { isoOrNull } from './resources'

// What the API's answers about credentials look like. No field of them holds a secret.

const time = z.iso.datetime().openapi({ example: '2026-03-01T09:30:00.000Z' })

const placement = z.object({
  in: z.enum(['header', 'query']),
  name: z.string().openapi({ example: 'Authorization' }),
  prefix: z.string().openapi({ example: 'ShippoToken ' }),
})

/** What the types ask for and is not secret: each is there with the types that have it. */
const settings = {
  placement: placement
    .optional()
    .openapi({ description: 'Of API key and OAuth2: where the secret or the token stands.' }),
  headers: z.array(z.string()).optional().openapi({ description: 'Of custom headers: their names.' }),
  grant: z.enum(grants).optional(),
  token_url: z.string().optional(),
  client_id: z.string().optional(),
  client_authentication: z.enum(['basic', 'body', 'none']).optional(),
  scopes: z.array(z.string()).optional(),
  audience: z.string().nullable().optional(),
  parameters: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  authorization_url: z
    .string()
    .optional()
    .openapi({ description: 'Of the grant `authorization_code`, as are the next three.' }),
  issuer: z.string().nullable().optional(),
  revocation_url: z.string().nullable().optional(),
  authorization_parameters: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
}

const connection = z
  .object({
    label: z.string().nullable().openapi({ description: 'The account of the provider as people call it.' }),
    subject: z.string().nullable().openapi({ description: 'The provider’s own name for the account.' }),
    issuer: z.string().nullable().openapi({ description: 'Who vouches for the subject.' }),
    connected_at: time,
    connected_by: z.string(),
  })
  .nullable()
  .openapi({
    description:
      'Of the grant `authorization_code`: which account of the provider is connected, as far as it tells; null: none is. Connecting needs a person and a browser.',
  })

const testRequest = z.object({ method: z.enum(['GET', 'HEAD', 'OPTIONS']), url: z.string(), good: z.array(z.string()) })

const secretSetAt = z
  .record(z.string(), time)
  .openapi({ description: 'When each secret field was set last. The fields themselves are in no answer.' })

export const credentialSchema = z
  .object({
    id: z.string().openapi({ example: 'cred_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    environment: z.enum(environments).openapi({
      description: 'Keys of the other environment have no way to it. Stays as it was made.',
    }),
    name: z.string().openapi({ example: 'Shippo production' }),
    type: z.enum(credentialTypes),
    provider: z.string().nullable().openapi({ example: 'shippo' }),
    ...settings,
    hosts: z.array(z.string()).openapi({
      description: 'The only hosts that the secret may be sent to.',
      example: ['https://api.goshippo.com'],
    }),
    test: testRequest.nullable().openapi({ description: 'The test request; null: there is none.' }),
    expires_at: time.nullable().openapi({ description: 'When the secret ends by itself; null: never, or not known.' }),
    secret_set_at: secretSetAt,
    last_test: z
      .object({ result: z.enum(testResults), detail: z.string(), at: time, by: z.string() })
      .nullable()
      .openapi({ description: 'Of what is stored now; null: not tested.' }),
    renew_ahead: z.boolean().optional().openapi({
      description: 'Of OAuth2: whether tokens are renewed before they end, without anybody asking for it.',
    }),
    tokens: z
      .object({
        state: z.enum(renewalStates).openapi({
          description:
            '`none`: there are none yet. `failing`: the last attempt to renew them has failed, and it is tried again. `reauthorization_required`: a person has to do something.',
        }),
        obtained_at: time.nullable(),
        expires_at: time.nullable(),
        renew_at: time.nullable().openapi({
          description: 'When they are renewed next, or it is tried again; null: not by themselves.',
        }),
        failing_since: time.nullable(),
        refused_error: z.string().nullable().openapi({
          description: 'Why a person has to do something: the provider’s error code.',
          example: null,
        }),
        refresh_expires_at: time.nullable().openapi({
          description: 'When the refresh token ends; null: not known, or never.',
        }),
      })
      .nullable()
      .openapi({ description: 'Of OAuth2: the state of its tokens.' }),
    connection,
    integrations: z
      .array(z.object({ id: z.string(), name: z.string(), slug: z.string() }))
      .openapi({ description: 'Where it is used.' }),
    created_at: time,
    created_by: z.object({ type: z.enum(actorKinds), id: z.string().nullable(), name: z.string() }),
    updated_at: time,
  })
  .openapi('Credential')
export type CredentialResource = z.output<typeof credentialSchema>

export const credentialListSchema = z
  .object({
    data: z.array(credentialSchema),
    next_cursor: z.string().nullable().openapi({ description: 'For the next page; null: this is the last.' }),
    total: z.int().openapi({ description: 'Credentials on all pages.', example: 1 }),
  })
  .openapi('CredentialList')

export const testReportSchema = z
  .object({
    result: z.enum(testResults).openapi({
      description:
        '`good`: accepted. `refused`: the service said no. `unproven`: it answered with what proves nothing. `failed`: it was not reached, or gave no token.',
    }),
    detail: z.string().openapi({ example: 'The service accepted the credential (status 200).' }),
    advice: z.string().nullable().openapi({ description: 'What to do; null: nothing.', example: null }),
    stages: z.array(
      z.object({
        server: z.enum(['token', 'service']),
        stage: z.enum(['address', 'connection', 'tls', 'request', 'authentication']),
        outcome: z.enum(['passed', 'failed', 'unproven']),
        ms: z.int().nullable(),
      }),
    ),
    answer: z
      .object({
        status: z.int(),
        location: z.string().nullable(),
        www_authenticate: z.string().nullable(),
        retry_after: z.string().nullable(),
        excerpt: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'What the service said: bounded, secrets blanked.' }),
    tested_at: time,
    receipt: z.string().nullable().openapi({ description: 'For the save of the form that was tested.' }),
    draft_id: z.string().nullable().openapi({
      description: 'For the save of the form that was tested: keeps the tokens that the test got, for a day.',
    }),
  })
  .openapi('TestReport')
export type TestReportResource = z.output<typeof testReportSchema>

export const draftSchema = z
  .object({
    id: z.string(),
    credential_id: z.string().nullable(),
    form: z.record(z.string(), z.any()).openapi({ description: 'The form as it was tested, without its secrets.' }),
    changed_fields: z.array(z.string()).nullable().openapi({
      description:
        'Of changes of a credential: the fields of `form` that are changed. The others are as they were stored when it was tested, and may be otherwise by now.',
    }),
    secret_set_at: secretSetAt,
    last_test: z.object({ result: z.enum(testResults), detail: z.string(), at: time }).nullable(),
    connection,
    expires_at: time,
  })
  .openapi('CredentialDraft')
export type DraftResource = z.output<typeof draftSchema>

export const draftListSchema = z.object({ data: z.array(draftSchema) }).openapi('CredentialDraftList')

export const renewalSchema = z
  .object({
    id: z.string().openapi({ example: 'ren_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
    reason: z.enum(renewalReasons).openapi({
      description:
        '`ahead`: before the tokens’ end. `use`: a call needed them. `rejected`: the service refused them. `manual`, `test`, `connect`: somebody asked.',
    }),
    started_at: time,
    ended_at: time.nullable(),
    result: z.enum(renewalResults).nullable().openapi({
      description:
        '`retrying`: it failed and is tried again. `refused`: a person has to do something. `unknown`: it was cut off, or its answer was lost, so that nobody knows whether the service has replaced the refresh token. null: it is under way.',
    }),
    status: z.int().nullable().openapi({ description: 'Of the provider’s answer.', example: 200 }),
    error: z.string().nullable().openapi({ example: 'invalid_grant' }),
    detail: z.string().nullable().openapi({ description: 'What the provider said: bounded, secrets blanked.' }),
    next_at: time.nullable().openapi({ description: 'When what was got ends, or when it is tried again.' }),
  })
  .openapi('Renewal')
export type RenewalResource = z.output<typeof renewalSchema>

export const renewalListSchema = z
  .object({ data: z.array(renewalSchema), next_cursor: z.string().nullable() })
  .openapi('RenewalList')

export function renewalResource(view: RenewalView): RenewalResource {
  return {
    id: view.id,
    reason: view.reason,
    started_at: view.startedAt.toISOString(),
    ended_at: isoOrNull(view.endedAt),
    result: view.result,
    status: view.status,
    error: view.error,
    detail: view.detail,
    next_at: isoOrNull(view.nextAt),
  }
}

export function credentialResource(view: CredentialView): CredentialResource {
  const { type, ...settings } = view.settings
  return {
    id: view.id,
    environment: view.environment,
    name: view.name,
    type,
    provider: view.provider,
    ...settings,
    hosts: view.hosts,
    test: view.test,
    expires_at: isoOrNull(view.expiresAt),
    secret_set_at: view.secretSetAt,
    last_test: view.lastTest && { ...view.lastTest, at: view.lastTest.at.toISOString() },
    ...(type === 'oauth2' ? { renew_ahead: view.renewAhead } : {}),
    tokens: view.tokens && {
      state: view.tokens.state,
      obtained_at: isoOrNull(view.tokens.obtainedAt),
      expires_at: isoOrNull(view.tokens.expiresAt),
      renew_at: isoOrNull(view.tokens.renewAt),
      failing_since: isoOrNull(view.tokens.failingSince),
      refused_error: view.tokens.refusedError,
      refresh_expires_at: isoOrNull(view.tokens.refreshExpiresAt),
    },
    connection: connectionResource(view.connection),
    integrations: view.integrations,
    created_at: view.createdAt.toISOString(),
    created_by: { type: view.createdBy.kind, id: view.createdBy.id, name: view.createdBy.name },
    updated_at: view.updatedAt.toISOString(),
  }
}

function connectionResource(view: CredentialView['connection']): z.output<typeof connection> {
  if (!view) return null
  const { label, subject, issuer, connectedAt, connectedByName } = view
  return { label, subject, issuer, connected_at: connectedAt.toISOString(), connected_by: connectedByName }
}

/** What has become of tokens at the provider. */
export const disconnectionSchema = z
  .object({
    revocation: z.enum(revocations).openapi({
      description:
        '`confirmed`: the provider said that the tokens are gone. `refused`: it said no. `unknown`: it gave no answer. `not_supported`: no address is known to take them back. `nothing`: there were none. Fenicia has forgotten them in each case.',
    }),
  })
  .openapi('Disconnection')

/** @param left what the test of a form that is not saved leaves for its save */
export function testReportResource(
  report: TestReport,
  left: { receipt: string; draftId: string | null } | null = null,
): TestReportResource {
  return {
    result: report.result,
    detail: report.detail,
    advice: report.advice,
    stages: report.stages,
    answer: report.answer && {
      status: report.answer.status,
      location: report.answer.location,
      www_authenticate: report.answer.wwwAuthenticate,
      retry_after: report.answer.retryAfter,
      excerpt: report.answer.excerpt,
    },
    tested_at: report.testedAt.toISOString(),
    receipt: left?.receipt ?? null,
    draft_id: left?.draftId ?? null,
  }
}

export function draftResource(draft: DraftView): DraftResource {
  return {
    id: draft.id,
    credential_id: draft.credentialId,
    form: { ...draft.form },
    changed_fields: draft.changedFields,
    secret_set_at: draft.secretSetAt,
    last_test: draft.lastTest && { ...draft.lastTest, at: draft.lastTest.at.toISOString() },
    connection: connectionResource(draft.connection),
    expires_at: draft.expiresAt.toISOString(),
  }
}
