import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { orThrow } from '@mesobath/contracts'
import { joinLedgers, thermodynamics } from '../../src/index.js'
import type { Ledger } from '../../src/index.js'
import { evolve } from '../oracles/rate-equation.js'
import type { Snapshot } from '../oracles/rate-equation.js'
import { feed, frameOf, ledgerOf, sampleOf } from '../fixtures/watch.js'
import { runs } from '../fixtures/random-runs.js'

const OPTIONS = { inverseTemperatures: [0.7, -1] }
/** The reference log volume differs between the ledgers, and p of the oracle adds up to 1 within 1e-12. */
const ROUNDING = 3e-11

/** Every number of two ledgers, entry by entry; infinities must be the same. */
const expectSame = (a: unknown, b: unknown, path = ''): void => {
  if (a instanceof Float64Array && b instanceof Float64Array) {
    expect(`${path} ${b.length}`).toBe(`${path} ${a.length}`)
    a.forEach((value, i) => {
      if (Object.is(value, b[i]) || value === b[i]) return
      expect(`${path}[${i}] ${Math.abs(value - b[i]!) < ROUNDING * (1 + Math.abs(value))}: ${value}, ${b[i]}`).toContain(' true:')
    })
  } else if (Array.isArray(a) && Array.isArray(b)) {
    expect(b.length).toBe(a.length)
    a.forEach((each, i) => expectSame(each, b[i], `${path}.${i}`))
  } else if (typeof a === 'object' && a !== null) {
    for (const key of Object.keys(a)) expectSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`)
  }
}

/** What is compared: bounds differ by design, messages quote them. */
const series = ({ laws, bounds: _bounds, findings: _findings, ...rest }: Ledger) => ({ ...rest, verdicts: laws.map(({ verdict }) => verdict === 'holds') })

/** A run started anew from the state at `at`: what was counted begins at zero again, or with what happened since `counted`. */
const continued = (snapshots: readonly Snapshot[], at: number, counted = at): readonly Snapshot[] => snapshots.slice(at).map((each) => ({
  ...each, work: each.work - snapshots[counted]!.work, defect: each.defect - snapshots[at]!.defect,
}))

describe('a run that was made in two', () => {
  it('[Eqs. 47, 57, 60, 61] gives the same ledger as one made at once, cut at any sample, at a quench too', () => {
    let [quenches, others] = [0, 0]
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 1, start: 'any', levelEnergies: 'any' }), fc.nat(), (run, where) => {
      const frame = frameOf(run.dimension, run.baths)
      const snapshots = evolve(run.start, run.stages, run.spec)
      const whole = ledgerOf(snapshots, frame, OPTIONS)
      const stops = snapshots.flatMap(({ side }, i) => (side === 'before' ? [i] : []))
      const at = stops.length > 0 && where % 3 === 0 ? stops[where % stops.length]! : where % snapshots.length
      const atQuench = snapshots[at]!.side === 'before'
      // A stop at which nothing jumps by more than rounding stands once in what was joined.
      if (atQuench) fc.pre(Math.abs(whole.systemEnergy[at]! - whole.systemEnergy[at + 1]!) > 1e-11)
      if (atQuench) quenches += 1
      else others += 1
      // At a quench the first run ends with the old energies, the second begins with the new ones; algorithms book the jump in the
      // second run's first sample, a toy that forgets it must give the same ledger, which counts from that sample.
      const forgetful = where % 2 === 0
      const ends = atQuench ? [...snapshots.slice(0, at), { ...snapshots[at]!, side: 'after' as const }] : snapshots.slice(0, at + 1)
      const first = ledgerOf(ends, frame, OPTIONS)
      const second = ledgerOf(continued(snapshots, atQuench ? at + 1 : at, atQuench && !forgetful ? at : undefined), frame, OPTIONS)
      expectSame(series(whole), series(orThrow(joinLedgers(first, second))))
    }), { numRuns: 80 })
    expect(Math.min(quenches, others)).toBeGreaterThan(5)
  })

  it('an observer is good for one run after another, and cutting what it is fed changes nothing', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const observer = thermodynamics(OPTIONS)
    const samples = snapshots.map((each) => sampleOf(each))
    const first = feed(observer, frameOf(2, [bath]), samples)
    expectSame(first, feed(observer, frameOf(2, [bath]), [...samples.slice(0, 2), ...samples.slice(2)]))
  })

  it('takes what a checkpoint rounds for no quench', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const frame = frameOf(2, [bath])
    const rounded = continued(snapshots, 2).map((each) => ({ ...each, p: each.p.map((value) => value * (1 + 2 ** -52)) }))
    const glued = orThrow(joinLedgers(ledgerOf(snapshots.slice(0, 3), frame), ledgerOf(rounded, frame)))
    expect(glued.times).toEqual(ledgerOf(snapshots, frame).times)
    expect(glued.work.every((value) => value === 0)).toBe(true)
  })

  it('[Eq. 47] a corner of the drive on the joint is seen from both sides, as in the run made at once; slopes that differ by rounding are no corner', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const still = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const frame = frameOf(2, [bath])
    const [rising, falling] = [0.3, -0.1]
    const at = (from: number, to: number, power: number) => still.slice(from, to).map((each) => ({ ...each, power }))
    const corner = (slope: number) => [...at(0, 2, rising), { ...still[2]!, side: 'before' as const, power: rising }, ...at(2, 5, slope)]
    const glued = (slope: number) => orThrow(joinLedgers(ledgerOf(at(0, 3, rising), frame), ledgerOf(continued(at(2, 5, slope), 0), frame)))
    expectSame(series(ledgerOf(corner(falling), frame)), series(glued(falling)))
    expect(glued(falling).power).toEqual(Float64Array.of(rising, rising, rising, falling, falling, falling))
    expect(glued(rising * (1 + 1e-12)).times).toEqual(ledgerOf(still, frame).times)
  })

  it('tells everything that keeps two ledgers from being one', () => {
    const bath = { energies: [0, 1], logVolumes: [1, 2] }
    const snapshots = evolve([0.1, 0.2, 0.3, 0.4], [{ energies: [0, 1], duration: 2, samples: 4 }], { baths: [bath], strength: () => 0.5, offResonance: 0 })
    const frame = frameOf(2, [bath])
    const first = ledgerOf(snapshots, frame)
    const other = ledgerOf(snapshots, { ...frame, baths: [{ ...frame.baths[0]!, label: 'other' }] }, OPTIONS)
    const outcome = joinLedgers(first, other)
    expect(outcome._tag === 'Left' && outcome.left.map(({ code }) => code)).toEqual(
      ['thermodynamics/join-time', 'thermodynamics/join-baths', 'thermodynamics/join-temperatures'])
    const empty = joinLedgers(first, feed(thermodynamics(), frame, []))
    expect(empty._tag === 'Left' && empty.left.map(({ code }) => code)).toContain('thermodynamics/join-empty')
  })
})
