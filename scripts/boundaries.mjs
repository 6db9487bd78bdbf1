// Checks what the linter cannot see from one file: arrows between packages, cycles, undeclared dependencies.
// What it can see (forbidden modules, transcendental Math, oracles) is checked again here from the syntax tree, so that no
// eslint-disable comment can hide it. `node scripts/boundaries.mjs` prints every fault and exits 1 where there is one.
import { isBuiltin } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { ARROWS, EXACT_MATH, FORBIDDEN_TO_ORACLES, HOST_GLOBALS, isNumerical, isReproducible } from './arrows.mjs'
import { carriedBy } from './lib/carried.mjs'
import { filesUnder, local, packages, readJson, root } from './lib/workspace.mjs'

const SCOPE = '@mesobath/'

const parse = (path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)

const place = (source, node) => `${local(source.fileName)}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`

/** Every module specifier of a file, static, dynamic or in a type. */
const specifiers = (source) => {
  const found = []
  const visit = (node) => {
    const literal =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal
      : ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(source) === 'require') ? node.arguments[0]
      : undefined
    if (literal !== undefined && ts.isStringLiteralLike(literal)) found.push({ name: literal.text, where: place(source, node) })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The package a bare specifier belongs to: `@scope/name` or `name`. */
const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')

const sibling = (specifier) => specifier.startsWith(SCOPE) ? packageOf(specifier).slice(SCOPE.length) : null

const ownFile = (from, specifier) => {
  const path = resolve(dirname(from), specifier)
  return [path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), path].find((candidate) => existsSync(candidate)) ?? null
}

/** One cycle of a graph (node → nodes), as a list that ends where it began; null where there is none. */
export const findCycle = (graph) => {
  const state = new Map()
  const trail = []
  const visit = (node) => {
    state.set(node, 'open')
    trail.push(node)
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === 'open') return [...trail.slice(trail.indexOf(next)), next]
      if (!state.has(next)) {
        const cycle = visit(next)
        if (cycle !== null) return cycle
      }
    }
    trail.pop()
    state.set(node, 'closed')
    return null
  }
  for (const node of graph.keys()) {
    const cycle = state.has(node) ? null : visit(node)
    if (cycle !== null) return cycle
  }
  return null
}

/** Those of one package, and those that several share. */
const ORACLES = /(^|\/)test\/oracles\//

const collect = () => {
  const all = packages()
  const sources = all.flatMap((each) => filesUnder(join(each.folder, 'src'), ['.ts', '.mts']).map((path) => ({ owner: each, source: parse(path) })))
  const tests = all.flatMap((each) => filesUnder(join(each.folder, 'test'), ['.ts', '.mts', '.js', '.mjs']).map((path) => ({ owner: each, source: parse(path) })))
  const shared = filesUnder(join(root, 'test/oracles'), ['.ts']).map((path) => ({ source: parse(path) }))
  const oracles = [...tests.filter(({ source }) => ORACLES.test(local(source.fileName))), ...shared]
  return {
    all,
    oracles: oracles.map((each) => ({ ...each, imports: specifiers(each.source) })),
    sources: sources.map((each) => ({ ...each, imports: specifiers(each.source) })),
    tests: tests.map((each) => ({ ...each, imports: specifiers(each.source) })),
  }
}

