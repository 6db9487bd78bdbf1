// Every page of prose as a reader follows it, in a folder of its own beside the packed packages. Nothing of a page is left out unless
// `<!-- not run: reason -->` stands above a block, and then it is counted as skipped.
//
// block                       what is done with it
// begins with `# name.yaml`   it is a file: written before anything else (`// name.js` in JavaScript; ```json name.json)
// sh                          line by line, see COMMANDS
// yaml                        a scenario, checked by `mesobath validate`; what is no whole one replaces keys of the one before it (or of the
//                             `scenario.yaml` beside the page)
// js, or ts                   all of a page are one program; TypeScript is compiled strictly before it runs
// python, julia               likewise one script each, where an interpreter has what it imports
// json                        parsed
// mermaid                     a drawing
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { blocksOf, programOf } from '../lib/blocks.mjs'
import { examples, filesUnder, local, outsidePackages, packages, pages, readJson } from '../lib/workspace.mjs'
import { checkThat, failed, findPython, passed, skipped, start } from './check.mjs'
import { installPacked, packAll, sourcesOf } from './packed.mjs'
import { compile, javascriptOf } from './compile.mjs'

const SECONDS = 180
const LANGUAGES = ['sh', 'yaml', 'js', 'ts', 'python', 'julia', 'json', 'mermaid']
/** What makes a scenario whole. */
const SCENARIO_KEYS = ['system', 'initial', 'times', 'methods']
/** Reports that a tool writes in TypeScript; the stage `release` compares them with the sources. */
const GENERATED = /^docs\/interfaces\//

const command = (folder) => join(folder, '../node_modules/@mesobath/cli/dist/bin.js')

/** A script of the package.json beside the page. That it runs is for the stages `examples`, `figure`, … and for who has the time. */
const namesScript = ({ source }, [script]) => {
  const { scripts = {} } = readJson(join(dirname(source), 'package.json'))
  return scripts[script] === undefined ? `package.json has no script ${script}` : null
}

/** `npm install`, without the registry: the package is one that we pack, or a folder of the page. */
const installs = ({ folder }, [name]) => {
  if (!name.startsWith('./')) return name in sourcesOf('') ? null : `no package ${name} is packed here`
  const { name: called } = readJson(join(folder, name, 'package.json'))
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(resolve(folder, name), join(folder, 'node_modules', called), 'junction')
  return null
}

const program = async ({ folder }, [path, text]) => {
  const [args, output] = text.trim().split(/\s*>\s*/)
  const result = await start(process.execPath, [path ?? command(folder), ...args.split(/\s+/).filter((each) => each !== '')], { cwd: folder, seconds: SECONDS })
  if (output !== undefined) writeFileSync(join(folder, output), result.stdout)
  return result.status === 0 ? null : result.output || `exit code ${result.status}`
}

/** Lines of a shell, and what is done with them: what is wrong, or null. */
const COMMANDS = [
  [/^(?:npx )?mesobath()(?: (.*))?$/, (page, [, text = '']) => program(page, [undefined, text])],
  [/^node (\S+\.mjs)(.*)$/, program],
  [/^npm install (?:--save-dev )?(\S+)$/, installs],
  [/^npm (?:run )?(start|test|(?<=run )\S+)$/, namesScript],
  [/^npm init -y$/, async ({ folder }) => { writeFileSync(join(folder, 'package.json'), '{}'); return null }],
]

const runLine = async (page, line) => {
  for (const [pattern, how] of COMMANDS) {
    const match = pattern.exec(line)
    if (match !== null) return how(page, match.slice(1))
  }
  return 'nobody runs such a line'
}

