import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Algorithm, Drive, Problem, Trajectory } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { driveOf } from '../fixtures/drives.js'
import type { Stretch } from '../fixtures/drives.js'
import { explicitProblem, grid, termwiseRates } from '../fixtures/explicit-problem.js'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { genericBath } from '../oracles/explicit-bath.js'

/** What the laws ask of the books. */
const CLOSED = 1e-10

const WINDOWS = [0, 0.5, 1, 1.5, 2]
const ladder = windowsOnly(WINDOWS, 0.5, [20, 40, 50, 30, 10], 1, [[0.2, -0.1, 0.3, 0, 0.1]])
const COHERENT = matrix(3, [0.5, 0.2, 0.05, 0.2, 0.3, -0.1, 0.05, -0.1, 0.2], [0, 0.1, -0.02, -0.1, 0, 0.05, 0.02, -0.05, 0])
const DIAGONAL = matrix(3, [0.5, 0, 0, 0, 0.3, 0, 0, 0, 0.2])
const COUPLING = matrix(3, [0.2, 1, 0.1, 1, 0, 0.6, 0.1, 0.6, -0.3], [0, 0.2, 0, -0.2, 0, 0.1, 0, -0.1, 0])

const STRETCHES: readonly Stretch[] = [
  { to: 3, energies: (t) => [0, 0.8 + 0.2 * t, 1.9], strengths: [0.01] },
  { to: 5, energies: [0.1, 1.4, 1.6], strengths: [0.015] },
  { to: 9, energies: (t) => [0.1 * Math.cos(t), 1 + 0.4 * Math.sin(1.7 * t), 2 - 0.3 * Math.sin(t) ** 2], strengths: (t) => [0.01 + 0.002 * Math.sin(t)] },
  { to: 20, energies: [0, 0.97, 1.8], strengths: [0.01] },
]

const problemOf = (drive: Drive | null, times: ArrayLike<number>, system = COHERENT, changes: Partial<Problem> = {}): Problem => ({
  ...flatProblem(ladder, 0.01, times, { systemCouplings: [COUPLING], system }),
  energies: Float64Array.of(0, 0.83, 1.9),
  initial: { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.3, 0.3, 0.2, 0.1) }] },
  drive, ...changes,
})

/** Σ(ε_k + E)p at each sample. */
const energyOf = (run: Trajectory, windows: readonly number[]): Float64Array => {
  const levels = run.frame.dimension
  const size = levels * windows.length
  return Float64Array.from({ length: run.times.length }, (_, t) => {
    let sum = 0
    for (let k = 0; k < levels; k++) {
      windows.forEach((energy, w) => { sum += (run.energies[t * levels + k] + energy) * run.populations![t * size + k * windows.length + w] })
    }
    return sum
  })
}

const residual = (run: Trajectory, windows: readonly number[]): number => {
  const energy = energyOf(run, windows)
  return Math.max(...energy.map((value, t) =>
    Math.abs(value - energy[0] - (run.scalars['work']![t] - run.scalars['work']![0]) - (run.scalars['coarseGrainingDefect']![t] - run.scalars['coarseGrainingDefect']![0]))))
}

const rates = flatRates()
const methods: readonly (readonly [string, Algorithm])[] = [
  ['finite-time-redfield', finiteTimeRedfield({ rates })],
  ['finite-time-redfield, restarted', finiteTimeRedfield({ rates, memory: 'restarted' })],
  ['finite-time-redfield, from start', finiteTimeRedfield({ rates, memory: 'from-start' })],
  ['finite-time-secular', finiteTimeSecular({ rates })],
]

