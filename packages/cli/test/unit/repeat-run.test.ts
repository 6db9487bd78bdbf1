import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import type { RunRecord } from '@mesobath/results'
import { readRun, writeRun } from '@mesobath/results/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const TWO = ['methods: [exact, finite-time-redfield, markov, born-markov-secular]', 'thermodynamics: true\nmethods: [exact, markov]'] as const

const stored = async (): Promise<string> => {
  expect((await runHere(folder, ['run', await writeScenario(folder, TWO), '--out', 'results', '-q'])).code).toBe(0)
  return join(folder, 'results', 'run.h5')
}

/** The run file as it would be had something been otherwise. */
const rewrite = async (path: string, change: (record: RunRecord) => RunRecord): Promise<void> => {
  orThrow(await writeRun(path, change(orThrow(await readRun(path)))))
}

const moved = (record: RunRecord): RunRecord => {
  const { markov } = record.methods
  if (markov?.populations == null) throw new Error('the run must hold Markov populations')
  return { ...record, methods: { ...record.methods, markov: { ...markov, populations: markov.populations.map((p, i) => (i === 9 ? p + 0.25 : p)) } } }
}

describe('mesobath run RUN.h5', () => {
  it('repeats a stored run to the last bit, ledger included', async () => {
    await stored()
    const ended = await runHere(folder, ['run', 'results/run.h5', '--out', 'again', '-q'])
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(ended.out).toMatch(/markov +populations +the same to the last bit/)
    expect(ended.out).toContain('all versions are the same')
    expect(await readdir(join(folder, 'again'))).toContain('thermodynamics.csv')
    expect(await readFile(join(folder, 'again', 'populations.csv'))).toEqual(await readFile(join(folder, 'results', 'populations.csv')))
  })

  it('fails where the same versions gave other numbers, and says how far', async () => {
    await rewrite(await stored(), moved)
    const ended = await runHere(folder, ['run', 'results/run.h5', '--out', 'again', '-q'])
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(/markov +populations +at most 2\.5e-1/)
    expect(ended.out).toMatch(/exact +populations +the same to the last bit/)
    expect(ended.out).toContain('the same versions gave other numbers')
  })

  it('names the versions that changed, which explain a difference', async () => {
    await rewrite(await stored(), (record) => ({ ...moved(record), versions: { ...record.versions, '@mesobath/integrator-markov': '0.0.9', '@stranger/rates': '2.0.0' } }))
    const ended = await runHere(folder, ['run', 'results/run.h5', '--out', 'again', '-q'])
    expect(ended.code).toBe(0)
    expect(ended.out).toMatch(/@mesobath\/integrator-markov 0\.0\.9 → \d/)
    expect(ended.out).toContain('@stranger/rates 2.0.0 → not used')
    expect(ended.out).toMatch(/markov +populations +at most 2\.5e-1/)
  })

  it('never writes over the run it repeats, nor changes its seed', async () => {
    const path = await stored()
    const before = await readFile(path)
    const ended = await runHere(folder, ['run', 'results/run.h5', '--out', 'results', '--seed', '3'])
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toContain('cli/run-over-itself')
    expect(ended.err).toContain('cli/seed-of-repetition')
    expect(await readFile(path)).toEqual(before)
  })

  it('refuses a run that a program wrote, a truncated one and a foreign one', async () => {
    const path = await stored()
    await rewrite(path, (record) => ({ ...record, scenario: null }))
    expect((await runHere(folder, ['run', 'results/run.h5', '--out', 'again'])).err).toContain('cli/no-scenario')
    await writeFile(join(folder, 'half.h5'), (await readFile(path)).subarray(0, 3000))
    const half = await runHere(folder, ['run', 'half.h5', '--out', 'again'])
    expect(half).toMatchObject({ code: 2, out: '' })
    expect(half.err).not.toMatch(/at .*\.js:\d/)
    expect(await readdir(folder)).not.toContain('again')
  })
})
