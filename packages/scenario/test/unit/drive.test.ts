import { fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Catalogue, Drive, Entry, Json } from '@mesobath/contracts'
import { checkProblem } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'
import { formatScenario, loadScenario, parseScenario } from '@mesobath/scenario'
import type { DriveRequest } from '@mesobath/scenario'
import { defaultRates, SOUND, toyCatalogue, toyResources } from '../fixtures/toy-catalogue.js'

/** A drive as a stranger would write its entry: one jump of one level. */
const jump = (name: string): Entry<Drive> => ({
  name,
  optionsSchema: {
    type: 'object', additionalProperties: false, required: ['at', 'height'], description: 'a map with `at` and `height`',
    properties: { at: { type: 'number' }, height: { type: 'number' } },
  },
  create: async (json) => {
    const { options, energies, strengths, labels, range } = json as unknown as DriveRequest
    const { at, height } = options as unknown as { at: number; height: number }
    if (energies.some((energy) => !Number.isFinite(energy))) return fail(issue('toys/energies', ['energies'], '`energies` must be finite, but are not'))
    if (range !== null && !(at > range.from && at < range.to)) {
      return fail(issue('toys/beyond', ['at'], `\`at\` must lie inside the run [${range.from}, ${range.to}], but is ${at}`))
    }
    return succeed({ recipe: { name, at, height, energies: [...energies], strengths: [...strengths], labels: [...labels] } as Json, segments: () => [] })
  },
})

const catalogue: Catalogue = { ...toyCatalogue, drives: [jump('jump'), jump('other')] }
const options = { check: checkProblem, defaultRates }
const load = (extra: string) => loadScenario(`${SOUND}${extra}\n`, catalogue, toyResources, options)
const issuesOf = async (extra: string) => {
  const loaded = await load(extra)
  return loaded._tag === 'Left' ? loaded.left : []
}

describe('drive', () => {
  it('is made by the first entry of the catalogue, which is told of energies, strengths, labels and the run', async () => {
    const { problem } = orThrow(await load('drive: { at: 30, height: 2 }'))
    expect(problem.drive?.recipe).toEqual({ name: 'jump', at: 30, height: 2, energies: [0, 1], strengths: [0.003], labels: ['bath'] })
  })

  it('is made by another entry where `model` names it', async () => {
    expect(orThrow(await load('drive: { model: other, at: 30, height: 2 }')).problem.drive?.recipe).toMatchObject({ name: 'other' })
    expect(orThrow(await load('')).problem.drive).toBeNull()
  })

  it('has its faults told at their place in the scenario, with all others', async () => {
    expect(await issuesOf('drive: { at: 99, height: 2 }\ntolerance: -1')).toMatchObject([
      { code: 'scenario/range', path: ['tolerance'] },
      { code: 'toys/beyond', path: ['drive', 'at'], message: '`drive.at` must lie inside the run [0, 60], but is 99' },
    ])
    expect(await issuesOf('drive: { at: .nan, height: 2 }')).toMatchObject([{ code: 'scenario/not-finite', path: ['drive', 'at'] }])
    expect(await issuesOf('drive: { at: 3, hieght: 2 }')).toEqual(expect.arrayContaining([expect.objectContaining({ path: ['drive', 'hieght'], code: 'scenario/unknown-key' })]))
    expect((await issuesOf('drive: 3'))[0]).toMatchObject({ path: ['drive'], code: 'scenario/type' })
  })

  it('is no key of scenarios where the catalogue has no drives', () => {
    expect(parseScenario(`${SOUND}drive: { at: 1, height: 2 }\n`, toyCatalogue)).toMatchObject({ left: [{ code: 'scenario/unknown-key', path: ['drive'] }] })
  })
})

