import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Outcome } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { carnotCoefficient, carnotEfficiency, machineBalance, machineCycles, machineSeries, machineTable, reversibleWork } from '../../src/index.js'
import { evolve } from '../oracles/rate-equation.js'
import type { BathSpec, RateSpec, Stage } from '../oracles/rate-equation.js'
import { frameOf, ledgerOf } from '../fixtures/watch.js'
import { gibbs, product } from '../fixtures/random-runs.js'

const ROLES = { hot: 'left', cold: 'right' }
const told = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ message }) => message) : [])

/** A ladder of windows of a bath with a constant number of degrees of freedom. */
const ladder = (spacing: number, count: number, freedom: number): BathSpec =>
  ({ energies: Array.from({ length: count }, (_, i) => i * spacing), logVolumes: Array.from({ length: count }, (_, i) => freedom * Math.log(1 + i)) })

/** Jumps between neighbouring windows only: a bath meets the transition of its own spacing and no multiple of it. */
const neighbours: RateSpec['strength'] = (_bath, _levels, [a, b]) => (Math.abs(a - b) === 1 ? 0.3 : 0)

/** A spin quenched between the spacings of two baths, of which it meets one at a time: Otto's cycle. */
const otto = (inverseHot: number, inverseCold: number, cycles: number, low = 0.5) => {
  const baths = [ladder(1, 8, 3), ladder(Math.abs(low), 8, 3)]
  const stages = Array.from({ length: 2 * cycles }, (_, i): Stage => ({ energies: [0, i % 2 === 0 ? 1 : low], duration: 8, samples: 2 }))
  // The spin starts as the cold bath leaves it.
  const start = product(gibbs({ energies: [0, low], logVolumes: [0, 0] }, inverseCold), gibbs(baths[0]!, inverseHot), gibbs(baths[1]!, inverseCold))
  return { baths, ledger: ledgerOf(evolve(start, stages, { baths, strength: neighbours, offResonance: 0 }), frameOf(2, baths)), start }
}

