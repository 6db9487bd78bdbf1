import type { Drive, Problem } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstLawResidual, internalEnergy, levels } from '../helpers/books.js'
import { quenches, smooth } from '../helpers/drives.js'
import type { Protocol } from '../helpers/drives.js'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { pulsedSpin } from '../oracles/pulsed-spin.js'

const coherent = matrix([[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]])
const diagonal = matrix([[0.2, 0, 0], [0, 0.5, 0], [0, 0, 0.3]])

/** Two baths of half-unit windows, three levels. */
const setUp = (seed: number, drive: Drive, times: readonly number[], system = diagonal) => {
  const uniform = parkMiller(seed)
  const counts = [4, 3]
  const baths = counts.map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => i / 2 - axis), width: 0.5, logVolumes: Array.from({ length: count }, () => 3 * uniform()) }),
    0.4, [hermitian(3, uniform)]))
  const rates = Object.fromEntries(counts.map((count, axis) => [`b${axis}`, toyRates(positiveKappa(1, count, uniform))]))
  const problem: Problem = {
    ...makeProblem([0, 0.6, 1.3], baths, { kind: 'product', system, baths: counts.map((count) => ({ kind: 'windows', probabilities: new Float64Array(count).fill(1 / count) })) }, times),
    drive,
  }
  return { problem, algorithm: markov({ rates }) }
}

/** U, work and defect are three sums of their own; 1e-10 is what the laws ask, runs at tolerance 1e-12 do better. */
const CLOSED = 1e-10

