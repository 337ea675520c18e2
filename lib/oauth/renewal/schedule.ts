const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Tokens are renewed at the latest so long before they end, or, if that is less, with this share of their lifetime left. */
const AHEAD_MS = 10 * MINUTE_MS
const AHEAD_SHARE = 0.2
/** Where nothing renews them after their end, however long they last: an outage of minutes there would end it for good. */
const LAST_CHANCE_SHARE = 1 / 3
/** Two ends that were told of one after the other may differ by so much and be one. */
const SAME_END_MS = MINUTE_MS

/** Of a lifetime that was only seen once: the next token may last less. */
const LEARNED_SHARE = 0.8

/** The first pause after a failure; each next one is twice as long. */
const FIRST_PAUSE_MS = 5 * SECOND_MS
/** The longest pause: a tenth of the time that it has failed for, but not less than the first and not more than the second. */
const PAUSE_SHARE = 0.1
const MIN_LONGEST_PAUSE_MS = MINUTE_MS
const MAX_LONGEST_PAUSE_MS = HOUR_MS
/** A provider that asks for more is asked again after this. */
const MAX_RETRY_AFTER_MS = DAY_MS

/** For so long a call does not make Fenicia ask a provider again that has just failed. */
const COOL_MS = 2 * SECOND_MS

/** What has failed for so long after the tokens' end is given up: by then no outage, but something that only people change. */
export const GIVE_UP_MS = 7 * DAY_MS

/** How long access tokens last, as far as it is known. */
interface Lifetime {
  /** Milliseconds from now; null: not known. */
  endsInMs: number | null
  /** What tokens of this owner were found to last; null: not known either. */
  learnedSeconds: number | null
  /** When what renews them ends, in milliseconds from now; null or missing: not known, or never. */
  refreshEndsInMs?: number | null
}

/**
 * In how many milliseconds new tokens are to be renewed. Spread over as much time as they are renewed ahead by, so that
 * those that were got together are not renewed together.
 * @param random from 0 to 1
 * @returns null when nobody knows their end: a 401 will tell
 */
export function renewalDueInMs(
  { endsInMs, learnedSeconds, refreshEndsInMs = null }: Lifetime,
  random = Math.random(),
): number | null {
  const lifetimeMs = endsInMs ?? (learnedSeconds === null ? null : learnedSeconds * SECOND_MS * LEARNED_SHARE)
  if (lifetimeMs === null) return null
  const leftMs = Math.max(0, lifetimeMs)
  const isLastChance = refreshEndsInMs !== null && endsInMs !== null && refreshEndsInMs <= endsInMs + SAME_END_MS
  const aheadMs = isLastChance ? leftMs * LAST_CHANCE_SHARE : Math.min(AHEAD_MS, leftMs * AHEAD_SHARE)
  return Math.max(0, Math.round(lifetimeMs - aheadMs * (1 + random)))
}

/**
 * How long to wait after a failure: longer after each, up to a bound that grows with the time that it has failed for. A
 * provider that is back is noticed soon after a short outage, and not asked for ever every few seconds.
 * @param failures in a row, this one included
 * @param failingMs since the first of them
 * @param retryAfterMs what the provider asked for
 * @param random from 0 to 1
 */
export function pauseMs(
  { failures, failingMs, retryAfterMs }: { failures: number; failingMs: number; retryAfterMs: number | null },
  random = Math.random(),
): number {
  const longest = Math.min(MAX_LONGEST_PAUSE_MS, Math.max(MIN_LONGEST_PAUSE_MS, failingMs * PAUSE_SHARE))
  const pause = Math.min(longest, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20))
  const spread = pause * (0.75 + random / 2)
  return Math.round(Math.max(spread, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)))
}

/** How long calls don't ask again after a failure: briefly, or as long as the provider asked for. */
export function coolMs(retryAfterMs: number | null): number {
  return Math.max(COOL_MS, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS))
}

/** Whether it has failed for so long, and tokens have ended so long ago, that trying on is pointless. Attempts don't count. */
export function isGivenUp({ failingMs, endedMs }: { failingMs: number; endedMs: number | null }): boolean {
  return failingMs >= GIVE_UP_MS && (endedMs === null || endedMs >= GIVE_UP_MS)
}

/** Failures in a row that are not yet worth a message. */
const QUIET_FAILURES = 2
/** People are told when less than this share of the lifetime is left. */
const ALARM_SHARE = 1 / 3

/**
 * Whether failing renewals endanger calls, so that people are told.
 * @param leftMs until the access token ends, null: not known; `lifetimeMs` of which it is a part; `nextMs` until it is tried
 *   again
 */
export function isAlarming({
  failures,
  leftMs,
  lifetimeMs,
  nextMs,
}: {
  failures: number
  leftMs: number | null
  lifetimeMs: number | null
  nextMs: number
}): boolean {
  // A provider that wants to be left alone for long: there is no third failure before calls fail.
  if (nextMs > MIN_LONGEST_PAUSE_MS && leftMs !== null && leftMs < nextMs) return true
  if (failures <= QUIET_FAILURES) return false
  return leftMs === null || lifetimeMs === null || leftMs < lifetimeMs * ALARM_SHARE
}

/** A token that was refused sooner than this was not at its end, but taken away. */
const MIN_LEARNED_SECONDS = 60

/**
 * What a 401 tells of how long tokens last whose end the provider does not tell.
 * @param ageMs of the token that was refused
 * @param known what was learned before
 */
export function learnedFrom(ageMs: number, known: number | null): number | null {
  const seconds = Math.floor(ageMs / SECOND_MS)
  if (seconds < MIN_LEARNED_SECONDS) return known
  return known === null ? seconds : Math.min(known, seconds)
}

/** Tokens that last less, without a word about it, are rare: what was refused sooner may have been taken away. */
const DOUBTED_SECONDS = 900
const LONGER = 1.25
/** Of others: too long a lifetime costs a call its 401, which a body that can't be sent twice does not survive. */
const LITTLE_LONGER = 1.02

/**
 * What is taken for a lifetime that was learned, once tokens were renewed ahead of it: more each time, so that one 401 that
 * meant something else does not shorten it for good. By a quarter where it is short, which has them renewed every minute.
 */
export function doubted(known: number | null): number | null {
  if (known === null) return null
  if (known >= DOUBTED_SECONDS) return Math.ceil(known * LITTLE_LONGER)
  return Math.min(DOUBTED_SECONDS, Math.ceil(known * LONGER))
}
