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

/** A block holds what is no number: an expected failure of a bath, reported as an issue. */
export class BlockNotFinite extends Error {
  constructor(readonly bath: number, readonly coupling: number, readonly to: number, readonly from: number) {
    super(`coupling ${coupling} between windows ${from} and ${to} is not finite`)
  }
}

const isFinite = (plane: Float64Array | null): boolean => {
  if (plane === null) return true
  for (let i = 0; i < plane.length; i++) if (!Number.isFinite(plane[i]!)) return false
  return true
}

/** Reads a block of a bath; false where it is zero. */
const readBlock = (model: MicroscopicModel, { bath, coupling }: Rectangle, to: number, from: number, out: Planes): boolean => {
  if (!model.baths[bath]!.bath.block(coupling, to, from, out)) return false
  if (!isFinite(out.re) || !isFinite(out.im)) throw new BlockNotFinite(bath, coupling, to, from)
  return true
}

const fillRectangle = (model: MicroscopicModel, rectangle: Rectangle, out: Planes): void => {
  const { bath, levels } = model.baths[rectangle.bath]!
  if (rectangle.targets.length === 1 && rectangle.sources.length === 1) {
    readBlock(model, rectangle, rectangle.targets[0]!, rectangle.sources[0]!, { re: out.re, im: out.im })
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
    for (const [key, rectangle] of storedRectangles(rectangles, backend.multiplyAs !== undefined)) {
      const planes = backend.allocate(rectangle.rows, rectangle.columns, model.baths[rectangle.bath]!.bath.real)
      matrices.set(key, planes)
      fillRectangle(model, rectangle, planes)
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
