import type { DenseBackend, Planes } from '@mesobath/contracts'
import type { Rectangle } from './coupling-terms.js'
import { matrixKey } from './coupling-terms.js'
import type { MicroscopicModel } from './microscopic-model.js'

/** The matrix of a rectangle [rows, columns], or that of its mirror image, whose adjoint it is. */
export interface Factor {
  readonly planes: Planes
  readonly adjoint: boolean
}

/** The coupling matrices of all rectangles in the backend's memory, each once. */
export interface Matrices {
  of(rectangle: Rectangle): Factor
  dispose(): void
}

/** The same block read the other way: sources as targets. */
const mirrored = (rectangle: Rectangle): Rectangle =>
  ({ ...rectangle, targets: rectangle.sources, sources: rectangle.targets, rows: rectangle.columns, columns: rectangle.rows })

const isBelow = ({ targets, sources }: Rectangle): boolean => targets[0]! > sources[0]!

/**
 * The rectangles whose matrices are stored, where products may take an adjoint: B is Hermitian, so that of two mirror images one is enough, the
 * one below the diagonal, which random baths draw row by row.
 */
export const storedRectangles = (rectangles: ReadonlyMap<string, Rectangle>, adjoints: boolean): ReadonlyMap<string, Rectangle> => {
  if (!adjoints) return rectangles
  return new Map([...rectangles].filter(([, rectangle]) => {
    const other = mirrored(rectangle)
    return !(isBelow(other) && rectangles.has(matrixKey(other)))
  }))
}

const copyBlock = (from: Float64Array, to: Float64Array, rows: number, columns: number, stride: number, at: number): void => {
  for (let r = 0; r < rows; r++) to.set(from.subarray(r * columns, (r + 1) * columns), at + r * stride)
}

/** A block is not what a block must be: an expected failure of a bath, reported as an issue. */
export class BlockFault extends Error {
  constructor(readonly bath: number, readonly code: 'not-finite' | 'not-hermitian', coupling: number, to: number, from: number, what: string) {
    super(`coupling ${coupling} between windows ${from} and ${to} ${what}`)
  }
}

/** B(E, E') and B(E', E)† differ by the rounding of whoever computed them. */
const HERMITIAN = 1e-9

const isFinite = (plane: Float64Array | null): boolean => {
  if (plane === null) return true
  for (let i = 0; i < plane.length; i++) if (!Number.isFinite(plane[i]!)) return false
  return true
}

/** Reads a block of a bath; false where it is zero. */
const readBlock = (model: MicroscopicModel, { bath, coupling }: Rectangle, to: number, from: number, out: Planes): boolean => {
  if (!model.baths[bath]!.bath.block(coupling, to, from, out)) return false
  if (!isFinite(out.re) || !isFinite(out.im)) throw new BlockFault(bath, 'not-finite', coupling, to, from, 'is not finite')
  return true
}

/** The largest |B(E, E')_ij − B(E', E)_ji*|, as a share of the largest element. */
const mismatch = (block: Planes, other: Planes, rows: number, columns: number): number => {
  let gap = 0
  let largest = 0
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const here = r * columns + c
      const there = c * rows + r
      const im = block.im === null || other.im === null ? 0 : block.im[here]! + other.im[there]!
      gap = Math.max(gap, Math.abs(block.re[here]! - other.re[there]!), Math.abs(im))
      largest = Math.max(largest, Math.abs(block.re[here]!), block.im === null ? 0 : Math.abs(block.im[here]!))
    }
  }
  return largest === 0 ? 0 : gap / largest
}

/**
 * Where one of two mirror images stands for both, a bath that is not Hermitian would be taken for another: the other is read once, and compared. Not of
 * a bath that is drawn, whose blocks are adjoints by construction and dear to draw again.
 */
const compareMirrored = (model: MicroscopicModel, { bath, coupling }: Rectangle, to: number, from: number, block: Planes): void => {
  const { levels, drawn, bath: { real, block: read } } = model.baths[bath]!
  if (drawn) return
  const [rows, columns] = [levels[to]!.length, levels[from]!.length]
  const other = to === from ? block : { re: new Float64Array(rows * columns), im: real ? null : new Float64Array(rows * columns) }
  if (to !== from) read(coupling, from, to, other)
  const share = mismatch(block, other, rows, columns)
  if (!(share <= HERMITIAN)) throw new BlockFault(bath, 'not-hermitian', coupling, to, from, `is not the adjoint of its mirror image, by ${share} of its largest element`)
}

const fillRectangle = (model: MicroscopicModel, rectangle: Rectangle, compare: boolean, out: Planes): void => {
  const { bath, levels } = model.baths[rectangle.bath]!
  if (rectangle.targets.length === 1 && rectangle.sources.length === 1) {
    const [to, from] = [rectangle.targets[0]!, rectangle.sources[0]!]
    const block = { re: out.re, im: out.im }
    if (readBlock(model, rectangle, to, from, block) && compare) compareMirrored(model, rectangle, to, from, block)
    return
  }
  let row = 0
  for (const to of rectangle.targets) {
    const rows = levels[to]!.length
    let column = 0
    for (const from of rectangle.sources) {
      const columns = levels[from]!.length
      const block = { re: new Float64Array(rows * columns), im: bath.real ? null : new Float64Array(rows * columns) }
      if (readBlock(model, rectangle, to, from, block)) {
        if (compare) compareMirrored(model, rectangle, to, from, block)
        const at = row * rectangle.columns + column
        copyBlock(block.re, out.re, rows, columns, rectangle.columns, at)
        if (block.im !== null && out.im !== null) copyBlock(block.im, out.im, rows, columns, rectangle.columns, at)
      }
      column += columns
    }
    row += rows
  }
}

/** Reads every block from the bath into the backend's memory, one of two mirror images only where products may take an adjoint. */
export const loadMatrices = (model: MicroscopicModel, backend: DenseBackend, rectangles: ReadonlyMap<string, Rectangle>): Matrices => {
  const matrices = new Map<string, Planes>()
  const dispose = (): void => {
    for (const planes of matrices.values()) backend.release(planes)
    matrices.clear()
  }
  try {
    const adjoints = backend.multiplyAs !== undefined
    for (const [key, rectangle] of storedRectangles(rectangles, adjoints)) {
      const planes = backend.allocate(rectangle.rows, rectangle.columns, model.baths[rectangle.bath]!.bath.real)
      matrices.set(key, planes)
      fillRectangle(model, rectangle, adjoints, planes)
    }
  } catch (fault) {
    dispose()
    throw fault
  }
  return {
    of: (rectangle) => {
      const own = matrices.get(matrixKey(rectangle))
      return own === undefined ? { planes: matrices.get(matrixKey(mirrored(rectangle)))!, adjoint: true } : { planes: own, adjoint: false }
    },
    dispose,
  }
}
