import type { Planes, Vector } from '@mesobath/contracts'

/** One row: engines compile what is called often before they do so with loops in loops. */
const scaleRow = (row: Float64Array, weight: number, from: number, to: number, out: Float64Array): void => {
  for (let at = from; at < to; at++) out[at] = weight * row[at]!
}

const scalePlane = (plane: Float64Array, weights: Vector, columns: number, out: Float64Array): void => {
  for (let r = 0; r < weights.length; r++) scaleRow(plane, weights[r]!, r * columns, (r + 1) * columns, out)
}

/** Rows of `columns` numbers, each times its weight. */
export const scaleRows = (rows: Planes, weights: Vector, columns: number, out: Planes): void => {
  scalePlane(rows.re, weights, columns, out.re)
  if (rows.im !== null && out.im !== null) scalePlane(rows.im, weights, columns, out.im)
}
