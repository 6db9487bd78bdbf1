import type { DenseBackend, Planes } from '@mesobath/contracts'
import type { Rectangle } from './coupling-terms.js'
import { matrixKey } from './coupling-terms.js'
import type { MicroscopicModel } from './microscopic-model.js'

/** The coupling matrices of all rectangles in the backend's memory, each once. */
export interface Matrices {
  of(rectangle: Rectangle): Planes
  dispose(): void
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

/** Reads every block once from the bath into the backend's memory. */
export const loadMatrices = (model: MicroscopicModel, backend: DenseBackend, rectangles: Iterable<Rectangle>): Matrices => {
  const matrices = new Map<string, Planes>()
  const dispose = (): void => {
    for (const planes of matrices.values()) backend.release(planes)
    matrices.clear()
  }
  try {
    for (const rectangle of rectangles) {
      const key = matrixKey(rectangle)
      if (matrices.has(key)) continue
      const planes = backend.allocate(rectangle.rows, rectangle.columns, model.baths[rectangle.bath]!.bath.real)
      matrices.set(key, planes)
      fillRectangle(model, rectangle, planes)
    }
  } catch (fault) {
    dispose()
    throw fault
  }
  return {
    of: (rectangle) => matrices.get(matrixKey(rectangle))!,
    dispose,
  }
}
