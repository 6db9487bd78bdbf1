import type { Json } from '@mesobath/contracts'

/** A number, or [re, im]. */
export type ScenarioNumber = number | readonly number[]

/** A matrix, row by row. */
export type ScenarioMatrix = readonly (readonly ScenarioNumber[])[]

/** A name of the catalogue with the options of its entry beside it. */
export interface ModelChoice {
  readonly model: string
  readonly [option: string]: Json
}

/** An entry of an installed package; `model` where the package has several of the kind. */
export interface PackageChoice {
  readonly package: string
  readonly model?: string
  readonly options?: { readonly [option: string]: Json }
}

/** A method of an installed package; `method` where the package has several. */
export interface PackageMethod {
  readonly package: string
  readonly method?: string
  readonly label?: string
  readonly rates?: string | ModelChoice | PackageChoice
  readonly options?: { readonly [option: string]: Json }
}

/** A method with its options; `label` names its results where one method stands twice. */
export interface MethodChoice {
  readonly method: string
  readonly label?: string
  readonly rates?: string | ModelChoice | PackageChoice
  readonly [option: string]: Json | PackageChoice | undefined
}

/** The state of one bath: a window (its lowest levels only where `fill` < 1), one level, a Gibbs state, or p(E). */
export type ScenarioBathState =
  | { readonly window: number; readonly fill?: number }
  | { readonly level: number }
  | { readonly gibbs: { readonly inverseTemperature: number } }
  | { readonly probabilities: readonly number[] }

/** A level, populations, or a density matrix. */
export type ScenarioSystemState = number | readonly number[] | ScenarioMatrix

/**
 * What moves the system: the options of the catalogue's first drive, or a map with `model` and the options of another one. The usual
 * one takes a move such as `{ level: 1, quenches: { period: 240, values: [1, 2] } }`, or a list of moves.
 */
export type ScenarioDrive = { readonly [option: string]: Json } | readonly { readonly [option: string]: Json }[]

/** Which baths make a machine, by label, and the period over which its work and heats are counted: the whole run unless told. */
export interface ScenarioMachine {
  readonly hot: string
  readonly cold?: string
  readonly work?: string
  readonly period?: number
}

/**
 * The thermodynamic ledger of every run; `temperatures` T at which the relative-entropy form of the entropy production is followed,
 * `machine` whose efficiency and coefficient of performance are.
 */
export type ScenarioThermodynamics = boolean | { readonly temperatures?: readonly number[]; readonly machine?: ScenarioMachine }

/** How a run begins; `conditional` is Σ_E ρ_S(E) ⊗ Π_E/V_E. */
export type ScenarioInitial =
  | { readonly system: ScenarioSystemState; readonly bath: ScenarioBathState }
  | { readonly system: ScenarioSystemState; readonly baths: Readonly<Record<string, ScenarioBathState>> }
  | { readonly conditional: readonly ScenarioMatrix[] }

/** One of several baths. What is left out is taken from the top of the scenario. */
export interface ScenarioAttachment {
  readonly label: string
  readonly bath: ModelChoice | PackageChoice
  readonly couplingStrength?: number
  readonly couplings?: readonly ScenarioMatrix[]
  readonly rates?: string | ModelChoice | PackageChoice
}

/**
 * A scenario as it stands in a file: plain JSON data, so that text → scenario → text loses nothing.
 *
 * Either `bath` with `system.couplings` and `couplingStrength`, or `baths`, each with its own. Energies in one unit, times in
 * its inverse (ħ = k_B = 1).
 */
export interface Scenario {
  readonly $schema?: string
  readonly title?: string
  readonly system: { readonly energies: readonly number[]; readonly couplings?: readonly ScenarioMatrix[] }
  readonly bath?: ModelChoice | PackageChoice
  readonly baths?: readonly ScenarioAttachment[]
  readonly couplingStrength?: number
  readonly drive?: ScenarioDrive
  readonly initial: ScenarioInitial
  readonly times: { readonly from: number; readonly to: number; readonly points: number } | readonly number[]
  readonly methods: readonly (string | MethodChoice | PackageMethod)[]
  readonly observables?: Readonly<Record<string, ScenarioMatrix>>
  readonly thermodynamics?: ScenarioThermodynamics
  /** What of each sample is kept; `populations` unless told. */
  readonly save?: 'populations' | 'marginals'
  readonly tolerance?: number
  readonly memory?: string | number
}
