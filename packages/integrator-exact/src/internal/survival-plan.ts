import { chebyshevTerms } from '@mesobath/kernels'
import type { BlockStrength } from './block-strength.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { windowOf } from './microscopic-model.js'
import { nodeRanges } from './node-ranges.js'
import { couples } from './structure.js'
import type { Component, Structure } from './structure.js'

/** Levels of the smaller and of the larger node of a component. */
interface Sizes {
  readonly small: number
  readonly large: number
}

/** What the survival amplitudes of a run cost. */
export interface SurvivalWork {
  readonly sizes: readonly Sizes[]
  readonly real: boolean
}

/** Whether B acts within a node: then the diagonal blocks of H are no diagonals. */
const actsWithin = (model: MicroscopicModel, strength: BlockStrength, node: number): boolean => {
  const level = Math.floor(node / model.windows)
  return model.baths.some(({ systemCouplings }, bath) => {
    const window = windowOf(model, node % model.windows, bath)
    return systemCouplings.some((matrix, coupling) => couples(matrix, level, level) && strength(bath, coupling, window, window) > 0)
  })
}

const sizesOf = (model: MicroscopicModel, component: Component): Sizes => {
  const sizes = nodeRanges(model, component).map(({ from, to }) => to - from)
  return { small: sizes.length === 1 ? 0 : Math.min(...sizes), large: Math.max(...sizes) }
}

/**
 * Whether one node of every component says what its populations and energies are: not where some component has more nodes than two, couplings within one, or both in one window,
 * which grow coherent; or where a second bath would hide what each one's energy is.
 */
export const isPaired = (model: MicroscopicModel, structure: Structure, strength: BlockStrength): boolean => {
  if (model.baths.length !== 1) return false
  for (const component of structure.components) {
    const nodes = nodeRanges(model, component)
    const windows = new Set(nodes.map(({ node }) => node % model.windows))
    if (nodes.length > 2 || windows.size < nodes.length || nodes.some(({ node }) => actsWithin(model, strength, node))) return false
  }
  return true
}

/** Of components that are paired. */
export const survivalWork = (model: MicroscopicModel, { components }: Structure): SurvivalWork =>
  ({ sizes: components.map((component) => sizesOf(model, component)), real: model.real })

/** What a Hermitian product costs beside a whole one: half, and what its tiles lose at the diagonal and its many small ones at their ends. */
const HERMITIAN = 0.9
/** Operations per entry of a block and term: the recursion's own, and its share of the moments. */
const PER_ENTRY = 60

/** Operations of all amplitudes over `duration`. */
export const survivalOperations = ({ sizes, real }: SurvivalWork, radius: number, duration: number, tolerance: number): number => {
  const terms = chebyshevTerms(radius * duration, tolerance)
  const share = real ? 2 : 8
  return sizes.reduce((sum, { small, large }) => {
    const square = small * small
    // Half of the blocks by the recursion, the other half from products of two of those.
    return sum + (terms / 2) * share * square * (large * (1 + HERMITIAN) + (small + large) * HERMITIAN) + terms * PER_ENTRY * square
  }, 0)
}

/** Bytes of the largest component's amplitudes, its coupling and what the recursion keeps. */
export const survivalBytes = ({ sizes, real }: SurvivalWork, radius: number, duration: number, tolerance: number): number => {
  const terms = chebyshevTerms(radius * duration, tolerance)
  const entry = real ? 8 : 16
  return sizes.reduce((most, { small, large }) =>
    Math.max(most, 3 * small * large * entry + 3 * small * small * entry + terms * small * (real ? (small + 1) / 2 : small) * 8), 0)
}
