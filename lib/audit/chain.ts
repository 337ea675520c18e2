import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { auditEvents } from '@/db/schema'

/** The fields of an event that its link's hash covers, in their order, each as text; null: not known. */
export type ChainedFields = readonly (string | null)[]

/** First of what is hashed: what a hash means when the fields change one day. */
const FORMAT = 'fenicia audit 1'

/**
 * The same fields as a query gives them: the time to the microsecond, which a `Date` doesn't hold, and the details as the
 * database writes them.
 */
export const chainedFields = sql<ChainedFields | null>`
  case when ${auditEvents.id} is not null then json_build_array(
    ${auditEvents.id}, ${auditEvents.accountId},
    to_char(${auditEvents.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    ${auditEvents.action}, ${auditEvents.actorKind}, ${auditEvents.actorId}, ${auditEvents.actorName},
    ${auditEvents.targetKind}, ${auditEvents.targetId}, ${auditEvents.address}, ${auditEvents.userAgent},
    ${auditEvents.requestId}, ${auditEvents.details}::text
  ) end`

/**
 * The hash of a link, as the database's function `audit_hash` makes it, reckoned here so that the database need not be
 * trusted to check itself.
 * @param previous the hash of the link before
 */
export function chainHash(previous: string, fields: ChainedFields): string {
  const hash = createHash('sha256')
  for (const field of [FORMAT, previous, ...fields]) hash.update(lengthPrefixed(field))
  return hash.digest('hex')
}

/** With its length in bytes before it, so that no two lists of fields are written alike. */
export function lengthPrefixed(field: string | null): string {
  return field === null ? '-' : `${Buffer.byteLength(field)}:${field}`
}
