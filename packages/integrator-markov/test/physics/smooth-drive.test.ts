import { orThrow } from '@mesobath/contracts'
import type { Problem, RateModel } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { describe, expect, it } from 'vitest'
import { firstLawResidual, levels } from '../helpers/books.js'
import { quenches, smooth } from '../helpers/drives.js'
import type { Protocol } from '../helpers/drives.js'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, spinCoupling, spinRates, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import type { Complex, Dense, OracleBath } from '../../../../test/oracles/dense-master-equation.js'
import { drivenRun } from '../oracles/driven-run.js'

const dense = (size: number, re: ArrayLike<number>, im: ArrayLike<number> | null): Dense =>
  Array.from({ length: size }, (_, r) => Array.from({ length: size }, (__, c): Complex => [re[r * size + c]!, im === null ? 0 : im[r * size + c]!]))

/** One bath of windows half a unit wide, one coupling, mean coupling included; the same for the library and for the oracle. */
const setUp = (energies: Protocol, strengths: Protocol, start: readonly (readonly (number | readonly [number, number])[])[], windows: number, times: readonly number[], kind = 'smooth') => {
  const uniform = parkMiller(11)
  const d = start.length
  const centres = Array.from({ length: windows }, (_, i) => i / 2)
  const volumes = [3, 7, 11, 6].slice(0, windows)
  const probabilities = [0.1, 0.2, 0.3, 0.4].slice(0, windows).map((p, _i, all) => p / all.reduce((sum, each) => sum + each, 0))
  const coupling = hermitian(d, uniform)
  const means = [centres.map(() => uniform())]
  const kappa = positiveKappa(1, windows, uniform)
  const system = matrix(start)
  const bath = toyBath({ energies: centres, width: 0.5, logVolumes: volumes.map(Math.log), means })
  const problem: Problem = {
    ...makeProblem(energies(0), [attach('bath', bath, 0.3, [coupling])],
      { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(probabilities) }] }, times),
    drive: kind === 'smooth' ? smooth([], energies, strengths) : null,
  }
  const oracle: OracleBath = {
    centres, width: 0.5, volumes, strength: 0.3, means, couplings: [dense(d, coupling.re, coupling.im)],
    kappa: (to, from) => {
      const { im, re } = kappa(Math.max(to, from), Math.min(to, from))
      return dense(1, re, to >= from ? im : im.map((x) => -x))
    },
  }
  const whole = dense(d, system.re, system.im)
  const states = probabilities.map((p) => whole.map((row) => row.map((z): Complex => [p * z[0], p * z[1]])))
  return { problem, oracle, states, centres, d, rates: toyRates(kappa) }
}

/** Both err by less: the library is asked for 1e-12, Runge's and Kutta's error is that of halving the step, checked once to be below. */
const AGREEMENT = 2e-10

const coherent2 = [[0.4, [0.2, 0.1]], [[0.2, -0.1], 0.6]] as const
const coherent3 = [[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]] as const
const diagonal3 = [[0.2, 0, 0], [0, 0.5, 0], [0, 0, 0.3]] as const
const strengths: Protocol = (t) => [0.5 + 0.2 * Math.sin(t)]

/** Title, start, windows, ε, ε̇, the times at which a frequency passes a kink of the line shape (multiples of ½). */
const cases: readonly (readonly [string, readonly (readonly (number | readonly [number, number])[])[], number, Protocol, Protocol, readonly number[]])[] = [
  ['a coherent pair inside one window', coherent2, 4, (t) => [0.1 * t, 0.55 + 0.3 * t], () => [0.1, 0.3], [0, 2]],
  ['a coherent pair on a curve', coherent2, 4, (t) => [0, 0.75 + 0.2 * Math.sin(2 * t)], (t) => [0, 0.4 * Math.cos(2 * t)], [0, 2]],
  ['equal gaps throughout, coherent', coherent3, 3, (t) => [0, 0.55 + 0.07 * t, 1.1 + 0.14 * t], () => [0, 0.07, 0.14], [0, 2]],
  ['a degenerate pair throughout', diagonal3, 3, (t) => [0, 0.55 + 0.2 * t, 0.55 + 0.2 * t], () => [0, 0.2, 0.2], [0, 2]],
  ['populations across window edges', diagonal3, 3, (t) => [0, 0.313 + 0.4 * t, 1.27 - 0.05 * t], () => [0, 0.4, -0.05], [0, (0.957 - 0.5) / 0.45, 0.187 / 0.4, 0.687 / 0.4, 2].sort((a, b) => a - b)],
]

