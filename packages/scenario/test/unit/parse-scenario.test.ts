import type { Issue, Outcome } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { formatScenario, parseScenario, scenarioSchema } from '@mesobath/scenario'
import { SOUND, toyCatalogue } from '../fixtures/toy-catalogue.js'

const issuesOf = (outcome: Outcome<unknown>): readonly Issue[] => (outcome._tag === 'Left' ? outcome.left : [])
const faults = (text: string): readonly Issue[] => issuesOf(parseScenario(text, toyCatalogue))
const change = (from: string | RegExp, to: string): readonly Issue[] => {
  const text = SOUND.replace(from, to)
  expect(text).not.toBe(SOUND)
  return faults(text)
}

describe('parseScenario', () => {
  it('takes the documented form, as YAML and as JSON with tabs', () => {
    const scenario = orThrow(parseScenario(SOUND, toyCatalogue))
    expect(scenario.couplingStrength).toBe(0.003)
    expect(orThrow(parseScenario(JSON.stringify(scenario, null, '\t'), toyCatalogue))).toEqual(scenario)
  })

  it('takes a catalogue that holds only what the scenario uses, and says what it lacks', () => {
    const text = SOUND.replace('[exact, markov]', '[exact]')
    const exactOnly = { ...toyCatalogue, algorithms: toyCatalogue.algorithms.filter(({ name }) => name === 'exact'), rates: [], drives: [] }
    expect(orThrow(parseScenario(text, exactOnly)).methods).toHaveLength(1)
    expect(issuesOf(parseScenario(text, { baths: [], rates: [], algorithms: [], drives: [] })).map(({ message }) => message)).toEqual([
      expect.stringContaining('`bath` must be left out, since the catalogue holds nothing of the kind, but is'),
      '`methods[0]` must be left out, since the catalogue holds nothing of the kind, but is "exact"',
    ])
  })

  it('names the known key nearest to an unknown one', () => {
    expect(change('energies:', 'energys:').map((each) => each.message)).toContain(
      '`system.energys` must be a known key (energies, couplings), but is not; did you mean `energies`?')
    expect(change('windowWidth: 0.5', 'window_width: 0.5').map((each) => each.message).join()).toContain('did you mean `windowWidth`?')
    expect(change('fill: 1', 'fil: 1')).toMatchObject([{ code: 'scenario/unknown-key', path: ['initial', 'bath', 'fil'] }])
    expect(change('methods:', 'methodes:').map((each) => each.code).sort()).toEqual(['scenario/missing-key', 'scenario/unknown-key'])
    expect(change('seed: 7', 'zebra: 7')[0]?.message).not.toContain('did you mean')
  })

  it('names the known model, method or word nearest to an unknown one', () => {
    expect(change('model: ladder', 'model: lader')).toMatchObject([{
      code: 'scenario/unknown-name', path: ['bath', 'model'], message: '`bath.model` must be one of ladder, smooth, stored, but is "lader"; did you mean `ladder`?',
    }])
    expect(change('[exact, markov]', '[exakt, markov]')).toMatchObject([{ code: 'scenario/unknown-name', path: ['methods', 0] }])
    expect(change('seed: 7', 'spectrum: randm')[0]?.message).toContain('did you mean `random`?')
    expect(change('[exact, markov]', '[{ method: markov, rates: sharf }]')[0]?.message).toContain('did you mean `sharp`?')
  })

  it.each([
    ['energies: [0, 1]', 'energies: [0, one]', ['system', 'energies', 1], '`system.energies[1]` must be a number, but is "one"'],
    ['energies: [0, 1]', 'energies: 3', ['system', 'energies'], '`system.energies` must be a list of level energies ε_k of H_S, but is 3'],
    ['volume: 4', 'volume: 0', ['bath', 'windows', 0, 'volume'], '`bath.windows[0].volume` must be a positive integer, but is 0'],
    ['volume: 4', 'volume: -3', ['bath', 'windows', 0, 'volume'], '`bath.windows[0].volume` must be a positive integer, but is -3'],
    ['volume: 4', 'volume: 4.5', ['bath', 'windows', 0, 'volume'], '`bath.windows[0].volume` must be a positive integer, but is 4.5'],
    ['couplingStrength: 3.0e-3', 'couplingStrength: -1', ['couplingStrength'], '`couplingStrength` must be a number at least 0, but is -1'],
    ['points: 121', 'points: 1', ['times', 'points'], '`times.points` must be an integer at least 2 and at most 10000000, but is 1'],
    ['[exact, markov]', '[]', ['methods'], '`methods` must have at least 1 entry, but has 0'],
    ['system: 1, bath', 'system: up, bath', ['initial', 'system'],
      '`initial.system` must be the number of a level (from 0), a list of populations, or a density matrix, but is "up"'],
    ['{ window: 0, fill: 1 }', '{ windw: 0 }', ['initial', 'bath'],
      '`initial.bath` must be a map with `window` (and `fill`), `level`, `gibbs` or `probabilities`, but is {"windw":0}'],
    ['[[0, 1], [1, 0]]', '[[0, 1], [1, [0, 1, 2]]]', ['system', 'couplings', 0, 1, 1], '`system.couplings[0][1][1]` must have at most 2 entries, but has 3'],
    ['[[0, 1], [1, 0]]', '[[0, x], [1, 0]]', ['system', 'couplings', 0, 0, 1], '`system.couplings[0][0][1]` must be a number or [re, im], but is "x"'],
    ['initial: { system: 1, bath: { window: 0, fill: 1 } }', '', ['initial'], '`initial` must be given, but is missing'],
  ])('%s → %s is refused at its place', (from, to, path, message) => {
    expect(change(from, to)).toMatchObject([{ path, message }])
  })

  it.each([
    ['energies: [0, 1]', 'energies: [0, .nan]', ['system', 'energies', 1], 'NaN'],
    ['to: 60', 'to: .inf', ['times', 'to'], 'Infinity'],
    ['windowWidth: 0.5', 'windowWidth: -.inf', ['bath', 'windowWidth'], '-Infinity'],
    ['volume: 4', 'volume: .nan', ['bath', 'windows', 0, 'volume'], 'NaN'],
    ['system: 1, bath', 'system: [.nan, 1], bath', ['initial', 'system', 0], 'NaN'],
    ['couplingStrength: 3.0e-3', 'couplingStrength: 1e999', ['couplingStrength'], 'Infinity'],
  ])('%s → %s is refused, once, as not finite', (from, to, path, value) => {
    expect(change(from, to)).toMatchObject([{ code: 'scenario/not-finite', path, message: expect.stringContaining(`must be a finite number, but is ${value}`) }])
  })

  it('says the line and column of a syntax error and of a repeated key', () => {
    const [syntax] = faults('system: [1, 2\nbath: {')
    expect(syntax).toMatchObject({ code: 'scenario/syntax', message: expect.stringMatching(/^line 2, column 1 must be valid YAML or JSON, but: /) })
    expect(faults(`${SOUND}couplingStrength: 2\n`)).toMatchObject([{ code: 'scenario/duplicate-key', message: expect.stringContaining('line 12, column 1') }])
    for (const text of ['', '[1, 2]', 'just words', '\u0000', '{"a": 1,}}', '*nothing', 'a: !!js/function x', '? [a]\n: 1']) {
      expect(faults(text).length, JSON.stringify(text)).toBeGreaterThan(0)
    }
  })

  it('reports all faults at once', () => {
    const text = SOUND.replace('energies: [0, 1]', 'energies: [0, .nan]').replace('seed: 7', 'sead: 7').replace('volume: 4', 'volume: 0')
      .replace('points: 121', 'points: many').replace('[exact, markov]', '[exact, markof]')
    expect(faults(text).map((each) => each.path.join('.')).sort()).toEqual(
      ['bath.sead', 'bath.windows.0.volume', 'methods.1', 'system.energies.1', 'times.points'])
  })

  it('asks for what one bath needs, and for what each of several needs', () => {
    expect(change('couplingStrength: 3.0e-3\n', '')).toMatchObject([{ code: 'scenario/missing-key', path: ['couplingStrength'] }])
    const several = SOUND.replace(/bath:\n {2}model[^]*?seed: 7\n/, 'baths: [{ label: hot, bath: { model: smooth, windows: [{ energy: 0, volume: 4 }], windowWidth: 1 } }]\n')
      .replace('bath: { window: 0, fill: 1 }', 'baths: { hot: { window: 0 } }')
    expect(faults(several)).toEqual([])
    expect(faults(several.replace('couplingStrength: 3.0e-3\n', ''))).toMatchObject([{ path: ['baths', 0, 'couplingStrength'] }])
  })

  it('wants a label where a method stands twice', () => {
    expect(change('[exact, markov]', '[markov, { method: markov, rates: soft }]')).toMatchObject([{ code: 'scenario/method-twice', path: ['methods', 1] }])
    expect(change('[exact, markov]', '[markov, { method: markov, rates: soft, label: markov-soft }]')).toEqual([])
  })
})

describe('formatScenario', () => {
  it('gives the same scenario back, digit for digit', () => {
    const scenario = orThrow(parseScenario(SOUND, toyCatalogue))
    const awkward = { ...scenario, title: 'yes: no # "quoted"', couplingStrength: 0.1 + 0.2, times: [0, 1e-300, Math.PI, 123456789.123456789] }
    expect(orThrow(parseScenario(formatScenario(awkward), toyCatalogue))).toEqual(awkward)
  })
})

describe('scenarioSchema', () => {
  it('is a JSON Schema by which another validator takes and refuses the same texts', () => {
    const validate = new Ajv2020({ strict: false }).compile(scenarioSchema(toyCatalogue) as object)
    const sound = orThrow(parseScenario(SOUND, toyCatalogue))
    expect(validate(sound), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...sound, methods: [] })).toBe(false)
    expect(validate({ ...sound, colour: 'blue' })).toBe(false)
  })

  it('is plain JSON that names every entry of the catalogue', () => {
    const schema = scenarioSchema(toyCatalogue)
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
    for (const name of ['ladder', 'smooth', 'stored', 'sharp', 'soft', 'exact', 'markov']) expect(JSON.stringify(schema)).toContain(`"${name}"`)
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
  })
})
