import { describe, expect, it } from 'vitest'
import type { Problem, RateModel } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { expectHeard } from '../../../../test/fixtures/hearing.js'
import { driveOf } from '../fixtures/drives.js'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'

const WINDOWS = 200

/** The most rows that are asked for in one go, and the one that is asked both ways. */
const ROWS = 8192 + 1

const bath = windowsOnly(Array.from({ length: WINDOWS }, (_, i) => i / 2), 0.5, Array.from({ length: WINDOWS }, () => 50))
const coherent = flatProblem(bath, 0.01, [0, 1], { window: 100, system: matrix(2, [0.5, 0.5, 0.5, 0.5]) })
const driven: Problem = { ...coherent, drive: driveOf([{ to: 1, energies: (t) => [0, 1 + 0.1 * t], strengths: [0.01] }]) }

describe('a signal is heard while a run is prepared', () => {
  // Mutants: pairs of windows asked for in one go; parts without a turn for others; a signal that is not handed on.
  for (const [what, method, problem] of [
    ['finite-time-redfield', (rates: RateModel) => finiteTimeRedfield({ rates }), coherent],
    ['finite-time-secular', (rates: RateModel) => finiteTimeSecular({ rates }), driven],
  ] as const) {
    it(`${what}: between the pairs of windows that a rate model is asked for`, async () => {
      const { rows } = await expectHeard(method, flatRates(), problem, ROWS)
      expect(rows).toBeGreaterThan(WINDOWS * WINDOWS)
    })
  }
})
