import type { Outcome, WindowCorrelation } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'

export const codes = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : [])

/** κ of one pair as [re, im] by [α][α']. */
export const strengthOf = (correlation: WindowCorrelation, couplings: number, to: number, from: number) => {
  const size = couplings * couplings
  const out = { re: new Float64Array(size).fill(NaN), im: new Float64Array(size).fill(NaN) }
  orThrow(correlation.strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, out))
  return out
}

/** Re x†Mx for a few fixed directions: negative for none of them where M is positive semidefinite. */
export const smallestForm = (matrix: { readonly re: Float64Array; readonly im: Float64Array }, n: number): number => {
  let least = Infinity
  for (let trial = 0; trial < 40; trial += 1) {
    const x = Array.from({ length: n }, (_, i) => [Math.cos(1.7 * trial * (i + 1) + i), Math.sin(2.3 * trial * (i + 1))] as const)
    let form = 0
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) {
        const [a, b] = [x[i]!, x[j]!]
        const re = a[0] * b[0] + a[1] * b[1]
        const im = a[0] * b[1] - a[1] * b[0]
        form += re * matrix.re[i * n + j]! - im * matrix.im[i * n + j]!
      }
    }
    least = Math.min(least, form)
  }
  return least
}
