import { FoundBanner } from '../review/banner'
import { REVIEW_HREF } from './paths'
import { findingNames, type KeyReview } from './review/words'
import { counted } from './words'

/** Whether somebody should look at keys now. That keys have no expiry is no reason to speak up by itself. */
export function asksForReview({ counts }: KeyReview): boolean {
  const { no_expiry: _, ...urgent } = counts
  return Object.values(urgent).some((count) => count > 0)
}

/** Counts the keys that somebody should look at. */
export function ReviewBanner({ found: { counts, all } }: { found: KeyReview }) {
  return (
    <FoundBanner title={`${counted(all, 'key')} to review`} href={REVIEW_HREF} names={findingNames} counts={counts} />
  )
}
