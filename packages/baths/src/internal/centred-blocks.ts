import type { ComplexMatrix, Planes, SpectralBath, Vector } from '@mesobath/contracts'
import { centre } from './centre.js'

/** Indices of the levels of each window, in the order of the levels. */
export const levelsByWindow = (window: Int32Array, windows: number): readonly Int32Array[] => {
  const counts = new Int32Array(windows)
  for (const index of window) counts[index] = (counts[index] as number) + 1
  const lists = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  window.forEach((index, level) => {
    const list = lists[index] as Int32Array
    list[counts[index] as number] = level
    counts[index] = (counts[index] as number) + 1
  })
  return lists
}

/** ⟨B⟩_E = tr(B Π_E)/V_E of a Hermitian matrix, one number per window. */
export const microcanonicalMeans = (coupling: ComplexMatrix, lists: readonly Int32Array[]): Float64Array =>
  Float64Array.from(lists, (list) => {
    let sum = 0
    for (const level of list) sum += coupling.re[level * coupling.columns + level] as number
    return sum / list.length
  })

/** Copies elements of some rows to a block; adding 0 makes 0 of −0, adding −0 keeps it. */
const gather = (
  plane: Vector, stride: number, rows: Int32Array, columns: Int32Array, begin: number, end: number, added: 0 | -0, out: Float64Array,
): void => {
  let at = begin * columns.length
  for (let i = begin; i < end; i += 1) {
    const base = (rows[i] as number) * stride
    for (let j = 0; j < columns.length; j += 1) {
      out[at] = (plane[base + (columns[j] as number)] as number) + added
      at += 1
    }
  }
}

/** Elements read in one part, some milliseconds. */
const ELEMENTS_PER_PART = 1 << 20

/** What is known of a coupling before its blocks are read. */
export interface MeasuredCoupling {
  /** ⟨B⟩_E. */
  readonly means: Vector
  /** Mean of |B_ij|² over each block [to, from], 0 where there is none. */
  readonly meanSquares: Vector
}

/** Blocks of given matrices, the microcanonical means taken off the diagonal while reading: the matrices are not copied. */
export const centredBlocks = (
  levels: Vector, window: Int32Array, lists: readonly Int32Array[], couplings: readonly ComplexMatrix[], measured: readonly MeasuredCoupling[], real: boolean,
): SpectralBath => {
  const meanSquare = (coupling: number, to: number, from: number): number =>
    (measured[coupling] as MeasuredCoupling).meanSquares[to * lists.length + from] as number
  const inParts = (coupling: number, to: number, from: number, out: Planes): (() => boolean) | null => {
    const matrix = couplings[coupling] as ComplexMatrix
    const rows = lists[to] as Int32Array
    const columns = lists[from] as Int32Array
    const mean = to === from ? ((measured[coupling] as MeasuredCoupling).means[to] as number) : 0
    if (meanSquare(coupling, to, from) === 0) return null
    if (!real && out.im === null) throw new TypeError('a complex block must be written into planes with an imaginary part')
    const rowsPerPart = Math.max(1, Math.floor(ELEMENTS_PER_PART / columns.length))
    let read = 0
    return () => {
      const until = Math.min(rows.length, read + rowsPerPart)
      gather(matrix.re, matrix.columns, rows, columns, read, until, 0, out.re)
      if (out.im !== null) {
        if (matrix.im === null) out.im.fill(0, read * columns.length, until * columns.length)
        else gather(matrix.im, matrix.columns, rows, columns, read, until, -0, out.im)
      }
      for (let i = read; to === from && i < until; i += 1) {
        const level = rows[i] as number
        out.re[i * columns.length + i] = centre(matrix.re[level * matrix.columns + level] as number, mean)
        // A Hermitian diagonal is real: what a file holds beyond that is rounding.
        if (out.im !== null) out.im[i * columns.length + i] = 0
      }
      read = until
      return read < rows.length
    }
  }
  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    const next = inParts(coupling, to, from, out)
    if (next === null) return false
    let more = true
    while (more) more = next()
    return true
  }
  return { kind: 'spectral', levels, window, real, block: Object.assign(block, { inParts, meanSquare }) }
}
