import { orThrow } from '@mesobath/contracts'
import type { Drive, Problem, RateModel, Segment } from '@mesobath/contracts'
import {
  averagedGenerator, conditionalGenerator, driveSurvey, movingAverage, movingPopulations, movingRates, movingStates, movingStretches, nearestResonance,
  populationGenerator, prepareBaths, rememberCorrelation, segmentCourse, windowLattice,
} from '@mesobath/composition'
import type { PreparedBath } from '@mesobath/composition'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** Sums of some hundred terms of size one. */
const ROUNDING = 1e-12

type Protocol = (time: number) => readonly number[]

const segmentOf = (energies: Protocol, strengths: Protocol, to = 1): Segment =>
  ({ from: 0, to, constant: false, energies: (time, out) => out.set(energies(time)), strengths: (time, out) => out.set(strengths(time)) })

/** Γ = κ·lineShape(Ω), a smooth line shape of the model's own. */
const lorentzianRates = (kappa: ReturnType<typeof positiveKappa>, centres: readonly number[], couplings: number): RateModel =>
  toyRates(kappa, { kind: 'own', bandwidth: 10, stationary: true }, (request, out) => {
    const block = couplings * couplings
    request.to.forEach((to, row) => {
      const from = request.from[row]!
      const mismatch = request.frequency[row]! + centres[from]! - centres[to]!
      const [x, y] = [0.4 / (0.16 + mismatch * mismatch), -mismatch / (0.16 + mismatch * mismatch)]
      const { im, re } = kappa(Math.max(to, from), Math.min(to, from))
      const sign = to >= from ? 1 : -1
      for (let i = 0; i < block; i += 1) {
        out.re[row * block + i] = x * re[i]! - y * sign * im[i]!
        out.im[row * block + i] = y * re[i]! + x * sign * im[i]!
      }
    })
  })

/** Two baths, one uneven, two couplings each, and a drive. */
const setUp = (seed: number, energies: Protocol, own: boolean) => {
  const uniform = parkMiller(seed)
  const d = energies(0).length
  const kinds = [{ centres: [0, 0.5, 1, 1.5], width: 0.5 }, { centres: [-1, 0.1, 1.1], width: 0.9 }]
  const baths = kinds.map(({ centres, width }, axis) => attach(`b${axis}`,
    toyBath({ energies: centres, width, logVolumes: centres.map(() => 3 * uniform()), couplings: 2, means: [centres.map(uniform), centres.map(uniform)] }),
    0.3, [hermitian(d, uniform), hermitian(d, uniform)]))
  const rates = Object.fromEntries(kinds.map(({ centres }, axis) => {
    const kappa = positiveKappa(2, centres.length, uniform)
    return [`b${axis}`, own ? lorentzianRates(kappa, centres, 2) : toyRates(kappa)]
  }))
  const strengths: Protocol = (time) => [0.3 + 0.2 * time, 0.4 - 0.1 * time]
  const segment = segmentOf(energies, strengths)
  const drive: Drive = { recipe: null, segments: () => [segment] }
  const problem: Problem = { ...makeProblem(energies(0), baths), drive }
  const lattice = windowLattice(problem)
  return { uniform, problem, lattice, segment, baths: orThrow(prepareBaths(problem, rates)), d }
}

const moved = (set: ReturnType<typeof setUp>, baths: readonly PreparedBath[], coherent: boolean) => {
  const survey = orThrow(driveSurvey(set.problem))
  const rates = orThrow(movingRates(baths, survey, set.d, coherent))
  const course = orThrow(segmentCourse(set.segment, set.d, 2))
  return { rates, course, stretches: movingStretches(rates, course) }
}

const now = (set: ReturnType<typeof setUp>, time: number) => {
  const energies = new Float64Array(set.d)
  const strengths = new Float64Array(2)
  set.segment.energies(time, energies)
  set.segment.strengths(time, strengths)
  return { energies, strengths }
}

const far = (a: Float64Array, b: Float64Array): number => a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0)

