import type { BathModel, RateModel } from '@mesobath/contracts'

/** Makes the model of couplings c·B. One that reads the bath's couplings needs no argument. */
export type RateModelFactory = (couplingScale: number) => RateModel

/** What a rate model declares, and what it is tried on. */
export interface RateModelCapabilities {
  /** Whether its correlation function is meaningful at finite times. */
  readonly finiteTime: boolean
  /** Whether its limit t → ∞ exists. */
  readonly stationary: boolean
  /** Numbers of coupling operators it can serve; one and two unless told. */
  readonly couplings?: readonly (1 | 2)[]
  /** A bath with so many couplings c·B; that of the kit unless told. */
  readonly bath?: (couplings: 1 | 2, couplingScale: number) => BathModel
  /** The largest |E − E'| of windows that it couples; that of the kit's bath unless told. */
  readonly reach?: number
  /** Relative accuracy of its tables; 1e-10 unless told. */
  readonly accuracy?: number
}