describe('thermodynamics', () => {
  it('asks for a ledger, with the temperatures told', async () => {
    expect(orThrow(await load('thermodynamics: true')).thermodynamics).toEqual({ inverseTemperatures: [], machine: null })
    expect(orThrow(await load('thermodynamics: { temperatures: [2, -0.5] }')).thermodynamics).toEqual({ inverseTemperatures: [0.5, -2], machine: null })
    expect(orThrow(await load('thermodynamics: false')).thermodynamics).toBeNull()
    expect(orThrow(await load('')).thermodynamics).toBeNull()
  })

  it('asks for a machine, and refuses one whose baths or period are not those of the run', async () => {
    expect(orThrow(await load('thermodynamics: { machine: { hot: bath, period: 2 } }')).thermodynamics).toEqual({ inverseTemperatures: [], machine: { hot: 'bath', period: 2 } })
    const said = async (machine: string) => (await issuesOf(`thermodynamics: { machine: ${machine} }`)).map(({ message }) => message)
    expect(await said('{ hot: oven, cold: bath, work: bath, period: 61 }')).toEqual([
      '`thermodynamics.machine.hot` must be the label of a bath (bath), but is oven',
      '`thermodynamics.machine.work` must be another bath than `cold`, but both are bath',
      '`thermodynamics.machine.period` must fit into the run, which takes 60, but is 61',
    ])
    expect(await said('{ cold: bath }')).toEqual(['`thermodynamics.machine.hot` must be given, but is missing'])
    expect(await said('{ hot: bath, period: 0 }')).toHaveLength(1)
    expect(await said('{ hot: bath, cool: bath }')).toEqual([expect.stringContaining('did you mean `cold`?')])
  })

  it('tells all its faults at once, whatever else is amiss: in another entry, in the bath, in the times', async () => {
    const paths = async (text: string, change: (sound: string) => string = (sound) => sound): Promise<readonly string[]> => {
      const loaded = await loadScenario(`${change(SOUND)}${text}\n`, catalogue, toyResources, { defaultRates })
      return loaded._tag === 'Left' ? loaded.left.map(({ path }) => path.join('.')).sort() : []
    }
    const all = 'thermodynamics: { temperatures: [1, 0, .nan, two], machine: { hot: oven, cold: 3, period: -1, cool: bath } }'
    const told = ['thermodynamics.machine.cold', 'thermodynamics.machine.cool', 'thermodynamics.machine.hot', 'thermodynamics.machine.period',
      'thermodynamics.temperatures.1', 'thermodynamics.temperatures.2', 'thermodynamics.temperatures.3']
    expect(await paths(all)).toEqual(told)
    const rest = 'thermodynamics: { temperatures: [0], machine: { hot: oven, period: 1000 } }'
    const few = ['thermodynamics.machine.hot', 'thermodynamics.temperatures.0']
    expect(await paths(rest)).toEqual(['thermodynamics.machine.hot', 'thermodynamics.machine.period', 'thermodynamics.temperatures.0'])
    expect(await paths(rest, (sound) => sound.replace(/times:.*/, 'times: never'))).toEqual([...few, 'times'])
    const worse = await paths(rest, (sound) => sound.replace(/model: \S+/, 'model: nothing'))
    expect(worse).toEqual(expect.arrayContaining(few))
    expect(worse.length).toBeGreaterThan(few.length)
    expect(await paths('thermodynamics: { temperatures: 0 }')).toEqual(['thermodynamics.temperatures'])
    expect(await paths('thermodynamics: [0]')).toEqual(['thermodynamics'])
  })

  it('refuses a temperature of zero, and a bath without windows', async () => {
    expect(await issuesOf('thermodynamics: { temperatures: [1, 0] }')).toMatchObject([{ code: 'scenario/thermodynamics', path: ['thermodynamics', 'temperatures', 1] }])
    expect(await issuesOf('thermodynamics: maybe')).toMatchObject([{ code: 'scenario/type', path: ['thermodynamics'] }])
    const bare: Catalogue = {
      ...catalogue,
      baths: catalogue.baths.map((entry) => ({
        ...entry,
        create: async (...args: Parameters<typeof entry.create>) => {
          const made = await entry.create(...args)
          return made._tag === 'Left' ? made : succeed({ ...made.right, windows: { ...made.right.windows, energies: new Float64Array(0), logVolumes: new Float64Array(0) } })
        },
      })),
    }
    const loaded = await loadScenario(`${SOUND.replace('bath: { window: 0, fill: 1 }', 'bath: { gibbs: { inverseTemperature: 1 } }')}thermodynamics: true\n`, bare, toyResources, { defaultRates })
    expect(loaded).toMatchObject({ left: [{ code: 'scenario/thermodynamics', path: ['thermodynamics'], message: expect.stringContaining('energy windows') }] })
  })
})

describe('formatScenario', () => {
  it('gives drive and thermodynamics back', () => {
    const scenario = orThrow(parseScenario(`${SOUND}drive: { at: 0.1, height: 1.0e-3 }\nthermodynamics: { temperatures: [0.3] }\n`, catalogue))
    expect(orThrow(parseScenario(formatScenario(scenario), catalogue))).toEqual(scenario)
    expect(scenario.drive).toEqual({ at: 0.1, height: 1e-3 })
  })
})
