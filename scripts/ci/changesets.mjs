// Changesets name packages that exist, and every change of a package since main has one.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { filesUnder, packages, root } from '../lib/workspace.mjs'
import { checkThat, failed, passed, skipped, start, startNode } from './check.mjs'

const BUMPS = ['major', 'minor', 'patch', 'none']

const faultsOf = (path, names) => {
  const name = basename(path)
  const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(readFileSync(path, 'utf8')) ?? []
  if (head === undefined) return [`${name} must begin with the packages it is about, between lines of ---`]
  return [
    ...Object.entries(parse(head) ?? {}).flatMap(([packageName, bump]) => [
      ...(names.has(packageName) ? [] : [`${name} names ${packageName}, which does not exist`]),
      ...(BUMPS.includes(bump) ? [] : [`${name} asks for a "${bump}" of ${packageName}`]),
    ]),
    ...(body.trim() === '' ? [`${name} must say what changes for a user`] : []),
  ]
}

export const run = async () => {
  const names = new Set(packages().map(({ manifest }) => manifest.name))
  const files = filesUnder(join(root, '.changeset'), ['.md']).filter((path) => basename(path) !== 'README.md')
  const faults = files.flatMap((path) => faultsOf(path, names))
  const form = faults.length === 0 ? passed('changesets are well formed') : failed('changesets are well formed', faults.join('\n'))
  const history = 'every changed package has a changeset'
  if ((await start('git', ['rev-parse', '--verify', '--quiet', 'main'])).status !== 0) return [form, skipped(history, 'there is no branch main to compare with')]
  return [form, checkThat(history, await startNode('node_modules/@changesets/cli/bin.js', ['status']))]
}
