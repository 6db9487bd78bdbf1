// Every package packed, installed outside the workspace and used there: what a user gets, not what the workspace has.
// One installation holds a folder per consumer; without hoisting a package sees its declared dependencies only.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { carriedBy } from '../lib/carried.mjs'
import { packages, root } from '../lib/workspace.mjs'
import { checkThat, failed, passed, start, tail } from './check.mjs'
import { bundleChecks } from './bundle.mjs'
import { RESOLUTIONS, compile, javascriptOf } from './compile.mjs'
import { installPacked, packAll, tarballOf } from './packed.mjs'

const IMPORT_SECONDS = 30
const SPIN_SECONDS = 120
const fixture = (name) => join(root, 'test/consumers', name)

/** Names that an index exports: values, and types; none where an entry has no source, so that its import fails as a user's would. */
const namesOf = (path) => {
  const clauses = !existsSync(path) ? [] : ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true).statements
    .filter((each) => ts.isExportDeclaration(each) && each.exportClause !== undefined)
  const names = clauses.flatMap((each) => each.exportClause.elements.map((name) => ({ text: name.name.text, isType: each.isTypeOnly || name.isTypeOnly })))
  return [false, true].map((type) => names.filter(({ isType }) => isType === type).map(({ text }) => text))
}

const entriesOf = ({ folder, manifest }) => Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
  .map((entry) => [entry, ...namesOf(join(folder, 'src', entry, 'index.ts'))])

const installAll = async (scratch, folder, all) => {
  const consumer = (name, dependencies) => ({ name: `consumer-${name}`, private: true, type: 'module', dependencies })
  const fault = await installPacked(scratch, folder, {
    ...Object.fromEntries(all.map(({ name, manifest }) => [name, consumer(name, { [manifest.name]: '*' })])),
    everything: consumer('everything', { ...Object.fromEntries(all.map(({ manifest }) => [manifest.name, '*'])), '@types/node': '20' }),
  })
  for (const { name } of all) copyFileSync(fixture('import-one.mjs'), join(folder, name, 'import-one.mjs'))
  copyFileSync(fixture('spin.mjs'), join(folder, 'everything/spin.mjs'))
  return fault
}

const lint = async (each, scratch) => {
  const name = `publint ${each.manifest.name}`
  const bytes = readFileSync(tarballOf(scratch, each.manifest))
  const { messages, pkg } = await publint({ level: 'warning', strict: true, pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) } })
  return messages.length === 0 ? passed(name) : failed(name, messages.map((message) => formatMessage(message, pkg, { color: false })).join('\n'))
}

/** ESM only: a CommonJS importer is told so by its engine, and resolution as in Node 10 knows no exports map. */
const EXPECTED_OF_ESM = ['CJSResolvesToESM']
const RESOLVED_AS = ['node16-esm', 'bundler']

const typesResolve = async (each, scratch) => {
  const name = `types of ${each.manifest.name} resolve`
  const { problems, types } = await checkPackage(createPackageFromTarballData(readFileSync(tarballOf(scratch, each.manifest))))
  if (types === false) return failed(name, 'the package has no types')
  const met = problems.filter(({ kind, resolutionKind }) => !EXPECTED_OF_ESM.includes(kind) && (resolutionKind === undefined || RESOLVED_AS.includes(resolutionKind)))
  return met.length === 0 ? passed(name) : failed(name, met.map((problem) => JSON.stringify(problem)).join('\n'))
}

/** Files that no user needs: build records and tests. */
const contents = async (each, scratch) => {
  const name = `contents of ${each.manifest.name}`
  const { stdout } = await start('tar', ['tzf', tarballOf(scratch, each.manifest)])
  const files = stdout.trim().split('\n')
  const unwanted = files.filter((file) => /tsbuildinfo$|\/test\//.test(file))
  // What is carried along keeps its licence.
  const carries = carriedBy(each).length === 0 ? [] : ['package/dist/third-party-notices.txt']
  const missing = ['package/package.json', 'package/README.md', 'package/LICENSE', 'package/dist/index.js', 'package/dist/index.d.ts', ...carries].filter((file) => !files.includes(file))
  return unwanted.length + missing.length === 0 ? passed(name) : failed(name, [...unwanted.map((file) => `must not hold ${file}`), ...missing.map((file) => `must hold ${file}`)].join('\n'))
}

const importAlone = async (folder, each) => {
  const name = `import ${each.manifest.name} alone`
  const entries = Object.fromEntries(entriesOf(each).map(([entry, values]) => [entry, values]))
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

/** How its index names values and types, for a file that imports them all. */
const importsAll = ({ manifest }, [entry, values, types], index) => {
  const from = `from '${manifest.name}${entry.slice(1)}'`
  return [
    values.length === 0 ? '' : `import { ${values.map((name) => `${name} as value${index}_${name}`).join(', ')} } ${from}`,
    `export const values${index}: readonly unknown[] = [${values.map((name) => `value${index}_${name}`).join(', ')}]`,
    types.length === 0 ? '' : `export type { ${types.map((name) => `${name} as Type${index}_${name}`).join(', ')} } ${from}`,
  ].join('\n')
}

/** ECMAScript alone: no declaration may need those of Node or of a page. */
const PURE = { types: [], lib: ['lib.es2022.d.ts'] }

/** Each package alone with what it declares: a file that imports every name, and where there is one, a use, compiled and run. */
const typesAlone = async (folder, each) => {
  const place = join(folder, each.name)
  const names = join(place, 'names.ts')
  writeFileSync(names, `${entriesOf(each).map((entry, index) => importsAll(each, entry, index)).join('\n')}\n`)
  const use = fixture(`uses/${each.name}.ts`)
  const used = existsSync(use) ? [join(place, 'use.ts')] : []
  for (const file of used) copyFileSync(use, file)
  const checks = Object.keys(RESOLUTIONS).map((resolution) => {
    const name = `types of ${each.manifest.name} alone, ${resolution}`
    const faults = compile(place, [names, ...used], { resolution, ...PURE })()
    return faults.length === 0 ? passed(name) : failed(name, faults.join('\n'))
  })
  for (const file of used) {
    writeFileSync(join(place, 'use.mjs'), javascriptOf(readFileSync(file, 'utf8')))
    checks.push(checkThat(`a use of ${each.manifest.name} alone`, await start(process.execPath, ['use.mjs'], { cwd: place, seconds: IMPORT_SECONDS })))
  }
  return checks
}

export const run = async ({ scratch }) => {
  const all = packages()
  const packFault = await packAll(scratch)
  if (packFault !== null) return [failed('pnpm pack', packFault)]
  const checks = [passed(`pnpm pack (${all.length} packages)`)]
  for (const each of all) checks.push(await lint(each, scratch), await typesResolve(each, scratch), await contents(each, scratch))

  const folder = join(scratch, 'consumers')
  const installFault = await installAll(scratch, folder, all)
  if (installFault !== null) return [...checks, failed('installation of the packed packages', installFault)]
  for (const each of all) checks.push(await importAlone(folder, each), ...await commands(folder, each), ...await typesAlone(folder, each))
  checks.push(checkThat('a spin solved by packed packages', await start(process.execPath, ['spin.mjs'], { cwd: join(folder, 'everything'), seconds: SPIN_SECONDS })))
  return [...checks, ...await bundleChecks(join(folder, 'everything'), scratch)]
}
