import type { Planes, Sample, Vector } from '@mesobath/contracts'

/** Sizes of the joint space: d levels, the window counts of the baths and their product. */
export interface Layout {
  readonly dimension: number
  readonly counts: readonly number[]
  readonly windows: number
}

export const layoutOf = (dimension: number, counts: readonly number[]): Layout =>
  ({ dimension, counts, windows: counts.reduce((product, each) => product * each, 1) })

/** ρ_S = Σ_E ρ_S(E) into `out` [k, q]; a diagonal matrix where the sample has populations only. Returns whether it is complex. */
export const reduceToSystem = (layout: Layout, sample: Sample, out: { re: Float64Array; im: Float64Array }): boolean => {
  const { dimension, windows } = layout
  const block = dimension * dimension
  out.re.fill(0)
  out.im.fill(0)
  const { conditional, populations } = sample
  if (conditional === null) {
    for (let k = 0; k < dimension; k++) {
      let sum = 0
      for (let window = 0; window < windows; window++) sum += populations[k * windows + window]!
      out.re[k * dimension + k] = sum
    }
    return false
  }
  const { re, im } = conditional
  for (let window = 0; window < windows; window++) {
    const offset = window * block
    for (let i = 0; i < block; i++) {
      out.re[i]! += re[offset + i]!
      if (im !== null) out.im[i]! += im[offset + i]!
    }
  }
  return im !== null
}

/** The diagonal ρ_S(E) of populations [level, windows] into `out` [windows, k, q]. */
export const diagonalStates = (layout: Layout, populations: Vector, out: Float64Array): void => {
  const { dimension, windows } = layout
  for (let k = 0; k < dimension; k++) {
    for (let window = 0; window < windows; window++) {
      out[(window * dimension + k) * dimension + k] = populations[k * windows + window]!
    }
  }
}

/** p(E_ν) of one bath into `out`: every other axis summed over. */
export const marginal = (layout: Layout, bath: number, populations: Vector, out: Float64Array): void => {
  const { dimension, counts, windows } = layout
  let stride = 1
  for (let other = counts.length - 1; other > bath; other--) stride *= counts[other]!
  const count = counts[bath]!
  out.fill(0)
  for (let i = 0; i < dimension * windows; i++) out[Math.floor(i / stride) % count]! += populations[i]!
}

/** Re tr(A ρ_S) = Re Σ_kq A_kq ρ_qk. */
export const expectation = (operatorRe: Vector, operatorIm: Vector | null, state: Planes, dimension: number): number => {
  let sum = 0
  for (let k = 0; k < dimension; k++) {
    for (let q = 0; q < dimension; q++) {
      const forward = k * dimension + q
      const backward = q * dimension + k
      sum += operatorRe[forward]! * state.re[backward]!
      if (operatorIm !== null && state.im !== null) sum -= operatorIm[forward]! * state.im[backward]!
    }
  }
  return sum
}
