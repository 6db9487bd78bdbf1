import type { Planes } from '@mesobath/contracts'
import type { Rectangle, Source, Term } from './coupling-terms.js'
import type { Couplings } from './couplings.js'
import type { Factor, Matrices } from './matrices.js'
import type { NodeRows } from './node-rows.js'

/** Row of the component that each row of Y stands for, as far as one source gives it; −1 elsewhere. */
const rowsOf = ({ windows, rows }: Term, { block }: Source): Int32Array => {
  const out = new Int32Array(rows[rows.length - 1]!).fill(-1)
  windows.forEach((window, at) => {
    const place = block.windows.indexOf(window)
    if (place < 0) return
    for (let row = rows[at]!; row < rows[at + 1]!; row++) out[row] = block.rows[place]! + row - rows[at]!
  })
  return out
}

/** Adds (re + i im)·B of one rectangle, column c of Y being column `columnOf[c]` of the component; up to the diagonal. */
const addRectangle = (
  { rows, columns, outer, inner, rowFrom, columnFrom }: Rectangle, { planes, adjoint }: Factor, columnOf: Int32Array, weightRe: number, weightIm: number,
  out: Planes, dimension: number,
): void => {
  const bRe = planes.re, bIm = planes.im, re = out.re, im = out.im
  const alongRows = adjoint ? 1 : columns
  const alongColumns = adjoint ? rows : 1
  const sign = adjoint ? -1 : 1
  // Of two mirror images one lies above the diagonal as a whole.
  const last = rowFrom + outer * rows * inner - 1
  if (columnOf.subarray(columnFrom, columnFrom + outer * columns * inner).every((column) => column < 0 || column > last)) return
  for (let repeat = 0; repeat < outer; repeat++) {
    for (let i = 0; i < rows; i++) {
      for (let lane = 0; lane < inner; lane++) {
        const row = rowFrom + (repeat * rows + i) * inner + lane
        const put = row * dimension
        for (let j = 0, from = columnFrom + repeat * columns * inner + lane; j < columns; j++, from += inner) {
          const column = columnOf[from]!
          if (column < 0 || column > row) continue
          const at = i * alongRows + j * alongColumns
          const b = bRe[at]!
          const d = bIm === null ? 0 : sign * bIm[at]!
          re[put + column] = re[put + column]! + weightRe * b - weightIm * d
          if (im !== null) im[put + column] = im[put + column]! + weightRe * d + weightIm * b
        }
      }
    }
  }
}

/** H of one component as a matrix, its lower triangle written into zeroed planes [dimension, dimension], complex where H is. */
export const writeHamiltonian = (
  nodes: readonly NodeRows[], terms: readonly Term[], matrices: Matrices, { energies, strengths, silent = false }: Couplings, out: Planes, dimension: number,
): void => {
  for (const term of terms) {
    const strength = strengths[term.bath]!
    if (strength === 0) continue
    for (const source of term.sources) {
      const columnOf = rowsOf(term, source)
      for (const rectangle of term.rectangles) {
        addRectangle(rectangle, matrices.of(rectangle), columnOf, strength * source.re, strength * source.im, out, dimension)
      }
    }
  }
  const re = out.re, im = out.im
  for (const { level, from, levels, means, elements } of nodes) {
    let shift = energies[level]!
    for (let bath = 0; bath < means.length; bath++) shift += strengths[bath]! * means[bath]!
    for (let i = 0; i < levels.length; i++) {
      const row = from + i
      const at = row * dimension + row
      re[at] = re[at]! + (silent ? shift : levels[i]! + shift)
      for (const element of elements) {
        const column = element.sourceRow + i
        if (column >= row) continue
        const put = row * dimension + column
        re[put] = re[put]! + strengths[element.bath]! * element.re
        if (im !== null) im[put] = im[put]! + strengths[element.bath]! * element.im
      }
    }
  }
}
