/** A run of the next minute, which may be counted in this one: its timer, or Trigger.dev's clock, may be ahead of ours. */
const EARLY_MS = 2_000
/** After the next run is due: it begins once this one has ended, so that there is always one. */
const OVERLAP_MS = 5_000

/**
 * How long a run of a job of each minute goes on with what becomes due meanwhile. A run that ended before the next one is due
 * would leave seconds in which nobody looks.
 * @param now milliseconds since 1970
 * @returns milliseconds, 67 s at most
 */
export function untilNextRunMs(now = Date.now()): number {
  return 60_000 - ((now + EARLY_MS) % 60_000) + EARLY_MS + OVERLAP_MS
}
