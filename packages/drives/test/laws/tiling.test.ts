import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { orThrow } from '@mesobath/contracts'
import type { Drive } from '@mesobath/contracts'
import { driveFromOptions, driveFromRecipe, periodic, piecewiseConstant, piecewiseLinear, quenches, smoothDrive } from '../../src/index.js'
import type { DriveMove } from '../../src/index.js'
import { stopsOf, tiles, walked } from '../fixtures/walked.js'

const base = { energies: [0, 1], strengths: [0.1] }
// JSON has no −0.
const number = fc.double({ min: -3, max: 3, noNaN: true }).map((value) => value + 0)
const length = fc.double({ min: 1e-3, max: 2, noNaN: true })
const duration = fc.double({ min: 0.05, max: 2, noNaN: true })

/** Ascending times out of random lengths, each a sum as a user would have made it. */
const ascending = (least: number) => fc.array(length, { minLength: least, maxLength: 12 }).map((lengths) => {
  let time = -1
  return lengths.map((each) => { time += each; return time })
})

const timed = ascending(1).chain((times) => fc.tuple(fc.constant(times), fc.array(number, { minLength: times.length, maxLength: times.length })))

const moves = fc.tuple(timed, fc.array(number, { minLength: 1, maxLength: 5 }), duration, length, fc.constantFrom('quench', 'linear'))
  .map(([[times, values], parts, period, origin, shape]): readonly DriveMove[] => [
    { level: 1, times, values, shape: shape as 'quench' | 'linear' },
    { level: 0, quenches: { period, values: parts, origin } },
    { bath: 0, times: [0, period / 3], values: [0.2, 0.4], shape: 'linear', period },
  ])

/** Drives of every kind. */
const drives: fc.Arbitrary<Drive> = fc.oneof(
  moves.map((all) => orThrow(driveFromOptions(all, base.energies, base.strengths))),
  moves.map(([first]) => orThrow(driveFromOptions(first!, base.energies, base.strengths))),
  fc.tuple(timed, fc.boolean()).map(([[times, values], straight]) => orThrow((straight ? piecewiseLinear : piecewiseConstant)({
    times, energies: values.map((value) => [value, 0 - value]), strengths: [0.1],
  }))),
  ascending(0).map((stops) => orThrow(smoothDrive({
    levels: 2, baths: 1, stops, strengths: [0.1], energies: (time, out, piece) => { out[0] = Math.sin(time); out[1] = piece + time * time },
  }))),
  fc.tuple(timed, duration, length).map(([[times, values], period, origin]) => {
    const pattern = orThrow(piecewiseLinear({ times, energies: values.map((value) => [value, 1]), strengths: values.map((value) => [Math.abs(value)]) }))
    return orThrow(periodic(pattern, { period, origin }))
  }),
)

const ranges = fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.double({ min: 0.01, max: 8, noNaN: true })).map(([from, span]) => [from, from + span] as const)

