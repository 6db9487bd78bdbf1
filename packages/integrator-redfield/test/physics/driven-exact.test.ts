import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import type { MemoryChoice } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { driveOf, rightSided } from '../fixtures/drives.js'
import { explicitProblem, grid, largestDifference, termwiseRates } from '../fixtures/explicit-problem.js'
import { flatProblem, flatRates, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { weighted } from '../oracles/dense-redfield.js'
import { exactDriven } from '../oracles/exact-driven.js'
import { spinTrain, twoWindows } from '../oracles/exact-spin.js'
import { genericBath } from '../oracles/explicit-bath.js'

const COHERENT = fromEntries(2, (k, q) => [[0.3, 0.25, 0.25, 0.7][2 * k + q], [0, 0.2, -0.2, 0][2 * k + q]])
const COUPLING = fromEntries(2, (k, q) => [[0.3, 1, 1, -0.5][2 * k + q], [0, 0.4, -0.4, 0][2 * k + q]])

describe('[Eq. 14] under a sinusoid of ω that sweeps several windows, the deviation from exact evolution', () => {
  const bath = genericBath(11, [3, 4], 0.8, 1)
  const start = [0.4, 0.6]
  const energies = (t: number): readonly number[] => [0.2 * Math.cos(3 * t), 0.9 + 0.7 * Math.sin(2.3 * t)]
  const errorsOf = async (memory: MemoryChoice): Promise<readonly number[]> => {
    const errors: number[] = []
    for (const strength of [0.02, 0.01, 0.005]) {
      const drive = driveOf([{ to: 6, energies, strengths: [strength] }])
      const problem = explicitProblem([0, 0.9], [COUPLING], strength, bath, COHERENT, start, grid(6, 6), drive)
      const run = orThrow(await solve(problem, finiteTimeRedfield({ rates: termwiseRates(bath), memory }), { tolerance: 1e-12 }))
      errors.push(largestDifference(run.conditionalStates!, exactDriven(energies, [COUPLING], strength, bath, weighted(COHERENT, start), 6, 6, 60)))
    }
    return errors
  }

  it('falls as λ³ with the memory that follows the levels', async () => {
    const errors = await errorsOf('kernel')
    const orders = errors.slice(1).map((error, i) => Math.log2(errors[i] / error))
    expect(Math.min(...orders), `${errors} → ${orders}`).toBeGreaterThan(2.8)
  })

  it("falls as λ² only with the memory of today's energies, a term of second order being wrong", async () => {
    const errors = await errorsOf('from-start')
    const orders = errors.slice(1).map((error, i) => Math.log2(errors[i] / error))
    expect(Math.max(...orders), `${errors} → ${orders}`).toBeLessThan(2.3)
  })
})

describe('[Eq. 14] small, frequent quenches, ε_1 = 1.00 ↔ 1.05 every 5 time units', () => {
  it('hardly trouble the kernel, while memory that restarts at each freezes the decay', async () => {
    // Rates as of 400 and 600 levels at λ = 3e-3, with fewer of them: a mean over realisations makes up for it.
    const volumes = [30, 45] as const
    const strength = 3e-3 * Math.sqrt(1000 / 75)
    const excited = Array.from({ length: 12 }, (_, s) => (s % 2 === 0 ? 1 : 1.05))
    const seeds = [1, 2]
    const exact = seeds.map((seed) => spinTrain(twoWindows(seed, volumes, 0.5, [0, 1]), strength, excited, 5).map(([, , p]) => p))
    const mean = exact[0].map((_, s) => exact.reduce((sum, each) => sum + each[s], 0) / seeds.length)
    const drive = driveOf(excited.map((level, s) => ({ to: 5 * (s + 1), energies: [0, level], strengths: [strength] })))
    const errorOf = async (memory: MemoryChoice): Promise<number> => {
      const problem = flatProblem(windowsOnly([0, 1], 0.5, volumes), strength, grid(60, 12), { drive })
      const run = orThrow(await solve(problem, finiteTimeRedfield({ rates: flatRates(), memory })))
      const populations = rightSided(run, run.populations!, 4)
      return Math.max(...mean.map((value, s) => Math.abs(populations[(s + 1) * 4 + 2] - value)))
    }
    expect(await errorOf('kernel')).toBeLessThan(0.04)
    expect(await errorOf('restarted')).toBeGreaterThan(0.13)
  })
})
