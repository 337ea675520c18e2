import { and, isNull } from 'drizzle-orm'
import { invitations } from '@/db/schema'

/** Neither accepted nor revoked; one that has expired is open too, since it can be sent again. */
export const isOpenInvitation = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt))