const runCommands = async (page, blocks) => {
  const checks = []
  for (const line of blocks.flatMap(({ code }) => code.split('\n')).map((each) => each.replace(/(^|\s+)#.*$/, '').trim()).filter((each) => each !== '')) {
    const fault = await runLine(page, line)
    checks.push(fault === null ? passed(`${page.label}: ${line}`) : failed(`${page.label}: ${line}`, fault))
  }
  return checks
}

const scenarios = async (page, blocks) => {
  const beside = join(page.folder, 'scenario.yaml')
  let whole = existsSync(beside) ? parse(readFileSync(beside, 'utf8')) : null
  const checks = []
  for (const { code, line } of blocks) {
    for (const [index, document] of parseAllDocuments(code).entries()) {
      const name = `${page.label}: scenario of line ${line}${index === 0 ? '' : `, ${index + 1}`}`
      const own = document.errors.length > 0 ? null : document.toJS()
      const isWhole = own !== null && SCENARIO_KEYS.every((key) => key in own)
      if (own === null || (!isWhole && whole === null)) {
        checks.push(failed(name, document.errors.join('\n') || 'it must be a whole scenario or follow one, but does neither'))
        continue
      }
      const merged = isWhole ? own : { ...whole, ...own }
      if (isWhole) whole = own
      writeFileSync(join(page.folder, `line-${line}-${index}.yaml`), JSON.stringify(merged))
      checks.push(checkThat(name, await start(process.execPath, [command(page.folder), 'validate', `line-${line}-${index}.yaml`], { cwd: page.folder, seconds: SECONDS })))
    }
  }
  return checks
}

const typedProgram = ({ folder }) => join(folder, 'program.mts')

const runProgram = async (page, language, blocks) => {
  if (blocks.length === 0) return []
  const name = `${page.label}: program`
  const faults = language === 'ts' ? page.types() : []
  if (faults.length > 0) return [failed(name, faults.join('\n'))]
  const code = programOf(blocks)
  writeFileSync(join(page.folder, 'program.mjs'), language === 'ts' ? javascriptOf(code) : code)
  return [checkThat(name, await start(process.execPath, ['program.mjs'], { cwd: page.folder, seconds: SECONDS }))]
}

/** First names of the modules that a script imports. */
const importsOf = (code) => [...new Set([...code.matchAll(/^(?:import|from|using) (\w+)/gm)].map(([, name]) => name))]

const runScript = async (page, language, blocks) => {
  if (blocks.length === 0) return []
  const name = `${page.label}: ${language}`
  const code = programOf(blocks)
  const needs = importsOf(code)
  const interpreter = language === 'python' ? await findPython(needs)
    : (await start('julia', ['-e', `using ${needs.join(', ')}`])).status === 0 ? 'julia' : null
  if (interpreter === null) return [skipped(name, `no ${language} with ${needs.join(', ')}`)]
  const file = `script.${language}`
  writeFileSync(join(page.folder, file), code)
  return [checkThat(name, await start(interpreter, [file], { cwd: page.folder, seconds: SECONDS }))]
}

const parseJson = ({ label }, { code, line }) => {
  const name = `${label}: JSON of line ${line}`
  try {
    JSON.parse(code)
    return passed(name)
  } catch (error) {
    return failed(name, error.message)
  }
}

/** What a page may not have: languages that nobody runs, a program in two of them. */
const formFaults = (blocks) => [
  ...blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(({ language, line }) => `line ${line}: nobody runs a block of language "${language}"`),
  ...blocks.filter(({ reason }) => reason === '').map(({ line }) => `line ${line}: the block must say why it is not run`),
  ...(['js', 'ts'].every((language) => blocks.some((each) => each.language === language && each.file === '')) ? ['its program must be in one language, but is in js and ts'] : []),
]

const runPage = async (page) => {
  const { blocks, label } = page
  const run = blocks.filter(({ reason, file }) => reason === null && file === '')
  const of = (language) => run.filter((each) => each.language === language)
  const faults = formFaults(blocks)
  return [
    ...(faults.length > 0 ? [failed(`${label}: blocks`, faults.join('\n'))] : []),
    ...blocks.filter(({ reason }) => reason).map(({ language, line, reason }) => skipped(`${label}: ${language} of line ${line}`, reason)),
    ...await runCommands(page, of('sh')),
    ...await scenarios(page, of('yaml')),
    ...await runProgram(page, 'js', of('js')),
    ...await runProgram(page, 'ts', of('ts')),
    ...await runScript(page, 'python', of('python')),
    ...await runScript(page, 'julia', of('julia')),
    ...of('json').map((block) => parseJson(page, block)),
  ]
}

/** A page in its folder, with its files. An example's page stands beside the files of the example. */
const laid = (installation) => (source) => {
  const label = local(source)
  const folder = join(installation, 'reader', label.replace(/\.md$/, '').replace(/\W+/g, '-'))
  mkdirSync(folder)
  if (label.startsWith('examples/')) {
    for (const path of filesUnder(dirname(source), [''])) cpSync(path, join(folder, path.slice(dirname(source).length)))
  }
  const blocks = blocksOf(readFileSync(source, 'utf8'))
  for (const { code, file } of blocks) {
    if (file === '') continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), code)
  }
  return { source, label, folder, blocks }
}

/** A README without an example helps nobody. */
const exampleOf = ({ blocks, label, source }) => {
  const isPackage = basename(source) === 'README.md' && label.startsWith('packages/')
  return isPackage && !blocks.some(({ language, reason }) => ['js', 'ts'].includes(language) && reason === null) ? [failed(`${label}: example`, 'it holds no program')] : []
}

const inPool = async (works) => {
  const results = []
  let next = 0
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    while (next < works.length) {
      const index = next
      next += 1
      results[index] = await works[index]()
    }
  }))
  return results.flat()
}

/** What programs of examples import beside our packages. */
const dependenciesOfExamples = () => Object.assign({}, ...examples().map(({ manifest }) => Object.fromEntries(Object.entries(manifest.dependencies ?? {}).filter(([, range]) => !range.startsWith('workspace:')))))

export const run = async ({ scratch, chosen = pages() }) => {
  const fault = await packAll(scratch)
  if (fault !== null) return [failed('pack', fault)]
  const installation = join(scratch, 'pages')
  const installed = Object.fromEntries([...packages(), ...outsidePackages()].map(({ manifest }) => [manifest.name, '*']))
  const installFault = await installPacked(scratch, installation, { reader: { name: 'reader', private: true, type: 'module', dependencies: { ...installed, ...dependenciesOfExamples(), '@types/node': '20' } } })
  if (installFault !== null) return [failed('installation of the packed packages', installFault)]
  const all = chosen.filter((path) => !GENERATED.test(local(path))).map(laid(installation))
  const typed = all.filter(({ blocks }) => blocks.some(({ language, file }) => language === 'ts' && file === ''))
  for (const page of typed) writeFileSync(typedProgram(page), programOf(page.blocks.filter(({ language, reason, file }) => language === 'ts' && reason === null && file === '')))
  const faultsOf = compile(join(installation, 'reader'), typed.map(typedProgram), { resolution: 'nodenext', types: ['node'] })
  return inPool(all.map((page) => async () => [...exampleOf(page), ...await runPage({ ...page, types: () => faultsOf(typedProgram(page)) })]))
}
