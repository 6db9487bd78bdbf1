import { chebyshevTermsNeeded, COMMUTATOR_NUMBERS } from '@mesobath/kernels'
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

/** Survival amplitudes of a run: what decides on the way to them. */
export interface SurvivalWork {
  readonly sizes: readonly Sizes[]
  readonly real: boolean
  /** Whether commutators are worth it: not where a backend has faster eigenvectors than its own. */
  readonly commutes: boolean
  /** Bytes that there are. */
  readonly room: number
}

/** By Chebyshev series of blocks of the amplitude; or of commutators in the tridiagonal form of H. */
export interface SurvivalWay {
  readonly kind: 'blocks' | 'commutators'
  readonly operations: number
  readonly bytes: number
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
export const survivalWork = (model: MicroscopicModel, { components }: Structure, commutes: boolean, room: number): SurvivalWork =>
  ({ sizes: components.map((component) => sizesOf(model, component)), real: model.real, commutes, room })

/** What a Hermitian product costs beside a whole one: half, and what its tiles lose at the diagonal and its many small ones at their ends. */
const HERMITIAN = 0.9
/** Operations per entry of a block and term: the recursion's own, and its share of the moments. */
const PER_ENTRY = 60

/** By blocks. */
const blocksWay = ({ sizes, real }: SurvivalWork, radius: number, duration: number, tolerance: number): SurvivalWay => {
  const terms = 1 + chebyshevTermsNeeded(radius * duration, tolerance)
  const share = real ? 2 : 8
  const entry = real ? 8 : 16
  let operations = 0
  let bytes = 0
  for (const { small, large } of sizes) {
    const square = small * small
    // Half of the blocks by the recursion, the other half from products of two of those.
    operations += (terms / 2) * share * square * (large * (1 + HERMITIAN) + (small + large) * HERMITIAN) + terms * PER_ENTRY * square
    // The largest component's amplitudes, its coupling and what the recursion keeps.
    bytes = Math.max(bytes, 3 * small * large * entry + 3 * square * entry + terms * small * (real ? (small + 1) / 2 : small) * 8)
  }
  return { kind: 'blocks', operations, bytes }
}

/** Operations per n³ of a reduction of a complex matrix to tridiagonal form, half of them slower than products, and per n² and row of its vectors. */
const PER_REDUCTION = 12
const PER_ROW = 12
/** A real one takes a quarter. */
const REAL_SHARE = 0.25
/** Operations per entry of n² and term of a series of commutators. */
const PER_TERM = 55

/** By commutators. */
const commutatorsWay = ({ sizes, real }: SurvivalWork, radius: number, duration: number, tolerance: number): SurvivalWay => {
  const terms = 1 + chebyshevTermsNeeded(2 * radius * duration, tolerance)
  const share = real ? REAL_SHARE : 1
  const entry = real ? 8 : 16
  let operations = 0
  let bytes = 0
  for (const { small, large } of sizes) {
    if (small === 0) continue
    const n = small + large
    // Two projectors, each half of a product.
    operations += n * n * (share * (PER_REDUCTION * n + (PER_ROW + 8) * small) + terms * PER_TERM)
    // The matrix, rows of Q and their columns; or these, scaled ones, both projectors; or both of them and what they become.
    bytes = Math.max(bytes, n * n * entry + 2 * small * n * entry, 2 * n * n * 16 + 2 * small * n * entry, (2 * 16 + 8 * COMMUTATOR_NUMBERS) * n * n)
  }
  return { kind: 'commutators', operations, bytes }
}

/** The cheapest way to all amplitudes over `duration`; null where there is no room for any. */
export const survivalWay = (work: SurvivalWork, radius: number, duration: number, tolerance: number): SurvivalWay | null => {
  const ways = [blocksWay(work, radius, duration, tolerance), ...(work.commutes ? [commutatorsWay(work, radius, duration, tolerance)] : [])]
  return ways.filter(({ bytes }) => bytes <= work.room).reduce<SurvivalWay | null>((best, way) => (best === null || way.operations < best.operations ? way : best), null)
}
