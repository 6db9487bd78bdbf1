import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { entropyOf, energyOf } from '../oracles/joint-table.js'
import { evolve } from '../oracles/rate-equation.js'
import type { BathSpec } from '../oracles/rate-equation.js'
import { bisectedBeta, energyAbove } from '../oracles/canonical-energy.js'
import { toNumber } from '../oracles/double-double.js'
import { frameOf, lawOf, ledgerOf, windowsOf } from '../fixtures/watch.js'
import { runs } from '../fixtures/random-runs.js'

/** The oracle's p adds up to 1 within 1e-12, which the log volumes of three baths, up to 18, multiply. */
const ROUNDING = 1e-10

const marginal = (p: ArrayLike<number>, dimension: number, baths: readonly BathSpec[], axis: number): Float64Array =>
  Float64Array.from(baths[axis]!.energies, (_, window) =>
    energyOf(p, dimension, baths, axis + 1, baths[axis]!.energies.map((__, i) => (i === window ? 1 : 0))))

describe('two baths and three', () => {
  for (const count of [2, 3]) {
    it(`[Eqs. 41, 66, 72, 73, 74] ${count} baths: every energy, entropy and correlation is that of the full joint table`, () => {
      let correlated = 0
      fc.assert(fc.property(runs({ baths: [count, count], offResonance: 1, start: 'any', levelEnergies: 'any' }), (run) => {
        const { baths, dimension } = run
        const snapshots = evolve(run.start, run.stages, run.spec)
        const ledger = ledgerOf(snapshots, frameOf(dimension, baths))
        const parts = baths.map((_, axis) => axis + 1)
        const close = (found: number, expected: number): void => expect(Math.abs(found - expected)).toBeLessThan(ROUNDING)
        const start = snapshots[0]!
        const entropy = (p: ArrayLike<number>, axes: readonly number[]): number => entropyOf(p, dimension, baths, axes)
        snapshots.forEach(({ energies, p, rates }, at) => {
          const whole = entropy(p, [0, ...parts])
          const system = entropy(p, [0])
          const bath = parts.map((axis) => entropy(p, [axis]))
          close(ledger.observationalEntropy[at]!, whole)
          close(ledger.entropyProduction[at]!, whole - entropy(start.p, [0, ...parts]))
          close(ledger.systemEntropy[at]!, system)
          close(ledger.mutualInformation[at]!, system + entropy(p, parts) - whole)
          close(ledger.totalCorrelation[at]!, system + bath.reduce((sum, each) => sum + each, 0) - whole)
          close(ledger.entropySum[at]!, system - entropy(start.p, [0])
            + parts.reduce((sum, axis) => sum + bath[axis - 1]! - entropy(start.p, [axis]), 0))
          close(ledger.systemEnergy[at]!, energyOf(p, dimension, baths, 0, energies))
          parts.forEach((axis) => {
            const book = ledger.baths[axis - 1]!
            const centres = baths[axis - 1]!.energies
            close(book.entropy[at]!, bath[axis - 1]!)
            close(book.mutualInformation[at]!, system + bath[axis - 1]! - entropy(p, [0, axis]))
            close(book.energy[at]!, energyOf(p, dimension, baths, axis, centres))
            close(book.heat[at]!, energyOf(start.p, dimension, baths, axis, centres) - energyOf(p, dimension, baths, axis, centres))
            close(book.heatFlow[at]!, -energyOf(rates, dimension, baths, axis, centres))
          })
          expect(ledger.bathCorrelations.map(({ first, second }) => `${first} ${second}`))
            .toEqual(count === 2 ? ['left right'] : ['left right', 'left third', 'right third'])
          let pair = 0
          for (let first = 1; first <= count; first++) {
            for (let second = first + 1; second <= count; second++, pair++) {
              const expected = bath[first - 1]! + bath[second - 1]! - entropy(p, [first, second])
              close(ledger.bathCorrelations[pair]!.values[at]!, expected)
              correlated = Math.max(correlated, expected)
            }
          }
        })
      }), { numRuns: count === 2 ? 30 : 6 })
      expect(correlated).toBeGreaterThan(0.01)
    })
  }

  it('[Eqs. 62, 74] each bath has its own T*, by bisection in 32 digits, and the Clausius sum is made of their canonical entropies', () => {
    fc.assert(fc.property(runs({ baths: [2, 2], offResonance: 0, start: 'product', levelEnergies: 'integers' }), (run) => {
      const { baths, dimension } = run
      const snapshots = evolve(run.start, run.stages, run.spec)
      const ledger = ledgerOf(snapshots, frameOf(dimension, baths))
      const canonical = (p: Float64Array, bath: BathSpec): number => {
        const windows = windowsOf(bath)
        const top = bath.energies.length - 1
        // All in an edge window: β is infinite, the entropy that window's.
        if (p[0]! > 1 - 1e-14) return bath.logVolumes[0]!
        if (p[top]! > 1 - 1e-14) return bath.logVolumes[top]!
        const beta = toNumber(bisectedBeta(windows, energyAbove(windows.energies, p)))
        const exponents = bath.energies.map((energy, i) => bath.logVolumes[i]! - beta * energy)
        const peak = Math.max(...exponents)
        const total = exponents.reduce((sum, each) => sum + Math.exp(each - peak), 0)
        return peak + Math.log(total) + beta * p.reduce((sum, each, i) => sum + each * bath.energies[i]!, 0)
      }
      const sum = (p: Float64Array): number => entropyOf(p, dimension, baths, [0])
        + baths.reduce((total, bath, axis) => total + canonical(marginal(p, dimension, baths, axis), bath), 0)
      const start = sum(snapshots[0]!.p)
      snapshots.forEach(({ p }, at) => expect(Math.abs(ledger.clausius[at]! - (sum(p) - start))).toBeLessThan(1e-9))
    }), { numRuns: 12 })
  })

  it('[Eq. 72] work and the heats of all baths are what the system gains, on resonance', () => {
    fc.assert(fc.property(runs({ baths: [2, 3], offResonance: 0, start: 'any', levelEnergies: 'integers' }), (run) => {
      const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths))
      ledger.times.forEach((_, i) => {
        const heat = ledger.baths.reduce((sum, bath) => sum + bath.heat[i]!, 0)
        expect(Math.abs(ledger.work[i]! + heat - (ledger.systemEnergy[i]! - ledger.systemEnergy[0]!))).toBeLessThan(1e-10)
      })
      expect(lawOf(ledger, 'first law').verdict).toBe('holds')
    }), { numRuns: 8 })
  })

  it('[Eq. 66] a mutant: with the mutual information of system and baths in the place of the total correlation the chain does not add up', () => {
    const bath: BathSpec = { energies: [0, 1, 2], logVolumes: [0, 1, 1.5] }
    const baths = [bath, { energies: [0, 1], logVolumes: [1, 0] }]
    const start = Float64Array.from({ length: 12 }, (_, i) => (i === 1 ? 0.6 : i === 8 ? 0.4 : 0))
    const product = Float64Array.from({ length: 12 }, (_, i) => (i < 6 ? 0.6 : 0.4) * [0.5, 0.3, 0.2][Math.floor((i % 6) / 2)]! * [0.9, 0.1][i % 2]!)
    for (const p of [start, product]) {
      const ledger = ledgerOf(evolve(p, [{ energies: [0, 1], duration: 4, samples: 8 }], { baths, strength: () => 0.5, offResonance: 0 }), frameOf(2, baths))
      const end = ledger.times.length - 1
      const gained = (values: Float64Array): number => values[end]! - values[0]!
      expect(Math.abs(ledger.entropySum[end]! - ledger.entropyProduction[end]! - gained(ledger.totalCorrelation))).toBeLessThan(1e-13)
      expect(Math.abs(ledger.entropySum[end]! - ledger.entropyProduction[end]! - gained(ledger.mutualInformation))).toBeGreaterThan(1e-4)
    }
  })
})
