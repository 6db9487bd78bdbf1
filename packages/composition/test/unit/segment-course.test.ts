import { orThrow } from '@mesobath/contracts'
import type { Segment } from '@mesobath/contracts'
import { segmentCourse } from '@mesobath/composition'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const segment = (from: number, to: number, energies: (time: number) => readonly number[], strength: (time: number) => number = () => 1): Segment => ({
  from, to, constant: false, energies: (time, out) => out.set(energies(time)), strengths: (time, out) => out.set([strength(time)]),
})

const read = (from: number, to: number, energy: (time: number) => number, strength?: (time: number) => number) =>
  orThrow(segmentCourse(segment(from, to, (time) => [0, energy(time)], strength), 2, 1))

const at = (write: (time: number, out: Float64Array) => void, time: number, index = 1): number => {
  const out = new Float64Array(2)
  write(time, out)
  return out[index]!
}

/** Times inside and at the ends of a range. */
const places = (from: number, to: number): readonly number[] => Array.from({ length: 201 }, (_, i) => (i === 200 ? to : from + ((to - from) * i) / 200))

describe('a smooth segment as numbers', () => {
  const functions: readonly (readonly [string, number, number, (t: number) => number, (t: number) => number, (t: number) => number])[] = [
    ['a ramp', 0, 7, (t) => 1 + 0.3 * t, () => 0.3, (t) => t + 0.15 * t * t],
    ['a sinusoid of many periods', 0, 400, (t) => 2 + 0.5 * Math.sin(t), (t) => 0.5 * Math.cos(t), (t) => 2 * t + 0.5 * (1 - Math.cos(t))],
    ['a decay of five decades', 0, 12, (t) => Math.exp(-t), (t) => -Math.exp(-t), (t) => -Math.expm1(-t)],
    ['a pulse of a hundredth of the segment', 0, 100, (t) => Math.exp(-((t - 37) ** 2)), (t) => -2 * (t - 37) * Math.exp(-((t - 37) ** 2)), () => NaN],
  ]
  it.each(functions)('%s: value to 1e-12, derivative to 1e-9, integral to 1e-11 of its length', (_title, from, to, value, slope, integral) => {
    const course = read(from, to, value)
    for (const time of places(from, to)) {
      expect(Math.abs(at((t, out) => course.energies(t, out), time) - value(time))).toBeLessThan(1e-12)
      expect(Math.abs(at((t, out) => course.energyRates(t, out), time) - slope(time))).toBeLessThan(1e-9)
      if (Number.isNaN(integral(0))) continue
      expect(Math.abs(at((t, out) => course.phases(t, out), time) - integral(time))).toBeLessThan(1e-11 * Math.max(1, to))
    }
  })

  it('reads late times, where a rounded time is all there is', () => {
    const course = read(1e6, 1e6 + 50, (t) => Math.sin(t))
    for (const time of places(1e6, 1e6 + 50)) expect(Math.abs(at((t, out) => course.energies(t, out), time) - Math.sin(time))).toBeLessThan(1e-9)
  })

  it('is exactly constant where the drive is', () => {
    const course = read(0, 3, () => 0.7, () => 0.2)
    for (const time of places(0, 3)) {
      expect(at((t, out) => course.energies(t, out), time)).toBe(0.7)
      expect(at((t, out) => course.energyRates(t, out), time)).toBe(0)
      expect(at((t, out) => course.strengths(t, out), time, 0)).toBe(0.2)
    }
  })

  it('follows kinks wherever they are, on panels that shrink towards them', () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 9.99, noNaN: true }), (kink) => {
      const course = read(0, 10, (t) => Math.abs(t - kink))
      for (const time of [0, kink - 1e-3, kink - 1e-9, kink, kink + 1e-9, kink + 1e-3, 10]) {
        expect(Math.abs(at((t, out) => course.energies(t, out), time) - Math.abs(time - kink))).toBeLessThan(1e-10)
      }
      expect(at((t, out) => course.energyRates(t, out), kink - 1e-6)).toBeCloseTo(-1, 6)
      expect(at((t, out) => course.energyRates(t, out), kink + 1e-6)).toBeCloseTo(1, 6)
    }), { numRuns: 50 })
  })

  it('refuses jumps, at whatever time, and names it', () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 9.99, noNaN: true }), fc.constantFrom(0, 1e5), (jump, origin) => {
      const outcome = segmentCourse(segment(origin, origin + 10, (t) => [0, t - origin < jump ? 1 : 2]), 2, 1)
      expect(outcome).toMatchObject({ _tag: 'Left', left: [{ code: 'composition/drive-not-smooth', path: ['drive'] }] })
      const named = outcome._tag === 'Left' ? Number(/at about time ([\d.e+-]+)/.exec(outcome.left[0].message)![1]) : NaN
      expect(Math.abs(named - origin - jump)).toBeLessThan(1e-4)
    }), { numRuns: 30 })
  })

  it('refuses what is not finite, and negative strengths', () => {
    expect(segmentCourse(segment(0, 1, (t) => [0, 1 / (t - 1)]), 2, 1)._tag).toBe('Left')
    expect(segmentCourse(segment(0, 1, (t) => [0, t > 0.4 ? NaN : 1]), 2, 1)).toMatchObject({ left: [{ code: 'composition/drive-not-finite' }] })
    expect(segmentCourse(segment(0, 1, () => [0, 1], (t) => 0.5 - t), 2, 1)).toMatchObject({ left: [{ code: 'composition/negative-strength' }] })
  })

  it('knows when a drive says something else than it did', () => {
    const course = read(0, 10, (t) => t)
    expect(course.agrees(5, Float64Array.of(0, 5), Float64Array.of(1))).toBe(true)
    expect(course.agrees(5, Float64Array.of(0, 5.001), Float64Array.of(1))).toBe(false)
    expect(course.agrees(5, Float64Array.of(0, 5), Float64Array.of(1.001))).toBe(false)
  })
})

describe('at the ends of a segment', () => {
  it('the limits from inside count, whatever side of a jump the drive takes there', () => {
    fc.assert(fc.property(fc.double({ min: 0.1, max: 1e4, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }), (to, slope) => {
      // The function of bare time that a user writes: what stands at 0 and at `to` belongs to the neighbours.
      const course = read(0, to, (t) => (t <= 0 ? -5 : t >= to ? 7 : 1 + (slope * t) / to))
      for (const [time, energy] of [[0, 1], [to, 1 + slope]] as const) {
        const energies = Float64Array.of(0, time === 0 ? -5 : 7)
        course.settle(time, energies, Float64Array.of(1))
        expect(Math.abs(energies[1]! - energy)).toBeLessThan(1e-12)
      }
      // Where the drive says the same, its own bits stay.
      const energies = Float64Array.of(0, 1 + slope / 2 + 1e-15)
      course.settle(to / 2, energies, Float64Array.of(1))
      expect(energies[1]).toBe(1 + slope / 2 + 1e-15)
    }), { numRuns: 40 })
  })
})
