import { cos, exp, log, sin } from './elementary.js'

/** Coefficients beyond this are left out: windows are then wrong by no more than a few times as much. */
const FILTER_TAIL = 1e-6
const PI = 3.141592653589793
const BISECTIONS = 60

/** θ in [0, π] with cos θ = x, clamped: no arc cosine has the same bits on every engine. */
const angle = (x: number): number => {
  if (x >= 1) return 0
  if (x <= -1) return PI
  let lower = 0
  let upper = PI
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = 0.5 * (lower + upper)
    if (cos(middle) > x) lower = middle
    else upper = middle
  }
  return 0.5 * (lower + upper)
}

/**
 * The number of Chebyshev polynomials that a filter with edges of width `edge` (σ) needs over a spectrum of half-width `radius`:
 * the damping e^{−(mσ/R)²/2} of the last is 10⁻⁶.
 */
export const windowFilterTerms = (edge: number, radius: number): number => Math.max(2, Math.ceil((Math.sqrt(-2 * log(FILTER_TAIL)) * radius) / edge))

/**
 * Writes the Chebyshev coefficients of the soft windows f_E of a spectrum in [lower, upper] to `out` [window, term].
 *
 * f_E(x) = Σ_m c_m T_m((x − c)/R) is the indicator of [E − δ/2, E + δ/2), as a function of θ = arccos((x − c)/R), folded with a Gaussian of width
 * σ/R: c_m = (2 − δ_{m0}) e^{−(mσ/R)²/2} (sin mθ_lower − sin mθ_upper)/(πm). Hence 0 ≤ f_E ≤ 1, windows that touch add up to 1 to rounding, and an
 * edge at x is softened with the width σ sin θ ≤ σ (kernel polynomial method with a Gaussian kernel).
 */
export const windowFilterCoefficients = (
  windows: { readonly energies: ArrayLike<number>; readonly width: number },
  filter: { readonly lower: number; readonly upper: number; readonly edge: number; readonly terms: number }, out: Float64Array,
): void => {
  const { terms } = filter
  const centre = 0.5 * (filter.lower + filter.upper)
  const radius = 0.5 * (filter.upper - filter.lower)
  const softness = filter.edge / radius
  for (let window = 0; window < windows.energies.length; window++) {
    const energy = windows.energies[window]!
    const from = angle((energy - 0.5 * windows.width - centre) / radius)
    const to = angle((energy + 0.5 * windows.width - centre) / radius)
    const base = window * terms
    out[base] = (from - to) / PI
    for (let m = 1; m < terms; m++) {
      const damped = m * softness
      out[base + m] = (2 * exp(-0.5 * damped * damped) * (sin(m * from) - sin(m * to))) / (PI * m)
    }
  }
}

/** Writes the coefficients of the product of two Chebyshev series to `out`, one shorter than both together: `T_m T_n = (T_{m+n} + T_{|m−n|})/2`. */
export const multiplySeries = (a: ArrayLike<number>, b: ArrayLike<number>, out: Float64Array): void => {
  out.fill(0)
  for (let m = 0; m < a.length; m++) {
    const half = 0.5 * a[m]!
    if (half === 0) continue
    for (let n = 0; n < b.length; n++) {
      const value = half * b[n]!
      out[m + n] = out[m + n]! + value
      const other = Math.abs(m - n)
      out[other] = out[other]! + value
    }
  }
}
