import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { Json, Outcome } from '@mesobath/contracts'
import { projectOf } from './project-of.js'

/** An installed package. */
export interface ResolvedPackage {
  readonly name: string
  readonly version: string
  /** Address of its main module. */
  readonly module: string
}

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/

/** Conditions of an exports map that a Node program imports by. */
const CONDITIONS = ['node', 'import', 'module-sync', 'default']

const read = (path: string): { readonly [key: string]: Json } => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { readonly [key: string]: Json }
  } catch {
    return {}
  }
}

/** The folder of a package, searched upwards as Node does: the project may be the package itself, whose author tries it. */
const installed = (folder: string, name: string): string | null => {
  const project = projectOf(folder)
  if (read(join(project, 'package.json'))['name'] === name) return project
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', ...name.split('/'))
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (at === dirname(at)) return null
  }
}

/** The file that an exports map gives for the package itself when it is imported. */
const exported = (target: Json | undefined): string | null => {
  if (typeof target === 'string') return target
  if (typeof target !== 'object' || target === null) return null
  if (Array.isArray(target)) return (target as readonly Json[]).map(exported).find((each) => each !== null) ?? null
  const map = target as { readonly [key: string]: Json }
  if ('.' in map) return exported(map['.'])
  for (const condition of Object.keys(map)) {
    if (!CONDITIONS.includes(condition)) continue
    const found = exported(map[condition])
    if (found !== null) return found
  }
  return null
}

const mainOf = (folder: string, name: string, root: string): string | null => {
  const own = exported(read(join(root, 'package.json'))['exports'])
  if (own !== null) return join(root, own)
  try {
    return createRequire(join(folder, 'scenario')).resolve(name)
  } catch {
    return null
  }
}

/**
 * Finds a package where the scenario's project has it installed; nothing is ever fetched. Issues: `cli/package-name`, `cli/plugin-missing`.
 */
export const resolvePackage = (name: unknown, folder: string, path: readonly (string | number)[], place: string): Outcome<ResolvedPackage> => {
  if (typeof name !== 'string' || !PACKAGE_NAME.test(name)) {
    return fail(issue('cli/package-name', path,
      `\`${place}\` must be the name of an installed package, neither a path nor an address, but is ${JSON.stringify(name)}; a folder of your own becomes one by \`npm install ./folder\``))
  }
  const root = installed(folder, name)
  const main = root === null ? null : mainOf(folder, name, root)
  if (root === null || main === null || !existsSync(main)) {
    const but = root === null ? `${name} was not found from ${folder}` : `${root} has no module to load`
    return fail(issue('cli/plugin-missing', path, `\`${place}\` must be installed in the project of the scenario, but ${but}; in ${projectOf(folder)} run: npm install ${name}`))
  }
  return succeed({ name, version: String(read(join(root, 'package.json'))['version'] ?? ''), module: pathToFileURL(main).href })
}
