import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalProbabilities } from '../../src/index.js'
import { evolve, generatorOf, jointEnergies, jointStates } from '../oracles/rate-equation.js'
import { frameOf, lawOf, ledgerOf, windowsOf } from '../fixtures/watch.js'
import { gibbs, product, runs } from '../fixtures/random-runs.js'

/** S_obs of a few dozen joint states may fall by rounding of this size. */
const ROUNDING = 1e-12
const TEMPERATURES = [2, 0.3, 0, -0.7, -3]

describe('second law', () => {
  it('[Eqs. 54, 57] Σ̇ ≥ 0 and S_obs never falls for Markov rates, on and off resonance, driven, one bath and two', () => {
    for (const offResonance of [0, 1]) {
      fc.assert(fc.property(runs({ baths: [1, 2], offResonance, start: 'any', levelEnergies: offResonance === 0 ? 'integers' : 'any' }), (run) => {
        const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths))
        for (let i = 1; i < ledger.times.length; i++) {
          expect(ledger.observationalEntropy[i]! - ledger.observationalEntropy[i - 1]!).toBeGreaterThan(-ROUNDING)
        }
        for (const rate of ledger.entropyProductionRate) expect(rate).toBeGreaterThan(-ROUNDING)
        for (const law of ['observational entropy never falls', 'entropy production rate', 'second law: entropy', 'S[Pρ] never']) {
          expect(lawOf(ledger, law).verdict).toBe('holds')
        }
      }), { numRuns: 60 })
    }
  })

  it('[Eq. 54] Σ̇ is ½ Σ W (x_i − x_j) ln(x_i/x_j) of the flows, x = p/V, and Infinity where an empty state fills', () => {
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 1, start: 'any', levelEnergies: 'any' }), (run) => {
      const snapshots = evolve(run.start, run.stages.slice(0, 1), run.spec)
      const ledger = ledgerOf(snapshots, frameOf(run.dimension, run.baths))
      const generator = generatorOf(run.stages[0]!.energies, run.spec)
      const logVolumes = jointStates(run.dimension, run.baths).map(({ windows }) =>
        windows.reduce((sum, window, bath) => sum + run.baths[bath]!.logVolumes[window]!, 0))
      snapshots.forEach(({ p }, at) => {
        const n = p.length
        let direct = 0
        let scale = 0
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (i === j || generator[i * n + j] === 0 || (p[i] === 0 && p[j] === 0)) continue
            const flow = generator[i * n + j]! * p[j]! - generator[j * n + i]! * p[i]!
            const force = p[i] === 0 || p[j] === 0 ? Infinity * (p[j]! > 0 ? 1 : -1) : Math.log(p[j]! / p[i]!) + logVolumes[i]! - logVolumes[j]!
            direct += (flow * force) / 2
            if (Number.isFinite(force)) scale += Math.abs(generator[i * n + j]! * p[j]! * force)
          }
        }
        if (direct === Infinity) expect(ledger.entropyProductionRate[at]).toBe(Infinity)
        else expect(Math.abs(ledger.entropyProductionRate[at]! - direct)).toBeLessThan(ROUNDING * (1 + scale))
      })
    }), { numRuns: 60 })
  })

  it('[Eq. 56] on resonance −∂t D[p‖p_T] is Σ̇ for every T, negative ones too, to 1e-8', () => {
    let compared = 0
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 0, start: 'any', levelEnergies: 'integers' }), (run) => {
      const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths), { inverseTemperatures: TEMPERATURES })
      for (const { rates } of ledger.relativeEntropies) {
        rates.forEach((rate, i) => {
          const expected = ledger.entropyProductionRate[i]!
          if (expected === Infinity) expect(rate).toBe(Infinity)
          else {
            expect(Math.abs(rate - expected)).toBeLessThan(1e-8)
            compared += 1
          }
        })
      }
      expect(ledger.laws.filter(({ equation }) => equation === '56').map(({ verdict }) => verdict)).toEqual(TEMPERATURES.map(() => 'holds'))
    }), { numRuns: 60 })
    expect(compared).toBeGreaterThan(1000)
  })

  it('[Eqs. 53, 55, 56, 58, 59] D[p‖p_T] is Σ p ln(p/p_T), and its fall at fixed energies is what Eq. 56 says, off resonance too', () => {
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 1, start: 'any', levelEnergies: 'any' }), (run) => {
      const snapshots = evolve(run.start, run.stages, run.spec)
      const ledger = ledgerOf(snapshots, frameOf(run.dimension, run.baths), { inverseTemperatures: TEMPERATURES })
      const volumes = jointStates(run.dimension, run.baths).map(({ windows }) =>
        windows.reduce((sum, window, bath) => sum + run.baths[bath]!.logVolumes[window]!, 0))
      ledger.relativeEntropies.forEach(({ inverseTemperature, values, rates }) => snapshots.forEach(({ energies, p, rates: change }, at) => {
        const exponents = Array.from(jointEnergies(energies, run.baths), (energy, i) => volumes[i]! - inverseTemperature * energy)
        const peak = Math.max(...exponents)
        const logPartition = peak + Math.log(exponents.reduce((sum, each) => sum + Math.exp(each - peak), 0))
        const divergence = (q: Float64Array): number => q.reduce((sum, each, i) => sum + (each > 0 ? each * (Math.log(each) - exponents[i]! + logPartition) : 0), 0)
        expect(Math.abs(values[at]! - divergence(p))).toBeLessThan(ROUNDING * 100)
        if (p.every((each) => each > 1e-2)) {
          // Central differences err by the square of 1e-4, and by rounding over the step.
          const step = 1e-4 * p.reduce((least, each, i) => Math.min(least, each / (Math.abs(change[i]!) + 1e-3)), Infinity)
          const moved = (by: number): Float64Array => p.map((each, i) => each + by * change[i]!)
          const slope = (divergence(moved(-step)) - divergence(moved(step))) / (2 * step)
          expect(Math.abs(rates[at]! - slope)).toBeLessThan(3e-6 * (1 + change.reduce((sum, each) => sum + Math.abs(each), 0)))
        }
      }))
    }), { numRuns: 40 })
  })

  it('[Eq. 56] off resonance they differ, and the report names the premise', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1.4], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 1 })
    const ledger = ledgerOf(snapshots, frameOf(2, [bath]), { inverseTemperatures: [1] })
    expect(lawOf(ledger, 'entropy production rate is the fall')).toMatchObject({ verdict: 'not a law here', equation: '56' })
    expect(lawOf(ledger, 'entropy production rate is the fall').largestViolation).toBeGreaterThan(1e-3)
  })

  it('[Eq. 57] is not claimed of an algorithm that promises nothing, though it is measured', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const backwards = [...snapshots].reverse().map((each, i) => ({ ...each, time: i, rates: each.rates.map((rate) => -rate) }))
    const ledger = ledgerOf(backwards, frameOf(2, [bath], []))
    for (const law of ['second law: entropy', 'observational entropy never falls', 'entropy production rate']) {
      expect(lawOf(ledger, law).verdict).toBe('not a law here')
      expect(lawOf(ledger, law).message).toContain('rates are never negative')
      expect(lawOf(ledger, law).largestViolation).toBeGreaterThan(1e-3)
    }
    // The same numbers from one that promises them are a violation.
    expect(lawOf(ledgerOf(backwards, frameOf(2, [bath])), 'observational entropy never falls').verdict).toBe('violated')
  })

  it('[Eq. 51] log volumes of 10⁶ do not drown an entropy of order 1', () => {
    const small = [{ energies: [0, 1, 2], logVolumes: [0, 3, 5] }]
    const spec = { baths: small, strength: () => 0.5, offResonance: 0 }
    const snapshots = evolve(product(Float64Array.of(0.2, 0.8), gibbs(small[0]!, 1)), [{ energies: [0, 1], duration: 3, samples: 10 }], spec)
    const large = [{ energies: [0, 1, 2], logVolumes: [1e6, 1e6 + 3, 1e6 + 5] }]
    const [plain, raised] = [ledgerOf(snapshots, frameOf(2, small)), ledgerOf(snapshots, frameOf(2, large))]
    for (const series of ['entropyProduction', 'entropyProductionRate', 'clausius', 'entropySum', 'mutualInformation'] as const) {
      plain[series].forEach((value, i) => expect(Math.abs(raised[series][i]! - value)).toBeLessThan(1e-13))
    }
    expect(raised.observationalEntropy[3]! - plain.observationalEntropy[3]!).toBeCloseTo(1e6, 8)
  })
})

