import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { randomMatrixBath } from '@mesobath/baths'
import { runCli } from '@mesobath/cli'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'
import { jumpSampler } from 'mesobath-jump-sampler'

const home = fileURLToPath(new URL('..', import.meta.url))
const rates = randomMatrixRates()
const bath = (volumes, seed) => orThrow(randomMatrixBath({
  windows: volumes.map((volume, energy) => ({ energy, volume })), windowWidth: 0.5, spectrum: 'regular', scaledDeviation: 1, seed,
}))
const FLIP = { rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }
const problem = (changes = {}) => ({
  energies: Float64Array.of(0, 1),
  baths: [
    { label: 'hot', bath: bath([40, 60, 90], 1), strength: 0.1, systemCouplings: [FLIP] },
    { label: 'cold', bath: bath([50, 200, 400], 2), strength: 0.07, systemCouplings: [FLIP] },
  ],
  initial: {
    kind: 'product', system: { rows: 2, columns: 2, re: Float64Array.of(0.3, 0, 0, 0.7), im: null },
    baths: [{ kind: 'windows', probabilities: Float64Array.of(0.2, 0.3, 0.5) }, { kind: 'windows', probabilities: Float64Array.of(0.6, 0.3, 0.1) }],
  },
  times: Float64Array.of(0, 2, 5, 10), drive: null, ...changes,
})
const largest = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0)

test('two baths: populations of the Markov equation within their standard errors, which are told', async () => {
  const exact = orThrow(await solve(problem(), markov({ rates })))
  const sampled = orThrow(await solve(problem(), jumpSampler({ rates, trajectories: 40000, seed: 5 })))
  assert.ok(largest(sampled.populations, exact.populations) < 5 * Math.max(...sampled.scalars.standardError))
  assert.ok(Math.max(...sampled.scalars.standardError) < 0.0025)
  assert.equal(sampled.validity.at(-1).verdict, 'trust')
})

test('errors fall as 1/√N: r.m.s. over states and seeds', async () => {
  const exact = orThrow(await solve(problem(), markov({ rates })))
  const rms = async (trajectories) => {
    let sum = 0
    for (let seed = 0; seed < 8; seed += 1) {
      const { populations } = orThrow(await solve(problem(), jumpSampler({ rates, trajectories, seed })))
      sum += populations.reduce((total, p, i) => total + (p - exact.populations[i]) ** 2, 0)
    }
    return Math.sqrt(sum)
  }
  const ratio = await rms(400) / await rms(6400)
  assert.ok(ratio > 3 && ratio < 5.3, `${ratio}`)
})

test('another seed is another run, the same seed the same', async () => {
  const run = async (seed) => orThrow(await solve(problem(), jumpSampler({ rates, trajectories: 500, seed }))).populations
  assert.deepEqual(await run(3), await run(3))
  assert.notDeepEqual(await run(3), await run(4))
})

test('bad options, coherences and ramps are issues', async () => {
  const codes = async (changes, options) => {
    const outcome = await solve(problem(changes), jumpSampler({ rates, trajectories: 10, seed: 1, ...options }))
    return outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : []
  }
  assert.deepEqual(await codes({}, { trajectories: 1.5, seed: -1 }), ['mesobath-jump-sampler/options', 'mesobath-jump-sampler/options'])
  const coherent = { ...problem().initial, system: { rows: 2, columns: 2, re: Float64Array.of(0.5, 0.5, 0.5, 0.5), im: null } }
  assert.deepEqual(await codes({ initial: coherent }), ['mesobath-jump-sampler/coherences'])
  const ramp = { recipe: null, segments: (from, to) => [{ from, to, constant: false, energies: (time, out) => out.set([0, 1 + 0.01 * time]), strengths: (_time, out) => out.set([0.1, 0.07]) }] }
  assert.deepEqual(await codes({ drive: ramp }), ['mesobath-jump-sampler/drive'])
})

test('a scenario names this package beside a first-party method', async () => {
  const out = mkdtempSync(join(tmpdir(), 'sampler-'))
  try {
    let told = ''
    const sink = { write: (text) => { told += text } }
    const code = await runCli(['run', 'scenario.yaml', '--out', out, '--quiet'], { stdout: sink, stderr: sink, signal: { aborted: false }, folder: home })
    assert.equal(code, 0, told)
    const byMethod = { markov: [], sampled: [] }
    for (const line of readFileSync(join(out, 'populations.csv'), 'utf8').trim().split('\n').slice(1)) byMethod[line.split(',')[0]].push(Number(line.split(',').at(-1)))
    assert.ok(byMethod.sampled.length > 0)
    assert.ok(largest(byMethod.sampled, byMethod.markov) < 0.02)
    assert.ok(readFileSync(join(out, 'citations.bib'), 'utf8').includes('Gillespie1977'))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
