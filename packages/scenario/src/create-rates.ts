import { fail, issue } from '@mesobath/contracts'
import type { Catalogue, Json, Outcome, RateModel, Resources } from '@mesobath/contracts'
import { chosenEntry } from './internal/chosen-entry.js'
import { didYouMean } from './internal/nearest.js'
import { movedAll } from './internal/relocate.js'

const PATH = ['rates']

const one = async (choice: Json, catalogue: Catalogue, resources: Resources): Promise<Outcome<RateModel>> => {
  const chosen = chosenEntry(catalogue.rates, choice as string | object, 'model')
  if (chosen !== null) return movedAll([...PATH, ...chosen.below], await chosen.entry.create(chosen.options, catalogue, resources))
  const known = catalogue.rates.filter((each) => each.package === undefined).map((each) => each.name)
  const { model } = typeof choice === 'string' ? { model: choice } : choice as { readonly model?: Json }
  return fail(issue('scenario/unknown-name', [...PATH, 'model'],
    `\`rates.model\` must be one of ${known.join(', ')}, but is ${JSON.stringify(model)}${didYouMean(String(model), known)}`))
}

/**
 * The rate models that a method's option `rates` names, for use in a catalogue's entry of an algorithm: a name, a map with
 * `model` and options, or `{ baths: { label: … } }` with one of either per bath.
 *
 * Issues: `scenario/unknown-name`, and those of the entries, at `rates`.
 */
export const createRates = async (
  rates: Json, catalogue: Catalogue, resources: Resources,
): Promise<Outcome<RateModel | Readonly<Record<string, RateModel>>>> => {
  const perBath = typeof rates === 'object' && rates !== null && 'baths' in rates ? rates['baths'] as { readonly [label: string]: Json } : null
  if (perBath === null) return one(rates, catalogue, resources)
  const made: [string, RateModel][] = []
  for (const [label, choice] of Object.entries(perBath)) {
    const model = await one(choice, catalogue, resources)
    if (model._tag === 'Left') return model
    made.push([label, model.right])
  }
  return { _tag: 'Right', right: Object.fromEntries(made) }
}
