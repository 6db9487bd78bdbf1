import type { BathModel, ComplexMatrix, Json, Outcome, Vector, Windows } from '@mesobath/contracts'
import { failIfAny, succeed } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'
import { centredBlocks, levelsByWindow, microcanonicalMeans } from './internal/centred-blocks.js'
import type { MeasuredCoupling } from './internal/centred-blocks.js'
import { checkCentres, checkWidth } from './internal/check-windows.js'
import type { Faults } from './internal/faults.js'
import { collectFaults, show } from './internal/faults.js'
import { bathIdentity } from './internal/identity.js'
import { squareSums } from './internal/mean-squares.js'
import { EDGE_TOLERANCE, windowOf } from './window-of.js'

/** Options of {@link microscopicBath}. */
export interface MicroscopicBathOptions {
  /** E_i [N], in any order; the order is kept. */
  readonly levels: ArrayLike<number>
  /** B^α [N × N], Hermitian, in the eigenbasis of H_B and in the order of `levels`; borrowed, not copied. */
  readonly couplings: readonly ComplexMatrix[]
  /** δ. */
  readonly windowWidth: number
  /** The centre of one window, from which all others follow; 0 unless told. Not used where `windows` is given. */
  readonly origin?: number
  /** Centres E, ascending and at least δ apart; every level must then lie in one of the windows. */
  readonly windows?: ArrayLike<number>
  /** 'microscopic' unless told. */
  readonly name?: string
  /** The JSON that makes this bath again through the caller's catalogue, such as a file's path; null unless told. */
  readonly recipe?: Json
}

/** |B_ij − conj B_ji| up to this fraction of the largest element is rounding of whoever diagonalised. */
const HERMITICITY_TOLERANCE = 1e-10
/** How many offenders a message names. */
const NAMED = 3

const checkLevels = (levels: ArrayLike<number>, faults: Faults): void => {
  if (!(levels?.length > 0)) {
    faults.add('levels', ['levels'], 'hold at least one level', 'is empty')
    return
  }
  for (let index = 0; index < levels.length; index += 1) {
    if (!Number.isFinite(levels[index])) faults.add('levels', ['levels', index], 'be a finite number', `is ${show(levels[index])}`)
  }
}

interface Scan {
  /** The largest modulus. */
  readonly largest: number
  /** The first element that is no finite number; past the last where all are. */
  readonly broken: number
}

/** Looks at the elements of one plane row by row, and shows each row to whoever sums over it. */
const scanPlane = (plane: Vector, columns: number, show: ((row: number) => void) | null): Scan => {
  let largest = 0
  for (let from = 0; from < plane.length; from += columns) {
    for (let at = from; at < from + columns; at += 1) {
      const value = plane[at] as number
      if (!Number.isFinite(value)) return { largest, broken: at }
      largest = Math.max(largest, Math.abs(value))
    }
    show?.(from / columns)
  }
  return { largest, broken: plane.length }
}

/** Checks a matrix, and measures it where levels have their windows; null where either cannot be. */
const readCoupling = (
  matrix: ComplexMatrix, size: number, grained: { readonly window: Int32Array; readonly lists: readonly Int32Array[] } | null, path: readonly (string | number)[], faults: Faults,
): MeasuredCoupling | null => {
  const { rows, columns, re, im } = matrix
  if (rows !== size || columns !== size || re.length !== rows * columns || (im !== null && im.length !== rows * columns)) {
    faults.add('coupling-shape', path, `be a matrix of ${size} × ${size}, one row per level`, `is ${rows} × ${columns} with ${re.length} elements`)
    return null
  }
  const means = grained === null ? null : microcanonicalMeans(matrix, grained.lists)
  const sums = grained === null || means === null ? null : squareSums(matrix, grained.window, grained.lists, means)
  const real = scanPlane(re, columns, sums === null ? null : (row) => { sums.addReal(re, row) })
  const imaginary = im === null ? null : scanPlane(im, columns, sums === null ? null : (row) => { sums.addImaginary(im, row) })
  const broken = Math.min(real.broken, imaginary === null ? real.broken : imaginary.broken)
  if (broken < re.length) {
    faults.add('coupling-value', [...path, Math.floor(broken / columns), broken % columns], 'be a finite number', `is ${real.broken === broken ? re[broken] : im?.[broken]}`)
    return null
  }
  const largest = Math.max(real.largest, imaginary === null ? 0 : imaginary.largest)
  let worst = 0
  let worstAt = 0
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const at = row * columns + column
      const mirror = column * columns + row
      const off = Math.max(
        Math.abs((re[at] as number) - (re[mirror] as number)), im === null ? 0 : Math.abs((im[at] as number) + (im[mirror] as number)),
      )
      if (off > worst) {
        worst = off
        worstAt = at
      }
    }
  }
  if (worst > HERMITICITY_TOLERANCE * largest) {
    const row = Math.floor(worstAt / columns)
    const column = worstAt % columns
    faults.add('coupling-not-hermitian', path, 'be Hermitian', `elements [${row}][${column}] and [${column}][${row}] miss each other's conjugate by ${worst}`)
  }
  return means === null || sums === null ? null : { means, meanSquares: sums.means() }
}

interface Placement {
  readonly centres: Float64Array
  /** Index of the window of each level, −1 where none holds it. */
  readonly window: Int32Array
}

