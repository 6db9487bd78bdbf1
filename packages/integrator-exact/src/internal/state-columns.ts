import type { Planes } from '@mesobath/contracts'

/** Writes (phase · C)  [dimension, count] of C† [count, dimension] to columns of `out` from `first` on, rows of which are `stride` long. */
export const turnColumns = (
  source: Planes, phaseRe: Float64Array, phaseIm: Float64Array, count: number, out: Planes, first: number, stride: number,
): void => {
  const dimension = phaseRe.length
  const re = out.re, im = out.im!, sourceRe = source.re, sourceIm = source.im
  for (let a = 0; a < dimension; a++) {
    const c = phaseRe[a]!, s = phaseIm[a]!
    for (let column = 0, from = a, to = a * stride + first; column < count; column++, from += dimension, to++) {
      const x = sourceRe[from]!
      const y = sourceIm === null ? 0 : -sourceIm[from]!
      re[to] = c * x - s * y
      im[to] = c * y + s * x
    }
  }
}

/** Rows [from, to) of `out` [rows, width] from columns of a band of them, from `first` on, rows of which are `stride` long. */
export const copyColumns = (band: Planes, first: number, stride: number, out: Planes, from: number, to: number, width: number): void => {
  const sourceRe = band.re, sourceIm = band.im!, re = out.re, im = out.im!
  for (let row = from; row < to; row++) {
    let source = (row - from) * stride + first
    for (let at = row * width; at < (row + 1) * width; at++, source++) {
      re[at] = sourceRe[source]!
      im[at] = sourceIm[source]!
    }
  }
}
