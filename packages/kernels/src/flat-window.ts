import { log, log1p, sinCos } from './elementary.js'
import { EULER, exponentialIntegralRemainder, SERIES_LIMIT } from './internal/exponential-integral.js'
import { entireCosineIntegral, sineIntegral } from './special.js'

const TWO_PI = 2 * Math.PI

/** A mismatch below this fraction of the width is rounding of energies that are meant to be equal. */
const RESONANCE = 1e-9

/** Relative size of the terms at which a series stops. */
const NEGLIGIBLE = 5e-17

/** Terms after which a series in powers of 1/4 is below rounding. */
const HALVING_TERMS = 30

/** Terms of the short-time series; at δt = 4 the last one is below 1e-18 of the first. */
const SHORT_TIME_TERMS = 18

const phase = new Float64Array(2)
const remainder = new Float64Array(2)
const moments = new Float64Array(4 * SHORT_TIME_TERMS)

/**
 * The envelope ζ(t) = (2/π)[Si(δt) − (1 − cos δt)/(δt)] by which every resonant rate of a flat window is multiplied at time t.
 *
 * `time` t ≥ 0 (inverse energy), `width` δ > 0 (energy); ζ(0) = 0, ζ ≈ δt/π at short times, ζ(Infinity) = 1. Relative error 1e-15.
 *
 * @equation B5
 */
export const flatWindowEnvelope = (time: number, width: number): number => {
  const x = width * time
  if (x === Infinity) return 1
  if (Math.abs(x) <= SERIES_LIMIT) return (2 / Math.PI) * envelopeSeries(x)
  sinCos(x, phase)
  return (2 / Math.PI) * (sineIntegral(x) - (1 - phase[1]) / x)
}

/**
 * The rescaled time Ξ(t) = ∫₀ᵗ ζ(s) ds = t ζ(t) − (2/πδ) Cin(δt) of a flat window.
 *
 * `time` t ≥ 0, `width` δ > 0; Ξ ≈ δt²/2π at short times, Infinity at Infinity. Relative error 1e-15.
 *
 * @equation E5
 */
export const flatWindowRescaledTime = (time: number, width: number): number => {
  const x = width * time
  if (x === Infinity) return Infinity
  if (Math.abs(x) <= SERIES_LIMIT) return ((2 / Math.PI) * rescaledSeries(x)) / width
  sinCos(x, phase)
  return ((2 / Math.PI) * (x * sineIntegral(x) - (1 - phase[1]) - entireCosineIntegral(x))) / width
}

// Σ_{k≥0} (−1)^k x^{2k+1}/((2k+1)! (2k+1)(2k+2)): the two terms of ζ joined before they cancel.
const envelopeSeries = (x: number): number => {
  const square = x * x
  let power = x
  let sum = x / 2
  for (let n = 3; ; n += 2) {
    power *= -square / (n * (n - 1))
    const term = power / (n * (n + 1))
    sum += term
    if (Math.abs(term) <= NEGLIGIBLE * Math.abs(sum)) return sum
  }
}

// Σ_{k≥0} (−1)^k x^{2k+2}/((2k+2)² (2k+1) (2k+1)!)
const rescaledSeries = (x: number): number => {
  const square = x * x
  let power = square
  let sum = square / 4
  for (let n = 3; ; n += 2) {
    power *= -square / (n * (n - 1))
    const term = power / (n * (n + 1) * (n + 1))
    sum += term
    if (Math.abs(term) <= NEGLIGIBLE * sum) return sum
  }
}

/**
 * Writes `out` = [Re, Im] of ∫₀ᵗ h(τ) e^{−iΩτ} dτ with the flat window's h(τ) = (δ/2π) sinc²(δτ/2), sinc x = sin x/x.
 *
 * `mismatch` Ω = ω + E' − E (energy; |Ω| < 1e-9 δ counts as 0), `time` t ≥ 0, `width` δ > 0; no unit. At t = Infinity, with
 * ξ = |Ω|/δ: max(0, (1 − ξ)/2) + i sgn(Ω) (1/2π)[2ξ ln ξ − (1 + ξ) ln(1 + ξ) + (1 − ξ) ln|1 − ξ|]; at finite t
 * [2φ(Ω) − φ(Ω − δ) − φ(Ω + δ)]/(2πδ), φ(y) = −(e^{−iyt} − 1 + iyt)/t + iy[Cin(yt) + i Si(yt)]. Absolute error below 1e-15,
 * and relative to the modulus at short times (≈ δt/2π) and at large mismatch (≈ 1/(2πξ)).
 *
 * @equation B4
 * @equation B12
 */
export const flatWindowTransform = (mismatch: number, time: number, width: number, out: Float64Array): void => {
  const size = Math.abs(mismatch)
  if (!Number.isFinite(size)) {
    out.fill(size === Infinity ? 0 : NaN, 0, 2)
    return
  }
  const resonant = size < RESONANCE * width
  const x = width * time
  if (resonant) {
    out[0] = flatWindowEnvelope(time, width) / 2
    out[1] = 0
    return
  }
  if (x === Infinity) longTime(size, width, out)
  else if (x <= SERIES_LIMIT) shortTime(size * time, x, out)
  else {
    longTime(size, width, out)
    const scale = 1 / (TWO_PI * x)
    addTransient(size * time, 2 * scale, out)
    addTransient((size - width) * time, -scale, out)
    addTransient((size + width) * time, -scale, out)
  }
  if (mismatch < 0) out[1] = -out[1]
}

