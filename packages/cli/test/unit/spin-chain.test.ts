import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const SCENARIO = `title: A chain
system: { energies: [0, 4], couplings: [[[0, 1], [1, 0]]] }
bath: { model: spin-chain, spins: 7, bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: x }], windowWidth: 2 }
couplingStrength: 0.3
initial: { system: 1, bath: { window: 3 } }
times: { from: 0, to: 4, points: 3 }
methods: [{ method: exact, sampling: { vectors: 3, seed: 2 } }, markov]
`

describe('a scenario with a chain of spins', () => {
  it('runs exactly and by a master equation, and again to the same bits', async () => {
    const path = join(folder, 'scenario.yaml')
    await writeFile(path, SCENARIO)
    for (const out of ['one', 'two']) expect(await runHere(folder, ['run', path, '--out', out, '-q'])).toMatchObject({ code: 0, err: '' })
    const [one, two] = await Promise.all(['one', 'two'].map(async (out) => readFile(join(folder, out, 'populations.csv'), 'utf8')))
    expect(one).toBe(two)
    const again = await runHere(folder, ['run', 'one/run.h5', '--out', 'three', '-q'])
    expect(again).toMatchObject({ code: 0, err: '' })
    expect(again.out).toMatch(/exact +populations +the same to the last bit/)
  })

  it('is refused with the place of every fault', async () => {
    const path = join(folder, 'scenario.yaml')
    await writeFile(path, SCENARIO.replace('site: 0', 'site: 7').replace('zz: 1', 'zz: [1, 2]'))
    const { code, err } = await runHere(folder, ['run', path])
    expect(code).not.toBe(0)
    expect(err).toContain('must be a site from 0 to 6, but is 7')
    expect(err).toContain('must be a number or hold 6, but holds 2')
  })
})
