import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { explicitProblem, grid, largestDifference, termwiseRates } from '../fixtures/explicit-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { denseRedfield, redfieldProblem, weighted } from '../oracles/dense-redfield.js'
import { genericBath } from '../oracles/explicit-bath.js'

/** Ten times what the oracle's fixed Runge-Kutta step of 1/30 and its three-point quadrature leave between the two (3e-10). */
const ORACLE_ERROR = 3e-9

const COHERENT = fromEntries(3, (k, q) => [[0.5, 0.2, 0.05, 0.2, 0.3, -0.1, 0.05, -0.1, 0.2][3 * k + q], [0, 0.1, -0.02, -0.1, 0, 0.05, 0.02, -0.05, 0][3 * k + q]])
const FIRST = fromEntries(3, (k, q) => [[0.1, 1, 0.3, 1, -0.2, 0.7, 0.3, 0.7, 0.4][3 * k + q], 0])
const SECOND = fromEntries(3, (k, q) => [[0, 0.2, 0, 0.2, 0, 0.1, 0, 0.1, 0][3 * k + q], [0, -0.8, 0.5, 0.8, 0, -0.3, -0.5, 0.3, 0][3 * k + q]])

describe('[Eq. 14] a three-level system with two couplings', () => {
  const bath = genericBath(7, [2, 3, 4], 0.7, 2)
  for (const [name, energies] of [['generic levels', [0, 0.55, 1.37]], ['degenerate levels', [0, 0.6, 0.6]]] as const) {
    it(`equals a dense textbook implementation: ${name}`, async () => {
      const weights = [0.2, 0.5, 0.3]
      const problem = explicitProblem(energies, [FIRST, SECOND], 0.12, bath, COHERENT, weights, grid(4, 4))
      const run = orThrow(await solve(problem, finiteTimeRedfield({ rates: termwiseRates(bath) })))
      expect(run.status).toBe('ok')
      const oracle = denseRedfield(redfieldProblem(energies, [FIRST, SECOND], 0.12, bath), weighted(COHERENT, weights), 4, 120, 30)
      const moved = largestDifference(run.conditionalStates!, oracle.map(() => oracle[0]))
      expect(moved).toBeGreaterThan(0.05)
      expect(largestDifference(run.conditionalStates!, oracle)).toBeLessThan(ORACLE_ERROR)
    })
  }
})