describe('[Eq. 47] U(t) − U(0) = work + coarse-graining defect', () => {
  for (const [name, algorithm] of methods) {
    for (const [state, system] of [['coherent', COHERENT], ['diagonal', DIAGONAL]] as const) {
      it(`${name}: along ramps, quenches and sinusoids, ${state} state`, async () => {
        const run = orThrow(await solve(problemOf(driveOf(STRETCHES), grid(14, 7), system), algorithm))
        expect(residual(run, WINDOWS)).toBeLessThan(CLOSED)
        expect(Math.abs(run.scalars['work']!.at(-1)!)).toBeGreaterThan(0.02)
        expect(Math.abs(run.scalars['coarseGrainingDefect']!.at(-1)!)).toBeGreaterThan(1e-3)
      })
    }

    it(`${name}: in constant stretches no work is done, and on resonance nothing is lost`, async () => {
      const constant = orThrow(await solve(problemOf(null, grid(14, 3)), algorithm))
      expect(constant.scalars['work']!.every((value) => value === 0)).toBe(true)
      expect(constant.scalars['slowness']!.every((value) => value === 0)).toBe(true)
      expect(residual(constant, WINDOWS)).toBeLessThan(CLOSED)
      const spin = orThrow(await solve(flatProblem(windowsOnly([0, 1], 0.5, [40, 60]), 0.01, grid(20, 4)), algorithm))
      expect(Math.max(...spin.scalars['coarseGrainingDefect']!.map(Math.abs))).toBeLessThan(1e-14)
    })

    it(`${name}: the work of halves adds up, also where they meet at a quench`, async () => {
      const drive = driveOf(STRETCHES)
      const whole = orThrow(await solve(problemOf(drive, [0, 2, 5, 7, 12]), algorithm))
      for (const at of [2, 5, 7]) {
        const first = orThrow(await solve(problemOf(drive, [0, at]), algorithm))
        const second = orThrow(await solve(problemOf(drive, [at, 12], COHERENT, { initial: first.checkpoint! }), algorithm))
        for (const scalar of ['work', 'coarseGrainingDefect']) {
          expect(Math.abs(first.scalars[scalar]!.at(-1)! + second.scalars[scalar]!.at(-1)! - whole.scalars[scalar]!.at(-1)!), `${scalar} at ${at}`).toBeLessThan(1e-9)
        }
        const size = 5 * 9
        for (const plane of ['re', 'im'] as const) {
          const [a, b] = [second, whole].map((run) => run.conditionalStates![plane]!.slice(-size))
          expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]))), `states from ${at}`).toBeLessThan(1e-9)
        }
        // The run that ends at a stop has not made its jump; the run that begins there has, before anything else.
        const jump = second.scalars['work']![0]
        if (at === 5) expect(Math.abs(jump)).toBeGreaterThan(0.01)
        else expect(Math.abs(jump)).toBeLessThan(1e-14)
        expect(Math.abs(energyOf(second, WINDOWS)[0] - energyOf(first, WINDOWS).at(-1)! - jump)).toBeLessThan(1e-13)
      }
    })
  }

  it('with a line shape of its own, means and coherences', async () => {
    const bath = genericBath(7, [3, 4], 0.7, 1)
    const state = fromEntries(3, (k, q) => [COHERENT.re[3 * k + q], COHERENT.im![3 * k + q]])
    const coupling = fromEntries(3, (k, q) => [COUPLING.re[3 * k + q], COUPLING.im![3 * k + q]])
    const stretches = STRETCHES.map((each) => ({ ...each, strengths: [0.05] }))
    const problem = explicitProblem([0, 0.83, 1.9], [coupling], 0.05, bath, state, [0.4, 0.6], grid(12, 6), driveOf(stretches))
    const run = orThrow(await solve(problem, finiteTimeRedfield({ rates: termwiseRates(bath) })))
    expect(residual(run, bath.centres)).toBeLessThan(CLOSED)
    expect(Math.abs(run.scalars['coarseGrainingDefect']!.at(-1)!)).toBeGreaterThan(1e-3)
  })

  it('two baths of different widths under one smooth drive', async () => {
    const baths: Problem['baths'] = [
      { label: 'one', bath: ladder, strength: 0.01, systemCouplings: [COUPLING] },
      { label: 'other', bath: windowsOnly([0, 0.7], 0.4, [20, 40]), strength: 0.02, systemCouplings: [matrix(3, [0, 1, 0, 1, 0, 1, 0, 1, 0])] },
    ]
    const drive = driveOf([{ to: 10, energies: (t) => [0, 0.7 + 0.3 * Math.sin(t), 1.6], strengths: [0.01, 0.02] }])
    const initial: Problem['initial'] = {
      kind: 'product', system: DIAGONAL,
      baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.3, 0.3, 0.2, 0.1) }, { kind: 'windows', probabilities: Float64Array.of(0.7, 0.3) }],
    }
    const joint = WINDOWS.flatMap((a) => [0, 0.7].map((b) => a + b))
    for (const method of [finiteTimeRedfield, finiteTimeSecular]) {
      const run = orThrow(await solve(problemOf(drive, grid(10, 2), DIAGONAL, { baths, initial }), method({ rates })))
      expect(residual(run, joint)).toBeLessThan(CLOSED)
    }
  })
})

