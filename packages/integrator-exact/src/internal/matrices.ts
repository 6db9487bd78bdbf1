import type { DenseBackend, Planes, SpectralBath } from '@mesobath/contracts'
import type { Rectangle } from './coupling-terms.js'
import { matrixKey } from './coupling-terms.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Pace } from './pace.js'

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

/** What looking at an element takes, in operations of a product. */
const OPERATIONS_PER_ELEMENT = 20
/** Elements that are looked at in one go. */
const ELEMENTS_PER_LOOK = 1 << 20

/** How the reading of a block ended. */
type Reading = 'written' | 'zero' | 'cancelled'

const isFinite = (plane: Float64Array): boolean => {
  for (let i = 0; i < plane.length; i++) if (!Number.isFinite(plane[i]!)) return false
  return true
}

/** Whether the numbers of a block may be counted on; null where the run was cancelled. */
const allFinite = async (block: Planes, pace: Pace): Promise<boolean | null> => {
  const size = block.re.length
  for (let from = 0; from < size; from += ELEMENTS_PER_LOOK) {
    const to = Math.min(size, from + ELEMENTS_PER_LOOK)
    // Read anew each time: the memory may have grown while others ran.
    const { re, im } = block
    if (!isFinite(re.subarray(from, to)) || (im !== null && !isFinite(im.subarray(from, to)))) return false
    if (pace.due(OPERATIONS_PER_ELEMENT * (to - from)) && !(await pace.breathe())) return null
  }
  return true
}

/** Writes a block, in parts where the bath makes it in parts. */
const writeBlock = async (bath: SpectralBath, coupling: number, to: number, from: number, out: Planes, pace: Pace): Promise<Reading> => {
  const { inParts } = bath.block
  if (inParts === undefined) return bath.block(coupling, to, from, { re: out.re, im: out.im }) ? 'written' : 'zero'
  const next = inParts(coupling, to, from, out)
  if (next === null) return 'zero'
  while (next()) if (!(await pace.breathe())) return 'cancelled'
  return 'written'
}

/** Reads a block of a bath and looks whether it is finite. */
const readBlock = async (model: MicroscopicModel, { bath, coupling }: Rectangle, to: number, from: number, out: Planes, pace: Pace): Promise<Reading> => {
  const reading = await writeBlock(model.baths[bath]!.bath, coupling, to, from, out, pace)
  if (reading !== 'written') return reading
  const finite = await allFinite(out, pace)
  if (finite === null) return 'cancelled'
  if (!finite) throw new BlockFault(bath, 'not-finite', coupling, to, from, 'is not finite')
  return reading
}

/** Rows that are compared with columns at a time, so that lines of the cache serve more than once. */
const ROWS_TOGETHER = 32
/** What comparing an element with its mirror image takes, in operations of a product. */
const OPERATIONS_PER_PAIR = 100

/** Compares rows [from, to) of one plane with columns of another, which `sign` times make their mirror image. */
const compareRows = (
  plane: Float64Array, other: Float64Array, sign: 1 | -1, rows: number, columns: number, from: number, to: number, found: { gap: number; largest: number },
): void => {
  let { gap, largest } = found
  for (let c = 0; c < columns; c++) {
    for (let r = from, here = from * columns + c, there = c * rows + from; r < to; r++, here += columns, there++) {
      gap = Math.max(gap, Math.abs(plane[here]! - sign * other[there]!))
      largest = Math.max(largest, Math.abs(plane[here]!))
    }
  }
  found.gap = gap
  found.largest = largest
}

