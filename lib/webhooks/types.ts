import { z } from 'zod'
import { tellingOutcomes } from '@/db/schema'
import type { Environment } from '../api-keys/token'
import type { AllEventData } from '../notifications/outbox'

// The public names of events, and what a message of each holds. They are a promise to whoever receives them: fields are added,
// never renamed. None holds a secret.

const time = z.iso.datetime()
const key = { id: z.string(), name: z.string(), environment: z.enum(['live', 'test']) }
const credential = { ...key, provider: z.string().nullable() }

/** What each type's `data` is. */
export const webhookTypes = {
  'key.created': z.object({ ...key, by: z.string() }),
  'key.regenerated': z.object({ ...key, by: z.string() }),
  'key.revoked': z.object({ ...key, by: z.string(), reason: z.string().nullable() }),
  'key.leaked': z.object({
    ...key,
    source: z.enum(['report', 'github', 'url', 'body']),
    url: z.string().nullable(),
    outcome: z.enum(['revoked', 'flagged']),
  }),
  'key.expiring': z.object({ ...key, expires_at: time, days_left: z.int() }),
  'key.idle': z.object({ ...key, last_used_at: time.nullable(), revokes_at: time, days_left: z.int() }),
  'credential.connected': z.object({ ...credential, by: z.string() }),
  'credential.renewal_failed': z.object({
    ...credential,
    reauthorization_required: z.boolean(),
    error: z.string().nullable(),
    calls_fail_at: time.nullable().meta({ description: 'Since when, or from when on, calls fail; null: not known.' }),
  }),
  'credential.recovered': z.object({ ...credential, failing_since: time.nullable() }),
  'credential.expiring': z.object({
    ...credential,
    what: z.enum(['secret', 'refresh_token']),
    expires_at: time,
    days_left: z.int(),
  }),
  'credential.tested_bad': z.object({ ...credential, result: z.string(), by: z.string() }),
  'integration.failing': z.object({
    ...key,
    slug: z.string(),
    host: z.string(),
    credential_id: z.string().nullable(),
    failing_since: time,
    outcome: z.enum(tellingOutcomes).meta({ description: 'Of the last call.' }),
    status: z.int().meta({ description: 'What its caller got.' }),
  }),
  'member.joined': z.object({ id: z.string(), name: z.string(), role: z.string() }),
  'member.left': z.object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    how: z.enum(['removed', 'left']),
    by: z.string(),
  }),
  'webhook.test': z.object({ id: z.string(), name: z.string() }),
} as const

export type WebhookType = keyof typeof webhookTypes

export const allTypes = Object.keys(webhookTypes) as WebhookType[]
/** The types that one can choose: a test comes when it is asked for. */
export const chosenTypes = allTypes.filter((type) => type !== 'webhook.test')

type Translations = {
  [Kind in keyof AllEventData]?: (
    id: string,
    data: AllEventData[Kind],
  ) => { type: WebhookType; data: Record<string, unknown> }
}

/** What every message about a credential holds. An event from before there were two environments is of a live one. */
function ofCredential(
  id: string,
  { name, environment = 'live', provider }: { name: string; environment?: Environment; provider: string | null },
) {
  return { id, name, environment, provider }
}

/** What each event of the outbox is to the outside; one that is missing is told to people only. */
const translations: Translations = {
  'api_key.created': (id, { name, environment, by }) => ({ type: 'key.created', data: { id, name, environment, by } }),
  'api_key.regenerated': (id, { name, environment, by }) => ({
    type: 'key.regenerated',
    data: { id, name, environment, by },
  }),
  'api_key.revoked': (id, { name, environment, by, reason }) => ({
    type: 'key.revoked',
    data: { id, name, environment, by, reason },
  }),
  'api_key.leaked': (id, { name, environment, source, url, outcome }) => ({
    type: 'key.leaked',
    data: { id, name, environment, source, url, outcome },
  }),
  'api_key.expiring': (id, { name, environment, expiresAt, daysLeft }) => ({
    type: 'key.expiring',
    data: { id, name, environment, expires_at: expiresAt, days_left: daysLeft },
  }),
  'api_key.idle': (id, { name, environment, lastUsedAt, revokesAt, daysLeft }) => ({
    type: 'key.idle',
    data: { id, name, environment, last_used_at: lastUsedAt, revokes_at: revokesAt, days_left: daysLeft },
  }),
  'credential.connected': (id, { by, ...facts }) => ({
    type: 'credential.connected',
    data: { ...ofCredential(id, facts), by },
  }),
  'credential.reauthorization_required': (id, { error, callsFailAt, ...facts }) => ({
    type: 'credential.renewal_failed',
    data: { ...ofCredential(id, facts), reauthorization_required: true, error, calls_fail_at: callsFailAt },
  }),
  'credential.renewal_failing': (id, { error, callsFailAt, ...facts }) => ({
    type: 'credential.renewal_failed',
    data: { ...ofCredential(id, facts), reauthorization_required: false, error, calls_fail_at: callsFailAt },
  }),
  'credential.renewal_recovered': (id, { failingSince, ...facts }) => ({
    type: 'credential.recovered',
    data: { ...ofCredential(id, facts), failing_since: failingSince },
  }),
  'credential.expiring': (id, { what, expiresAt, daysLeft, ...facts }) => ({
    type: 'credential.expiring',
    data: { ...ofCredential(id, facts), what, expires_at: expiresAt, days_left: daysLeft },
  }),
  'credential.tested_bad': (id, { result, by, ...facts }) => ({
    type: 'credential.tested_bad',
    data: { ...ofCredential(id, facts), result, by },
  }),
  'integration.failing': (id, { name, environment, slug, host, credentialId, failingSince, outcome, status }) => ({
    type: 'integration.failing',
    data: {
      id,
      name,
      environment,
      slug,
      host,
      credential_id: credentialId,
      failing_since: failingSince,
      outcome,
      status,
    },
  }),
  'member.joined': (id, { name, role }) => ({ type: 'member.joined', data: { id, name, role } }),
  'member.left': (id, { name, role, how, by }) => ({ type: 'member.left', data: { id, name, role, how, by } }),
}

/** The message that an event of the outbox is to the outside; null: it is none. */
export function messageOf(kind: string, subjectId: string, data: unknown) {
  const translate = translations[kind as keyof AllEventData] as
    | ((id: string, data: unknown) => { type: WebhookType; data: Record<string, unknown> })
    | undefined
  return translate?.(subjectId, data) ?? null
}
