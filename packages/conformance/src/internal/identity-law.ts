import { CONTRACT } from '@mesobath/contracts'
import type { Identity } from '@mesobath/contracts'
import { law } from '../law.js'
import type { Fault, Law } from '../law.js'

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** What JSON gives back unchanged. */
const isPlain = (value: unknown): boolean => JSON.stringify(value) !== undefined && JSON.stringify(JSON.parse(JSON.stringify(value))) === JSON.stringify(value)

const faultsOf = (plugin: Identity): readonly Fault[] => {
  const { citations, contract, name, recipe, version } = plugin
  const faults: Fault[] = []
  if (contract !== CONTRACT) faults.push({ must: `be built for contract ${CONTRACT}`, but: `was built for contract ${String(contract)}` })
  for (const [key, value] of Object.entries({ name, package: plugin.package, version })) {
    if (!isText(value)) faults.push({ must: `have a \`${key}\``, but: `has ${JSON.stringify(value)}` })
  }
  if (!Array.isArray(citations) || citations.some((each) => !isText(each?.key) || !each.bibtex.includes(each.key))) {
    faults.push({ must: 'have `citations`, each a key and the BibTeX entry of that key', but: 'has others' })
  }
  if (recipe === undefined || !isPlain(recipe)) faults.push({ must: 'have a `recipe` that JSON can carry, or null', but: 'has another' })
  return faults
}

/** The plug-in says what it is. */
export const identityLaw = (make: () => Identity): Law => law({
  name: 'says what it is: contract, name, package, version, citations, recipe', code: 'identity', examine: () => faultsOf(make()),
})
