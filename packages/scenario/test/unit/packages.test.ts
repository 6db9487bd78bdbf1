import { orThrow } from '@mesobath/contracts'
import type { Catalogue, Entry, Json } from '@mesobath/contracts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createRates, formatScenario, loadScenario, packageReferences, parseScenario, scenarioSchema } from '@mesobath/scenario'
import { defaultRates, SOUND, toyCatalogue, toyResources } from '../fixtures/toy-catalogue.js'

const from = <T>(entry: Entry<T> | undefined, home: string, name?: string): Entry<T> => {
  if (entry === undefined) throw new Error('the toy catalogue has this entry')
  return { ...entry, package: home, ...(name === undefined ? {} : { name }) }
}

const [ladder] = toyCatalogue.baths
const [sharp] = toyCatalogue.rates
const markov = toyCatalogue.algorithms[1]

/** One package with one bath and one method, another with two rate models. */
const catalogue: Catalogue = {
  ...toyCatalogue,
  baths: [...toyCatalogue.baths, from(ladder, '@lab/baths')],
  rates: [...toyCatalogue.rates, from(sharp, 'lab-rates'), from(sharp, 'lab-rates', 'blunt')],
  algorithms: [...toyCatalogue.algorithms, from(markov, '@lab/baths')],
}

const BATH = /bath:\n {2}model: ladder\n {2}windows: (.*)\n {2}windowWidth: 0.5\n {2}seed: 7/
const packaged = SOUND.replace(BATH, "bath:\n  package: '@lab/baths'\n  options: { windows: $1, windowWidth: 0.5 }")
const withMethod = (method: string): string => packaged.replace('methods: [exact, markov]', `methods: [${method}]`)
const load = (text: string, found = {}) => loadScenario(text, catalogue, toyResources, { defaultRates, ...found })
const faults = async (text: string): Promise<readonly string[]> => {
  const outcome = await load(text)
  return outcome._tag === 'Left' ? outcome.left.map(({ code, path }) => `${code} ${path.join('.')}`) : []
}

