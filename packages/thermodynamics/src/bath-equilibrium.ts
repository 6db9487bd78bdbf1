import type { Vector, Windows } from '@mesobath/contracts'
import { exp, expm1 } from '@mesobath/kernels'
import { CanonicalBath, edgeEnergies, solveInverseTemperature } from './internal/canonical-bath.js'

/** Below this |x| the series of e^x − 1 − x is exact to rounding where the difference is not. */
const SERIES_REACH = 0.05

/**
 * The effective nonequilibrium inverse temperature β* = 1/T* of a bath: Σ_E E V_E e^{−β*E}/Z = Σ_E E p(E).
 *
 * Solved for β over [−∞, +∞], in which U_B(β) falls strictly, so that population inversion (β < 0) and infinite temperature (β = 0) are
 * ordinary points. All probability in the lowest (highest) window is β = +∞ (−∞). U_B is met to 1e-12 of the energy span, or to what one
 * unit in the last place of β moves it, which is more only where the span times β exceeds 10⁴ and two distant windows share the weight.
 *
 * @param windows - the bath's windows [n]
 * @param probabilities - p(E) [n], normalised; slightly negative ones are taken as they are
 * @param guess - where to start, e.g. the value at the time before; dS/dE at U_B unless told
 * @returns β*, 1/energy; NaN for a bath of one window, whose energy says nothing about temperature, and where a p(E) is not a number
 * @equation 62
 */
export const effectiveInverseTemperature = (windows: Windows, probabilities: Vector, guess = NaN): number => {
  if (windows.energies.length < 2) return NaN
  const energies = { total: 0, above: 0, below: 0 }
  edgeEnergies(windows.energies, probabilities, energies)
  return solveInverseTemperature(new CanonicalBath(windows), energies, guess)
}

/** The only window that can be occupied at β: at ±Infinity an edge, in a bath of one window that; −1 where there is more than one. */
const onlyWindow = ({ energies }: Windows, beta: number): number => {
  if (energies.length === 1 || beta === Infinity) return 0
  return beta === -Infinity ? energies.length - 1 : -1
}

/**
 * Writes the canonical probabilities p_β(E) = V_E e^{−βE}/Z_B [n] of a bath; β may be ±Infinity.
 *
 * @equation 55
 */
export const canonicalProbabilities = (windows: Windows, beta: number, out: Float64Array): void => {
  const only = onlyWindow(windows, beta)
  if (only >= 0) {
    out.fill(0)
    out[only] = 1
    return
  }
  const bath = new CanonicalBath(windows)
  bath.evaluate(beta)
  for (let i = 0; i < windows.energies.length; i++) out[i] = exp(bath.exponent(i, bath.peak, beta) - bath.logSum)
}

/**
 * The observational entropy S_obs^B(p_β) = ln Z_B + βU_B of a canonical bath, in nats; β may be ±Infinity.
 *
 * Its differences are −∫Q̇/T* dt, an integral whose integrand diverges where T* → 0.
 *
 * @equation 63
 * @equation 65
 */
export const canonicalEntropy = (windows: Windows, beta: number): number => {
  const only = onlyWindow(windows, beta)
  if (only >= 0) return windows.logVolumes[only]
  const bath = new CanonicalBath(windows)
  bath.evaluate(beta)
  return bath.entropy(beta, bath.above, 0)
}

/** p(e^x − 1 − x) ≥ 0 for q = p e^x: a term of Σ(p ln(p/q) − p + q), without cancellation. */
const divergenceTerm = (p: number, q: number, x: number): number => {
  if (Math.abs(x) > SERIES_REACH) return x < 1 ? p * (expm1(x) - x) : q - p - p * x
  return p * x * x * (0.5 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040 + x / 40320))))))
}

/**
 * D(p_β‖p_β') ≥ 0 of two canonical distributions of one bath, in nats; +Infinity where p_β' has no weight on a window of p_β.
 *
 * @param windows - the bath's windows [n]
 * @param beta - β, ±Infinity included
 * @param reference - β', ±Infinity included
 * @equation 53
 */
export const canonicalRelativeEntropy = (windows: Windows, beta: number, reference: number): number => {
  if (beta === reference || windows.energies.length === 1) return 0
  if (!Number.isFinite(reference)) return Infinity
  const there = new CanonicalBath(windows)
  there.evaluate(reference)
  const only = onlyWindow(windows, beta)
  if (only >= 0) return there.logSum - there.exponent(only, there.peak, reference)
  const here = new CanonicalBath(windows)
  here.evaluate(beta)
  let sum = 0
  for (let i = 0; i < windows.energies.length; i++) {
    const own = here.exponent(i, here.peak, beta) - here.logSum
    const other = there.exponent(i, there.peak, reference) - there.logSum
    sum += divergenceTerm(exp(own), exp(other), other - own)
  }
  return sum
}
