import type { Planes } from '@mesobath/contracts'

/** The power of two next below a positive number: dividing by it rounds nothing. */
const powerBelow = (x: number): number => {
  let power = 1
  while (power > x) power /= 2
  while (power <= x / 2) power *= 2
  return power
}

/** Divides the lower triangle by a power of two, which is returned, so that its largest entry is about 1; NaN where an entry is not finite. */
export const normalise = (matrix: Planes, n: number): number => {
  const { re, im } = matrix
  let largest = 0
  for (let r = 0; r < n; r++) {
    for (let at = r * n; at <= r * n + r; at++) {
      const size = Math.max(Math.abs(re[at]!), im === null ? 0 : Math.abs(im[at]!))
      // Math.max hands NaN on.
      if (!(size < Infinity)) return Number.NaN
      if (size > largest) largest = size
    }
  }
  if (largest === 0) return 1
  const scale = powerBelow(largest)
  for (let r = 0; r < n; r++) {
    for (let at = r * n; at <= r * n + r; at++) {
      re[at] = re[at]! / scale
      if (im !== null) im[at] = at === r * n + r ? 0 : im[at]! / scale
    }
  }
  return scale
}
