import type { ComplexMatrix, Vector } from '@mesobath/contracts'
import { localSpectralBounds, localWorkspace } from '@mesobath/kernels'
import type { LocalWorkspace, SpectralBounds } from '@mesobath/kernels'
import { compileModel } from './local-model.js'
import type { LocalModel } from './local-model.js'

/** Vectors beside the state: two sets of polynomials and the state to come, d each, and one to draw from. */
export const spareVectors = (dimension: number): number => 3 * dimension + 1

/** Energies and strength of a constant stretch. */
export interface LocalCouplings {
  readonly energies: Vector
  readonly strength: number
}

/** One workspace for everything: Ψ is d vectors of the bath per column, |Ψ⟩ = Σ_k |k⟩ ⊗ ψ_k. */
export interface LocalShop {
  readonly model: LocalModel
  readonly workspace: LocalWorkspace
  /** Of H_B. */
  readonly bounds: SpectralBounds
  readonly columns: number
  /** First of the d vectors of a column. */
  column(index: number): number
  /** First of d vectors each. */
  readonly polynomials: readonly [number, number]
  readonly next: number
  readonly spare: number
}

/** Allocates everything a run takes; a RangeError where memory is short. */
export const openLocalShop = (model: LocalModel, columns: number): LocalShop => {
  const d = model.dimension
  const workspace = localWorkspace(model.states, compileModel(model), columns * d + spareVectors(d))
  const first = columns * d
  const bounds = model.bath.filter ?? localSpectralBounds(workspace, 0, [first, first + 1, first + 2])
  return {
    model, workspace, columns,
    bounds: { lower: bounds.lower, upper: bounds.upper },
    column: (index) => index * d,
    polynomials: [first, first + d],
    next: first + 2 * d,
    spare: first + 3 * d,
  }
}

/** [c − R, c + R] that holds the spectrum of the whole. */
export const totalBounds = ({ model, bounds }: LocalShop, { energies, strength }: LocalCouplings): SpectralBounds => {
  const reach = Math.abs(strength) * model.couplingNorm
  let low = Infinity
  let high = -Infinity
  for (const energy of energies) {
    low = Math.min(low, energy)
    high = Math.max(high, energy)
  }
  return { lower: bounds.lower + low - reach, upper: bounds.upper + high + reach }
}

/** to = keep·to + scale·(H − centre) from, on d vectors each. */
export const applyTotal = (
  { model, workspace }: LocalShop, { energies, strength }: LocalCouplings, from: number, to: number, scale: number, centre: number, keep: number,
): void => {
  for (let k = 0; k < model.dimension; k++) workspace.apply(0, from + k, to + k, scale, 0, scale * (energies[k]! - centre), keep)
  if (strength !== 0) addInteraction(model.systemCouplings, workspace, from, to, scale * strength)
}

/** to += scale·Σ_α S^α ⊗ B^α from. */
export const addInteraction = (systemCouplings: readonly ComplexMatrix[], workspace: LocalWorkspace, from: number, to: number, scale: number): void => {
  for (let alpha = 0; alpha < systemCouplings.length; alpha++) {
    const { rows, columns, re, im } = systemCouplings[alpha]!
    for (let k = 0; k < rows; k++) {
      for (let q = 0; q < columns; q++) {
        const real = re[k * columns + q]!
        const imaginary = im === null ? 0 : im[k * columns + q]!
        if (real !== 0 || imaginary !== 0) workspace.apply(1 + alpha, from + q, to + k, scale * real, scale * imaginary, 0, 1)
      }
    }
  }
}
