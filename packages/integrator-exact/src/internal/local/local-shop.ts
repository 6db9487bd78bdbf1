import type { Vector } from '@mesobath/contracts'
import { lanczosWalk, localWorkspace } from '@mesobath/kernels'
import type { LocalWorkspace, SpectralBounds } from '@mesobath/kernels'
import type { Pace } from '../pace.js'
import { MOST_DEGREE } from './drive-series.js'
import { compileModel } from './local-model.js'
import type { LocalBathModel, LocalModel } from './local-model.js'

/** Taylor vectors kept at once on a smooth stretch, as many as a drive's polynomials have terms, beside one in the room of polynomials. */
export const SMOOTH_SETS = MOST_DEGREE + 1
/** Operations per number and product with H: what a breath is counted in. */
export const OPERATIONS_PER_STATE = 100
/** What bounds are found in. */
const LANCZOS_VECTORS = 3

/** Baths whose windows are told apart, the one of most windows last: it alone is read without vectors of its own. */
export const filteredBaths = ({ baths }: LocalModel): readonly number[] =>
  Array.from(baths.keys()).filter((at) => baths[at]!.filter !== null)
    .sort((a, b) => baths[a]!.windows.energies.length - baths[b]!.windows.energies.length)

/** Vectors that reading several baths takes: f_{E₁} … of Ψ and of V_ν Ψ, for all filtered baths but the last, and the V_ν Ψ but the first. */
const readingVectors = (model: LocalModel): number => {
  const { dimension: d, baths } = model
  let sets = 1
  let sum = (baths.length - 1) * d
  for (const at of filteredBaths(model).slice(0, -1)) {
    sets *= baths[at]!.windows.energies.length
    sum += sets * (1 + baths.length) * d
  }
  return sum
}

/** Vectors beside the state: two sets of polynomials and the state to come, d each; more for several baths and smooth drives. */
export const spareVectors = (model: LocalModel, smooth: boolean): number => {
  const { dimension: d } = model
  return Math.max(LANCZOS_VECTORS, 3 * d) + Math.max(readingVectors(model), smooth ? SMOOTH_SETS * d : 0)
}

/** Energies and strengths of a constant stretch. */
export interface LocalCouplings {
  readonly energies: Vector
  readonly strengths: Vector
}

/** One workspace for everything: Ψ is d vectors of the baths per column, |Ψ⟩ = Σ_k |k⟩ ⊗ ψ_k. */
export interface LocalShop {
  readonly model: LocalModel
  readonly workspace: LocalWorkspace
  /** Of each H_ν. */
  readonly bounds: readonly SpectralBounds[]
  readonly columns: number
  /** First of the d vectors of a column. */
  column(index: number): number
  /** First of d vectors each. */
  readonly polynomials: readonly [number, number]
  readonly next: number
  /** First of those that reading several baths, or a smooth drive, take; they begin anew at each use. */
  readonly extra: number
}

/** Allocates everything a run takes; a RangeError where memory is short, null where the run was cancelled. */
export const openLocalShop = async (model: LocalModel, columns: number, smooth: boolean, pace: Pace): Promise<LocalShop | null> => {
  const d = model.dimension
  const first = columns * d
  const spare = spareVectors(model, smooth)
  const workspace = localWorkspace(model.states, compileModel(model), first + spare)
  const bounds: SpectralBounds[] = []
  for (const { filter, own } of model.baths) {
    if (filter !== null) {
      bounds.push({ lower: filter.lower, upper: filter.upper })
      continue
    }
    const walk = lanczosWalk(workspace, own, [first, first + 1, first + 2])
    while (walk.step()) if (pace.due(OPERATIONS_PER_STATE * model.states) && !(await pace.breathe())) return null
    bounds.push(walk.bounds())
  }
  return {
    model, workspace, columns, bounds,
    column: (index) => index * d,
    polynomials: [first, first + d],
    next: first + 2 * d,
    extra: first + Math.max(LANCZOS_VECTORS, 3 * d),
  }
}

/** [c − R, c + R] that holds the spectrum of the whole. */
export const totalBounds = ({ model, bounds }: LocalShop, { energies, strengths }: LocalCouplings): SpectralBounds => {
  let lower = Infinity
  let upper = -Infinity
  for (const energy of energies) {
    lower = Math.min(lower, energy)
    upper = Math.max(upper, energy)
  }
  for (let bath = 0; bath < bounds.length; bath++) {
    const reach = Math.abs(strengths[bath]!) * model.baths[bath]!.couplingNorm
    lower += bounds[bath]!.lower - reach
    upper += bounds[bath]!.upper + reach
  }
  return { lower, upper }
}

/** to = keep·to + scale·(H − centre) from, on d vectors each. */
export const applyTotal = (
  { model, workspace }: LocalShop, { energies, strengths }: LocalCouplings, from: number, to: number, scale: number, centre: number, keep: number,
): void => {
  for (let k = 0; k < model.dimension; k++) workspace.apply(0, from + k, to + k, scale, 0, scale * (energies[k]! - centre), keep)
  for (let bath = 0; bath < model.baths.length; bath++) {
    if (strengths[bath] !== 0) addInteraction(model.baths[bath]!, workspace, from, to, scale * strengths[bath]!)
  }
}

/** to += scale·V_ν from, V_ν = Σ_α S^α ⊗ B^α. */
export const addInteraction = ({ systemCouplings, firstCoupling }: LocalBathModel, workspace: LocalWorkspace, from: number, to: number, scale: number): void => {
  for (let alpha = 0; alpha < systemCouplings.length; alpha++) {
    const { rows, columns, re, im } = systemCouplings[alpha]!
    for (let k = 0; k < rows; k++) {
      for (let q = 0; q < columns; q++) {
        const real = re[k * columns + q]!
        const imaginary = im === null ? 0 : im[k * columns + q]!
        if (real !== 0 || imaginary !== 0) workspace.apply(firstCoupling + alpha, from + q, to + k, scale * real, scale * imaginary, 0, 1)
      }
    }
  }
}
