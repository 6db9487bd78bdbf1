import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ComplexMatrix } from '@mesobath/contracts'
import { adjoint, choleskyFactor, complexMatrix, hermitianEigenvalues, isHermitian, multiplyMatrices } from '@mesobath/kernels'

// Some dozen operations on entries of order 1 to 10.
const ROUNDING = 1e-12

const entries = (count: number) => fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: count, maxLength: count })

const matrixOf = (rows: number, columns: number): fc.Arbitrary<ComplexMatrix> =>
  fc.tuple(entries(rows * columns), fc.option(entries(rows * columns))).map(([re, im]) => complexMatrix(rows, columns, re, im))

const size = fc.integer({ min: 1, max: 6 })

const distance = (a: ComplexMatrix, b: ComplexMatrix): number => {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns])
  let largest = 0
  for (let i = 0; i < a.re.length; i++) {
    largest = Math.max(largest, Math.abs(a.re[i] - b.re[i]), Math.abs((a.im?.[i] ?? 0) - (b.im?.[i] ?? 0)))
  }
  return largest
}

const hermitianOf = (a: ComplexMatrix): ComplexMatrix => multiplyMatrices(a, adjoint(a))
const trace = (a: ComplexMatrix): number => Array.from({ length: a.rows }, (_, i) => a.re[i * a.columns + i]).reduce((x, y) => x + y, 0)

describe('complex matrices', () => {
  it('copy their entries and check their number', () => {
    const source = [1, 2, 3, 4]
    const matrix = complexMatrix(2, 2, source, source)
    source[0] = 9
    expect([matrix.re[0], matrix.im?.[0]]).toEqual([1, 1])
    expect(complexMatrix(2, 2, source).im).toBeNull()
    expect(complexMatrix(2, 2, source, null).im).toBeNull()
    expect(() => complexMatrix(2, 3, source)).toThrow('`re` must have 2 × 3 entries, but has 4')
    expect(() => complexMatrix(2, 2, source, [1])).toThrow('`im` must have 2 × 2 entries, but has 1')
  })

  it('a worked product: (1 + i)(2 − i) = 3 + i in every layout', () => {
    const product = multiplyMatrices(complexMatrix(1, 2, [1, 0], [1, 1]), complexMatrix(2, 1, [2, 3], [-1, 0]))
    expect([product.rows, product.columns, product.re[0], product.im?.[0]]).toEqual([1, 1, 3, 4])
    expect(() => multiplyMatrices(product, complexMatrix(2, 1, [1, 1]))).toThrow('`b` must have 1 rows, but has 2')
  })

  it('(AB)† = B†A† and (AB)C = A(BC)', () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size, size, size).chain(([a, b, c, d]) => fc.tuple(matrixOf(a, b), matrixOf(b, c), matrixOf(c, d))),
        ([a, b, c]) => {
          const product = multiplyMatrices(a, b)
          expect(distance(adjoint(product), multiplyMatrices(adjoint(b), adjoint(a)))).toBeLessThan(ROUNDING)
          expect(distance(multiplyMatrices(product, c), multiplyMatrices(a, multiplyMatrices(b, c)))).toBeLessThan(ROUNDING)
          expect(distance(adjoint(adjoint(a)), a)).toBe(0)
        },
      ),
    )
  })
})

describe('isHermitian', () => {
  it('holds for A + A† and for no A with a larger deviation than the tolerance', () => {
    const tilted = (deviation: number): ComplexMatrix => complexMatrix(2, 2, [1, 0.5, 0.5, 2], [0, 1, -1 + deviation, 0])
    expect(isHermitian(tilted(0), 0)).toBe(true)
    expect(isHermitian(tilted(1e-9), 1e-8)).toBe(true)
    expect(isHermitian(tilted(1e-7), 1e-8)).toBe(false)
    expect(isHermitian(complexMatrix(1, 1, [1], [0.1]), 1e-9)).toBe(false)
    expect(isHermitian(complexMatrix(1, 2, [1, 1]), 1)).toBe(false)
    expect(isHermitian(complexMatrix(1, 1, [NaN]), 1)).toBe(false)
    expect(isHermitian(complexMatrix(2, 2, [0, 0, 0, 0]), 0)).toBe(true)
  })

  it('is relative to the largest entry', () => {
    const scaled = (scale: number): ComplexMatrix => complexMatrix(2, 2, [scale, scale, scale * (1 + 1e-10), scale])
    for (const scale of [1e-30, 1, 1e30]) {
      expect(isHermitian(scaled(scale), 1e-9)).toBe(true)
      expect(isHermitian(scaled(scale), 1e-11)).toBe(false)
    }
  })
})

