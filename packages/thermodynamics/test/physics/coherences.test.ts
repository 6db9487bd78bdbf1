import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Sample } from '@mesobath/contracts'
import { thermodynamics, vonNeumannEntropy } from '../../src/index.js'
import { degeneratePair } from '../oracles/degenerate-pair.js'
import { feed, frameOf, lawOf } from '../fixtures/watch.js'

describe('degenerate levels', () => {
  it('[Eqs. 51, 52, 57] S_obs falls where a Hamiltonian turns coherence into population, S[Pρ] does not, and the report tells which is a law', () => {
    const bath = { energies: [0], logVolumes: [3] }
    const samples = degeneratePair(1, 0.02, 0.1, 1.5, 30).map(({ time, rho, change }): Sample => ({
      time, side: 'after', energies: Float64Array.of(0, 0), strengths: Float64Array.of(1),
      populations: Float64Array.of(rho[0]![0], rho[3]![0]), populationRates: Float64Array.of(change[0]![0], change[3]![0]),
      conditional: { re: Float64Array.from(rho, ([re]) => re), im: Float64Array.from(rho, ([, im]) => im) },
      scalars: { work: 0, coarseGrainingDefect: 0 },
    }))
    const ledger = feed(thermodynamics(), frameOf(2, [bath], ['non-negative-rates']), samples)
    const end = ledger.times.length - 1
    expect(ledger.observationalEntropy[end]! - ledger.observationalEntropy[0]!).toBeLessThan(-0.3)
    for (let i = 1; i <= end; i++) expect(ledger.projectedEntropy[i]! - ledger.projectedEntropy[i - 1]!).toBeGreaterThan(1e-4)
    expect(lawOf(ledger, 'S[Pρ] never falls').verdict).toBe('holds')
    expect(lawOf(ledger, 'observational entropy never falls')).toMatchObject({ verdict: 'not a law here' })
    expect(lawOf(ledger, 'observational entropy never falls').premises.filter(({ holds }) => !holds).map(({ name }) => name))
      .toEqual(['coherences stay out of the populations'])
    // One window: nothing is known of temperature, and it says so.
    expect(ledger.baths[0]!.inverseTemperature.every(Number.isNaN)).toBe(true)
    expect(ledger.findings.map(({ code }) => code)).toContain('thermodynamics/temperature-undefined')
    expect(ledger.clausius.every(Number.isFinite)).toBe(true)
  })

  it('[Eqs. 51, 52] S[Pρ] = Σ_E [S_vN(ρ_S(E)) + p(E) ln V_E] over several windows: S_obs where there are no coherences, less where there are', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 4] }
    // Blocks [a, c; c*, b] in closed form: eigenvalues (a + b)/2 ± √(((a − b)/2)² + |c|²).
    const blocks = [{ a: 0.1, b: 0.2, re: 0.05, im: -0.1 }, { a: 0.4, b: 0.3, re: -0.2, im: 0.1 }]
    const ledgerWith = (coherence: number) => feed(thermodynamics(), frameOf(2, [bath]), [{
      time: 0, side: 'after', energies: Float64Array.of(0, 1), strengths: Float64Array.of(1), populationRates: null, scalars: { work: 0 },
      populations: Float64Array.of(0.1, 0.4, 0.2, 0.3),
      conditional: {
        re: Float64Array.from(blocks.flatMap(({ a, b, re }) => [a, coherence * re, coherence * re, b])),
        im: Float64Array.from(blocks.flatMap(({ im }) => [0, coherence * im, -coherence * im, 0])),
      },
    }])
    const entropy = (coherence: number): number => blocks.reduce((sum, { a, b, re, im }, window) => {
      const root = Math.sqrt(((a - b) / 2) ** 2 + coherence * coherence * (re * re + im * im))
      return sum + [(a + b) / 2 + root, (a + b) / 2 - root].reduce((part, x) => part - x * Math.log(x), 0) + (a + b) * bath.logVolumes[window]!
    }, 0)
    for (const coherence of [0, 0.5, 1]) {
      const ledger = ledgerWith(coherence)
      expect(ledger.projectedEntropy[0]).toBeCloseTo(entropy(coherence), 13)
      expect(ledger.observationalEntropy[0]).toBeCloseTo(entropy(0), 13)
    }
    const whole = { a: 0.5, b: 0.5, c: Math.hypot(0.05 - 0.2, -0.1 + 0.1) }
    expect(ledgerWith(1).vonNeumannEntropy[0]).toBeCloseTo([whole.a + whole.c, whole.b - whole.c].reduce((sum, x) => sum - x * Math.log(x), 0), 13)
  })

  it('[Eq. 52] the entropy of a Hermitian block is that of its eigenvalues, whatever the basis', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 5 }).chain((d) => fc.tuple(
        fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(0.25)), { minLength: d, maxLength: d }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 * d, maxLength: 2 * d }))),
      ([eigenvalues, vector]) => {
        const d = eigenvalues.length
        const norm = vector.reduce((sum, each) => sum + each * each, 0)
        if (norm < 1e-3) return
        // A Householder reflection 1 − 2vv†/v†v as the change of basis.
        const unitary = (r: number, c: number): readonly [number, number] => {
          const [a, b, x, y] = [vector[2 * r]!, vector[2 * r + 1]!, vector[2 * c]!, vector[2 * c + 1]!]
          return [(r === c ? 1 : 0) - (2 * (a * x + b * y)) / norm, (-2 * (b * x - a * y)) / norm]
        }
        const re = new Float64Array(2 * d * d)
        const im = new Float64Array(2 * d * d)
        for (let r = 0; r < d; r++) {
          for (let c = 0; c < d; c++) {
            for (let k = 0; k < d; k++) {
              const [a, b] = unitary(r, k)
              const [x, y] = unitary(c, k)
              re[d * d + r * d + c]! += eigenvalues[k]! * (a * x + b * y)
              im[d * d + r * d + c]! += eigenvalues[k]! * (b * x - a * y)
            }
          }
        }
        const expected = eigenvalues.reduce((sum, each) => sum - (each > 0 ? each * Math.log(each) : 0), 0)
        expect(Math.abs(vonNeumannEntropy({ re, im }, 1, d) - expected)).toBeLessThan(1e-13)
      }), { numRuns: 200 })
  })
})
