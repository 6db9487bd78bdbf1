import type { BathModel } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { densityOfStatesBath, randomMatrixBath, windowBath } from '@mesobath/baths'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codes, smallestForm, strengthOf } from '../../../../test/fixtures/read-rates.js'

const common = { windowWidth: 0.5, spectrum: 'regular', seed: 1 } as const
const correlate = (bath: BathModel) => orThrow(randomMatrixRates().correlate(bath))
const small = fc.double({ min: -2, max: 2, noNaN: true })

describe('[Eqs. 27, A10] γ = (2πλ²/δ) V_E V_E′ (conj(b^α′) b^α + a² δ_αα′)', () => {
  it('worked number: λ = 3e-3, V = 400 and 600, a = 1, δ = 0.5', () => {
    const bath = orThrow(randomMatrixBath({ ...common, windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], deviation: 1 }))
    const kappa = strengthOf(correlate(bath), 1, 1, 0).re[0]!
    expect(9e-6 * kappa * Math.sqrt(400 * 600)).toBeCloseTo(27.143361, 6)
  })

  it('for any means, deviation and volumes; Hermitian, positive, conjugate when windows are exchanged', () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 3 }), fc.double({ min: 0, max: 2, noNaN: true }),
      fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.1, max: 1, noNaN: true }),
      (means, deviation, lower, upper, windowWidth) => {
        const n = means.length
        const bath = orThrow(randomMatrixBath({ ...common, windowWidth, windows: [{ energy: 0, volume: lower }, { energy: 1, volume: upper }], means, couplings: n, deviation }))
        const correlation = correlate(bath)
        const [up, down, within] = [strengthOf(correlation, n, 1, 0), strengthOf(correlation, n, 0, 1), strengthOf(correlation, n, 1, 1)]
        const scale = ((2 * Math.PI) / windowWidth) * Math.sqrt(lower * upper)
        means.forEach(([re, im], row) => means.forEach(([otherRe, otherIm], column) => {
          const at = row * n + column
          const expected = scale * (otherRe * re + otherIm * im + (row === column ? deviation ** 2 : 0))
          const tolerance = 1e-12 * scale * 20
          expect(Math.abs(up.re[at]! - expected)).toBeLessThan(tolerance)
          expect(Math.abs(up.im[at]! - scale * (otherRe * im - otherIm * re))).toBeLessThan(tolerance)
          expect(down.re[at]).toBe(up.re[at])
          expect(down.im[at]! + up.im[at]!).toBe(0)
          expect(up.re[column * n + row]).toBe(up.re[at])
          expect(up.im[column * n + row]! + up.im[at]!).toBe(0)
          expect(Math.abs(within.re[at]!)).toBe(0)
        }))
        expect(smallestForm(up, n)).toBeGreaterThan(-1e-11 * scale)
      },
    ))
  })

  it('ã, a and ln a² agree where a² = ã²/√(V_E V_E′)', () => {
    const windows = [{ energy: 0, volume: 40 }, { energy: 1, volume: 90 }]
    const kappa = (changes: object) => strengthOf(correlate(orThrow(randomMatrixBath({ ...common, windows, ...changes }))), 1, 1, 0).re[0]!
    const a = kappa({ deviation: 0.3 })
    expect(kappa({ logVariance: 2 * Math.log(0.3) }) / a).toBeCloseTo(1, 13)
    expect(kappa({ scaledDeviation: 0.3 * 60 ** 0.5 }) / a).toBeCloseTo(1, 13)
  })

  it('log volumes up to 1e5: κ = 2πã²/δ, to the rounding of ln V', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (lower, upper, scaledDeviation) => {
      const bath = orThrow(randomMatrixBath({ ...common, windows: [{ energy: 0, logVolume: lower }, { energy: 1, logVolume: upper }], scaledDeviation }))
      const [up, down] = [strengthOf(correlate(bath), 1, 1, 0).re[0]!, strengthOf(correlate(bath), 1, 0, 1).re[0]!]
      expect(up).toBe(down)
      // 1e5 × 2⁻⁵² = 2e-11, a few roundings of it.
      expect(Math.abs(up / (4 * Math.PI * scaledDeviation ** 2) - 1)).toBeLessThan(1e-10)
    }))
  })

  it('an empty ensemble gives zero, and the line shape is the flat window, at finite times too', () => {
    const bath = orThrow(randomMatrixBath({ ...common, windows: [{ energy: 0, logVolume: 1e5 }, { energy: 1, logVolume: 1e5 }], deviation: 0 }))
    expect(strengthOf(correlate(bath), 1, 1, 0).re[0]).toBe(0)
    expect(correlate(bath).lineShape).toEqual({ kind: 'flat-window', width: 0.5, finiteTime: true })
  })

  it('takes any number of rows, each in its place', () => {
    const windows = [{ energy: 0, volume: 2 }, { energy: 1, volume: 3 }, { energy: 2, volume: 5 }]
    const correlation = correlate(orThrow(randomMatrixBath({ ...common, windows, deviation: 1 })))
    const out = { re: new Float64Array(4), im: null }
    orThrow(correlation.strength({ to: Int32Array.of(2, 0, 1, 1), from: Int32Array.of(0, 1, 1, 2) }, out))
    const expected = [10, 6, 0, 15].map((product) => 4 * Math.PI * Math.sqrt(product))
    out.re.forEach((value, row) => expect(value).toBeCloseTo(expected[row]!, 11))
  })
})

