/** Below this the power series of Si and Cin lose less than a bit; above it the continued fraction converges quickly. */
export const SERIES_LIMIT = 4

/** Euler's constant. */
export const EULER = 0.5772156649015329

/** From here the smallest term of the divergent series, about √(2πx) e^{−x}, is below the rounding of a double. */
const ASYMPTOTIC_LIMIT = 48

const NEGLIGIBLE = 1e-18

/**
 * Writes `out` = [Re, Im] of R(x) = i x e^{ix} E₁(ix) − 1 for x ≥ 4, which decays as i/x.
 *
 * The auxiliary functions of Si and Ci are f = (1 + Re R)/x and g = Im R/x: Si = π/2 − f cos x − g sin x,
 * Ci = f sin x − g cos x. R itself, rather than f and g, keeps what is small at large x accurate.
 */
export const exponentialIntegralRemainder = (x: number, out: Float64Array): void => {
  if (x >= ASYMPTOTIC_LIMIT) asymptotic(x, out)
  else continuedFraction(x, out)
}

// R = Σ_{k≥1} (−1)^k k!/(ix)^k, odd k imaginary, even k real.
const asymptotic = (x: number, out: Float64Array): void => {
  const inverseSquare = 1 / (x * x)
  let real = 0
  let imaginary = 0
  let odd = 1 / x
  for (let k = 1; k < 60; k += 2) {
    const even = (-odd * (k + 1)) / x
    imaginary += odd
    real += even
    if (Math.abs(even) < NEGLIGIBLE * Math.abs(real)) break
    odd *= -(k + 1) * (k + 2) * inverseSquare
  }
  out[0] = real
  out[1] = imaginary
}

// e^z E₁(z) = 1/(z + 1 − c), c = 1²/(z + 3 − 2²/(z + 5 − …)), z = ix, evaluated from the far end; z e^z E₁(z) − 1 = −(1 − c) e^z E₁(z).
const continuedFraction = (x: number, out: Float64Array): void => {
  // Measured: 220/x levels reach rounding at x = 4, 330/x at x = 48.
  const levels = Math.ceil(6 + 240 / x)
  let re = 0
  let im = 0
  for (let level = levels; level >= 1; level--) {
    const denominatorRe = 2 * level + 1 - re
    const denominatorIm = x - im
    const scale = (level * level) / (denominatorRe * denominatorRe + denominatorIm * denominatorIm)
    re = denominatorRe * scale
    im = -denominatorIm * scale
  }
  const denominatorRe = 1 - re
  const denominatorIm = x - im
  const scale = 1 / (denominatorRe * denominatorRe + denominatorIm * denominatorIm)
  // −(1 − c)/(z + 1 − c), with 1 − c = denominatorRe − i im
  out[0] = -(denominatorRe * denominatorRe - im * denominatorIm) * scale
  out[1] = (denominatorRe * denominatorIm + im * denominatorRe) * scale
}
