import type { DenseBackend, Planes, SingleNumbers, SinglePrecision } from '@mesobath/contracts'
import type { Rectangle, Term } from './coupling-terms.js'
import type { Couplings } from './couplings.js'
import type { Matrices } from './matrices.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { nodeRows } from './node-rows.js'
import type { NodeRows } from './node-rows.js'
import type { Pace } from './pace.js'
import { operationsOf } from './pace.js'
import type { Component, Structure } from './structure.js'

/** H in single precision: what moves random vectors, whose statistical error is thousands of times its rounding. */
export interface SingleShop {
  readonly precision: SinglePrecision
  /** Room for Chebyshev blocks, with whatever was in it last. */
  blocks(count: number): SingleNumbers
  /**
   * Block at `to` = factor·(H − centre)·(block at `from`) − (block at `before`), of one component. False where the pace was told to stop; the block is
   * then unfinished.
   */
  apply(
    component: number, room: SingleNumbers, from: number, before: number | null, width: number, to: number, couplings: Couplings, factor: number, centre: number,
    pace: Pace,
  ): Promise<boolean>
  dispose(): void
}

/** Numbers of all matrices, mirror images included, of which a second copy is kept: of larger ones memory counts for more than time. */
const MOST_NUMBERS = 1 << 24

/** Columns are read in overlaps by so many, into sums that are rounded up to a multiple of the other in both directions. */
const LANES = 4
const SUMMED = 6

/** The source of a term that is one level alone, times a real number: nothing need be summed up before the product. */
const soleSource = ({ sources }: Term): Term['sources'][number] | null => (sources.length === 1 && sources[0]!.im === 0 ? sources[0]! : null)

/** Whether H is a diagonal and products of B with single levels, on every component, and small enough to be kept once more. */
export const fitsSingle = (model: MicroscopicModel, { components }: Structure, terms: readonly (readonly Term[])[], rectangles: ReadonlyMap<string, Rectangle>): boolean =>
  [...rectangles.values()].reduce((sum, { rows, columns }) => sum + rows * columns, 0) <= MOST_NUMBERS &&
  terms.every((own) => own.every((term) => soleSource(term) !== null)) &&
  components.every((component) => nodeRows(model, component).every(({ elements }) => elements.length === 0))

/** Bytes of matrices to single precision, of `room` numbers of blocks, and of overlaps of `terms` blocks of `width` columns with `sets` of weights. */
export const singleBytes = (rectangles: ReadonlyMap<string, Rectangle>, room: number, terms: number, width: number, sets: number): number => {
  let matrices = 0
  for (const { rows, columns } of rectangles.values()) matrices += 8 * rows * columns
  const side = Math.ceil(terms / SUMMED) * SUMMED
  const sums = 64 * (Math.ceil(width / LANES) * side * side)
  return matrices + 8 * room + 16 * (1 + sets) * terms * terms * width + (sets === 0 ? 1 : 2) * sums
}

/** Diagonals of H − centre [dimension of the component], written anew at each setting. */
const writeDiagonal = (nodes: readonly NodeRows[], { energies, strengths, silent = false }: Couplings, centre: number, out: Float64Array): void => {
  for (const { level, from, levels, means } of nodes) {
    let shift = energies[level]! - centre
    for (let bath = 0; bath < means.length; bath++) shift += strengths[bath]! * means[bath]!
    for (let row = 0; row < levels.length; row++) out[from + row] = silent ? shift : levels[row]! + shift
  }
}

/** Writes planes side by side to the beginning of `values`. */
export const interleave = ({ re, im }: Planes, values: Float32Array): void => {
  for (let i = 0, to = 0; i < re.length; i++, to += 2) {
    values[to] = re[i]!
    values[to + 1] = im === null ? 0 : im[i]!
  }
}

/** Copies every matrix of a workshop, those of mirror images once, and takes products with them. */
export const singleShop = (
  model: MicroscopicModel, backend: DenseBackend, precision: SinglePrecision, components: readonly Component[], terms: readonly (readonly Term[])[], matrices: Matrices,
): SingleShop => {
  const copies = new Map<Planes, SingleNumbers>()
  const parts = components.map((component, at) => ({
    nodes: nodeRows(model, component), diagonal: new Float64Array(component.dimension),
    products: terms[at]!.flatMap((term) => term.rectangles.map((rectangle) => ({ rectangle, source: soleSource(term)! }))),
  }))
  const most = operationsOf(backend)
  let room: { readonly numbers: SingleNumbers; readonly count: number } | null = null

  const copyOf = (planes: Planes): SingleNumbers => {
    const known = copies.get(planes)
    if (known !== undefined) return known
    const { re, im } = planes
    const copy = precision.allocate(re.length)
    copies.set(planes, copy)
    interleave({ re, im }, copy.values)
    return copy
  }

  return {
    precision,
    blocks: (count) => {
      if (room === null || room.count < count) {
        if (room !== null) precision.release(room.numbers)
        room = null
        room = { numbers: precision.allocate(count), count }
      }
      return room.numbers
    },
    apply: async (component, blocks, from, before, width, to, couplings, factor, centre, pace) => {
      const { nodes, diagonal, products } = parts[component]!
      writeDiagonal(nodes, couplings, centre, diagonal)
      precision.shift(diagonal, factor, blocks, from, before, width, to)
      for (const { rectangle, source } of products) {
        const { bath, rows, columns, outer, inner } = rectangle
        const strength = factor * couplings.strengths[bath]! * source.re
        if (strength === 0) continue
        const { planes, adjoint } = matrices.of(rectangle)
        const matrix = copyOf(planes)
        // Baths behind this one are only more columns; those before it are repetitions of the same product.
        const wide = inner * width
        const operations = 8 * rows * columns * wide
        const pieces = Math.ceil(operations / most)
        for (let repeat = 0; repeat < outer; repeat++) {
          const read = from + (source.block.from + rectangle.columnFrom) * width + repeat * columns * wide
          const write = to + rectangle.rowFrom * width + repeat * rows * wide
          for (let piece = 0; piece < pieces; piece++) {
            precision.multiply(matrix, adjoint ? columns : rows, adjoint ? rows : columns, adjoint, strength, blocks, read, wide, write, piece, pieces)
            if (pace.due(operations / pieces) && !(await pace.breathe())) return false
          }
        }
      }
      return true
    },
    dispose: () => {
      for (const copy of copies.values()) precision.release(copy)
      copies.clear()
      if (room !== null) precision.release(room.numbers)
      room = null
    },
  }
}
