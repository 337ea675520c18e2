import type { StoredTokens, TokenState } from './stored-tokens'

/** What a use needs: long enough for a call, and for clocks that differ a little. */
export const USE_MARGIN_MS = 60_000

/** Of its lifetime, what a margin may be at most: a token of minutes would else be renewed at each use. */
const MAX_SHARE = 0.2

/** Whether an access token is good for some time yet, by the database's clock, whose times these are. Of one whose end is not known, only a 401 tells. */
export function isGood(
  { obtainedAt, expiresAt, now }: Pick<TokenState, 'obtainedAt' | 'expiresAt' | 'now'>,
  { accessToken }: Pick<StoredTokens, 'accessToken'>,
  marginMs = USE_MARGIN_MS,
): boolean {
  if (accessToken === null) return false
  if (expiresAt === null) return true
  const lifetimeMs = expiresAt.getTime() - (obtainedAt ?? now).getTime()
  return expiresAt.getTime() - now.getTime() > Math.min(marginMs, Math.max(0, lifetimeMs) * MAX_SHARE)
}
