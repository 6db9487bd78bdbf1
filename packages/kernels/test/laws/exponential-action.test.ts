import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exponentialAction, uniformisation } from '@mesobath/kernels'
import type { LinearAction } from '@mesobath/kernels'
import { apply, denseExponential } from '../oracles/dense-exponential.js'
import type { Dense } from '../oracles/dense-exponential.js'

const asAction = (matrix: Dense): LinearAction & { calls: number } => ({
  dimension: matrix.length,
  calls: 0,
  apply(state, out) {
    this.calls++
    matrix.forEach((row, r) => (out[r] = row.reduce((sum, value, c) => sum + value * state[c], 0)))
  },
})

const infinityNorm = (matrix: Dense): number => Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)))

/** Columns sum to 0, non-negative off the diagonal. */
const generatorFrom = (n: number, entries: readonly number[]): number[][] => {
  const matrix = Array.from({ length: n }, (_, r) => Array.from({ length: n }, (_, c) => (r === c ? 0 : entries[r * n + c])))
  for (let c = 0; c < n; c++) matrix[c][c] = -matrix.reduce((sum, row) => sum + row[c], 0)
  return matrix
}

const exitBound = (matrix: Dense): number => Math.max(...matrix.map((row, i) => -row[i]))
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0)

const rates = fc.integer({ min: 2, max: 6 }).chain((n) =>
  fc
    .array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: n * n, maxLength: n * n })
    .map((entries) => generatorFrom(n, entries)),
)

// The dense oracle squares at most a dozen times: rounding 1e-15 doubled each time.
const ORACLE = 1e-11

describe('exponential action', () => {
  it('rotates as cos and sin', () => {
    const action = asAction([[0, -3], [3, 0]])
    for (const time of [0, 1e-9, 0.3, 10, -4, 200]) {
      const state = Float64Array.of(1, 0)
      exponentialAction(action, 3).advance(state, time, 1e-14)
      expect(distance(state, [Math.cos(3 * time), Math.sin(3 * time)])).toBeLessThan(1e-13 * (1 + Math.abs(time)))
    }
  })

  it.each([1e-4, 1e-7, 1e-10, 1e-13])('the error is below the tolerance %s', (tolerance) => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 20, noNaN: true }), (matrix, time) => {
        const start = matrix.map((_, i) => (i === 0 ? 1 : 0))
        const state = Float64Array.from(start)
        // Rates with columns that sum to 0 do not grow in the 1-norm, which is at most twice the largest exit rate.
        exponentialAction(asAction(matrix), 2 * exitBound(matrix)).advance(state, time, tolerance)
        expect(distance(state, apply(denseExponential(matrix, time), start))).toBeLessThan(tolerance + ORACLE)
      }),
      { numRuns: 40 },
    )
  })

  it('agrees with the dense exponential of a matrix that is not normal', () => {
    const matrix = [[-1, 20, 0], [0, -2, 15], [0, 0, -3]]
    const state = Float64Array.of(0, 0, 1)
    exponentialAction(asAction(matrix), infinityNorm(matrix)).advance(state, 2, 1e-14)
    expect(distance(state, apply(denseExponential(matrix, 2), [0, 0, 1]))).toBeLessThan(ORACLE)
  })

  it('splitting a time changes nothing', () => {
    const matrix = [[-1, 2], [1, -2]]
    const [whole, halves] = [Float64Array.of(1, 0), Float64Array.of(1, 0)]
    const propagator = exponentialAction(asAction(matrix), 4)
    propagator.advance(whole, 3, 1e-14)
    propagator.advance(halves, 1.1, 1e-14)
    propagator.advance(halves, 1.9, 1e-14)
    expect(distance(whole, halves)).toBeLessThan(1e-13)
  })

  it('costs fewer applications for a looser tolerance', () => {
    const cost = (tolerance: number): number => {
      const action = asAction([[-1, 2], [1, -2]])
      exponentialAction(action, 4).advance(Float64Array.of(1, 0), 50, tolerance)
      return action.calls
    }
    expect(cost(1e-4)).toBeLessThan(0.75 * cost(1e-13))
  })

  it('a time or norm that is not finite is a bug', () => {
    expect(() => exponentialAction(asAction([[0]]), Infinity).advance(Float64Array.of(1), 1, 1e-9)).toThrow(RangeError)
    expect(() => exponentialAction(asAction([[0]]), 1).advance(Float64Array.of(1), NaN, 1e-9)).toThrow(RangeError)
  })
})

