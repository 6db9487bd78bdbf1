import type { Algorithm } from './algorithm.js'
import type { BathModel } from './bath.js'
import type { ComplexMatrix, Json, Vector } from './data.js'
import type { Drive } from './drive.js'
import type { Outcome } from './outcome.js'
import type { RateModel } from './rates.js'

/** A microscopic bath as a file holds it: levels E_i [N] and coupling operators [N, N] in the energy eigenbasis. */
export interface StoredBath {
  readonly levels: Vector
  readonly couplings: readonly ComplexMatrix[]
}

/** What the host reads for a scenario. */
export interface Resources {
  readBath(path: string): Promise<Outcome<StoredBath>>
}

/** How a name in a scenario becomes a value. Schemas of all entries are joined into the published scenario schema. */
export interface Entry<T> {
  readonly name: string
  /** The package that a scenario names beside it; left out where the name alone is enough. */
  readonly package?: string
  /** JSON Schema (draft 2020-12) of the options beside the name. */
  readonly optionsSchema: Json
  create(options: Json, catalogue: Catalogue, resources: Resources): Promise<Outcome<T>>
}

/** Names a scenario may use; passed, never global. */
export interface Catalogue {
  readonly baths: readonly Entry<BathModel>[]
  readonly rates: readonly Entry<RateModel>[]
  readonly algorithms: readonly Entry<Algorithm>[]
  readonly drives: readonly Entry<Drive>[]
}

/**
 * What a package exports under the name `mesobath`, so that a scenario may name the package: its entries, and the contract they were
 * built for. A scenario that names the package alone means the only entry of the kind asked for.
 */
export interface Plugin extends Partial<Pick<Catalogue, 'baths' | 'rates' | 'algorithms'>> {
  readonly contract: number
}
