import { describe, expect, it } from 'vitest'
import { CONTRACT, orThrow, succeed } from '@mesobath/contracts'
import type { Drive, Host, Outcome, Problem, RateModel } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve, start } from '@mesobath/solve'
import { explicitProblem, grid, termwiseRates } from '../fixtures/explicit-problem.js'
import { EXCITED, flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { genericBath } from '../oracles/explicit-bath.js'

const messages = (outcome: Outcome<unknown>): string => outcome._tag === 'Left' ? outcome.left.map((each) => `${each.code}: ${each.message}`).join('\n') : ''
const spin = (changes: Partial<Problem> = {}): Problem => flatProblem(windowsOnly([0, 1], 0.5, [40, 60]), 0.01, [0, 5, 10], changes)
const sum = (values: ArrayLike<number>, from: number, to: number): number => Array.from(values).slice(from, to).reduce((a, b) => a + b, 0)

const ramp: Drive = {
  recipe: null,
  segments: (from, to) => [{ from, to, constant: false, energies: (t, out) => out.set([0, t]), strengths: (_t, out) => out.fill(1) }],
}
const quench: Drive = {
  recipe: null,
  segments: (from, to) => [
    { from, to: 5, constant: true, energies: (_t, out) => out.set([0, 1]), strengths: (_t, out) => out.fill(0.05) },
    { from: 5, to, constant: true, energies: (_t, out) => out.set([0.5, 3]), strengths: (_t, out) => out.fill(0.05) },
  ],
}

for (const method of [finiteTimeRedfield, finiteTimeSecular]) {
  const algorithm = method({ rates: flatRates() })
  describe(algorithm.name, () => {
    it('says what it is', () => {
      expect(algorithm.contract).toBe(CONTRACT)
      expect(algorithm.package).toBe('@mesobath/integrator-redfield')
      expect(algorithm.citations[0].key).toBe('RieraCampeny2021')
      // The rate model of these tests holds functions.
      expect(algorithm.recipe).toBeNull()
      expect(method({ rates: { ...flatRates(), name: 'flat', recipe: { a: 1 } } }).recipe).toMatchObject({ name: algorithm.name })
    })

    it('gives the frame, with the rate model of every bath', async () => {
      const run = orThrow(await solve(spin(), algorithm))
      expect(run.frame.backend).toBe('none')
      expect(run.frame.algorithm.name).toBe(algorithm.name)
      expect(run.frame.rates.map((each) => each?.name)).toEqual(['flat'])
      expect(run.frame.baths[0].windows.logVolumes).toEqual(spin().baths[0].bath.windows.logVolumes)
    })

    it('refuses rates that have no correlation function at finite times, by name, with a way out', async () => {
      const found = messages(await solve(spin(), method({ rates: flatRates(undefined, false) })))
      expect(found).toMatch(/`rates\.bath` must have .* at finite times.* "flat" .*take the/)
      expect(found.split('\n')).toHaveLength(1)
    })

    it('refuses a drive that moves between its stops', async () => {
      expect(messages(await solve(spin({ drive: ramp }), algorithm))).toMatch(/integrator-redfield\/drive: `drive` must hold energies and strengths constant/)
    })

    it('does the work Σ Δε_k p_k at a quench and none between', async () => {
      const run = orThrow(await solve(spin({ drive: quench, times: Float64Array.of(0, 2, 5, 10) }), algorithm))
      expect(run.sides.join()).toBe('after,after,before,after,after')
      const p = run.populations!
      expect(Array.from(p.slice(8, 12))).toEqual(Array.from(p.slice(12, 16)))
      const jump = 0.5 * sum(p, 8, 10) + 2 * sum(p, 10, 12)
      expect(run.scalars['work']![2]).toBe(0)
      expect(run.scalars['work']![3]).toBeCloseTo(jump, 14)
      expect(run.scalars['work']![4]).toBe(run.scalars['work']![3])
    })

    it('hears a signal within a long advance', async () => {
      const signal = { aborted: false }
      let breaths = 0
      const host: Host = { breathe: async () => { breaths += 1; if (breaths === 3) signal.aborted = true } }
      const windows = Array.from({ length: 41 }, (_, i) => i / 2)
      const system = matrix(2, [0.5, 0.5, 0.5, 0.5])
      const problem = flatProblem(windowsOnly(windows, 0.5, windows.map(() => 50)), 0.01, [0, 1e5], { window: 20, system })
      const run = orThrow(await solve(problem, algorithm, { host, signal }))
      expect(run.status).toBe('cancelled')
      expect(run.times).toHaveLength(1)
      expect(breaths).toBe(3)
    })

    it('estimates more for more windows', () => {
      const cost = (count: number) => {
        const energies = Array.from({ length: count }, (_, i) => i)
        return orThrow(algorithm.estimate(flatProblem(windowsOnly(energies, 0.5, energies.map(() => 5)), 0.01, [0, 1]), {}))
      }
      expect(cost(20).jointStates).toBe(40)
      expect(cost(200).bytes).toBeGreaterThan(5 * cost(20).bytes)
      expect(cost(200).operations).toBeGreaterThan(5 * cost(20).operations)
    })

    it('runs to a state of a single time', async () => {
      const run = orThrow(await solve(spin({ times: Float64Array.of(3) }), algorithm))
      expect(run.populations).toEqual(Float64Array.of(0, 0, 1, 0))
    })

    it('does nothing at λ = 0 but turn phases', async () => {
      const system = matrix(2, [0.5, 0.5, 0.5, 0.5])
      const run = orThrow(await solve(flatProblem(windowsOnly([0, 1], 0.5, [40, 60], 1, [[1, 2]]), 0, [0, 7], { system }), algorithm))
      expect(run.conditionalStates!.re[8 + 1]).toBeCloseTo(0.5 * Math.cos(7), 13)
      expect(run.conditionalStates!.im![8 + 1]).toBeCloseTo(0.5 * Math.sin(7), 13)
    })
  })
}

describe('finite-time-redfield', () => {
  const bath = genericBath(2, [3, 3], 0.8, 1)
  const coupling = fromEntries(2, (k, q) => (k === q ? [0, 0] : [1, 0]))
  const system = fromEntries(2, (k, q) => (k === 1 && q === 1 ? [1, 0] : [0, 0]))
  const problem = explicitProblem([0, 1], [coupling], 0.01, bath, system, [1, 0], grid(5, 5))

  it('refuses a line shape of its own that comes without its transform', async () => {
    const rates: RateModel = {
      ...termwiseRates(bath),
      correlate: (model) => {
        const { lineShape, strength } = orThrow(termwiseRates(bath).correlate(model))
        return succeed({ lineShape, strength })
      },
    }
    expect(messages(await solve(problem, finiteTimeRedfield({ rates })))).toMatch(/integrator-redfield\/no-finite-time: .*"termwise" has none/)
  })

  it('refuses a table above the memory limit, before it is made', async () => {
    const rates = termwiseRates(bath)
    const long = { ...problem, times: Float64Array.of(0, 1e6) }
    const found = messages(await solve(long, finiteTimeRedfield({ rates }), { host: { memoryLimit: 20e6 } }))
    expect(found).toMatch(/integrator-redfield\/memory: the table .* must fit into 19\.1 MiB, but would take about \d+/)
  })

  it('refuses a segment that it did not see while preparing', async () => {
    const stepper = orThrow(await start(problem, finiteTimeRedfield({ rates: termwiseRates(bath) })))
    const entered = stepper.enter({ from: 0, to: 1, constant: true, energies: (_t, out) => out.set([0, 2]), strengths: (_t, out) => out.fill(0.01) })
    expect(messages(entered)).toMatch(/integrator-redfield\/drive: .* is new/)
    stepper.dispose()
  })

  it('refuses rates that overflow', async () => {
    const wide = { ...windowsOnly([0, 1], 0.5, [1, 1]), windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(0, 3000) } }
    const rates = flatRates(() => [1e-300, 0])
    expect(messages(await solve(flatProblem(wide, 0.01, [0, 1]), finiteTimeRedfield({ rates })))).toMatch(/rates-not-finite/)
  })

  it('always gives conditional states', async () => {
    const run = orThrow(await solve(spin(), finiteTimeRedfield({ rates: flatRates() })))
    expect(run.conditionalStates!.im).not.toBeNull()
  })

  it('doubts itself where a probability is negative, as a continued state may hand it over', async () => {
    const verdict = async (negative: number) => {
      const states = { re: Float64Array.of(0.5 + negative, 0, 0, 0.5, -negative, 0, 0, 0), im: null }
      const continued = spin({ times: Float64Array.of(1, 2), initial: { kind: 'conditional', states, memoryStart: 0 } })
      const run = orThrow(await solve(continued, finiteTimeRedfield({ rates: flatRates() })))
      const found = run.validity.find((each) => each.code === 'integrator-redfield/positivity')!
      expect(found.value).toBe(negative)
      return found.verdict
    }
    expect(await verdict(1e-4)).toBe('trust')
    expect(await verdict(3e-3)).toBe('doubt')
    expect(await verdict(0.05)).toBe('fails')
  })
})

