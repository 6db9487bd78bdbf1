import { sinCos } from '../elementary.js'
import type { RandomStream } from '../random/random-stream.js'

const TWO_PI = 6.283185307179586

/**
 * Fills a vector with random phases e^{iφ}, uniform and independent: ⟨r|A|r⟩ has the mean tr A and, for Hermitian A, the variance
 * Σ_{i≠j} |A_ij|² ≤ tr A²; ⟨r|r⟩ is the dimension without any error.
 */
export const fillRandomPhases = (stream: RandomStream, vector: { readonly re: Float64Array; readonly im: Float64Array }): void => {
  const pair = new Float64Array(2)
  for (let i = 0; i < vector.re.length; i++) {
    sinCos(TWO_PI * stream.uniform(), pair)
    vector.im[i] = pair[0]!
    vector.re[i] = pair[1]!
  }
}
