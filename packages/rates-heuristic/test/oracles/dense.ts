import type { ComplexMatrix, Outcome, WindowCorrelation } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'

export const codes = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : [])

/** κ of one pair as [re, im] by [α][α'], at a frequency told or not. */
export const strengthOf = (correlation: WindowCorrelation, couplings: number, to: number, from: number, frequency?: number) => {
  const size = couplings * couplings
  const out = { re: new Float64Array(size).fill(NaN), im: new Float64Array(size).fill(NaN) }
  const pair = { to: Int32Array.of(to), from: Int32Array.of(from) }
  orThrow(correlation.strength(frequency === undefined ? pair : { ...pair, frequency: Float64Array.of(frequency) }, out))
  return out
}

/** tr(B^{α'†} Π_E B^α Π_E') by products of whole matrices, projectors and all. */
export const denseTrace = (left: ComplexMatrix, right: ComplexMatrix, inTarget: (level: number) => boolean, inSource: (level: number) => boolean): readonly [number, number] => {
  const n = left.rows
  const project = (matrix: ComplexMatrix) => ({
    re: matrix.re.map((value, at) => (inTarget(Math.floor(at / n)) && inSource(at % n) ? value : 0)),
    im: (matrix.im ?? new Float64Array(n * n)).map((value, at) => (inTarget(Math.floor(at / n)) && inSource(at % n) ? value : 0)),
  })
  const a = project(left)
  const b = project(right)
  let re = 0
  let im = 0
  // (B'†)_{ji} = conj B'_{ij}
  for (let j = 0; j < n; j += 1) {
    for (let i = 0; i < n; i += 1) {
      const at = i * n + j
      re += b.re[at]! * a.re[at]! + b.im[at]! * a.im[at]!
      im += b.re[at]! * a.im[at]! - b.im[at]! * a.re[at]!
    }
  }
  return [re, im]
}

/** A Hermitian matrix whose elements a cheap recurrence makes; nothing of the packages' random numbers. */
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