describe('entries of packages', () => {
  it('stand wherever a model or a method does, and are made with what stands under `options`', async () => {
    const built = orThrow(await load(withMethod("{ package: '@lab/baths', rates: { package: lab-rates, model: blunt, options: { sharpness: 2 } }, options: { order: 3 } }")))
    expect(built.problem.baths[0]?.bath.recipe).toMatchObject({ windowWidth: 0.5 })
    expect(built.methods.map(({ name, algorithm }) => [name, algorithm.recipe])).toEqual([
      ['markov', { order: 3, made: 'sharp', rates: { package: 'lab-rates', model: 'blunt', options: { sharpness: 2 } } }],
    ])
  })

  it('give the method their name unless it has a label, and two of one name are told', async () => {
    expect(await faults(withMethod("{ package: '@lab/baths' }, markov"))).toEqual(['scenario/method-twice methods.1'])
    const built = orThrow(await load(withMethod("{ package: '@lab/baths', label: theirs }, markov")))
    expect(built.methods.map(({ name, algorithm }) => [name, algorithm.recipe])).toEqual([['theirs', expect.objectContaining({ made: 'sharp' })], ['markov', expect.objectContaining({ made: 'sharp' })]])
  })

  it('need a name where their package has several, and never take a name of the catalogue', async () => {
    const rates = (choice: string): string => withMethod(`{ method: markov, rates: ${choice} }`)
    expect(await faults(rates('{ package: lab-rates }'))).toEqual(['scenario/missing-key methods.0.rates.model'])
    expect(await faults(rates('{ package: lab-rates, model: blnt }'))).toEqual(['scenario/unknown-name methods.0.rates.model'])
    expect(await faults(rates('blunt'))).toEqual(['scenario/unknown-name methods.0.rates'])
    expect(orThrow(await createRates('sharp', catalogue, toyResources))).toMatchObject({ name: 'sharp' })
    expect(await createRates('blunt', catalogue, toyResources)).toMatchObject({ left: [{ code: 'scenario/unknown-name' }] })
  })

  it('have their options checked, in their place', async () => {
    expect(await faults(withMethod('{ method: markov, rates: { package: lab-rates, model: blunt, options: { sharpness: high } } }'))).toEqual(['scenario/type methods.0.rates.options.sharpness'])
    expect(await faults(withMethod("{ package: '@lab/baths', order: 3 }"))).toEqual(['scenario/unknown-key methods.0.order'])
    expect(await faults(packaged.replace('volume: 6', 'volume: 6000'))).toEqual(['toys/large bath.options.windows.1.volume'])
    expect(await faults(packaged.replace(/options: .*/, ''))).toEqual(['scenario/missing-key bath.options'])
  })

  it('of a package that nobody loaded are an issue, told once where the reason is known', async () => {
    const text = withMethod('{ method: markov, rates: { package: other-rates } }')
    expect(await faults(text)).toEqual(['scenario/unknown-package methods.0.rates.package'])
    expect(parseScenario(SOUND.replace('[exact, markov]', '[{ package: any }]'), toyCatalogue)).toMatchObject({
      left: [{ code: 'scenario/unknown-package', message: '`methods[0].package` must be a package whose plug-ins were loaded, but is "any"' }],
    })
    const found = [{ code: 'host/missing', path: ['methods', 0, 'rates', 'package'], message: '`methods[0].rates.package` must be installed, but is not' }]
    expect(await load(text, { found })).toMatchObject({ left: [{ code: 'host/missing' }] })
    expect(await load(`${text}\ncolour: red\n`, { found })).toMatchObject({ left: [{ code: 'host/missing' }, { code: 'scenario/unknown-key' }] })
  })

  it('survive formatting, and are part of the schema that another validator reads', () => {
    const text = withMethod("{ package: '@lab/baths', label: theirs, options: { order: 2 } }")
    const parsed = orThrow(parseScenario(text, catalogue))
    expect(orThrow(parseScenario(formatScenario(parsed), catalogue))).toEqual(parsed)
    const validate = new Ajv2020({ strict: false }).compile(scenarioSchema(catalogue) as object)
    expect(validate(parsed)).toBe(true)
    expect(validate({ ...parsed, methods: [{ package: '@lab/baths', options: { order: 'two' } }] })).toBe(false)
  })

  it('of any package at all are in the schema for editors', () => {
    const [parsed, unknown] = [orThrow(parseScenario(packaged, catalogue)), [{ package: 'who-knows', rates: { package: 'nor-this', options: {} } }]]
    const [known, any] = (['known', 'any'] as const).map((packages) => new Ajv2020({ strict: false }).compile(scenarioSchema(toyCatalogue, { packages }) as object))
    expect([known?.({ ...parsed, methods: unknown }), any?.({ ...parsed, methods: unknown })]).toEqual([false, true])
    expect(any?.({ ...parsed, methods: [{ package: 7 }] })).toBe(false)
  })
})

describe('packageReferences', () => {
  it('names each place of a package, with what belongs there', () => {
    const text = JSON.stringify({
      bath: { package: 'a' },
      baths: [{ bath: { package: 'b' }, rates: { package: 'c' } }, { bath: { model: 'ladder' } }],
      methods: ['exact', { package: 'd', rates: { package: 7 } }],
    } satisfies Json)
    expect(packageReferences(text)).toEqual([
      { package: 'a', kind: 'baths', path: ['bath', 'package'] },
      { package: 'b', kind: 'baths', path: ['baths', 0, 'bath', 'package'] },
      { package: 'c', kind: 'rates', path: ['baths', 0, 'rates', 'package'] },
      { package: 'd', kind: 'algorithms', path: ['methods', 1, 'package'] },
      { package: 7, kind: 'rates', path: ['methods', 1, 'rates', 'package'] },
    ])
  })

  it('finds none where there is no scenario', () => {
    for (const text of ['', '[1, 2', 'null', '7', 'methods: 3', 'bath: [package]']) expect(packageReferences(text)).toEqual([])
  })
})
