import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Frame, Problem, Sample, Trajectory } from '@mesobath/contracts'
import { fold } from '@mesobath/solve'
import { checkLedgerInput, observationalEntropy, reportLaw, shannonEntropy, thermodynamics, thermodynamicsTable } from '../../src/index.js'
import { evolve } from '../oracles/rate-equation.js'
import { feed, frameOf, ledgerOf, sampleOf } from '../fixtures/watch.js'

const bath = { energies: [0, 1], logVolumes: [1, 2] }
const spec = { baths: [bath], strength: () => 0.5, offResonance: 0 }
const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }, { energies: [0, 2], duration: 1, samples: 1 }], spec)
const frame = frameOf(2, [bath])

/** What `solve` would have kept of the same run. */
const trajectoryOf = (from: Frame, changes: Partial<Trajectory> = {}): Trajectory => {
  const rows = (row: (index: number) => ArrayLike<number>): Float64Array => Float64Array.from(snapshots.flatMap((_, i) => Array.from(row(i))))
  return {
    frame: from, problem: {} as Problem, status: 'ok', validity: [], times: rows((i) => [snapshots[i]!.time]), sides: snapshots.map(({ side }) => side),
    energies: rows((i) => snapshots[i]!.energies), strengths: rows(() => [1]), populations: rows((i) => snapshots[i]!.p),
    populationRates: rows((i) => snapshots[i]!.rates), systemStates: null, conditionalStates: null, marginals: [], observables: {},
    scalars: { work: rows((i) => [snapshots[i]!.work]), power: rows(() => [0]), coarseGrainingDefect: rows((i) => [snapshots[i]!.defect]) }, observed: {}, checkpoint: null,
    ...changes,
  }
}