describe('[Eq. 47] U(t) − U(0) = work + coarse-graining defect', () => {
  const strengths: Protocol = () => [0.4, 0.3]
  const protocols: readonly (readonly [string, Drive])[] = [
    ['a ramp', smooth([], (t) => [0.1 * t, 0.6 + 0.5 * t, 1.3], strengths)],
    ['sinusoids of two frequencies and moving strengths', smooth([], (t) => [0, 0.7 + 0.4 * Math.sin(2 * t), 1.4 + 0.2 * Math.cos(5 * t)], (t) => [0.4 + 0.1 * Math.sin(t), 0.3])],
    ['a ramp with jumps at its stops', smooth([1, 2.2, 3.7], (t) => [0, 0.3 + 0.3 * t, 1.1 + 0.9 * (t % 1)].map((x, k) => (k === 2 ? 1.1 + 0.05 * t : x)), strengths)],
    ['quenches off resonance', quenches([0.5, 1.9, 3.1], (i) => [0, [0.6, 0.9, 0.2, 0.7][i]!, 1.3], [0.4, 0.3])],
  ]
  for (const [title, drive] of protocols) {
    it.each([['populations', diagonal], ['all of ρ_S(E)', coherent]] as const)(`${title}: %s`, async (_path, system) => {
      const { algorithm, problem } = setUp(3, drive, [0, 0.7, 1.5, 2.9, 5], system)
      const { samples } = await run(problem, algorithm, 1e-12)
      expect(firstLawResidual(problem, samples)).toBeLessThan(CLOSED)
      const end = samples[samples.length - 1]!
      expect(Math.abs(end.scalars['work']!)).toBeGreaterThan(1e-2)
      expect(Math.abs(end.scalars['coarseGrainingDefect']!)).toBeGreaterThan(1e-4)
    })
  }

  it('thousands of quenches of random heights and lengths over six decades', async () => {
    const uniform = parkMiller(8)
    const stops = new Float64Array(3000)
    let time = 0
    for (let i = 0; i < stops.length; i += 1) {
      time += Math.exp(Math.log(1e-6) + uniform() * Math.log(1e4))
      stops[i] = time
    }
    const rows = Array.from({ length: 12 }, () => [0, 0.3 + uniform(), 1.4 + 0.4 * uniform()])
    for (const system of [diagonal, coherent]) {
      const { algorithm, problem } = setUp(4, quenches(stops, (i) => rows[(i * 7) % 12]!, [0.4, 0.3]), [0, time + 0.1], system)
      const { samples } = await run(problem, algorithm, 1e-12)
      expect(samples).toHaveLength(2 * 3000 + 2)
      expect(firstLawResidual(problem, samples)).toBeLessThan(CLOSED)
      const jumps = samples.slice(1).reduce((sum, sample, i) => sum + (sample.scalars['work']! - samples[i]!.scalars['work']!), 0)
      expect(Math.abs(jumps - samples[samples.length - 1]!.scalars['work']!)).toBeLessThan(1e-11)
      // Nothing but stops does work.
      samples.slice(1).forEach((sample, i) => { if (sample.time !== samples[i]!.time) expect(sample.scalars['work']).toBe(samples[i]!.scalars['work']) })
    }
  })

  it('property: random trains, ramps between random stops, on either path', async () => {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }), fc.array(fc.double({ min: 1e-7, max: 0.6, noNaN: true }), { minLength: 1, maxLength: 12 }), fc.boolean(), fc.boolean(),
      async (seed, lengths, moving, coherences) => {
        const uniform = parkMiller(seed)
        const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, x) => sum + x, 0))
        const total = ends[ends.length - 1]!
        const rows = Array.from({ length: lengths.length + 1 }, () => [0, 0.05 + uniform(), 1.4 + 0.5 * uniform()])
        const drive: Drive = moving
          ? {
            recipe: null,
            segments: (from) => ends.map((to, i) => {
              const begin = i === 0 ? from : ends[i - 1]!
              return {
                from: begin, to, constant: false, strengths: (_t, out) => out.set([0.4, 0.3]),
                energies: (t, out) => out.set(rows[i]!.map((x, k) => x + ((rows[i + 1]![k]! - x) * (t - begin)) / Math.max(to - begin, 0.05))),
              }
            }),
          }
          : quenches(ends.slice(0, -1), (i) => rows[i]!, [0.4, 0.3])
        const { algorithm, problem } = setUp(seed, drive, [0, total], coherences ? coherent : diagonal)
        const { samples } = await run(problem, algorithm, 1e-12)
        expect(samples).toHaveLength(2 * lengths.length)
        expect(firstLawResidual(problem, samples)).toBeLessThan(CLOSED)
      }), { numRuns: 25 })
  })

  it('the defect is 0 to rounding on resonance, and no jump of a level that nothing populates does work', async () => {
    const uniform = parkMiller(5)
    const stops = Float64Array.from({ length: 500 }, (_, i) => 0.01 * (i + 1))
    const drive = quenches(stops, (i) => [0, [0.5, 1, 1.5][i % 3]!, 2.5], [0.4, 0.3])
    for (const system of [diagonal, coherent]) {
      const { algorithm, problem } = setUp(6, drive, [0, 6], system)
      const { samples } = await run(problem, algorithm, 1e-12)
      for (const { scalars } of samples) expect(Math.abs(scalars['coarseGrainingDefect']!)).toBeLessThan(system === diagonal ? 1e-16 : 1e-13)
      expect(firstLawResidual(problem, samples)).toBeLessThan(1e-12)
    }
    // An empty level may jump as it likes.
    const empty: Problem = {
      ...makeProblem([0, 1], [attach('b', toyBath({ energies: [0, 1], width: 0.5, logVolumes: [1, 2] }), 0, [hermitian(2, uniform)])],
        { kind: 'product', system: matrix([[1, 0], [0, 0]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, [0, 2]),
      drive: quenches([0.5, 1], (i) => [0, 1 + i], [0]),
    }
    const { samples } = await run(empty, markov({ rates: toyRates(() => ({ re: [1], im: [0] })) }))
    for (const { scalars } of samples) expect(scalars['work']).toBe(0)
  })

  it('where nothing relaxes, work is Σ p_k Δε_k whatever the path of the energies', async () => {
    const { algorithm, problem } = setUp(7, smooth([1, 2], (t) => [0.2 * t, 0.6 + Math.sin(5 * t), 1.3 + (t < 1 ? 0 : 0.4)].map((x, k) => (k === 2 ? 1.3 + 0.1 * t * t : x)), () => [0, 0]), [0, 3])
    const { samples } = await run(problem, algorithm)
    const end = samples[samples.length - 1]!
    const expected = levels(samples[0]!).reduce((sum, p, k) => sum + p * (end.energies[k]! - samples[0]!.energies[k]!), 0)
    expect(Math.abs(end.scalars['work']! - expected)).toBeLessThan(1e-11)
    expect(end.scalars['coarseGrainingDefect']).toBe(0)
  })
})

describe('pulses', () => {
  it('none is lost, be they a millionth of the time between outputs and of 1/rate', async () => {
    // The spin's transition is closed at ε_1 = 1.75 (no pair of windows within δ) and open at 1: only the pulses move it.
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 3000 }), async (seed, count) => {
      const uniform = parkMiller(seed)
      const stops: number[] = []
      let open = 0
      let time = 0
      for (let i = 0; i < count; i += 1) {
        time += 1e-3 + uniform()
        const length = Math.exp(-uniform() * 14)
        stops.push(time, time + length)
        time += length
        open += stops[stops.length - 1]! - stops[stops.length - 2]!
      }
      const { expected, found, samples } = await pulsed(stops, open, time + 1)
      expect(Math.abs(found - expected)).toBeLessThan(1e-10)
      expect(samples).toBe(4 * count + 2)
      // The shortest pulse alone would be seen.
      expect(1 - expected).toBeGreaterThan(1e-7)
    }), { numRuns: 8 })
  })

  const pulsed = async (stops: readonly number[], open: number, end: number) => {
    const volumes = [4, 6] as const
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: volumes.map(Math.log) })
    const strength = 0.05
    const problem: Problem = {
      ...makeProblem([0, 1.75], [attach('bath', bath, strength, [matrix([[0, 1], [1, 0]])])],
        { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, [0, end]),
      drive: quenches(stops, (i) => [0, i % 2 === 1 ? 1 : 1.75], [strength]),
    }
    const kappa = ((2 * Math.PI) / 0.5) * Math.sqrt(volumes[0] * volumes[1])
    const { samples } = await run(problem, markov({ rates: toyRates((to, from) => ({ re: [to === from ? 0 : kappa], im: [0] })) }), 1e-12)
    return { expected: pulsedSpin(open, strength, 0.5, volumes), found: samples[samples.length - 1]!.populations[2]!, samples: samples.length }
  }

  it('smooth ones neither: a train of bumps between declared stops, each a thousandth of the time between outputs', async () => {
    // ε_1 = 1.75 − 0.75 sin²: open where |ε_1 − 1| < ½, with the triangular weight; the work of a closed bump is 0 up to what it moves.
    const bumps = Array.from({ length: 40 }, (_, i) => 1 + 2.5 * i)
    const stops = bumps.flatMap((t) => [t, t + 0.1])
    const drive: Drive = {
      recipe: null,
      segments: (from, to) => [from, ...stops, to].slice(1).map((end, i) => {
        const begin = i === 0 ? from : stops[i - 1]!
        const pulse = i % 2 === 1
        return {
          from: begin, to: end, constant: !pulse, strengths: (_t, out) => out.set([0.4]),
          energies: (t, out) => out.set([0, pulse ? 1.75 - 0.75 * Math.sin((Math.PI * (t - begin)) / 0.1) ** 2 : 1.75]),
        }
      }),
    }
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [Math.log(4), Math.log(6)] })
    const problem: Problem = {
      ...makeProblem([0, 1.75], [attach('bath', bath, 0.4, [matrix([[0, 1], [1, 0]])])],
        { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, [0, 101]),
      drive,
    }
    const kappa = ((2 * Math.PI) / 0.5) * Math.sqrt(24)
    const { samples } = await run(problem, markov({ rates: toyRates((to, from) => ({ re: [to === from ? 0 : kappa], im: [0] })) }), 1e-12)
    // ∫ weight over one bump by the midpoint rule; |ε_1 − 1| = ¾ cos².
    let open = 0
    const parts = 200000
    for (let i = 0; i < parts; i += 1) open += (Math.max(0, 1 - (0.75 * Math.cos((Math.PI * (i + 0.5)) / parts) ** 2) / 0.5) * 0.1) / parts
    expect(Math.abs(samples[samples.length - 1]!.populations[2]! - pulsedSpin(40 * open, 0.4, 0.5, [4, 6]))).toBeLessThan(1e-9)
    expect(firstLawResidual(problem, samples)).toBeLessThan(CLOSED)
  })
})

