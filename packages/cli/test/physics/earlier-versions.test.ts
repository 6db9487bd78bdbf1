import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { orThrow } from '@mesobath/contracts'
import { compareRuns } from '@mesobath/results'
import { readRun } from '@mesobath/results/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from '../fixtures/run-here.js'

const RUNS = fileURLToPath(new URL('../../../../test/fixtures/runs', import.meta.url))
const versions = readdirSync(RUNS, { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => name)
/** The tolerance of a run is 1e-10 per probability: two versions may differ by twice that, and a realised bath not at all. */
const PROBABILITIES = 2e-10

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesobath-earlier-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe.each(versions)('a run of version %s', (version) => {
  it('is repeated by this version, the same bath and the same populations within their tolerance', async () => {
    const before = join(RUNS, version, 'run.h5')
    const ended = await runHere(folder, ['run', before, '--out', version])
    // 1 is for the same versions with other last bits; how far they moved is judged below.
    expect([0, 1], ended.err).toContain(ended.code)
    const [old, now] = [orThrow(await readRun(before)), orThrow(await readRun(join(folder, version, 'run.h5')))]
    expect(now.realizations).toEqual(old.realizations)
    for (const [name, difference] of Object.entries(compareRuns(old, now).methods)) {
      const populations = difference?.quantities.find(({ quantity }) => quantity === 'populations')
      expect(populations?.largest, name).toBeLessThan(PROBABILITIES)
    }
  })
})