describe('[Eq. 5] under a smooth drive', () => {
  it.each(cases)('agrees with a dense Runge-Kutta solution, work and defect too: %s', async (_title, start, windows, energies, rates, stops) => {
    const set = setUp(energies, strengths, start, windows, [0, 1.1, 2])
    const { samples } = await run(set.problem, markov({ rates: set.rates }), 1e-12)
    const expected = drivenRun([set.oracle], set.centres, set.states, stops, stops.length > 2 ? 80 : 240, energies, rates, strengths)
    const end = samples[samples.length - 1]!
    const { d } = set
    let moved = 0
    expected.states.forEach((state, e) => {
      for (let k = 0; k < d; k += 1) {
        expect(Math.abs(end.populations[k * windows + e]! - state[k]![k]![0])).toBeLessThan(AGREEMENT)
        moved = Math.max(moved, Math.abs(state[k]![k]![0] - set.states[e]![k]![k]![0]))
        for (let q = 0; q < d && end.conditional !== null; q += 1) {
          expect(Math.abs(end.conditional.re[(e * d + k) * d + q]! - state[k]![q]![0])).toBeLessThan(AGREEMENT)
          expect(Math.abs(end.conditional.im[(e * d + k) * d + q]! - state[k]![q]![1])).toBeLessThan(AGREEMENT)
        }
      }
    })
    expect(moved).toBeGreaterThan(0.01)
    expect(end.conditional === null).toBe(_title.startsWith('populations'))
    expect(Math.abs(end.scalars['work']! - expected.work)).toBeLessThan(AGREEMENT)
    expect(Math.abs(end.scalars['coarseGrainingDefect']! - expected.defect)).toBeLessThan(AGREEMENT)
    expect(Math.abs(expected.defect)).toBeGreaterThan(1e-5)
    expect(firstLawResidual(set.problem, samples)).toBeLessThan(1e-11)
  })

  it('is the limit of many small quenches, whose error falls with the square of their length', async () => {
    const energies: Protocol = (t) => [0, 0.3 + 0.4 * t, 1.5 - 0.2 * Math.sin(t)]
    const set = setUp(energies, strengths, diagonal3, 4, [0, 2])
    const followed = (await run(set.problem, markov({ rates: set.rates }), 1e-12)).samples
    const errors: number[] = []
    for (const count of [64, 256]) {
      const stops = Array.from({ length: count - 1 }, (_, i) => ((i + 1) * 2) / count)
      const middle = (i: number): number => ((i + 0.5) * 2) / count
      // Energies and strengths in the middle of each step; λ varies too, so the strengths are a row of their own.
      const drive = quenches(stops, (i) => energies(middle(i)), strengths(0))
      const constant = setUp(energies, () => strengths(0), diagonal3, 4, [0, 2])
      const stairs = (await run({ ...constant.problem, drive }, markov({ rates: set.rates }), 1e-12)).samples
      const smoothly = (await run(constant.problem, markov({ rates: set.rates }), 1e-12)).samples
      errors.push(Math.max(...stairs[stairs.length - 1]!.populations.map((p, i) => Math.abs(p - smoothly[1]!.populations[i]!))))
    }
    expect(errors[0]!).toBeLessThan(1e-4)
    expect(errors[0]! / errors[1]!).toBeGreaterThan(10)
    expect(errors[0]! / errors[1]!).toBeLessThan(25)
    expect(followed).toHaveLength(2)
  })

  it('p and ∂t p are continuous where a frequency crosses the edge of a window', async () => {
    // ω = 0.4 + 0.3t passes ½ at 1/3 and 1 at 2; the slope of the weights jumps there.
    const energies: Protocol = (t) => [0, 0.4 + 0.3 * t]
    for (const start of [[[0.3, 0], [0, 0.7]], coherent2]) {
      const edge = 0.1 / 0.3
      const set = setUp(energies, () => [0.5], start, 4, [0, edge - 1e-7, edge, edge + 1e-7, edge + 2e-7, 1])
      const { samples } = await run(set.problem, markov({ rates: set.rates }), 1e-12)
      for (let s = 2; s < 5; s += 1) {
        for (let i = 0; i < samples[s]!.populations.length; i += 1) {
          expect(Math.abs(samples[s]!.populations[i]! - samples[s - 1]!.populations[i]!)).toBeLessThan(1e-6)
          expect(Math.abs(samples[s]!.populationRates[i]! - samples[s - 1]!.populationRates[i]!)).toBeLessThan(1e-6)
        }
      }
      expect(Math.max(...samples[2]!.populationRates.map(Math.abs))).toBeGreaterThan(0.01)
    }
  })

  it('keeps its tolerance, whatever the number of outputs', async () => {
    const energies: Protocol = (t) => [0, 0.6 + 0.5 * Math.sin(3 * t), 1.5]
    const problem = (start: typeof diagonal3 | typeof coherent3, count: number) => setUp(energies, strengths, start, 4, Array.from({ length: count + 1 }, (_, i) => (6 * i) / count))
    for (const start of [diagonal3, coherent3]) {
      const set = problem(start, 1)
      const exact = (await run(set.problem, markov({ rates: set.rates }), 1e-14)).samples[1]!
      for (const [tolerance, count] of [[1e-4, 1], [1e-7, 40], [1e-10, 1]] as const) {
        const { samples } = await run(problem(start, count).problem, markov({ rates: set.rates }), tolerance)
        const end = samples[samples.length - 1]!
        expect(Math.max(...end.populations.map((p, i) => Math.abs(p - exact.populations[i]!)))).toBeLessThanOrEqual(tolerance)
      }
    }
  })

  it('a drive that says it moves and does not is the constant run', async () => {
    for (const start of [diagonal3, coherent3]) {
      const energies: Protocol = () => [0, 0.6, 1.3]
      const moving = setUp(energies, () => [0.3], start, 4, [0, 1, 3])
      const still = setUp(energies, () => [0.3], start, 4, [0, 1, 3], 'constant')
      const a = (await run(moving.problem, markov({ rates: moving.rates }), 1e-12)).samples
      const b = (await run(still.problem, markov({ rates: still.rates }), 1e-12)).samples
      a.forEach((sample, s) => {
        sample.populations.forEach((p, i) => expect(Math.abs(p - b[s]!.populations[i]!)).toBeLessThan(1e-11))
        expect(sample.scalars['work']).toBe(0)
        expect(Math.abs(sample.scalars['coarseGrainingDefect']! - b[s]!.scalars['coarseGrainingDefect']!)).toBeLessThan(1e-11)
        expect(sample.scalars['slowness']).toBe(0)
      })
    }
  })

  it('λ(t) alone: time runs as ∫λ² does, work is not done, and λ = 0 stops everything', async () => {
    // The spin on resonance: everything depends on ∫λ² dt. λ = sin t, and 0 from π on.
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [Math.log(4), Math.log(6)] })
    const problem: Problem = {
      ...makeProblem([0, 1], [attach('bath', bath, 0.1, [spinCoupling])],
        { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, [0, 1, Math.PI, 5]),
      drive: smooth([Math.PI], () => [0, 1], (t) => [t < Math.PI ? 0.1 * Math.abs(Math.sin(t)) : 0]),
    }
    const { samples } = await run(problem, markov({ rates: spinRates() }), 1e-12)
    for (const { populations, scalars, time } of samples) {
      const until = Math.min(time, Math.PI)
      const integral = 0.01 * (until / 2 - Math.sin(2 * until) / 4)
      // 2γ̄ = (2π/δ)(V_0 + V_1) at λ = 1; p_1 = 0.4 + 0.6 e^{−2γ̄∫λ²}.
      expect(Math.abs(populations[2]! - (0.4 + 0.6 * Math.exp(-((2 * Math.PI) / 0.5) * 10 * integral)))).toBeLessThan(1e-10)
      expect(scalars['work']).toBe(0)
      expect(scalars['coarseGrainingDefect']).toBe(0)
    }
  })

  it('levels that cross take the full path, change nothing at the crossing, and are reported', async () => {
    const energies: Protocol = (t) => [0, 0.31 - 0.4 * t, 1.2]
    const set = setUp(energies, () => [0.3], diagonal3, 3, [0, 2])
    const { samples, stepper } = await run(set.problem, markov({ rates: set.rates }), 1e-12)
    expect(samples[1]!.conditional).not.toBeNull()
    expect(stepper.frame.guarantees).toEqual(['non-negative-rates', 'even-windows'])
    expect(stepper.validity().find((each) => each.code === 'integrator-markov/level-crossings')).toMatchObject({ value: 1, verdict: 'doubt' })
    // The oracle takes a coincidence of frequencies at face value: its steps must not see the crossing but for an instant.
    const crossing = 0.31 / 0.4
    const stops = [0, 0.11 / 0.4, crossing - 1e-8, crossing + 1e-8, 0.61 / 0.4, 2]
    const expected = drivenRun([set.oracle], set.centres, set.states, stops, 40, energies, () => [0, -0.4, 0], () => [0.3])
    for (let e = 0; e < 3; e += 1) for (let k = 0; k < 3; k += 1) expect(Math.abs(samples[1]!.populations[k * 3 + e]! - expected.states[e]![k]![k]![0])).toBeLessThan(1e-6)
  })
})

