import type { Catalogue, Entry, Json } from '@mesobath/contracts'
import { Type } from 'typebox'
import { Common, Label, Matrix, Strength } from './internal/forms.js'

type Schema = { readonly [key: string]: Json }

const asSchema = (json: Json): Schema =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json as Schema : {}

/** The schema of an entry's options with the name that selects it put in front. */
const branch = (entry: Entry<unknown>, key: string, extra: Schema): Schema => {
  const options = asSchema(entry.optionsSchema)
  const properties = asSchema(options['properties'] ?? {})
  const required = Array.isArray(options['required']) ? options['required'] as readonly Json[] : []
  return {
    additionalProperties: false,
    ...options,
    type: 'object',
    properties: { [key]: { const: entry.name }, ...properties, ...extra },
    required: [key, ...required],
  }
}

const known = (entries: readonly Entry<unknown>[]): readonly Entry<unknown>[] => entries.filter((entry) => entry.package === undefined)

/** What may stand where an entry of an installed package is chosen: its options have a key of their own, so that none clashes with ours. */
const packaged = (entries: readonly Entry<unknown>[], key: string, extra: (entry: Entry<unknown>) => Schema = () => ({})): readonly Schema[] =>
  entries.flatMap((entry): readonly Schema[] => {
    if (entry.package === undefined) return []
    const { properties, required, ...rest } = asSchema(entry.optionsSchema)
    // Rate models stand beside the method, as they do for every other.
    const { rates: _rates, ...own } = asSchema(properties ?? {})
    const needed = (Array.isArray(required) ? required as readonly Json[] : []).filter((name) => name !== 'rates')
    const options: Schema = { additionalProperties: false, ...rest, type: 'object', properties: own, required: needed }
    const several = entries.filter((each) => each.package === entry.package).length > 1
    return [{
      type: 'object', additionalProperties: false,
      properties: { package: { const: entry.package }, [key]: { const: entry.name }, options, ...extra(entry) },
      required: ['package', ...(several ? [key] : []), ...(needed.length > 0 ? ['options'] : [])],
    }]
  })

/** Any package at all, its options unseen: for editors, which do not know what a project has installed. */
const anyPackage = (key: string, extra: Schema = {}): Schema => ({
  type: 'object', additionalProperties: false, required: ['package'], description: 'an entry of an installed package',
  properties: { package: { type: 'string', description: 'the name of a package that the project has installed' }, [key]: { type: 'string' }, options: { type: 'object' }, ...extra },
})

/** The names of entries by themselves; a JSON Schema has no empty list of words. */
const names = (entries: readonly Entry<unknown>[]): readonly Schema[] => {
  const words = known(entries).map((entry) => entry.name)
  return words.length === 0 ? [] : [{ enum: words, type: 'string' }]
}

/** One of several forms. A catalogue that holds none leaves nothing to choose: a program may bring only what its scenarios use. */
const oneOf = (description: string, forms: readonly Schema[]): Schema =>
  forms.length === 0 ? { description: 'left out, since the catalogue holds nothing of the kind', not: {} } : { description, anyOf: forms }

const choice = (entries: readonly Entry<unknown>[], any: boolean, description: string): Schema => oneOf(description, [
  ...names(entries), ...known(entries).map((entry) => branch(entry, 'model', {})), ...packaged(entries, 'model'), ...(any ? [anyPackage('model')] : []),
])

/** Whether an algorithm's options name rate models: its schema has a key `rates`. */
export const takesRates = (entry: Entry<unknown>): boolean =>
  'rates' in asSchema(asSchema(entry.optionsSchema)['properties'] ?? {})

/**
 * What may stand under `drive`: the options of the first entry as they are (its schema may be a union: a move or a list of moves), or
 * a map with `model` and the options of any entry.
 */
const driveSchema = (entries: readonly Entry<unknown>[]): Schema => {
  const [usual] = entries
  const own = asSchema(usual?.optionsSchema ?? {})
  const forms = Array.isArray(own['anyOf']) ? own['anyOf'] as readonly Json[] : [own as Json]
  // A union has no place for `model`: such a drive is reached without its name.
  const named = entries.slice(1).map((entry) => branch(entry, 'model', {}))
  return { description: own['description'] ?? 'a map of the options of a drive', anyOf: [...forms, ...named] }
}

const plain = (schema: unknown): Schema => JSON.parse(JSON.stringify(schema)) as Schema

/**
 * The JSON Schema (draft 2020-12) of scenarios that use the names of a catalogue: what `parseScenario` checks text against, and
 * what an editor completes from. A stranger's entry joins by its `optionsSchema`, an object schema. Packages beyond those of the catalogue are
 * allowed where `packages` is 'any'.
 */
export const scenarioSchema = (catalogue: Catalogue, { packages = 'known' }: { readonly packages?: 'known' | 'any' } = {}): Json => {
  const any = packages === 'any'
  const bath = oneOf('a map with `model` and its options', [
    ...known(catalogue.baths).map((entry) => branch(entry, 'model', {})), ...packaged(catalogue.baths, 'model'), ...(any ? [anyPackage('model')] : []),
  ])
  const rates = choice(catalogue.rates, any, 'the name of a rate model, or a map with `model` and its options')
  const beside = (entry: Entry<unknown>): Schema => ({ label: plain(Label), ...(takesRates(entry) ? { rates } : {}) })
  const methods: Schema = {
    type: 'array', minItems: 1, description: 'a list of methods',
    items: oneOf('the name of a method, or a map with `method` and its options', [
      ...names(catalogue.algorithms),
      ...known(catalogue.algorithms).map((entry) => branch(entry, 'method', beside(entry))), ...packaged(catalogue.algorithms, 'method', beside),
      ...(any ? [anyPackage('method', { label: plain(Label), rates })] : []),
    ]),
  }
  const attachment: Schema = {
    ...plain(Type.Object({ label: Label, couplingStrength: Type.Optional(Strength), couplings: Type.Optional(Type.Array(Matrix, { minItems: 1 })) }, { additionalProperties: false })),
  }
  const baths: Schema = {
    type: 'array', minItems: 1, description: 'a list of baths, each a map with `label` and `bath`',
    items: { ...attachment, properties: { ...asSchema(attachment['properties'] ?? {}), bath, rates }, required: ['label', 'bath'] },
  }
  const drive: Schema = catalogue.drives.length === 0 ? {} : { drive: driveSchema(catalogue.drives) }
  const common = plain(Type.Object(Common, { additionalProperties: false }))
  const { $schema, title, system, ...rest } = asSchema(common['properties'] ?? {})
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Mesobath scenario',
    description: 'a map of the keys of a scenario',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: $schema ?? {}, title: title ?? {}, system: system ?? {}, bath, baths, couplingStrength: plain(Strength), ...drive, ...rest, methods },
    required: ['system', 'initial', 'times', 'methods'],
  }
}
