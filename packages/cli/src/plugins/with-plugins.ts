import { dirname } from 'node:path'
import { CONTRACT, fail } from '@mesobath/contracts'
import type { Catalogue, Entry, Identity, Issue, Outcome, Plugin } from '@mesobath/contracts'
import { packageReferences } from '@mesobath/scenario'
import type { PackageReference } from '@mesobath/scenario'
import { guardAlgorithm } from './guard-algorithm.js'
import { guardBath } from './guard-bath.js'
import { guardRates } from './guard-rates.js'
import { contractIssue, kindIssue, loadPlugin } from './load-plugin.js'
import { caught, pluginIssue } from './plugin-fault.js'
import { resolvePackage } from './resolve-package.js'
import type { ResolvedPackage } from './resolve-package.js'

/** A catalogue with what a scenario's packages add to it, and what was wrong with them. */
export interface Extended {
  readonly catalogue: Catalogue
  readonly issues: readonly Issue[]
}

/** An entry of a stranger's, under the name of its package, and what it makes under guard. */
const joined = <T extends Identity>(plugin: ResolvedPackage, entry: Entry<T>, guard: (plugin: ResolvedPackage, made: T) => Outcome<T>): Entry<T> => ({
  name: entry.name,
  package: plugin.name,
  optionsSchema: entry.optionsSchema,
  create: async (options, catalogue, resources) => {
    try {
      const made = await entry.create(options, catalogue, resources)
      if (made?._tag === 'Left') return made
      if (typeof made?.right !== 'object' || made.right === null) return fail(pluginIssue(plugin, 'plugin-form', [], 'make a plug-in or give issues', `\`create\` gives ${JSON.stringify(made)}`))
      if (made.right.contract !== CONTRACT) return fail(contractIssue(plugin, [], made.right.contract, 'what it makes '))
      return guard(plugin, made.right)
    } catch (cause) {
      return caught(plugin, '`create`', cause)
    }
  },
})

const extendedBy = (catalogue: Catalogue, plugin: ResolvedPackage, { algorithms = [], baths = [], rates = [] }: Plugin): Catalogue => ({
  ...catalogue,
  baths: [...catalogue.baths, ...baths.map((entry) => joined(plugin, entry, guardBath))],
  rates: [...catalogue.rates, ...rates.map((entry) => joined(plugin, entry, guardRates))],
  algorithms: [...catalogue.algorithms, ...algorithms.map((entry) => joined(plugin, entry, guardAlgorithm))],
})

const placeOf = ({ path }: PackageReference): string => path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join('.').replaceAll('.[', '[')

/**
 * The catalogue with the entries of every package that a scenario names, found where the scenario's project has them installed. A package
 * that several places name is loaded once; each place is told what is wrong.
 */
export const withPlugins = async (catalogue: Catalogue, text: string, file: string): Promise<Extended> => {
  const issues: Issue[] = []
  const loaded = new Map<string, { readonly plugin: ResolvedPackage; readonly manifest: Plugin }>()
  let extended = catalogue
  for (const reference of packageReferences(text)) {
    const resolved = resolvePackage(reference.package, dirname(file), reference.path, placeOf(reference))
    if (resolved._tag === 'Left') {
      issues.push(...resolved.left)
      continue
    }
    const { right: plugin } = resolved
    let found = loaded.get(plugin.name)
    if (found === undefined) {
      const manifest = await loadPlugin(plugin, reference.path)
      if (manifest._tag === 'Left') {
        issues.push(...manifest.left)
        continue
      }
      found = { plugin, manifest: manifest.right }
      loaded.set(plugin.name, found)
      extended = extendedBy(extended, plugin, manifest.right)
    }
    if ((found.manifest[reference.kind] ?? []).length === 0) issues.push(kindIssue(plugin, reference.kind, reference.path, found.manifest))
  }
  return { catalogue: extended, issues }
}