describe('an Otto engine between two finite baths', () => {
  const { baths, ledger } = otto(0.4, 2, 6)
  const cycles = orThrow(machineCycles(ledger, ROLES, { period: 16 }))

  it('[Eqs. 47, 72] each cycle obeys the first law, and all but the last add up to the run', () => {
    expect(cycles.map(({ from, to }) => [from, to])).toEqual([0, 1, 2, 3, 4, 5].map((n) => [16 * n, 16 * n + 16]))
    for (const { work, hotHeat, coldHeat, storedEnergy } of cycles) expect(Math.abs(work + hotHeat + coldHeat - storedEnergy)).toBeLessThan(1e-10)
    const before = orThrow(machineBalance(ledger, ROLES, { to: 80 }))
    const sum = (name: 'work' | 'hotHeat' | 'storedEnergy' | 'clausius'): number => cycles.slice(0, 5).reduce((total, each) => total + each[name], 0)
    for (const name of ['work', 'hotHeat', 'storedEnergy', 'clausius'] as const) expect(sum(name)).toBeCloseTo(before[name], 10)
  })

  it('[Eq. 60] closed cycles give η = 1 − ω_c/ω_h, below Carnot, while work per cycle falls and T* close up', () => {
    for (const cycle of cycles) {
      expect(cycle.mode).toBe('engine')
      // What the spin keeps from cycle to cycle as the baths warm and cool.
      expect(Math.abs(cycle.efficiency - 0.5)).toBeLessThan(0.05)
      expect(cycle.convertedShare).toBeCloseTo(cycle.efficiency, 12)
      expect(cycle.efficiency).toBeLessThan(cycle.carnotEfficiency.before)
      expect(cycle.clausius).toBeGreaterThan(0)
      expect(cycle.carnotEfficiency.initial).toBeCloseTo(1 - 0.4 / 2, 9)
      expect(cycle.carnotEfficiency.after).toBeLessThan(cycle.carnotEfficiency.before)
      // The mean lies between the ends.
      expect(cycle.carnotEfficiency.mean).toBeLessThan(cycle.carnotEfficiency.before)
      expect(cycle.carnotEfficiency.mean).toBeGreaterThan(cycle.carnotEfficiency.after)
    }
    const work = cycles.map((cycle) => -cycle.work)
    work.slice(2).forEach((each, i) => expect(each).toBeLessThan(work[i + 1]!))
    // Cycles that begin with the cold stroke, by hand: W = (ω_h − ω_c)(p_c − p_h) and Q_hot = ω_h(p_h − p_c), whatever the baths do.
    for (const { efficiency } of orThrow(machineCycles(ledger, ROLES, { period: 16, origin: 8 }))) expect(efficiency).toBeCloseTo(0.5, 9)
  })

  it('the last cycle, whose quench the run has not made, is closed by the one at its beginning', () => {
    const longer = otto(0.4, 2, 7).ledger
    const same = orThrow(machineCycles(longer, ROLES, { period: 16 })).slice(0, 6)
    cycles.slice(0, 5).forEach((cycle, n) => expect(cycle.work).toBeCloseTo(same[n]!.work, 11))
    // From before to before it is another cycle by one quench, but the heats are the same.
    expect(cycles[5]!.hotHeat).toBeCloseTo(same[5]!.hotHeat, 11)
    expect(cycles[5]!.work).not.toBeCloseTo(same[5]!.work, 4)
    expect(Math.abs(cycles[5]!.storedEnergy)).toBeLessThan(0.01)
  })

  it('series count since the start, or over a period as the cycles do', () => {
    const since = orThrow(machineSeries(ledger, ROLES))
    const over = orThrow(machineSeries(ledger, ROLES, { period: 16 }))
    const whole = orThrow(machineBalance(ledger, ROLES))
    const end = ledger.times.length - 1
    expect(since.efficiency[end]).toBe(whole.efficiency)
    expect(since.meanCarnotEfficiency[end]).toBe(whole.carnotEfficiency.mean)
    expect(since.initialCarnotEfficiency[end]).toBe(whole.carnotEfficiency.initial)
    expect(since.carnotEfficiency[end]).toBe(whole.carnotEfficiency.after)
    for (const cycle of cycles) {
      const at = ledger.times.lastIndexOf(cycle.to)
      expect(over.machineWork[at]).toBe(cycle.work)
      expect(over.efficiency[at]).toBe(cycle.efficiency)
      expect(over.storedEnergy[at]).toBe(cycle.storedEnergy)
    }
    expect(Number.isNaN(over.machineWork[1]!)).toBe(true)
    // Before the first quench of its phase a period is not closed, and nothing is said.
    expect(Number.isNaN(over.machineWork[ledger.times.indexOf(16)]!)).toBe(true)
    expect(since.machineWork).toEqual(ledger.work)
    const table = machineTable(over)
    expect(table.map(({ name }) => name)).toEqual(['machineWork', 'storedEnergy', 'efficiency', 'convertedShare', 'carnotEfficiency',
      'initialCarnotEfficiency', 'meanCarnotEfficiency', 'carnotCoefficient', 'initialCarnotCoefficient', 'meanCarnotCoefficient'])
    expect(table[2]!.description).toBe('-W/Q_hot, over the last 16')
  })

  it('[Eq. 66] all work ever taken out stays below the reversible work of baths and system', () => {
    const bodies = [
      { energies: Float64Array.of(0, 1), probabilities: gibbs({ energies: [0, 0.5], logVolumes: [0, 0] }, 2) },
      ...baths.map((bath, axis) => ({ energies: Float64Array.from(bath.energies), logVolumes: Float64Array.from(bath.logVolumes), probabilities: gibbs(bath, [0.4, 2][axis]!) })),
    ]
    const bound = reversibleWork(bodies)
    const taken = -orThrow(machineBalance(ledger, ROLES, { to: 80 })).work
    expect(taken).toBeGreaterThan(0.1 * bound.work)
    expect(taken).toBeLessThan(bound.work)
    expect(bound.inverseTemperature).toBeGreaterThan(0.4)
    expect(bound.inverseTemperature).toBeLessThan(2)
  })
})