describe('pulses far shorter than the outputs and any step', () => {
  const pulses = fc.array(fc.tuple(fc.double({ min: 1e-6, max: 0.05, noNaN: true }), fc.double({ min: -0.5, max: 0.5, noNaN: true })), { minLength: 20, maxLength: 200 })
  const trains = fc.record({ pulses, smooth: fc.boolean() }).map(({ pulses: list, smooth }) => {
    let to = 0
    const stretches = list.map(([length, height], i): Stretch => {
      const from = to
      to += length
      const middle = (from + to) / 2
      return {
        to, strengths: [0.01],
        energies: smooth && i % 3 === 0
          ? (t) => [0, 1 + height * (1 - (2 * (t - middle) / length) ** 2), 1.9]
          : [0, 1 + height, 1.9],
      }
    })
    return { stretches: [...stretches, { to: to + 1, energies: [0, 1, 1.9], strengths: [0.01] }], end: to + 0.5, list }
  })

  for (const [name, algorithm] of methods) {
    it(`${name} loses none: the phase of a free coherence and the first law count each`, async () => {
      await fc.assert(fc.asyncProperty(trains, async ({ stretches, end, list }) => {
        const seen: number[] = []
        const drive = driveOf(stretches)
        const run = orThrow(await solve(problemOf(drive, [0, end]), algorithm, { observers: {
          counter: { begin: () => undefined, sample: ({ side, time }) => { if (side === 'before') seen.push(time) }, end: () => null },
        } }))
        expect(run.status).toBe('ok')
        expect(seen).toEqual(stretches.slice(0, list.length).map(({ to }) => to))
        expect(residual(run, WINDOWS)).toBeLessThan(CLOSED)
        const free = orThrow(await solve(problemOf(driveOf(stretches.map((each) => ({ ...each, strengths: [0] }))), [0, end]), algorithm))
        let phase = 0.5
        let last = 0
        stretches.slice(0, list.length).forEach(({ to, energies }, i) => {
          const length = to - last
          last = to
          phase += length * (typeof energies === 'function' ? 1 + 2 / 3 * list[i][1] : 1 + list[i][1])
        })
        const at = free.conditionalStates!.re.length - 5 * 9 + 1
        const [x, y] = [0.1 * 0.2, 0.1 * 0.1]
        expect(Math.abs(free.conditionalStates!.re[at] - (x * Math.cos(phase) - y * Math.sin(phase)))).toBeLessThan(1e-11)
      }), { numRuns: 4 })
    })
  }

  it('two thousand quenches of random lengths are two thousand stops', async () => {
    let to = 0
    const stretches = Array.from({ length: 2000 }, (_, i): Stretch => {
      to += 0.005 * (1 + Math.sin(i * i))+ 1e-5
      return { to, energies: [0, 1 + 0.3 * Math.sin(7 * i)], strengths: [0.02] }
    })
    const problem = flatProblem(windowsOnly([0, 1], 0.5, [20, 30]), 0.02, [0, to], { drive: driveOf(stretches) })
    const run = orThrow(await solve(problem, finiteTimeRedfield({ rates }), { tolerance: 1e-8 }))
    expect(run.times).toHaveLength(2 + 2 * 1999)
    expect(residual(run, [0, 1])).toBeLessThan(CLOSED)
  })
})
