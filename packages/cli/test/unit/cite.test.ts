import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const keysOf = (bibtex: string): readonly string[] => [...bibtex.matchAll(/@\w+\{([^,]+),/g)].map(([, key = '']) => key)
const ONLY_MARKOV = ['methods: [exact, finite-time-redfield, markov, born-markov-secular]', 'methods: [markov]'] as const

describe('mesobath cite', () => {
  it('gives for a run file what stands beside it, and for its scenario the same', async () => {
    const scenario = await writeScenario(folder)
    await runHere(folder, ['run', scenario, '--out', 'results', '-q'])
    const ofRun = await runHere(folder, ['cite', 'results/run.h5'])
    expect(ofRun).toMatchObject({ code: 0, err: '', out: await readFile(join(folder, 'results', 'citations.bib'), 'utf8') })
    expect((await runHere(folder, ['cite', scenario])).out).toBe(ofRun.out)
    expect(keysOf(ofRun.out)).toEqual(expect.arrayContaining(['Mesobath', 'RieraCampeny2021', 'TalEzer1984']))
    expect(ofRun.out).toMatch(/note = \{.*@mesobath\/integrator-exact \d+\.\d+\.\d+, .*@mesobath\/rates-rmt \d/)
  })

  it('names nothing that was not used', async () => {
    const { out } = await runHere(folder, ['cite', await writeScenario(folder, ONLY_MARKOV)])
    expect(keysOf(out)).toEqual(['Mesobath', 'RieraCampeny2021'])
    expect(out).not.toContain('integrator-exact')
  })

  it('gives the citations of methods and rates by name, before there is a run', async () => {
    const { code, out } = await runHere(folder, ['cite', '--method', 'exact', '--method', 'markov', '--rates', 'eigenstate-thermalization'])
    expect(code).toBe(0)
    expect(keysOf(out)).toContain('TalEzer1984')
    expect(out).toContain('@mesobath/rates-eth')
  })

  it.each([
    [['cite'], 'cli/cite-nothing'],
    [['cite', 'small.yaml', '--method', 'markov'], 'cli/cite-both'],
    [['cite', '--method', 'redfeld', '--rates', 'guess'], 'cli/unknown-name'],
    [['cite', 'absent.h5'], 'results/unreadable'],
    [['cite', 'broken.yaml'], 'scenario/'],
  ])('refuses %j with %s', async (argv, code) => {
    await writeScenario(folder)
    await writeFile(join(folder, 'broken.yaml'), 'system: 7\n')
    const ended = await runHere(folder, argv)
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toContain(`[${code}`)
  })
})
