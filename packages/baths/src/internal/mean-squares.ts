import type { ComplexMatrix, Vector } from '@mesobath/contracts'
import { centre } from './centre.js'

/** Sums of squares of a coupling's blocks, collected while its elements are looked at row by row. */
export interface SquareSums {
  /** Adds one row of the real plane. */
  addReal(plane: Vector, row: number): void
  /** Adds one row of the imaginary plane, once all of the real one are there: so that sums are those of a block that is read. */
  addImaginary(plane: Vector, row: number): void
  /** Mean of |B_ij|² over each block [to, from], the mean taken off its diagonal; 0 where the block is zero and nowhere else. */
  means(): Float64Array
}

/** Where neighbouring levels begin to lie in another window; past the last level at the end. */
const edgesOf = (window: Int32Array): Int32Array => {
  const edges = [0]
  for (let level = 1; level < window.length; level += 1) if (window[level] !== window[level - 1]) edges.push(level)
  return Int32Array.from([...edges, window.length])
}

/** sum + Σ x² over [begin, end). */
const addSquares = (plane: Vector, begin: number, end: number, sum: number): number => {
  let all = sum
  for (let at = begin; at < end; at += 1) {
    const value = plane[at] as number
    all += value * value
  }
  if (all > 0) return all
  // What is there counts, even where its square underflows: beside any other sum the least number is nothing.
  for (let at = begin; at < end; at += 1) if (plane[at] !== 0) return Number.MIN_VALUE
  return all
}

/** Makes room for the sums of a matrix, `window` of each level, ⟨B⟩_E in `mean`, `lists` of the levels of each window. */
export const squareSums = ({ columns }: ComplexMatrix, window: Int32Array, lists: readonly Int32Array[], mean: Vector): SquareSums => {
  const count = lists.length
  const sums = new Float64Array(count * count)
  const edges = edgesOf(window)
  const element = new Float64Array(1)
  const add = (plane: Vector, row: number, diagonal: (element: number, window: number) => number): void => {
    const base = row * columns
    for (let run = 0; run + 1 < edges.length; run += 1) {
      const begin = edges[run] as number
      const end = edges[run + 1] as number
      const from = window[begin] as number
      const to = (window[row] as number) * count + from
      if (row < begin || row >= end) {
        sums[to] = addSquares(plane, base + begin, base + end, sums[to] as number)
        continue
      }
      element[0] = diagonal(plane[base + row] as number, from)
      sums[to] = addSquares(plane, base + begin, base + row, sums[to] as number)
      sums[to] = addSquares(element, 0, 1, sums[to] as number)
      sums[to] = addSquares(plane, base + row + 1, base + end, sums[to] as number)
    }
  }
  return {
    addReal: (plane, row) => { add(plane, row, (value, at) => centre(value, mean[at] as number)) },
    // A Hermitian diagonal is real: what a file holds beyond that is not written, yet the block is there.
    addImaginary: (plane, row) => { add(plane, row, (value) => (value === 0 ? 0 : Number.MIN_VALUE)) },
    means: () => sums.map((sum, at) => {
      const size = (lists[Math.floor(at / count)] as Int32Array).length * (lists[at % count] as Int32Array).length
      return sum > 0 ? Math.max(sum / size, Number.MIN_VALUE) : 0
    }),
  }
}