describe('an inverted bath', () => {
  // Levels cross: at −0.5 the excited level is the lower one, and the cold bath lifts the spin out of it.
  const { ledger } = otto(-1, 1, 4, -0.5)
  const cycles = orThrow(machineCycles(ledger, ROLES, { period: 16, origin: 8 }))

  it('[Eq. 60] efficiency above one: both baths give heat, all of it becomes work, every law holds, and the remark says so', () => {
    expect(ledger.baths[0]!.inverseTemperature[0]).toBeLessThan(0)
    const [first] = cycles
    expect(first!.mode).toBe('engine')
    expect(first!.coldHeat).toBeGreaterThan(0)
    // By hand: W = (ω_h + |ω_c|)(p_c − p_h) and Q_hot = ω_h(p_h − p_c).
    for (const { efficiency } of cycles) expect(efficiency).toBeCloseTo(1.5, 9)
    for (const { coldHeat, convertedShare, hotHeat, storedEnergy } of cycles.filter((cycle) => cycle.coldHeat > 0 && cycle.hotHeat > 0)) {
      expect(convertedShare).toBeCloseTo(1 - storedEnergy / (hotHeat + coldHeat), 9)
    }
    expect(first!.remarks.join()).toMatch(/efficiency above one: bath right gives heat as well .* bath left is inverted .* no law is violated/)
    expect(first!.efficiency).toBeLessThan(first!.carnotEfficiency.before)
    expect(first!.carnotEfficiency.initial).toBeCloseTo(2, 9)
    expect(ledger.laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
    expect(ledger.laws.find(({ law }) => law === 'Clausius inequality')!.verdict).toBe('holds')
  })

  it('alone it gives work without a cold bath', () => {
    const alone = orThrow(machineBalance(ledger, { hot: 'left' }))
    expect(alone.coldHeat).toBeNaN()
    expect(alone.otherHeat).toBeGreaterThan(0)
    expect(alone.carnotEfficiency.initial).toBeNaN()
  })
})

describe('an absorption refrigerator of three levels and three finite baths', () => {
  const [cold, hot, work] = [ladder(1, 5, 3), ladder(3, 5, 3), ladder(2, 5, 3)]
  const baths = [hot, cold, work]
  const start = product(Float64Array.of(0.7, 0.2, 0.1), gibbs(hot, 1), gibbs(cold, 1.2), gibbs(work, 0.1))
  // 0 ↔ 1 is the cold bath's, 0 ↔ 2 the hot one's, 1 ↔ 2 the driving one's.
  const ledger = ledgerOf(evolve(start, [{ energies: [0, 1, 3], duration: 400, samples: 80 }], { baths, strength: neighbours, offResonance: 0 }), frameOf(3, baths))
  const roles = { hot: 'left', cold: 'right', work: 'third' }

  it('[Eqs. 60, 72] cools without work; its COP tends to ω_c/ω_w as cooling stops, where the falling bound meets it', () => {
    const series = orThrow(machineSeries(ledger, roles))
    const whole = orThrow(machineBalance(ledger, roles, { from: 5 }))
    expect(whole.mode).toBe('refrigerator')
    expect(whole.work).toBe(0)
    const early = series.flowCoefficient[3]!
    expect(Math.abs(early - 0.5)).toBeLessThan(0.1)
    expect(series.carnotCoefficient[3]).toBeGreaterThan(early)
    // At rest no heat flows, and (β_h − β_w)/(β_c − β_h) of the three T* is ω_c/ω_w up to what five windows and their correlations cost.
    const end = ledger.times.length - 1
    expect(series.carnotCoefficient[end]).toBeLessThan(series.initialCarnotCoefficient[end]! / 2)
    expect(Math.abs(series.carnotCoefficient[end]! - 0.5)).toBeLessThan(0.2)
    expect(Math.abs(ledger.baths[1]!.heatFlow[end]!)).toBeLessThan(0.01 * ledger.baths[1]!.heatFlow[3]!)
    expect(ledger.laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
  })

  it('its initial bound is (β_h − β_w)/(β_c − β_h)', () => {
    const { carnotCoefficient: { initial } } = orThrow(machineBalance(ledger, roles))
    expect(initial).toBeCloseTo((1 - 0.1) / (1.2 - 1), 8)
  })
})

const finite = fc.integer({ min: -50000, max: 50000 }).map((each) => each / 10000)

describe('bounds of Carnot', () => {
  it('[Eq. 60] are met by every closed cycle that obeys Σ β Q ≤ 0, inverse temperatures of either sign', () => {
    let [engines, refrigerators, absorbers] = [0, 0, 0]
    fc.assert(fc.property(finite, finite, finite, finite, finite, (hot, cold, driving, hotHeat, coldHeat) => {
      const close = 1 + 1e-9
      if (hot * hotHeat + cold * coldHeat <= 0) {
        const work = -hotHeat - coldHeat
        if (hotHeat > 1e-3) {
          engines += 1
          const bound = carnotEfficiency(hot, cold)
          expect(-work / hotHeat).toBeLessThanOrEqual(bound + 1e-6 * Math.abs(bound) + 1e-9)
        }
        if (work > 1e-3) {
          refrigerators += 1
          const bound = carnotCoefficient(hot, cold)
          expect(coldHeat / work).toBeLessThanOrEqual(bound + 1e-6 * Math.abs(bound) + 1e-9)
        }
      }
      const drivingHeat = -hotHeat - coldHeat
      if (hot * hotHeat + cold * coldHeat + driving * drivingHeat <= 0 && drivingHeat > 1e-3) {
        absorbers += 1
        const bound = carnotCoefficient(hot, cold, driving)
        expect(coldHeat / drivingHeat).toBeLessThanOrEqual(bound * (bound > 0 ? close : 1 / close) + 1e-9)
      }
    }), { numRuns: 3000 })
    expect(Math.min(engines, refrigerators, absorbers)).toBeGreaterThan(30)
  })

  it('[Eq. 60] are those of textbooks, and say what happens at the limits', () => {
    expect(carnotEfficiency(1 / 4, 1)).toBe(0.75)
    expect(carnotEfficiency(1, Infinity)).toBe(1)
    expect(carnotEfficiency(-1, 2)).toBe(1.5)
    expect(carnotEfficiency(-1, -2)).toBe(Infinity)
    expect(carnotEfficiency(-1, 0)).toBe(Infinity)
    expect(carnotEfficiency(1, 0)).toBe(-Infinity)
    expect(carnotEfficiency(-Infinity, 1)).toBe(Infinity)
    for (const [hot, cold] of [[Infinity, Infinity], [-Infinity, Infinity], [NaN, 1], [1, NaN]] as const) expect(carnotEfficiency(hot, cold)).toBeNaN()
    expect(carnotCoefficient(1 / 4, 1)).toBeCloseTo(1 / (4 - 1), 15)
    expect(carnotCoefficient(1, 2, 0.5)).toBe(0.5)
    expect(carnotCoefficient(1, 2, -1)).toBe(2)
    expect(carnotCoefficient(2, 1)).toBe(Infinity)
    expect(carnotCoefficient(1, 1)).toBe(Infinity)
    expect(carnotCoefficient(1, 1, 2)).toBe(-Infinity)
    expect(carnotCoefficient(1, Infinity)).toBe(0)
    expect(carnotCoefficient(-Infinity, 1)).toBe(-1)
    expect(carnotCoefficient(-1e9, 1)).toBeCloseTo(-1, 8)
    for (const [hot, cold, work] of [[Infinity, Infinity, 0], [-Infinity, -Infinity, 0], [NaN, 1, 0], [1, 2, NaN], [-Infinity, 1, -Infinity]] as const) {
      expect(carnotCoefficient(hot, cold, work)).toBeNaN()
    }
  })
})

describe('reversible work', () => {
  const entropyOf = (p: ArrayLike<number>, logVolumes: readonly number[]): number =>
    Array.from(p).reduce((sum, each, i) => sum + (each > 0 ? each * (logVolumes[i]! - Math.log(each)) : 0), 0)
  const energyOf = (p: ArrayLike<number>, energies: readonly number[]): number => Array.from(p).reduce((sum, each, i) => sum + each * energies[i]!, 0)

  it('[Eqs. 57, 66] ends all bodies at one temperature with the entropy they had, and no other distributions of that entropy have less energy', () => {
    const weights = (count: number) => fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: count, maxLength: count })
    const normal = (values: readonly number[]): Float64Array => Float64Array.from(values, (each) => each / values.reduce((sum, one) => sum + one, 0))
    fc.assert(fc.property(weights(4), weights(3), weights(4), weights(3), (first, second, other, another) => {
      const baths = [ladder(1, 4, 2), ladder(0.7, 3, 5)]
      const start = [normal(first), normal(second)]
      const { work, inverseTemperature, entropy } = reversibleWork(baths.map((bath, i) =>
        ({ energies: Float64Array.from(bath.energies), logVolumes: Float64Array.from(bath.logVolumes), probabilities: start[i]! })))
      const total = (p: readonly Float64Array[]): number => p.reduce((sum, each, i) => sum + entropyOf(each, baths[i]!.logVolumes), 0)
      const energy = (p: readonly Float64Array[]): number => p.reduce((sum, each, i) => sum + energyOf(each, baths[i]!.energies), 0)
      expect(entropy).toBeCloseTo(total(start), 12)
      const end = baths.map((bath) => gibbs(bath, inverseTemperature))
      expect(total(end)).toBeCloseTo(entropy, 10)
      expect(energy(start) - energy(end)).toBeCloseTo(work, 10)
      expect(work).toBeGreaterThan(-1e-12)
      const rival = [normal(other), normal(another)]
      if (total(rival) >= entropy) expect(energy(start) - energy(rival)).toBeLessThanOrEqual(work + 1e-12)
    }), { numRuns: 200 })
  })

  it('takes everything where the lowest windows can hold the entropy, nothing from bodies at one temperature, and knows degenerate levels', () => {
    const inverted = reversibleWork([{ energies: Float64Array.of(0, 2), logVolumes: Float64Array.of(3, 1), probabilities: Float64Array.of(0, 1) }])
    expect(inverted).toEqual({ work: 2, inverseTemperature: Infinity, entropy: 1 })
    const bath = ladder(1, 5, 3)
    const spin = { energies: [0, 1], logVolumes: [0, 0] }
    const warm = reversibleWork([bath, spin].map((body) =>
      ({ energies: Float64Array.from(body.energies), logVolumes: Float64Array.from(body.logVolumes), probabilities: gibbs(body, 0.8) })))
    expect(Math.abs(warm.work)).toBeLessThan(1e-12)
    expect(warm.inverseTemperature).toBeCloseTo(0.8, 10)
    // Two levels at 0 hold ln 2 at no energy.
    const degenerate = reversibleWork([{ energies: Float64Array.of(0, 1, 0), probabilities: Float64Array.of(0, 0.5, 0.5) }])
    expect(degenerate).toMatchObject({ work: 0.5, inverseTemperature: Infinity })
    // A body of one energy takes up the entropy that an ordered one is rid of.
    const sink = { energies: Float64Array.of(1, 1), probabilities: Float64Array.of(1, 0) }
    expect(reversibleWork([sink])).toMatchObject({ work: 0 })
    expect(reversibleWork([{ energies: Float64Array.of(0, 1), probabilities: Float64Array.of(0.5, 0.5) }, sink]).work).toBeCloseTo(0.5, 12)
  })

  it('is not lost beside log volumes of 10⁶', () => {
    const bodies = (shift: number) => [0.5, 2].map((beta) => {
      const bath = { energies: [0, 1, 2], logVolumes: [0, 3, 5] }
      return { energies: Float64Array.from(bath.energies), logVolumes: Float64Array.from(bath.logVolumes, (each) => each + shift), probabilities: gibbs(bath, beta) }
    })
    expect(Math.abs(reversibleWork(bodies(1e6)).work - reversibleWork(bodies(0)).work)).toBeLessThan(1e-9)
  })
})

