import { evolve } from './evolution.js'
import type { Expansion, State, Workshop } from './evolution.js'
import { interactionOf } from './hamiltonian.js'
import { emptyMoments, evaluateMoments, makeReading, sumReadings } from './moments.js'
import type { Moments, Reading } from './moments.js'
import type { Pace } from './pace.js'
import type { Sizing } from './sizing.js'

/** Two blocks, Ψ and HΨ: all that rates and energy at one time take. */
export const twoTerms = ({ structure }: Pick<Workshop, 'structure'>): Expansion => {
  const count = structure.components.length
  return { centres: new Float64Array(count), radii: new Float64Array(count).fill(1), terms: new Int32Array(count).fill(2) }
}

/** Empty moments for an expansion, for each vector. */
export const momentsOf = ({ model, structure, vectors }: Workshop, { pairs }: Sizing, { centres, radii, terms }: Expansion): readonly Moments[] =>
  Array.from({ length: vectors }, () => emptyMoments(model, structure, pairs, Float64Array.from(centres), Float64Array.from(radii), terms))

/**
 * Reads off moments, `time` after their beginning. Of several vectors, each of which carries its share of the norm, it is the sum, and
 * `errors` the standard error of its populations, √[R Σ_r (p_r − p/R)²/(R − 1)].
 */
export const readMoments = (shop: Workshop, moments: readonly Moments[], time: number, out: Reading): void => {
  const { model } = shop
  if (moments.length === 1) return evaluateMoments(model, moments[0]!, time, out)
  const each = moments.map((own) => {
    const reading = makeReading(model)
    evaluateMoments(model, own, time, reading)
    return reading
  })
  sumReadings(each, out)
  const count = each.length
  for (let node = 0; node < out.errors.length; node++) {
    let squares = 0
    for (const { populations } of each) {
      const off = populations[node]! - out.populations[node]! / count
      squares += off * off
    }
    out.errors[node] = Math.sqrt((count * squares) / (count - 1))
  }
}

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

/** Reads a state, and what each bath would do to it: one product per bath. False where cancelled. */
export const readState = async (shop: Workshop, sizing: Sizing, state: State, reading: Reading, pulls: Pulls, pace: Pace): Promise<boolean> => {
  const expansion = twoTerms(shop)
  for (let bath = 0; bath < shop.model.baths.length; bath++) {
    const moments = momentsOf(shop, sizing, expansion)
    if (await evolve(shop, state, null, moments, interactionOf(shop.model, bath), expansion, 0, pace) !== 'done') return false
    readMoments(shop, moments, 0, reading)
    pulls.rates[bath]!.set(reading.populationRates)
    pulls.interactions[bath] = reading.energy
  }
  return true
}
