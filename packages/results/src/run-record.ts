import type { Citation, ComplexMatrix, Finding, Json, Planes, Side, Status, Vector, Windows } from '@mesobath/contracts'

/** Which plug-in was used. `recipe` remakes it through a catalogue; null where it holds functions. */
export interface UsedPlugin {
  readonly name: string
  readonly package: string
  readonly version: string
  readonly recipe: Json
}

/** One series of a thermodynamic ledger [T]; NaN where the run did not say, ±Infinity where the quantity is. */
export interface LedgerSeries {
  /** In terms of the run's unit of energy (ħ = k_B = 1): `energy`, `1/energy`, `energy^2`, `nat`, … */
  readonly unit: string
  readonly description: string
  readonly values: Vector
}

/** One law as a ledger found it. */
export interface LawVerdict {
  readonly law: string
  /** Numbers of the equations that state it. */
  readonly equation: string
  readonly premises: readonly { readonly name: string; readonly holds: boolean }[]
  readonly largestViolation: number
  readonly time: number
  readonly bound: number
  readonly verdict: string
  readonly message: string
}

/** The thermodynamic ledger of one method as tables: energies, entropies and temperatures by name, and which laws held. */
export interface LedgerRecord {
  /** By name; that of one bath is `<series>/<label>`. Not the times: they are those of the run. */
  readonly series: Readonly<Record<string, LedgerSeries>>
  readonly laws: readonly LawVerdict[]
  readonly findings: readonly Finding[]
}

/** What one method gave. */
export interface MethodRecord {
  readonly algorithm: UsedPlugin
  /** Rate model of each bath; null where the method uses none. */
  readonly rates: readonly (UsedPlugin | null)[]
  /** The dense backend, or 'none'. */
  readonly backend: string
  readonly status: Status
  readonly validity: readonly Finding[]
  /** p(ε_k, E; t) [T, level, window₁ … windowₙ], or null. */
  readonly populations: Vector | null
  /** ∂t p in the same layout, or null. */
  readonly populationRates: Vector | null
  /** p(E_ν; t) per bath [T, windows]; where no populations were kept, which hold them. */
  readonly marginals?: readonly Vector[]
  /** ρ_S(t) [T, k, q], or null. */
  readonly systemStates: Planes | null
  /** ρ_S(E; t) [T, window₁ … windowₙ, k, q], or null. */
  readonly conditionalStates: Planes | null
  /** Named observables [T]. */
  readonly observables: Readonly<Record<string, Vector>>
  /** The method's own scalars [T]: work, norm, energy, … */
  readonly scalars: Readonly<Record<string, Vector>>
  /** The thermodynamic ledger, where it was asked for. */
  readonly thermodynamics: LedgerRecord | null
}

/**
 * The realisation of a bath that an exact method used: with it anyone can compute the curve again.
 *
 * H_B = Σ_i E_i |i⟩⟨i|, H_int = λ Σ_α S^α ⊗ B^α; `couplings` hold the whole of each B^α [N, N], its means ⟨B^α⟩_E included.
 */
export interface Realization {
  /** The label of the bath. */
  readonly label: string
  /** E_i [N]. */
  readonly energies: Vector
  /** Index of the window of each level [N]. */
  readonly window: Int32Array
  /** null where they would take more than 256 MiB: then `seed` and `hash` stand for them. */
  readonly couplings: readonly ComplexMatrix[] | null
  readonly seed: number | null
  /** SHA-256 over the digests of all coupled blocks, in hexadecimal; null where the couplings are kept. */
  readonly hash: string | null
}

/** One bath of a run. */
export interface BathRecord {
  readonly label: string
  readonly windows: Windows
  readonly plugin: UsedPlugin
}

/** The results of several methods on one problem, as plain data: what a run file holds. */
export interface RunRecord {
  /** The text of the scenario, or null. */
  readonly scenario: string | null
  readonly baths: readonly BathRecord[]
  /** [T]. */
  readonly times: Vector
  /** [T]. */
  readonly sides: readonly Side[]
  /** ε_k(t) [T, d]. */
  readonly energies: Vector
  /** λ_ν(t) [T, baths]. */
  readonly strengths: Vector
  /** By name, in the order they were asked for. */
  readonly methods: Readonly<Record<string, MethodRecord>>
  readonly realizations: readonly Realization[]
  /** Package → version. */
  readonly versions: Readonly<Record<string, string>>
  /** Whatever else the host says of itself: engine, platform. */
  readonly environment: Readonly<Record<string, string>>
  /** What to cite for exactly what was used. */
  readonly citations: readonly Citation[]
}

/** The seed of a plug-in's recipe, where it has one. */
export const seedOf = (plugin: UsedPlugin): number | null => {
  const { recipe } = plugin
  const seed = typeof recipe === 'object' && recipe !== null && 'seed' in recipe ? recipe['seed'] : null
  return typeof seed === 'number' ? seed : null
}

/** d, and the number of windows of each bath. */
export const shapeOf = (record: RunRecord): { readonly dimension: number; readonly counts: readonly number[] } => ({
  dimension: record.times.length === 0 ? 0 : record.energies.length / record.times.length,
  counts: record.baths.map((bath) => bath.windows.energies.length),
})
