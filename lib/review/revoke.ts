import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeyId, bulkRevocationInput, MAX_BULK_KEYS, requestBulkRevocation } from '../api-keys'
import type { Actor } from '../audit'
import { invalidField } from '../errors'
import { keyFindings } from './findings'
import { foundKeyIds } from './keys'

/** All keys of which something is found, but some; `fingerprint` is of the page on which the person saw them. */
export const reviewRevocationInput = z.strictObject({
  finding: z.enum(keyFindings, 'must be what a review finds of keys, or null').nullable(),
  except: z.array(apiKeyId).max(MAX_BULK_KEYS, `must be ${MAX_BULK_KEYS.toLocaleString('en')} or fewer`),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'must be the fingerprint of a page'),
  reason: bulkRevocationInput.shape.reason,
})
export type ReviewRevocationInput = z.output<typeof reviewRevocationInput>

/**
 * Asks for the keys that come up for review to be revoked, all but some: those that the person saw, and no others.
 * @returns the id under which its progress is found
 * @throws {Refusal} `invalid` on `fingerprint` when they are other keys than the person saw, or none
 */
export async function requestReviewRevocation(
  db: Database,
  actor: Actor,
  { finding, except, fingerprint, reason }: ReviewRevocationInput,
): Promise<string> {
  const kept = new Set(except)
  const found = await foundKeyIds(db, actor.accountId, finding)
  const keyIds = found.ids.filter((id) => !kept.has(id))
  if (keyIds.length === 0) throw invalidField('fingerprint', 'None of these keys comes up for review any more.')
  if (found.fingerprint !== fingerprint) {
    throw invalidField(
      'fingerprint',
      'Meanwhile other keys come up for review than those that you saw. Nothing was revoked: look at the list again.',
    )
  }
  return requestBulkRevocation(db, actor, keyIds, reason)
}
