import type { Problem } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { describe, expect, it } from 'vitest'
import { firstLawResidual } from '../helpers/books.js'
import { quenches, smooth } from '../helpers/drives.js'
import type { Protocol } from '../helpers/drives.js'
import { run } from '../../../../test/fixtures/run-toy.js'
import type { Kept } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

const WIDTH = 0.5
const uniform = parkMiller(21)
const rates = toyRates(positiveKappa(1, 5, uniform))
const bath = toyBath({ energies: [0, 0.5, 1, 1.5, 2], width: WIDTH, logVolumes: [1, 2, 2.5, 1.2, 2] })
const coupling = hermitian(3, uniform)
const diagonal = matrix([[0.2, 0, 0], [0, 0.5, 0], [0, 0, 0.3]])
const coherent = matrix([[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]])

const problem = (energies: readonly number[], times: readonly number[], system = diagonal): Problem =>
  makeProblem(energies, [attach('bath', bath, 0.5, [coupling])],
    { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.3, 0.1) }] }, times)

/** Probability of each shell round(ε_k/δ) + e. */
const shells = ({ energies, populations }: Kept): readonly number[] => {
  const found = new Array<number>(16).fill(0)
  populations.forEach((p, i) => { found[Math.round(energies[Math.floor(i / 5)]! / WIDTH) + (i % 5)]! += p })
  return found
}

const nearest = markov({ rates, offResonance: 'nearest' })

describe("offResonance 'nearest'", () => {
  it.each([['populations', diagonal], ['all of ρ_S(E)', coherent]] as const)('[Eq. 32] conserves every shell of round(ε/δ)δ + E under a ramp, where sharing drifts: %s', async (_path, system) => {
    // ε_1 stays nearest to ½ and ε_2 to 1½, while both move.
    const energies: Protocol = (t) => [0, 0.35 + 0.1 * t, 1.6 - 0.08 * t]
    const driven = { ...problem([0, 0.35, 1.6], [0, 1, 2, 3], system), drive: smooth([], energies, () => [0.5]) }
    const drift = (samples: readonly Kept[]): number =>
      Math.max(...samples.map((sample) => Math.max(...shells(sample).map((p, i) => Math.abs(p - shells(samples[0]!)[i]!)))))
    const { samples } = await run(driven, nearest)
    expect(Math.max(...samples[3]!.populations.map((p, i) => Math.abs(p - samples[0]!.populations[i]!)))).toBeGreaterThan(0.02)
    expect(drift(samples)).toBeLessThan(1e-12)
    expect(drift((await run(driven, markov({ rates }))).samples)).toBeGreaterThan(1e-4)
    // What it gives to the true energies is in the books.
    expect(firstLawResidual(driven, samples)).toBeLessThan(1e-11)
    expect(Math.abs(samples[3]!.scalars['coarseGrainingDefect']!)).toBeGreaterThan(1e-7)
  })

  it('is the resonant run at the rounded levels, also where the ramp carries levels from one multiple to the next', async () => {
    const energies: Protocol = (t) => [0, 0.4 + 0.3 * t, 1.9]
    for (const system of [diagonal, coherent]) {
      const driven = { ...problem([0, 0.4, 1.9], [0, 0.5, 1.5, 4], system), drive: smooth([], energies, () => [0.5]) }
      // Halfway points of ε_1 = 0.4 + 0.3t: 0.75 and 1.25.
      const stops = [0.35 / 0.3, 0.85 / 0.3]
      const rounded = { ...problem([0, 0.5, 2], [0, 0.5, 1.5, 4], system), drive: quenches(stops, (i) => [0, 0.5 + 0.5 * i, 2], [0.5]) }
      const a = (await run(driven, nearest)).samples
      const b = (await run(rounded, markov({ rates }))).samples
      for (const time of [0.5, 1.5, 4]) {
        const [x, y] = [a.find((sample) => sample.time === time)!, b.find((sample) => sample.time === time)!]
        x.populations.forEach((p, i) => expect(Math.abs(p - y.populations[i]!)).toBeLessThan(1e-11))
      }
    }
  })

  it('jumps where a level passes halfway, and only there', async () => {
    const times = [0, 1, 0.35 / 0.3 - 1e-6, 0.35 / 0.3 + 1e-6, 2]
    const driven = { ...problem([0, 0.4, 1.9], times), drive: smooth([], (t) => [0, 0.4 + 0.3 * t, 1.9], () => [0.5]) }
    const { samples } = await run(driven, nearest)
    const jump = (a: Kept, b: Kept): number => Math.max(...a.populationRates.map((x, i) => Math.abs(x - b.populationRates[i]!)))
    expect(jump(samples[2]!, samples[3]!)).toBeGreaterThan(1e-2)
    expect(Math.max(...samples[2]!.populations.map((p, i) => Math.abs(p - samples[3]!.populations[i]!)))).toBeLessThan(1e-5)
  })

  it('changes nothing on resonance, says so in its recipe, and needs a grid', async () => {
    const still = problem([0, 0.5, 1.5], [0, 3], coherent)
    const a = (await run(still, nearest)).samples[1]!
    const b = (await run(still, markov({ rates }))).samples[1]!
    a.populations.forEach((p, i) => expect(Math.abs(p - b.populations[i]!)).toBeLessThan(1e-12))
    expect(nearest.recipe).toEqual({ rates: { model: 'toy-rates' }, offResonance: 'nearest' })
    expect(markov({ rates, offResonance: 'shared' }).recipe).toEqual({ rates: { model: 'toy-rates' } })
    const uneven = { ...still, baths: [attach('bath', toyBath({ energies: [0, 0.6, 1.2, 2, 3], width: 0.5, logVolumes: [1, 1, 1, 1, 1] }), 0.5, [coupling])] }
    expect(await nearest.prepare(uneven, {}, 1e-10)).toMatchObject({ _tag: 'Left', left: [{ code: 'composition/nearest-grid', path: ['baths', 0, 'bath', 'windows', 'energies', 1] }] })
    expect((await markov({ rates }).prepare(uneven, {}, 1e-10))._tag).toBe('Right')
  })
})

describe('what the run promises', () => {
  it('rates that are not negative and even windows always, closed populations where no linked levels are degenerate', async () => {
    const frameOf = async (energies: readonly number[], system = diagonal) => (await run(problem(energies, [0, 0.1], system), markov({ rates }))).stepper.frame
    expect((await frameOf([0, 0.6, 1.4])).guarantees).toEqual(['non-negative-rates', 'populations-close', 'even-windows'])
    expect((await frameOf([0, 0.6, 1.4], coherent)).guarantees).toEqual(['non-negative-rates', 'populations-close', 'even-windows'])
    expect((await frameOf([0, 0.6, 0.6])).guarantees).toEqual(['non-negative-rates', 'even-windows'])
  })
})
