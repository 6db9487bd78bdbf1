import { describe, expect, it } from 'vitest'
import { integrate } from '@mesobath/kernels'

const TOLERANCE = 1e-12

describe('integrate', () => {
  it.each([
    ['a polynomial of degree 22', (x: number) => 23 * x ** 22, 0, 1, 1],
    ['an oscillation', (x: number) => Math.cos(50 * x), 0, 3, Math.sin(150) / 50],
    ['a narrow peak', (x: number) => 1e-3 / (x * x + 1e-6), -1, 1, 2 * Math.atan(1000)],
    ['a kink', (x: number) => Math.abs(x - 0.3), 0, 1, (0.09 + 0.49) / 2],
    ['an integrable singularity', (x: number) => -Math.log(x), 0, 1, 1],
    ['the volume of a spin bath: a Gaussian density', (x: number) => Math.exp(-x * x), -8, 8, Math.sqrt(Math.PI)],
  ])('%s', (_name, f, from, to, expected) => {
    const { value, error, converged } = integrate(f, from, to, TOLERANCE)
    expect(converged).toBe(true)
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(error)
    expect(Math.abs(value - expected)).toBeLessThan(10 * TOLERANCE * Math.max(1, Math.abs(expected)))
  })

  it('is exact for polynomials up to degree 22 in a single interval', () => {
    for (let degree = 0; degree <= 22; degree++) {
      let calls = 0
      const f = (x: number): number => {
        calls++
        return (degree + 1) * x ** degree
      }
      const { value } = integrate(f, 0, 1, 1)
      expect(calls).toBe(15)
      expect(Math.abs(value - 1)).toBeLessThan(1e-15)
    }
  })

  it('is antisymmetric in its ends and 0 between equal ones', () => {
    expect(integrate(Math.exp, 2, 1, TOLERANCE).value).toBeCloseTo(-integrate(Math.exp, 1, 2, TOLERANCE).value, 14)
    expect(integrate(Math.exp, 2, 2, TOLERANCE)).toEqual({ value: 0, error: 0, converged: true })
  })

  it('is relative to ∫|f|: units and cancellation do not matter', () => {
    const large = integrate((x) => 1e200 * Math.exp(x), 0, 1, TOLERANCE)
    const small = integrate((x) => 1e-200 * Math.exp(x), 0, 1, TOLERANCE)
    expect([large.converged, small.converged]).toEqual([true, true])
    expect(large.value / 1e200).toBeCloseTo(Math.E - 1, 13)
    expect(small.value / 1e-200).toBeCloseTo(Math.E - 1, 13)
    expect(integrate((x) => x ** 3, -1, 1, TOLERANCE).converged).toBe(true)
  })

  it('never claims an error below rounding', () => {
    const { value, error } = integrate(() => 0.1, 0, 3, TOLERANCE)
    expect(error).toBeGreaterThan(2e-16 * value)
  })

  it('zero integrates to zero', () => {
    expect(integrate(() => 0, 0, 1, TOLERANCE)).toMatchObject({ value: 0, converged: true })
  })

  it('says when it does not converge', () => {
    expect(integrate((x) => 1 / x, 0, 1, TOLERANCE).converged).toBe(false)
    expect(integrate((x) => Math.sin(1 / x) / x, 0, 1, 1e-14).converged).toBe(false)
    expect(integrate((x) => (x > 0.5 ? NaN : 1), 0, 1, TOLERANCE)).toMatchObject({ converged: false, error: Infinity })
  })

  it('the ends are no nodes, so a function may be singular there', () => {
    const f = (x: number): number => (x === 0 ? NaN : 1 / Math.sqrt(x))
    const { value, converged } = integrate(f, 0, 1, 1e-9)
    expect(converged).toBe(true)
    expect(Math.abs(value - 2)).toBeLessThan(1e-8)
  })
})
