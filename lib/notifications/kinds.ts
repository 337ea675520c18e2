import type { troubles } from '@/db/schema'
import { type AllEventData, type EventData, type EventKind, silentKinds } from './outbox'

/** Every kind of event, in the order in which people choose how to hear of it. */
export const eventKinds = [
  'credential.reauthorization_required',
  'credential.renewal_failing',
  'credential.renewal_recovered',
  'credential.expiring',
  'api_key.created',
  'api_key.regenerated',
  'api_key.revoked',
  'api_key.leaked',
  'integration.failing',
  'webhook.disabled',
  'api_key.idle',
  'api_key.expiring',
  'api_key.rehearsal_ended',
  'review.digest',
] as const satisfies readonly EventKind[]

/** Those too of which webhooks alone are told. */
export const allEventKinds = [...eventKinds, ...Object.keys(silentKinds)] as readonly (keyof AllEventData)[]

export type CredentialKind = Extract<EventKind, `credential.${string}`>
export type KeyKind = Exclude<EventKind, CredentialKind>
export type Trouble = (typeof troubles)[number]

export function isCredentialKind(kind: EventKind): kind is CredentialKind {
  return kind.startsWith('credential.')
}

/** An event as it is read: its kind decides the form of its data. */
export type OutboxEvent = {
  [Kind in EventKind]: { kind: Kind; subjectId: string; data: EventData[Kind] }
}[EventKind]
