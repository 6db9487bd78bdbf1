import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Algorithm, Problem } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { dagger, hamiltonian, propagator, times as product } from '../oracles/dense-evolution.js'
import { mutualInformation } from '../oracles/entropies.js'
import { attachment, denseStart, denseSystem, matrix, smallBath } from '../oracles/small-baths.js'
import type { SmallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const GENERIC = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.7]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
const PLUS = matrix([[0.5, 0.5], [0.5, 0.5]])
const EXCITED = matrix([[0, 0], [0, 1]])

const generic = smallBath({
  seed: 5, sizes: [7, 11, 9], centres: [0, 0.5, 1.3], width: 0.5,
  joined: (_, to, from) => Math.abs(to - from) < 2, mean: (_, window) => [0.6, -0.3, 0.2][window]!,
})
const resonant = smallBath({ seed: 3, sizes: [13, 18], centres: [0, 1], width: 0.5 })
const windows = (...probabilities: number[]): { kind: 'windows'; probabilities: Float64Array } => ({ kind: 'windows', probabilities: Float64Array.from(probabilities) })
const single = (n: number, level: number): { kind: 'levels'; weights: Float64Array } => ({ kind: 'levels', weights: Float64Array.from({ length: n }, (_, i) => Number(i === level)) })

const few = [0, 0.7, 11, 12.5, 40]
const cases: Record<string, { small: SmallBath; problem: Omit<Problem, 'times' | 'drive'> }> = {
  'a resonant bath from one window': {
    small: resonant,
    problem: { energies: Float64Array.of(0, 1), baths: [attachment(resonant, 0.05, [X])], initial: { kind: 'product', system: EXCITED, baths: [windows(1, 0)] } },
  },
  'a pure state of both': {
    small: generic,
    problem: { energies: Float64Array.of(0, 0.6), baths: [attachment(generic, 0.1, [GENERIC])], initial: { kind: 'product', system: PLUS, baths: [single(27, 3)] } },
  },
  'a coherent pure system and a mixed bath': {
    small: resonant,
    problem: { energies: Float64Array.of(0, 1), baths: [attachment(resonant, 0.05, [X])], initial: { kind: 'product', system: PLUS, baths: [windows(0.7, 0.3)] } },
  },
  'a mixed coherent system, columns not orthogonal, and a Gibbs bath of more columns than levels': {
    small: generic,
    problem: { energies: Float64Array.of(-0.2, 0.55), baths: [attachment(generic, 0.1, [GENERIC])], initial: { kind: 'product', system: MIXED, baths: [{ kind: 'gibbs', inverseTemperature: 1.4 }] } },
  },
  'a correlated start': {
    small: generic,
    problem: {
      energies: Float64Array.of(0, 0.6), baths: [attachment(generic, 0.05, [X])],
      initial: {
        kind: 'conditional', memoryStart: 0,
        states: {
          re: Float64Array.of(0.2, 0.05, 0.05, 0.1, 0.1, 0, 0, 0.3, 0.25, -0.1, -0.1, 0.05),
          im: Float64Array.of(0, 0.03, -0.03, 0, 0, 0.1, -0.1, 0, 0, 0, 0, 0),
        },
      },
    },
  },
}

const measure = async (problem: Problem, algorithm: Algorithm): Promise<Map<number, number>> => {
  const stepper = orThrow(await algorithm.prepare(problem, {}, 1e-10))
  const found = new Map<number, number>()
  for (const segment of constantDrive(problem.energies, Float64Array.of(problem.baths[0]!.strength)).segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    orThrow(stepper.enter(segment))
    found.set(stepper.time, stepper.sample('after').scalars.systemBathMutualInformation!)
  }
  for (const time of problem.times.subarray(1)) {
    expect(orThrow(await stepper.advance(time))).toBe('ok')
    found.set(time, stepper.sample('after').scalars.systemBathMutualInformation!)
  }
  stepper.dispose()
  return found
}

