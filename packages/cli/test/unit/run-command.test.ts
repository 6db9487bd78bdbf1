import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue } from '@mesobath/cli'
import { orThrow } from '@mesobath/contracts'
import { readRun } from '@mesobath/results/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, SMALL, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const FILES = ['citations.bib', 'figure.png', 'figure.svg', 'populations.csv', 'run.h5', 'scenario.yaml', 'summary.json']

describe('mesobath run', () => {
  it('writes every file of a run, and says what it found', async () => {
    const { code, out, err } = await runHere(folder, ['run', await writeScenario(folder), '--out', 'results'])
    expect(code, err).toBe(0)
    expect((await readdir(join(folder, 'results'))).sort()).toEqual(FILES)
    expect(out).toContain('Deviation from exact')
    expect(out).toContain('When to trust this run')
    expect(err).toContain('100 %')

    const summary = JSON.parse(await readFile(join(folder, 'results', 'summary.json'), 'utf8')) as Record<string, unknown>
    expect(summary).toMatchObject({
      compared: { level: 1, windows: [0], levelEnergy: 1, windowEnergies: [0] }, reference: 'exact',
      methods: { exact: { largestDeviation: null, wallTime: expect.any(Number) }, markov: { largestDeviation: expect.any(Number), plateau: expect.any(Number) } },
    })
    expect(await readFile(join(folder, 'results', 'scenario.yaml'), 'utf8')).toBe(SMALL)
    expect((await readFile(join(folder, 'results', 'figure.png'))).subarray(1, 4).toString()).toBe('PNG')
    expect(await readFile(join(folder, 'results', 'citations.bib'), 'utf8')).toContain('@article{RieraCampeny2021,')
    expect((await readFile(join(folder, 'results', 'populations.csv'), 'utf8')).split('\n')).toHaveLength(2 + 4 * 13 * 2 * 2)
  })

  it('stores what it takes to compute the exact curve again', async () => {
    await runHere(folder, ['run', await writeScenario(folder), '--out', '.', '-q'])
    const run = orThrow(await readRun(join(folder, 'run.h5')))
    const [realization] = run.realizations
    const coupling = realization?.couplings?.[0]
    expect(realization?.energies).toHaveLength(50)
    expect([...realization?.window ?? []].filter((window) => window === 0)).toHaveLength(20)
    for (let i = 0; i < 50; i++) {
      for (let j = 0; j < i; j++) {
        expect(coupling?.re[i * 50 + j]).toBe(coupling?.re[j * 50 + i])
        expect(coupling?.im?.[i * 50 + j]).toBe(0 - (coupling?.im?.[j * 50 + i] ?? NaN))
      }
    }
    // d²p/dt² at 0 is −2λ² Σ|B_ij|²/V₀ for the full mixture over window 0: the first step of the stored curve agrees.
    let sum = 0
    for (let i = 0; i < 20; i++) for (let j = 20; j < 50; j++) sum += (coupling?.re[i * 50 + j] ?? 0) ** 2 + (coupling?.im?.[i * 50 + j] ?? 0) ** 2
    const loss = 1 - (run.methods['exact']?.populations?.[4 + 2] ?? NaN)
    // t = 1: resonant pairs within δ = 0.5 dephase by less than (0.5)²/12 of the loss.
    expect(loss / (9e-6 * sum / 20)).toBeGreaterThan(0.9)
    expect(loss / (9e-6 * sum / 20)).toBeLessThan(1)
  })

  it('gives the same numbers again from the scenario stored beside them, and others from another seed', async () => {
    const file = await writeScenario(folder)
    await runHere(folder, ['run', file, '--out', 'one', '-q'])
    await runHere(folder, ['run', join('one', 'scenario.yaml'), '--out', 'two', '-q'])
    const seeded = await runHere(folder, ['run', file, '--out', 'three', '-q', '--seed', '8'])
    expect(seeded.code, seeded.err).toBe(0)
    await runHere(folder, ['run', join('three', 'scenario.yaml'), '--out', 'four', '-q'])
    const csv = (name: string) => readFile(join(folder, name, 'populations.csv'), 'utf8')
    expect(await csv('two')).toBe(await csv('one'))
    expect(await csv('three')).not.toBe(await csv('one'))
    expect(await csv('four')).toBe(await csv('three'))
  })

  it('replaces older results, and says nothing when asked to be quiet', async () => {
    const file = await writeScenario(folder, [/methods:.*/, 'methods: [markov]'])
    await runHere(folder, ['run', file, '--out', 'results', '-q'])
    const { code, out, err } = await runHere(folder, ['run', file, '--out', 'results', '--quiet'])
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' })
    expect((await readdir(join(folder, 'results'))).sort()).toEqual(FILES)
  })

  it('runs a method twice with different rates under its labels, and stores observables', async () => {
    const file = await writeScenario(folder, [/methods:.*/,
      'methods: [exact, { method: markov, rates: heuristic, label: markov-heuristic }, { method: markov, rates: random-matrix }]\nobservables: { excited: [[0, 0], [0, 1]] }'])
    const { code, err } = await runHere(folder, ['run', file, '--out', 'results', '-q'])
    expect(code, err).toBe(0)
    const run = orThrow(await readRun(join(folder, 'results', 'run.h5')))
    expect(Object.keys(run.methods)).toEqual(['exact', 'markov-heuristic', 'markov'])
    const { observables, populations } = run.methods['markov'] ?? {}
    expect(observables?.['excited']?.[5]).toBeCloseTo((populations?.[5 * 4 + 2] ?? NaN) + (populations?.[5 * 4 + 3] ?? NaN), 14)
    expect(run.methods['markov-heuristic']?.rates[0]?.name).toBe('heuristic')
  })

  it('reads a bath from the file of an earlier run, relative to the scenario', async () => {
    await runHere(folder, ['run', await writeScenario(folder), '--out', 'first', '-q'])
    const file = await writeScenario(folder, [/model: random-matrix[^]*?seed: 7/, 'model: file\n  path: first/run.h5\n  windowWidth: 0.5'])
    const { code, err } = await runHere(folder, ['run', file, '--out', 'second', '-q'])
    expect(code, err).toBe(0)
    const exact = async (name: string) => orThrow(await readRun(join(folder, name, 'run.h5'))).methods['exact']?.populations ?? new Float64Array(0)
    const [first, second] = [await exact('first'), await exact('second')]
    // The same Hamiltonian; only the order of sums may differ.
    expect(Math.max(...first.map((value, index) => Math.abs(value - (second[index] ?? NaN))))).toBeLessThan(1e-10)
  })

  it('draws the error of a sampled run as a band', async () => {
    const file = await writeScenario(folder, [/methods:.*/, 'methods: [{ method: exact, sampling: { vectors: 4, seed: 2 } }, markov]'])
    expect(await runHere(folder, ['run', file, '--out', 'sampled', '-q'])).toMatchObject({ code: 0, err: '' })
    const svg = await readFile(join(folder, 'sampled', 'figure.svg'), 'utf8')
    expect(svg).toContain('>exact (band: 95 %)<')
    expect(svg.split('fill-opacity="0.22"').length).toBe(2)
  })

  it('says before it runs which method takes more than a minute, and how to sample it', async () => {
    const short = await writeScenario(folder, [/methods:.*/, 'methods: [exact]'])
    expect((await runHere(folder, ['validate', short])).out).not.toContain('takes long')
    const long = await writeScenario(folder, [/to: 12, points: 13/, 'to: 3.0e+7, points: 2'], [/methods:.*/, 'methods: [{ method: exact, workspace: 100000 }, markov]'])
    const { code, out, err } = await runHere(folder, ['validate', long])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^small\.yaml is sound.*\ntakes long: exact: moving the whole mixture of 20 levels takes about .* operations, \d+ minutes at 1e\+10 a second; 16 random vectors/)
    let asked = 0
    // Long after the preparation, long before the end.
    const stopped = await runHere(folder, ['run', long], { get aborted() { return ++asked > 30 } })
    expect(stopped).toMatchObject({ code: 130, err: expect.stringContaining('takes long: exact') as string })
  }, 60_000)

  it('writes nothing when it is interrupted', async () => {
    const { code, err } = await runHere(folder, ['run', await writeScenario(folder), '--out', 'results'], { aborted: true })
    expect(code).toBe(130)
    expect(err).toContain('interrupted')
    expect(await readdir(folder)).toEqual(['small.yaml'])
  })
})

describe('mesobath', () => {
  it('explains itself, with examples', async () => {
    expect(await runHere(folder, ['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/run[^]*figure[^]*validate[^]*schema[^]*EXAMPLES/), err: '' })
    for (const name of ['run', 'figure', 'validate', 'schema']) {
      expect(await runHere(folder, [name, '--help'])).toMatchObject({ code: 0, out: expect.stringContaining(`$ mesobath ${name}`) })
    }
    expect(await runHere(folder, ['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each([['run'], ['bogus'], ['run', 'a.yaml', '--outt', 'x'], ['run', 'a.yaml', '--memory', 'much'], ['run', 'a.yaml', '--seed', '-1'], ['figure', 'fig99']])(
    'refuses %s %s with exit code 2', async (...argv) => {
      const { code, out, err } = await runHere(folder, argv)
      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).not.toMatch(/^\s+at /m)
      expect(await readdir(folder)).toEqual([])
    })

  it('prints a schema that names every model, rate model and method', async () => {
    const { code, out } = await runHere(folder, ['schema'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', required: ['system', 'initial', 'times', 'methods'] })
    const { baths, rates, algorithms } = catalogue
    for (const { name } of [...baths, ...rates, ...algorithms]) expect(out).toContain(`"${name}"`)
  })
})
