import { type SQL, sql } from 'drizzle-orm'

/**
 * - `active`: accepted.
 * - `retiring`: replaced by a regeneration, accepted until its overlap ends.
 * - `retired`: replaced by a regeneration, no longer accepted.
 * - `expired`, `revoked`: no longer accepted.
 * - `paused`: not accepted until somebody resumes it.
 */
export const keyStatuses = ['active', 'retiring', 'paused', 'retired', 'expired', 'revoked'] as const
export type KeyStatus = (typeof keyStatuses)[number]

/**
 * The status by the database's clock, the one clock that all instances share; as SQL over the columns of `api_keys`.
 * The time is the statement's: `now()` is the transaction's, and however old that was the key would look as it did then.
 */
export const keyStatusText = `case
  when api_keys.revoked_at is not null then 'revoked'
  when api_keys.retires_at <= statement_timestamp() then 'retired'
  when api_keys.expires_at <= statement_timestamp() then 'expired'
  when api_keys.paused_at is not null then 'paused'
  when api_keys.retires_at is not null then 'retiring'
  else 'active' end`

export const keyStatus: SQL<KeyStatus> = sql<KeyStatus>`${sql.raw(keyStatusText)}`

export function isAccepted(status: KeyStatus): status is 'active' | 'retiring' {
  return status === 'active' || status === 'retiring'
}
