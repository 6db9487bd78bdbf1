import { issue } from '@mesobath/contracts'
import type { Attachment, Catalogue, Issue, Json, Resources } from '@mesobath/contracts'
import type { BuildOptions, BuiltMethod } from '../built-scenario.js'
import type { MethodChoice, PackageMethod, Scenario } from '../scenario.js'
import { takesRates } from '../schema.js'
import type { ScenarioBath } from './attachments.js'
import { chosenEntry } from './chosen-entry.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'
import { movedBelow } from './relocate.js'

interface Attached {
  readonly attachment: Attachment
  /** False for a stand-in: nothing follows from what it cannot give. */
  readonly made: boolean
}

/** Rate models per bath: the method's own choice, else the bath's, else the default for what the bath can give. */
const ratesOf = (choice: MethodChoice | PackageMethod, method: string, attached: readonly Attached[], places: readonly ScenarioBath[], options: BuildOptions, path: Path) => {
  const issues: Issue[] = []
  if (choice.rates !== undefined) return { rates: choice.rates as Json, issues }
  const perBath = attached.map(({ attachment, made }, index): readonly [string, Json] => {
    const own = places[index]?.rates ?? (made ? options.defaultRates?.(attachment.bath, method) : undefined)
    if (own === undefined && made) {
      const at = [...path, 'rates']
      issues.push(issue('scenario/rates', at,
        `\`${pathName(at)}\` must name a rate model for the bath "${attachment.label}" (${attachment.bath.name}), but is missing and there is no usual one`))
    }
    return [attachment.label, (own ?? '') as Json]
  })
  const [first] = perBath
  return { rates: perBath.length === 1 && first !== undefined ? first[1] : { baths: Object.fromEntries(perBath) }, issues }
}

/** The methods of a scenario as algorithms; one that a bath cannot serve is named with what is missing. */
export const toMethods = async (
  scenario: Scenario, attached: readonly Attached[], places: readonly ScenarioBath[], sound: (path: Path) => boolean,
  catalogue: Catalogue, resources: Resources, options: BuildOptions,
): Promise<{ readonly built: readonly BuiltMethod[]; readonly issues: readonly Issue[] }> => {
  const issues: Issue[] = []
  const built: BuiltMethod[] = []
  const { methods } = scenario
  for (const [index, written] of (Array.isArray(methods) ? methods as Scenario['methods'] : []).entries()) {
    const path = ['methods', index]
    if (!sound(path)) continue
    const choice: MethodChoice | PackageMethod = typeof written === 'string' ? { method: written } : written
    const { label, rates: _rates, ...rest } = choice
    const found = chosenEntry(catalogue.algorithms, rest, 'method')
    if (found === null) continue
    const { entry } = found
    let chosen: Json | undefined
    if (takesRates(entry)) {
      if (attached.some((each) => !each.made) && choice.rates === undefined) continue
      const rates = ratesOf(choice, entry.name, attached, places, options, path)
      issues.push(...rates.issues)
      if (rates.issues.length > 0) continue
      chosen = rates.rates
    }
    const made = await entry.create({ ...found.options as object, ...(chosen === undefined ? {} : { rates: chosen }) } as Json, catalogue, resources)
    if (made._tag === 'Left') {
      // Rate models stand beside the method, its own options perhaps below `options`.
      issues.push(...made.left.map((each) => movedBelow(each.path[0] === 'rates' ? path : [...path, ...found.below])(each)))
      continue
    }
    for (const { attachment, made: real } of attached) {
      for (const capability of real ? made.right.needs : []) {
        if (attachment.bath.can[capability] !== undefined) continue
        issues.push(issue('scenario/missing-capability', path,
          `\`${pathName(path)}\` (${entry.name}) must have a bath that gives \`${capability}\`, but the bath "${attachment.label}" (${attachment.bath.name}) gives ${given(attachment)}`))
      }
    }
    const name = label ?? entry.name
    if (built.some((each) => each.name === name)) {
      issues.push(issue('scenario/method-twice', path, `\`${pathName(path)}\` must have a name of its own, but "${name}" stands there twice; give it a \`label\``))
      continue
    }
    built.push({ name, algorithm: made.right })
  }
  return { built, issues }
}

const given = ({ bath }: Attachment): string => {
  const names = Object.keys(bath.can)
  return names.length === 0 ? 'its windows only' : `only its windows and ${names.map((name) => `\`${name}\``).join(', ')}`
}
