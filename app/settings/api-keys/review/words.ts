import type { KeyReviewResource } from '@/lib/api/review-resources'

/** A page of the review as the API answers it. */
export type KeyReview = KeyReviewResource
export type ReviewedKey = KeyReview['data'][number]
export type KeyFinding = ReviewedKey['findings'][number]['finding']

/** What can be found, in a few words, in the order in which it is shown. */
export const findingNames: Record<KeyFinding, string> = {
  never_used: 'Never used',
  idle: 'Not used for 90 days',
  over_scoped: 'Unused scopes',
  maker_left: 'Maker has left',
  retiring: 'Old token still used',
  no_expiry: 'No expiry',
}

export function isFinding(text: unknown): text is KeyFinding {
  return typeof text === 'string' && Object.hasOwn(findingNames, text)
}
