// Writes the code of the packages, `tsc -b` their types: what a package exports is one file, since a program pays more for every file
// that it loads than for what stands in it.
//
// Dependencies stay imports. What lib/carried.mjs names is carried along, its notices with it.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { carriedBy } from './lib/carried.mjs'
import { packages } from './lib/workspace.mjs'

/** Started by their path, not imported. All code lies beside each other, so that `new URL('./name.js', import.meta.url)` finds them. */
const STARTED_BY_PATH = { cli: { 'panel-worker': 'src/internal/panel-worker.ts' } }

/** Modules that a package publishes beside the CommonJS that it exports. */
const MODULES = { 'ml-matrix': 'src/index.js' }

/** What @stdlib tests for and replaces where it is missing; every engine that reads modules has it. */
const GIVEN = {
  '@stdlib/assert-is-little-endian': 'new Uint8Array(Uint16Array.of(1).buffer)[0] === 1',
  '@stdlib/utils-define-nonenumerable-read-only-property': '(object, key, value) => Object.defineProperty(object, key, { value })',
}
/** The same under the name that the engine has for it. */
const GLOBALS = new Set(['@stdlib/array-float64', '@stdlib/array-uint32'])

const NOTICES = 'dist/third-party-notices.txt'
const FOREIGN = `${sep}node_modules${sep}`
/** Names of packages and of modules of Node, as against paths. */
const BARE = /^(@[^/]+\/)?[a-z]/i

const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/.*/g
const REQUIRED = /^var (\w+) = require\( '([^']+)' \)(\.\w+)?;$/gm
const EXPORTED = /^module\.exports = /m

const importOf = (name, from, member) => {
  if (GLOBALS.has(from)) return ''
  return member === undefined ? `import ${name} from '${from}';` : `import ${name}Of from '${from}'; var ${name} = ${name}Of${member};`
}

/** @stdlib writes CommonJS, imports first and one export. As modules its functions stand side by side, and a page keeps those that it calls. */
const stdlibAsModules = {
  name: 'stdlib-as-modules',
  resolveId: { filter: { id: /^@stdlib\// }, handler: (name) => (name in GIVEN ? `\0${name}` : null) },
  load: { filter: { id: /^\0@stdlib\// }, handler: (id) => `export default ${GIVEN[id.slice(1)]}` },
  transform: {
    filter: { id: /node_modules[\\/]@stdlib[\\/][^\\/]+[\\/]lib[\\/]/ },
    handler: (source, id) => {
      const code = source.replace(REQUIRED, (_, name, from, member) => importOf(name, from, member)).replace(EXPORTED, 'export default ')
      if (/\b(require|module|exports)\b/.test(code.replace(COMMENTS, ''))) throw new Error(`${id} must import first and export once, but does not`)
      // Line by line what it was: the source needs no map.
      return { code, map: null }
    },
  },
}

const FUNCTION_HEAD = /^const \w+ = (async )?\($/

/**
 * Top-level `const name = (…) => {…}` as `function name(…) {…}`. Of an arrow function in a module V8 makes the whole syntax tree when the module is loaded,
 * of a function only what finds its end; that is a third of the loading. Both ways of writing are equally long, so that the map stays true.
 */
const declaredFunctions = {
  name: 'declared-functions',
  renderChunk(code) {
    const written = code.split('')
    const put = (at, text) => text.split('').forEach((character, index) => { written[at + index] = character })
    for (const statement of this.parse(code).body) {
      if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) continue
      const { id, init } = statement.declarations[0]
      if (init?.type !== 'ArrowFunctionExpression' || init.body.type !== 'BlockStatement') continue
      const open = code.indexOf('(', init.start)
      if (!FUNCTION_HEAD.test(code.slice(statement.start, open + 1))) continue
      put(statement.start, `${init.async ? 'async ' : ''}function ${id.name}`)
      put(code.lastIndexOf('=>', init.body.start), '  ')
    }
    return { code: written.join(''), map: null }
  },
}

const stem = (path) => path.replace(/^\.\/dist\//, '').replace(/\.js$/, '')

/** Name in dist → source. */
const entries = ({ name, manifest }) => {
  const written = [...Object.values(manifest.exports).flatMap((target) => target.default ?? []), ...Object.values(manifest.bin ?? {})]
  return { ...Object.fromEntries(written.map(stem).map((each) => [each, `src/${each}.ts`])), ...STARTED_BY_PATH[name] }
}

const packageOf = (id) => {
  const start = id.lastIndexOf(FOREIGN) + FOREIGN.length
  const [first, second] = id.slice(start).split(sep)
  return id.slice(0, start) + (first.startsWith('@') ? join(first, second) : first)
}

/** Licences, and what the files themselves begin with where that speaks of one: each text once, below the packages that it belongs to. */
const noticesOf = (ids) => {
  const owners = new Map()
  for (const folder of new Set(ids.map(packageOf))) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const licences = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8'))
    const openings = ids.filter((id) => packageOf(id) === folder).map((id) => /^\s*\/\*\*[\s\S]*?\*\//.exec(readFileSync(id, 'utf8'))?.[0] ?? '')
    for (const text of [...licences, ...openings.filter((opening) => /@license|copyright/i.test(opening))].map((each) => each.trim())) {
      owners.set(text, (owners.get(text) ?? new Set()).add(`${name} ${version}`))
    }
  }
  return [...owners].map(([text, names]) => `${[...names].join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`)
}

/** Removes code and notices of earlier builds, leaves the types. */
const clean = (folder) => {
  const dist = join(folder, 'dist')
  if (!existsSync(dist)) return
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && /\.js(\.map)?$/.test(entry.name)) rmSync(join(entry.parentPath, entry.name))
  }
  rmSync(join(folder, NOTICES), { force: true })
}

const bundle = async (each) => {
  const { folder, manifest } = each
  const carried = new Set(carriedBy(each))
  const alias = Object.fromEntries(Object.entries(MODULES).filter(([name]) => carried.has(name)).map(([name, path]) => [name, join(folder, 'node_modules', name, path)]))
  const build = await rolldown({
    input: entries(each),
    cwd: folder,
    platform: 'neutral',
    tsconfig: false,
    resolve: { alias, mainFields: ['module', 'main'] },
    plugins: [stdlibAsModules, declaredFunctions],
    external: (specifier, importer, resolved) => !resolved && BARE.test(specifier) && !carried.has(specifier) && !importer?.includes(FOREIGN),
    onLog: (_level, { message }) => { throw new Error(`${manifest.name}: ${message}`) },
  })
  const { output } = await build.write({
    dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js',
    sourcemap: true, sourcemapExcludeSources: true, comments: { legal: false, annotation: true, jsdoc: false },
    // Who bundles a page can leave out a file, but not the classes of one that they do not use.
    codeSplitting: { groups: Object.keys(MODULES).map((name) => ({ name, test: new RegExp(`node_modules[\\\\/]${name}[\\\\/]`) })) },
  })
  await build.close()
  const foreign = [...new Set(output.flatMap((chunk) => Object.keys(chunk.modules ?? {})))].filter((id) => id.includes(FOREIGN)).sort()
  if (foreign.length > 0) writeFileSync(join(folder, NOTICES), noticesOf(foreign))
}

for (const each of packages()) {
  clean(each.folder)
  await bundle(each)
}