/** Windows origin + m δ that hold a level, m = ⌊(E_i − origin)/δ + ½⌋; a level on an edge, or below it by rounding, goes up. */
const placeOnGrid = (levels: Float64Array, origin: number, width: number): Placement => {
  const steps = levels.map((level) => Math.floor((level - origin) / width + 0.5 + EDGE_TOLERANCE))
  const occupied = [...new Set(steps)].sort((left, right) => left - right)
  const position = new Map(occupied.map((step, index) => [step, index]))
  return {
    centres: Float64Array.from(occupied, (step) => origin + step * width),
    window: Int32Array.from(steps, (step) => position.get(step) as number),
  }
}

const placeInWindows = (levels: Float64Array, centres: Float64Array, width: number): Placement => ({
  centres,
  window: Int32Array.from(levels, (level) => windowOf({ energies: centres, width }, level)),
})

const nameLevels = (indices: readonly number[], levels: Float64Array): string => {
  const named = indices.slice(0, NAMED).map((index) => `levels[${index}] = ${levels[index]}`).join(', ')
  return indices.length > NAMED ? `${named}, …` : named
}

const coarseGrain = (levels: Float64Array, options: MicroscopicBathOptions): Outcome<{ windows: Windows; window: Int32Array; lists: readonly Int32Array[] }> => {
  const faults = collectFaults()
  const width = options.windowWidth
  const { centres, window } = options.windows === undefined
    ? placeOnGrid(levels, options.origin ?? 0, width)
    : placeInWindows(levels, Float64Array.from(options.windows), width)
  const outside: number[] = []
  window.forEach((index, level) => {
    if (index < 0) outside.push(level)
  })
  if (outside.length > 0) {
    faults.add('level-outside', ['levels'], 'all lie inside a window', `${outside.length} of ${levels.length} do not: ${nameLevels(outside, levels)}`)
  }
  if (faults.issues.length > 0) return failIfAny(faults.issues, () => ({ windows: { energies: centres, width, logVolumes: centres }, window, lists: [] }))
  const occupied = [...new Set(window)].sort((left, right) => left - right)
  const compact = new Map(occupied.map((index, position) => [index, position]))
  const kept = window.map((index) => compact.get(index) as number)
  const lists = levelsByWindow(kept, occupied.length)
  return succeed({
    windows: {
      energies: Float64Array.from(occupied, (index) => centres[index] as number),
      width,
      logVolumes: Float64Array.from(lists, (list) => log(list.length)),
    },
    window: kept,
    lists,
  })
}

/**
 * A bath given level by level, coarse-grained into windows [E − δ/2, E + δ/2).
 *
 * Windows are centred at `origin` + m δ, or at the `windows` given; empty ones are left out. A level on the top edge of the
 * last window opens a new one; levels keep their order. The microcanonical means ⟨B^α⟩_E = tr(B^α Π_E)/V_E are taken off the
 * diagonal and kept as `meanCouplings`, which give δH(E) = λ Σ_α ⟨B^α⟩_E S^α.
 *
 * Issues, all at once: `baths/levels`, `baths/window-width`, `baths/origin`, `baths/no-windows`, `baths/window-energy`,
 * `baths/window-order`, `baths/window-overlap`, `baths/level-outside`, `baths/couplings`, `baths/coupling-shape`,
 * `baths/coupling-value`, `baths/coupling-not-hermitian`.
 *
 * @equation 7
 * @equation 8
 */
export const microscopicBath = (options: MicroscopicBathOptions): Outcome<BathModel> => {
  const faults = collectFaults()
  checkLevels(options.levels, faults)
  checkWidth(options.windowWidth, faults)
  const { origin = 0, couplings } = options
  if (!Number.isFinite(origin)) faults.add('origin', ['origin'], 'be a finite number', `is ${show(origin)}`)
  if (options.windows !== undefined) {
    if (options.windows.length === 0) faults.add('no-windows', ['windows'], 'hold at least one centre', 'is empty')
    checkCentres(options.windows, options.windowWidth, faults, (index) => ['windows', index])
  }
  // Windows are drawn only where their own fields are sound; couplings are checked in any case, so that all faults come at once.
  const levels = Float64Array.from(options.levels ?? [])
  const grained = faults.issues.length === 0 ? coarseGrain(levels, options) : null
  if (grained?._tag === 'Left') faults.issues.push(...grained.left)
  if (!(couplings?.length > 0)) faults.add('couplings', ['couplings'], 'hold at least one coupling operator', 'is empty')
  const placed = grained?._tag === 'Right' ? grained.right : null
  const read = couplings?.map((matrix, index) => readCoupling(matrix, levels.length, placed, ['couplings', index], faults)) ?? []

  return failIfAny(faults.issues, () => {
    const measured = read.filter((each) => each !== null)
    if (placed === null || measured.length < couplings.length) throw new Error('windows are missing although no fault was found')
    const { windows, window, lists } = placed
    const real = couplings.every(({ im }) => im === null || im.every((value) => value === 0))
    const spectral = centredBlocks(levels, window, lists, couplings, measured, real)
    return {
      ...bathIdentity(options.name ?? 'microscopic', options.recipe ?? null),
      windows,
      couplings: couplings.length,
      meanCouplings: measured.map(({ means }) => means),
      can: { microscopic: () => succeed(spectral) },
    }
  })
}
