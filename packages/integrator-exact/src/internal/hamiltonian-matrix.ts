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

/** Rows and columns [from, to) of H that are written, first entry first; `lower` leaves out what is right of the diagonal of H. */
export interface Region {
  readonly rows: { readonly from: number; readonly to: number }
  readonly columns: { readonly from: number; readonly to: number }
  readonly lower: boolean
}

/** Adds (re + i im)·B of one rectangle within a region, column c of Y being column `columnOf[c]` of the component. */
const addRectangle = (
  { rows, columns, outer, inner, rowFrom, columnFrom }: Rectangle, { planes, adjoint }: Factor, columnOf: Int32Array, weightRe: number, weightIm: number,
  out: Planes, region: Region,
): void => {
  const first = rowFrom
  const last = rowFrom + outer * rows * inner - 1
  if (first >= region.rows.to || last < region.rows.from) return
  const left = region.columns.from
  const right = region.lower ? Math.min(region.columns.to, last + 1) : region.columns.to
  // Of two mirror images one lies above the diagonal as a whole.
  if (columnOf.subarray(columnFrom, columnFrom + outer * columns * inner).every((column) => column < left || column >= right)) return
  const bRe = planes.re, bIm = planes.im, re = out.re, im = out.im
  const alongRows = adjoint ? 1 : columns
  const alongColumns = adjoint ? rows : 1
  const sign = adjoint ? -1 : 1
  const stride = region.columns.to - left
  for (let repeat = 0; repeat < outer; repeat++) {
    for (let i = 0; i < rows; i++) {
      for (let lane = 0; lane < inner; lane++) {
        const row = rowFrom + (repeat * rows + i) * inner + lane
        if (row < region.rows.from || row >= region.rows.to) continue
        const put = (row - region.rows.from) * stride - left
        const end = region.lower ? Math.min(right, row + 1) : right
        for (let j = 0, from = columnFrom + repeat * columns * inner + lane; j < columns; j++, from += inner) {
          const column = columnOf[from]!
          if (column < left || column >= end) continue
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

/** A region of H of one component, written into zeroed planes [rows, columns], complex where H is. */
export const writeHamiltonian = (
  nodes: readonly NodeRows[], terms: readonly Term[], matrices: Matrices, { energies, strengths, silent = false }: Couplings, region: Region, out: Planes,
): void => {
  for (const term of terms) {
    const strength = strengths[term.bath]!
    if (strength === 0) continue
    for (const source of term.sources) {
      const columnOf = rowsOf(term, source)
      for (const rectangle of term.rectangles) {
        addRectangle(rectangle, matrices.of(rectangle), columnOf, strength * source.re, strength * source.im, out, region)
      }
    }
  }
  const re = out.re, im = out.im
  const { rows, columns, lower } = region
  const stride = columns.to - columns.from
  for (const { level, from, levels, means, elements } of nodes) {
    let shift = energies[level]!
    for (let bath = 0; bath < means.length; bath++) shift += strengths[bath]! * means[bath]!
    for (let i = Math.max(0, rows.from - from); i < levels.length && from + i < rows.to; i++) {
      const row = from + i
      const put = (row - rows.from) * stride - columns.from
      if (row >= columns.from && row < columns.to) re[put + row] = re[put + row]! + (silent ? shift : levels[i]! + shift)
      for (const element of elements) {
        const column = element.sourceRow + i
        if (column < columns.from || column >= columns.to || (lower && column >= row)) continue
        re[put + column] = re[put + column]! + strengths[element.bath]! * element.re
        if (im !== null) im[put + column] = im[put + column]! + strengths[element.bath]! * element.im
      }
    }
  }
}
