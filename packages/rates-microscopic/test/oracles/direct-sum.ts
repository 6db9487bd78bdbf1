import type { ComplexMatrix, Outcome, WindowCorrelation } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'

export const codes = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : [])

/** √(V_E'/V_E) ∫₀ᵗ C e^{−iωτ} dτ term by term from whole matrices, the elements' mean within windows removed by the caller. */
export const directTransform = (
  levels: readonly number[], left: ComplexMatrix, right: ComplexMatrix, target: readonly number[], source: readonly number[], frequency: number, time: number,
): readonly [number, number] => {
  let re = 0
  let im = 0
  for (const i of target) {
    for (const j of source) {
      const at = i * left.columns + j
      const [a, b, c, d] = [left.re[at]!, left.im?.[at] ?? 0, right.re[at]!, right.im?.[at] ?? 0]
      const [wRe, wIm] = [c * a + d * b, c * b - d * a]
      const mismatch = levels[i]! - levels[j]! - frequency
      const y = mismatch * time
      // (e^{iy} − 1)/(i x), by its Taylor series where the quotient would cancel.
      const small = Math.abs(y) < 1e-3
      const fRe = small ? time * (1 - y * y / 6 + y ** 4 / 120) : Math.sin(y) / mismatch
      const fIm = small ? time * (y / 2 - y ** 3 / 24) : (1 - Math.cos(y)) / mismatch
      re += wRe * fRe - wIm * fIm
      im += wRe * fIm + wIm * fRe
    }
  }
  const root = Math.sqrt(target.length * source.length)
  return [re / root, im / root]
}

/** Values of one row: [time][α α'] as [re, im]. */
export const transformOf = (correlation: WindowCorrelation, couplings: number, to: number, from: number, frequency: number, times: readonly number[]) => {
  const size = times.length * couplings * couplings
  const out = { re: new Float64Array(size).fill(NaN), im: new Float64Array(size).fill(NaN) }
  if (correlation.transform === undefined) throw new Error('must have a transform')
  orThrow(correlation.transform({ to: Int32Array.of(to), from: Int32Array.of(from), frequency: Float64Array.of(frequency), times: Float64Array.from(times) }, out))
  return out
}

/** ∫₀ᵗ (δ/2π) sinc²(δτ/2) e^{−iΩτ} dτ by Simpson's rule. */
export const flatWindowIntegral = (mismatch: number, time: number, width: number): readonly [number, number] => {
  const steps = 4000
  let re = 0
  let im = 0
  for (let k = 0; k <= steps; k += 1) {
    const tau = (time * k) / steps
    const x = (width * tau) / 2
    const h = (width / (2 * Math.PI)) * (x === 0 ? 1 : (Math.sin(x) / x) ** 2)
    const weight = (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * (time / steps / 3)
    re += weight * h * Math.cos(mismatch * tau)
    im -= weight * h * Math.sin(mismatch * tau)
  }
  return [re, im]
}

/** A Hermitian matrix whose elements a cheap recurrence makes. */
export const scatteredMatrix = (n: number, seed: number, real = false): ComplexMatrix => {
  let state = (seed * 2654435761 + 12345) >>> 0
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2147483648 - 1
  }
  const re = new Float64Array(n * n)
  const im = new Float64Array(n * n)
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      re[i * n + j] = re[j * n + i] = next()
      im[i * n + j] = i === j || real ? 0 : next()
      im[j * n + i] = -im[i * n + j]!
    }
  }
  return { rows: n, columns: n, re, im: real ? null : im }
}
