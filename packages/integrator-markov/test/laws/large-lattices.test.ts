import { orThrow } from '@mesobath/contracts'
import type { Host, Problem } from '@mesobath/contracts'
import { nodeThreads } from '@mesobath/backend-node'
import { populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { markov } from '@mesobath/integrator-markov'
import { uniformisation } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'
import { attach, makeProblem, matrix, spinCoupling, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

const flat = toyRates(() => ({ re: [1], im: [0] }))

/** A spin between baths of `count` windows, slopes of S_mic apart; each starts in one window, or spread evenly. */
const spinBetween = (counts: readonly number[], microcanonical: boolean, times: readonly number[], gap = 1): Problem => makeProblem([0, gap],
  counts.map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, e) => e), width: 1, logVolumes: Array.from({ length: count }, (_, e) => 0.05 * (axis + 1) * e) }),
    0.3, [spinCoupling])),
  {
    kind: 'product', system: { rows: 2, columns: 2, re: Float64Array.of(0.25, 0, 0, 0.75), im: null },
    baths: counts.map((count) => ({
      kind: 'windows', probabilities: Float64Array.from({ length: count }, (_, e) => (microcanonical ? (e === Math.floor(count / 2) ? 1 : 0) : 1 / count)),
    })),
  }, times)

const far = (a: Readonly<Float64Array>, b: Readonly<Float64Array>): number => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)

