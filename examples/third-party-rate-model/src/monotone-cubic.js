/**
 * Slopes of the monotone cubic interpolant through (x, y) by Fritsch and Carlson (harmonic means, as Fritsch and Butland weigh them): where
 * samples rise, so does the curve, so that it never leaves their range and |f|² never turns negative.
 *
 * @param {readonly number[]} x ascending
 * @param {Float64Array} y
 */
export const monotoneSlopes = (x, y) => {
  const n = x.length
  const secant = Array.from({ length: n - 1 }, (_, i) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]))
  const slopes = new Float64Array(n)
  for (let i = 1; i < n - 1; i += 1) {
    const [before, after] = [secant[i - 1], secant[i]]
    if (before * after <= 0) continue
    const [left, right] = [x[i] - x[i - 1], x[i + 1] - x[i]]
    slopes[i] = (3 * (left + right)) / ((2 * right + left) / before + (right + 2 * left) / after)
  }
  slopes[0] = endSlope(secant[0], secant[1] ?? secant[0], x[1] - x[0], (x[2] ?? x[1]) - x[1])
  slopes[n - 1] = endSlope(secant[n - 2], secant[n - 3] ?? secant[n - 2], x[n - 1] - x[n - 2], n > 2 ? x[n - 2] - x[n - 3] : 0)
  return slopes
}

/** The slope at an end from the two secants next to it, kept from overshooting. */
const endSlope = (near, far, nearWidth, farWidth) => {
  const slope = ((2 * nearWidth + farWidth) * near - nearWidth * far) / (nearWidth + farWidth)
  if (slope * near <= 0) return 0
  return near * far <= 0 && Math.abs(slope) > 3 * Math.abs(near) ? 3 * near : slope
}

/**
 * The interpolant at a point inside [x₀, xₙ].
 *
 * @param {readonly number[]} x
 * @param {Float64Array} y
 * @param {Float64Array} slopes
 * @param {number} at
 */
export const hermite = (x, y, slopes, at) => {
  let cell = 0
  while (cell < x.length - 2 && at > x[cell + 1]) cell += 1
  const width = x[cell + 1] - x[cell]
  const t = (at - x[cell]) / width
  const s = 1 - t
  const value = y[cell] * s * s * (1 + 2 * t) + y[cell + 1] * t * t * (3 - 2 * t) + width * t * s * (slopes[cell] * s - slopes[cell + 1] * t)
  // Rounding may pass the end of the samples; nothing else can.
  return Math.min(Math.max(value, Math.min(y[cell], y[cell + 1])), Math.max(y[cell], y[cell + 1]))
}
