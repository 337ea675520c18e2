import type { CredentialReviewResource } from '@/lib/api/review-resources'

/** A page of the review as the API answers it. */
export type CredentialReview = CredentialReviewResource
export type ReviewedCredential = CredentialReview['data'][number]
export type CredentialFinding = ReviewedCredential['findings'][number]['finding']

/** What can be found, in a few words, in the order in which it is shown. */
export const findingNames: Record<CredentialFinding, string> = {
  failing: 'Failing',
  unconnected: 'Without an integration',
  idle: 'Not used for 90 days',
  maker_left: 'Maker has left',
}

export function isFinding(text: unknown): text is CredentialFinding {
  return typeof text === 'string' && Object.hasOwn(findingNames, text)
}
