import { describe, expect, it } from 'vitest'
import { CONTRACT, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, ComplexMatrix, Drive, Host, Outcome, Problem, RateModel } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve, start } from '@mesobath/solve'
import { driveOf } from '../fixtures/drives.js'
import { explicitProblem, grid, termwiseRates } from '../fixtures/explicit-problem.js'
import { EXCITED, flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { genericBath } from '../oracles/explicit-bath.js'

const messages = (outcome: Outcome<unknown>): string => outcome._tag === 'Left' ? outcome.left.map((each) => `${each.code}: ${each.message}`).join('\n') : ''
const spin = (changes: Partial<Problem> & { system?: ComplexMatrix } = {}): Problem => flatProblem(windowsOnly([0, 1], 0.5, [40, 60]), 0.01, [0, 5, 10], changes)
const sum = (values: ArrayLike<number>, from: number, to: number): number => Array.from(values).slice(from, to).reduce((a, b) => a + b, 0)

const smooth = (energy: (time: number) => number, strength: (time: number) => number = () => 0.01): Drive => ({
  recipe: null,
  segments: (from, to) => [{ from, to, constant: false, energies: (t, out) => out.set([0, energy(t)]), strengths: (t, out) => out.fill(strength(t)) }],
})
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

    it('refuses a smooth segment with a jump inside, or with values that are none, before the run', async () => {
      const refused = async (drive: Drive): Promise<string> => messages(await solve(spin({ drive }), algorithm))
      expect(await refused(smooth((t) => (t < 3.3 ? 1 : 1.5)))).toMatch(/integrator-redfield\/drive: `drive` must be smooth .* near 3\.3/)
      expect(await refused(smooth((t) => (t > 4 && t < 5 ? Number.NaN : 1)))).toMatch(/integrator-redfield\/drive: .* gives NaN for energy 1 at 4/)
      expect(await refused(smooth(() => 1, (t) => 0.01 * (t - 5) ** 2 - 1e-3))).toMatch(/integrator-redfield\/drive: .* not negative, but gives -.* for strength 0/)
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
      let breaths = -Infinity
      const host: Host = { breathe: async () => { breaths += 1; if (breaths === 3) signal.aborted = true } }
      const onProgress = (): void => { breaths = 0 }
      const windows = Array.from({ length: 41 }, (_, i) => i / 2)
      const system = matrix(2, [0.5, 0.5, 0.5, 0.5])
      const problem = flatProblem(windowsOnly(windows, 0.5, windows.map(() => 50)), 0.01, [0, 1e5], { window: 20, system })
      const run = orThrow(await solve(problem, algorithm, { host, signal, onProgress }))
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

describe('finite-time-redfield: memory', () => {
  it('is an option that the recipe carries, the whole kernel unless told', () => {
    const rates = { ...flatRates(), recipe: { a: 1 } }
    expect(finiteTimeRedfield({ rates }).recipe).toEqual({ name: 'finite-time-redfield', rates: { model: 'flat', a: 1 }, memory: 'kernel' })
    expect(finiteTimeRedfield({ rates, memory: 'restarted' }).recipe).toMatchObject({ memory: 'restarted' })
  })

  it('refuses a choice that is none', async () => {
    const found = messages(await solve(spin(), finiteTimeRedfield({ rates: flatRates(), memory: 'none' as 'kernel' })))
    expect(found).toMatch(/integrator-redfield\/memory-choice: `algorithm\.memory` must be one of 'kernel', 'restarted', 'from-start', but is "none"/)
  })

  it('is one and the same where nothing is driven', async () => {
    const runs = await Promise.all((['kernel', 'restarted', 'from-start'] as const).map(async (memory) =>
      orThrow(await solve(spin(), finiteTimeRedfield({ rates: flatRates(), memory })))))
    expect(runs[1].populations).toEqual(runs[0].populations)
    expect(runs[2].populations).toEqual(runs[0].populations)
  })

  it('that restarts does so at a quench and not at a bend, nor at a stop without a jump', async () => {
    const run = async (memory: 'kernel' | 'restarted', kick: number) => orThrow(await solve(spin({
      drive: driveOf([
        { to: 2, energies: [0, 1], strengths: [0.02] },
        { to: 4, energies: (t) => [0, 1 + kick + 0.1 * (t - 2)], strengths: [0.02] },
        { to: 5, energies: [0, 1 + kick + 0.1 * 2], strengths: [0.02] },
        { to: 20, energies: [0, 1 + kick + 0.1 * 2], strengths: [0.02] },
      ]),
    }), finiteTimeRedfield({ rates: flatRates(), memory }))).populations!.at(-2)!
    expect(Math.abs(await run('restarted', 0) - await run('kernel', 0))).toBeLessThan(1e-10)
    expect(Math.abs(await run('restarted', 0.1) - await run('kernel', 0.1))).toBeGreaterThan(1e-4)
  })
})

describe('what a frame promises', () => {
  const promised = async (algorithm: Algorithm, changes: Partial<Problem> = {}) => orThrow(await solve(spin(changes), algorithm)).frame.guarantees
  const [full, secular] = [finiteTimeRedfield({ rates: flatRates() }), finiteTimeSecular({ rates: flatRates() })]

  it('even windows always; rates without sign of the secular equation only', async () => {
    expect(await promised(full)).toEqual(['even-windows', 'populations-close'])
    expect(await promised(secular)).toEqual(['even-windows', 'non-negative-rates', 'populations-close'])
  })

  it('populations that close where no coherence feeds them', async () => {
    const tied = (re: readonly number[], means = [0, 0]) => ({
      baths: [{ label: 'bath', strength: 0.01, systemCouplings: [matrix(2, re)], bath: windowsOnly([0, 1], 0.5, [40, 60], 1, [means]) }],
    })
    expect(await promised(full, tied([1, 1, 1, 0]))).not.toContain('populations-close')
    expect(await promised(full, tied([0, 1, 1, 0], [0.1, 0]))).not.toContain('populations-close')
    expect(await promised(full, tied([1, 0, 0, -1], [0.1, 0]))).toContain('populations-close')
    expect(await promised(secular, tied([1, 1, 1, 0]))).toContain('populations-close')
    expect(await promised(secular, { energies: Float64Array.of(1, 1) })).not.toContain('populations-close')
  })

  it('under a smooth drive only where levels stay apart, a crossing excepted', async () => {
    expect(await promised(secular, { drive: smooth((t) => 1 - 0.3 * t) })).toContain('populations-close')
    expect(await promised(secular, { drive: driveOf([{ to: 20, energies: (t) => [0.1 * t, 0.1 * t], strengths: [0.01] }]) })).not.toContain('populations-close')
  })
})

describe('smooth segments', () => {
  for (const method of [finiteTimeRedfield, finiteTimeSecular]) {
    it(`${method({ rates: flatRates() }).name}: a short pulse inside a long one is found`, async () => {
      const [centre, width, height] = [7.31, 0.05, 0.8]
      const system = matrix(2, [0.5, 0.5, 0.5, 0.5])
      const free = smooth((t) => 1 + height * Math.exp(-(((t - centre) / width) ** 2)), () => 0)
      const run = orThrow(await solve(spin({ drive: free, times: Float64Array.of(0, 20), system }), method({ rates: flatRates() })))
      const whole = 20 + height * width * Math.sqrt(Math.PI)
      expect(Math.abs(run.conditionalStates!.re.at(-7)! - 0.5 * Math.cos(whole))).toBeLessThan(1e-10)
    })

    it(`${method({ rates: flatRates() }).name}: an estimate knows what they cost`, () => {
      const algorithm = method({ rates: flatRates() })
      const cost = (drive: Drive | null) => orThrow(algorithm.estimate(spin({ drive, times: Float64Array.of(0, 1000) }), {}))
      expect(cost(smooth((t) => 1 + 0.1 * Math.sin(t))).bytes).toBeGreaterThan(cost(null).bytes)
      expect(cost(smooth((t) => 1 + 0.1 * Math.sin(t))).operations).toBeGreaterThan(cost(null).operations)
    })
  }

  it('are followed to a tolerance that falls with the one asked for', async () => {
    const drive = smooth((t) => 1 + 0.4 * Math.sin(2 * t) + 0.2 * Math.tanh(5 * (t - 4)), (t) => 0.03 + 0.01 * Math.cos(t))
    const at = async (tolerance: number) => orThrow(await solve(spin({ drive }), finiteTimeRedfield({ rates: flatRates() }), { tolerance })).populations!
    const truth = await at(1e-13)
    for (const tolerance of [1e-6, 1e-8, 1e-10]) {
      const found = await at(tolerance)
      expect(Math.max(...found.map((value, i) => Math.abs(value - truth[i])))).toBeLessThan(tolerance)
    }
  })
})

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
