import type { Database } from '@/db/client'
import { renewalAttempts } from '@/db/schema'
import { newId } from '../../ids'
import { NOW } from '../db-clock'
import type { TokenOwner } from '../stored-tokens'

/**
 * Writes down that consent has brought tokens, so that the history of renewals tells of it.
 * @param expiresAt when they end; null: not known
 */
export async function recordConnection(
  tx: Database,
  { accountId, ownerId }: TokenOwner,
  expiresAt: Date | null,
): Promise<void> {
  await tx.insert(renewalAttempts).values({
    id: newId('renewalAttempt'),
    accountId,
    ownerId,
    fence: 0,
    reason: 'connect',
    startedAt: NOW,
    endedAt: NOW,
    result: 'renewed',
    nextAt: expiresAt,
  })
}
