import type { Vector } from '@mesobath/contracts'
import { exp, log, log1p, sinCos } from './elementary.js'
import { EULER, exponentialIntegralRemainder, SERIES_LIMIT } from './internal/exponential-integral.js'

const HALF_PI = Math.PI / 2

/** Relative size of the terms at which a series stops: a quarter of the rounding of its sum. */
const NEGLIGIBLE = 5e-17

const remainder = new Float64Array(2)
const phase = new Float64Array(2)

/**
 * The sine integral Si(x) = ∫₀ˣ sin(u)/u du, odd; x real, ±π/2 at ±Infinity. Relative error below 1e-15.
 */
export const sineIntegral = (x: number): number => {
  const size = Math.abs(x)
  if (size <= SERIES_LIMIT) return sineSeries(x)
  if (size === Infinity) return Math.sign(x) * HALF_PI
  if (Number.isNaN(x)) return NaN
  exponentialIntegralRemainder(size, remainder)
  sinCos(size, phase)
  const value = HALF_PI - ((1 + remainder[0]) * phase[1] + remainder[1] * phase[0]) / size
  return x < 0 ? -value : value
}

/**
 * The entire cosine integral Cin(x) = ∫₀ˣ (1 − cos u)/u du = ln|x| + γ_E − Ci(|x|), even; x real, Infinity at ±Infinity.
 * Relative error below 1e-15.
 */
export const entireCosineIntegral = (x: number): number => {
  const size = Math.abs(x)
  if (size <= SERIES_LIMIT) return cosineSeries(size)
  if (size === Infinity) return Infinity
  if (Number.isNaN(x)) return NaN
  exponentialIntegralRemainder(size, remainder)
  sinCos(size, phase)
  return log(size) + EULER - ((1 + remainder[0]) * phase[0] - remainder[1] * phase[1]) / size
}

// Σ_{k≥0} (−1)^k x^{2k+1}/((2k+1)(2k+1)!)
const sineSeries = (x: number): number => {
  const square = x * x
  let power = x
  let sum = x
  for (let n = 3; ; n += 2) {
    power *= -square / (n * (n - 1))
    const term = power / n
    sum += term
    if (Math.abs(term) <= NEGLIGIBLE * Math.abs(sum)) return sum
  }
}

// Σ_{k≥1} (−1)^{k+1} x^{2k}/(2k (2k)!)
const cosineSeries = (x: number): number => {
  const square = x * x
  let power = square / 2
  let sum = power / 2
  for (let n = 4; ; n += 2) {
    power *= -square / (n * (n - 1))
    const term = power / n
    sum += term
    if (Math.abs(term) <= NEGLIGIBLE * sum) return sum
  }
}

/** Below this two terms of the ascending series are exact to a double. */
const TINY_ARGUMENT = 1e-4

/** How far below its peak the sequence starts: everything smaller is 0, and nothing can overflow on the way up. */
const START = 1e45

/**
 * Writes the Bessel functions `out[k]` = J_k(x), k = 0 … out.length − 1, x any real number, by Miller's downward recurrence.
 *
 * Absolute error below 1e-15 for |x| ≤ 10⁴; orders with |J_k| below about 1e-45 are 0. Cost: |x| + O(|x|^{1/3}) + out.length.
 */
export const besselSequence = (x: number, out: Float64Array): void => {
  const size = Math.abs(x)
  if (Number.isNaN(x)) out.fill(NaN)
  else if (size === Infinity) out.fill(0)
  else if (size < TINY_ARGUMENT) ascendingBessel(size, out)
  else downwardBessel(size, out)
  if (x < 0) for (let k = 1; k < out.length; k += 2) out[k] = -out[k]
}

const ascendingBessel = (x: number, out: Float64Array): void => {
  let power = 1
  for (let k = 0; k < out.length; k++) {
    if (k > 0) power *= x / (2 * k)
    out[k] = power * (1 - (x * x) / (4 * (k + 1)))
  }
}

const downwardBessel = (x: number, out: Float64Array): void => {
  // The growing solution of the recurrence, followed upwards from the turning point, tells where J_k has become negligible.
  let order = Math.floor(x) + 1
  let before = 0
  let growing = 1
  while (growing < START) {
    const next = ((2 * order) / x) * growing - before
    before = growing
    growing = next
    order++
  }
  out.fill(0)
  let above = 0
  let value = 1 / START
  let even = 0
  for (let k = order; k > 0; k--) {
    if (k < out.length) out[k] = value
    if (k % 2 === 0) even += value
    const below = ((2 * k) / x) * value - above
    above = value
    value = below
  }
  // J_0 + 2 Σ J_{2k} = 1
  const scale = 1 / (value + 2 * even)
  if (out.length > 0) out[0] = value
  const used = Math.min(out.length, order + 1)
  for (let k = 0; k < used; k++) out[k] = out[k] * scale
}

/**
 * ln Σ_i e^{v_i} without overflow; `values` [n] may hold ±Infinity, no values give −Infinity.
 */
export const logSumExp = (values: Vector): number => {
  let largest = -Infinity
  let at = -1
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) return NaN
    if (value > largest) {
      largest = value
      at = i
    }
  }
  if (Math.abs(largest) === Infinity) return largest
  let others = 0
  for (let i = 0; i < values.length; i++) if (i !== at) others += exp(values[i] - largest)
  return largest + log1p(others)
}
