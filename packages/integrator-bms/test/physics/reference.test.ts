import { orThrow } from '@mesobath/contracts'
import type { Drive, Problem } from '@mesobath/contracts'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import type { BornMarkovSecularOptions } from '@mesobath/integrator-bms'
import { describe, expect, it } from 'vitest'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, spinCoupling, spinRates, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { lindbladRun } from '../oracles/lindblad.js'

const WIDTH = 0.5
const STRENGTH = 3e-3

const spin = (volumes: readonly [number, number], times: readonly number[] = Array.from({ length: 61 }, (_, i) => i)): Problem =>
  makeProblem([0, 1], [attach('bath', toyBath({ energies: [0, 1], width: WIDTH, logVolumes: volumes.map(Math.log) }), STRENGTH, [spinCoupling])],
    { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, times)

describe.each([[[400, 600]], [[600, 400]]] as const)('[Eq. 3, Fig. 2] the spin with its bath held in Π_0/V_0, volumes %j', (volumes) => {
  it('decays purely, at 2πλ²a²V_1/δ, and its bath never moves', async () => {
    const decay = (2 * Math.PI * STRENGTH ** 2 * volumes[1]) / WIDTH
    const choices: readonly Partial<BornMarkovSecularOptions>[] = [{}, { reference: { window: 0 } }, { reference: { bath: { inverseTemperature: Infinity } } }]
    for (const options of choices) {
      const { samples } = await run(spin(volumes), bornMarkovSecular({ rates: spinRates(), ...options }), 1e-10)
      for (const { populations, populationRates, time } of samples) {
        expect(Math.abs(populations[2]! - Math.exp(-decay * time))).toBeLessThan(1e-9)
        expect(Math.abs(populations[0]! - (1 - Math.exp(-decay * time)))).toBeLessThan(1e-9)
        expect(Math.abs(populations[1]!) + Math.abs(populations[3]!)).toBe(0)
        expect(populationRates[2]).toBeCloseTo(-decay * populations[2]!, 12)
      }
    }
  })

  it('misses the plateau V_0/(V_0 + V_1) of the finite bath by 0.4 and 0.55 at t = 60', async () => {
    const { samples, stepper } = await run(spin(volumes), bornMarkovSecular({ rates: spinRates() }))
    const gap = volumes[0] / 1000 - samples[60]!.populations[2]!
    expect(Math.abs(gap - (volumes[0] === 400 ? 0.383 : 0.534))).toBeLessThan(0.02)
    expect(stepper.validity().find((each) => each.code === 'integrator-bms/fixed-bath')!.verdict).toBe('doubt')
  })
})

describe('[Eqs. 3, 39] a Gibbs reference', () => {
  const ladder = toyBath({ energies: Array.from({ length: 9 }, (_, i) => i / 2), width: 0.5, logVolumes: Array.from({ length: 9 }, (_, i) => 3 + Math.sin(i)) })
  const uniform = parkMiller(2)
  const rates = toyRates(positiveKappa(1, 9, uniform))
  const coupling = hermitian(3, uniform)

  it.each([0.8, 0, -1.3])('leads to e^{−βω} between resonant levels, β = %d', async (inverseTemperature) => {
    const problem = makeProblem([0, 0.5, 1.5], [attach('bath', ladder, 0.5, [coupling])], undefined, [0, 2e4])
    const { samples } = await run(problem, bornMarkovSecular({ rates, reference: { inverseTemperature } }))
    const level = (k: number): number => samples[1]!.populations.subarray(9 * k, 9 * k + 9).reduce((total, p) => total + p, 0)
    expect(level(1) / level(0)).toBeCloseTo(Math.exp(-0.5 * inverseTemperature), 9)
    expect(level(2) / level(0)).toBeCloseTo(Math.exp(-1.5 * inverseTemperature), 9)
  })

  it('is p(E; 0) where none is given, and a continued run keeps it', async () => {
    const problem: Problem = {
      ...makeProblem([0, 0.5, 1.5], [attach('bath', ladder, 0.5, [coupling])], undefined, [0, 1, 2]),
      initial: { kind: 'product', system: matrix([[0.5, 0.1, 0], [0.1, 0.25, 0], [0, 0, 0.25]]), baths: [{ kind: 'gibbs', inverseTemperature: 0.7 }] },
    }
    const algorithm = bornMarkovSecular({ rates })
    const whole = (await run(problem, algorithm)).samples[2]!
    const named = (await run(problem, bornMarkovSecular({ rates, reference: { inverseTemperature: 0.7 } }))).samples[2]!
    const first = await run({ ...problem, times: Float64Array.of(0, 0.7) }, algorithm)
    const second = await run({ ...problem, times: Float64Array.of(0.7, 2), initial: orThrow(first.stepper.checkpoint()) }, algorithm)
    for (let i = 0; i < 81; i += 1) {
      expect(Math.abs(named.conditional!.im[i]! - whole.conditional!.im[i]!)).toBeLessThan(1e-11)
      expect(Math.abs(second.samples[1]!.conditional!.im[i]! - whole.conditional!.im[i]!)).toBeLessThan(1e-11)
    }
  })
})

describe('coherences, shifts and degenerate levels', () => {
  it.each([['non-degenerate', [0, 0.5, 1.4]], ['equal gaps', [0, 0.5, 1]], ['degenerate', [0, 0.5, 0.5]]])('follow the textbook Lindblad equation: %s', async (_title, energies) => {
    const uniform = parkMiller(12)
    const volumes = [3, 8, 12, 7]
    const centres = [0, 0.5, 1, 1.5]
    const kappa = positiveKappa(2, 4, uniform)
    const means = [[0.3, 0.1, -0.2, 0.5], [0, 0.2, 0.4, 0.1]]
    const couplings = [hermitian(3, uniform), hermitian(3, uniform)]
    const reference = [0.1, 0.2, 0.3, 0.4]
    const system = matrix([[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]])
    const bath = toyBath({ energies: centres, width: WIDTH, logVolumes: volumes.map(Math.log), couplings: 2, means })
    const problem = makeProblem(energies, [attach('bath', bath, 0.3, couplings)],
      { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(reference) }] }, [0, 2])
    const { samples } = await run(problem, bornMarkovSecular({ rates: toyRates(kappa) }))
    const expected = lindbladRun({ energies, centres, width: WIDTH, volumes, strength: 0.3, couplings, means, reference, kappa }, system, 2)
    for (let i = 0; i < 9; i += 1) {
      for (let window = 0; window < 4; window += 1) {
        expect(Math.abs(samples[1]!.conditional!.re[window * 9 + i]! - reference[window]! * expected.re[i]!)).toBeLessThan(1e-9)
        expect(Math.abs(samples[1]!.conditional!.im[window * 9 + i]! - reference[window]! * expected.im[i]!)).toBeLessThan(1e-9)
      }
    }
  })
})

