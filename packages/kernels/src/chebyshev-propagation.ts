import { exp, log } from './elementary.js'
import { besselSequence } from './special.js'

/**
 * The time-evolution operator in Chebyshev polynomials, for a Hermitian H with its spectrum in [c − R, c + R]:
 *
 * e^{−iHt} = e^{−ict} Σ_m (−i)^m a_m(z) T_m((H − c)/R), z = Rt, a_m = (2 − δ_{m0}) J_m(z).
 *
 * T_{m+1} = 2 ((H − c)/R) T_m − T_{m−1} costs one product each; the coefficients of every time in between are free.
 */

/** Siegel's bound: ln of [x e^{√(1−x²)}/(1 + √(1−x²))]^m ≥ ln |J_m(m x)|, 0 < x ≤ 1. */
const logBesselBound = (order: number, argument: number): number => {
  const x = argument / order
  const root = Math.sqrt(1 - x * x)
  return order * (log(x) + root - log(1 + root))
}

/** Bound on 2 Σ_{m ≥ order} |J_m(z)|: a geometric series, since J_{m+1}/J_m falls below (1 − √(1−x²))/x past the turning point. */
const tailBound = (order: number, argument: number): number => {
  if (argument === 0) return order > 0 ? 0 : Infinity
  if (order <= argument) return Infinity
  const x = argument / order
  const ratio = x / (1 + Math.sqrt(1 - x * x))
  return (2 * exp(logBesselBound(order, argument))) / (1 - ratio)
}

/**
 * The number K of terms m = 0 … K − 1 that leaves a remainder 2 Σ_{m ≥ K} |J_m(z)| ≤ `tolerance`: the error of the evolved state
 * relative to its norm. `argument` z = R·t ≥ 0.
 */
export const chebyshevTerms = (argument: number, tolerance: number): number => {
  const z = Math.abs(argument)
  let upper = Math.ceil(z) + 2
  let lower = Math.max(0, Math.floor(z))
  for (let step = 8; tailBound(upper, z) > tolerance; step *= 2) {
    lower = upper
    upper += step
  }
  while (upper - lower > 1) {
    const middle = Math.floor((lower + upper) / 2)
    if (tailBound(middle, z) > tolerance) lower = middle
    else upper = middle
  }
  return Math.max(2, upper)
}

/** The share of the tolerance that is left to orders no Bessel function is computed for. */
const REST_SHARE = 0.01

/**
 * The same number where the series is about to be summed: it stops as soon as 2 Σ_{m ≥ K} |J_m(z)| ≤ `tolerance`, the remainder being summed and
 * not bounded, up to an order from which Siegel's bound leaves a hundredth of it. A term or two fewer than {@link chebyshevTerms}, which
 * takes no Bessel function. It holds at every time before, too: J_m(z) grows with z where z < m.
 */
export const chebyshevTermsNeeded = (argument: number, tolerance: number): number => {
  const z = Math.abs(argument)
  const rest = REST_SHARE * tolerance
  let terms = chebyshevTerms(z, rest)
  const bessel = new Float64Array(terms)
  besselSequence(z, bessel)
  let tail = rest + 2 * Math.abs(bessel[terms - 1]!)
  // Below its argument the sequence oscillates, and its terms do not shrink: the order stays above.
  while (terms > 2 && terms - 1 > z && tail <= tolerance) {
    terms--
    tail += 2 * Math.abs(bessel[terms - 1]!)
  }
  return terms
}

/** Bisections for a reach: relative 1e-6 of z. */
const REACH_STEPS = 40

/** The largest argument z = R·t that `terms` terms reach within `tolerance`. */
export const chebyshevReach = (terms: number, tolerance: number): number => {
  let lower = 0
  let upper = terms
  for (let i = 0; i < REACH_STEPS; i++) {
    const middle = (lower + upper) / 2
    if (tailBound(terms, middle) <= tolerance) lower = middle
    else upper = middle
  }
  return lower
}

/**
 * Writes a_m(z) = (2 − δ_{m0}) J_m(z) to `weights` [K] and da_m/dz to `derivatives` [K].
 * `scratch` [K + 1] holds the Bessel functions.
 */
export const chebyshevWeights = (argument: number, weights: Float64Array, derivatives: Float64Array, scratch: Float64Array): void => {
  const terms = weights.length
  besselSequence(argument, scratch)
  weights[0] = scratch[0]!
  derivatives[0] = -scratch[1]!
  for (let m = 1; m < terms; m++) {
    weights[m] = 2 * scratch[m]!
    derivatives[m] = scratch[m - 1]! - scratch[m + 1]!
  }
}