describe('mutants of the second law', () => {
  it('[Eqs. 51, 54] without ln V_E the entropy falls while a bath fills its large windows, and the law rejects it', () => {
    const bath = { energies: [0, 1], logVolumes: [0, 4] }
    const spec = { baths: [bath], strength: () => 0.5, offResonance: 0 }
    const snapshots = evolve([0.25, 0.25, 0.25, 0.25], [{ energies: [0, 1], duration: 4, samples: 20 }], spec)
    const honest = ledgerOf(snapshots, frameOf(2, [bath]))
    const mutant = ledgerOf(snapshots, frameOf(2, [{ ...bath, logVolumes: [0, 0] }]))
    for (const law of ['second law: entropy', 'observational entropy never falls', 'entropy production rate']) {
      expect(lawOf(honest, law).verdict).toBe('holds')
      expect(lawOf(mutant, law).verdict).toBe('violated')
    }
  })

  it('[Eq. 54] a rate of the wrong sign is rejected', () => {
    const bath = { energies: [0, 1], logVolumes: [0, 1] }
    const snapshots = evolve([0.1, 0.2, 0.6, 0.1], [{ energies: [0, 1], duration: 2, samples: 5 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const mutant = ledgerOf(snapshots.map((each) => ({ ...each, rates: each.rates.map((rate) => -rate) })), frameOf(2, [bath]))
    expect(lawOf(mutant, 'entropy production rate').verdict).toBe('violated')
  })

  it('[Eq. 55] a stationary state stays one: a joint Gibbs start makes no entropy at all', () => {
    const bath = { energies: [0, 1, 2], logVolumes: [0, 2, 3] }
    const p = new Float64Array(3)
    canonicalProbabilities(windowsOf(bath), 0.8, p)
    const system = Float64Array.of(1 / (1 + Math.exp(-0.8)), Math.exp(-0.8) / (1 + Math.exp(-0.8)))
    const ledger = ledgerOf(evolve(product(system, p), [{ energies: [0, 1], duration: 5, samples: 5 }], { baths: [bath], strength: () => 1, offResonance: 0 }),
      frameOf(2, [bath]), { inverseTemperatures: [0.8] })
    expect(Math.max(...Array.from(ledger.entropyProduction, Math.abs))).toBeLessThan(ROUNDING)
    expect(Math.max(...Array.from(ledger.relativeEntropies[0]!.values, Math.abs))).toBeLessThan(ROUNDING)
    ledger.baths[0]!.inverseTemperature.forEach((beta) => expect(Math.abs(beta - 0.8)).toBeLessThan(1e-12))
    expect(ledger.laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
  })
})
