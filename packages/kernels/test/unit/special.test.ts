import { describe, expect, it } from 'vitest'
import { besselSequence, entireCosineIntegral, logSumExp, sineIntegral } from '@mesobath/kernels'
import reference from '../reference/special.json' with { type: 'json' }

// Promised in the docstrings; measured 4.4e-16.
const RELATIVE = 1e-15
const ABSOLUTE = 1e-15

type BesselRow = readonly [number, readonly number[], readonly number[]]

describe('sine and cosine integrals', () => {
  it('agree with 60-digit references from 1e-300 to 1e8', () => {
    for (const [x, si, cin] of reference.sineCosine as unknown as [number, number, number][]) {
      expect(Math.abs(sineIntegral(x) - si), `Si(${x})`).toBeLessThanOrEqual(RELATIVE * Math.abs(si))
      expect(Math.abs(entireCosineIntegral(x) - cin), `Cin(${x})`).toBeLessThanOrEqual(RELATIVE * Math.abs(cin))
    }
  })

  it('Si is odd, Cin even', () => {
    for (const x of [1e-9, 0.7, 3.999, 4.001, 20, 50, 1e5]) {
      expect(sineIntegral(-x)).toBe(-sineIntegral(x))
      expect(entireCosineIntegral(-x)).toBe(entireCosineIntegral(x))
    }
  })

  it('have their limits', () => {
    expect([sineIntegral(0), entireCosineIntegral(0)]).toEqual([0, 0])
    expect([sineIntegral(Infinity), sineIntegral(-Infinity)]).toEqual([Math.PI / 2, -Math.PI / 2])
    expect([entireCosineIntegral(Infinity), entireCosineIntegral(-Infinity)]).toEqual([Infinity, Infinity])
    expect(sineIntegral(NaN)).toBeNaN()
    expect(entireCosineIntegral(NaN)).toBeNaN()
  })
})

describe('Bessel functions', () => {
  it('agree with 60-digit references up to x = 10⁴', () => {
    for (const [x, orders, values] of reference.bessel as unknown as BesselRow[]) {
      const out = new Float64Array(orders[orders.length - 1] + 1)
      besselSequence(x, out)
      orders.forEach((k, i) => expect(Math.abs(out[k] - values[i]), `J_${k}(${x})`).toBeLessThan(ABSOLUTE))
    }
  })

  it('keep relative accuracy where they are small', () => {
    const out = new Float64Array(40)
    besselSequence(1, out)
    // J_20(1) and J_25(1) from the ascending series (1/2)^k/k! Σ (−1/4)^m k!/(m! (k + m)!)
    for (const k of [10, 20, 25]) {
      let term = 1
      for (let n = 1; n <= k; n++) term /= 2 * n
      let sum = 0
      for (let m = 0; m < 8; m++) {
        sum += term
        term *= -0.25 / ((m + 1) * (k + m + 1))
      }
      expect(Math.abs(out[k] / sum - 1)).toBeLessThan(1e-14)
    }
  })

  it('J_k(−x) = (−1)^k J_k(x)', () => {
    for (const x of [5e-5, 3.7, 120]) {
      const plus = new Float64Array(50)
      const minus = new Float64Array(50)
      besselSequence(x, plus)
      besselSequence(-x, minus)
      plus.forEach((value, k) => expect(minus[k]).toBe(k % 2 === 0 ? value : -value))
    }
  })

  it('start at J_0(0) = 1 and vanish beyond the turning point', () => {
    const out = new Float64Array(500).fill(7)
    besselSequence(0, out)
    expect(out[0]).toBe(1)
    expect(out.subarray(1).every((value) => value === 0)).toBe(true)
    besselSequence(2, out)
    expect(out[499]).toBe(0)
    expect(out.every(Number.isFinite)).toBe(true)
    besselSequence(3, new Float64Array(0))
    besselSequence(NaN, out)
    expect(out[3]).toBeNaN()
  })
})

describe('logSumExp', () => {
  it('shifts without overflow', () => {
    expect(logSumExp(Float64Array.of(1000, 1000))).toBeCloseTo(1000 + Math.LN2, 12)
    expect(logSumExp(Float64Array.of(-1e5, -1e5, -1e5))).toBeCloseTo(-1e5 + Math.log(3), 10)
    expect(logSumExp(Float64Array.of(0, -40))).toBeCloseTo(Math.log1p(Math.exp(-40)), 30)
  })

  it('has its limits', () => {
    expect(logSumExp(new Float64Array(0))).toBe(-Infinity)
    expect(logSumExp(Float64Array.of(-Infinity, -Infinity))).toBe(-Infinity)
    expect(logSumExp(Float64Array.of(-Infinity, 3))).toBe(3)
    expect(logSumExp(Float64Array.of(Infinity, 3, -Infinity))).toBe(Infinity)
    expect(logSumExp(Float64Array.of(1, NaN))).toBeNaN()
  })
})
