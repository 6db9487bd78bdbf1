import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { ComplexMatrix, Problem } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { grid } from '../fixtures/explicit-problem.js'

/** A few hundred steps of rounding on a sum of a few dozen numbers below one. */
const ROUNDING = 1e-13

const number = fc.double({ min: -1, max: 1, noNaN: true })

const hermitian = (dimension: number): fc.Arbitrary<ComplexMatrix> =>
  fc.tuple(fc.array(number, { minLength: 16, maxLength: 16 }), fc.array(number, { minLength: 16, maxLength: 16 })).map(([x, y]) => {
    const at = (k: number, q: number): number => Math.max(k, q) * dimension + Math.min(k, q)
    const each = (f: (k: number, q: number) => number): number[] =>
      Array.from({ length: dimension * dimension }, (_, i) => f(Math.floor(i / dimension), i % dimension))
    return matrix(dimension, each((k, q) => x[at(k, q)]), each((k, q) => (k === q ? 0 : (k < q ? 1 : -1) * y[at(k, q)])))
  })

/** A state from a Hermitian matrix: its square over the trace. */
const stateOf = (root: ComplexMatrix): ComplexMatrix => {
  const d = root.rows
  const re = new Array<number>(d * d).fill(0)
  const im = new Array<number>(d * d).fill(0)
  let trace = 0
  for (let k = 0; k < d; k++) {
    for (let q = 0; q < d; q++) {
      for (let m = 0; m < d; m++) {
        re[k * d + q] += root.re[k * d + m] * root.re[m * d + q] - root.im![k * d + m] * root.im![m * d + q]
        im[k * d + q] += root.re[k * d + m] * root.im![m * d + q] + root.im![k * d + m] * root.re[m * d + q]
      }
    }
    re[k * d + k] += 0.01
    trace += re[k * d + k]
  }
  return matrix(d, re.map((x) => x / trace), im.map((x) => x / trace))
}

const problems: fc.Arbitrary<readonly [Problem, readonly [number, number]]> = fc.record({
  coupling: hermitian(3), second: hermitian(3), root: hermitian(3),
  levels: fc.tuple(number, number, number),
  means: fc.array(number, { minLength: 6, maxLength: 6 }),
  mixing: fc.tuple(number, number),
}).map(({ coupling, second, root, levels, means, mixing }) => [{
  ...flatProblem(windowsOnly([0, 0.6, 1.2], 0.5, [5, 9, 7], 2, [means.slice(0, 3), means.slice(3)]), 0.05, grid(6, 3)),
  energies: Float64Array.from(levels),
  baths: [{ label: 'bath', strength: 0.05, systemCouplings: [coupling, second], bath: windowsOnly([0, 0.6, 1.2], 0.5, [5, 9, 7], 2, [means.slice(0, 3), means.slice(3)]) }],
  initial: { kind: 'product', system: stateOf(root), baths: [{ kind: 'windows', probabilities: Float64Array.of(0.2, 0.5, 0.3) }] },
}, mixing] as const)

for (const method of [finiteTimeRedfield, finiteTimeSecular]) {
  describe(`[Eq. 14] ${method({ rates: flatRates() }).name}`, () => {
    it('conserves the trace and Hermiticity for any couplings, levels and states', async () => {
      await fc.assert(fc.asyncProperty(problems, async ([problem, [x, y]]) => {
        const rates = flatRates((a, b) => (a === b ? [1, 0] : [0.5 * x, (a < b ? 0.5 : -0.5) * y]))
        const run = orThrow(await solve(problem, method({ rates }), { tolerance: 1e-8 }))
        const { re, im } = run.conditionalStates!
        for (let t = 0; t < run.times.length; t++) {
          let trace = 0
          let drift = 0
          for (let i = 0; i < 9; i++) {
            trace += run.populations![t * 9 + i]
            drift += run.populationRates![t * 9 + i]
          }
          expect(Math.abs(trace - 1)).toBeLessThan(ROUNDING)
          expect(Math.abs(drift)).toBeLessThan(ROUNDING)
          for (let window = 0; window < 3; window++) {
            const base = (t * 3 + window) * 9
            for (let k = 0; k < 3; k++) {
              for (let q = 0; q < 3; q++) {
                expect(Math.abs(re[base + 3 * k + q] - re[base + 3 * q + k])).toBeLessThan(ROUNDING)
                expect(Math.abs((im?.[base + 3 * k + q] ?? 0) + (im?.[base + 3 * q + k] ?? 0))).toBeLessThan(ROUNDING)
              }
            }
          }
        }
      }), { numRuns: 12, seed: 20 })
    })
  })
}

describe('[Eq. 32] P(E_tot)', () => {
  const shellError = async (centre: number): Promise<number> => {
    const bath = windowsOnly([0, centre], 0.5, [30, 60])
    const run = orThrow(await solve(flatProblem(bath, 0.02, grid(30, 10)), finiteTimeRedfield({ rates: flatRates() })))
    // |1, 0⟩ and |0, 1⟩ are one shell where the bath's gap is the spin's.
    let worst = 0
    for (let t = 0; t < 11; t++) {
      const energy = [0, centre, 1, 1 + centre].reduce((sum, e, i) => sum + e * run.populations![t * 4 + i], 0)
      worst = Math.max(worst, Math.abs(energy - 1))
    }
    return worst
  }

  it('is conserved to rounding on resonance, and not off it', async () => {
    expect(await shellError(1)).toBeLessThan(1e-12)
    expect(await shellError(1.2)).toBeGreaterThan(1e-3)
  })

  it('populationRates is the derivative of the populations', async () => {
    const step = 1e-3
    const times = [0, 5 - step, 5, 5 + step]
    for (const method of [finiteTimeRedfield, finiteTimeSecular]) {
      const system = matrix(2, [0.4, 0.3, 0.3, 0.6], [0, 0.2, -0.2, 0])
      const run = orThrow(await solve(flatProblem(windowsOnly([0, 1.2], 0.5, [30, 60]), 0.02, times, { system }), method({ rates: flatRates() }), { tolerance: 1e-13 }))
      let largest = 0
      for (let i = 0; i < 4; i++) {
        const slope = (run.populations![12 + i] - run.populations![4 + i]) / (2 * step)
        // Central differences err by p'''·step²/6 and by rounding over the step.
        expect(Math.abs(run.populationRates![8 + i] - slope)).toBeLessThan(1e-8)
        largest = Math.max(largest, Math.abs(slope))
      }
      expect(largest).toBeGreaterThan(1e-2)
    }
  })
})
