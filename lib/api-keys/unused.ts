import { sql } from 'drizzle-orm'

/** Days after which a key that was never used, or not any more, comes up for review. */
export const REVIEW_DAYS = { neverUsedDays: 30, idleDays: 90 } as const

// As SQL over the rows of `api_keys` and of `api_key_uses`, in all queries alike.

export const isNeverUsed = sql.raw(
  `(api_key_uses.last_used_at is null and api_keys.created_at < now() - interval '${REVIEW_DAYS.neverUsedDays} days')`,
)
export const isIdle = sql.raw(`(api_key_uses.last_used_at < now() - interval '${REVIEW_DAYS.idleDays} days')`)
