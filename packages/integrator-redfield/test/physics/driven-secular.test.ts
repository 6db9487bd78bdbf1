import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Drive, Problem, Trajectory } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { driveOf } from '../fixtures/drives.js'
import { grid } from '../fixtures/explicit-problem.js'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { drivenPopulations } from '../oracles/driven-rates.js'

/** Two integrations of one equation with other steps: each is within the tolerance of 1e-10 of the truth. */
const SAME = 1e-9
/** The oracle's weights have kinks in time, at which its fixed step falls to second order. */
const ORACLE_ERROR = 1e-6

const CENTRES = [0, 0.5, 1, 1.5, 2]
const VOLUMES = [20, 40, 50, 30, 10]
const STRENGTH = 0.03
const energies = (t: number): readonly number[] => [0.1 * Math.sin(t), 0.8 + 0.5 * Math.sin(0.9 * t), 1.6]
const drive: Drive = driveOf([{ to: 20, energies, strengths: (t) => [STRENGTH * (1 + 0.2 * Math.cos(t))] }])
const COUPLING = matrix(3, [0.2, 1, 0.1, 1, 0, 0.6, 0.1, 0.6, -0.3])
const WEIGHTS = [0.1, 0.3, 0.3, 0.2, 0.1]
const DIAGONAL = matrix(3, [0.5, 0, 0, 0, 0.3, 0, 0, 0, 0.2])
const COHERENT = matrix(3, [0.5, 0.2, 0.05, 0.2, 0.3, -0.1, 0.05, -0.1, 0.2], [0, 0.1, -0.02, -0.1, 0, 0.05, 0.02, -0.05, 0])

const problemOf = (system = DIAGONAL, times: ArrayLike<number> = [0, 10], changes: Partial<Problem> = {}): Problem => ({
  ...flatProblem(windowsOnly(CENTRES, 0.5, VOLUMES), STRENGTH, times, { systemCouplings: [COUPLING], system }),
  energies: Float64Array.of(0, 0.8, 1.6),
  initial: { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(WEIGHTS) }] },
  drive, ...changes,
})
const secular = finiteTimeSecular({ rates: flatRates() })
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error('lengths differ')
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0)
}

