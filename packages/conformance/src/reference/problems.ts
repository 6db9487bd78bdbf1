import { CONTRACT } from '@mesobath/contracts'
import type { BathModel, ComplexMatrix, Problem } from '@mesobath/contracts'
import { referenceBath } from './reference-bath.js'
import { VERSION } from '../version.js'

const hermitian = (rows: readonly (readonly (readonly [number, number])[])[]): ComplexMatrix => ({
  rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat(), ([re]) => re), im: Float64Array.from(rows.flat(), ([, im]) => im),
})

const real = (rows: readonly (readonly number[])[]): ComplexMatrix => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })

const diagonal = (entries: readonly number[]): ComplexMatrix => ({
  rows: entries.length, columns: entries.length, re: Float64Array.from(entries.flatMap((entry, i) => entries.map((_, j) => (i === j ? entry : 0)))), im: null,
})

/** σ_x. */
export const FLIP = real([[0, 1], [1, 0]])

const SPIN_VOLUMES = [40, 60]

const pair: BathModel = {
  contract: CONTRACT, name: 'pair', package: '@mesobath/conformance', version: VERSION, citations: [], recipe: null,
  windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.from(SPIN_VOLUMES, (volume) => Math.log(volume)) },
  couplings: 1, meanCouplings: [new Float64Array(2)], can: {},
}

/** What of a problem a law changes. */
export interface Change {
  readonly couplingStrength?: number
  readonly times: readonly number[]
}

/**
 * The spin of Appendix E: ε = (0, 1), two windows one apart with 40 and 60 levels, |1⟩⟨1| and the lower window at the start. Only
 * |1, lower⟩ ↔ |0, upper⟩ is open, and it is resonant.
 */
export const spinProblem = ({ couplingStrength = 0.3, times }: Change): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath: pair, strength: couplingStrength, systemCouplings: [FLIP] }],
  initial: { kind: 'product', system: diagonal([0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from(times),
  drive: null,
})

/** Rates of the spin under the reference rates, κ = 1: down (|1⟩ → |0⟩) and up. */
export const spinRates = (couplingStrength: number): { readonly down: number; readonly up: number } => {
  const [lower, upper] = SPIN_VOLUMES as [number, number]
  return { down: couplingStrength ** 2 * Math.sqrt(upper / lower), up: couplingStrength ** 2 * Math.sqrt(lower / upper) }
}

const LADDER_ENERGIES = [0, 1, 3]
const LADDER_COUPLINGS = [
  hermitian([[[0, 0], [1, 0], [0.5, 0.2]], [[1, 0], [0, 0], [0.3, -0.4]], [[0.5, -0.2], [0.3, 0.4], [0, 0]]]),
  hermitian([[[0, 0], [0, -0.6], [0.4, 0]], [[0, 0.6], [0, 0], [0.7, 0]], [[0.4, 0], [0.7, 0], [0, 0]]]),
]
export const LADDER_POPULATIONS = [0.2, 0.3, 0.5]
export const LADDER_WINDOWS = [0.4, 0.1, 0.3, 0.2]

/** Three levels, ω = 1, 2, 3, on the four windows of the kit's bath with two complex couplings. */
export const ladderProblem = ({ couplingStrength = 0.3, times }: Change, start?: { readonly populations: readonly number[]; readonly windows: readonly number[] }): Problem => ({
  energies: Float64Array.from(LADDER_ENERGIES),
  baths: [{ label: 'bath', bath: referenceBath({ couplings: 2, capabilities: [] }), strength: couplingStrength, systemCouplings: LADDER_COUPLINGS }],
  initial: {
    kind: 'product', system: diagonal(start?.populations ?? LADDER_POPULATIONS),
    baths: [{ kind: 'windows', probabilities: Float64Array.from(start?.windows ?? LADDER_WINDOWS) }],
  },
  times: Float64Array.from(times),
  drive: null,
})

/** The spin and the levels of the kit's bath themselves, for exact evolution: 2 × 22 states. */
export const microscopicProblem = ({ couplingStrength = 0.1, times }: Change): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath: referenceBath({ capabilities: ['microscopic'] }), strength: couplingStrength, systemCouplings: [FLIP] }],
  initial: { kind: 'product', system: diagonal([0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 1, 0, 0) }] },
  times: Float64Array.from(times),
  drive: null,
})
