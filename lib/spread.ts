/** A pause, a fifth longer or shorter at most, so that what failed together does not come back together. */
export function spread(pause: number): number {
  return pause * (0.8 + 0.4 * Math.random())
}
