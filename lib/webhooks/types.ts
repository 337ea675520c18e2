import { z } from 'zod'
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
  'credential.connected': z.object({ ...credential, by: z.string() }),
  'credential.renewal_failed': z.object({
    ...credential,
    reauthorization_required: z.boolean(),
    error: z.string().nullable(),
    calls_fail_at: time.nullable(),
  }),
  'credential.recovered': z.object({ ...credential, failing_since: time.nullable() }),
  'credential.expiring': z.object({
    ...credential,
    what: z.enum(['secret', 'refresh_token']),
    expires_at: time,
    days_left: z.int(),
  }),
  'credential.tested_bad': z.object({ ...credential, result: z.string(), by: z.string() }),
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

/** The types that one can choose: a test comes when it is asked for. */
export const chosenTypes = Object.keys(webhookTypes).filter((type) => type !== 'webhook.test') as WebhookType[]

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
