import { evenWeights } from './diagonal-start.js'
import { evolve } from './evolution.js'
import type { Expansion, State, Workshop } from './evolution.js'
import { interactionOf } from './couplings.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import { clearReading, emptyMoments, evaluateMoments } from './moments.js'
import type { Moments, Reading } from './moments.js'
import type { Pace } from './pace.js'
import type { Sizing } from './sizing.js'

/** Two blocks, Ψ and HΨ: all that rates and energy at one time take. */
export const twoTerms = ({ structure }: Pick<Workshop, 'structure'>): Expansion => {
  const count = structure.components.length
  return { centres: new Float64Array(count), radii: new Float64Array(count).fill(1), terms: new Int32Array(count).fill(2) }
}

/** Empty moments for an expansion; `even` where the populations of its components are known to be even in its time. */
export const momentsOf = (
  { model, structure, vectors }: Workshop, { pairs }: Sizing, { centres, radii, terms }: Expansion, even?: readonly boolean[],
): Moments => emptyMoments(
  model, structure, pairs, Float64Array.from(centres), Float64Array.from(radii), terms, vectors === 1 ? 0 : vectors, even ?? structure.components.map(() => false))

/** What each bath would do to a state at λ_ν = 1. */
export interface Pulls {
  /** ∂t p(ε_k, E) by one bath [bath][level, joint window]. */
  readonly rates: readonly Float64Array[]
  /** ⟨V_ν⟩. */
  readonly interactions: Float64Array
}

/** Room for pulls. */
export const makePulls = ({ dimension, windows, baths }: Workshop['model']): Pulls => ({
  rates: baths.map(() => new Float64Array(dimension * windows)),
  interactions: new Float64Array(baths.length),
})

/**
 * Reads ρ = Σ_n w_n P_n, which commutes with every P_n and with the bath: no rates, no coherence, and of an interaction only the means ⟨B^α⟩_E,
 * since the rest of B has no trace in a window.
 */
export const readEven = ({ model, structure }: Workshop, weights: readonly Float64Array[], reading: Reading, pulls: Pulls): void => {
  const { windows, dimension, baths } = model
  clearReading(reading)
  for (const rates of pulls.rates) rates.fill(0)
  pulls.interactions.fill(0)
  structure.components.forEach(({ blocks }, at) => {
    let place = 0
    for (const { level, windows: own } of blocks) {
      for (const window of own) {
        const weight = weights[at]![place++]!
        const population = weight * model.volumes[window]!
        reading.populations[level * windows + window] = population
        reading.re[(window * dimension + level) * dimension + level] = population
        reading.norm += population
        baths.forEach(({ systemCouplings, means }, bath) => {
          for (const energy of spreadLevels(model, window, bath, (value) => value)) reading.bathEnergies[bath] = reading.bathEnergies[bath]! + weight * energy
          systemCouplings.forEach((matrix, coupling) => {
            const mean = means[coupling]![windowOf(model, window, bath)]! * matrix.re[level * matrix.columns + level]!
            pulls.interactions[bath] = pulls.interactions[bath]! + population * mean
          })
        })
      }
    }
  })
}

/** Reads a state, and what each bath would do to it: one product per bath, none where it is even. False where cancelled. */
export const readState = async (shop: Workshop, sizing: Sizing, state: State, reading: Reading, pulls: Pulls, pace: Pace): Promise<boolean> => {
  const weights = evenWeights(shop, state)
  if (weights !== null) {
    readEven(shop, weights, reading, pulls)
    return true
  }
  const expansion = twoTerms(shop)
  for (let bath = 0; bath < shop.model.baths.length; bath++) {
    const moments = momentsOf(shop, sizing, expansion)
    if (await evolve(shop, state, null, moments, interactionOf(shop.model, bath), expansion, 0, pace) !== 'done') return false
    evaluateMoments(shop.model, moments, 0, reading)
    pulls.rates[bath]!.set(reading.populationRates)
    pulls.interactions[bath] = reading.energy
  }
  return true
}
