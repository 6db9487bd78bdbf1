import type { Planes } from '@mesobath/contracts'

/** Columns that are turned at a time: what is read and what is written stays in cache. */
const TOGETHER = 8

/** Rows [width, n] ← adjoint of columns [n, width], whose rows are taken in `order` where given. */
export const adjointRows = (columns: Planes, n: number, width: number, order: readonly number[] | null, rows: Planes): void => {
  const sourceRe = columns.re, sourceIm = columns.im, re = rows.re, im = rows.im
  for (let from = 0; from < n; from += TOGETHER) {
    const to = Math.min(n, from + TOGETHER)
    for (let r = 0; r < width; r++) {
      for (let c = from; c < to; c++) {
        const at = (order === null ? c : order[c]!) * width + r
        re[r * n + c] = sourceRe[at]!
        if (im !== null && sourceIm !== null) im[r * n + c] = -sourceIm[at]!
      }
    }
  }
}
