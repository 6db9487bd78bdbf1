// From code, and from a scenario: the same populations.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { orThrow } from '@mesobath/contracts'
import { windowBath } from '@mesobath/baths'
import { runCli } from '@mesobath/cli'
import { markov } from '@mesobath/integrator-markov'
import { solve } from '@mesobath/solve'
import { rowsFromCsv, tabulatedRates } from 'tabulated-bath-rates'

const home = fileURLToPath(new URL('..', import.meta.url))

test('a scenario names this package and gives what code gives', async () => {
  const out = mkdtempSync(join(tmpdir(), 'tabulated-'))
  try {
    let told = ''
    const sink = { write: (text) => { told += text } }
    const code = await runCli(['run', 'scenario.yaml', '--out', out, '--quiet'], { stdout: sink, stderr: sink, signal: { aborted: false }, folder: home })
    assert.equal(code, 0, told)

    const windows = [0, 1, 2, 3].map((energy, i) => ({ energy, volume: [200, 400, 700, 900][i] }))
    const run = orThrow(await solve({
      energies: Float64Array.of(0, 1),
      baths: [{ label: 'bath', bath: orThrow(windowBath({ windows, windowWidth: 0.5 })), strength: 0.05, systemCouplings: [{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }] }],
      initial: { kind: 'product', system: { rows: 2, columns: 2, re: Float64Array.of(0, 0, 0, 1), im: null }, baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 1, 0, 0) }] },
      times: Float64Array.from({ length: 41 }, (_, i) => i === 40 ? 60 : 1.5 * i),
      drive: null,
    }, markov({ rates: orThrow(tabulatedRates({ rows: orThrow(rowsFromCsv(readFileSync(join(home, 'table.csv'), 'utf8'))) })) })))
    const csv = readFileSync(join(out, 'populations.csv'), 'utf8').trim().split('\n').slice(1).map((line) => Number(line.split(',').at(-1)))
    assert.equal(csv.length, run.populations.length)
    const apart = csv.reduce((most, p, i) => Math.max(most, Math.abs(p - run.populations[i])), 0)
    assert.ok(apart < 1e-12, `${apart}`)
    assert.ok(run.populations[8 * 40 + 4 + 1] < 0.7, 'the spin decays')

    const cited = readFileSync(join(out, 'citations.bib'), 'utf8')
    for (const key of ['RieraCampeny2021', 'FritschButland1984', 'Example2026']) assert.ok(cited.includes(key), key)
    assert.equal(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).versions['tabulated-bath-rates'], '1.0.0')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

test('a bad table in a scenario is told of its place', async () => {
  const { readFile, writeFile, unlink } = await import('node:fs/promises')
  const path = join(home, 'bad-scenario.yaml')
  await writeFile(path, (await readFile(join(home, 'scenario.yaml'), 'utf8')).replace('[0.0, 0, 0.20]', '[0.0, 0, -0.20]'))
  try {
    let told = ''
    const sink = { write: (text) => { told += text } }
    assert.equal(await runCli(['validate', path], { stdout: sink, stderr: sink, signal: { aborted: false }, folder: home }), 2)
    assert.match(told, /`methods\[0\]\.rates\.options\.rows\[0\]` must have \|f\|² ≥ 0, but has -0\.2 {2}\[tabulated-bath-rates\/rows\]/)
  } finally {
    await unlink(path)
  }
})
