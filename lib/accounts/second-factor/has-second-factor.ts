import { type SQLWrapper, sql } from 'drizzle-orm'
import { authenticators, passkeys } from '@/db/schema'

/** Whether a person has a second factor, as part of a statement. Recovery codes are none: they stand in for one. */
export function hasSecondFactor(userId: SQLWrapper | string) {
  return sql<boolean>`(
    exists (select 1 from ${authenticators} where ${authenticators.userId} = ${userId} and ${authenticators.confirmedAt} is not null)
    or exists (select 1 from ${passkeys} where ${passkeys.userId} = ${userId}))`
}
