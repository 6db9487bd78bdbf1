// The same bits on every engine: scripts/reference-hash.mjs runs on Node 20, on Node 24 and on a second JavaScript engine
// (Bun runs JavaScriptCore); the hashes must agree line by line. Engines come as npm packages into .cache/, for the platform
// at hand only, so they are no dependency of the workspace. What cannot be had is skipped with its reason.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'
import { failed, passed, skipped, start, tail } from './check.mjs'
import { elementaryCheck } from './elementary.mjs'

const NODE_VERSIONS = [20, 24]
const DOWNLOAD_SECONDS = 180
const RUN_SECONDS = 120

const osName = process.platform === 'win32' ? 'win' : process.platform

const download = async (npmPackage, version, program) => {
  const folder = join(root, '.cache/engines', `${npmPackage.replace('/', '+')}-${version}`)
  const path = join(folder, 'node_modules', npmPackage, 'bin', process.platform === 'win32' ? `${program}.exe` : program)
  if (existsSync(path)) return { path }
  // A manifest makes the folder npm's own root; --prefix would also hide the machine's npm configuration.
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const result = await start('npm', ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline',
    `${npmPackage}@${version}`], { cwd: folder, seconds: DOWNLOAD_SECONDS })
  if (result.status !== 0) return { reason: `${npmPackage}@${version} could not be installed: ${result.output.trim().split('\n').find((line) => line.includes('code')) ?? 'npm failed'}` }
  return existsSync(path) ? { path } : { reason: `${npmPackage}@${version} holds no ${program}` }
}

const findNode = (major) => (process.versions.node.startsWith(`${major}.`)
  ? { path: process.execPath }
  : download(`node-${osName}-${process.arch}`, major, 'node'))

const hashes = async (program) => {
  const result = await start(program, [join(root, 'scripts/reference-hash.mjs')], { seconds: RUN_SECONDS })
  return result.status === 0 ? { lines: result.stdout.trim().split('\n') } : { fault: tail(result.output.replace(/^\S+ [0-9a-f]{64}\n/gm, '')) }
}

const compare = (name, lines, reference) => {
  const differing = reference.lines.filter((line, index) => line !== lines[index])
  return differing.length === 0 && lines.length === reference.lines.length
    ? passed(`${name}: same bits as ${reference.name} (${lines.length} hashes)`)
    : failed(`${name}: same bits as ${reference.name}`, `differing: ${differing.map((line) => line.split(' ')[0]).join(', ')}`)
}

export const run = async () => {
  const engines = [
    ...NODE_VERSIONS.map((major) => ({ name: `Node ${major}`, find: () => findNode(major) })),
    { name: 'Bun (JavaScriptCore)', find: () => download(`@oven/bun-${osName === 'win' ? 'windows' : osName}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`, 1, 'bun') },
  ]
  const checks = [await elementaryCheck()]
  let reference = null
  for (const { name, find } of engines) {
    const engine = await find()
    if (engine.path === undefined) {
      checks.push(skipped(`${name}: hashes of the reference run`, engine.reason))
      continue
    }
    const { lines, fault } = await hashes(engine.path)
    if (fault !== undefined) checks.push(failed(`${name}: reference run`, fault))
    else if (reference !== null) checks.push(compare(name, lines, reference))
    else {
      reference = { name, lines }
      // Once more: a run that differs from itself would make every comparison below meaningless.
      checks.push(compare(`${name}, run again`, (await hashes(engine.path)).lines ?? [], reference))
    }
  }
  return checks
}
