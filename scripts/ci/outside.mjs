// Packages in the style of a stranger's: copied out of the repository, installed from packed tarballs, tested by their own tests, packed
// themselves, and used by the scenario of a project that has installed them.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outsidePackages, readJson } from '../lib/workspace.mjs'
import { checkThat, failed, passed, start } from './check.mjs'
import { installPacked, packAll } from './packed.mjs'

const TEST_SECONDS = 120

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

const install = async (folder, scratch) => {
  const outside = outsidePackages()
  mkdirSync(folder)
  for (const { folder: source, name } of outside) cpSync(source, join(folder, name), { recursive: true, filter: (path) => !/node_modules/.test(path) })
  const project = join(folder, 'a-project')
  mkdirSync(project)
  writeFileSync(join(project, 'scenario.yaml'), PROJECT)
  const used = Object.fromEntries(['@mesobath/cli', ...outside.map(({ manifest }) => manifest.name)].map((name) => [name, '*']))
  return installPacked(scratch, folder, {
    ...Object.fromEntries(outside.map(({ name, manifest }) => [name, manifest])),
    'a-project': { name: 'a-project', private: true, type: 'module', dependencies: used },
  })
}

/** What a run of both packages leaves: their versions and everything to cite. */
const used = (folder) => {
  const { versions } = readJson(join(folder, 'out/scenario/summary.json'))
  const missing = outsidePackages().filter(({ manifest }) => versions[manifest.name] !== manifest.version)
  const name = 'a run names the packages of strangers that it used'
  return missing.length === 0 ? passed(name) : failed(name, `summary.json lacks ${missing.map(({ manifest }) => `${manifest.name} ${manifest.version}`).join(', ')}`)
}

export const run = async ({ scratch }) => {
  const fault = await packAll(scratch)
  if (fault !== null) return [failed('pack', fault)]
  const folder = join(scratch, 'outside')
  const installFault = await install(folder, scratch)
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
  if (ran.status !== 0) return checks
  const again = await start(process.execPath, [command, 'run', 'out/scenario/run.h5', '--out', 'out/again', '--quiet'], { cwd: project, seconds: TEST_SECONDS })
  return [...checks, used(project), checkThat('its run is repeated from the file, to the last bit', again)]
}
