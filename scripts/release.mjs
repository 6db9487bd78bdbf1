// Publishes what is ready to be published, and refuses with every reason at once.
//
// usage: node scripts/release.mjs --dry-run   checks and packs, publishes nothing
//        node scripts/release.mjs
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { apiReports } from './api-reports.mjs'
import { PNPM } from './ci/check.mjs'
import { filesUnder, local, packages, root } from './lib/workspace.mjs'
import { statedVersions } from './version.mjs'

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()

const pendingNotes = () => filesUnder(join(root, '.changeset'), ['.md']).map((path) => basename(path)).filter((name) => name !== 'README.md')

const heading = (path) => (existsSync(path) ? /^## (\S+)/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined)

/** Everything that stands in the way of a release. */
const obstacles = () => {
  const all = packages()
  const versions = [...new Set(all.map(({ manifest }) => manifest.version))]
  const changes = git('status', '--porcelain')
  const notes = pendingNotes()
  return [
    ...(changes === '' ? [] : [`the tree must be clean, but has changes:\n${changes}`]),
    ...(notes.length === 0 ? [] : [`change notes must have become change logs (npm run bump), but these have not: ${notes.join(', ')}`]),
    ...(versions.length === 1 ? [] : [`all packages must have one version, but have ${versions.join(', ')}`]),
    ...all.filter(({ folder, manifest }) => heading(join(folder, 'CHANGELOG.md')) !== manifest.version)
      .map(({ folder, manifest }) => `${local(join(folder, 'CHANGELOG.md'))} must begin with ${manifest.version}, but ${heading(join(folder, 'CHANGELOG.md')) ?? 'is not there'}`),
    ...statedVersions().filter(({ said, version }) => said !== version).map(({ path, said, version }) => `${local(path)} must say ${version}, but says ${said}`),
    ...apiReports(false).filter(({ changed, faults }) => changed || faults.length > 0).map(({ name }) => `docs/interfaces/${name}.api.md must match the sources (npm run interfaces), but does not`),
  ]
}

const dryRun = process.argv.includes('--dry-run')
const found = obstacles()
for (const each of found) console.error(`refused: ${each}`)
// Packing is tried even so: whoever prepares a release wants to hear of everything at once.
const publish = (flags) => spawnSync('npx', ['-y', PNPM, '-r', '--filter', './packages/*', 'publish', '--access', 'public', ...flags], { cwd: root, stdio: 'inherit' }).status
const packed = publish(['--dry-run', '--no-git-checks'])
if (packed !== 0) console.error('refused: the packages must pack, but do not')
if (found.length > 0 || packed !== 0) process.exitCode = 1
else if (!dryRun) process.exitCode = publish([])
