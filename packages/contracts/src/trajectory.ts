import type { Finding, Frame, Sample, Side, Status } from './algorithm.js'
import type { ComplexMatrix, Planes, Vector } from './data.js'
import type { Cancellation, Host } from './host.js'
import type { InitialState, Problem } from './problem.js'

/** A fold over samples: ledgers, observables, files and figures are observers, so 10⁷ states need no stored trajectory. */
export interface Observer<R> {
  begin(frame: Frame): void
  sample(sample: Sample): void
  end(): R
}

/** Observers by name. */
export type Observers = Readonly<Record<string, Observer<unknown>>>

/** How far a run has come. */
export interface Progress {
  readonly time: number
  /** In [0, 1], of the time range. */
  readonly fraction: number
}

/** What of each sample is kept: conditional states, populations, the marginals p(ε_k) and p(E_ν), or nothing. */
export type Save = 'states' | 'populations' | 'marginals' | 'nothing'

/** Options of `solve`. */
export interface SolveOptions<O extends Observers = Observers> {
  readonly host?: Host
  /** Bound on the absolute error of every probability over the run; 1e-10 unless told. */
  readonly tolerance?: number
  readonly signal?: Cancellation
  readonly onProgress?: (progress: Progress) => void
  readonly save?: Save
  readonly observers?: O
  /** Named observables: a Hermitian d × d operator A gives tr(A ρ_S), a function of the sample gives its value. */
  readonly observables?: Readonly<Record<string, ComplexMatrix | ((sample: Sample) => number)>>
}

/**
 * What every algorithm returns; same shape from each, so results can be subtracted. T samples: the output times, and each
 * stop inside the run twice (before and after).
 */
export interface Trajectory<O extends Observers = Observers> {
  readonly frame: Frame
  readonly problem: Problem
  readonly status: Status
  /** When to trust the run. */
  readonly validity: readonly Finding[]
  /** [T]. */
  readonly times: Vector
  /** [T]. */
  readonly sides: readonly Side[]
  /** ε_k(t) [T, d]. */
  readonly energies: Vector
  /** λ_ν(t) [T, baths]. */
  readonly strengths: Vector
  /** p(ε_k, E; t) [T, level, window₁ … windowₙ]; null unless `save` is 'states' or 'populations'. */
  readonly populations: Vector | null
  /** ∂t p in the same layout; null where not saved or not supplied. */
  readonly populationRates: Vector | null
  /** ρ_S(t) [T, k, q]; null where `save` is 'nothing'. */
  readonly systemStates: Planes | null
  /** ρ_S(E; t) [T, window₁ … windowₙ, k, q]; null unless `save` is 'states'. */
  readonly conditionalStates: Planes | null
  /** p(E_ν; t) per bath [T, windows]; empty where `save` is 'nothing'. */
  readonly marginals: readonly Vector[]
  /** Named observables [T]. */
  readonly observables: Readonly<Record<string, Vector>>
  /** The samples' scalars [T]. */
  readonly scalars: Readonly<Record<string, Vector>>
  readonly observed: { readonly [K in keyof O]: O[K] extends Observer<infer R> ? R : never }
  /** Continues the run; null where the algorithm's state is more than ρ_S(E). */
  readonly checkpoint: InitialState | null
}
