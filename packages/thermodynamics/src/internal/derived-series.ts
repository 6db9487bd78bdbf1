import type { BathLedger } from '../ledger.js'
import { plusBaths, sinceStart } from './series.js'

/**
 * −∫Q̇/T* dt + ∫Q̇ dt/T(0) = D(p_T*(t)‖p_T*(0)) for one bath. From an edge of the spectrum (T(0) = ±0) any heat at all is infinitely much
 * at the temperature it started with.
 */
export const finiteBathCorrection = (inverseTemperature: Float64Array, heat: Float64Array, canonicalEntropy: Float64Array): Float64Array => {
  const start = inverseTemperature[0]
  if (Number.isNaN(start)) return heat.map(() => 0)
  if (!Number.isFinite(start)) return inverseTemperature.map((beta) => (beta === start ? 0 : Infinity))
  return heat.map((value, i) => 0 - value * start - (canonicalEntropy[i] - canonicalEntropy[0]))
}

/** The three sums of the chain of Eq. 67 and the bound of Eq. 61; entropies may be relative to any fixed log volume. */
export const clausiusChain = (systemEntropy: Float64Array, baths: readonly Pick<BathLedger, 'entropy' | 'canonicalEntropy' | 'finiteBathCorrection'>[]) => {
  const change = sinceStart(systemEntropy)
  const clausius = plusBaths(change, baths, (bath) => sinceStart(bath.canonicalEntropy))
  return {
    entropySum: plusBaths(change, baths, (bath) => sinceStart(bath.entropy)),
    clausius,
    clausiusConstantTemperature: plusBaths(clausius, baths, (bath) => bath.finiteBathCorrection),
  }
}
