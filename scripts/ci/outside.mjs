// Packages in the style of a stranger's: copied out of the repository, installed from packed tarballs, tested by their own tests, packed
// themselves, and used by the scenario of a project that has installed them. The page about plug-ins is run there too.
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outsidePackages, packages, readJson, root } from '../lib/workspace.mjs'
import { PNPM, checkThat, failed, passed, start, tail } from './check.mjs'
import { runGuide } from './guide.mjs'

const TEST_SECONDS = 120

const writeJson = (path, value) => writeFileSync(path, JSON.stringify(value, null, 2))

const tarballOf = (folder, { name, version }) => join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)

const pack = async (folder) => {
  if (existsSync(folder)) return null
  mkdirSync(folder, { recursive: true })
  const result = await start('npx', ['-y', PNPM, '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder])
  return result.status === 0 ? null : tail(result.output)
}

const packOutside = async (tarballs) => {
  for (const { folder } of outsidePackages()) {
    const result = await start('npm', ['pack', '--silent', '--pack-destination', tarballs], { cwd: folder })
    if (result.status !== 0) return tail(result.output)
  }
  return null
}

/** The manifest with every package of this repository taken from its tarball. */
const fromTarballs = (manifest, files) => {
  const taken = (dependencies = {}) => Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, files[name] ?? range]))
  return { ...manifest, dependencies: taken(manifest.dependencies), devDependencies: taken(manifest.devDependencies) }
}

const PROJECT = `title: Two packages of strangers
system: { energies: [0, 1], couplings: [[[0, 1], [1, 0]]] }
bath:
  model: windows
  windows: [{ energy: 0, volume: 40 }, { energy: 1, volume: 60 }]
  windowWidth: 0.5
couplingStrength: 0.1
initial: { system: 1, bath: { window: 0 } }
times: { from: 0, to: 20, points: 21 }
methods:
  - package: mesobath-jump-sampler
    rates: { package: tabulated-bath-rates, options: { rows: [[0, 0, 1], [0, 2, 1], [1, 0, 1], [1, 2, 1]] } }
    options: { trajectories: 2000, seed: 1 }
`

const install = async (folder, tarballs) => {
  const outside = outsidePackages()
  const files = Object.fromEntries([...packages(), ...outside].map(({ manifest }) => [manifest.name, `file:${tarballOf(tarballs, manifest)}`]))
  mkdirSync(folder)
  writeJson(join(folder, 'package.json'), { name: 'outside', private: true, pnpm: { overrides: files } })
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'packages:\n  - "*"\nhoist: false\n')
  for (const { folder: source, manifest, name } of outside) {
    cpSync(source, join(folder, name), { recursive: true, filter: (path) => !/node_modules/.test(path) })
    writeJson(join(folder, name, 'package.json'), fromTarballs(manifest, files))
  }
  const project = join(folder, 'a-project')
  mkdirSync(project)
  const dependencies = Object.fromEntries(['@mesobath/cli', '@mesobath/conformance', '@mesobath/contracts', ...outside.map(({ manifest }) => manifest.name)].map((name) => [name, files[name]]))
  writeJson(join(project, 'package.json'), { name: 'a-project', private: true, type: 'module', dependencies })
  writeFileSync(join(project, 'scenario.yaml'), PROJECT)
  const result = await start('npx', ['-y', PNPM, 'install', '--prefer-offline', '--ignore-scripts'], { cwd: folder, env: { CI: 'true' } })
  return result.status === 0 ? null : tail(result.output)
}

/** What a run of both packages leaves: their versions and everything to cite. */
const used = (folder) => {
  const { versions } = readJson(join(folder, 'out/scenario/summary.json'))
  const missing = outsidePackages().filter(({ manifest }) => versions[manifest.name] !== manifest.version)
  const name = 'a run names the packages of strangers that it used'
  return missing.length === 0 ? passed(name) : failed(name, `summary.json lacks ${missing.map(({ manifest }) => `${manifest.name} ${manifest.version}`).join(', ')}`)
}

export const run = async ({ scratch }) => {
  const tarballs = join(scratch, 'tarballs')
  const fault = await pack(tarballs) ?? await packOutside(tarballs)
  if (fault !== null) return [failed('pack', fault)]
  const folder = join(scratch, 'outside')
  const installFault = await install(folder, tarballs)
  if (installFault !== null) return [failed('install packed packages', installFault)]
  const checks = [passed('install packed packages')]
  for (const { manifest, name } of outsidePackages()) {
    const result = await start('npm', ['test', '--silent'], { cwd: join(folder, name), seconds: TEST_SECONDS })
    checks.push(checkThat(`tests of ${manifest.name} (${result.seconds.toFixed(1)} s)`, result))
  }
  const project = join(folder, 'a-project')
  const command = join(project, 'node_modules/@mesobath/cli/dist/bin.js')
  const ran = await start(process.execPath, [command, 'run', 'scenario.yaml', '--quiet'], { cwd: project, seconds: TEST_SECONDS })
  checks.push(checkThat('a scenario uses both packages', ran))
  if (ran.status === 0) checks.push(used(project))
  checks.push(...await runGuide(project, join(root, 'docs/plug-ins.md'), null))
  return checks
}