describe('several baths and drives', () => {
  const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [Math.log(400), Math.log(600)] })
  const attachments = [attach('hot', bath, STRENGTH, [spinCoupling]), attach('cold', bath, 2 * STRENGTH, [spinCoupling])]
  const problem: Problem = {
    ...makeProblem([0, 1], attachments, undefined, [0, 20]),
    initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'gibbs', inverseTemperature: 1 }, { kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  }

  it('rates of baths add; references are chosen per bath', async () => {
    const { samples } = await run(problem, bornMarkovSecular({ rates: spinRates(), reference: { hot: { window: 0 } } }))
    const decay = (5 * 2 * Math.PI * STRENGTH ** 2 * 600) / WIDTH
    expect(samples[1]!.populations[4]).toBeCloseTo(Math.exp(-20 * decay), 10)
  })

  it('a quench does work, and a drive that jumps inside a segment, a wrong window and an unknown bath are issues, all at once', async () => {
    const drive = (constant: boolean): Drive => ({
      recipe: null,
      segments: () => [0, 1].map((i) => ({
        from: 10 * i, to: 10 * i + 10, constant, energies: (time, out) => out.set([0, constant || time < 7 ? 1 + i : 3]), strengths: (_time, out) => out.set([STRENGTH, STRENGTH]),
      })),
    })
    const { samples } = await run({ ...problem, drive: drive(true) }, bornMarkovSecular({ rates: spinRates() }))
    const before = samples.find((each) => each.side === 'before')!
    const after = samples[samples.length - 1]!
    expect(after.scalars['work']).toBeCloseTo(before.populations.subarray(4).reduce((total, p) => total + p, 0), 14)
    const outcome = await bornMarkovSecular({ rates: spinRates(), reference: { hot: { window: 2 }, warm: { window: 0 } } }).prepare({ ...problem, drive: drive(false) }, {}, 1e-10)
    expect(outcome._tag === 'Left' && outcome.left.map((each) => each.code)).toEqual([
      'composition/drive-not-smooth', 'integrator-bms/unknown-bath', 'integrator-bms/reference',
    ])
  })

  it('names itself, and can be made again', () => {
    expect(bornMarkovSecular({ rates: spinRates(), reference: { inverseTemperature: Infinity } })).toMatchObject({
      name: 'born-markov-secular', recipe: { rates: { model: 'toy-random-matrix' }, reference: { inverseTemperature: 'Infinity' } },
    })
    expect(orThrow(bornMarkovSecular({ rates: spinRates() }).estimate(problem, {})).jointStates).toBe(8)
  })
})
