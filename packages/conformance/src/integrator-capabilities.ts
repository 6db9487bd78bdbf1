import type { Algorithm, RateModel } from '@mesobath/contracts'

/** Makes the algorithm that uses these rates; one that needs none ignores them. */
export type IntegratorFactory = (rates: RateModel) => Algorithm

/** What an algorithm declares. */
export interface IntegratorCapabilities {
  /**
   * What it solves. `markov`: Eq. 5, constant rates. `finite-time`: rates that begin with the flat window's ζ(t) (Eqs. 14, 45).
   * `reference`: a bath state that never moves (Eq. 3). `exact`: the Schrödinger equation of system and bath levels.
   */
  readonly equation: 'markov' | 'finite-time' | 'reference' | 'exact'
  /** Whether it follows a drive; true unless told. */
  readonly drives?: boolean
  /** What chance leaves as error of a probability, for a sampler: laws hold within it. */
  readonly samplingError?: number
  /** Order of convergence of a scheme whose steps are chosen by its user. */
  readonly fixedStep?: { readonly order: number; readonly make: (rates: RateModel, step: number) => Algorithm }
}
