import type { Planes } from '@mesobath/contracts'
import type { Couplings } from './couplings.js'
import type { Workshop } from './evolution.js'
import type { NodeRange } from './node-ranges.js'
import { nodeRanges } from './node-ranges.js'

/** One node of two. */
export interface Half extends NodeRange {
  /** Diagonal of H. */
  readonly diagonal: Float64Array
}

/** H = [[D_a, B], [B†, D_b]] of a component of two nodes, a the smaller one. */
export interface Halves {
  readonly small: Half
  readonly large: Half
  /** B† [large, small]: the caller's to release. */
  readonly coupling: Planes
}

const copyBlock = (from: Float64Array, dimension: number, row: number, column: number, out: Float64Array, rows: number, columns: number): void => {
  for (let r = 0; r < rows; r++) {
    const start = (row + r) * dimension + column
    out.set(from.subarray(start, start + columns), r * columns)
  }
}

/** The adjoint of a block. */
const turnBlock = (
  from: Float64Array, dimension: number, row: number, column: number, sign: number, out: Float64Array, rows: number, columns: number,
): void => {
  for (let c = 0; c < columns; c++) {
    const start = (row + c) * dimension + column
    for (let r = 0; r < rows; r++) out[r * columns + c] = sign * from[start + r]!
  }
}

/** Takes H of a component of two nodes apart. */
export const takeHalves = ({ backend, hamiltonians, model }: Workshop, at: number, couplings: Couplings): Halves => {
  const hamiltonian = hamiltonians[at]!
  const { dimension } = hamiltonian.component
  const [first, second] = nodeRanges(model, hamiltonian.component)
  if (first === undefined || second === undefined) throw new Error('a component must have two nodes to be taken apart')
  const matrix = backend.allocate(dimension, dimension, model.real)
  try {
    hamiltonian.write(couplings, matrix)
    const halves = [first, second].map((range): Half => ({
      ...range, diagonal: Float64Array.from({ length: range.to - range.from }, (_, i) => matrix.re[(range.from + i) * (dimension + 1)]!),
    }))
    const upside = second.to - second.from >= first.to - first.from
    const [small, large] = upside ? [halves[0]!, halves[1]!] : [halves[1]!, halves[0]!]
    const rows = large.diagonal.length
    const columns = small.diagonal.length
    const coupling = backend.allocate(rows, columns, model.real)
    if (upside) {
      copyBlock(matrix.re, dimension, large.from, small.from, coupling.re, rows, columns)
      if (coupling.im !== null) copyBlock(matrix.im!, dimension, large.from, small.from, coupling.im, rows, columns)
    } else {
      turnBlock(matrix.re, dimension, small.from, large.from, 1, coupling.re, rows, columns)
      if (coupling.im !== null) turnBlock(matrix.im!, dimension, small.from, large.from, -1, coupling.im, rows, columns)
    }
    return { small, large, coupling }
  } finally {
    backend.release(matrix)
  }
}
