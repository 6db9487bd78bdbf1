import type { Planes } from '@mesobath/contracts'

/** The power of two next below a positive number: dividing by it rounds nothing. */
const powerBelow = (x: number): number => {
  let power = 1
  while (power > x) power /= 2
  while (power <= x / 2) power *= 2
  return power
}

/** Largest of `most` and the sizes of numbers [from, to); NaN where one is not finite. */
const largestSize = (plane: Float64Array, from: number, to: number, most: number): number => {
  let largest = most
  for (let at = from; at < to; at++) {
    const size = Math.abs(plane[at]!)
    if (!(size < Infinity)) return Number.NaN
    if (size > largest) largest = size
  }
  return largest
}

const divide = (plane: Float64Array, from: number, to: number, by: number): void => {
  for (let at = from; at < to; at++) plane[at] = plane[at]! / by
}

/** Divides the lower triangle by a power of two, which is returned, so that its largest entry is about 1; NaN where an entry is not finite. */
export const normalise = ({ re, im }: Planes, n: number): number => {
  // Row by row, each a call: engines compile what is called often before they do so with loops in loops.
  let largest = 0
  for (let r = 0; r < n && !Number.isNaN(largest); r++) {
    largest = largestSize(re, r * n, r * n + r + 1, largest)
    if (im !== null && !Number.isNaN(largest)) largest = largestSize(im, r * n, r * n + r + 1, largest)
  }
  if (largest === 0 || Number.isNaN(largest)) return largest === 0 ? 1 : largest
  const scale = powerBelow(largest)
  for (let r = 0; r < n; r++) {
    divide(re, r * n, r * n + r + 1, scale)
    if (im === null) continue
    divide(im, r * n, r * n + r, scale)
    im[r * n + r] = 0
  }
  return scale
}
