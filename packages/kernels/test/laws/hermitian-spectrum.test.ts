import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Planes } from '@mesobath/contracts'
import { complexMatrix, hermitianEigenvalues, hermitianSpectrum, randomStream } from '@mesobath/kernels'

/** A few roundings times the norm and a modest function of n. */
const ROUNDING = 1e-13

const randomHermitian = (n: number, seed: number, real: boolean): Planes => {
  const stream = randomStream(seed)
  const re = new Float64Array(n * n)
  const im = real ? null : new Float64Array(n * n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      re[r * n + c] = stream.normal()
      re[c * n + r] = re[r * n + c]!
      if (im === null || r === c) continue
      im[r * n + c] = stream.normal()
      im[c * n + r] = -im[r * n + c]!
    }
  }
  return { re, im }
}

/** (1 − 2 u u†) diag (1 − 2 u u†) for a few random unit vectors u, from the definition. */
const rotated = (values: readonly number[], seed: number): Planes => {
  const n = values.length
  const stream = randomStream(seed)
  let re = new Float64Array(n * n)
  let im = new Float64Array(n * n)
  values.forEach((value, i) => { re[i * n + i] = value })
  for (let turn = 0; turn < 3; turn++) {
    const a = Float64Array.from({ length: n }, () => stream.normal())
    const b = Float64Array.from({ length: n }, () => stream.normal())
    const norm = Math.sqrt(a.reduce((sum, x, i) => sum + x * x + b[i]! * b[i]!, 0))
    a.forEach((_, i) => { a[i] = a[i]! / norm; b[i] = b[i]! / norm })
    // P A, then (P (P A)†)† = P A P.
    for (let side = 0; side < 2; side++) {
      const nextRe = new Float64Array(n * n)
      const nextIm = new Float64Array(n * n)
      for (let c = 0; c < n; c++) {
        let x = 0
        let y = 0
        for (let r = 0; r < n; r++) {
          x += a[r]! * re[r * n + c]! + b[r]! * im[r * n + c]!
          y += a[r]! * im[r * n + c]! - b[r]! * re[r * n + c]!
        }
        for (let r = 0; r < n; r++) {
          // Stored adjoint, so that the second pass works from the other side.
          nextRe[c * n + r] = re[r * n + c]! - 2 * (a[r]! * x - b[r]! * y)
          nextIm[c * n + r] = -(im[r * n + c]! - 2 * (a[r]! * y + b[r]! * x))
        }
      }
      re = nextRe
      im = nextIm
    }
  }
  return { re, im }
}

describe('hermitianSpectrum', () => {
  it('agrees with the real embedding, real and complex', () => {
    for (const real of [false, true]) {
      for (const n of [1, 2, 3, 7, 40]) {
        const matrix = randomHermitian(n, 11 * n + 1, real)
        const wanted = hermitianEigenvalues(complexMatrix(n, n, matrix.re, matrix.im))
        const found = hermitianSpectrum(matrix, n)
        found.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(20 * n * ROUNDING))
      }
    }
  })

  it('finds a spectrum known beforehand, degenerate and over many decades', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(0, 1, 1e-9)), { minLength: 1, maxLength: 24 }), fc.nat(1000),
      (values, seed) => {
        const found = hermitianSpectrum(rotated(values, seed), values.length)
        const sorted = Float64Array.from(values).sort()
        const norm = Math.max(1e-300, ...values.map(Math.abs))
        return found.every((value, i) => Math.abs(value - sorted[i]!) <= ROUNDING * norm)
      }), { numRuns: 60 })
  })

  it('scales with its matrix to the ends of the range, keeps it, and reads the lower triangle only', () => {
    const matrix = randomHermitian(12, 3, false)
    const before = matrix.re.slice()
    const plain = hermitianSpectrum(matrix, 12)
    expect(Array.from(matrix.re)).toEqual(Array.from(before))
    for (const factor of [1e-290, 1e290]) {
      const scaled = { re: matrix.re.map((x) => x * factor), im: matrix.im!.map((x) => x * factor) }
      hermitianSpectrum(scaled, 12).forEach((value, i) => expect(Math.abs(value / factor - plain[i]!)).toBeLessThan(1e-12))
    }
    const lower = { re: matrix.re.slice(), im: matrix.im!.slice() }
    for (let r = 0; r < 12; r++) for (let c = r + 1; c < 12; c++) lower.re[r * 12 + c] = lower.im[r * 12 + c] = NaN
    expect(Array.from(hermitianSpectrum(lower, 12))).toEqual(Array.from(plain))
  })

  it('says NaN of a matrix that is not finite, 0 of nothing', () => {
    expect(Array.from(hermitianSpectrum({ re: Float64Array.of(1, 0, Infinity, 1), im: null }, 2))).toEqual([NaN, NaN])
    expect(Array.from(hermitianSpectrum({ re: new Float64Array(9), im: null }, 3))).toEqual([0, 0, 0])
    expect(hermitianSpectrum({ re: new Float64Array(0), im: null }, 0).length).toBe(0)
  })

  it('keeps the invariants tr A and tr A² at n = 200', () => {
    const n = 200
    const matrix = randomHermitian(n, 5, false)
    const values = hermitianSpectrum(matrix, n)
    let trace = 0
    let square = 0
    for (let r = 0; r < n; r++) trace += matrix.re[r * n + r]!
    for (let i = 0; i < n * n; i++) square += matrix.re[i]! ** 2 + matrix.im![i]! ** 2
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) - trace)).toBeLessThan(1e-10)
    expect(Math.abs(values.reduce((sum, x) => sum + x * x, 0) / square - 1)).toBeLessThan(1e-12)
  })
})