describe('[Eq. 40] the mutual information of system and bath', () => {
  for (const [name, { small, problem }] of Object.entries(cases)) {
    it(`equals the entropies of partial traces of the whole, for ${name}`, async () => {
      const system = denseSystem(small, { ...problem, times: Float64Array.from(few), drive: null })
      const evolve = propagator(hamiltonian(system))
      const start = denseStart(small, { ...problem, times: Float64Array.from(few), drive: null })
      const wanted = few.map((time) => mutualInformation(product(product(evolve(time), start), dagger(evolve(time))), 2, small.levels.length))
      const crowd = [...new Set([...few, ...Array.from({ length: 120 }, (_, i) => (i + 0.5) / 3)])].sort((a, b) => a - b)
      // Every sample; and every 40th of many, which are read off stretches that must end where the state is wanted.
      for (const times of [few, crowd]) {
        const found = await measure({ ...problem, times: Float64Array.from(times), drive: null }, exact({ mutualInformation: true }))
        few.forEach((time, at) => {
          expect(Math.abs(found.get(time)! - wanted[at]!), `${times.length} outputs, t = ${time}`).toBeLessThan(1e-9)
          expect(found.get(time)!).toBeGreaterThan(-1e-12)
          expect(found.get(time)!).toBeLessThan(2 * Math.log(2) + 1e-12)
        })
      }
    })
  }

  it('stands where it was asked for and is NaN elsewhere, and changes nothing else', async () => {
    const { problem } = cases['a coherent pure system and a mixed bath']!
    const times = Float64Array.from({ length: 121 }, (_, i) => i / 3)
    const all = await measure({ ...problem, times, drive: null }, exact({ mutualInformation: true }))
    const some = await measure({ ...problem, times, drive: null }, exact({ mutualInformation: { every: 40 } }))
    times.forEach((time, at) => {
      if (at % 40 === 0) expect(Math.abs(some.get(time)! - all.get(time)!)).toBeLessThan(1e-11)
      else expect(some.get(time)).toBeNaN()
    })
    expect((await measure({ ...problem, times, drive: null }, exact())).get(0)).toBeUndefined()
  })

  it('refuses a schedule that is no positive integer', async () => {
    const { problem } = cases['a pure state of both']!
    const outcome = await exact({ mutualInformation: { every: 0 } }).prepare({ ...problem, times: Float64Array.of(0, 1), drive: null }, {}, 1e-10)
    expect(outcome._tag === 'Left' ? outcome.left.map((each) => each.code) : []).toEqual(['integrator-exact/mutual-information'])
  })
})

describe('even windows', () => {
  it('are promised exactly where the start fills every window evenly', async () => {
    const { problem } = cases['a resonant bath from one window']!
    const promise = async (initial: Problem['initial']): Promise<readonly string[]> => {
      const stepper = orThrow(await exact().prepare({ ...problem, initial, times: Float64Array.of(0, 1), drive: null }, {}, 1e-10))
      stepper.dispose()
      return stepper.frame.guarantees ?? []
    }
    const even = Float64Array.from({ length: 31 }, (_, i) => (i < 13 ? 0.6 / 13 : 0.4 / 18))
    const uneven = even.map((weight, i) => (i === 2 ? 0 : i === 3 ? 2 * weight : weight))
    const product = (bath: (Problem['initial'] & { kind: 'product' })['baths'][number]): Problem['initial'] => ({ kind: 'product', system: MIXED, baths: [bath] })
    expect(await promise(product(windows(0.3, 0.7)))).toEqual(['even-windows'])
    expect(await promise(product({ kind: 'levels', weights: even }))).toEqual(['even-windows'])
    expect(await promise(product({ kind: 'levels', weights: uneven }))).toEqual([])
    expect(await promise(product({ kind: 'gibbs', inverseTemperature: 0 }))).toEqual(['even-windows'])
    expect(await promise(product({ kind: 'gibbs', inverseTemperature: 1 }))).toEqual([])
    expect(await promise({ kind: 'conditional', states: { re: Float64Array.of(0.2, 0, 0, 0.3, 0.1, 0, 0, 0.4), im: null }, memoryStart: 0 })).toEqual(['even-windows'])
  })
})
