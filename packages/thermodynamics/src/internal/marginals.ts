import type { Frame, Vector } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'

/** Marginals of a vector laid out [level, window₁ … windowₙ], and sums over it. */
export class Marginals {
  /** p(ε_k) [d]. */
  readonly levels: Float64Array
  /** p(E_ν) per bath. */
  readonly windows: readonly Float64Array[]
  /** Joint windows, Π n_ν. */
  readonly size: number
  readonly #strides: readonly number[]

  constructor(frame: Frame) {
    const counts = frame.baths.map((bath) => bath.windows.energies.length)
    this.levels = new Float64Array(frame.dimension)
    this.windows = counts.map((count) => new Float64Array(count))
    this.size = counts.reduce((product, count) => product * count, 1)
    this.#strides = counts.map((_, axis) => counts.slice(axis + 1).reduce((product, count) => product * count, 1))
  }

  /** Fills `levels` and `windows`. */
  reduce(values: Vector): void {
    const { levels, size, windows } = this
    for (let k = 0; k < levels.length; k++) {
      let sum = 0
      for (let i = k * size; i < (k + 1) * size; i++) sum += values[i]
      levels[k] = sum
    }
    for (let axis = 0; axis < windows.length; axis++) {
      const marginal = windows[axis]
      const stride = this.#strides[axis]
      marginal.fill(0)
      for (let start = 0, window = 0; start < values.length; start += stride, window = window + 1 === marginal.length ? 0 : window + 1) {
        let sum = 0
        for (let i = start; i < start + stride; i++) sum += values[i]
        marginal[window] += sum
      }
    }
  }

  /** −Σ p(E) ln p(E) over joint windows: the entropy of all baths together. */
  jointWindowEntropy(values: Vector): number {
    const { levels, size } = this
    let sum = 0
    for (let window = 0; window < size; window++) {
      let p = 0
      for (let k = 0; k < levels.length; k++) p += values[k * size + window]
      if (p > 0) sum -= p * log(p)
    }
    return sum
  }
}

/** Σ a_i b_i. */
export const dot = (a: Vector, b: Vector): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
