import type { Planes } from '@mesobath/contracts'

/** Columns that are turned at a time: what is read and what is written stays in cache. */
const TOGETHER = 32

/** Numbers [from, to) of row r of one plane. Engines compile what is called often before they do so with loops in loops. */
const adjointPart = (
  source: Float64Array, sign: number, r: number, width: number, order: readonly number[] | null, from: number, to: number, out: Float64Array, row: number,
): void => {
  for (let c = from; c < to; c++) out[row + c] = sign * source[(order === null ? c : order[c]!) * width + r]!
}

/** Rows [width, n] ← adjoint of columns [n, width], whose rows are taken in `order` where given. */
export const adjointRows = (columns: Planes, n: number, width: number, order: readonly number[] | null, rows: Planes): void => {
  const sourceRe = columns.re, sourceIm = columns.im, re = rows.re, im = rows.im
  for (let from = 0; from < n; from += TOGETHER) {
    const to = Math.min(n, from + TOGETHER)
    for (let r = 0; r < width; r++) {
      adjointPart(sourceRe, 1, r, width, order, from, to, re, r * n)
      if (im !== null && sourceIm !== null) adjointPart(sourceIm, -1, r, width, order, from, to, im, r * n)
    }
  }
}
