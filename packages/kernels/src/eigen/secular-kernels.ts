import type { Planes } from '@mesobath/contracts'
import { secularRoot } from './secular-equation.js'

/** What divide and conquer needs besides products: n² terms each, the same bits in plain JavaScript as in assembly/secular.ts. */
export interface SecularKernels {
  /**
   * Roots [from, to) of 1 + ρ Σ_i z_i²/(d_i − x), ρ = `strength`, into `roots`, and d_i − x_j to row j of `gaps` [count, count]. NaN for one that did not
   * converge; see {@link secularRoot}.
   */
  secularRoots(
    from: number, to: number, count: number, poles: Float64Array, weights: Float64Array, strength: number, gaps: Planes, roots: Float64Array,
  ): void
  /**
   * Vectors of all roots as rows of `coefficients` [count, count], normalised, entry `at` of each being number order[at]: z_i/(d_i − x_j) with the z for which
   * the roots are exact. `gaps` is overwritten.
   */
  secularVectors(count: number, poles: Float64Array, weights: Float64Array, gaps: Planes, order: ArrayLike<number>, coefficients: Planes): void
}

/** z for which the roots are exact: |z_i|² = Π_j (x_j − d_i) / (ρ Π_{j≠i} (d_j − d_i)). */
const exactWeights = (size: number, poles: Float64Array, weights: Float64Array, gaps: Float64Array): Float64Array => {
  const exact = new Float64Array(size)
  for (let i = 0; i < size; i++) exact[i] = -gaps[i * size + i]!
  for (let j = 0; j < size; j++) {
    const row = j * size
    for (let i = 0; i < j; i++) exact[i] = exact[i]! * (gaps[row + i]! / (poles[i]! - poles[j]!))
    for (let i = j + 1; i < size; i++) exact[i] = exact[i]! * (gaps[row + i]! / (poles[i]! - poles[j]!))
  }
  for (let i = 0; i < size; i++) {
    const root = Math.sqrt(Math.abs(exact[i]!))
    exact[i] = weights[i]! < 0 ? -root : root
  }
  return exact
}

/** The same in plain JavaScript. */
export const javascriptSecularKernels: SecularKernels = {
  secularRoots: (from, to, count, poles, weights, strength, gaps, roots) => {
    const rows = gaps.re
    for (let at = from; at < to; at++) roots[at] = secularRoot(count, at, poles, weights, strength, rows, at * count)
  },
  secularVectors: (count, poles, weights, gaps, order, coefficients) => {
    const rows = gaps.re
    const out = coefficients.re
    const exact = exactWeights(count, poles, weights, rows)
    for (let j = 0; j < count; j++) {
      const row = j * count
      let length = 0
      for (let i = 0; i < count; i++) {
        const x = exact[i]! / rows[row + i]!
        rows[row + i] = x
        length += x * x
      }
      const scale = 1 / Math.sqrt(length)
      for (let at = 0; at < count; at++) out[row + at] = rows[row + order[at]!]! * scale
    }
  },
}
