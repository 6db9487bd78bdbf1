// Every package packed, installed outside the workspace and used there: what a user gets, not what the workspace has.
// One installation holds a folder per consumer; without hoisting a package sees its declared dependencies only.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { carriedBy } from '../lib/carried.mjs'
import { filesUnder, packages, root } from '../lib/workspace.mjs'
import { PNPM, TSC, checkThat, failed, findPython, passed, start, startNode, tail } from './check.mjs'
import { bundleChecks } from './bundle.mjs'
import { blocksOf, runGuide } from './guide.mjs'

const IMPORT_SECONDS = 30
const README_SECONDS = 120
const fixture = (name) => join(root, 'test/consumers', name)

/** Names that an index exports as values; none where an entry has no source, so that its import fails as a user's would. */
const valuesOf = (path) => !existsSync(path) ? [] : ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true).statements
  .filter((each) => ts.isExportDeclaration(each) && !each.isTypeOnly && each.exportClause !== undefined)
  .flatMap((each) => each.exportClause.elements.filter((name) => !name.isTypeOnly).map((name) => name.name.text))

const entriesOf = ({ folder, manifest }) => Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
  .map((entry) => [entry, valuesOf(join(folder, 'src', entry, 'index.ts'))])

const writeJson = (path, value) => writeFileSync(path, JSON.stringify(value, null, 2))

const pack = async (folder) => {
  mkdirSync(folder)
  const result = await start('npx', ['-y', PNPM, '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder])
  return result.status === 0 ? null : tail(result.output)
}

const tarballOf = (folder, { manifest }) => join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)

const install = async (folder, tarballs, all) => {
  mkdirSync(folder)
  const files = Object.fromEntries(all.map((each) => [each.manifest.name, `file:${tarballOf(tarballs, each)}`]))
  writeJson(join(folder, 'package.json'), { name: 'consumers', private: true, pnpm: { overrides: files } })
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'packages:\n  - "*"\nhoist: false\n')
  const consumer = (name, dependencies) => {
    mkdirSync(join(folder, name))
    writeJson(join(folder, name, 'package.json'), { name: `consumer-${name}`, private: true, type: 'module', dependencies })
  }
  for (const { name, manifest } of all) {
    consumer(name, { [manifest.name]: files[manifest.name] })
    copyFileSync(fixture('import-one.mjs'), join(folder, name, 'import-one.mjs'))
  }
  consumer('everything', { ...files, '@types/node': '20' })
  for (const name of ['spin.mjs', 'types.ts']) copyFileSync(fixture(name), join(folder, 'everything', name))
  const result = await start('npx', ['-y', PNPM, 'install', '--prefer-offline', '--ignore-scripts'], { cwd: folder, env: { CI: 'true' } })
  return result.status === 0 ? null : tail(result.output)
}

const lint = async (each, tarballs) => {
  const name = `publint ${each.manifest.name}`
  const bytes = readFileSync(tarballOf(tarballs, each))
  const { messages, pkg } = await publint({ level: 'warning', strict: true, pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) } })
  return messages.length === 0 ? passed(name) : failed(name, messages.map((message) => formatMessage(message, pkg, { color: false })).join('\n'))
}

/** ESM only: a CommonJS importer is told so by its engine, and resolution as in Node 10 knows no exports map. */
const EXPECTED_OF_ESM = ['CJSResolvesToESM']
const RESOLUTIONS = ['node16-esm', 'bundler']

const typesResolve = async (each, tarballs) => {
  const name = `types of ${each.manifest.name} resolve`
  const { problems, types } = await checkPackage(createPackageFromTarballData(readFileSync(tarballOf(tarballs, each))))
  if (types === false) return failed(name, 'the package has no types')
  const met = problems.filter(({ kind, resolutionKind }) => !EXPECTED_OF_ESM.includes(kind) && (resolutionKind === undefined || RESOLUTIONS.includes(resolutionKind)))
  return met.length === 0 ? passed(name) : failed(name, met.map((problem) => JSON.stringify(problem)).join('\n'))
}

