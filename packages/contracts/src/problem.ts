import type { BathModel } from './bath.js'
import type { ComplexMatrix, Planes, Vector } from './data.js'
import type { Drive } from './drive.js'

/** One bath and how the system is tied to it: H_int = λ Σ_α S^α ⊗ B^α. */
export interface Attachment {
  /** Unique among the baths of a problem. */
  readonly label: string
  readonly bath: BathModel
  /** λ ≥ 0. */
  readonly strength: number
  /** S^α, Hermitian, d × d in the eigenbasis of H_S; one per coupling operator of the bath. */
  readonly systemCouplings: readonly ComplexMatrix[]
}

/**
 * The state of one bath: `windows` gives p(E) (spread evenly over each window's levels), `levels` the weight of every
 * microscopic level (a half-filled window, a single level), `gibbs` ∝ e^{−βE} over levels for exact evolution and
 * ∝ V_E e^{−βE} over windows for a master equation.
 */
export type BathState =
  | { readonly kind: 'windows'; readonly probabilities: Vector }
  | { readonly kind: 'levels'; readonly weights: Vector }
  | { readonly kind: 'gibbs'; readonly inverseTemperature: number }

/**
 * `product`: ρ_S(0) ⊗ (a state of each bath). `conditional`: Σ_E ρ_S(E) ⊗ Π_E/V_E, `states` laid out
 * [window₁ … windowₙ, k, q]; `memoryStart` is the time from which memory counts: how a run is continued.
 */
export type InitialState =
  | { readonly kind: 'product'; readonly system: ComplexMatrix; readonly baths: readonly BathState[] }
  | { readonly kind: 'conditional'; readonly states: Planes; readonly memoryStart: number }

/** Everything physical about a run: plain data and plug-ins. A single bath is `baths.length === 1`. */
export interface Problem {
  /** ε_k, the energies of H_S = Σ_k ε_k |k⟩⟨k| at the start [d]; a drive overrides them. */
  readonly energies: Vector
  readonly baths: readonly Attachment[]
  readonly initial: InitialState
  /** Output times, strictly increasing; the first is the start of the run. */
  readonly times: Vector
  readonly drive: Drive | null
}