const arrowFaults = ({ all, sources }) => [
  ...all.filter(({ name }) => !(name in ARROWS)).map(({ name }) => `packages/${name} has no line in scripts/arrows.mjs`),
  ...sources.flatMap(({ owner, imports }) => imports
    .filter(({ name }) => sibling(name) !== null && !(ARROWS[owner.name] ?? []).includes(sibling(name)))
    .map(({ name, where }) => `${where} ${owner.name} must not import ${name}`)),
  ...all.flatMap(({ name, manifest }) => ['dependencies', 'peerDependencies', 'optionalDependencies']
    .flatMap((kind) => Object.keys(manifest[kind] ?? {}))
    .filter((dependency) => sibling(dependency) !== null && !(ARROWS[name] ?? []).includes(sibling(dependency)))
    .map((dependency) => `packages/${name}/package.json must not depend on ${dependency}`)),
  ...all.flatMap(({ name, folder }) => (readJson(join(folder, 'tsconfig.json')).references ?? [])
    .map(({ path }) => path.replace(/^\.\.\//, ''))
    .filter((reference) => !(ARROWS[name] ?? []).includes(reference))
    .map((reference) => `packages/${name}/tsconfig.json must not reference ${reference}`)),
]

const declarationFaults = ({ all, sources }) => [
  ...sources.flatMap(({ owner, imports }) => imports
    .filter(({ name }) => !name.startsWith('.') && !isBuiltin(name) && packageOf(name) !== owner.manifest.name)
    .filter(({ name }) => !(packageOf(name) in { ...owner.manifest.dependencies, ...owner.manifest.peerDependencies }) && !carriedBy(owner).includes(packageOf(name)))
    .map(({ name, where }) => `${where} ${packageOf(name)} is not among the dependencies of ${owner.name}`)),
  ...sources.flatMap(({ owner, source, imports }) => imports
    .filter(({ name }) => name.startsWith('.') && !resolve(dirname(source.fileName), name).startsWith(join(owner.folder, 'src')))
    .map(({ name, where }) => `${where} ${name} leaves the sources of ${owner.name}`)),
  ...all.flatMap(({ name, folder, manifest }) => {
    const references = new Set((readJson(join(folder, 'tsconfig.json')).references ?? []).map(({ path }) => path.replace(/^\.\.\//, '')))
    return Object.keys(manifest.dependencies ?? {}).map(sibling)
      .filter((dependency) => dependency !== null && !references.has(dependency))
      .map((dependency) => `packages/${name}/tsconfig.json must reference ${dependency}, its dependency`)
  }),
]

const packageCycleFaults = ({ all, sources }) => {
  const graph = new Map(all.map(({ name }) => [name, new Set()]))
  for (const { owner, imports } of sources) {
    for (const { name } of imports) if (sibling(name) !== null) graph.get(owner.name).add(sibling(name))
  }
  const cycle = findCycle(graph)
  return cycle === null ? [] : [`packages form a cycle: ${cycle.join(' → ')}`]
}

const fileCycleFaults = ({ sources }) => {
  const graph = new Map(sources.map(({ source, imports }) => [
    resolve(source.fileName),
    imports.filter(({ name }) => name.startsWith('.')).map(({ name }) => ownFile(source.fileName, name)).filter((path) => path !== null),
  ]))
  const cycle = findCycle(graph)
  return cycle === null ? [] : [`files form a cycle: ${cycle.map(local).join(' → ')}`]
}

/** Identifiers that name a global: not a member, not a key, and declared nowhere in the file. */
const globalsUsed = (source, names) => {
  const wanted = new Set(names)
  const declared = new Set()
  const used = []
  const visit = (node) => {
    if (ts.isIdentifier(node) && wanted.has(node.text)) {
      const parent = node.parent
      const declares = (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent) || ts.isFunctionDeclaration(parent)
        || ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent) || ts.isModuleDeclaration(parent)) && parent.name === node
      const names = (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)
        || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent) || ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)
        || ts.isInterfaceDeclaration(parent) || ts.isTypeAliasDeclaration(parent))
        && (parent.name === node || parent.right === node || parent.typeName === node)
      if (declares) declared.add(node.text)
      else if (!names) used.push({ name: node.text, where: place(source, node) })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return used.filter(({ name }) => !declared.has(name))
}

const hostFaults = ({ sources }) => sources.filter(({ source }) => isNumerical(local(source.fileName))).flatMap(({ source, imports }) => [
  ...imports.filter(({ name }) => isBuiltin(name)).map(({ name, where }) => `${where} numerical code must not import ${name}`),
  ...globalsUsed(source, HOST_GLOBALS).map(({ name, where }) => `${where} numerical code must not use the host's ${name}`),
])

const sameBitsFaults = ({ sources }) => sources.filter(({ source }) => isReproducible(local(source.fileName))).flatMap(({ source }) => {
  const faults = []
  const visit = (node) => {
    if (ts.isIdentifier(node) && node.text === 'Math' && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) {
      const member = ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node ? node.parent.name.text : null
      if (member === null || !EXACT_MATH.includes(member)) faults.push(`${place(source, node)} Math${member === null ? '' : `.${member}`} differs between engines; take it from @mesobath/kernels`)
    }
    if (node.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) {
      faults.push(`${place(source, node)} ** differs between engines; multiply, or use exp and log from @mesobath/kernels`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
})

const oracleFaults = ({ oracles }) => oracles.flatMap(({ source, imports }) => imports
  .filter(({ name }) => FORBIDDEN_TO_ORACLES.includes(sibling(name) ?? '')
    || (name.startsWith('.') && !ORACLES.test(local(resolve(dirname(source.fileName), name)))))
  .map(({ name, where }) => `${where} an oracle must not import ${name}`))

const surfaceFaults = ({ all, sources }) => [
  ...sources.flatMap(({ source }) => source.statements.flatMap((statement) => {
    const isDefault = (ts.isExportAssignment(statement) && !statement.isExportEquals)
      || (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((each) => each.kind === ts.SyntaxKind.DefaultKeyword))
    if (isDefault) return [`${place(source, statement)} default export`]
    if (ts.isExportDeclaration(statement) && (statement.exportClause === undefined || ts.isNamespaceExport(statement.exportClause))) {
      return [`${place(source, statement)} export * hides what a package offers`]
    }
    const isIndex = /\/src\/(node\/)?index\.ts$/.test(local(source.fileName))
    return isIndex && !ts.isExportDeclaration(statement) ? [`${place(source, statement)} an index only lists names`] : []
  })),
  ...all.flatMap(({ name, folder, manifest }) => [
    ...(existsSync(join(folder, 'README.md')) ? [] : [`packages/${name} has no README.md`]),
    ...(manifest.sideEffects === undefined ? [`packages/${name}/package.json does not declare sideEffects`] : []),
    ...(manifest.license === 'Apache-2.0' ? [] : [`packages/${name}/package.json does not name its licence`]),
  ]),
]

/** Name of each check → the faults found, none where it passes. */
export const checkBoundaries = () => {
  const workspace = collect()
  return {
    'packages import along allowed arrows only': arrowFaults(workspace),
    'every import is a declared dependency': declarationFaults(workspace),
    'no cycle between packages': packageCycleFaults(workspace),
    'no cycle between files': fileCycleFaults(workspace),
    'numerical code knows no Node and no DOM': hostFaults(workspace),
    'numerical code has the same bits on every engine': sameBitsFaults(workspace),
    'oracles are independent': oracleFaults(workspace),
    'packages list what they offer': surfaceFaults(workspace),
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = Object.entries(checkBoundaries())
  for (const [name, faults] of results) console.log([`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name}`, ...faults.map((each) => `     ${each}`)].join('\n'))
  process.exitCode = results.some(([, faults]) => faults.length > 0) ? 1 : 0
}