/** Files that no user needs: build records and tests. */
const contents = async (each, tarballs) => {
  const name = `contents of ${each.manifest.name}`
  const { stdout } = await start('tar', ['tzf', tarballOf(tarballs, each)])
  const files = stdout.trim().split('\n')
  const unwanted = files.filter((file) => /tsbuildinfo$|\/test\//.test(file))
  // What is carried along keeps its licence.
  const carries = carriedBy(each).length === 0 ? [] : ['package/dist/third-party-notices.txt']
  const missing = ['package/package.json', 'package/README.md', 'package/LICENSE', 'package/dist/index.js', 'package/dist/index.d.ts', ...carries].filter((file) => !files.includes(file))
  return unwanted.length + missing.length === 0 ? passed(name) : failed(name, [...unwanted.map((file) => `must not hold ${file}`), ...missing.map((file) => `must hold ${file}`)].join('\n'))
}

const importAlone = async (folder, each) => {
  const name = `import ${each.manifest.name} alone`
  const entries = Object.fromEntries(entriesOf(each))
  const result = await start(process.execPath, ['import-one.mjs', each.manifest.name, JSON.stringify(entries)], { cwd: join(folder, each.name), seconds: IMPORT_SECONDS })
  return result.status === 0 && result.output !== '' ? failed(name, `importing it prints:\n${tail(result.output)}`) : checkThat(name, result)
}

const commands = async (folder, each) => {
  const checks = []
  for (const [name, file] of Object.entries(each.manifest.bin ?? {})) {
    const path = join(folder, each.name, 'node_modules', each.manifest.name, file)
    checks.push(checkThat(`${name} --help from the packed ${each.manifest.name}`, await start(process.execPath, [path, '--help'], { seconds: IMPORT_SECONDS })))
  }
  return checks
}

/** Runs all JavaScript blocks of a README as one program beside all packages; where there are none, its first TypeScript block. */
const readme = async (folder, label, path) => {
  const name = `README example of ${label}`
  if (!existsSync(path)) return failed(name, 'there is no README.md')
  const text = readFileSync(path, 'utf8')
  const [typed] = blocksOf(text, 'ts')
  const plain = blocksOf(text, 'js').join('\n')
  if (plain === '' && typed === undefined) return failed(name, 'README.md holds no example in JavaScript or TypeScript')
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  const script = plain !== '' ? plain : ts.transpileModule(typed, { compilerOptions: options }).outputText
  const scratch = join(folder, 'everything', `readme-${label.replace(/\W/g, '-')}.mjs`)
  writeFileSync(scratch, script)
  return checkThat(name, await start(process.execPath, [scratch], { cwd: join(folder, 'everything'), seconds: README_SECONDS }))
}

/** How a consumer's compiler finds the packages. */
const RESOLUTION_FLAGS = { nodenext: ['--module', 'nodenext'], bundler: ['--module', 'preserve', '--moduleResolution', 'bundler'] }

const types = (folder, resolution) => startNode(TSC, [
  '--noEmit', '--strict', '--target', 'es2022', ...RESOLUTION_FLAGS[resolution], '--types', 'node', join(folder, 'everything/types.ts'),
], { cwd: join(folder, 'everything') })

export const run = async ({ scratch }) => {
  const all = packages()
  const tarballs = join(scratch, 'tarballs')
  const packFault = await pack(tarballs)
  if (packFault !== null) return [failed('pnpm pack', packFault)]
  const missing = all.filter((each) => !readdirSync(tarballs).some((file) => tarballOf(tarballs, each).endsWith(file)))
  if (missing.length > 0) return [failed('pnpm pack', `no tarball of ${missing.map(({ name }) => name).join(', ')}`)]
  const checks = [passed(`pnpm pack (${all.length} packages)`)]
  for (const each of all) checks.push(await lint(each, tarballs), await typesResolve(each, tarballs), await contents(each, tarballs))

  const folder = join(scratch, 'consumers')
  const installFault = await install(folder, tarballs, all)
  if (installFault !== null) return [...checks, failed('installation of the packed packages', installFault)]
  for (const each of all) checks.push(await importAlone(folder, each), ...await commands(folder, each))
  checks.push(checkThat('a spin solved by packed packages', await start(process.execPath, ['spin.mjs'], { cwd: join(folder, 'everything'), seconds: README_SECONDS })))
  for (const resolution of Object.keys(RESOLUTION_FLAGS)) checks.push(checkThat(`a TypeScript consumer of packed packages, ${resolution}`, await types(folder, resolution)))
  checks.push(await readme(folder, 'the project', join(root, 'README.md')))
  for (const each of all) checks.push(await readme(folder, each.manifest.name, join(folder, each.name, 'node_modules', each.manifest.name, 'README.md')))
  checks.push(...await bundleChecks(join(folder, 'everything'), scratch))
  const python = await findPython()
  for (const path of filesUnder(join(root, 'docs/guides'), ['.md'])) checks.push(...await runGuide(join(folder, 'everything'), path, python))
  return checks
}