describe('tiling', () => {
  it('every drive tiles every range to the bit, with finite numbers everywhere', () => {
    fc.assert(fc.property(drives, ranges, (drive, [from, to]) => {
      const segments = walked(drive, from, to)
      expect(tiles(segments, from, to)).toBe(true)
      for (const { energies, strengths, constant } of segments) {
        expect([...energies, ...strengths].flat().every(Number.isFinite)).toBe(true)
        if (constant) expect(new Set([...energies.map(String)]).size + new Set([...strengths.map(String)]).size).toBe(2)
      }
    }), { numRuns: 400 })
  })

  it('splitting the range at any time, a stop or not, gives the same stops and the same numbers, to the bit', () => {
    let [atStop, between] = [0, 0]
    fc.assert(fc.property(drives, ranges, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(), fc.boolean(), (drive, [from, to], share, which, choose) => {
      const whole = walked(drive, from, to)
      const stops = stopsOf(whole)
      const middle = choose && stops.length > 0 ? stops[which % stops.length]! : from + share * (to - from)
      fc.pre(middle > from && middle < to)
      if (stops.includes(middle)) atStop += 1
      else between += 1
      const halves = [...walked(drive, from, middle), ...walked(drive, middle, to)]
      expect(stopsOf(halves).filter((stop) => stop !== middle)).toEqual(stops.filter((stop) => stop !== middle))
      expect(halves.length).toBe(whole.length + (stops.includes(middle) ? 0 : 1))
      // The same numbers at the same times: at the ends of whole segments, which both have.
      const first = walked(drive, from, middle)
      whole.forEach((segment, i) => {
        const left = halves.find((each) => each.from === segment.from)!
        const right = halves.find((each) => each.to === segment.to)!
        expect([left.energies[0], left.strengths[0]]).toEqual([segment.energies[0], segment.strengths[0]])
        expect([right.energies[2], right.strengths[2]]).toEqual([segment.energies[2], segment.strengths[2]])
        if (i < first.length - 1) expect(first[i]).toEqual(segment)
      })
    }), { numRuns: 400 })
    expect(Math.min(atStop, between)).toBeGreaterThan(30)
  })

  it('a range of one instant is one segment, and it holds what begins there', () => {
    fc.assert(fc.property(drives, ranges, fc.nat(), (drive, [from, to], which) => {
      const whole = walked(drive, from, to)
      const { from: time, energies } = whole[which % whole.length]!
      const instant = walked(drive, time, time)
      expect(instant.map((each) => [each.from, each.to])).toEqual([[time, time]])
      expect(instant[0]!.energies[0]).toEqual(energies[0])
    }), { numRuns: 200 })
  })

  it('a recipe makes the same drive again, to the bit; a function has none', () => {
    let repeated = 0
    fc.assert(fc.property(drives, ranges, (drive, [from, to]) => {
      if (drive.recipe === null) return
      repeated += 1
      const again = orThrow(driveFromRecipe(JSON.parse(JSON.stringify(drive.recipe))))
      expect(walked(again, from, to)).toEqual(walked(drive, from, to))
    }), { numRuns: 200 })
    expect(repeated).toBeGreaterThan(100)
    const smooth = orThrow(smoothDrive({ levels: 1, baths: 0, energies: (_time, out) => { out[0] = 0 }, strengths: [] }))
    expect([smooth.recipe, orThrow(periodic(smooth, { period: 1 })).recipe]).toEqual([null, null])
    const outcome = driveFromRecipe({ drive: 'unheard of' })
    expect(outcome._tag === 'Left' && outcome.left[0].code).toBe('drives/recipe')
  })
})

