/** 2⁻⁵². */
const EPSILON = 2.220446049250313e-16
/** Steps of the rational iteration and bisections before giving up; five or six are usual. */
const MOST_STEPS = 120

/**
 * Root `at` of f(x) = 1 + ρ Σ_i z_i²/(d_i − x) for ascending, distinct d_i, ρ > 0 and Σ z² = 1: the one in (d_at, d_{at+1}), the last in
 * (d_{k−1}, d_{k−1} + ρ).
 *
 * Writes d_i − x to `gaps` [k from `from`] without cancellation and returns x. Each step replaces the poles to the left and to the right by one
 * of each, at the neighbouring d with matching value and slope (the "middle way"), and is kept within a bracket. Returns NaN where it did not converge.
 */
export const secularRoot = (
  count: number, at: number, poles: Float64Array, weights: Float64Array, strength: number, gaps: Float64Array, from: number,
): number => {
  const last = at === count - 1
  const width = last ? strength : poles[at + 1]! - poles[at]!
  // The nearer pole is the origin: the sign of f in the middle tells which.
  let middle = 1
  for (let i = 0; i < count; i++) middle += (strength * weights[i]! * weights[i]!) / (poles[i]! - poles[at]! - width / 2)
  const rightOrigin = !last && middle < 0
  const origin = rightOrigin ? poles[at + 1]! : poles[at]!
  for (let i = 0; i < count; i++) gaps[from + i] = poles[i]! - origin
  let lower = rightOrigin ? -width / 2 : middle < 0 ? width / 2 : 0
  let upper = rightOrigin ? 0 : middle < 0 ? width : width / 2
  let x = (lower + upper) / 2
  for (let step = 0; step < MOST_STEPS; step++) {
    let left = 0, leftSlope = 0, right = 0, rightSlope = 0
    for (let i = 0; i <= at; i++) {
      const t = weights[i]! / (gaps[from + i]! - x)
      left += weights[i]! * t
      leftSlope += t * t
    }
    for (let i = at + 1; i < count; i++) {
      const t = weights[i]! / (gaps[from + i]! - x)
      right += weights[i]! * t
      rightSlope += t * t
    }
    const value = 1 + strength * (left + right)
    if (value > 0) upper = x
    else lower = x
    // What rounding leaves of f: of its terms, and of the gap to the origin.
    const noise = EPSILON * (1 + strength * (right - left) + Math.abs(x) * strength * (leftSlope + rightSlope)) * 4
    const spread = upper - lower
    if (Math.abs(value) <= noise || spread <= EPSILON * Math.max(Math.abs(lower), Math.abs(upper))) {
      for (let i = 0; i < count; i++) gaps[from + i] = gaps[from + i]! - x
      return origin + x
    }
    const p = gaps[from + at]! - x
    // Beyond the last pole there is none on the right: one far away, which takes no weight.
    const q = last ? upper - x + width : gaps[from + at + 1]! - x
    const slopeLeft = strength * leftSlope
    const slopeRight = strength * rightSlope
    const c = value - p * slopeLeft - q * slopeRight
    const a = (p + q) * value - p * q * (slopeLeft + slopeRight)
    const b = p * q * value
    const root = Math.sqrt(Math.max(0, a * a - 4 * b * c))
    const move = a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root)
    const next = x + move
    x = next > lower && next < upper ? next : (lower + upper) / 2
  }
  return Number.NaN
}