describe('a run in two', () => {
  const strengths: Protocol = () => [0.4, 0.3]
  const drives: readonly (readonly [string, Drive, number])[] = [
    ['at a quench, whose work is the second half’s', quenches([0.5, 1.7, 3.1], (i) => [0, [0.6, 0.9, 0.2, 0.7][i]!, 1.3], [0.4, 0.3]), 1.7],
    ['inside a constant stretch', quenches([0.5, 1.7, 3.1], (i) => [0, [0.6, 0.9, 0.2, 0.7][i]!, 1.3], [0.4, 0.3]), 1.1],
    ['inside a ramp', smooth([2], (t) => [0, 0.6 + 0.05 * t + (t < 2 ? 0 : 0.2), 1.3], strengths), 1.1],
  ]
  for (const [title, drive, cut] of drives) {
    it.each([['populations', diagonal], ['all of ρ_S(E)', coherent]] as const)(`is the whole, work and defect added up: ${title}, %s`, async (_path, system) => {
      const { algorithm, problem } = setUp(9, drive, [0, 5], system)
      const whole = (await run(problem, algorithm)).samples
      const first = await run({ ...problem, times: Float64Array.of(0, cut) }, algorithm)
      const second = await run({ ...problem, times: Float64Array.of(cut, 5), initial: orThrow(first.stepper.checkpoint()) }, algorithm)
      const [a, b, all] = [first.samples[first.samples.length - 1]!, second.samples[second.samples.length - 1]!, whole[whole.length - 1]!]
      expect(Math.max(...all.populations.map((p, i) => Math.abs(p - b.populations[i]!)))).toBeLessThan(1e-11)
      if (all.conditional !== null) {
        expect(Math.max(...all.conditional.im.map((x, i) => Math.abs(x - b.conditional!.im[i]!)))).toBeLessThan(1e-11)
        expect(Math.max(...all.conditional.im.map(Math.abs))).toBeGreaterThan(1e-6)
      }
      for (const name of ['work', 'coarseGrainingDefect']) expect(Math.abs(a.scalars[name]! + b.scalars[name]! - all.scalars[name]!)).toBeLessThan(1e-11)
      const joint = second.samples[0]!
      const jump = internalEnergy(problem, joint) - internalEnergy(problem, a)
      expect(Math.abs(joint.scalars['work']! - jump)).toBeLessThan(1e-11)
      expect(Math.abs(jump) > 1e-3).toBe(cut === 1.7)
      expect(Math.max(a.scalars['slowness']!, b.scalars['slowness']!)).toBeCloseTo(all.scalars['slowness']!, 12)
    })
  }

  it('a new run does no work by beginning, whatever energies the problem names', async () => {
    const { algorithm, problem } = setUp(9, quenches([2], (i) => [0, 0.9 + i, 1.3], [0.4, 0.3]), [0, 1])
    expect((await run(problem, algorithm)).samples[0]!.scalars['work']).toBe(0)
  })
})
