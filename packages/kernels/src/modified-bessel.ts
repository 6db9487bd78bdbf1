/** Far below every number that counts, far above underflow: where a downward recurrence begins. */
const SEED = 1e-290
/** A recurrence that has grown so far is scaled back. */
const OVERFLOW = 1e250
/** Below this what a series of two terms leaves out, x², is rounding. */
const SHORT = 1e-9

/**
 * out[k] = e^{−x} I_k(x) for x ≥ 0, the modified Bessel functions without their growth: a distribution over k whose sum
 * out[0] + 2Σ_{k>0} out[k] is 1 where `out` is long enough.
 *
 * Downward recurrence I_{k−1} = I_{k+1} + (2k/x) I_k (Miller), normalised by that sum; errors are relative to rounding.
 */
export const modifiedBesselSequence = (x: number, out: Float64Array): void => {
  out.fill(0)
  if (x < SHORT) {
    out[0] = 1 - x
    if (out.length > 1) out[1] = x / 2
    return
  }
  // Beyond this order terms are below e^{−k²/2x}, or (x/2k)^k, both far under a double's range of interest.
  const start = Math.max(out.length, Math.ceil(60 + 40 * Math.sqrt(x) + Math.min(x, 60)))
  let above = 0
  let here = SEED
  let sum = 0
  for (let k = start; k > 0; k -= 1) {
    if (k < out.length) out[k] = here
    sum += 2 * here
    const below = above + ((2 * k) / x) * here
    above = here
    here = below
    if (here > OVERFLOW) {
      here /= OVERFLOW
      above /= OVERFLOW
      sum /= OVERFLOW
      for (let j = k; j < out.length; j += 1) out[j] = out[j]! / OVERFLOW
    }
  }
  out[0] = here
  sum += here
  for (let k = 0; k < out.length; k += 1) out[k] = out[k]! / sum
}
