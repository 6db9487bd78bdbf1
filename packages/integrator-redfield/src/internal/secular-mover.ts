import type { Outcome, Planes, Status, Vector } from '@mesobath/contracts'
import type { Setting } from '@mesobath/composition'
import type { Parts, Pause } from '@mesobath/kernels'
import type { Panel } from './panels.js'

/** What a segment asks of a mover; the history already holds it alone. */
export interface Stretch {
  readonly from: number
  /** Energies and strengths at its beginning. */
  readonly setting: Setting
  /** Null where they stay. */
  readonly panels: readonly Panel[] | null
}

/** A state under the secular equation, moved within segments. */
export interface SecularMover {
  /** Where its state stands. */
  readonly time: number
  /** ∫ Σ ε̇_k p_k dt and ∫ Σ(ε_k + E) ∂t p dt so far. */
  readonly work: number
  readonly defect: number
  /** Called before the history lets go of the stretch at hand. */
  leave(): void
  /** Builds the generator of a stretch from tables already prepared, in parts. */
  enter(stretch: Stretch): Parts<Outcome<void>>
  /**
   * Moves to a time of the stretch; `tolerance` bounds the error of that much. `not-converged` where the state left the finite numbers,
   * `cancelled` where a pause said so: the state then stands where `time` says.
   */
  advance(to: number, tolerance: number, pause: Pause): Promise<Status>
  /** p [level, window₁ … windowₙ], borrowed. */
  populations(): Vector
  /** ∂t p in the same layout, borrowed. */
  populationRates(): Vector
  /** ρ_S(E) [window₁ … windowₙ, k, q], borrowed; null where coherences are zero throughout. */
  conditional(): Planes | null
  /** ρ_S(E) as `conditional` has it, copied, coherences or not. */
  checkpoint(): Planes
}
