import { orThrow } from '@mesobath/contracts'
import type { Problem } from '@mesobath/contracts'
import { driveFromOptions, quenches } from '@mesobath/drives'
import type { DriveOptions } from '@mesobath/drives'
import { solve } from '@mesobath/solve'
import { joinLedgers, thermodynamics } from '@mesobath/thermodynamics'
import type { Ledger } from '@mesobath/thermodynamics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { METHODS, problemOf } from '../fixtures/driven-runs.js'

/** Exact evolution under smooth drives takes its time at 1e-10. */
const TOLERANCE = 1e-9

/** What is compared where a run was cut in two. */
const GLUED = ['times', 'work', 'systemHeat', 'internalEnergy', 'entropyProduction', 'clausius', 'mutualInformation', 'firstLawResidual'] as const

/** Exact books, with the interaction in them. */
const BOOKS = 1e-9

/** Between 1e-6 and 0.1 long, far below the spacing of outputs and every memory time. */
const trains = fc.array(fc.tuple(fc.double({ min: -6, max: -1, noNaN: true }).map((exponent) => 10 ** exponent), fc.double({ min: -2, max: 3, noNaN: true })),
  { minLength: 200, maxLength: 600 })

describe('every method under a drive', () => {
  it('[Eq. 68] lands on each of hundreds of pulses of random length, as the phase of a free coherence tells: none is lost', async () => {
    let pulses = 0
    await fc.assert(fc.asyncProperty(trains, async (train) => {
      pulses = Math.max(pulses, train.length)
      const times: number[] = []
      let end = 0
      let phase = 0
      for (const [i, [length]] of train.entries()) {
        phase += length * (i === 0 ? 1 : train[i - 1]![1])
        end += length
        times.push(end)
      }
      const values = train.map(([, value]) => value)
      phase += 0.5 * values[values.length - 1]!
      const drive = orThrow(quenches({ energies: [0, 1], strengths: [0], level: 1, times, values }))
      for (const [name, algorithm] of METHODS) {
        const run = orThrow(await solve(problemOf(drive, end + 0.5, 0), algorithm))
        const at = (run.times.length - 1) * 4 + 1
        expect(Math.abs(run.systemStates!.re[at]! - 0.3 * Math.cos(phase)), name).toBeLessThan(1e-9)
        expect(Math.abs(run.systemStates!.im![at]! - 0.3 * Math.sin(phase)), name).toBeLessThan(1e-9)
        expect(Array.from(run.times).filter((_, i) => run.sides[i] === 'before'), name).toEqual(times)
      }
    }), { numRuns: 2 })
    expect(pulses).toBeGreaterThan(200)
  })

  const drives: Readonly<Record<string, DriveOptions>> = {
    'quenches on resonance': { level: 1, quenches: { period: 4, values: [1, 1.5] } },
    'quenches off resonance': { level: 1, quenches: { period: 4, values: [1, 1.2] } },
    'a ramp across windows': { level: 1, times: [0, 8], values: [0.8, 1.6], shape: 'linear' },
    'levels that cross': { level: 1, times: [0, 8], values: [1, -0.5], shape: 'linear' },
    'a coupling that is switched on and off': [{ bath: 0, times: [0, 2, 6, 8], values: [0, 0.05, 0.05, 0], shape: 'linear' }, { level: 1, quenches: { period: 4, values: [1, 1.5] } }],
  }
  for (const [title, options] of Object.entries(drives)) {
    it(`[Eqs. 47, 57, 60] keeps its books under ${title}: no law is reported as violated, and the first law closes`, async () => {
      const drive = orThrow(driveFromOptions(options, [0, 1], [0.05]))
      for (const [name, algorithm] of METHODS) {
        const run = orThrow(await solve(problemOf(drive, 8, 0.05, 5), algorithm, {
          tolerance: TOLERANCE, observers: { books: thermodynamics({ inverseTemperatures: [0.5, -1], tolerance: TOLERANCE }) },
        }))
        expect(run.status, name).toBe('ok')
        const { books }: { readonly books: Ledger } = run.observed
        expect(books.laws.filter(({ verdict }) => verdict === 'violated').map(({ message }) => `${name}: ${message}`)).toEqual([])
        const first = books.laws.find(({ law }) => law.startsWith('first law'))!
        expect(first.verdict, name).toBe('holds')
        expect(first.largestViolation, `${name}: ${first.message}`).toBeLessThan(10 * TOLERANCE)
        if (name === 'exact') {
          expect(Math.max(...books.exactEnergyResidual.map(Math.abs))).toBeLessThan(BOOKS)
          expect(first.largestViolation).toBeLessThan(BOOKS)
          expect(Math.max(...books.interactionEnergy.map(Math.abs))).toBeGreaterThan(1e-4)
          expect(books.laws.find(({ equation }) => equation === '42')!.verdict).toBe('holds')
        }
        if (title !== 'a coupling that is switched on and off') expect(Math.max(...books.work.map(Math.abs)), name).toBeGreaterThan(1e-3)
        // What a method does not promise is never passed off as a law, and what it does is.
        const claimed = books.laws.find(({ law }) => law.startsWith('observational entropy never falls'))!.verdict
        const relaxes = ['markov', 'markov, nearest', 'finite-time-secular'].includes(name)
        if (!relaxes) expect(claimed, name).toBe('not a law here')
        else if (title !== 'levels that cross') expect(claimed, name).toBe('holds')
      }
    })
  }

  it('[Eqs. 47, 57, 60] cut in two and glued, at a quench and between, the ledger is the same, for every method that can be continued', async () => {
    const drive = orThrow(driveFromOptions({ level: 1, quenches: { period: 4, values: [1, 1.5] } }, [0, 1], [0.05]))
    const continued = new Set<string>()
    for (const [name, algorithm] of METHODS) {
      for (const cut of [3, 4]) {
        const part = async (from: number, to: number, initial?: Problem['initial']) => {
          const problem = { ...problemOf(drive, 8, 0.05), times: Float64Array.from({ length: to - from + 1 }, (_, i) => from + i), ...(initial === undefined ? {} : { initial }) }
          return orThrow(await solve(problem, algorithm, { observers: { books: thermodynamics() } }))
        }
        const first = await part(0, cut)
        if (first.checkpoint === null) continue
        continued.add(name)
        const whole = (await part(0, 8)).observed.books
        const glued = orThrow(joinLedgers(first.observed.books, (await part(cut, 8, first.checkpoint)).observed.books))
        for (const series of GLUED) {
          expect(glued[series].length, `${name} ${series}`).toBe(whole[series].length)
          expect(Math.max(...glued[series].map((value, i) => Math.abs(value - whole[series][i]!))), `${name} ${series} cut at ${cut}`).toBeLessThan(1e-7)
        }
        expect(glued.laws.map(({ verdict }) => verdict), name).toEqual(whole.laws.map(({ verdict }) => verdict))
      }
    }
    expect([...continued]).toEqual(METHODS.map(([name]) => name).filter((name) => name !== 'exact'))
  })

  it('[Eqs. 40, 47, 57, 60] an exact run, whose state is more than ρ_S(E), is cut where it is no more than that: before it is coupled to its bath', async () => {
    const drive = orThrow(driveFromOptions([{ level: 1, times: [3, 6], values: [1.5, 1.1] }, { bath: 0, times: [3], values: [0.05] }], [0, 1], [0]))
    const part = async (from: number, to: number, initial?: Problem['initial']) => {
      const problem = { ...problemOf(drive, 8, 0), times: Float64Array.from({ length: to - from + 1 }, (_, i) => from + i), ...(initial === undefined ? {} : { initial }) }
      return orThrow(await solve(problem, METHODS[0]![1], { save: 'states', observers: { books: thermodynamics() } }))
    }
    const first = await part(0, 3)
    expect(first.checkpoint).toBeNull()
    const entries = 5 * 4
    const states = { re: first.conditionalStates!.re.slice(-entries), im: first.conditionalStates!.im!.slice(-entries) }
    const second = await part(3, 8, { kind: 'conditional', states, memoryStart: 3 })
    const whole = (await part(0, 8)).observed.books
    const glued = orThrow(joinLedgers(first.observed.books, second.observed.books))
    for (const series of [...GLUED, 'power', 'interactionEnergy', 'exactMutualInformation'] as const) {
      expect(glued[series].length, series).toBe(whole[series].length)
      expect(Math.max(...glued[series].map((value, i) => Math.abs(value - whole[series][i]!))), series).toBeLessThan(1e-9)
    }
    expect(glued.laws.map(({ verdict }) => verdict)).toEqual(whole.laws.map(({ verdict }) => verdict))
    expect(Math.abs(whole.work.at(-1)!)).toBeGreaterThan(0.01)
    expect(whole.exactMutualInformation.at(-1)!).toBeGreaterThan(0.01)
  })
})
