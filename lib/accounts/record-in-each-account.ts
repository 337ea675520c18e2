import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members } from '@/db/schema'
import { type Actor, type AuditAction, type Origin, recordAuditEvent } from '../audit'

/** What happens to a person concerns every account that they are a member of. */
export async function recordInEachAccount(
  tx: Database,
  userId: string,
  actorIn: (accountId: string) => Actor,
  action: Extract<AuditAction, `user.${string}`>,
  details: Record<string, unknown> = {},
): Promise<void> {
  const memberships = await tx.select({ accountId: members.accountId }).from(members).where(eq(members.userId, userId))
  for (const { accountId } of memberships) await recordAuditEvent(tx, actorIn(accountId), action, userId, details)
}

/** A person, as whoever changes something in an account. */
export function userActor(
  user: { id: string; name: string },
  accountId: string,
  { address, userAgent, requestId }: Origin,
): Actor {
  return { kind: 'user', id: user.id, name: user.name, accountId, address, userAgent, requestId }
}
