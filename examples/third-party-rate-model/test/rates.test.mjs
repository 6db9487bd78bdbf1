import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orThrow } from '@mesobath/contracts'
import { windowBath } from '@mesobath/baths'
import { rowsFromCsv, tabulatedRates } from 'tabulated-bath-rates'

const bath = (changes = {}) => orThrow(windowBath({ windows: [{ energy: 0, volume: 40 }, { energy: 1, volume: 60 }, { energy: 2, volume: 80 }], windowWidth: 0.5, ...changes }))
const grid = (f, energies = [0, 1, 2], frequencies = [0, 0.5, 1, 2]) => energies.flatMap((energy) => frequencies.map((frequency) => [energy, frequency, f(energy, frequency)]))
const kappa = (model, to, from) => {
  const out = { re: new Float64Array(1), im: null }
  orThrow(orThrow(model.correlate(bath())).strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, out))
  return out.re[0]
}
const codes = (outcome) => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code.split('/')[1]) : [])

test('κ = (2π/δ) √(V_E V_E′)/V_Ē |f|²: a constant table, ln V_Ē halfway between the centres', () => {
  const model = orThrow(tabulatedRates({ rows: grid(() => 0.3) }))
  assert.ok(Math.abs(kappa(model, 1, 0) - 4 * Math.PI * 0.3) < 1e-12)
  assert.ok(Math.abs(kappa(model, 2, 0) - (4 * Math.PI * 0.3 * Math.sqrt(40 * 80)) / 60) < 1e-12)
  assert.equal(kappa(model, 1, 0), kappa(model, 0, 1))
})

test('samples are met exactly, and lines between them: linear in Ē, and in ω where the table is', () => {
  const model = orThrow(tabulatedRates({ rows: grid((energy, frequency) => 1 + energy + 2 * frequency, [0, 2], [0, 0.4, 3]) }))
  assert.ok(Math.abs(kappa(model, 1, 0) / (4 * Math.PI) - (1 + 0.5 + 2)) < 1e-12)
  assert.ok(Math.abs(kappa(model, 2, 1) / (4 * Math.PI) - (1 + 1.5 + 2)) < 1e-12)
})

test('nothing overshoots: between equal samples the table is flat, beside a step it stays within it', () => {
  for (let step = 0.05; step < 2; step += 0.05) {
    const model = orThrow(tabulatedRates({ rows: grid((_energy, frequency) => (frequency < step ? 1 : 0), [0, 1, 2], [0, 0.3, 0.7, 1.1, 1.9, 2]) }))
    for (const [to, from] of [[1, 0], [2, 1], [2, 0]]) assert.ok(kappa(model, to, from) >= 0 && kappa(model, to, from) <= 4 * Math.PI * 1.2)
  }
})

test('order of the rows does not matter, and a CSV gives the same rates', () => {
  const rows = grid((energy, frequency) => Math.exp(-energy - frequency))
  const csv = `mean energy,frequency,f squared\n# computed\n${rows.map((row) => row.join(',')).reverse().join('\n')}\n`
  const [direct, read] = [rows, orThrow(rowsFromCsv(csv))].map((each) => kappa(orThrow(tabulatedRates({ rows: each })), 2, 1))
  assert.equal(direct, read)
})

test('bad tables are issues, all at once, each with its place', () => {
  const rows = grid(() => 1)
  assert.deepEqual(codes(tabulatedRates({ rows: [[0, -1, 1], [0, 1, -1], [0, NaN, 1], [0, 1]] })), ['rows', 'rows', 'rows', 'rows'])
  assert.deepEqual(codes(tabulatedRates({ rows: rows.slice(1) })), ['grid'])
  assert.deepEqual(codes(tabulatedRates({ rows: [...rows, rows[0]] })), ['grid'])
  assert.deepEqual(codes(tabulatedRates({ rows: rows.slice(0, 4) })), ['grid'])
  assert.deepEqual(codes(tabulatedRates({ rows: [], beyond: 'guess', source: { key: 'A', bibtex: '@misc{B}' } })), ['rows', 'beyond', 'source'])
  assert.deepEqual(codes(rowsFromCsv('a,b,c\n1,2,3\n1,2\n1,x,3')), ['csv', 'csv'])
})

test('outside its table it refuses, or gives zero beyond the largest ω where asked', () => {
  const short = grid(() => 1, [0, 1, 2], [0, 1.5])
  const ask = (options, to, from) => orThrow(orThrow(tabulatedRates(options)).correlate(bath())).strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, { re: new Float64Array(1), im: null })
  assert.deepEqual(codes(ask({ rows: short }, 2, 0)), ['outside'])
  assert.match(ask({ rows: short }, 2, 0).left[0].message, /must span ω = 2, or `beyond` be zero, but ends at ω = 1.5/)
  assert.deepEqual(codes(ask({ rows: short, beyond: 'zero' }, 2, 0)), [])
  assert.deepEqual(codes(ask({ rows: grid(() => 1, [1, 2]) }, 1, 0)), ['outside'])
  assert.deepEqual(codes(orThrow(tabulatedRates({ rows: short })).correlate(bath({ couplings: 2 }))), ['couplings'])
})
