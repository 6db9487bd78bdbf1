import { fail, issue, succeed } from '@mesobath/contracts'
import type { ComplexMatrix, Outcome } from '@mesobath/contracts'
import type { ScenarioMatrix } from '../scenario.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'

/** Rows of numbers or [re, im] → a matrix [rows, columns]; real where every imaginary part is 0. Issue: `scenario/shape` for ragged rows. */
export const toMatrix = (rows: ScenarioMatrix, path: Path): Outcome<ComplexMatrix> => {
  const columns = rows[0]?.length ?? 0
  const ragged = rows.findIndex((row) => row.length !== columns)
  if (ragged >= 0) {
    const at = [...path, ragged]
    return fail(issue('scenario/shape', at, `\`${pathName(at)}\` must have ${columns} entries like the first row, but has ${rows[ragged]?.length ?? 0}`))
  }
  const re = new Float64Array(rows.length * columns)
  const im = new Float64Array(rows.length * columns)
  rows.forEach((row, r) => row.forEach((entry, c) => {
    re[r * columns + c] = typeof entry === 'number' ? entry : entry[0] ?? 0
    im[r * columns + c] = typeof entry === 'number' ? 0 : entry[1] ?? 0
  }))
  return succeed({ rows: rows.length, columns, re, im: im.every((value) => value === 0) ? null : im })
}

/** The projector on one level, and with it every diagonal state. */
export const diagonalMatrix = (entries: readonly number[]): ComplexMatrix => {
  const size = entries.length
  const re = new Float64Array(size * size)
  entries.forEach((value, k) => { re[k * size + k] = value })
  return { rows: size, columns: size, re, im: null }
}