describe('the ledger as an observer', () => {
  it('[Eqs. 46, 48, 51, 73] U, U_S and S_obs are their sums over the joint states, with two baths', () => {
    const baths = [bath, { energies: [0.5, 1.5, 2.5], logVolumes: [2, 1, 3] }]
    const energies = [0.2, 1.1]
    const p = Float64Array.from({ length: 12 }, (_, i) => (i + 1) / 78)
    const at = evolve(p, [{ energies, duration: 1, samples: 1 }], { baths, strength: () => 0, offResonance: 0 })
    const ledger = ledgerOf(at, frameOf(2, baths))
    let [internal, system, entropy] = [0, 0, 0]
    p.forEach((each, i) => {
      const [k, left, right] = [Math.floor(i / 6), Math.floor((i % 6) / 3), i % 3]
      internal += each * (energies[k]! + baths[0]!.energies[left]! + baths[1]!.energies[right]!)
      system += each * energies[k]!
      entropy += each * (baths[0]!.logVolumes[left]! + baths[1]!.logVolumes[right]! - Math.log(each))
    })
    expect(ledger.internalEnergy[0]).toBeCloseTo(internal, 14)
    expect(ledger.systemEnergy[0]).toBeCloseTo(system, 14)
    expect(ledger.observationalEntropy[0]).toBeCloseTo(entropy, 13)
  })

  it('[Eq. 47] keeps the power that it is told, at a stop that of each side, and never counts one that is missing as zero', () => {
    const told = [0, 0, 0.3, -0.2, 0.1, 0.5, 0, 2]
    const partly = feed(thermodynamics(), frame, snapshots.map((each, i) => sampleOf(i === 3 ? each : { ...each, power: told[i] },
      i === 3 ? { scalars: { work: 0, coarseGrainingDefect: 0 } } : {})))
    partly.power.forEach((power, i) => expect(power).toBe(i === 3 ? NaN : told[i]))
    expect(partly.findings.map(({ code }) => code)).toContain('thermodynamics/no-power')
    expect(thermodynamicsTable(partly).find(({ name }) => name === 'power')?.unit).toBe('energy^2')
  })

  it('reads a stored trajectory as it would have read the run', () => {
    const options = { inverseTemperatures: [1] }
    const folded = fold(orThrow(checkLedgerInput(trajectoryOf(frame), options)), thermodynamics(options))
    expect(folded).toEqual(ledgerOf(snapshots, frame, options))
  })

  it('keeps nothing of the samples it is lent', () => {
    const observer = thermodynamics()
    const expected = ledgerOf(snapshots, frame)
    const lent = { p: new Float64Array(4), rates: new Float64Array(4), energies: new Float64Array(2) }
    observer.begin(frame)
    for (const snapshot of snapshots) {
      lent.p.set(snapshot.p)
      lent.rates.set(snapshot.rates)
      lent.energies.set(snapshot.energies)
      observer.sample(sampleOf({ ...snapshot, ...lent }))
      for (const array of Object.values(lent)) array.fill(NaN)
    }
    expect(observer.end()).toEqual(expected)
  })

  it('relabelling baths permutes the ledger, and a bath that is not coupled changes nothing of it', () => {
    const other = { energies: [0, 1, 2], logVolumes: [2, 1, 3] }
    const two = [bath, other]
    const start = Float64Array.from({ length: 12 }, (_, i) => (i + 1) / 78)
    const swapped = Float64Array.from({ length: 12 }, (_, i) => start[Math.floor(i / 6) * 6 + (i % 2) * 3 + Math.floor((i % 6) / 2)]!)
    const stages = [{ energies: [0, 1], duration: 1, samples: 3 }]
    const strength = (axis: number): number => 0.2 + 0.3 * axis
    const plain = ledgerOf(evolve(start, stages, { baths: two, strength, offResonance: 0 }), frameOf(2, two))
    const turned = ledgerOf(evolve(swapped, stages, { baths: [other, bath], strength: (axis) => strength(1 - axis), offResonance: 0 }), frameOf(2, [other, bath]))
    for (const name of ['internalEnergy', 'observationalEntropy', 'entropyProductionRate', 'clausius', 'mutualInformation', 'totalCorrelation'] as const) {
      plain[name].forEach((value, i) => expect(Math.abs(turned[name][i]! - value)).toBeLessThan(1e-13))
    }
    plain.baths[0]!.heat.forEach((value, i) => expect(Math.abs(turned.baths[1]!.heat[i]! - value)).toBeLessThan(1e-14))

    const alone = ledgerOf(evolve([0.1, 0.2, 0.3, 0.4], stages, spec), frame)
    const idle = Float64Array.from({ length: 12 }, (_, i) => [0.1, 0.2, 0.3, 0.4][Math.floor(i / 3)]! * [0.5, 0.2, 0.3][i % 3]!)
    const beside = ledgerOf(evolve(idle, stages, { baths: two, strength: (axis) => (axis === 0 ? 0.5 : 0), offResonance: 0 }), frameOf(2, two))
    for (const name of ['entropyProduction', 'entropyProductionRate', 'clausius', 'entropySum', 'mutualInformation', 'systemHeat'] as const) {
      alone[name].forEach((value, i) => expect(Math.abs(beside[name][i]! - value)).toBeLessThan(1e-13))
    }
  })

  it('says what it was not given, instead of counting it as zero', () => {
    const bare = feed(thermodynamics(), frame, snapshots.map((each): Sample => sampleOf(each, { populationRates: null, scalars: {} })))
    expect(bare.findings.filter(({ verdict }) => verdict === 'fails').map(({ code }) => code)).toEqual(['thermodynamics/no-work', 'thermodynamics/no-rates'])
    expect(bare.findings.find(({ code }) => code === 'thermodynamics/no-power')?.verdict).toBe('doubt')
    expect(bare.power.every(Number.isNaN)).toBe(true)
    expect(thermodynamicsTable(bare).map(({ name }) => name)).not.toContain('power')
    expect(bare.work.every(Number.isNaN) && bare.entropyProductionRate.every(Number.isNaN)).toBe(true)
    expect(bare.laws.map(({ equation }) => equation)).not.toContain('47')
    expect(bare.laws.map(({ equation }) => equation)).toContain('60')
  })

  it('grades negative and missing probability', () => {
    const with_ = (p: readonly number[]) => feed(thermodynamics(), frame, [sampleOf({ ...snapshots[0]!, p: Float64Array.from(p) })]).findings
    const verdicts = (p: readonly number[]) => with_(p).map(({ code, verdict }) => `${code.split('/')[1]} ${verdict}`)
    expect(verdicts([0.25, 0.25, 0.25, 0.25])).toEqual(['negative-probability trust', 'normalisation trust'])
    expect(verdicts([-1e-5, 0.50001, 0.25, 0.25])).toEqual(['negative-probability doubt', 'normalisation trust'])
    expect(verdicts([-0.01, 0.5, 0.25, 0.25])).toEqual(['negative-probability fails', 'normalisation fails'])
    // The logarithms take it as 0.
    const ledger = feed(thermodynamics(), frame, [sampleOf({ ...snapshots[0]!, p: Float64Array.of(-1e-5, 0.50001, 0.25, 0.25) })])
    expect(Number.isFinite(ledger.entropyProductionRate[0]!)).toBe(true)
  })

  it('without bath windows, or without samples, it still ends, and says so', () => {
    const alone = feed(thermodynamics(), { ...frame, baths: [] }, [sampleOf({ ...snapshots[0]!, p: Float64Array.of(0.3, 0.7), rates: new Float64Array(2) })])
    expect(alone.findings[0]).toMatchObject({ code: 'thermodynamics/no-bath-windows', verdict: 'fails' })
    expect(alone.systemEnergy[0]).toBeCloseTo(0.7, 15)
    const unseen = feed(thermodynamics(), frame, [])
    expect(unseen.findings[0]).toMatchObject({ code: 'thermodynamics/no-samples', verdict: 'fails' })
    expect(unseen.laws).toEqual([])
  })

  it('used without `begin` it is a mistake in the program', () => {
    expect(() => thermodynamics().end()).toThrow(/begin/)
  })
})