/** Frequencies cross windows, and each other; equal gaps throughout; a degenerate pair throughout. */
const protocols: readonly (readonly [string, Protocol])[] = [
  ['gaps of their own', (t) => [0, 0.3 + 0.9 * t, 1.7 - 0.4 * t]],
  ['equal gaps throughout', (t) => [0.1 * t, 0.3 + 0.9 * t, 0.6 + 1.7 * t]],
  ['degenerate levels throughout', (t) => [0, 0.3 + 0.9 * t, 0.3 + 0.9 * t]],
  ['levels that cross', (t) => [0, 0.37 - 0.9 * t, 1.7 - 0.4 * t]],
]

/** No two frequencies of any protocol coincide by accident at these times. */
const TIMES = [0.0123, 0.271, 0.4567, 0.777, 0.93]

describe.each([['a flat window', false], ['a line shape of its own', true]] as const)('what follows a drive is, at each instant, the generator of that instant: %s', (_kind, own) => {
  it.each(protocols)('[Eqs. 5, 75] states, jumps, losses and shifts included: %s', (_title, protocol) => {
    const set = setUp(7, protocol, own)
    const { rates, stretches } = moved(set, set.baths, true)
    expect(stretches).toHaveLength(1)
    const states = movingStates(set.lattice, rates)
    orThrow(states.enter(stretches[0]!))
    const state = Float64Array.from({ length: states.dimension }, () => set.uniform() - 0.5)
    const out = new Float64Array(states.dimension)
    const expected = new Float64Array(states.dimension)
    for (const time of TIMES) {
      const { energies, strengths } = now(set, time)
      states.move(energies, strengths)
      states.apply(state, out)
      const still = orThrow(conditionalGenerator(set.lattice, set.baths, energies, strengths)).rotating
      still.apply(state, expected)
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1)
      expect(far(out, expected)).toBeLessThan(ROUNDING * (own ? 100 : 1))
      expect(states.normBound()).toBeGreaterThan(0.99 * still.normBound)
      expect(states.normBound()).toBeLessThan(1.01 * still.normBound)
    }
  })

  it.each(protocols)('[Eq. 3] states with baths that never move: %s', (_title, protocol) => {
    const set = setUp(8, protocol, own)
    const { rates, stretches } = moved(set, set.baths, true)
    const references = [Float64Array.of(0.1, 0.2, 0.3, 0.4), Float64Array.of(0.5, 0.3, 0.2)]
    const states = movingAverage(rates, references)
    orThrow(states.enter(stretches[0]!))
    const state = Float64Array.from({ length: states.dimension }, () => set.uniform() - 0.5)
    const out = new Float64Array(states.dimension)
    const expected = new Float64Array(states.dimension)
    for (const time of TIMES) {
      const { energies, strengths } = now(set, time)
      states.move(energies, strengths)
      states.apply(state, out)
      orThrow(averagedGenerator(set.baths, energies, strengths, references)).rotating.apply(state, expected)
      expect(far(out, expected)).toBeLessThan(ROUNDING * (own ? 100 : 1))
    }
  })

  it.each([protocols[0]!, protocols[1]!, protocols[3]!])('[Eqs. 30, G8] populations, and what their jumps do not conserve: %s', (_title, protocol) => {
    const set = setUp(9, protocol, own)
    const { rates, stretches } = moved(set, set.baths, false)
    const populations = movingPopulations(set.lattice, rates)
    orThrow(populations.enter(stretches[0]!))
    const p = Float64Array.from({ length: set.d * set.lattice.size }, set.uniform)
    const out = new Float64Array(p.length)
    const expected = new Float64Array(p.length)
    for (const time of TIMES) {
      const { energies, strengths } = now(set, time)
      populations.move(energies, strengths)
      const defect = populations.apply(p, out)
      const still = orThrow(populationGenerator(set.lattice, set.baths, energies, strengths))
      still.apply(p, expected)
      expect(far(out, expected)).toBeLessThan(ROUNDING * (own ? 100 : 1))
      const centres = [[0, 0.5, 1, 1.5], [-1, 0.1, 1.1]]
      const gain = expected.reduce((sum, change, i) =>
        sum + change * (energies[Math.floor(i / 12)]! + centres[0]![Math.floor(i / 3) % 4]! + centres[1]![i % 3]!), 0)
      expect(Math.abs(gain)).toBeGreaterThan(1e-3)
      expect(Math.abs(defect - gain)).toBeLessThan(1e-10)
      expect(populations.exitRateBound() / still.exitRateBound).toBeGreaterThan(0.999)
      expect(populations.exitRateBound() / still.exitRateBound).toBeLessThan(1.001)
    }
  })
})

