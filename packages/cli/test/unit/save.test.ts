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

const ONE = /bath:[^]*?couplingStrength: 3.0e-3\ninitial:.*/
const TWO = `baths:
  - label: hot
    bath: { model: random-matrix, windows: { oscillators: 4, quantum: 1, quanta: [0, 6] }, windowWidth: 0.5, spectrum: random, scaledDeviation: 1, seed: 7 }
  - label: cold
    bath: { model: random-matrix, windows: { spins: 5, quantum: 1, degeneracy: 10 }, windowWidth: 0.5, spectrum: random, scaledDeviation: 1, seed: 8 }
couplingStrength: 3.0e-2
initial: { system: [0.75, 0.25], baths: { hot: { gibbs: { inverseTemperature: 0.5 } }, cold: { gibbs: { inverseTemperature: 2 } } } }`
const MARKOV = [/methods:.*/, 'methods: [markov]'] as const

describe('what a run keeps', () => {
  it('`save: marginals` keeps ρ_S and each p(E) instead of p(ε_k, E_1, E_2), and they are its sums', async () => {
    await runHere(folder, ['run', await writeScenario(folder, [ONE, TWO], MARKOV), '--out', 'whole', '-q'])
    const file = await writeScenario(folder, [ONE, TWO], [/methods:.*/, 'methods: [markov]\nsave: marginals\nthermodynamics: true'])
    const { code, err } = await runHere(folder, ['run', file, '--out', 'parts', '-q'])
    expect(code, err).toBe(0)
    const files = await readdir(join(folder, 'parts'))
    expect(files).toContain('marginals.csv')
    expect(files).not.toContain('populations.csv')
    expect(files).toEqual(expect.arrayContaining(['figure.svg', 'figure.png', 'thermodynamics.csv']))

    const whole = orThrow(await readRun(join(folder, 'whole', 'run.h5'))).methods['markov']
    const parts = orThrow(await readRun(join(folder, 'parts', 'run.h5'))).methods['markov']
    expect(whole?.marginals).toBeUndefined()
    expect(parts?.populations).toBeNull()
    const [hot, cold] = parts?.marginals ?? []
    expect([hot?.length, cold?.length]).toEqual([13 * 7, 13 * 6])
    for (let sample = 0; sample < 13; sample++) {
      const p = whole?.populations?.subarray(sample * 84, (sample + 1) * 84) ?? new Float64Array(0)
      for (let e = 0; e < 7; e++) expect(hot?.[sample * 7 + e]).toBeCloseTo(p.reduce((sum, x, i) => (Math.floor(i / 6) % 7 === e ? sum + x : sum), 0), 14)
      for (let e = 0; e < 6; e++) expect(cold?.[sample * 6 + e]).toBeCloseTo(p.reduce((sum, x, i) => (i % 6 === e ? sum + x : sum), 0), 14)
    }

    const lines = (await readFile(join(folder, 'parts', 'marginals.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines[0]).toBe('method,time,side,part,energy,probability')
    expect(lines).toHaveLength(1 + 13 * (2 + 7 + 6))
    expect(lines[1]).toBe(`markov,0,after,system,0,${parts?.systemStates?.re[0]}`)
    expect(parts?.systemStates?.re[0]).toBeCloseTo(0.75, 14)
    expect(lines[3]).toBe(`markov,0,after,hot,0,${hot?.[0]}`)
    expect(lines[10]).toBe(`markov,0,after,cold,0,${cold?.[0]}`)

    const summary = JSON.parse(await readFile(join(folder, 'parts', 'summary.json'), 'utf8')) as { readonly compared: unknown }
    expect(summary.compared).toEqual({ level: 0, windows: [], levelEnergy: 0, windowEnergies: [] })
    expect(await readFile(join(folder, 'parts', 'figure.svg'), 'utf8')).toContain('p(ε₀)')
  })

  it('compares the level where no joint populations are kept', async () => {
    const file = await writeScenario(folder, [/methods:.*/, 'methods: [exact, markov]\nsave: marginals'])
    expect((await runHere(folder, ['run', file, '--out', 'parts', '-q'])).code).toBe(0)
    const { compared, methods } = JSON.parse(await readFile(join(folder, 'parts', 'summary.json'), 'utf8')) as
      { readonly compared: { readonly level: number }; readonly methods: Record<string, { readonly largestDeviation: number | null; readonly largestDeviationOfAll: number | null }> }
    expect(compared.level).toBe(1)
    expect(methods['markov']?.largestDeviation).toBeGreaterThan(0)
    expect(methods['markov']?.largestDeviation).toBeLessThan(0.5)
    expect(methods['markov']?.largestDeviationOfAll).toBeNull()
  })

  it.each([
    ['nothing', [/methods:.*/, 'methods: [markov]\nsave: nothing'], /`save` must be/],
    ['a bath of half a spin', [/windows: \[.*\]/, 'windows: { spins: 0.5, quantum: 1 }'], /`bath.windows.spins` must be/],
    ['more excited spins than there are', [/windows: \[.*\]/, 'windows: { spins: 3, quantum: 1, quanta: [0, 4] }'], /`bath\.windows\.quanta\[1\]` must be at most the number of spins, 3/],
    ['a bath of oscillators without an end', [/windows: \[.*\]/, 'windows: { oscillators: 3, quantum: 1 }'], /`bath.windows.quanta` must be given/],
  ] as const)('refuses %s', async (_, change, message) => {
    const { code, err } = await runHere(folder, ['validate', await writeScenario(folder, change)])
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})
