import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { readRun } from '@mesobath/results/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const QUENCHES = 'drive: { level: 1, quenches: { period: 6, values: [1, 2] } }\ntimes: { from: 0, to: 12, points: 13 }'
const TIMES = 'times: { from: 0, to: 12, points: 13 }'
const WINDOWS = ['{ energy: 1, volume: 30 }]', '{ energy: 1, volume: 30 }, { energy: 2, volume: 40 }]'] as const

describe('a driven run with its ledger', () => {
  it('stores a quench twice, with work that jumps by Σ Δε p and heat that does not', async () => {
    const file = await writeScenario(folder, [TIMES, `${QUENCHES}\nthermodynamics: { temperatures: [2, -1] }`], WINDOWS, [/methods:.*/, 'methods: [exact, markov]'])
    const { code, out, err } = await runHere(folder, ['run', file, '--out', 'results'])
    expect(code, err).toBe(0)
    expect((await readdir(join(folder, 'results'))).filter((name) => name.startsWith('thermodynamics')).sort()).toEqual(['thermodynamics.csv', 'thermodynamics.png', 'thermodynamics.svg'])
    expect(out).toContain('The laws of thermodynamics in this run')
    expect(out).toMatch(/second law: entropy production is not negative \(Eq. 57\) +holds/)

    const run = orThrow(await readRun(join(folder, 'results', 'run.h5')))
    const before = run.sides.map((side, row) => ({ side, row })).filter(({ side }) => side === 'before').map(({ row }) => row)
    // Times 3, 6 and 9; the start is no stop.
    expect(before.map((row) => run.times[row])).toEqual([3, 6, 9])
    for (const method of ['exact', 'markov']) {
      const { populations, thermodynamics } = run.methods[method] ?? {}
      const series = (name: string) => thermodynamics?.series[name]?.values ?? new Float64Array(0)
      for (const row of before) {
        const p = [0, 1, 2].reduce((sum, window) => sum + (populations?.[row * 6 + 3 + window] ?? NaN), 0)
        const jump = ((run.energies[(row + 1) * 2 + 1] ?? NaN) - (run.energies[row * 2 + 1] ?? NaN)) * p
        expect(Math.abs(jump)).toBeGreaterThan(0.3)
        expect((series('work')[row + 1] ?? NaN) - (series('work')[row] ?? NaN)).toBeCloseTo(jump, 9)
        expect(series('heat/bath')[row + 1]).toBe(series('heat/bath')[row])
      }
      expect(Object.keys(thermodynamics?.series ?? {})).toEqual(expect.arrayContaining(['relativeEntropy/0.5', 'relativeEntropyRate/-1']))
    }
    const summary = JSON.parse(await readFile(join(folder, 'results', 'summary.json'), 'utf8')) as { readonly laws: Record<string, { readonly verdict: string }[]> }
    expect(Object.keys(summary.laws)).toEqual(['exact', 'markov'])
    expect(Object.values(summary.laws).flat().some(({ verdict }) => verdict === 'violated')).toBe(false)
  })

  it('tells of a machine, with its series over a period beside the ledger', async () => {
    const file = await writeScenario(folder, [TIMES, `${QUENCHES}\nthermodynamics: { machine: { hot: bath, period: 6 } }`], WINDOWS, [/methods:.*/, 'methods: [markov]'])
    const { code, out, err } = await runHere(folder, ['run', file, '--out', 'results'])
    expect(code, err).toBe(0)
    expect(out).toContain('The machine at the end of the run, over the last 6')
    expect(out).toMatch(/work on the system +-?\d/)
    const { series } = orThrow(await readRun(join(folder, 'results', 'run.h5'))).methods['markov']!.thermodynamics!
    const values = (name: string) => Array.from(series[name]!.values)
    // 13 outputs, of which 3, 6 and 9 stand twice: rows 0 to 15; 6 after its quench is row 8, the end row 15.
    expect(values('machineWork')[8]).toBe(values('work')[8]! - values('work')[0]!)
    expect(values('machineWork')[15]).toBe(values('work')[15]! - values('work')[7]!)
    expect(values('machineWork')[5]).toBeNaN()
    expect(await readFile(join(folder, 'results', 'thermodynamics.csv'), 'utf8')).toContain('markov,12,after,machineWork,,energy,')
  })

  it('says so where a machine has a period that no two samples are apart', async () => {
    const file = await writeScenario(folder, [TIMES, `${TIMES}\nthermodynamics: { machine: { hot: bath, period: 4.3 } }`], [/methods:.*/, 'methods: [markov]'])
    const { code, out } = await runHere(folder, ['run', file, '--out', 'results'])
    expect(code).toBe(0)
    expect(out).not.toContain('The machine at the end')
    expect(out).toMatch(/fails .*No two samples are the machine's period of 4\.3 apart/)
  })

  it('keeps a ledger at `--thermodynamics`, and none unless asked', async () => {
    const file = await writeScenario(folder, [/methods:.*/, 'methods: [markov]'])
    await runHere(folder, ['run', file, '--out', 'plain', '-q'])
    expect(await readdir(join(folder, 'plain'))).not.toContain('thermodynamics.csv')
    expect((await runHere(folder, ['run', file, '--out', 'kept', '-q', '--thermodynamics'])).code).toBe(0)
    expect(await readFile(join(folder, 'kept', 'thermodynamics.csv'), 'utf8')).toMatch(/^method,time,side,series,bath,unit,value\nmarkov,0,after,/)
  })
})

const CASES: readonly (readonly [string, string, string | RegExp, string | RegExp])[] = [
  ['quench times that are not in order', '{ level: 1, times: [6, 3], values: [2, 1] }', 'drives/unordered', '`drive.times'],
  ['a quench beyond the run', '{ level: 1, times: [3, 30], values: [2, 1] }', 'drives/beyond-run', '`drive.times'],
  ['a period of zero', '{ level: 1, quenches: { period: 0, values: [1, 2] } }', 'drives/period', '`drive.quenches.period'],
  ['an energy that is not finite', '{ level: 1, quenches: { period: 6, values: [1, .inf] } }', 'scenario/not-finite', '`drive.quenches.values'],
  ['a negative coupling strength', '{ bath: bath, quenches: { period: 6, values: [0.003, -0.003] } }', 'drives/negative-strength', '`drive.quenches.values'],
  ['a level that does not exist', '{ level: 2, quenches: { period: 6, values: [1, 2] } }', 'drives/level', '`drive.level'],
  ['a bath that does not exist', '{ bath: hot, quenches: { period: 6, values: [0.1, 0.2] } }', 'drives/bath', '`drive.bath'],
  ['two moves of one level', '[{ level: 1, quenches: { period: 6, values: [1, 2] } }, { level: 1, times: [3], values: [2] }]', 'drives/twice', '`drive[1]'],
  ['a misspelt key', '{ level: 1, quench: { period: 6, values: [1, 2] } }', 'scenario/unknown-key', 'did you mean `quenches`'],
]

describe('a faulty drive is refused before anything is written', () => {
  for (const [name, drive, code, place] of CASES) {
    it(name, async () => {
      const file = await writeScenario(folder, [TIMES, `drive: ${drive}\n${TIMES}`])
      const ended = await runHere(folder, ['validate', file])
      expect(ended.code, ended.out).toBe(2)
      expect(ended.err).toMatch(code)
      expect(ended.err).toContain(place)
    })
  }

  it('with its other faults at once', async () => {
    const file = await writeScenario(folder, [TIMES, `drive: { level: 1, times: [6, 3], values: [2, 1] }\nthermodynamics: { temperatures: [0] }\n${TIMES}`], ['deviation: 1', 'deviation: -1'])
    const { err } = await runHere(folder, ['run', file])
    for (const code of ['drives/unordered', 'baths/', 'scenario/thermodynamics']) expect(err).toContain(code)
    expect(await readdir(folder)).toEqual(['small.yaml'])
  })
})
