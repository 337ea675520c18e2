import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeyId, bulkRevocationInput, MAX_BULK_KEYS, requestBulkRevocation } from '../api-keys'
import type { Actor } from '../audit'
import { invalidField } from '../errors'
import { keyFindings } from './findings'
import { foundKeyIds } from './keys'

/** All keys of which something is found, but some; `expected` is how many the person was told. */
export const reviewRevocationInput = z.strictObject({
  finding: z.enum(keyFindings).nullable(),
  except: z.array(apiKeyId).max(MAX_BULK_KEYS),
  expected: z.number().int().min(1).max(MAX_BULK_KEYS),
  reason: bulkRevocationInput.shape.reason,
})
export type ReviewRevocationInput = z.output<typeof reviewRevocationInput>

/**
 * Asks for the keys that come up for review to be revoked, all but some. One that was unused, and is used since the person
 * looked, is left alone.
 * @returns the id under which its progress is found
 * @throws {Refusal} `invalid` on `expected` when there are more keys than the person was told, or none
 */
export async function requestReviewRevocation(
  db: Database,
  actor: Actor,
  { finding, except, expected, reason }: ReviewRevocationInput,
): Promise<string> {
  const kept = new Set(except)
  const found = await foundKeyIds(db, actor.accountId, finding, MAX_BULK_KEYS)
  const keyIds = found.filter((id) => !kept.has(id))
  if (keyIds.length === 0) throw invalidField('expected', 'None of these keys comes up for review any more.')
  if (keyIds.length > expected) {
    throw invalidField(
      'expected',
      `Meanwhile ${keyIds.length} keys come up for review, not ${expected}. Nothing was revoked: look at the list again.`,
    )
  }
  return requestBulkRevocation(db, actor, keyIds, reason)
}