describe('the drive as a plug-in', () => {
  it('rate models are asked in prepare only, smooth segments among constant ones', async () => {
    for (const start of [diagonal3, coherent3]) {
      let calls = 0
      const set = setUp((t) => [0, 0.6 + 0.2 * t, 1.3], () => [0.3], start, 4, [0, 3])
      const counting: RateModel = {
        ...set.rates,
        correlate: (model) => {
          const correlation = orThrow(set.rates.correlate(model))
          return { _tag: 'Right', right: { ...correlation, strength: (request, out) => { calls += 1; return correlation.strength(request, out) } } }
        },
      }
      const drive = {
        recipe: null,
        segments: () => [
          { from: 0, to: 1, constant: true, energies: (_t: number, out: Float64Array) => out.set([0, 0.6, 1.3]), strengths: (_t: number, out: Float64Array) => out.set([0.3]) },
          { from: 1, to: 2, constant: false, energies: (t: number, out: Float64Array) => out.set([0, 0.6 + 0.3 * (t - 1), 1.3]), strengths: (_t: number, out: Float64Array) => out.set([0.3]) },
          { from: 2, to: 3, constant: true, energies: (_t: number, out: Float64Array) => out.set([0, 0.9, 1.3]), strengths: (_t: number, out: Float64Array) => out.set([0.3]) },
        ],
      }
      const stepper = orThrow(await markov({ rates: counting }).prepare({ ...set.problem, drive }, {}, 1e-10))
      const asked = calls
      expect(asked).toBeGreaterThan(0)
      for (const segment of drive.segments()) {
        orThrow(stepper.enter(segment))
        orThrow(await stepper.advance(segment.to))
        stepper.sample('before')
      }
      stepper.validity()
      expect(calls).toBe(asked)
    }
  })

  it('faults of the drive are issues of prepare, next to all others, or of the step that meets them', async () => {
    const set = setUp((t) => [0, t < 1 ? 0.6 : 0.7, 1.3], () => [0.3], diagonal3, 4, [0, 3])
    const outcome = await markov({ rates: { stray: set.rates } }).prepare(set.problem, {}, 1e-10)
    expect(outcome._tag === 'Left' && outcome.left.map((each) => each.code)).toEqual([
      'composition/unknown-bath', 'composition/missing-rates', 'composition/drive-not-smooth',
    ])
    // A pulse between all the places that were looked at.
    const hidden = setUp((t) => [0, 0.6 + (Math.abs(t - 1.4) < 1e-4 ? 0.1 : 0), 1.3], () => [0.3], diagonal3, 4, [0, 1.4, 3])
    const stepper = orThrow(await markov({ rates: hidden.rates }).prepare(hidden.problem, {}, 1e-10))
    const [segment] = hidden.problem.drive!.segments(0, 3)
    orThrow(stepper.enter(segment!))
    expect(await stepper.advance(1.4)).toMatchObject({ _tag: 'Left', left: [{ code: 'composition/drive-not-smooth' }] })
  })

  it('a run of no length is its start', async () => {
    const set = setUp((t) => [0, 0.6 + t, 1.9], () => [0.3], diagonal3, 4, [0.2])
    const stepper = orThrow(await markov({ rates: set.rates }).prepare(set.problem, {}, 1e-10))
    for (const segment of set.problem.drive!.segments(0.2, 0.2)) orThrow(stepper.enter(segment))
    expect(orThrow(await stepper.advance(0.2))).toBe('ok')
    const { energies, populationRates, scalars } = stepper.sample('after')
    expect(energies[1]).toBe(0.8)
    expect(scalars).toMatchObject({ work: 0, coarseGrainingDefect: 0 })
    expect(Math.max(...populationRates!.map(Math.abs))).toBeGreaterThan(1e-3)
  })

  it('pauses on long ways, and stops when it is cancelled', async () => {
    const windows = 400
    const energies = Array.from({ length: windows }, (_, i) => i / 2)
    const bath = toyBath({ energies, width: 0.5, logVolumes: energies.map(() => 0) })
    const problem: Problem = {
      ...makeProblem([0, 0.5], [attach('bath', bath, 0.3, [spinCoupling])], undefined, [0, 3000]),
      drive: smooth([], (t) => [0, 0.75 + 0.2 * Math.sin(t / 10)], () => [0.3]),
    }
    const signal = { aborted: false }
    let breaths = 0
    const host = { breathe: () => { breaths += 1; signal.aborted = breaths === 2; return Promise.resolve() } }
    const stepper = orThrow(await markov({ rates: spinRates() }).prepare(problem, host, 1e-6))
    breaths = 0
    const [segment] = problem.drive!.segments(0, 3000)
    orThrow(stepper.enter(segment!))
    expect(orThrow(await stepper.advance(3000, signal))).toBe('cancelled')
    expect(stepper.time).toBeGreaterThan(0)
    expect(stepper.time).toBeLessThan(3000)
    const sample = stepper.sample('after')
    expect(sample.energies[1]).toBeCloseTo(0.75 + 0.2 * Math.sin(stepper.time / 10), 12)
  })

  // Mutants: strides without a pause; a run that stands where it was, or is asked to be, and a state or phases of another time; a step begun anew.
  it.each([
    ['populations', 16_000, 2, 0], ['states', 120, 6, 1 / 6],
  ])('is cancelled within a stride, at the end of a step, and is taken up again to the same bits: %s', async (_what, windows, d, coherence) => {
    const energies = Array.from({ length: windows }, (_, i) => i / 2)
    const probabilities = Float64Array.from(energies, (_, i) => (i === 1 ? 1 : 0))
    const start = Array.from({ length: d }, (_, k) => Array.from({ length: d }, (__, q) => (k === q ? 1 / d : coherence)))
    const levelsOf: Protocol = (t) => Array.from({ length: d }, (_, k) => 0.37 * k + (k === 1 ? 0.2 * Math.sin(t) : 0))
    const end = 0.05
    const problem: Problem = {
      ...makeProblem(levelsOf(0), [attach('bath', toyBath({ energies, width: 0.5, logVolumes: energies.map(() => 0) }), 0.3, [hermitian(d, parkMiller(5))])],
        { kind: 'product', system: matrix(start), baths: [{ kind: 'windows', probabilities }] }, [0, end]),
      drive: smooth([], levelsOf, () => [0.3]),
    }
    const run = async (stop: number, last = Infinity) => {
      let breaths = 0
      const stepper = orThrow(await markov({ rates: spinRates() }).prepare(problem, { breathe: async () => { breaths += 1 } }, 1e-13))
      for (const segment of problem.drive!.segments(0, end)) orThrow(stepper.enter(segment))
      breaths = 0
      const look = () => {
        const { energies: [, upper], populations, populationRates, conditional, scalars } = stepper.sample('after')
        return [upper!, ...populations, ...populationRates!, ...(conditional?.re ?? []), ...(conditional?.im ?? []), scalars['work']!]
      }
      const status = orThrow(await stepper.advance(stop, { get aborted() { return breaths >= last } }))
      const { time } = stepper
      const there = look()
      orThrow(await stepper.advance(end))
      return { status, time, there, after: look() }
    }
    const whole = await run(end)
    // Within the first step, where a stride has not come to its end yet, and within a later one.
    for (const [last, begun] of [[1, false], [5, true]] as const) {
      const cut = await run(end, last)
      expect([cut.status, cut.time > 0, cut.time < end]).toEqual(['cancelled', begun, true])
      expect(cut.after).toEqual(whole.after)
      const asked = await run(cut.time)
      expect(Math.max(...asked.there.map((each, i) => Math.abs(each - cut.there[i]!)))).toBeLessThan(1e-9)
    }
  })

  it('[slowness] is max|ω̇|·2π/δ² so far, whatever the steps, with a finding above 0.1', async () => {
    const set = setUp((t) => [0, 0.75 + 0.01 * Math.sin(t), 1.9], () => [0.3], diagonal3, 4, [0, 0.1, 1, 2, 4])
    const { samples, stepper } = await run(set.problem, markov({ rates: set.rates }), 1e-6)
    for (const { scalars } of samples) expect(scalars['slowness']).toBeCloseTo((0.01 * 2 * Math.PI) / 0.25, 10)
    expect(stepper.validity().find((each) => each.code === 'composition/slow-driving')).toMatchObject({ verdict: 'doubt', bound: 0.1 })
    const later = setUp((t) => [0, 0.75 + 0.001 * t * t, 1.9], () => [0.3], diagonal3, 4, [0, 1, 1.5])
    const rising = await run(later.problem, markov({ rates: later.rates }), 1e-6)
    rising.samples.forEach(({ scalars, time }) => expect(scalars['slowness']).toBeCloseTo((0.002 * time * 2 * Math.PI) / 0.25, 10))
    expect(rising.stepper.validity().find((each) => each.code === 'composition/slow-driving')!.verdict).toBe('trust')
    expect(levels(rising.samples[0]!)[1]).toBeCloseTo(0.5, 14)
  })
})