describe('what a machine is told wrong', () => {
  const { ledger } = otto(0.4, 2, 2)

  it('names every fault at once', () => {
    expect(told(machineBalance(ledger, { hot: 'h', cold: 'c' }, { from: 3, to: -1 }))).toEqual([
      '`hot` must be the label of a bath (the ledger has "left", "right"), but is "h"',
      '`cold` must be the label of a bath (the ledger has "left", "right"), but is "c"',
      '`from` must be a time of a sample, from 0 to 32, but is 3: add it to the output times',
      '`to` must be a time of a sample, from 0 to 32, but is -1: add it to the output times',
    ])
    expect(told(machineBalance(ledger, { hot: 'left', cold: 'left' }))).toEqual(['`cold` must be another bath than `hot`, but both are "left"'])
    expect(told(machineBalance(ledger, ROLES, { from: 8, to: 8 }))).toEqual(['`to` must be later than `from` (8), but is 8'])
    expect(told(machineBalance(ledger, {} as { hot: string }))).toEqual(['`hot` must be the label of a bath (the ledger has "left", "right"), but is missing'])
    expect(told(machineBalance(ledgerOf([], frameOf(2, [])), ROLES))).toEqual([
      '`times` must have at least one sample, but has none',
      '`hot` must be the label of a bath (the ledger has none), but is "left"', '`cold` must be the label of a bath (the ledger has none), but is "right"',
    ])
  })

  it('periods and origins', () => {
    for (const period of [0, -1, NaN, Infinity]) {
      expect(told(machineCycles(ledger, ROLES, { period }))).toEqual([`\`period\` must be finite and positive, but is ${period}`])
      expect(told(machineSeries(ledger, ROLES, { period }))).toEqual([`\`period\` must be finite and positive, but is ${period}`])
    }
    expect(told(machineCycles(ledger, ROLES, { period: 40 }))).toEqual(['`period` must fit into the run, which goes on for 32 after 0, but is 40: no cycle is complete'])
    expect(told(machineCycles(ledger, ROLES, { period: 16, origin: 33 }))).toEqual(['`origin` must lie in the run, which goes from 0 to 32, but is 33'])
    expect(told(machineCycles(ledger, ROLES, { period: 3 }))).toEqual([
      '`period` must lead from sample to sample, but the run has none at t = 3, 6, 9 and 5 more: make them output times'])
    expect(orThrow(machineCycles(ledger, ROLES, { period: 16, origin: 4 })).map(({ from, to }) => [from, to])).toEqual([[4, 20]])
  })

  it('without motion nothing is divided', () => {
    const bath = ladder(1, 2, 1)
    const idle = ledgerOf(evolve([0.25, 0.25, 0.25, 0.25], [{ energies: [0, 1], duration: 1, samples: 2 }], { baths: [bath], strength: () => 0, offResonance: 0 }), frameOf(2, [bath]))
    const balance = orThrow(machineBalance(idle, { hot: 'left' }))
    expect(balance).toMatchObject({ mode: 'idle', efficiency: NaN, coefficientOfPerformance: NaN, convertedShare: NaN })
    expect(balance.remarks).toEqual(['nothing moved: efficiency and coefficient of performance are left undefined'])
  })
})