// The limit t = ∞ for ξ = Ω/δ > 0. 1 − ξ comes from Ω and δ, not from ξ, which is rounded.
const longTime = (size: number, width: number, out: Float64Array): void => {
  const ratio = size / width
  const gap = (width - size) / width
  out[0] = gap > 0 ? gap / 2 : 0
  if (gap >= 0) {
    const upper = gap > 0 ? gap * log(gap) : 0
    out[1] = (2 * ratio * log(ratio) - (1 + ratio) * log1p(ratio) + upper) / TWO_PI
    return
  }
  // With z = 1/ξ: −ξ[(1 + z) ln(1 + z) + (1 − z) ln(1 − z)] = −Σ_{k≥1} z^{2k−1}/(k(2k − 1))
  const inverse = width / size
  if (inverse > 0.5) {
    const below = (size - width) / size
    out[1] = (-ratio * ((1 + inverse) * log1p(inverse) + below * log(below))) / TWO_PI
    return
  }
  let power = inverse
  let sum = inverse
  for (let k = 2; k < HALVING_TERMS; k++) {
    power *= inverse * inverse
    const term = power / (k * (2 * k - 1))
    sum += term
    if (term <= NEGLIGIBLE * sum) break
  }
  out[1] = -sum / TWO_PI
}

/**
 * Adds `weight`·Q(s) to `out`, where Q(s) = tφ(y) up to terms of which the second difference is `longTime`, s = yt:
 * Q(s) = is E₁(is) − e^{−is} for s > 0, Q(−s) = conj Q(s), Q(0) = −1. It decays as 1/s, so nothing large is subtracted.
 */
const addTransient = (argument: number, weight: number, out: Float64Array): void => {
  const s = Math.abs(argument)
  let real = -1
  let imaginary = 0
  if (s > SERIES_LIMIT) {
    sinCos(s, phase)
    exponentialIntegralRemainder(s, remainder)
    real = remainder[0] * phase[1] + remainder[1] * phase[0]
    imaginary = remainder[1] * phase[1] - remainder[0] * phase[0]
  } else if (s > 0) {
    sinCos(s, phase)
    real = -phase[1] - s * (sineIntegral(s) - Math.PI / 2)
    imaginary = phase[0] + s * (entireCosineIntegral(s) - log(s) - EULER)
  }
  out[0] = out[0] + weight * real
  out[1] = out[1] + weight * (argument < 0 ? -imaginary : imaginary)
}

/**
 * δt ≤ 4: ∫₀ᵗ h e^{−iΩτ} dτ = (1/π) Σ_{k≥1} (−1)^{k+1} (δt)^{2k−1}/(2k)! M_{2k−2}(Ωt), M_n(s) = ∫₀¹ yⁿ e^{−isy} dy; here the second
 * difference of φ would cancel.
 */
const shortTime = (s: number, x: number, out: Float64Array): void => {
  fillMoments(s, 2 * SHORT_TIME_TERMS - 1)
  const square = x * x
  let power = x / 2
  let real = power * moments[0]
  let imaginary = power * moments[1]
  for (let k = 2; k <= SHORT_TIME_TERMS; k++) {
    power *= -square / (2 * k * (2 * k - 1))
    real += power * moments[4 * k - 4]
    imaginary += power * moments[4 * k - 3]
  }
  out[0] = real / Math.PI
  out[1] = imaginary / Math.PI
}

// M_n = (i/s)(e^{−is} − n M_{n−1}): upwards errors shrink while n < s, downwards while n > s.
const fillMoments = (s: number, count: number): void => {
  sinCos(s, phase)
  const cosine = phase[1]
  const sine = phase[0]
  const turn = s < 2 ? 0 : Math.min(count, Math.floor(s))
  if (turn > 0) {
    let real = sine / s
    let imaginary = -(1 - cosine) / s
    moments[0] = real
    moments[1] = imaginary
    for (let n = 1; n < turn; n++) {
      const restRe = cosine - n * real
      const restIm = -sine - n * imaginary
      real = -restIm / s
      imaginary = restRe / s
      moments[2 * n] = real
      moments[2 * n + 1] = imaginary
    }
  }
  if (turn === count) return
  // Started from 0 far enough up that what is left of the start, Π s/n, is below rounding.
  let real = 0
  let imaginary = 0
  for (let n = count + 20 + Math.ceil(2 * s); n > turn; n--) {
    const nextRe = (cosine - s * imaginary) / n
    imaginary = (-sine + s * real) / n
    real = nextRe
    if (n <= count) {
      moments[2 * n - 2] = real
      moments[2 * n - 1] = imaginary
    }
  }
}