/** The largest |B(E, E')_ij − B(E', E)_ji*|, as a share of the largest element; null where the run was cancelled. */
const mismatch = async (block: Planes, other: Planes, rows: number, columns: number, pace: Pace): Promise<number | null> => {
  const found = { gap: 0, largest: 0 }
  for (let from = 0; from < rows; from += ROWS_TOGETHER) {
    const to = Math.min(rows, from + ROWS_TOGETHER)
    // Read anew each time, as above.
    const a = { re: block.re, im: block.im }, b = { re: other.re, im: other.im }
    compareRows(a.re, b.re, 1, rows, columns, from, to, found)
    if (a.im !== null && b.im !== null) compareRows(a.im, b.im, -1, rows, columns, from, to, found)
    if (pace.due(OPERATIONS_PER_PAIR * (to - from) * columns) && !(await pace.breathe())) return null
  }
  return found.largest === 0 ? 0 : found.gap / found.largest
}

/**
 * Where one of two mirror images stands for both, a bath that is not Hermitian would be taken for another: the other is read once, and compared. Not of
 * a bath that is drawn, whose blocks are adjoints by construction and dear to draw again. False where the run was cancelled.
 */
const compareMirrored = async (
  model: MicroscopicModel, { bath, coupling }: Rectangle, to: number, from: number, block: Planes, pace: Pace,
): Promise<boolean> => {
  const { levels, drawn, bath: own } = model.baths[bath]!
  if (drawn) return true
  const [rows, columns] = [levels[to]!.length, levels[from]!.length]
  const other = to === from ? block : { re: new Float64Array(rows * columns), im: own.real ? null : new Float64Array(rows * columns) }
  if (to !== from && (await writeBlock(own, coupling, from, to, other, pace)) === 'cancelled') return false
  const share = await mismatch(block, other, rows, columns, pace)
  if (share === null) return false
  if (!(share <= HERMITIAN)) throw new BlockFault(bath, 'not-hermitian', coupling, to, from, `is not the adjoint of its mirror image, by ${share} of its largest element`)
  return true
}

/** Reads a block and, where asked, its mirror image. */
const takeBlock = async (model: MicroscopicModel, rectangle: Rectangle, to: number, from: number, compare: boolean, out: Planes, pace: Pace): Promise<Reading> => {
  const reading = await readBlock(model, rectangle, to, from, out, pace)
  if (reading !== 'written' || !compare) return reading
  return (await compareMirrored(model, rectangle, to, from, out, pace)) ? reading : 'cancelled'
}

/** False where the run was cancelled. */
const fillRectangle = async (model: MicroscopicModel, rectangle: Rectangle, compare: boolean, out: Planes, pace: Pace): Promise<boolean> => {
  const { bath, levels } = model.baths[rectangle.bath]!
  if (rectangle.targets.length === 1 && rectangle.sources.length === 1) {
    return (await takeBlock(model, rectangle, rectangle.targets[0]!, rectangle.sources[0]!, compare, out, pace)) !== 'cancelled'
  }
  let row = 0
  for (const to of rectangle.targets) {
    const rows = levels[to]!.length
    let column = 0
    for (const from of rectangle.sources) {
      const columns = levels[from]!.length
      const block = { re: new Float64Array(rows * columns), im: bath.real ? null : new Float64Array(rows * columns) }
      const reading = await takeBlock(model, rectangle, to, from, compare, block, pace)
      if (reading === 'cancelled') return false
      if (reading === 'written') {
        const at = row * rectangle.columns + column
        copyBlock(block.re, out.re, rows, columns, rectangle.columns, at)
        if (block.im !== null && out.im !== null) copyBlock(block.im, out.im, rows, columns, rectangle.columns, at)
      }
      column += columns
    }
    row += rows
  }
  return true
}

/**
 * Reads every block from the bath into the backend's memory, one of two mirror images only where products may take an adjoint. Null where the run was
 * cancelled.
 */
export const loadMatrices = async (
  model: MicroscopicModel, backend: DenseBackend, rectangles: ReadonlyMap<string, Rectangle>, pace: Pace,
): Promise<Matrices | null> => {
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
      if (await fillRectangle(model, rectangle, adjoints, planes, pace)) continue
      dispose()
      return null
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
