// The packages as a user gets them: packed into tarballs, and installed from these outside the workspace.
import { mkdirSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outsidePackages, packages } from '../lib/workspace.mjs'
import { PNPM, start, tail } from './check.mjs'

export const writeJson = (path, value) => writeFileSync(path, JSON.stringify(value, null, 2))

export const tarballOf = (scratch, { name, version }) => join(scratch, 'tarballs', `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)

/** Packs every package, strangers' too, once for all stages; what went wrong, or null. */
export const packAll = async (scratch) => {
  const folder = join(scratch, 'tarballs')
  if (existsSync(folder)) return null
  mkdirSync(folder)
  const result = await start('npx', ['-y', PNPM, '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder])
  if (result.status !== 0) return tail(result.output)
  for (const outside of outsidePackages()) {
    const packed = await start('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: outside.folder })
    if (packed.status !== 0) return tail(packed.output)
  }
  const missing = [...packages(), ...outsidePackages()].filter(({ manifest }) => !existsSync(tarballOf(scratch, manifest)))
  return missing.length === 0 ? null : `no tarball of ${missing.map(({ name }) => name).join(', ')}`
}

/** Where each packed package is installed from, by name. */
export const sourcesOf = (scratch) =>
  Object.fromEntries([...packages(), ...outsidePackages()].map(({ manifest }) => [manifest.name, `file:${tarballOf(scratch, manifest)}`]))

/**
 * Installs what the folders of `consumers` (name → manifest) declare; without hoisting each sees its own dependencies only. Packed packages
 * come from their tarballs, wherever they are asked for. What went wrong, or null.
 */
export const installPacked = async (scratch, folder, consumers) => {
  const sources = sourcesOf(scratch)
  const taken = (dependencies = {}) => Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, sources[name] ?? range]))
  mkdirSync(folder, { recursive: true })
  writeJson(join(folder, 'package.json'), { name: 'consumers', private: true, pnpm: { overrides: sources } })
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'packages:\n  - "*"\nhoist: false\n')
  for (const [name, manifest] of Object.entries(consumers)) {
    mkdirSync(join(folder, name), { recursive: true })
    writeJson(join(folder, name, 'package.json'), { ...manifest, dependencies: taken(manifest.dependencies), devDependencies: taken(manifest.devDependencies) })
  }
  const result = await start('npx', ['-y', PNPM, 'install', '--prefer-offline', '--ignore-scripts'], { cwd: folder, env: { CI: 'true' } })
  return result.status === 0 ? null : tail(result.output)
}