describe('across the edges of windows', () => {
  it('rates are continuous in time, for any level spacing, speed and grid', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 1.2, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (seed, gap, speed) => {
      const set = setUp(seed, (t) => [0, gap + speed * t, 2.1], false)
      const { rates, stretches } = moved(set, set.baths, false)
      const populations = movingPopulations(set.lattice, rates)
      orThrow(populations.enter(stretches[0]!))
      const p = Float64Array.from({ length: set.d * set.lattice.size }, set.uniform)
      const before = new Float64Array(p.length)
      const after = new Float64Array(p.length)
      const landings = Array.from(stretches[0]!.landings)
      for (const time of landings.slice(0, -1)) {
        const [early, late] = [now(set, time - 1e-9), now(set, time + 1e-9)]
        populations.move(early.energies, early.strengths)
        populations.apply(p, before)
        populations.move(late.energies, late.strengths)
        populations.apply(p, after)
        expect(far(before, after)).toBeLessThan(1e-5)
      }
    }), { numRuns: 60 })
  })

  it('every kink of the line shape that a frequency passes is a landing', () => {
    const set = setUp(3, (t) => [0, 0.2 + t, 9 + t], false)
    const { stretches } = moved(set, set.baths, false)
    const landings = Array.from(stretches[0]!.landings)
    // Centres differ by 0, ½, 1, 1½ (width ½): kinks of ω = 0.2 + t at ½ and 1. The other bath's lie at 1.1 − 0.9 = 0.2 (the start), 0.9, 1, 1.1.
    for (const kink of [0.5, 1, 0.9, 1.1]) expect(landings.some((time) => Math.abs(time - (kink - 0.2)) < 1e-13)).toBe(true)
    expect(landings[landings.length - 1]).toBe(1)
    expect(landings.every((time, i) => time > (i === 0 ? 0 : landings[i - 1]!))).toBe(true)
  })
})

describe('which frequencies are one', () => {
  it('changes from stretch to stretch where they are one for a while only', () => {
    const flat = (t: number): number => (t <= 0.5 ? 0 : Math.exp(-1 / (t - 0.5)))
    const set = setUp(4, (t) => [0, 0.5, 0.5 + flat(t)], false)
    const { stretches } = moved(set, set.baths, true)
    expect(stretches.length).toBeGreaterThan(1)
    expect(stretches[0]!.groups.length).toBeLessThan(stretches[stretches.length - 1]!.groups.length)
    const survey = orThrow(driveSurvey(set.problem))
    expect([...survey.degenerate]).toEqual([5])
  })

  it('levels that meet at an instant are counted, not merged', () => {
    const survey = orThrow(driveSurvey(setUp(4, (t) => [0, 0.5 - t, 0.3], false).problem))
    expect([...survey.crossings].sort((a, b) => a[0] - b[0])).toEqual([[1, 1], [5, 1]])
    expect(survey.degenerate.size).toBe(0)
    const touching = orThrow(driveSurvey(setUp(4, (t) => [0, t, 3], false).problem))
    expect([...touching.crossings]).toEqual([[1, 1]])
  })
})