describe('checkLedgerInput', () => {
  const codes = (trajectory: Trajectory, options = {}) => {
    const outcome = checkLedgerInput(trajectory, options)
    return outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : []
  }

  it('accepts a whole trajectory', () => expect(codes(trajectoryOf(frame))).toEqual([]))

  it('tells all that is missing at once, and the remedy', () => {
    expect(codes(trajectoryOf({ ...frame, baths: [] }, { populations: null, times: new Float64Array() }), { inverseTemperatures: [1, Infinity], tolerance: 0 })).toEqual([
      'thermodynamics/no-bath-windows', 'thermodynamics/no-samples', 'thermodynamics/no-populations', 'thermodynamics/inverse-temperature',
      'thermodynamics/tolerance',
    ])
    expect(codes(trajectoryOf(frame, { populationRates: null }))).toEqual(['thermodynamics/no-rates'])
    const empty = { label: 'left', windows: { energies: new Float64Array(), width: 1, logVolumes: new Float64Array() } }
    expect(codes(trajectoryOf({ ...frame, baths: [empty] }))).toEqual(['thermodynamics/no-bath-windows'])
    const outcome = checkLedgerInput(trajectoryOf(frame, { populations: null }))
    expect(outcome._tag === 'Left' && outcome.left[0].message).toMatch(/must be saved, but are null: solve with save 'populations'/)
  })
})

describe('thermodynamicsTable', () => {
  it('names each series once, per bath with its label, and leaves out what the run did not give', () => {
    const baths = [bath, { energies: [0, 1, 2], logVolumes: [2, 1, 3] }]
    const run = evolve(Float64Array.from({ length: 12 }, () => 1 / 12), [{ energies: [0, 1], duration: 1, samples: 2 }], { baths, strength: () => 1, offResonance: 0 })
    const ledger = ledgerOf(run, frameOf(2, baths), { inverseTemperatures: [0.5, -2] })
    const table = thermodynamicsTable(ledger)
    const names = table.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of ['times', 'clausius', 'heat/left', 'heat/right', 'bathEnergy/right', 'effectiveTemperature/left', 'relativeEntropyRate/-2']) expect(names).toContain(name)
    for (const name of ['interactionEnergy', 'exactMutualInformation', 'microscopicBathEnergy/left']) expect(names).not.toContain(name)
    for (const { values, unit, description } of table) {
      expect(values.length).toBe(3)
      expect(['energy', '1/energy', 'energy^2', 'nat', 'nat energy']).toContain(unit)
      expect(description).not.toBe('')
    }
    expect(table.find(({ name }) => name === 'heat/right')!.values).toBe(ledger.baths[1]!.heat)
    const temperature = table.find(({ name }) => name === 'effectiveTemperature/left')!.values
    expect(temperature[0]! * ledger.baths[0]!.inverseTemperature[0]!).toBeCloseTo(1, 14)
  })

  it('holds every series of a ledger: none is forgotten when one is added', () => {
    const scalars = { work: 0, power: 0, coarseGrainingDefect: 0, energy: 1, interactionEnergy: 0, 'bathEnergy/left': 0, systemBathMutualInformation: 1 }
    const ledger = feed(thermodynamics({ inverseTemperatures: [1] }), frame, snapshots.map((each) => sampleOf(each, { scalars })))
    const held = new Set(thermodynamicsTable(ledger).map(({ values }) => values))
    const every = (value: unknown): Float64Array[] => value instanceof Float64Array ? [value]
      : typeof value === 'object' && value !== null ? Object.values(value).flatMap(every) : []
    const { laws: _laws, findings: _findings, bounds: _bounds, ...series } = ledger
    for (const values of every(series)) expect(held.has(values)).toBe(true)
  })
})

describe('parts', () => {
  it('[Eq. 51] entropies of small distributions in closed form', () => {
    expect(shannonEntropy(Float64Array.of(0.5, 0.5, 0, -1e-12))).toBeCloseTo(Math.LN2, 15)
    expect(observationalEntropy(Float64Array.of(0.25, 0.75), Float64Array.of(1, 2))).toBeCloseTo(0.25 * (1 + Math.log(4)) + 0.75 * (2 - Math.log(0.75)), 15)
  })

  it('a law is reported by its worst sample; samples not measured do not count, and none at all is no report', () => {
    const times = Float64Array.of(0, 1, 2)
    const report = reportLaw('a law', '1', [], times, Float64Array.of(NaN, 0.5, -1), 0.1)
    expect(report).toMatchObject({ largestViolation: 0.5, time: 1, verdict: 'violated' })
    expect(report!.message).toBe('a law: violated; at worst it fails by 0.500 at t = 1, where 0.1 would be rounding')
    expect(reportLaw('a law', '1', [], times, Float64Array.of(NaN, NaN, NaN), 0.1)).toBeNull()
    expect(reportLaw('a law', '1', [], times, Float64Array.of(0, 0.05, 0), 0.1)!.verdict).toBe('holds')
    expect(reportLaw('a law', '1', [{ name: 'it is Tuesday', holds: false }], times, Float64Array.of(0, 5, 0), 0.1)!.message)
      .toBe('a law: not a law here (missing premise: it is Tuesday); at worst it fails by 5.00 at t = 1')
  })
})
