import { z } from 'zod'
import { actorKinds } from '@/db/schema'
import { pageQuery } from '../paging'
import { isStorable } from '../text'
import { isStorableTime } from '../times'
import { type AuditAction, auditActions } from './record'

/** The kinds of things that events happen to. */
export type AuditKind = (typeof auditActions)[AuditAction]
export const auditKinds = [...new Set(Object.values(auditActions))] as [AuditKind, ...AuditKind[]]

const TEXT_RULE = 'must be 100 characters or fewer, without control characters'
const text = z.string().max(100, TEXT_RULE).refine(isStorable, TEXT_RULE).optional()
const DAY = /^\d{4}-\d\d-\d\d$/
const TIME_RULE = 'must be a date (2026-03-01, UTC) or a date-time (2026-03-01T09:30:00Z)'

/** A date-time, or a date for one end of its day. */
function timeAt(endOfDay: 'start' | 'end') {
  return z
    .string()
    .max(40, TIME_RULE)
    .refine(
      (given) =>
        z.iso
          .date()
          .or(z.iso.datetime({ offset: true }))
          .safeParse(given).success,
      TIME_RULE,
    )
    .transform((given) => {
      if (!DAY.test(given)) return new Date(given)
      const start = Date.parse(`${given}T00:00:00Z`)
      return new Date(endOfDay === 'start' ? start : start + 86_400_000)
    })
    .refine(isStorableTime, TIME_RULE)
    .optional()
}

/** What narrows the list of events. */
const auditFilter = {
  action: z
    .string()
    .refine(
      (given) => Object.hasOwn(auditActions, given) || auditKinds.includes(given as AuditKind),
      'must be an action, such as api_key.revoked, or a kind of thing, such as api_key',
    )
    .optional()
    .meta({ description: 'An action, such as `api_key.revoked`, or all that happened to a kind of thing: `api_key`.' }),
  actor: text.meta({
    description: `Who did it: the id of a user or a key, or a kind: ${actorKinds.map((kind) => `\`${kind}\``).join(', ')}.`,
  }),
  target: text.meta({ description: 'The id of what it happened to.' }),
  address: text.meta({ description: 'The address that it was asked for from, as it stands in the events.' }),
  from: timeAt('start').meta({ description: 'From then on: a date (UTC) or a date-time.', type: 'string' }),
  to: timeAt('end').meta({
    description: 'Until then: a date (UTC), with all of the day, or a date-time.',
    type: 'string',
  }),
  q: text.meta({ description: 'Part of a name, of the action or of the details; or a whole id or request id.' }),
}

export const listAuditEventsQuery = z.strictObject({ ...auditFilter, ...pageQuery })
export type ListAuditEventsQuery = z.output<typeof listAuditEventsQuery>
export type AuditFilter = Omit<ListAuditEventsQuery, 'limit' | 'cursor'>
