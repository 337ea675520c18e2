import { FoundBanner } from '../review/banner'
import { REVIEW_HREF } from './paths'
import { findingNames, type KeyReview } from './review/words'
import { counted } from './words'

/** Counts the keys that somebody should look at. That keys have no expiry is no reason to speak up by itself. */
export function ReviewBanner({ found: { counts, all } }: { found: KeyReview }) {
  const { no_expiry: _, ...urgent } = counts
  if (Object.values(urgent).every((count) => count === 0)) return null
  return (
    <FoundBanner title={`${counted(all, 'key')} to review`} href={REVIEW_HREF} names={findingNames} counts={counts} />
  )
}
