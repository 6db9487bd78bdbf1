import { fail, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { areLinked } from './degenerate-levels.js'
import { reachOf } from './drive-survey.js'
import type { DriveSurvey } from './drive-survey.js'
import { courseStretches } from './internal/course-stretches.js'
import type { CourseStretch } from './internal/course-stretches.js'
import { crossingTimes } from './internal/crossing-times.js'
import { withInterval } from './internal/frequency-reach.js'
import type { Intervals } from './internal/frequency-reach.js'
import { rateField } from './internal/rate-field.js'
import type { RateField } from './internal/rate-field.js'
import type { PreparedBath } from './prepare-baths.js'
import type { SegmentCourse } from './segment-course.js'

/** Rates of every bath at every frequency that a drive reaches: plug-in code has run. */
export interface MovingRates {
  /** d. */
  readonly dimension: number
  /** @internal */
  readonly fields: readonly RateField[]
  /** Where a flat window's line shape has kinks in ω, ascending [bath]. */
  readonly kinks: readonly Float64Array[]
  /** Spacing of the grid to which frequencies are sent; undefined where they are followed. */
  readonly grid: number | undefined
}

/** A stretch of a smooth segment, with the times inside it on which an integrator must land because the rates are not smooth there. */
export interface MovingStretch extends CourseStretch {
  /** Ascending; the end of the stretch is the last. */
  readonly landings: Float64Array
}

/** Whether a bath couples a pair of levels at all. */
const touches = (bath: PreparedBath, dimension: number, k: number, q: number): boolean => bath.systemCouplings.some((matrix) =>
  [k * dimension + q, q * dimension + k].some((at) => matrix.re[at] !== 0 || (matrix.im !== null && matrix.im[at] !== 0)))

/** Frequencies closer than this share of the window width are one kink. */
const KINK_GROUPING = 1e-12

/** More kinks than this are not landed on one by one: step control finds the few that are met. */
const MAXIMUM_KINKS = 1 << 20

/** ω with Ω = 0 or |Ω| = δ for some pair of windows: there 1 − |Ω|/δ bends, and Im h has a vertical tangent. */
const kinksOf = ({ kappa, steps, width }: RateField): Float64Array => {
  if (kappa === null || steps.length > MAXIMUM_KINKS) return new Float64Array(0)
  const kinks = new Float64Array(6 * steps.length)
  steps.forEach((step, i) => {
    kinks.set([step - width, step, step + width, width - step, -step, -width - step], 6 * i)
  })
  kinks.sort()
  return kinks.filter((kink, i) => i === 0 || kink - kinks[i - 1]! > KINK_GROUPING * width)
}

/**
 * Asks the rate models of all baths for everything that following a drive will take.
 *
 * @param survey - of the drive
 * @param coherent - whether all of ρ_S(E) is to be moved: the Lamb shift then asks for every pair of windows
 * @returns issues `composition/rates-not-finite`, `composition/rates-not-positive`, `composition/no-markov-limit`,
 * `composition/line-shape-not-smooth`, and the rate models' own
 */
export const movingRates = (baths: readonly PreparedBath[], survey: DriveSurvey, dimension: number, coherent: boolean): Outcome<MovingRates> => {
  const issues: Issue[] = []
  const fields: RateField[] = []
  const grid = baths[0]?.resonanceGrid
  for (const bath of baths) {
    let reach = reachOf(survey, (k, q) => touches(bath, dimension, k, q), dimension)
    if (grid !== undefined) {
      // A frequency is sent less than one step of the grid away.
      let wider: Intervals = []
      for (let i = 0; i < reach.length; i += 2) wider = withInterval(wider, reach[i]! - grid, reach[i + 1]! + grid)
      reach = wider
    }
    const field = rateField(bath, reach, coherent)
    if (field._tag === 'Left') issues.push(...field.left)
    else fields.push(field.right)
  }
  if (issues.length > 0) return fail(issues[0]!, ...issues.slice(1))
  return succeed({ dimension, fields, grid, kinks: fields.map((field) => (grid === undefined ? kinksOf(field) : new Float64Array(0))) })
}

/** Stretches of a segment, each with its landings: kinks of the line shape that its frequencies pass, and the ends of the course's panels. */
export const movingStretches = (rates: MovingRates, course: SegmentCourse): readonly MovingStretch[] =>
  courseStretches(course, rates.grid).map((stretch): MovingStretch => {
    const inside = Array.from(course.panelEnds).filter((time) => time > stretch.from && time < stretch.to)
    const pairs: number[] = []
    const values: Vector[] = []
    const energies = new Float64Array(rates.dimension)
    rates.fields.forEach(({ bath }, axis) => {
      // One representative of each group that is not at rest; its mirror image bends at the same times.
      stretch.groups.slice((stretch.groups.length + 1) / 2).forEach((group) => {
        for (let i = 0; i < group.pairs.length; i += 2) {
          if (!touches(bath, rates.dimension, group.pairs[i]!, group.pairs[i + 1]!)) continue
          pairs.push(group.pairs[i]!, group.pairs[i + 1]!)
          values.push(rates.kinks[axis]!)
          break
        }
      })
    })
    const met = crossingTimes(course, stretch.from, stretch.to, values.length, (time, out) => {
      course.energies(time, energies)
      for (let i = 0; i < values.length; i += 1) out[i] = energies[pairs[2 * i + 1]!]! - energies[pairs[2 * i]!]!
    }, values)
    const all = Float64Array.from([...inside, ...met]).sort()
    const shortest = KINK_GROUPING * (course.to - course.from)
    const apart = all.filter((time, i) => stretch.to - time > shortest && (i === 0 || time - all[i - 1]! > shortest))
    return { ...stretch, landings: Float64Array.from([...apart, stretch.to]) }
  })

/**
 * Whether populations obey closed rate equations all along a drive's smooth segments: no levels that a bath links meet on the way.
 *
 * @equation 30
 */
export const populationsCloseAlong = (baths: readonly PreparedBath[], survey: DriveSurvey, dimension: number): boolean =>
  [...survey.degenerate, ...survey.crossings.keys()].every((pair) => !areLinked(baths, dimension, Math.floor(pair / dimension), pair % dimension))

/** How often levels that a bath links meet in a drive's smooth segments. */
export const linkedCrossings = (baths: readonly PreparedBath[], survey: DriveSurvey, dimension: number): number =>
  [...survey.crossings].reduce((sum, [pair, times]) =>
    (areLinked(baths, dimension, Math.floor(pair / dimension), pair % dimension) ? sum + times : sum), 0)
