// What every tool needs to know about the repository: its root, its packages, its source files.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

const folders = (parent) => existsSync(join(root, parent))
  ? readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, parent, entry.name, 'package.json')))
    .map((entry) => ({ name: entry.name, folder: join(root, parent, entry.name), manifest: readJson(join(root, parent, entry.name, 'package.json')) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  : []

export const packages = () => folders('packages')

const isOutside = ({ name }) => name.startsWith('third-party-')

export const examples = () => folders('examples').filter((each) => !isOutside(each))

/** Packages in the style of a stranger's: not of the workspace, tested from packed tarballs. */
export const outsidePackages = () => folders('examples').filter(isOutside)

/** Path relative to the root with forward slashes: how files are named in messages and tables. */
export const local = (path) => relative(root, path).split(sep).join('/')

const SKIPPED = new Set(['node_modules', 'dist', 'out'])

/** All files under a folder whose name ends in one of `endings`, sorted, build products left out. */
export const filesUnder = (folder, endings) => {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path, endings)
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : []
  })
}

/** All pages of prose; the reference that typedoc writes is none. */
export const pages = () => [
  ...readdirSync(root).filter((name) => name.endsWith('.md')).map((name) => join(root, name)),
  ...['docs', 'packages', 'examples', 'test', 'bench'].flatMap((folder) => filesUnder(join(root, folder), ['.md'])),
].filter((path) => !local(path).startsWith('docs/api/'))
