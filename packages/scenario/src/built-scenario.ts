import type { Algorithm, BathModel, ComplexMatrix, Issue, Outcome, Problem } from '@mesobath/contracts'
import type { Scenario, ScenarioMachine } from './scenario.js'

/** One method of a scenario, ready to run. */
export interface BuiltMethod {
  /** Its label, else the name of the method: unique in the scenario. */
  readonly name: string
  readonly algorithm: Algorithm
}

/** What the thermodynamic ledger of a run is asked for. */
export interface LedgerRequest {
  /** β = 1/T of the temperatures asked. */
  readonly inverseTemperatures: readonly number[]
  /** Null where the run is no machine. */
  readonly machine: ScenarioMachine | null
}

/** What a scenario describes. */
export interface BuiltScenario {
  readonly scenario: Scenario
  readonly problem: Problem
  readonly methods: readonly BuiltMethod[]
  /** Operators A, d × d each. */
  readonly observables: Readonly<Record<string, ComplexMatrix>>
  /** What the thermodynamic ledger is asked for; null where none is. */
  readonly thermodynamics: LedgerRequest | null
  /** What of each sample is to be kept. */
  readonly save: 'populations' | 'marginals'
  readonly tolerance: number | undefined
  /** Bytes. */
  readonly memory: number | undefined
}

/** Options of `buildProblem` and `loadScenario`. */
export interface BuildOptions {
  /** Finds what is wrong with a problem, as `checkProblem` does. */
  readonly check?: (problem: Problem) => Outcome<unknown>
  /** The rate model of a method on a bath where the scenario names none. */
  readonly defaultRates?: (bath: BathModel, method: string) => string | undefined
  /** What was found wrong with the text before, such as packages that could not be loaded: told with the rest, and nothing built on it. */
  readonly found?: readonly Issue[]
}
