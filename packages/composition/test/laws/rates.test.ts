import { orThrow } from '@mesobath/contracts'
import { bathTransitions, logTransitionRate, prepareBaths } from '@mesobath/composition'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** Random three-level system on a ladder of five windows with two couplings, gaps on and off resonance. */
const randomBath = (seed: number, logVolumes: readonly number[], width = 0.5) => {
  const uniform = parkMiller(seed)
  const count = logVolumes.length
  const energies = [0, Math.round(4 * uniform()) * width + 0.3 * width * Math.round(2 * uniform()), 2.5 * width * uniform() + 0.01]
  const bath = toyBath({ energies: logVolumes.map((_, i) => i * width), width, logVolumes, couplings: 2 })
  const problem = makeProblem(energies, [attach('bath', bath, 0.1 + uniform(), [hermitian(3, uniform), hermitian(3, uniform)])])
  return { energies: problem.energies, bath: orThrow(prepareBaths(problem, toyRates(positiveKappa(2, count, uniform))))[0]!, strength: problem.baths[0]!.strength }
}

const volumes = (largest: number) => fc.array(fc.double({ min: 0, max: largest, noNaN: true }), { minLength: 2, maxLength: 6 })

describe('jump rates', () => {
  it('[Eqs. 31, C1] W_kq(E,E\') ≥ 0 and W_kq(E,E\') = W_qk(E\',E), bit for bit', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), volumes(30), (seed, logVolumes) => {
      const { bath, energies, strength } = randomBath(seed, logVolumes)
      const jumps = orThrow(bathTransitions(bath, energies, strength))
      expect(jumps.count).toBeGreaterThan(0)
      const found = new Map<string, number>()
      for (let i = 0; i < jumps.count; i += 1) {
        expect(jumps.strength[i]).toBeGreaterThan(0)
        found.set(`${jumps.toLevel[i]} ${jumps.toWindow[i]} ${jumps.fromLevel[i]} ${jumps.fromWindow[i]}`, jumps.strength[i]!)
      }
      expect(found.size).toBe(jumps.count)
      for (let i = 0; i < jumps.count; i += 1) {
        expect(found.get(`${jumps.fromLevel[i]} ${jumps.fromWindow[i]} ${jumps.toLevel[i]} ${jumps.toWindow[i]}`)).toBe(jumps.strength[i])
      }
    }), { numRuns: 100 })
  })

  it('[Eq. 33] local detailed balance |ln(W↑/W↓) − ΔS| ≤ 4ε·max(1,|ΔS|) for log volumes to 1e5', () => {
    let largest = 0
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), volumes(1e5), (seed, logVolumes) => {
      const { bath, energies, strength } = randomBath(seed, logVolumes)
      const jumps = orThrow(bathTransitions(bath, energies, strength))
      for (let i = 0; i < jumps.count; i += 1) {
        const forward = jumps.logRate[i]!
        const backward = logTransitionRate(jumps, jumps.fromLevel[i]!, jumps.fromWindow[i]!, jumps.toLevel[i]!, jumps.toWindow[i]!)
        const entropy = logVolumes[jumps.toWindow[i]!]! - logVolumes[jumps.fromWindow[i]!]!
        const defect = Math.abs(forward - backward - entropy) / (Number.EPSILON * Math.max(1, Math.abs(entropy)))
        largest = Math.max(largest, defect)
        expect(defect).toBeLessThanOrEqual(4)
      }
    }), { numRuns: 200 })
    expect(largest).toBeGreaterThan(0)
  })

  it('[Eq. 33] the rates themselves obey it where they fit a double', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), volumes(300), (seed, logVolumes) => {
      const { bath, energies, strength } = randomBath(seed, logVolumes)
      const jumps = orThrow(bathTransitions(bath, energies, strength))
      for (let i = 0; i < jumps.count; i += 2) {
        const reverse = Array.from({ length: jumps.count }, (_, j) => j).find((j) => jumps.toLevel[j] === jumps.fromLevel[i]
          && jumps.fromLevel[j] === jumps.toLevel[i] && jumps.toWindow[j] === jumps.fromWindow[i] && jumps.fromWindow[j] === jumps.toWindow[i])!
        const entropy = logVolumes[jumps.toWindow[i]!]! - logVolumes[jumps.fromWindow[i]!]!
        // ln of a ratio of two numbers, each good to a few ε.
        expect(Math.abs(Math.log(jumps.rate[i]! / jumps.rate[reverse]!) - entropy)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.max(1, Math.abs(entropy)))
      }
    }), { numRuns: 100 })
  })

  it('shares an off-resonant transition between two neighbours of a contiguous ladder with weights that add to 1', () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 1.9, noNaN: true }), (gap) => {
      const bath = toyBath({ energies: [0, 0.5, 1, 1.5, 2, 2.5], width: 0.5, logVolumes: [1, 1, 1, 1, 1, 1] })
      const problem = makeProblem([0, gap], [attach('bath', bath, 1, [{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }])])
      const jumps = orThrow(bathTransitions(orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] }))))[0]!, problem.energies, 1))
      let share = 0
      for (let i = 0; i < jumps.count; i += 1) {
        if (jumps.fromLevel[i] === 1 && jumps.fromWindow[i] === 0) {
          share += jumps.weight[i]!
          expect(Math.abs(jumps.mismatch[i]!)).toBeLessThan(0.5)
        }
      }
      expect(Math.abs(share - 1)).toBeLessThan(1e-8)
    }))
  })
})
