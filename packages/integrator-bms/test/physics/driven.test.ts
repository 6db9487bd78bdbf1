import type { Drive, Problem, Segment } from '@mesobath/contracts'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { describe, expect, it } from 'vitest'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, spinCoupling, spinRates, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { rampedDecay } from '../oracles/ramped-decay.js'

const WIDTH = 0.5
const STRENGTH = 0.05
const bath = toyBath({ energies: [0, 1], width: WIDTH, logVolumes: [Math.log(4), Math.log(6)] })

const moving = (ends: readonly number[], energies: (time: number) => readonly number[], strength: (time: number) => number): Drive => ({
  recipe: null,
  segments: () => ends.slice(1).map((to, i): Segment => ({
    from: ends[i]!, to, constant: false, energies: (t, out) => out.set(energies(t)), strengths: (t, out) => out.set([strength(t)]),
  })),
})

const spin = (drive: Drive, times: readonly number[], system = matrix([[0, 0], [0, 1]])): Problem => ({
  ...makeProblem([0, 1], [attach('bath', bath, STRENGTH, [spinCoupling])],
    { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, times),
  drive,
})

describe('[Eq. 3] a fixed bath under a smooth drive', () => {
  it('decays at the rate of the moment, through the triangular weight of the window', async () => {
    // ω = 1 + v t leaves the window at t = δ/v; from then on nothing moves.
    for (const speed of [0.1, -0.2, 0.03]) {
      const times = [0, 1, 2.3, 4, 7]
      const { samples } = await run(spin(moving([0, 7], (t) => [0, 1 + speed * t], () => STRENGTH), times), bornMarkovSecular({ rates: spinRates() }))
      samples.forEach(({ populations, scalars, time }) => {
        const expected = rampedDecay(time, speed, (2 * Math.PI * STRENGTH ** 2 * 6) / WIDTH, WIDTH)
        expect(Math.abs(populations[2]! - expected)).toBeLessThan(1e-11)
        expect(Math.abs(populations[0]! - (1 - expected))).toBeLessThan(1e-11)
        expect(scalars['slowness']).toBeCloseTo((Math.abs(speed) * 2 * Math.PI) / WIDTH ** 2, 10)
      })
      expect(samples[4]!.populations[2]).toBeLessThan(0.9)
    }
  })

  it('books the heat that its bath does not feel as coarse-graining defect: U(t) − U(0) = work + defect, and U_B stays', async () => {
    const uniform = parkMiller(3)
    const ladder = toyBath({ energies: [0, 0.5, 1, 1.5], width: WIDTH, logVolumes: [1, 2, 2.4, 2.1], means: [[0.1, 0.3, 0, 0.2]] })
    const problem: Problem = {
      ...makeProblem([0, 0.6, 1.4], [attach('bath', ladder, 0.4, [hermitian(3, uniform)])],
        {
          kind: 'product', system: matrix([[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]]),
          baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.4) }],
        }, [0, 1, 2, 4]),
      drive: moving([0, 1.5, 4], (t) => [0.1 * t, 0.6 + 0.3 * Math.sin(2 * t), 1.4 + (t < 1.5 ? 0 : 0.1)], () => 0.4),
    }
    const { samples } = await run(problem, bornMarkovSecular({ rates: toyRates(positiveKappa(1, 4, uniform)) }))
    const systemEnergy = ({ energies, populations }: (typeof samples)[number]): number =>
      populations.reduce((sum, p, i) => sum + p * energies[Math.floor(i / 4)]!, 0)
    for (const sample of samples) {
      const change = systemEnergy(sample) - systemEnergy(samples[0]!)
      expect(Math.abs(change - sample.scalars['work']! - sample.scalars['coarseGrainingDefect']!)).toBeLessThan(1e-11)
      for (let window = 0; window < 4; window += 1) {
        expect([0, 4, 8].reduce((sum, at) => sum + sample.populations[at + window]!, 0)).toBeCloseTo([0.1, 0.2, 0.3, 0.4][window]!, 12)
      }
    }
    const end = samples[samples.length - 1]!
    expect(Math.abs(end.scalars['work']!)).toBeGreaterThan(0.01)
    expect(Math.abs(end.scalars['coarseGrainingDefect']!)).toBeGreaterThan(0.01)
  })

  it('promises no growth of entropy, which indeed falls', async () => {
    const still: Drive = { recipe: null, segments: () => [{ ...moving([0, 60], () => [0, 1], () => STRENGTH).segments(0, 60)[Symbol.iterator]().next().value!, constant: true }] }
    const { samples, stepper } = await run(spin(still, [0, 3, 60]), bornMarkovSecular({ rates: spinRates() }))
    const entropy = samples.map(({ populations }) => populations.reduce((sum, p, i) => (p > 0 ? sum - p * Math.log(p / [4, 6][i % 2]!) : sum), 0))
    expect(entropy[2]!).toBeLessThan(entropy[1]! - 0.1)
    expect(stepper.frame.guarantees).toEqual(['populations-close', 'even-windows'])
  })
})
