// Makes a fresh clone ready: `npm start` and `npm test` call it first. Needs Node and npm, nothing global.
// Both steps leave a stamp, so that a second run only hashes a few hundred small files and works without a network.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const PNPM = 'pnpm@10.34.9'
const OLDEST_NODE = [20, 19]
const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = join(root, 'node_modules/typescript/lib/tsc.js')
const bundler = join(root, 'scripts/bundle.mjs')
// Inside node_modules: whoever deletes it deletes the stamps too.
const stampFile = (name) => join(root, 'node_modules/.mesobath', name)

const say = (line) => console.log(`setup: ${line}`)

const stop = (line, code = 1) => {
  console.error(`setup: ${line}`)
  process.exit(code)
}

const folders = (parent) => {
  const path = join(root, parent)
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name)).sort()
}

const filesUnder = (folder) => existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()
  : []

const hashOf = (files) => {
  const hash = createHash('sha256')
  for (const file of files.filter((each) => existsSync(each))) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const stampMatches = (name, value) => existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === value

const writeStamp = (name, value) => {
  mkdirSync(dirname(stampFile(name)), { recursive: true })
  writeFileSync(stampFile(name), value)
}

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  stop(`Node must be ${OLDEST_NODE.join('.')} or newer, but is ${process.versions.node} (${process.execPath})`)
}

/** Runs a command; on a terminal its output is shown, elsewhere only when it fails. */
const run = (command, args, options = {}) => {
  const interactive = process.stdout.isTTY === true
  const result = spawnSync(command, args, { cwd: root, stdio: interactive ? 'inherit' : 'pipe', encoding: 'utf8', maxBuffer: 1 << 28, ...options })
  if (result.error) stop(`${command} could not be started: ${result.error.message}`)
  if (result.status === 0) return
  if (!interactive) process.stderr.write(`${result.stdout}${result.stderr}`)
  stop(`${[command, ...args].join(' ')} failed`, result.status ?? 1)
}

const install = () => {
  const manifests = [root, ...folders('packages'), ...folders('examples')].map((folder) => join(folder, 'package.json'))
  const stamp = hashOf([join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), ...manifests])
  if (stampMatches('install', stamp) && existsSync(compiler)) return
  const start = performance.now()
  say(`installing dependencies (${PNPM}, frozen lockfile)`)
  rmSync(stampFile('install'), { force: true })
  run('npx', ['-y', PNPM, 'install', '--frozen-lockfile'], { shell: process.platform === 'win32' })
  writeStamp('install', stamp)
  say(`dependencies installed in ${seconds(start)}`)
}

/** Removes types that no source stands behind any more; a package whose index is missing is built from nothing. */
const prune = (folder) => {
  const dist = join(folder, 'dist')
  if (!existsSync(join(dist, 'index.js'))) rmSync(dist, { recursive: true, force: true })
  for (const file of filesUnder(dist)) {
    const source = join(folder, 'src', relative(dist, file)).replace(/\.d\.ts(\.map)?$/, '.ts')
    if (source.endsWith('.ts') && !existsSync(source)) rmSync(file)
  }
}

const build = () => {
  const packages = folders('packages')
  const sources = packages.flatMap((folder) => [join(folder, 'tsconfig.json'), join(folder, 'package.json'), ...filesUnder(join(folder, 'src'))])
  const stamp = hashOf([compiler, bundler, join(root, 'scripts/lib/carried.mjs'), join(root, 'tsconfig.json'), join(root, 'tsconfig.base.json'), ...sources])
  if (stampMatches('build', stamp) && packages.every((folder) => existsSync(join(folder, 'dist/index.js')))) return
  const start = performance.now()
  say('building packages (types by tsc -b, code by scripts/bundle.mjs)')
  rmSync(stampFile('build'), { force: true })
  packages.forEach(prune)
  run(process.execPath, [compiler, '-b'])
  run(process.execPath, [bundler])
  writeStamp('build', stamp)
  say(`packages built in ${seconds(start)}`)
}

const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`

checkNode()
install()
build()