describe('plug-ins and memory', () => {
  it('no rate model is asked after `movingRates`', () => {
    let calls = 0
    const set = setUp(5, protocols[0]![1], false)
    const counted = set.baths.map((bath): PreparedBath => ({
      ...bath, correlation: { ...bath.correlation, strength: (request, out) => { calls += 1; return bath.correlation.strength(request, out) } },
    })).map(rememberCorrelation)
    const { rates, stretches } = moved(set, counted, true)
    const asked = calls
    expect(asked).toBeGreaterThan(0)
    const states = movingStates(set.lattice, rates)
    orThrow(states.enter(stretches[0]!))
    const { energies, strengths } = now(set, 0.5)
    states.move(energies, strengths)
    expect(calls).toBe(asked)
  })

  it('moving and applying allocate no arrays', () => {
    const set = setUp(5, protocols[0]![1], false)
    const { course, rates, stretches } = moved(set, set.baths, false)
    const populations = movingPopulations(set.lattice, rates)
    orThrow(populations.enter(stretches[0]!))
    const p = Float64Array.from({ length: set.d * set.lattice.size }, set.uniform)
    const out = new Float64Array(p.length)
    const energies = new Float64Array(set.d)
    const strengths = new Float64Array(2)
    const loop = (count: number): { readonly arrays: number; readonly heap: number } => {
      const before = process.memoryUsage()
      for (let i = 0; i < count; i += 1) {
        course.energies(i / count, energies)
        course.strengths(i / count, strengths)
        populations.move(energies, strengths)
        populations.apply(p, out)
      }
      const after = process.memoryUsage()
      return { arrays: after.arrayBuffers - before.arrayBuffers, heap: after.heapUsed - before.heapUsed }
    }
    loop(20_000)
    const loops = Array.from({ length: 5 }, () => loop(20_000))
    expect(Math.min(...loops.map(({ arrays }) => Math.abs(arrays)))).toBe(0)
    // Numbers that calls return in boxes, 16 bytes each; a closure or array for each of 26 groups would be twice as much.
    expect(Math.min(...loops.map(({ heap }) => Math.abs(heap))) / 20_000).toBeLessThan(500)
  })
})

describe("offResonance 'nearest'", () => {
  it('needs windows on one grid, and a flat line shape', () => {
    const set = setUp(6, protocols[0]![1], false)
    expect(nearestResonance(set.baths)).toMatchObject({
      left: [{ code: 'composition/nearest-grid', path: ['baths', 0, 'bath', 'windows', 'width'] }, { code: 'composition/nearest-grid', path: ['baths', 1, 'bath', 'windows', 'energies', 1] }],
    })
    const own = setUp(6, protocols[0]![1], true)
    expect(nearestResonance(own.baths)).toMatchObject({ left: [{ code: 'composition/nearest-line-shape' }, {}, { code: 'composition/nearest-line-shape' }, {}] })
  })
})

describe('the reach of a drive', () => {
  it('holds every frequency that the drive takes on, and hardly more', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const uniform = parkMiller(seed)
      const [a, b, c, d] = [uniform(), 2 * uniform(), 12 * uniform(), 6 * uniform()]
      const protocol: Protocol = (t) => [0, 3 + a * Math.sin(c * t + d) + b * t, 9]
      const survey = orThrow(driveSurvey(setUp(seed, protocol, false).problem))
      const reach = survey.reach[1]!
      expect(reach).toHaveLength(2)
      let low = Infinity
      let high = -Infinity
      for (let i = 0; i <= 20000; i += 1) {
        low = Math.min(low, protocol(i / 20000)[1]!)
        high = Math.max(high, protocol(i / 20000)[1]!)
      }
      expect(reach[0]!).toBeLessThanOrEqual(low + 1e-12)
      expect(reach[1]!).toBeGreaterThanOrEqual(high - 1e-12)
      expect(low - reach[0]! + reach[1]! - high).toBeLessThan(0.2 * (high - low) + 1e-9)
      expect(survey.reach[3]).toEqual([-reach[1]!, -reach[0]!])
    }), { numRuns: 40 })
    // A ramp that stops short of 0 does not reach it.
    const ramp = orThrow(driveSurvey(setUp(1, (t) => [0, 1.001 - t, 9], false).problem))
    expect(ramp.reach[1]![0]).toBeGreaterThan(0.000999)
    expect(ramp.crossings.size).toBe(0)
  })
})
