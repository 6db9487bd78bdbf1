import { chebyshevTermsNeeded } from '@mesobath/kernels'
import type { Couplings } from './couplings.js'
import { GROWTH } from './evolution.js'
import type { Workshop } from './evolution.js'
import type { Pace } from './pace.js'
import { survivalBlocks } from './survival-blocks.js'
import { takeCoupling } from './survival-halves.js'
import type { Halves } from './survival-halves.js'
import { survivalMoments } from './survival-moments.js'
import type { SurvivalMoments } from './survival-moments.js'
import { readSurvival } from './survival-reading.js'
import type { SurvivalCurve } from './survival-reading.js'

/** Centre and half-width of a spectrum. */
interface Bound {
  readonly centre: number
  readonly radius: number
}

/** Whether the last blocks are larger than Chebyshev polynomials of what lies within the bounds. */
const outgrown = ({ even, odd, evens, odds }: SurvivalMoments, rows: number): boolean =>
  Math.max(evens[even * even - 1]!, odds[odd * odd - 1]!) > rows * (1 + GROWTH)

/**
 * The survival of the smaller node of a component, with the diagonal `weights`, by blocks of its amplitude over `duration` after the start; every number within
 * `tolerance` of a level's. Null where cancelled, 'narrow' where the spectrum turned out to be wider.
 */
export const blockSurvival = async (
  shop: Workshop, at: number, halves: Halves, weights: Float64Array, { centre, radius }: Bound, couplings: Couplings, duration: number, tolerance: number,
  pace: Pace,
): Promise<SurvivalCurve | 'narrow' | null> => {
  const { backend } = shop
  const coupling = await takeCoupling(shop, at, halves, couplings, pace)
  if (coupling === null) return null
  try {
    // Rates, and energies through them, are off by what the last term but one would be.
    const terms = 1 + chebyshevTermsNeeded(radius * duration, tolerance)
    const blocks = await survivalBlocks(shop, halves, coupling, centre, radius, terms, pace)
    if (blocks === null) return null
    const moments = await survivalMoments(backend, blocks, weights, pace).finally(() => { backend.release(blocks.numbers) })
    if (moments === null) return null
    return outgrown(moments, halves.small.diagonal.length) ? 'narrow' : { centre, read: (time) => readSurvival(moments, radius, time) }
  } finally {
    backend.release(coupling)
  }
}
