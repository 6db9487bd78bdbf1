import { CONTRACT, fail, issue, succeed } from '@mesobath/contracts'
import type { Entry, Issue, Outcome, Plugin } from '@mesobath/contracts'
import { VERSION } from '../version.js'
import { caught, pluginIssue } from './plugin-fault.js'
import type { ResolvedPackage } from './resolve-package.js'

/** The name under which a package exports its plug-in. */
const EXPORT = 'mesobath'

const KINDS = ['baths', 'rates', 'algorithms'] as const

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const isEntry = (value: unknown): value is Entry<unknown> =>
  isObject(value) && typeof value['name'] === 'string' && value['name'] !== '' && isObject(value['optionsSchema']) && typeof value['create'] === 'function'

/** What a plug-in for another contract is told: both versions, and that either side can move. */
export const contractIssue = (plugin: ResolvedPackage, path: readonly (string | number)[], contract: unknown, what = ''): Issue =>
  pluginIssue(plugin, 'plugin-contract', path, `be built for contract ${CONTRACT}, that of this mesobath (${VERSION})`,
    `${what}was built for contract ${JSON.stringify(contract) ?? 'undefined'}; install a version of it for contract ${CONTRACT}, or the mesobath it was built for`)

const formIssues = (plugin: ResolvedPackage, manifest: Readonly<Record<string, unknown>>, path: readonly (string | number)[]): readonly Issue[] => KINDS.flatMap((kind) => {
  const entries = manifest[kind]
  if (entries === undefined) return []
  return Array.isArray(entries) && entries.every(isEntry) ? []
    : [pluginIssue(plugin, 'plugin-form', path, `list under \`${EXPORT}.${kind}\` entries { name, optionsSchema, create }`, 'lists something else')]
})

/** Imports a package and takes its plug-in. Issues: `cli/plugin-threw`, `cli/plugin-export`, `cli/plugin-contract`, `cli/plugin-form`. */
export const loadPlugin = async (plugin: ResolvedPackage, path: readonly (string | number)[]): Promise<Outcome<Plugin>> => {
  let module: Readonly<Record<string, unknown>>
  try {
    module = await import(plugin.module) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const { left } = caught(plugin, 'importing it', cause)
    return fail({ ...left[0], path })
  }
  const manifest = module[EXPORT]
  if (!isObject(manifest)) {
    const names = Object.keys(module)
    return fail(pluginIssue(plugin, 'plugin-export', path, `export \`${EXPORT}\`, its contract and entries`, names.length === 0 ? 'exports nothing' : `exports ${names.join(', ')}`))
  }
  if (manifest['contract'] !== CONTRACT) return fail(contractIssue(plugin, path, manifest['contract']))
  const [first, ...rest] = formIssues(plugin, manifest, path)
  return first === undefined ? succeed(manifest as unknown as Plugin) : fail(first, ...rest)
}

/** The plug-in has nothing of the kind that a scenario asks it for. */
export const kindIssue = (plugin: ResolvedPackage, kind: (typeof KINDS)[number], path: readonly (string | number)[], manifest: Plugin): Issue => {
  const has = KINDS.filter((each) => (manifest[each] ?? []).length > 0)
  return issue('cli/plugin-kind', path, pluginIssue(plugin, '', path, `have ${kind} to stand here`, `has ${has.length === 0 ? 'no entries at all' : `${has.join(' and ')} only`}`).message)
}
