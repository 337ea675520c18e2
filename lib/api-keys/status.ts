import { type SQL, sql } from 'drizzle-orm'
import { apiKeys } from '@/db/schema'

/**
 * - `active`: accepted.
 * - `retiring`: replaced by a regeneration, accepted until its overlap ends.
 * - `retired`: replaced by a regeneration, no longer accepted.
 * - `expired`, `revoked`: no longer accepted.
 */
export const keyStatuses = ['active', 'retiring', 'retired', 'expired', 'revoked'] as const
export type KeyStatus = (typeof keyStatuses)[number]

/** The status by the database's clock, the one clock that all instances share. */
export const keyStatus: SQL<KeyStatus> = sql<KeyStatus>`case
  when ${apiKeys.revokedAt} is not null then 'revoked'
  when ${apiKeys.retiresAt} <= now() then 'retired'
  when ${apiKeys.expiresAt} <= now() then 'expired'
  when ${apiKeys.retiresAt} is not null then 'retiring'
  else 'active' end`

export function isAccepted(status: KeyStatus): status is 'active' | 'retiring' {
  return status === 'active' || status === 'retiring'
}