describe('uniformisation', () => {
  it.each([1e-4, 1e-8, 1e-13])('the error is below the tolerance %s', (tolerance) => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 60, noNaN: true }), (matrix, time) => {
        const start = matrix.map((_, i) => (i === 0 ? 1 : 0))
        const p = Float64Array.from(start)
        uniformisation(asAction(matrix), exitBound(matrix)).advance(p, time, tolerance)
        expect(distance(p, apply(denseExponential(matrix, time), start))).toBeLessThan(tolerance + ORACLE)
      }),
      { numRuns: 40 },
    )
  })

  it('keeps p non-negative and its sum, at any tolerance and over thousands of events', () => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 2000, noNaN: true }), fc.constantFrom(0.1, 1e-6, 1e-14), (matrix, time, tolerance) => {
        const p = Float64Array.from(matrix, (_, i) => (i === 1 ? 1 : 0))
        uniformisation(asAction(matrix), exitBound(matrix)).advance(p, time, tolerance)
        expect(p.every((value) => value >= 0)).toBe(true)
        // One rounding per event.
        expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-15 * (10 + 2 * exitBound(matrix) * time))
      }),
      { numRuns: 30 },
    )
  })

  it('stays non-negative where rates differ by many orders of magnitude', () => {
    const matrix = generatorFrom(4, [0, 1e8, 1e-8, 0, 1e-6, 0, 1e8, 1, 1, 1e-9, 0, 1e-7, 1e-3, 1e5, 1e2, 0])
    const p = Float64Array.of(0, 0, 0, 1)
    uniformisation(asAction(matrix), exitBound(matrix)).advance(p, 1e-5, 1e-12)
    expect(p.every((value) => value >= 0)).toBe(true)
    expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-12)
  })

  it('stays non-negative and finite at the edge of underflow', () => {
    const still = Float64Array.of(1, 0)
    uniformisation(asAction([[-5e-324, 0], [5e-324, 0]]), 5e-324).advance(still, 0.5, 1e-10)
    expect([...still]).toEqual([1, 0])
    const faint = Float64Array.of(5e-324, 1.5e-323, 1)
    uniformisation(asAction(generatorFrom(3, [0, 0.3, 0, 0.3, 0, 0, 0.3, 0.2, 0])), 0.6).advance(faint, 7, 1e-10)
    expect(faint.every((value) => value >= 0)).toBe(true)
  })

  it('stays non-negative where the bound on the exit rates is rounded down', () => {
    for (const exit of [0.1, 0.7, 3.3, 1e7]) {
      const p = Float64Array.of(1, 0)
      uniformisation(asAction([[-exit, 0], [exit, 0]]), exit * (1 - 1e-15)).advance(p, 40 / exit, 1e-14)
      expect(p[0]).toBeGreaterThanOrEqual(0)
      expect(Math.abs(p[0] - Math.exp(-40))).toBeLessThan(1e-14)
    }
  })

  it('two states relax as e^{−(a+b)t}', () => {
    const [a, b] = [0.7, 0.3]
    for (const time of [0.01, 1, 30, 1e4]) {
      const p = Float64Array.of(1, 0)
      uniformisation(asAction([[-a, b], [a, -b]]), a).advance(p, time, 1e-14)
      const expected = b + a * Math.exp(-time)
      expect(distance(p, [expected, 1 - expected])).toBeLessThan(1e-12)
    }
  })

  it('goes forward only, and rests at time 0', () => {
    const p = Float64Array.of(0.25, 0.75)
    const propagator = uniformisation(asAction([[-1, 1], [1, -1]]), 1)
    propagator.advance(p, 0, 1e-12)
    expect([...p]).toEqual([0.25, 0.75])
    expect(() => propagator.advance(p, -1, 1e-12)).toThrow(RangeError)
    expect(() => propagator.advance(p, Infinity, 1e-12)).toThrow(RangeError)
  })
})
