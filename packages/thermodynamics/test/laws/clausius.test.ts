import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalRelativeEntropy } from '../../src/index.js'
import { judgeLaws } from '../../src/internal/laws.js'
import { evolve } from '../oracles/rate-equation.js'
import type { Stage } from '../oracles/rate-equation.js'
import { frameOf, lawOf, ledgerOf, windowsOf } from '../fixtures/watch.js'
import { gibbs, product, runs } from '../fixtures/random-runs.js'

/** Each link of the chain holds at every time to this, in nats. */
const CHAIN = 1e-10

/** The spin and the three windows of the paper's driven example, started in |1⟩ and the lowest window. */
const paper = {
  bath: { energies: [0, 1, 2], logVolumes: [Math.log(100), Math.log(200), Math.log(400)] },
  start: product(Float64Array.of(0, 1), Float64Array.of(1, 0, 0)),
  stages: [1, 2, 1, 2].map((top): Stage => ({ energies: [0, top], duration: 4, samples: 12 })),
}
const paperRun = () => evolve(paper.start, paper.stages, { baths: [paper.bath], strength: () => 0.4, offResonance: 0 })

describe('Clausius inequality', () => {
  it('[Eqs. 60, 64, 66, 67, 74] the chain holds for product starts with coarse Gibbs baths: β = ±Infinity, 0 and negative, driven, one bath and two', () => {
    let [edges, inverted] = [0, 0]
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 0, start: 'canonical', levelEnergies: 'integers' }), (run) => {
      const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths))
      for (let i = 0; i < ledger.times.length; i++) {
        expect(ledger.clausius[i]! - ledger.entropySum[i]!).toBeGreaterThan(-CHAIN)
        expect(ledger.entropySum[i]! - ledger.entropyProduction[i]!).toBeGreaterThan(-CHAIN)
        expect(ledger.entropyProduction[i]!).toBeGreaterThan(-CHAIN)
        expect(ledger.clausiusConstantTemperature[i]!).toBeGreaterThanOrEqual(ledger.clausius[i]! - CHAIN)
        // Eq. 66 as an equality: what the sum has more is the total correlation.
        expect(Math.abs(ledger.entropySum[i]! - ledger.entropyProduction[i]! - ledger.totalCorrelation[i]!)).toBeLessThan(CHAIN)
      }
      for (const { inverseTemperature } of ledger.baths) {
        if (!Number.isFinite(inverseTemperature[0])) edges += 1
        else if (inverseTemperature[0]! < 0) inverted += 1
      }
      expect(ledger.laws.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
    }), { numRuns: 120 })
    expect(edges).toBeGreaterThan(10)
    expect(inverted).toBeGreaterThan(10)
  })

  it('[Eq. 65] ΔS of the canonical bath is −∫ Q̇/T* dt', () => {
    const bath = { energies: [0, 1, 2], logVolumes: [0, 1, 1.5] }
    const start = product(Float64Array.of(0.1, 0.9), gibbs(bath, 0.4))
    const run = evolve(start, [{ energies: [0, 1], duration: 3, samples: 600 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const { times, systemEntropy, clausius, baths: [book] } = ledgerOf(run, frameOf(2, [bath]))
    // Simpson's rule over pairs of steps of 1/200.
    const integrand = times.map((_, i) => book!.heatFlow[i]! * book!.inverseTemperature[i]!)
    let integral = 0
    for (let i = 2; i < times.length; i += 2) {
      integral += ((times[i]! - times[i - 2]!) / 6) * (integrand[i - 2]! + 4 * integrand[i - 1]! + integrand[i]!)
      expect(Math.abs(clausius[i]! - (systemEntropy[i]! - systemEntropy[0]! - integral))).toBeLessThan(1e-8)
    }
  })

  it('[Eq. 61] exceeds Eq. 60 by D(p_T*(t)‖p_T*(0))', () => {
    const bath = { energies: [0, 1, 2], logVolumes: [0, 1, 1.5] }
    const run = evolve(product(Float64Array.of(0.1, 0.9), gibbs(bath, 0.4)), paper.stages, { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const ledger = ledgerOf(run, frameOf(2, [bath]))
    const [book] = ledger.baths
    let most = 0
    ledger.times.forEach((_, i) => {
      const direct = canonicalRelativeEntropy(windowsOf(bath), book!.inverseTemperature[i]!, book!.inverseTemperature[0]!)
      most = Math.max(most, direct)
      expect(Math.abs(ledger.clausiusConstantTemperature[i]! - ledger.clausius[i]! - direct)).toBeLessThan(1e-12)
      expect(Math.abs(ledger.clausiusConstantTemperature[i]!
        - (ledger.systemEntropy[i]! - ledger.systemEntropy[0]! - book!.heat[i]! * book!.inverseTemperature[0]!))).toBeLessThan(1e-12)
    })
    expect(most).toBeGreaterThan(0.05)
  })

  it('[Eqs. 61, 62, 67] from T*(0) = 0, as in Fig. 4: the chain stays finite, the bound at T(0) is infinite, T* moves as the paper says', () => {
    const ledger = ledgerOf(paperRun(), frameOf(2, [paper.bath]))
    const [book] = ledger.baths
    expect(book!.inverseTemperature[0]).toBe(Infinity)
    expect(ledger.clausius.every(Number.isFinite)).toBe(true)
    expect(ledger.clausiusConstantTemperature[0]).toBe(0)
    expect(ledger.clausiusConstantTemperature.slice(1).every((value) => value === Infinity)).toBe(true)
    expect(lawOf(ledger, 'Clausius inequality').verdict).toBe('holds')
    expect(lawOf(ledger, 'Clausius inequality at').verdict).toBe('holds')
    const temperature = book!.inverseTemperature.map((beta) => 1 / beta)
    const halves = [0, 1, 2, 3].map((half) => [temperature[half * 13]!, temperature[half * 13 + 12]!] as const)
    expect(halves.map(([from, to]) => to > from)).toEqual([true, true, false, true])
  })

  it('[Eqs. 60, 67] other starts are told apart: each missing premise is named, and a failing inequality is no violation', () => {
    const bath = { energies: [0, 1, 2], logVolumes: [0, 0, 0] }
    const spec = { baths: [bath], strength: () => 0.5, offResonance: 0 }
    const stage = [{ energies: [0, 1], duration: 6, samples: 6 }]
    // Two sharp windows are not canonical; relaxing, the bath gains entropy that the system can lose.
    const uneven = ledgerOf(evolve(product(Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0, 0.5)), stage, spec), frameOf(2, [bath]))
    expect(lawOf(uneven, 'Clausius inequality').premises.filter(({ holds }) => !holds).map(({ name }) => name))
      .toEqual(['every bath starts with p(E) proportional to V_E exp(-E/T)'])
    expect(lawOf(uneven, 'Clausius inequality').verdict).toBe('not a law here')
    const correlated = ledgerOf(evolve([0, 0, 0.5, 0.5, 0, 0], stage, spec), frameOf(2, [bath]))
    expect(lawOf(correlated, 'chain: the sum of entropies').premises.filter(({ holds }) => !holds)).toEqual([{ name: 'the start is a product of system and baths', holds: false }])
    expect(lawOf(correlated, 'Clausius inequality').verdict).toBe('not a law here')
    expect(lawOf(correlated, 'chain: the sum of entropies').largestViolation).toBeGreaterThan(0.1)
    // What needs no premise holds all the same.
    for (const ledger of [uneven, correlated]) expect(lawOf(ledger, 'no p(E) of bath left').verdict).toBe('holds')
  })

  it('[Eqs. 41, 66] mutual information and total correlation: equal for one bath, apart where two baths are correlated', () => {
    const left = { energies: [0, 1], logVolumes: [1, 2] }
    const one = ledgerOf(evolve([0.1, 0.2, 0.3, 0.4], paper.stages, { baths: [left], strength: () => 0.5, offResonance: 0 }), frameOf(2, [left]))
    one.times.forEach((_, i) => expect(Math.abs(one.mutualInformation[i]! - one.totalCorrelation[i]!)).toBeLessThan(1e-14))
    // The system by itself, the two baths in step with each other: I(S:B) = 0, total correlation ln 2.
    const baths = [left, left]
    const start = product(Float64Array.of(0.3, 0.7), Float64Array.of(0.5, 0, 0, 0.5))
    const two = ledgerOf(evolve(start, [{ energies: [0, 1], duration: 1, samples: 1 }], { baths, strength: () => 0, offResonance: 0 }), frameOf(2, baths))
    expect(Math.abs(two.mutualInformation[0]!)).toBeLessThan(1e-15)
    expect(Math.abs(two.totalCorrelation[0]! - Math.LN2)).toBeLessThan(1e-15)
  })
})

describe('mutants of the Clausius inequality', () => {
  it('[Eqs. 60, 64] the sign of 1/T*, and a canonical entropy without ln V_E, are rejected', () => {
    const ledger = ledgerOf(paperRun(), frameOf(2, [paper.bath]))
    const start = ledger.systemEntropy[0]!
    const turned = { ...ledger, clausius: ledger.clausius.map((value, i) => 2 * (ledger.systemEntropy[i]! - start) - value) }
    expect(lawOf({ laws: judgeLaws(turned) }, 'Clausius inequality').verdict).toBe('violated')
    const bare = ledgerOf(paperRun(), frameOf(2, [{ ...paper.bath, logVolumes: [0, 0, 0] }]))
    const mixed = { ...ledger, baths: ledger.baths.map((bath, axis) => ({ ...bath, canonicalEntropy: bare.baths[axis]!.canonicalEntropy })) }
    expect(lawOf({ laws: judgeLaws(mixed) }, 'no p(E) of bath left').verdict).toBe('violated')
  })
})
