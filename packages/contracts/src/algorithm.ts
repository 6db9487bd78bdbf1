import type { Capability, Windows } from './bath.js'
import type { Planes, Vector } from './data.js'
import type { Segment } from './drive.js'
import type { Cancellation, Host } from './host.js'
import type { Identity } from './identity.js'
import type { Outcome } from './outcome.js'
import type { InitialState, Problem } from './problem.js'

/** Which side of a stop a sample is on; at a quench outputs are right-continuous (`after`). */
export type Side = 'before' | 'after'

/**
 * What an algorithm promises of this run, for those who judge laws by it. `non-negative-rates`: ρ_S(E) moves by jumps of non-negative
 * rates at all times, so that entropy never falls. `populations-close`: coherences stay out of the populations. `even-windows`: the
 * state that is evolved starts with every window evenly filled, Pρ(0) = ρ(0), which an exact evolution may or may not and a master
 * equation for ρ_S(E) always does.
 */
export type Guarantee = 'non-negative-rates' | 'populations-close' | 'even-windows'

/** Names every axis once. Joint index = ((k·n₁ + e₁)·n₂ + e₂)…, the last bath fastest. */
export interface Frame {
  /** d, the number of system levels. */
  readonly dimension: number
  readonly baths: readonly { readonly label: string; readonly windows: Windows }[]
  readonly algorithm: Identity
  /** Rate model of each bath, in the order of `baths`; null where the algorithm uses none. */
  readonly rates: readonly (Identity | null)[]
  /** `id` of the dense backend, or 'none'. */
  readonly backend: string
  /** None unless told. */
  readonly guarantees?: readonly Guarantee[]
}

/**
 * The state at one time. Arrays are borrowed until the next `advance`; copy what you keep. An output time is one sample,
 * `after`; a stop is two of equal time, `before` then `after`, of the same state: only there may work jump.
 */
export interface Sample {
  readonly time: number
  readonly side: Side
  /** ε_k(t) [d]. */
  readonly energies: Vector
  /** λ_ν(t) [baths]. */
  readonly strengths: Vector
  /** p(ε_k, E; t) [level, window₁ … windowₙ]. */
  readonly populations: Vector
  /** ∂t p in the same layout: heat flows and entropy production without differencing outputs. */
  readonly populationRates: Vector | null
  /** ρ_S(E; t) [window₁ … windowₙ, k, q]; null where the algorithm moves populations only, coherences being zero. */
  readonly conditional: Planes | null
  /**
   * All: `work` (∫ Σ ε̇_k p_k dt along the steps, jumps included), `power` (Σ ε̇_k p_k of the moment, of its own side at a stop; 0 where
   * nothing moves, whatever a quench does). Master equations: `coarseGrainingDefect` (∫ Σ(ε_k + E) ∂t p dt). Exact: `norm`, `energy`,
   * `interactionEnergy`, `bathEnergy/<label>`, where asked for `systemBathMutualInformation` (Eq. 40), and in `power` and `work`
   * (λ̇_ν/λ_ν)⟨H_int,ν⟩ too, so that energy gained is work done. None must be there: what reads them says what it misses.
   */
  readonly scalars: Readonly<Record<string, number>>
}

/** How a numerical advance ended. */
export type Status = 'ok' | 'cancelled' | 'not-converged'

/** One line of the validity report: a figure of merit against its bound, with a verdict in plain words. */
export interface Finding {
  /** `package/what`, stable. */
  readonly code: string
  /** What was compared, with its symbol: "largest rate over window width". */
  readonly quantity: string
  readonly value: number
  /** The bound that separates `trust` from `doubt`. */
  readonly bound: number
  readonly verdict: 'trust' | 'doubt' | 'fails'
  /** One sentence for a physicist: what it means and what to change. */
  readonly message: string
}

/** What a run would cost. */
export interface Estimate {
  readonly bytes: number
  readonly operations: number
  readonly jointStates: number
  /** How many of them the start can reach, where the algorithm keeps no others. */
  readonly reachedStates?: number
  /** What a user should know before starting, where the run takes long: how long, and what would shorten it. One sentence, the same on every machine. */
  readonly advice?: string
}

/** A prepared run. */
export interface Stepper {
  readonly frame: Frame
  readonly time: number
  /** Begins a segment: new energies and strengths; memory restarts or not, as the algorithm says. */
  enter(segment: Segment): Outcome<void>
  /** Moves to `to` exactly, within the segment. */
  advance(to: number, signal?: Cancellation): Promise<Outcome<Status>>
  sample(side: Side): Sample
  /** When to trust the run; asked for at its end. */
  validity(): readonly Finding[]
  /** The state with which another run continues this one; an issue where it is more than ρ_S(E). */
  checkpoint(): Outcome<InitialState>
  dispose(): void
}

/** A way to advance a problem. */
export interface Algorithm extends Identity {
  /** Capabilities that every bath must have. */
  readonly needs: readonly Capability[]
  /** Allocates nothing large. `tolerance` is that of the run, where it is known. */
  estimate(problem: Problem, host: Host, tolerance?: number): Outcome<Estimate>
  /**
   * All plug-in code runs here; afterwards only tables. `tolerance` bounds the absolute error of every probability. Where `signal` is heard on the way
   * the outcome is an issue, whatever its code: `solve` knows why.
   */
  prepare(problem: Problem, host: Host, tolerance: number, signal?: Cancellation): Promise<Outcome<Stepper>>
}
