import type { BuildOptions } from '@mesobath/scenario'
import type { Issue } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { checkProblem } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'
import { buildProblem, loadScenario, parseScenario } from '@mesobath/scenario'
import { defaultRates, SOUND, toyCatalogue, toyResources } from '../fixtures/toy-catalogue.js'

const options: BuildOptions = { check: checkProblem, defaultRates }
const load = (text: string) => loadScenario(text, toyCatalogue, toyResources, options)
const faults = async (...changes: readonly (readonly [string | RegExp, string])[]): Promise<readonly Issue[]> => {
  let text = SOUND
  for (const [from, to] of changes) {
    const next = text.replace(from, to)
    expect(next).not.toBe(text)
    text = next
  }
  const loaded = await load(text)
  return loaded._tag === 'Left' ? loaded.left : []
}
const built = async (...changes: readonly (readonly [string | RegExp, string])[]) => {
  let text = SOUND
  for (const [from, to] of changes) text = text.replace(from, to)
  return orThrow(await load(text))
}

describe('buildProblem', () => {
  it('makes the problem that the scenario describes', async () => {
    const { problem, methods } = orThrow(await buildProblem(orThrow(parseScenario(SOUND, toyCatalogue)), toyCatalogue, toyResources, options))
    expect([...problem.energies]).toEqual([0, 1])
    expect(problem.baths).toHaveLength(1)
    expect(problem.baths[0]).toMatchObject({ label: 'bath', strength: 0.003 })
    expect([...problem.baths[0]?.systemCouplings[0]?.re ?? []]).toEqual([0, 1, 1, 0])
    expect(problem.times).toHaveLength(121)
    expect([problem.times[0], problem.times[1], problem.times[120]]).toEqual([0, 0.5, 60])
    expect(problem.initial).toMatchObject({ kind: 'product', baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] })
    expect(methods.map((each) => each.name)).toEqual(['exact', 'markov'])
    expect(methods[1]?.algorithm.recipe).toMatchObject({ made: 'sharp' })
  })

  it('occupies the lowest round(f V) levels of a window with equal weight', async () => {
    const { problem } = await built(['window: 0, fill: 1', 'window: 1, fill: 0.5'])
    const state = problem.initial.kind === 'product' ? problem.initial.baths[0] : undefined
    // The toy stores each window's levels in descending order: its lowest three of six are the last three.
    expect(state).toEqual({ kind: 'levels', weights: Float64Array.of(0, 0, 0, 0, 0, 0, 0, 1 / 3, 1 / 3, 1 / 3) })
  })

  it('takes a level, a Gibbs state, probabilities, populations, matrices and a conditional state', async () => {
    const state = async (text: string) => {
      const { problem } = await built(['{ window: 0, fill: 1 }', text])
      return problem.initial.kind === 'product' ? problem.initial.baths[0] : undefined
    }
    expect(await state('{ level: 2 }')).toMatchObject({ kind: 'levels', weights: Float64Array.of(0, 0, 1, 0, 0, 0, 0, 0, 0, 0) })
    expect(await state('{ gibbs: { inverseTemperature: -2 } }')).toEqual({ kind: 'gibbs', inverseTemperature: -2 })
    expect(await state('{ probabilities: [0.25, 0.75] }')).toEqual({ kind: 'windows', probabilities: Float64Array.of(0.25, 0.75) })
    const mixed = await built(['system: 1, bath', 'system: [0.25, 0.75], bath'])
    expect(mixed.problem.initial).toMatchObject({ system: { re: Float64Array.of(0.25, 0, 0, 0.75), im: null } })
    const coherent = await built(['system: 1, bath', 'system: [[0.5, [0, -0.5]], [[0, 0.5], 0.5]], bath'])
    expect(coherent.problem.initial).toMatchObject({ system: { im: Float64Array.of(0, -0.5, 0.5, 0) } })
    const correlated = await built(['initial: { system: 1, bath: { window: 0, fill: 1 } }', 'initial: { conditional: [[[0.5, 0], [0, 0]], [[0, 0], [0, 0.5]]] }'])
    expect(correlated.problem.initial).toMatchObject({ kind: 'conditional', memoryStart: 0, states: { re: Float64Array.of(0.5, 0, 0, 0, 0, 0, 0, 0.5) } })
  })

  it.each([
    [['[[0, 1], [1, 0]]', '[[0, 1], [2, 0]]'], 'solve/couplings', ['system', 'couplings', 0], '`system.couplings[0]` must be Hermitian'],
    [['[[0, 1], [1, 0]]', '[[0, 1, 0], [1, 0, 0], [0, 0, 0]]'], 'solve/couplings', ['system', 'couplings', 0], 'must be 2 × 2'],
    [['[[0, 1], [1, 0]]', '[[0, 1], [1]]'], 'scenario/shape', ['system', 'couplings', 0, 1], 'must have 2 entries like the first row, but has 1'],
    [['system: 1, bath', 'system: [[1, 0.5], [0.2, 0]], bath'], 'solve/initial-system', ['initial', 'system'], 'must be Hermitian'],
    [['system: 1, bath', 'system: [0.5, 0.6], bath'], 'solve/initial-system', ['initial', 'system'], 'must have trace 1'],
    [['system: 1, bath', 'system: [1.5, -0.5], bath'], 'solve/initial-system', ['initial', 'system'], 'positive semidefinite'],
    [['system: 1, bath', 'system: 2, bath'], 'scenario/level', ['initial', 'system'], 'must be a level from 0 to 1, but is 2'],
    [['system: 1, bath', 'system: [1, 0, 0], bath'], 'scenario/shape', ['initial', 'system'], 'must have 2 entries, one per level, but has 3'],
    [['energy: 1, volume', 'energy: 0.3, volume'], 'toys/overlap', ['bath', 'windows', 1, 'energy'], '`bath.windows[1].energy` must lie a width above'],
    [['{ from: 0, to: 60, points: 121 }', '[0, 2, 1]'], 'solve/times', ['times', 2], '`times[2]` must exceed the time before it (2), but is 1'],
    [['to: 60', 'to: -1'], 'solve/times', ['times'], 'must exceed the time before it'],
    [['window: 0, fill', 'window: 2, fill'], 'scenario/window', ['initial', 'bath', 'window'], 'must be a window from 0 to 1, but is 2'],
    [['fill: 1', 'fill: 1.5'], 'scenario/fill', ['initial', 'bath', 'fill'], 'must be greater than 0 and at most 1, but is 1.5'],
    [['fill: 1', 'fill: 0'], 'scenario/fill', ['initial', 'bath', 'fill'], 'must be greater than 0'],
    [['fill: 1', 'fill: 0.01'], 'scenario/fill', ['initial', 'bath', 'fill'], 'must occupy at least one level'],
    [['{ window: 0, fill: 1 }', '{ level: 10 }'], 'scenario/level', ['initial', 'bath', 'level'], 'must be a level from 0 to 9, but is 10'],
    [['{ window: 0, fill: 1 }', '{ probabilities: [0.5, 0.6] }'], 'solve/initial-bath', ['initial', 'bath', 'probabilities'], 'must have sum 1'],
    [['{ window: 0, fill: 1 }', '{ probabilities: [1] }'], 'solve/initial-bath', ['initial', 'bath', 'probabilities'], 'must have 2 entries'],
    [['methods:', 'memory: plenty\nmethods:'], 'scenario/size', ['memory'], 'must be a size such as 2GiB'],
    [['methods:', 'observables: { x: [[0, 1], [1, 0], [0, 0]] }\nmethods:'], 'scenario/shape', ['observables', 'x'], 'must be 2 × 2, but is 3 × 2'],
  ] as const)('refuses %j', async (edit, code, path, message) => {
    const found = await faults(edit)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(found[0]?.path).toEqual(path)
  })

  it('names a method that the bath cannot serve, and what is missing', async () => {
    expect(await faults(['model: ladder', 'model: smooth'])).toMatchObject([{
      code: 'scenario/missing-capability', path: ['methods', 0],
      message: '`methods[0]` (exact) must have a bath that gives `microscopic`, but the bath "bath" (smooth) gives its windows only',
    }])
    expect(await faults(['model: ladder', 'model: smooth'], ['[exact, markov]', '[markov]'], ['fill: 1', 'fill: 0.5'])).toMatchObject([{ code: 'scenario/no-levels' }])
  })

  it('reports faults of form, of factories and of the whole together', async () => {
    const found = await faults(['seed: 7', 'sead: 7'], ['energy: 1, volume', 'energy: 0.3, volume'], ['[[0, 1], [1, 0]]', '[[0, 1], [2, 0]]'],
      ['system: 1, bath', 'system: [0.5, 0.6], bath'], ['{ from: 0, to: 60, points: 121 }', '[0, 2, 1]'], ['[exact, markov]', '[exat]'])
    expect(found.map((each) => each.code).sort()).toEqual([
      'scenario/unknown-key', 'scenario/unknown-name', 'solve/couplings', 'solve/initial-system', 'solve/times', 'toys/overlap'].sort())
  })

  it('reads a bath through the resources, and passes on what they say', async () => {
    const file = [/model: ladder[^]*?seed: 7/, 'model: stored\n  path: good.h5'] as const
    expect((await built(file, ['[exact, markov]', '[markov]'])).problem.baths[0]?.bath.name).toBe('stored')
    expect(await faults(file, ['good.h5', 'bad.h5'])).toMatchObject([{ code: 'toys/unreadable', message: expect.stringContaining('bad.h5 must be readable') }])
  })

  it('gives each of several baths its own strength, couplings, rates and state', async () => {
    const { problem, methods } = await built(
      [/bath:\n {2}model[^]*?seed: 7\n/, `baths:
  - { label: hot, bath: { model: ladder, windows: [{ energy: 0, volume: 2 }], windowWidth: 1 }, rates: soft }
  - { label: cold, couplingStrength: 0.5, couplings: [[[1, 0], [0, -1]]], bath: { model: ladder, windows: [{ energy: 0, volume: 2 }, { energy: 1, volume: 2 }], windowWidth: 1 } }
`], ['bath: { window: 0, fill: 1 }', 'baths: { hot: { window: 0 }, cold: { window: 1 } }'])
    expect(problem.baths.map(({ label, strength }) => [label, strength])).toEqual([['hot', 0.003], ['cold', 0.5]])
    expect([...problem.baths[1]?.systemCouplings[0]?.re ?? []]).toEqual([1, 0, 0, -1])
    expect(problem.initial).toMatchObject({ baths: [{ probabilities: Float64Array.of(1) }, { probabilities: Float64Array.of(0, 1) }] })
    expect(methods[1]?.algorithm.recipe).toMatchObject({ rates: { baths: { hot: 'soft', cold: 'sharp' } }, made: 'hot+cold' })
  })
})
