// What continuous integration runs after the tests. Each stage is a file of scripts/ci/ that gives its checks:
// { name, status: 'passed' | 'failed' | 'skipped', detail }. Nothing is skipped in silence, and the last line counts it all.
//
// usage: node scripts/ci.mjs [--only stage,stage] [--tests-report FILE --tests-status CODE --tests-seconds S]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { countTests } from './ci/tests.mjs'
import { failed } from './ci/check.mjs'

const STAGES = ['types', 'lint', 'boundaries', 'docs', 'equations', 'wasm', 'changesets', 'release', 'examples', 'consumers', 'pages', 'outside', 'reference', 'figure']

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    'tests-report': { type: 'string' },
    'tests-status': { type: 'string' },
    'tests-seconds': { type: 'string' },
  },
})

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`

const indent = (text) => text.trimEnd().split('\n').map((line) => `      ${line}`).join('\n')

const runStage = async (name, scratch) => {
  const start = performance.now()
  let checks
  try {
    const { run } = await import(`./ci/${name}.mjs`)
    checks = await run({ scratch })
  } catch (error) {
    checks = [failed(`${name} could not run`, error.stack ?? String(error))]
  }
  const worst = checks.some((each) => each.status === 'failed') ? 'FAILED' : checks.some((each) => each.status === 'passed') ? 'passed' : 'skipped'
  console.log(`\n${name}: ${worst} in ${seconds(performance.now() - start)}`)
  for (const { name: check, status, detail } of checks) {
    console.log(`  ${status === 'passed' ? 'ok  ' : status === 'failed' ? 'FAIL' : 'skip'} ${check}`)
    if (detail && status !== 'passed') console.log(indent(detail))
  }
  return { name, checks, milliseconds: performance.now() - start, worst }
}

const scratch = mkdtempSync(join(tmpdir(), 'mesobath-ci-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

const results = []
if (options['tests-report'] !== undefined) {
  const tests = countTests(options['tests-report'], Number(options['tests-status']))
  results.push({ ...tests, name: 'npm test', milliseconds: 1000 * Number(options['tests-seconds']) })
}
for (const name of options.only?.split(',') ?? STAGES) {
  const { checks, milliseconds } = await runStage(name, scratch)
  const count = (status) => checks.filter((each) => each.status === status).length
  results.push({ name, milliseconds, passed: count('passed'), failed: count('failed'), skipped: count('skipped'), notes: checks.filter((each) => each.status !== 'passed') })
}

console.log('\nstage          seconds  passed  failed  skipped')
for (const each of results) {
  console.log(`${each.name.padEnd(14)} ${(each.milliseconds / 1000).toFixed(1).padStart(7)} ${String(each.passed).padStart(7)} ${String(each.failed).padStart(7)} ${String(each.skipped).padStart(8)}`)
}
for (const status of ['skipped', 'failed']) {
  const listed = results.flatMap((result) => result.notes.filter((each) => each.status === status).map((each) => `${result.name}: ${each.name}${status === 'skipped' && each.detail ? ` (${each.detail})` : ''}`))
  if (listed.length > 0) console.log(`\n${status}:\n${listed.map((each) => `  ${each}`).join('\n')}`)
}

const total = (key) => results.reduce((sum, each) => sum + each[key], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') > 0 ? 1 : 0
