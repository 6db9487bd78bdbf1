import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { orThrow } from '@mesobath/contracts'
import { decodeBath, decodeRun, populationsCsv } from '@mesobath/results'
import { describe, expect, it } from 'vitest'

const RUNS = fileURLToPath(new URL('../../../../test/fixtures/runs', import.meta.url))
const versions = readdirSync(RUNS, { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => name)

describe.each(versions)('a run file of version %s', (version) => {
  const bytes = (name: string): Uint8Array => readFileSync(join(RUNS, version, name))

  it('is read whole: scenario, populations, ledger, observables, citations', async () => {
    const run = orThrow(await decodeRun(bytes('run.h5')))
    expect(run.scenario).toBe(new TextDecoder().decode(bytes('scenario.yaml')))
    // The table beside the run was written by the same version from the same numbers.
    expect(populationsCsv(run)).toBe(new TextDecoder().decode(bytes('populations.csv')))
    expect(Object.keys(run.methods)).toEqual(['exact', 'finite-time-redfield', 'markov'])
    expect(run.versions['@mesobath/results']).toBe(version)
    expect(run.citations.map(({ key }) => key)).toContain('RieraCampeny2021')
    for (const { thermodynamics, observables, scalars } of Object.values(run.methods)) {
      expect(thermodynamics?.laws.length).toBeGreaterThan(3)
      expect(thermodynamics?.series['work']?.values).toHaveLength(run.times.length)
      expect(observables['excited']?.[0]).toBe(1)
      expect(Object.keys(scalars)).toContain('work')
    }
  })

  it('is read as the bath it holds', async () => {
    const bath = orThrow(await decodeBath(bytes('run.h5')))
    expect(bath.levels).toHaveLength(10)
    expect(bath.couplings).toHaveLength(1)
  })
})
