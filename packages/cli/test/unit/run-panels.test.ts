import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { formatScenario } from '@mesobath/scenario'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fig2Scenario } from '../../src/figures/fig2-scenario.js'
import { runPanels } from '../../src/internal/run-panels.js'
import type { Progress } from '../../src/internal/progress.js'
import { curvesOf } from '../../src/write-output.js'
import { temporaryFolder } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const job = (name: string, volumes: readonly [number, number], fill = 1) =>
  ({ name, title: name, folder: join(folder, name), text: formatScenario(fig2Scenario(volumes, 'random', fill, 3)) })

const watch = () => {
  const reached: Record<string, number> = {}
  const progress: Progress = { task: (label) => (fraction) => { reached[label] = fraction }, stop: () => undefined }
  return { reached, progress }
}

describe('runPanels', () => {
  it('gives the panels in the order of the jobs, each with its folder', async () => {
    const { reached, progress } = watch()
    const end = await runPanels([job('a', [8, 12]), job('b', [12, 8], 0.5)], { aborted: false }, progress)
    if (end.kind !== 'done') throw new Error(JSON.stringify(end))
    expect(end.result.map(({ report }) => report.title)).toEqual(['a', 'b'])
    expect(Object.keys(end.result[0]?.record.methods ?? {})).toEqual(['exact', 'finite-time-redfield', 'markov', 'born-markov-secular'])
    for (const { report, record } of end.result) {
      expect(report.compared).toMatchObject({ level: 1, windows: [0] })
      expect(curvesOf(record)[0]?.values[0]).toBeCloseTo(1, 12)
      expect(record.realizations).toEqual([])
    }
    expect(reached).toEqual({ a: 1, b: 1 })
    expect(await readdir(join(folder, 'b'))).toContain('run.h5')
  })

  it('ends with the first panel that does not succeed', async () => {
    const end = await runPanels([job('a', [8, 0]), job('b', [12, 8])], { aborted: false }, watch().progress)
    expect(end).toMatchObject({ kind: 'bad-input', issues: [{ path: ['bath', 'windows', 1, 'volume'] }] })
    expect(await readdir(folder)).toEqual([])
  })

  it('is cancelled before it begins as well as later', async () => {
    expect(await runPanels([job('a', [8, 12])], { aborted: true }, watch().progress)).toEqual({ kind: 'cancelled' })
    expect(await readdir(folder)).toEqual([])
  })
})
