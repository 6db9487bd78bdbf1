import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Problem } from '@mesobath/contracts'
import { populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { start } from '@mesobath/solve'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'

/** So weak a coupling that the state stands still: what moves is of the next order, λ². */
const FAINT = 1e-7

describe('[Eqs. 14, 17] the coefficients of finite-time Redfield', () => {
  it("become Markov's as t → ∞, off resonance too, at the rate 1/(δt) of a flat window", async () => {
    const bath = windowsOnly([0, 0.5, 1, 1.5, 2], 0.5, [30, 60, 90, 70, 40])
    const populations = Float64Array.of(0.05, 0.1, 0.15, 0.05, 0.05, 0.1, 0.05, 0.2, 0.05, 0.1, 0, 0, 0.05, 0, 0.05)
    const states = new Float64Array(45)
    for (let k = 0; k < 3; k++) for (let e = 0; e < 5; e++) states[e * 9 + 4 * k] = populations[k * 5 + e]
    const problem: Problem = {
      ...flatProblem(bath, FAINT, [0, 1e5]),
      energies: Float64Array.of(0, 0.63, 1.49),
      baths: [{ label: 'bath', bath, strength: FAINT, systemCouplings: [matrix(3, [0, 1, 0.4, 1, 0, 0.7, 0.4, 0.7, 0], [0, 0.2, 0, -0.2, 0, 0, 0, 0, 0])] }],
      initial: { kind: 'conditional', states: { re: states, im: null }, memoryStart: 0 },
    }
    const rates = flatRates()
    const generator = orThrow(populationGenerator(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(FAINT)))
    const limit = new Float64Array(15)
    generator.apply(populations, limit)
    const scale = Math.max(...limit.map(Math.abs))
    const stepper = orThrow(await start(problem, finiteTimeRedfield({ rates })))
    const errors: number[] = []
    for (const time of [30, 300, 3000, 30000]) {
      expect(orThrow(await stepper.advance(time))).toBe('ok')
      const { populationRates } = stepper.sample('after')
      errors.push(Math.max(...limit.map((value, i) => Math.abs(value - populationRates![i]))) / scale)
    }
    stepper.dispose()
    expect(errors[0]).toBeGreaterThan(1e-3)
    errors.forEach((error, i) => expect(error, String(errors)).toBeLessThan(1.5 / (0.5 * 30 * 10 ** i)))
  })
})