describe('finite-time-secular', () => {
  it('refuses a line shape of its own, which has no common envelope', async () => {
    const bath = genericBath(2, [3, 3], 0.8, 1)
    const coupling = fromEntries(2, (k, q) => (k === q ? [0, 0] : [1, 0]))
    const problem = explicitProblem([0, 1], [coupling], 0.01, bath, { n: 2, re: EXCITED.re as Float64Array, im: new Float64Array(4) }, [1, 0], [0, 1])
    expect(messages(await solve(problem, finiteTimeSecular({ rates: termwiseRates(bath) })))).toMatch(/integrator-redfield\/no-envelope: .*take the random-matrix rates/)
  })

  it('moves populations only where it can, and says so', async () => {
    const path = async (problem: Problem) => {
      const run = orThrow(await solve(problem, finiteTimeSecular({ rates: flatRates() })))
      return run.validity.find((each) => each.code === 'integrator-redfield/path')!.value
    }
    expect(await path(spin())).toBe(0)
    expect(await path(flatProblem(windowsOnly([0, 1], 0.5, [40, 60]), 0.01, [0, 5], { system: matrix(2, [0.5, 0.5, 0.5, 0.5]) }))).toBe(1)
    expect(await path(spin({ energies: Float64Array.of(1, 1) }))).toBe(1)
  })
})