describe('times of stops', () => {
  it('[Eq. 68] the i-th quench of a period is at i·T/n, after 10⁶ of them too: no sums', () => {
    const drive = orThrow(quenches({ ...base, level: 1, values: [1, 2], period: 0.1 }))
    let at = 0
    let [first, last, count] = [NaN, NaN, 0]
    for (const segment of drive.segments(0, 1e5)) {
      if (at > 0 && segment.from !== (at * 0.1) / 2) throw new Error(`stop ${at} is at ${segment.from}`)
      if (at === 1) first = segment.from
      last = segment.from
      count += 1
      at += 1
    }
    expect([first, last, count]).toEqual([0.05, (1_999_999 * 0.1) / 2, 2_000_000])
  })

  it('thirds and sevenths of a period too, and the boundary between two periods belongs to its number', () => {
    for (const parts of [3, 7, 10]) {
      const drive = orThrow(quenches({ ...base, level: 1, values: Array.from({ length: parts }, (_, i) => i), period: 0.7 }))
      let at = 0
      for (const segment of drive.segments(0, 700)) {
        if (segment.from !== (at * 0.7) / parts) throw new Error(`stop ${at} of ${parts} parts is at ${segment.from}`)
        at += 1
      }
      expect(at).toBe(1000 * parts)
    }
  })

  it('a line has its given numbers at its knots, to the bit, in every period', () => {
    fc.assert(fc.property(ascending(3), fc.array(number, { minLength: 16, maxLength: 16 }), fc.integer({ min: -50, max: 50 }), (times, values, later) => {
      const [first, last] = [times[0]!, times[times.length - 1]!]
      const period = last - first
      const knots = [...times.slice(0, -1), first + period]
      const drive = orThrow(driveFromOptions({ level: 1, times: knots, values: values.slice(0, knots.length), shape: 'linear', period, origin: first }, [0, 1], [0.1]))
      const segments = walked(drive, first + later * period, first + (later + 3) * period)
      segments.slice(0, 3 * (knots.length - 1)).forEach(({ energies: [begin, , end] }, i) => {
        expect([begin![1], end![1]]).toEqual([values[i % (knots.length - 1)], values[(i % (knots.length - 1)) + 1]])
      })
    }), { numRuns: 100 })
  })

  it('given times are the stops themselves, those of several moves together', () => {
    const times = [0.1, 0.2, 0.1 + 0.2, 1 / 3, 0.7]
    for (const drive of [
      orThrow(quenches({ ...base, level: 1, times, values: times })),
      orThrow(piecewiseConstant({ times: [0, ...times], energies: [0, ...times].map((time) => [0, time]), strengths: [0.1] })),
      orThrow(piecewiseLinear({ times, energies: times.map((time) => [0, time]), strengths: [0.1] })),
      orThrow(driveFromOptions([{ level: 1, times: times.slice(0, 3), values: [1, 2, 3] }, { level: 0, times: times.slice(2), values: [1, 2, 3] }], [0, 1], [0.1])),
    ]) {
      const segments = walked(drive, 0, 1)
      expect(stopsOf(segments)).toEqual(times)
    }
    // A pattern's first period has its own times, later ones one rounding.
    const repeating = orThrow(driveFromOptions({ level: 1, times, values: times, period: 1 }, [0, 1], [0.1]))
    expect(stopsOf(walked(repeating, 0, 2))).toEqual([...times, 1, ...times.map((time) => time + 1)])
  })

  it('before a stop the old numbers, at it the new ones; before the first quench the level has its own energy', () => {
    const drive = orThrow(quenches({ ...base, level: 1, times: [1, 2], values: [5, 7] }))
    expect(walked(drive, 0, 3).map(({ from, to, energies: [begin, , end] }) => [from, to, begin![1], end![1]])).toEqual([[0, 1, 1, 1], [1, 2, 5, 5], [2, 3, 7, 7]])
    const ramp = orThrow(driveFromOptions({ level: 1, times: [1, 2, 2, 3], values: [5, 7, 4, 4], shape: 'linear' }, [0, 1], [0.1]))
    expect(walked(ramp, 0, 4).map(({ from, constant, energies: [begin, inside, end] }) => [from, constant, begin![1], inside![1], end![1]])).toEqual([
      [0, true, 5, 5, 5], [1, false, 5, 5.5, 7], [2, true, 4, 4, 4], [3, true, 4, 4, 4],
    ])
  })

  it('strengths move too, and levels may cross: they keep their index', () => {
    const drive = orThrow(driveFromOptions([{ bath: 'right', quenches: { period: 2, values: [0, 0.5] } }, { level: 0, times: [0, 4], values: [0, 4], shape: 'linear' }],
      [0, 2], [0.1, 0.2], { labels: ['left', 'right'] }))
    const segments = walked(drive, 0, 4, 2, 2)
    expect(segments.map(({ strengths: [begin] }) => begin)).toEqual([[0.1, 0], [0.1, 0.5], [0.1, 0], [0.1, 0.5]])
    expect(segments.map(({ energies: [begin, , end] }) => [begin![0], end![0]])).toEqual([[0, 1], [1, 2], [2, 3], [3, 4]])
  })
})

describe('laziness', () => {
  it('10⁷ pulses cost nothing until they are asked for', () => {
    const drives_ = [
      orThrow(quenches({ ...base, level: 1, values: [1, 2], period: 1e-3 })),
      orThrow(periodic(orThrow(piecewiseConstant({ times: [0, 4e-4], energies: [[0, 1], [0, 2]], strengths: [0.1] })), { period: 1e-3 })),
    ]
    for (const drive of drives_) {
      const iterator = drive.segments(0, 1e4)[Symbol.iterator]()
      for (let i = 0; i < 3; i++) expect(iterator.next().done).not.toBe(true)
      // In the middle of the run, too: nothing is walked to get there.
      const late = drive.segments(9_999.5, 1e4)[Symbol.iterator]()
      expect((late.next().value as { from: number }).from).toBe(9_999.5)
    }
  })
})
