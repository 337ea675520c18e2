// What is made of single measurements.

/**
 * One measurement of one server.
 * @typedef {object} Measurement
 * @property {number} requestsPerSecond
 * @property {number} p50Ms median latency
 * @property {number} p99Ms
 */

/**
 * @param {readonly number[]} values at least one
 * @throws {RangeError} when there is none
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('There is no median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * The value below which `share` of all values lie (nearest rank).
 * @param {readonly number[]} values at least one
 * @param {number} share above 0, at most 1
 * @throws {RangeError} when there is none
 */
export function percentile(values, share) {
  if (values.length === 0) throw new RangeError('There is no percentile of nothing')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/**
 * The median of each figure over the rounds.
 * @param {readonly Measurement[]} rounds
 * @returns {Measurement}
 */
export function medianOf(rounds) {
  return {
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    p50Ms: median(rounds.map((round) => round.p50Ms)),
    p99Ms: median(rounds.map((round) => round.p99Ms)),
  }
}

/**
 * The median of what is added in each round, for the reason for which `medianRatio` is one of rounds.
 * @param {readonly number[]} ours one value a round
 * @param {readonly number[]} theirs of the same rounds
 */
export function medianDifference(ours, theirs) {
  if (ours.length !== theirs.length) throw new RangeError('Both sides of a difference need the same rounds')
  return median(ours.map((value, round) => value - theirs[round]))
}

/**
 * The median of the ratios of each round. A machine that is slow for a while slows both sides of a round, which follow
 * each other within seconds, so their ratio is steadier than the ratio of two medians.
 * @param {readonly number[]} ours one value a round
 * @param {readonly number[]} theirs of the same rounds
 */
export function medianRatio(ours, theirs) {
  if (ours.length !== theirs.length) throw new RangeError('Both sides of a ratio need the same rounds')
  return median(ours.map((value, round) => value / theirs[round]))
}