describe('[Eq. 45] the secular equation under a smooth drive', () => {
  it('has the rates of the moment, shared between windows by triangular weights, times ζ(t)', async () => {
    const run = orThrow(await solve(problemOf(), secular))
    const start = [0.5, 0.3, 0.2].flatMap((p) => WEIGHTS.map((w) => p * w))
    const oracle = drivenPopulations({
      energies, strength: (t) => STRENGTH * (1 + 0.2 * Math.cos(t)), centres: CENTRES, volumes: VOLUMES, width: 0.5,
      squared: [0, 1, 2].map((k) => [0, 1, 2].map((q) => COUPLING.re[3 * k + q] ** 2)),
    }, start, 10, 2000)
    expect(largest(run.populations!.slice(-15), oracle)).toBeLessThan(ORACLE_ERROR)
    expect(largest(run.populations!.slice(-15), start)).toBeGreaterThan(0.02)
  })

  it('gives the same probabilities by the path of all of ρ_S(E)', async () => {
    const plain = orThrow(await solve(problemOf(), secular))
    const full = orThrow(await solve(problemOf(COHERENT), secular))
    expect(full.validity.find(({ code }) => code === 'integrator-redfield/path')!.value).toBe(1)
    expect(plain.validity.find(({ code }) => code === 'integrator-redfield/path')!.value).toBe(0)
    expect(largest(full.populations!, plain.populations!)).toBeLessThan(SAME)
  })

  it('keeps every probability in [0, 1] and their sum', async () => {
    const run = orThrow(await solve(problemOf(DIAGONAL, grid(20, 40)), secular))
    for (let t = 0; t < run.times.length; t++) {
      const p = run.populations!.slice(15 * t, 15 * t + 15)
      expect(Math.min(...p)).toBeGreaterThan(0)
      expect(Math.abs(p.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThan(1e-13)
    }
  })
})

const MEANS = [[0.3, -0.2, 0.1, 0.5, 0.2], [0.1, 0.1, -0.4, 0, 0.3]]
const MOMENT = (a: number, b: number, to: number, from: number): readonly [number, number] =>
  a === b ? [1 + 0.2 * a + 0.1 * (to - from), 0] : [0.3, a < b ? 0.2 : -0.2]
const SECOND = matrix(3, [0, 0.3, 0, 0.3, 0, 0.2, 0, 0.2, 0], [0, -0.5, 0.4, 0.5, 0, -0.2, -0.4, 0.2, 0])

describe('a smooth segment along which nothing moves is a constant one', () => {
  const rates = flatRates(MOMENT)
  const algorithms = [
    finiteTimeSecular({ rates }), finiteTimeRedfield({ rates }), finiteTimeRedfield({ rates, memory: 'restarted' }), finiteTimeRedfield({ rates, memory: 'from-start' }),
  ]
  for (const algorithm of algorithms) {
    const option = JSON.stringify(algorithm.name)
    for (const [name, levels] of [['generic', [0, 0.83, 1.9]], ['degenerate', [0, 0.8, 0.8]], ['equal gaps', [0, 0.8, 1.6]]] as const) {
      it(`${option} ${algorithms.indexOf(algorithm)}: ${name} levels, two couplings, complex κ, means, coherences`, async () => {
        const problem = (constant: boolean): Problem => ({
          ...problemOf(COHERENT, [0, 3, 9]),
          baths: [{ label: 'bath', strength: STRENGTH, systemCouplings: [COUPLING, SECOND], bath: windowsOnly(CENTRES, 0.5, VOLUMES, 2, MEANS) }],
          drive: driveOf([{ to: 20, energies: constant ? levels : () => levels, strengths: [STRENGTH] }]),
        })
        const still = orThrow(await solve(problem(true), algorithm))
        const moving = orThrow(await solve(problem(false), algorithm))
        expect(largest(moving.conditionalStates!.re, still.conditionalStates!.re)).toBeLessThan(SAME)
        expect(largest(moving.conditionalStates!.im!, still.conditionalStates!.im!)).toBeLessThan(SAME)
        expect(largest(moving.populationRates!, still.populationRates!)).toBeLessThan(SAME)
        expect(moving.scalars['work']!.every((value) => value === 0)).toBe(true)
      })
    }
  }
})

describe('rates are continuous in time where ω passes from window to window', () => {
  // ω sweeps 0.3 … 2.3 at unit speed: past the centres and edges of all windows.
  const sweep = driveOf([{ to: 2, energies: (t) => [0, 0.3 + t], strengths: [STRENGTH] }])
  const jumpOf = (run: Trajectory): number => {
    let worst = 0
    for (let t = 1; t < run.times.length; t++) {
      for (let i = 0; i < 10; i++) worst = Math.max(worst, Math.abs(run.populationRates![t * 10 + i] - run.populationRates![(t - 1) * 10 + i]))
    }
    return worst
  }
  const problem = (count: number): Problem => ({
    ...flatProblem(windowsOnly(CENTRES, 0.5, VOLUMES), STRENGTH, grid(2, count), { drive: sweep, window: 1 }),
  })
  for (const method of [finiteTimeSecular, finiteTimeRedfield]) {
    it(method({ rates: flatRates() }).name, async () => {
      const coarse = jumpOf(orThrow(await solve(problem(250), method({ rates: flatRates() }))))
      const fine = jumpOf(orThrow(await solve(problem(1000), method({ rates: flatRates() }))))
      expect(coarse / fine).toBeGreaterThan(3.5)
      expect(coarse / fine).toBeLessThan(4.5)
    })
  }
})

describe('the slowness of a drive', () => {
  it('is max|∂t ω|·2π/δ² so far, and doubted above 0.1', async () => {
    const ramp = (speed: number): Drive => driveOf([
      { to: 2, energies: [0, 1], strengths: [STRENGTH] },
      { to: 6, energies: (t) => [0.5 * t, 1 + (0.5 + speed) * (t - 2)], strengths: [STRENGTH] },
      { to: 20, energies: [0, 1], strengths: [STRENGTH] },
    ])
    for (const method of [finiteTimeSecular, finiteTimeRedfield]) {
      for (const [speed, verdict] of [[0.003, 'trust'], [0.01, 'doubt']] as const) {
        const problem = flatProblem(windowsOnly(CENTRES, 0.5, VOLUMES), STRENGTH, [0, 1, 4, 8], { drive: ramp(speed) })
        const run = orThrow(await solve(problem, method({ rates: flatRates() })))
        const slow = speed * 2 * Math.PI / 0.25
        const expected = [0, 0, 0, slow, slow, slow, slow, slow]
        expect(largest(run.scalars['slowness']!.slice(0, 2), [0, 0])).toBe(0)
        expect(Math.abs(run.scalars['slowness']!.at(-1)! - slow)).toBeLessThan(1e-12)
        expect(run.scalars['slowness']!).toHaveLength(expected.length)
        const finding = run.validity.find(({ code }) => code === 'integrator-redfield/slowness')!
        expect(finding.verdict).toBe(verdict)
        expect(finding.bound).toBe(0.1)
        expect(Math.abs(finding.value - slow)).toBeLessThan(1e-12)
      }
    }
  })
})
