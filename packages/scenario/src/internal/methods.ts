import { issue } from '@mesobath/contracts'
import type { Attachment, Catalogue, Issue, Json, Resources } from '@mesobath/contracts'
import type { BuildOptions, BuiltMethod } from '../built-scenario.js'
import type { MethodChoice, Scenario } from '../scenario.js'
import { takesRates } from '../schema.js'
import type { ScenarioBath } from './attachments.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'
import { movedBelow } from './relocate.js'

interface Attached {
  readonly attachment: Attachment
  /** False for a stand-in: nothing follows from what it cannot give. */
  readonly made: boolean
}

/** Rate models per bath: the method's own choice, else the bath's, else the default for what the bath can give. */
const ratesOf = (choice: MethodChoice, attached: readonly Attached[], places: readonly ScenarioBath[], options: BuildOptions, path: Path) => {
  const issues: Issue[] = []
  if (choice.rates !== undefined) return { rates: choice.rates as Json, issues }
  const perBath = attached.map(({ attachment, made }, index): readonly [string, Json] => {
    const own = places[index]?.rates ?? (made ? options.defaultRates?.(attachment.bath, choice.method) : undefined)
    if (own === undefined && made) {
      const at = [...path, 'rates']
      issues.push(issue('scenario/rates', at,
        `\`${pathName(at)}\` must name a rate model for the bath "${attachment.label}" (${attachment.bath.name}), but is missing and there is no usual one`))
    }
    return [attachment.label, own ?? '']
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
    const choice: MethodChoice = typeof written === 'string' ? { method: written } : written
    const entry = catalogue.algorithms.find((each) => each.name === choice.method)
    if (entry === undefined) continue
    const { method: _method, label, rates: _rates, ...rest } = choice
    let chosen: Json | undefined
    if (takesRates(entry)) {
      if (attached.some((each) => !each.made) && choice.rates === undefined) continue
      const found = ratesOf(choice, attached, places, options, path)
      issues.push(...found.issues)
      if (found.issues.length > 0) continue
      chosen = found.rates
    }
    const made = await entry.create({ ...rest, ...(chosen === undefined ? {} : { rates: chosen }) } as Json, catalogue, resources)
    if (made._tag === 'Left') {
      issues.push(...made.left.map(movedBelow(path)))
      continue
    }
    for (const { attachment, made: real } of attached) {
      for (const capability of real ? made.right.needs : []) {
        if (attachment.bath.can[capability] !== undefined) continue
        issues.push(issue('scenario/missing-capability', path,
          `\`${pathName(path)}\` (${choice.method}) must have a bath that gives \`${capability}\`, but the bath "${attachment.label}" (${attachment.bath.name}) gives ${given(attachment)}`))
      }
    }
    built.push({ name: label ?? choice.method, algorithm: made.right })
  }
  return { built, issues }
}

const given = ({ bath }: Attachment): string => {
  const names = Object.keys(bath.can)
  return names.length === 0 ? 'its windows only' : `only its windows and ${names.map((name) => `\`${name}\``).join(', ')}`
}
