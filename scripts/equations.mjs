// Writes docs/equations.md: equation → symbols with an `@equation` tag → tests whose title names it as [Eq. n].
// usage: node scripts/equations.mjs [--check]
// Fails on a gap (an equation with neither symbol nor test nor explanation, a symbol without a test, a number unknown to the paper);
// with --check also on a file that is not up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { EQUATIONS, EXPLAINED, TESTED_THROUGH } from './equations-table.mjs'
import { filesUnder, local, packages, root } from './lib/workspace.mjs'

const TARGET = join(root, 'docs/equations.md')

const faults = []

/** '5, 17-22, Fig. 2' → ['5', '17', …, '22']: figures and sections may stand beside; anything else is a fault at `where`. */
const readNumbers = (text, where) => text.split(/,|;|\band\b/).map((each) => each.trim()).filter((each) => !/^$|^(Figs?|Apps?|Secs?)\. /.test(each)).flatMap((token) => {
  const [, prefix, first, endPrefix, last] = /^([A-G]?)(\d+)(?:\s*[-–]\s*([A-G]?)(\d+))?$/.exec(token) ?? []
  if (first === undefined || (endPrefix !== undefined && endPrefix !== '' && endPrefix !== prefix)) {
    faults.push(`${where}: "${token}" is not the number of an equation`)
    return []
  }
  const numbers = Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, index) => `${prefix}${Number(first) + index}`)
  for (const number of numbers) if (!EQUATIONS.includes(number)) faults.push(`${where}: the paper has no Eq. ${number}`)
  return numbers
})

const parse = (path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)

const nameOf = (node) => {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map((each) => each.name.getText()).join(', ')
  const own = node.name?.getText() ?? 'constructor'
  const owner = node.parent?.name?.getText()
  return ts.isSourceFile(node.parent) || owner === undefined ? own : `${owner}.${own}`
}

const tagsIn = (path) => {
  const found = []
  const visit = (node) => {
    for (const comment of node.jsDoc ?? []) {
      for (const tag of comment.tags ?? []) {
        if (tag.tagName.text !== 'equation') continue
        const where = `${local(path)}, ${nameOf(node)}`
        const numbers = readNumbers(ts.getTextOfJSDocComment(tag.comment) ?? '', where)
        if (numbers.length === 0) faults.push(`${where}: @equation without a number`)
        found.push(...numbers.map((number) => ({ number, text: `\`${nameOf(node)}\` (${local(path)})` })))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return found
}

const TESTERS = ['it', 'test', 'describe']

/** The function that a call such as it(…), it.each(…)(…) or test.skipIf(…)(…) belongs to. */
const callee = (node) => (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node) ? callee(node.expression ?? node.tag) : node.getText())

const titlesIn = (path) => {
  const found = []
  const visit = (node) => {
    const title = ts.isCallExpression(node) ? node.arguments[0] : undefined
    if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title)) && TESTERS.includes(callee(node.expression))) {
      const text = title.getText().slice(1, -1)
      for (const [, numbers] of text.matchAll(/\[Eqs?\.\s*([^\]]+)\]/g)) {
        found.push(...readNumbers(numbers, `${local(path)}, "${text}"`).map((number) => ({ number, text: `${text.replaceAll('|', '\\|')} (${local(path)})` })))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return found
}

const group = (entries) => {
  const groups = new Map(EQUATIONS.map((number) => [number, []]))
  for (const { number, text } of entries) if (!groups.get(number)?.includes(text)) groups.get(number)?.push(text)
  return groups
}

const symbols = group(packages().flatMap(({ folder }) => filesUnder(join(folder, 'src'), ['.ts'])).flatMap(tagsIn))
const tests = group(packages().flatMap(({ folder }) => filesUnder(join(folder, 'test'), ['.test.ts'])).flatMap(titlesIn))

for (const number of EQUATIONS) {
  const implemented = symbols.get(number).length > 0
  if (!implemented && tests.get(number).length === 0 && EXPLAINED[number] === undefined) {
    faults.push(`Eq. ${number} has no symbol with @equation ${number}, no test named [Eq. ${number}] and no line in scripts/equations-table.mjs`)
  }
  if (implemented && tests.get(number).length === 0) {
    const through = TESTED_THROUGH[number]
    if (through === undefined) faults.push(`Eq. ${number} has ${symbols.get(number).join(', ')}, but no test title holds [Eq. ${number}]`)
    else if ((tests.get(through) ?? []).length === 0) faults.push(`Eq. ${number} is tested through Eq. ${through}, which has no test either`)
  }
}

const testCell = (number) => (tests.get(number).length > 0 ? tests.get(number).join('<br>') : `through Eq. ${TESTED_THROUGH[number] ?? '?'}`)

const implemented = EQUATIONS.filter((number) => symbols.get(number).length > 0)
const laws = EQUATIONS.filter((number) => symbols.get(number).length === 0 && tests.get(number).length > 0)
const explained = EQUATIONS.filter((number) => symbols.get(number).length === 0 && tests.get(number).length === 0)
const text = `# Equations

Every numbered equation of Riera-Campeny, Sanpera and Strasberg, PRX Quantum **2**, 010340 (2021), where it is implemented and which
tests name it. Generated by \`node scripts/equations.mjs\` from \`@equation\` tags and test titles; do not edit.

## Implemented

| Eq. | symbols | tests |
|---|---|---|
${implemented.map((number) => `| ${number} | ${symbols.get(number).join('<br>')} | ${testCell(number)} |`).join('\n')}

## Laws, comparisons and oracles: held by tests alone

| Eq. | tests |
|---|---|
${laws.map((number) => `| ${number} | ${testCell(number)} |`).join('\n')}

## Neither, and why

| Eq. | why |
|---|---|
${explained.map((number) => `| ${number} | ${EXPLAINED[number] ?? '**gap**'} |`).join('\n')}
`

const upToDate = existsSync(TARGET) && readFileSync(TARGET, 'utf8') === text
if (process.argv.includes('--check')) {
  if (!upToDate) faults.push('docs/equations.md is not up to date: run node scripts/equations.mjs')
} else if (!upToDate) writeFileSync(TARGET, text)

console.log(`${EQUATIONS.length} equations: ${implemented.length} implemented, ${laws.length} held by tests alone, ${explained.length} explained`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
