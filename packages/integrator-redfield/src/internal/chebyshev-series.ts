import { cos } from '@mesobath/kernels'

/** The zeros of T_n on [−1, 1], and T_k at them [k, node]. */
export interface ChebyshevBasis {
  readonly count: number
  readonly nodes: Float64Array
  readonly values: Float64Array
}

export const chebyshevBasis = (count: number): ChebyshevBasis => {
  const values = new Float64Array(count * count)
  for (let k = 0; k < count; k += 1) {
    for (let j = 0; j < count; j += 1) values[k * count + j] = cos((Math.PI * k * (2 * j + 1)) / (2 * count))
  }
  return { count, nodes: Float64Array.from({ length: count }, (_, j) => cos((Math.PI * (2 * j + 1)) / (2 * count))), values }
}

/** Σ_k c_k T_k(x), `count` coefficients from `offset` on, by Clenshaw's recurrence. */
export const chebyshevSum = (coefficients: Float64Array, offset: number, count: number, x: number): number => {
  let next = 0
  let afterNext = 0
  for (let k = count - 1; k > 0; k -= 1) {
    const value = coefficients[offset + k] + 2 * x * next - afterNext
    afterNext = next
    next = value
  }
  return coefficients[offset] + x * next - afterNext
}

/** Writes the coefficients of the derivative with respect to t = centre + half·x. */
export const differentiate = (coefficients: Float64Array, offset: number, count: number, half: number, out: Float64Array): void => {
  out[offset + count - 1] = 0
  for (let k = count - 1; k > 0; k -= 1) {
    const above = k + 1 < count ? out[offset + k + 1] : 0
    out[offset + k - 1] = above + (2 * k * coefficients[offset + k]) / half
  }
  out[offset] /= 2
}

/** Writes the `count` + 1 coefficients, from `outOffset` on, of the integral over t = centre + half·x from x = −1. */
export const integrated = (coefficients: Float64Array, count: number, half: number, out: Float64Array, outOffset: number): void => {
  let start = 0
  for (let k = 1; k <= count; k += 1) {
    const below = k === 1 ? 2 * coefficients[0] : coefficients[k - 1]
    const above = k + 1 < count ? coefficients[k + 1] : 0
    const value = (half * (below - above)) / (2 * k)
    out[outOffset + k] = value
    start += k % 2 === 0 ? value : -value
  }
  out[outOffset] = -start
}