describe('hermitianEigenvalues', () => {
  it('of the Pauli matrices are ±1, of a diagonal its entries in order', () => {
    const pauli = [complexMatrix(2, 2, [0, 1, 1, 0]), complexMatrix(2, 2, [0, 0, 0, 0], [0, -1, 1, 0]), complexMatrix(2, 2, [1, 0, 0, -1])]
    for (const matrix of pauli) {
      const [low, high] = hermitianEigenvalues(matrix)
      expect(low).toBeCloseTo(-1, 14)
      expect(high).toBeCloseTo(1, 14)
    }
    expect([...hermitianEigenvalues(complexMatrix(3, 3, [3, 0, 0, 0, -1, 0, 0, 0, 2]))]).toEqual([-1, 2, 3])
    expect(hermitianEigenvalues(complexMatrix(0, 0, [])).length).toBe(0)
    expect(() => hermitianEigenvalues(complexMatrix(1, 2, [1, 2]))).toThrow(RangeError)
  })

  it('give tr A, tr A² and tr A³, and ascend', () => {
    fc.assert(
      fc.property(size.chain((n) => matrixOf(n, n)), (a) => {
        const hermitian = hermitianOf(a)
        const square = multiplyMatrices(hermitian, hermitian)
        const values = [...hermitianEigenvalues(hermitian)]
        const scale = Math.max(1, trace(hermitian))
        const power = (p: number): number => values.reduce((sum, value) => sum + Math.pow(value, p), 0)
        expect(values.length).toBe(a.rows)
        expect(Math.abs(power(1) - trace(hermitian))).toBeLessThan(ROUNDING * scale)
        expect(Math.abs(power(2) - trace(square))).toBeLessThan(ROUNDING * scale ** 2)
        expect(Math.abs(power(3) - trace(multiplyMatrices(square, hermitian)))).toBeLessThan(ROUNDING * scale ** 3)
        expect(values).toEqual([...values].sort((x, y) => x - y))
      }),
    )
  })
})

describe('choleskyFactor', () => {
  it('ρ = L L† and L has as many columns as ρ has rank', () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size).chain(([n, rank]) => fc.tuple(matrixOf(n, Math.min(n, rank)), fc.constantFrom(1e-20, 1, 1e20))),
        ([a, scale]) => {
          const scaled = complexMatrix(a.rows, a.columns, a.re.map((x) => x * scale), a.im?.map((x) => x * scale) ?? null)
          const state = hermitianOf(scaled)
          const factor = choleskyFactor(state, 1e-12)
          expect(factor).not.toBeNull()
          const largest = Math.max(...state.re.map(Math.abs), Number.MIN_VALUE)
          expect(distance(multiplyMatrices(factor!, adjoint(factor!)), state) / largest).toBeLessThan(3e-12)
          expect(factor!.columns).toBeLessThanOrEqual(a.columns)
        },
      ),
    )
  })

  it('finds the rank of a pure state, a mixture and of nothing', () => {
    const pure = complexMatrix(2, 2, [0.5, 0, 0, 0.5], [0, -0.5, 0.5, 0])
    expect(choleskyFactor(pure, 1e-12)?.columns).toBe(1)
    expect(choleskyFactor(complexMatrix(3, 3, [0.2, 0, 0, 0, 0, 0, 0, 0, 0.8]), 1e-12)?.columns).toBe(2)
    const nothing = choleskyFactor(complexMatrix(2, 2, [0, 0, 0, 0]), 1e-12)
    expect([nothing?.rows, nothing?.columns]).toEqual([2, 0])
    expect(choleskyFactor(complexMatrix(2, 2, [1, 0.5, 0.5, 1]), 1e-12)?.im).toBeNull()
  })

  it('is null where ρ is not positive semidefinite or not Hermitian', () => {
    expect(choleskyFactor(complexMatrix(2, 2, [1, 0, 0, -0.1]), 1e-10)).toBeNull()
    expect(choleskyFactor(complexMatrix(2, 2, [0, 1, 1, 0]), 1e-10)).toBeNull()
    expect(choleskyFactor(complexMatrix(2, 2, [1, 2, 2, 1]), 1e-10)).toBeNull()
    expect(choleskyFactor(complexMatrix(2, 2, [-1, 0, 0, -1]), 1e-10)).toBeNull()
    expect(choleskyFactor(complexMatrix(2, 2, [1, 0.1, 0.3, 1]), 1e-10)).toBeNull()
    expect(choleskyFactor(complexMatrix(1, 2, [1, 1]), 1e-10)).toBeNull()
  })

  it('forgives what rounding does to a positive matrix', () => {
    expect(choleskyFactor(complexMatrix(2, 2, [1, 0, 0, -1e-13]), 1e-10)?.columns).toBe(1)
    expect(choleskyFactor(complexMatrix(2, 2, [1, 1, 1 + 1e-13, 1]), 1e-10)?.columns).toBe(1)
  })

  it('decides as the lowest eigenvalue does', () => {
    fc.assert(
      fc.property(size.chain((n) => matrixOf(n, n)), fc.double({ min: -1, max: 1, noNaN: true }), (a, shift) => {
        const state = hermitianOf(a)
        const re = Float64Array.from(state.re)
        for (let i = 0; i < a.rows; i++) re[i * a.rows + i] += shift
        const shifted = complexMatrix(a.rows, a.rows, re, state.im)
        const lowest = hermitianEigenvalues(shifted)[0]
        fc.pre(Math.abs(lowest) > 1e-6)
        expect(choleskyFactor(shifted, 1e-10) !== null).toBe(lowest > 0)
      }),
    )
  })
})
