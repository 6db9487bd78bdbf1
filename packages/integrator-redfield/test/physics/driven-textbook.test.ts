import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Drive, Problem, RateModel } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { driveOf, rightSided } from '../fixtures/drives.js'
import { explicitProblem, grid, largestDifference, termwiseRates } from '../fixtures/explicit-problem.js'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import type { Dense } from '../oracles/complex-dense.js'
import { redfieldProblem, weighted } from '../oracles/dense-redfield.js'
import type { RedfieldProblem } from '../oracles/dense-redfield.js'
import { drivenRedfield } from '../oracles/driven-redfield.js'
import type { OracleMemory, Piece } from '../oracles/driven-redfield.js'
import { genericBath } from '../oracles/explicit-bath.js'
import { flatCorrelation } from '../oracles/flat-window.js'

/** Three times what the oracle's fixed Runge-Kutta step of 1/15 leaves between the two (9e-9; 3e-9 at 1/20). */
const ORACLE_ERROR = 3e-8

const STEPS = 90
const END = 6
const STRENGTH = 0.1

/** A sinusoid, a ramp that meets it at a jump, a constant stretch after another jump that bends into a ramp; λ moves along the way. */
const PIECES: readonly Piece[] = [
  { from: 0, energies: (t) => [0, 0.9 + 0.3 * Math.sin(2.1 * t), 1.7], strength: (t) => STRENGTH * (1 + 0.3 * Math.cos(t)) },
  { from: 2, energies: (t) => [0.1 * t, 0.4 + 0.35 * t, 1.7 - 0.2 * t], strength: () => STRENGTH },
  { from: 4, energies: () => [0.2, 1.5, 1.1], strength: () => 0.8 * STRENGTH },
  { from: 5, energies: (t) => [0.2, 1.5 - 0.5 * (t - 5), 1.1], strength: (t) => STRENGTH * (0.8 + 0.1 * (t - 5)), quench: false },
]
const driveOfPieces = (levels: number): Drive => driveOf(PIECES.map(({ energies, strength }, i) => {
  const to = i + 1 < PIECES.length ? PIECES[i + 1].from : END
  return i === 2
    ? { to, energies: energies(4).slice(0, levels), strengths: [strength(4)] }
    : { to, energies: (t) => energies(t).slice(0, levels), strengths: (t) => [strength(t)] }
}))
const piecesOf = (levels: number): readonly Piece[] => PIECES.map((piece) => ({ ...piece, energies: (t) => piece.energies(t).slice(0, levels) }))

const differenceTo = async (
  problem: Problem, rates: RateModel, textbook: RedfieldProblem, start: readonly Dense[], memory: OracleMemory,
): Promise<readonly [number, number]> => {
  const levels = problem.energies.length
  const run = orThrow(await solve({ ...problem, drive: driveOfPieces(levels) }, finiteTimeRedfield({ rates, memory })))
  expect(run.status).toBe('ok')
  const oracle = drivenRedfield(textbook, piecesOf(levels), start, END, STEPS, STEPS / 6, memory)
  const block = start.length * levels * levels
  const states = { re: rightSided(run, run.conditionalStates!.re, block), im: rightSided(run, run.conditionalStates!.im!, block) }
  return [largestDifference(states, oracle), largestDifference(states, oracle.map(() => oracle[0]))]
}

const COHERENT = fromEntries(2, (k, q) => [[0.3, 0.25, 0.25, 0.7][2 * k + q], [0, 0.2, -0.2, 0][2 * k + q]])
const COUPLING = fromEntries(2, (k, q) => [[0.3, 1, 1, -0.5][2 * k + q], [0, 0.4, -0.4, 0][2 * k + q]])

describe('[Eq. 14] a driven system equals brute-force quadrature over its whole past', () => {
  for (const memory of ['kernel', 'restarted', 'from-start'] as const) {
    it(`flat windows, memory ${memory}`, async () => {
      const centres = [0, 0.8, 1.5]
      const volumes = [3, 5, 4]
      const bath = windowsOnly(centres, 0.6, volumes, 1, [[0.3, -0.2, 0.4]])
      const weights = [0.5, 0.3, 0.2]
      const problem: Problem = {
        ...flatProblem(bath, STRENGTH, grid(END, 6), { systemCouplings: [{ rows: 2, columns: 2, re: COUPLING.re, im: COUPLING.im }] }),
        initial: { kind: 'product', system: matrix(2, [...COHERENT.re], [...COHERENT.im]), baths: [{ kind: 'windows', probabilities: Float64Array.from(weights) }] },
      }
      const textbook: RedfieldProblem = {
        energies: [], couplings: [COUPLING], windows: 3, strength: 1, correlation: flatCorrelation(centres, volumes, 0.6),
        means: (_a, window) => [0.3, -0.2, 0.4][window],
      }
      const [error, moved] = await differenceTo(problem, flatRates(), textbook, weighted(COHERENT, weights), memory)
      expect(moved).toBeGreaterThan(0.05)
      expect(error).toBeLessThan(ORACLE_ERROR)
    })

    it(`line shapes of their own, two couplings, three levels, memory ${memory}`, async () => {
      const bath = genericBath(7, [2, 3], 0.7, 2)
      const state = fromEntries(3, (k, q) => [[0.5, 0.2, 0.05, 0.2, 0.3, -0.1, 0.05, -0.1, 0.2][3 * k + q], [0, 0.1, -0.02, -0.1, 0, 0.05, 0.02, -0.05, 0][3 * k + q]])
      const couplings = [
        fromEntries(3, (k, q) => [[0.1, 1, 0.3, 1, -0.2, 0.7, 0.3, 0.7, 0.4][3 * k + q], 0]),
        fromEntries(3, (k, q) => [[0, 0.2, 0, 0.2, 0, 0.1, 0, 0.1, 0][3 * k + q], [0, -0.8, 0.5, 0.8, 0, -0.3, -0.5, 0.3, 0][3 * k + q]]),
      ]
      const weights = [0.6, 0.4]
      const problem = explicitProblem([0, 0.9, 1.7], couplings, STRENGTH, bath, state, weights, grid(END, 6))
      const textbook = redfieldProblem([], couplings, 1, bath)
      const [error, moved] = await differenceTo(problem, termwiseRates(bath), textbook, weighted(state, weights), memory)
      expect(moved).toBeGreaterThan(0.05)
      expect(error).toBeLessThan(ORACLE_ERROR)
    })
  }
})