describe('issues', () => {
  it('names scaledDeviation where a constant deviation or mean overflows, once per row', () => {
    const windows = [{ energy: 0, logVolume: 1e5 }, { energy: 1, logVolume: 1e5 }]
    for (const changes of [{ deviation: 1 }, { scaledDeviation: 1, mean: 1 }]) {
      const correlation = correlate(orThrow(randomMatrixBath({ ...common, windows, ...changes })))
      const outcome = correlation.strength({ to: Int32Array.of(1, 0), from: Int32Array.of(0, 1) }, { re: new Float64Array(2), im: new Float64Array(2) })
      expect(codes(outcome)).toEqual(['rates-rmt/overflow', 'rates-rmt/overflow'])
      expect(outcome._tag === 'Left' && outcome.left[0].message).toContain('`bath.scaledDeviation`')
    }
  })

  it('needs an ensemble', () => {
    const bath = orThrow(densityOfStatesBath({ density: () => 1, windows: [0], windowWidth: 1 }))
    expect(codes(randomMatrixRates().correlate(bath))).toEqual(['rates-rmt/needs-ensemble'])
    expect(randomMatrixRates()).toMatchObject({ name: 'random-matrix', needs: ['ensemble'], package: '@mesobath/rates-rmt', recipe: {} })
  })

  it("tells a stranger's ensemble that gives NaN, and conjugates one that forgot to", () => {
    const windows = [{ energy: 0, volume: 1 }, { energy: 1, volume: 1 }]
    const nan = orThrow(windowBath({ windows, windowWidth: 0.5, ensemble: { secondMoment: (_to, _from, out) => { out.re[0] = NaN; return 0 } } }))
    expect(codes(correlate(nan).strength({ to: Int32Array.of(1), from: Int32Array.of(0) }, { re: new Float64Array(1), im: null }))).toEqual(['rates-rmt/not-finite'])
    const careless = orThrow(windowBath({ windows, windowWidth: 0.5, couplings: 2, ensemble: { secondMoment: (_to, _from, out) => {
      out.re.set([1, 0, 0, 1])
      out.im?.set([0, 0.5, -0.5, 0])
      return 0
    } } }))
    const [up, down] = [strengthOf(correlate(careless), 2, 1, 0), strengthOf(correlate(careless), 2, 0, 1)]
    expect([...down.im]).toEqual([...up.im].map((value) => (value === 0 ? 0 : -value)))
    expect(up.im[1]).toBeGreaterThan(0)
  })
})