describe('large lattices', () => {
  it('give the same bits for one thread and two, within the tolerance of each other whatever the series', async () => {
    const problem = spinBetween([40, 31, 23], false, [0, 3, 40])
    const runs: Readonly<Float64Array>[] = []
    for (const host of [{}, { threads: nodeThreads(2) }] satisfies Host[]) {
      runs.push(orThrow(await solve(problem, markov({ rates: flat }), { host, save: 'populations', tolerance: 1e-9 })).populations!)
    }
    expect(runs[0]!.every((x, i) => x === runs[1]![i])).toBe(true)
    const finer = orThrow(await solve({ ...problem, times: Float64Array.from({ length: 81 }, (_, i) => i / 2) }, markov({ rates: flat }),
      { save: 'populations', tolerance: 1e-12 })).populations!
    expect(far(runs[0]!.subarray(-57040), finer.subarray(-57040))).toBeLessThan(1e-9)
  })

  it('keep only what the start can reach, say so, and lose nothing by it', async () => {
    const times = [0, 2, 30]
    const few = spinBetween([12, 11, 10], true, times)
    const run = orThrow(await solve(few, markov({ rates: flat }), { save: 'populations' }))
    const path = run.validity.find(({ code }) => code === 'integrator-markov/path')!
    const kept = Number(/of 2640 joint states the (\d+) that the start can reach/.exec(path.message)![1])
    expect(kept).toBeLessThan(600)
    const estimate = orThrow(markov({ rates: flat }).estimate(few, {}))
    expect(estimate.reachedStates).toBe(kept)
    // The same start, with a probability of 1e-15 everywhere else: then the whole lattice is kept.
    const spread = (Float64Array.from({ length: 12 }, (_, e) => (e === 6 ? 1 - 11e-15 : 1e-15)))
    const whole = spinBetween([12, 11, 10], true, times)
    const everywhere = { ...whole, initial: { ...whole.initial, baths: [{ kind: 'windows' as const, probabilities: spread }, ...(whole.initial.kind === 'product' ? whole.initial.baths.slice(1).map((state) => {
      const probabilities = state.kind === 'windows' ? state.probabilities : Float64Array.of()
      return { kind: 'windows' as const, probabilities: probabilities.map((p) => (p === 1 ? 1 - (probabilities.length - 1) * 1e-15 : 1e-15)) }
    }) : [])] } } as Problem
    const other = orThrow(await solve(everywhere, markov({ rates: flat }), { save: 'populations' }))
    expect(other.validity.find(({ code }) => code === 'integrator-markov/path')!.message).not.toContain('can reach')
    expect(far(run.populations!, other.populations!)).toBeLessThan(1e-10)
    expect(far(run.populationRates!, other.populationRates!)).toBeLessThan(1e-10)
  })

  it('[Eq. 32] conserve P(E_tot) to rounding through both series, however long the steps', async () => {
    for (const microcanonical of [true, false]) {
      const problem = spinBetween([9, 8, 7], microcanonical, [0, 0.1, 5, 1e6])
      const run = orThrow(await solve(problem, markov({ rates: flat }), { save: 'populations' }))
      const size = 504
      const shellOf = (i: number): number => Math.floor(i / size) + Math.floor(i / 56) % 9 + Math.floor(i / 7) % 8 + i % 7
      const sums = [0, 1, 2, 3].map((t) => {
        const shells = new Float64Array(32)
        for (let i = 0; i < 2 * size; i += 1) shells[shellOf(i)]! += run.populations![t * 2 * size + i]!
        return shells
      })
      for (const shells of sums) expect(far(shells, sums[0]!)).toBeLessThan(1e-14)
      expect(run.populations!.every((p) => p >= 0)).toBe(true)
    }
  })

  it('keep the tolerance where volumes differ by e^87 and a symmetrised series would lose every digit', async () => {
    const counts = [30, 30]
    const base = spinBetween(counts, false, [0, 20, 3000])
    const problem: Problem = {
      ...base,
      baths: base.baths.map((each, axis) => ({
        ...each, bath: toyBath({ energies: Array.from({ length: 30 }, (_, e) => e), width: 1, logVolumes: Array.from({ length: 30 }, (_, e) => (axis === 0 ? 3 : 0) * e) }),
      })),
      initial: {
        kind: 'product', system: matrix([[0, 0], [0, 1]]),
        baths: [0, 29].map((full) => ({ kind: 'windows', probabilities: Float64Array.from({ length: 30 }, (_, e) => (e === full ? 1 : 0)) })),
      },
    }
    const tolerance = 1e-10
    const run = orThrow(await solve(problem, markov({ rates: flat }), { save: 'populations', tolerance }))
    const baths = orThrow(prepareBaths(problem, flat))
    const generator = orThrow(populationGenerator(windowLattice(problem), baths, problem.energies, Float64Array.of(0.3, 0.3)))
    const propagator = uniformisation(generator, generator.exitRateBound)
    const p = run.populations!.slice(0, 1800)
    for (const [i, span] of [20, 2980].entries()) {
      propagator.advance(p, span, 1e-13)
      expect(far(p, run.populations!.subarray((i + 1) * 1800, (i + 2) * 1800))).toBeLessThan(tolerance)
    }
    expect(p[900 + 29]).toBeLessThan(1e-3)
  })

  it('are refused before anything is computed where memory is short, with the figure of what can be reached', async () => {
    const problem = spinBetween([400, 400, 400], true, [0, 1])
    const outcome = await solve(problem, markov({ rates: { ...flat, correlate: () => { throw new Error('plug-in code before the estimate') } } }),
      { host: { memoryLimit: 2 ** 28 }, save: 'nothing' })
    expect(outcome._tag).toBe('Left')
    if (outcome._tag !== 'Left') return
    expect(outcome.left.map(({ code }) => code)).toEqual(['solve/memory'])
    const [, reached] = /128000000 joint states, of which (\d+) can be reached/.exec(outcome.left[0].message)!
    expect(Number(reached)).toBeGreaterThan(1e5)
    expect(Number(reached)).toBeLessThan(1e6)
  })

  it('are estimated at no less than what they take', () => {
    const full = orThrow(markov({ rates: flat }).estimate(spinBetween([100, 100, 100], false, [0, 1]), {}))
    expect(full.reachedStates).toBeUndefined()
    expect(full.bytes).toBeGreaterThan(8 * 8 * 2e6)
    expect(full.bytes).toBeLessThan(13 * 8 * 2e6)
    const shell = orThrow(markov({ rates: flat }).estimate(spinBetween([100, 100, 100], true, [0, 1]), {}))
    expect(shell.reachedStates).toBeLessThan(4e4)
    expect(shell.bytes).toBeLessThan(0.6 * full.bytes)
  })
})
