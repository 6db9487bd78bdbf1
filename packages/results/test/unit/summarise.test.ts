import { orThrow } from '@mesobath/contracts'
import { describe, expect, it } from 'vitest'
import { bibliography, comparedPopulation, populationsCsv, recordRun, summarise } from '@mesobath/results'
import { TIMES, toyTrajectory } from '../fixtures/toy-run.js'

const record = async () => orThrow(await recordRun({ exact: toyTrajectory('exact', 0), markov: toyTrajectory('markov', 0.02) }))

describe('summarise', () => {
  it('compares the population of the state the run begins in', async () => {
    const summary = summarise(await record())
    expect(summary.compared).toEqual({ level: 1, windows: [0], levelEnergy: 1, windowEnergies: [0] })
    expect(summary.reference).toBe('exact')
    expect(summary.methods['exact']).toMatchObject({ largestDeviation: null, rootMeanSquareDeviation: null })
    expect(summary.methods['markov']?.largestDeviation).toBeCloseTo(0.02, 14)
    // Four of five samples are off by 0.02.
    expect(summary.methods['markov']?.rootMeanSquareDeviation).toBeCloseTo(0.02 * Math.sqrt(4 / 5), 14)
  })

  it('takes the mean of the last sixth of the time range, whatever its samples', async () => {
    const base = await record()
    const times = Float64Array.from({ length: 121 }, (_, i) => i / 2)
    const populations = Float64Array.from({ length: 121 * 4 }, (_, i) => (i % 4 === 2 ? (i < 4 ? 1 : times[(i - 2) / 4] ?? 0) : 0))
    const method = base.methods['exact']
    if (method === undefined) throw new Error('the toy has an exact method')
    const long = { ...base, times, sides: Array.from(times, () => 'after' as const), energies: new Float64Array(242), methods: { exact: { ...method, populations } } }
    // p = t: the mean over [50, 60] is 55.
    expect(summarise(long).methods['exact']?.plateau).toBeCloseTo(55, 12)
  })

  it('has nothing to compare without an exact method, or with a run that ended early', async () => {
    const alone = orThrow(await recordRun({ markov: toyTrajectory('markov', 0) }))
    expect(summarise(alone)).toMatchObject({ reference: null, methods: { markov: { largestDeviation: null } } })
    const stopped = orThrow(await recordRun({ exact: toyTrajectory('exact', 0), markov: { ...toyTrajectory('markov', 0), status: 'not-converged' } }))
    expect(summarise(stopped).methods['markov']).toMatchObject({ status: 'not-converged', largestDeviation: null, plateau: null })
  })

  it('gives the compared series of every method', async () => {
    const { series } = comparedPopulation(await record())
    expect([...series['markov'] ?? []]).toHaveLength(TIMES.length)
    expect(series['exact']?.[0]).toBe(1)
  })
})

describe('populationsCsv', () => {
  it('has one row per method, time, level and window, and numbers that read back to the same bits', async () => {
    const run = await record()
    const lines = populationsCsv(run).trimEnd().split('\n')
    expect(lines[0]).toBe('method,time,level,window_energy,probability')
    expect(lines).toHaveLength(1 + 2 * 5 * 2 * 2)
    const probabilities = lines.slice(1, 21).map((line) => Number(line.split(',')[4]))
    expect(Float64Array.from(probabilities)).toEqual(run.methods['exact']?.populations)
    expect(lines[5]).toBe(`exact,0.30000000000000004,0,0,${run.methods['exact']?.populations?.[4]}`)
  })
})

describe('bibliography', () => {
  it('is one BibTeX file', async () => {
    const text = bibliography((await record()).citations)
    expect(text.match(/^@article\{/gm)).toHaveLength(5)
    expect(text.endsWith('}\n')).toBe(true)
  })
})
