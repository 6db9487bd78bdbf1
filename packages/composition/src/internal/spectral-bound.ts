import type { BathTransitions } from '../bath-transitions.js'

/** Rounds of the power iteration: each narrows what Gershgorin's circles leave open, and none can make the bound wrong. */
const ROUNDS = 24

/** ... but a bound that falls by less than this share in a round is tight: the terms of a series go with its square root. */
const TIGHT = 0.002

/**
 * Not less than any |eigenvalue| of one bath's part of the generator, on [level, window] of this bath alone.
 *
 * Symmetrised by √V it is −D + S with exit rates D and jump strengths S ≥ 0 (local detailed balance), so no eigenvalue of it exceeds the
 * largest of D + S in size, and max_i ((D + S)x)_i/x_i bounds that one for any positive x (Collatz and Wielandt); x comes near the
 * eigenvector by iteration.
 */
export const axisSpectralBound = (
  { count, fromLevel, fromWindow, rate, strength, toLevel, toWindow }: BathTransitions, dimension: number, windows: number,
): number => {
  const places = dimension * windows
  const exits = new Float64Array(places)
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  for (let i = 0; i < count; i += 1) {
    from[i] = fromLevel[i]! * windows + fromWindow[i]!
    to[i] = toLevel[i]! * windows + toWindow[i]!
    exits[from[i]!]! += rate[i]!
  }
  let x = new Float64Array(places).fill(1)
  let image = new Float64Array(places)
  let bound = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < places; i += 1) image[i] = exits[i]! * x[i]!
    for (let i = 0; i < count; i += 1) image[to[i]!]! += strength[i]! * x[from[i]!]!
    let largest = 0
    for (let i = 0; i < places; i += 1) largest = Math.max(largest, image[i]! / x[i]!)
    if (!(largest > 0)) return 0
    if (largest > (1 - TIGHT) * bound) return Math.min(bound, largest)
    bound = largest
    // Half of x stays, so that every entry remains positive and alternating vectors die out.
    for (let i = 0; i < places; i += 1) image[i] = 0.5 * x[i]! + (0.5 * image[i]!) / largest
    const swap = x
    x = image
    image = swap
  }
  return bound
}
