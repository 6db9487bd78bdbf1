import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import type { Planes } from '@mesobath/contracts'
import { chebyshevReach, chebyshevTerms, chebyshevTermsNeeded, chebyshevWeights, javascriptBackend, randomStream, spectralBounds } from '@mesobath/kernels'

const weightsAt = (argument: number, terms: number): { values: Float64Array; slopes: Float64Array } => {
  const values = new Float64Array(terms)
  const slopes = new Float64Array(terms)
  chebyshevWeights(argument, values, slopes, new Float64Array(terms + 1))
  return { values, slopes }
}

/** Σ (−i)^m a_m T_m(x), which must be e^{−izx}. */
const series = (x: number, weights: Float64Array): [number, number] => {
  let re = 0
  let im = 0
  weights.forEach((weight, m) => {
    const value = weight * Math.cos(m * Math.acos(x))
    if (m % 4 === 0) re += value
    else if (m % 4 === 1) im -= value
    else if (m % 4 === 2) re -= value
    else im += value
  })
  return [re, im]
}

describe('Chebyshev series of e^{−izx}', () => {
  for (const [name, termsFor] of [['bounded', chebyshevTerms], ['summed', chebyshevTermsNeeded]] as const) {
    it(`stays within its tolerance for every argument and tolerance, its remainder ${name}, at every time before, too (property)`, () => {
      fc.assert(fc.property(
        fc.double({ min: 0, max: 200, noNaN: true }), fc.integer({ min: 4, max: 13 }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0.5, max: 1, noNaN: true }),
        (argument, digits, x, share) => {
          const tolerance = Number(`1e-${digits}`)
          const terms = termsFor(argument, tolerance)
          for (const z of [argument, share * argument]) {
            const { values } = weightsAt(z, terms)
            const [re, im] = series(x, values)
            // Rounding of arccos near ±1, times m, beside the tolerance.
            const rounding = 1e-13 * (1 + argument)
            expect(Math.abs(re - Math.cos(z * x))).toBeLessThan(tolerance + rounding)
            expect(Math.abs(im + Math.sin(z * x))).toBeLessThan(tolerance + rounding)
          }
        }), { numRuns: 300 })
    })
  }

  it('stops where the summed remainder leaves the tolerance: with one term fewer it would not', () => {
    for (const argument of [0.1, 1, 10, 50, 200]) {
      for (const tolerance of [1e-4, 1e-8, 1e-12]) {
        const terms = chebyshevTermsNeeded(argument, tolerance)
        expect(terms).toBeLessThanOrEqual(chebyshevTerms(argument, tolerance))
        const { values } = weightsAt(argument, terms + 60)
        const remainder = (from: number): number => values.subarray(from).reduce((sum, value) => sum + Math.abs(value), 0)
        expect(remainder(terms)).toBeLessThanOrEqual(tolerance)
        if (terms > 2) expect(remainder(terms - 1)).toBeGreaterThan(0.98 * tolerance)
      }
    }
  })

  it('takes no more than a few terms beyond what is needed', () => {
    for (const argument of [0.1, 1, 10, 50, 200]) {
      const terms = chebyshevTerms(argument, 1e-12)
      const { values } = weightsAt(argument, terms - 3)
      let worst = 0
      for (let i = 0; i <= 200; i++) {
        const x = -1 + i / 100
        const [re, im] = series(Math.min(1, x), values)
        worst = Math.max(worst, Math.abs(re - Math.cos(argument * x)), Math.abs(im + Math.sin(argument * x)))
      }
      expect(worst).toBeGreaterThan(1e-13)
    }
  })

  it('reaches as far as its terms allow: the two functions are inverse', () => {
    for (const terms of [8, 16, 48, 192]) {
      const reach = chebyshevReach(terms, 1e-13)
      expect(chebyshevTerms(reach * 0.9999, 1e-13)).toBeLessThanOrEqual(terms)
      expect(chebyshevTerms(reach * 1.001 + 1e-3, 1e-13)).toBeGreaterThan(terms)
    }
  })

  it('has the slopes of its weights', () => {
    const step = 1e-5
    const { slopes } = weightsAt(7.3, 20)
    const above = weightsAt(7.3 + step, 20).values
    const below = weightsAt(7.3 - step, 20).values
    slopes.forEach((slope, m) => expect(Math.abs(slope - (above[m]! - below[m]!) / (2 * step))).toBeLessThan(1e-9))
  })
})

/** A Hermitian matrix with normal entries, as rows. */
const hermitian = (n: number, seed: number, real: boolean): Planes => {
  const stream = randomStream(seed)
  const re = new Float64Array(n * n)
  const im = real ? null : new Float64Array(n * n)
  for (let r = 0; r < n; r++) {
    for (let c = r; c < n; c++) {
      const x = stream.normal()
      re[r * n + c] = x
      re[c * n + r] = x
      if (im !== null && r !== c) {
        const y = stream.normal()
        im[r * n + c] = y
        im[c * n + r] = -y
      }
    }
  }
  return { re, im }
}

const extremes = (h: Planes, n: number): [number, number] => {
  const size = h.im === null ? n : 2 * n
  const embedded = Matrix.zeros(size, size)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      embedded.set(r, c, h.re[r * n + c]!)
      if (h.im === null) continue
      embedded.set(n + r, n + c, h.re[r * n + c]!)
      embedded.set(n + r, c, h.im[r * n + c]!)
      embedded.set(r, n + c, -h.im[r * n + c]!)
    }
  }
  const values = new EigenvalueDecomposition(embedded, { assumeSymmetric: true }).realEigenvalues
  return [Math.min(...values), Math.max(...values)]
}

describe('spectral bounds', () => {
  it('hold the whole spectrum and are within a few per cent of it', async () => {
    const backend = javascriptBackend()
    for (const [n, real] of [[1, true], [2, false], [5, false], [40, true], [40, false], [90, false]] as const) {
      for (const seed of [1, 2, 3]) {
        const h = hermitian(n, seed, real)
        const [low, high] = extremes(h, n)
        const bounds = await spectralBounds({
          dimension: n, real, apply: async (x, out) => { await backend.multiply(h, x, n, n, 1, out, false) },
        }, backend)
        const rounding = 1e-12 * Math.max(Math.abs(low), Math.abs(high))
        expect(bounds.lower).toBeLessThanOrEqual(low + rounding)
        expect(bounds.upper).toBeGreaterThanOrEqual(high - rounding)
        expect(bounds.upper - bounds.lower).toBeLessThanOrEqual(1.1 * (high - low) + rounding)
      }
    }
  })

  it('know a spectrum of few different values exactly', async () => {
    const backend = javascriptBackend()
    const bounds = await spectralBounds({
      dimension: 30, real: true,
      apply: async (x, out) => { for (let i = 0; i < 30; i++) out.re[i] = (i % 3 === 0 ? -2 : 5) * x.re[i]! },
    }, backend)
    expect(Math.abs(bounds.lower + 2)).toBeLessThan(1e-10)
    expect(Math.abs(bounds.upper - 5)).toBeLessThan(1e-10)
  })

  it('are the same in every run', async () => {
    const h = hermitian(50, 7, false)
    const once = async () => {
      const backend = javascriptBackend()
      return spectralBounds({ dimension: 50, real: false, apply: async (x, out) => { await backend.multiply(h, x, 50, 50, 1, out, false) } }, backend)
    }
    expect(await once()).toEqual(await once())
  })
})
