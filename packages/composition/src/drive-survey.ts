import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome, Problem } from '@mesobath/contracts'
import type { Setting } from './constant-settings.js'
import { joined, withInterval } from './internal/frequency-reach.js'
import type { Intervals } from './internal/frequency-reach.js'
import { lastingGroups } from './internal/course-stretches.js'
import { segmentCourse } from './segment-course.js'
import type { SegmentCourse } from './segment-course.js'

/** Settings looked at in a smooth segment where a whole run is judged. */
const PROBES_PER_SEGMENT = 5

/** Settings of smooth segments that a validity report looks at; of longer protocols it sees the beginning. */
const MAXIMUM_PROBES = 32

/** A drive that is wrong everywhere need not say so everywhere. */
const MAXIMUM_ISSUES = 16

/** Levels closer than this share of their largest energy have met. */
const MEETING = 1e-9

/** Everything that a drive will ask of a run, read once while preparing. */
export interface DriveSurvey {
  /** Energies and strengths of the constant segments, each once, in the order of first use; of an undriven run its own. */
  readonly settings: readonly Setting[]
  /** Settings met on the way through smooth segments, for reports. */
  readonly probes: readonly Setting[]
  /** Whether anything moves inside a segment. */
  readonly smooth: boolean
  /** What ω = ε_q − ε_k of the pair k·d + q takes on in smooth segments, as ends of disjoint intervals lo0, hi0, lo1, hi1, … [d²]. */
  readonly reach: readonly (readonly number[])[]
  /** Pairs k·d + q, k < q, that share their energy for a while inside a smooth segment. */
  readonly degenerate: ReadonlySet<number>
  /** Times that the levels k < q meet in smooth segments, by k·d + q. */
  readonly crossings: ReadonlyMap<number, number>
}

class Survey {
  readonly settings = new Map<string, Setting>()
  readonly probes = new Map<string, Setting>()
  readonly reach: Intervals[]
  readonly degenerate = new Set<number>()
  readonly crossings = new Map<number, number>()
  smooth = false

  constructor(private readonly dimension: number, private readonly baths: number) {
    this.reach = Array.from({ length: dimension * dimension }, () => [])
  }

  hold(setting: Setting): void {
    const key = keyOf(setting)
    if (!this.settings.has(key)) this.settings.set(key, { energies: setting.energies.slice(), strengths: setting.strengths.slice() })
  }

  follow(course: SegmentCourse): void {
    const { dimension } = this
    this.smooth = true
    for (let i = 0; i < PROBES_PER_SEGMENT && this.probes.size < MAXIMUM_PROBES; i += 1) {
      const time = course.from + ((course.to - course.from) * i) / (PROBES_PER_SEGMENT - 1)
      const setting = { energies: new Float64Array(dimension), strengths: new Float64Array(this.baths) }
      course.energies(time, setting.energies)
      course.strengths(time, setting.strengths)
      this.probes.set(keyOf(setting), setting)
    }
    const ends = [course.from, course.to].map((time) => {
      const energies = new Float64Array(dimension)
      course.energies(time, energies)
      return energies
    })
    const walk: PairWalk = {
      signs: new Int8Array(dimension * dimension), before: new Float64Array(dimension * dimension).fill(NaN), rise: new Float64Array(dimension * dimension),
    }
    for (let panel = 0; panel + 1 < course.panelEnds.length; panel += 1) {
      const nodes = course.nodeEnergies(panel)
      const zero = new Set<number>()
      const groups = lastingGroups(nodes, dimension)
      const { pairs } = groups[(groups.length - 1) / 2]!
      for (let i = 0; i < pairs.length; i += 2) {
        if (pairs[i]! >= pairs[i + 1]!) continue
        zero.add(pairs[i]! * dimension + pairs[i + 1]!)
        this.degenerate.add(pairs[i]! * dimension + pairs[i + 1]!)
      }
      const last = panel + 2 === course.panelEnds.length
      for (let k = 0; k < dimension; k += 1) {
        for (let q = k + 1; q < dimension; q += 1) this.readPair(k, q, nodes, panel === 0 ? ends[0]! : null, last ? ends[1]! : null, walk, zero)
      }
    }
  }

  /** The range of ω_kq on a panel, and whether it passes through 0: nodes come in descending order of time. */
  private readPair(
    k: number, q: number, nodes: Float64Array, first: Float64Array | null, last: Float64Array | null, walk: PairWalk, zero: ReadonlySet<number>,
  ): void {
    const { dimension } = this
    const { before, rise, signs } = walk
    const pair = k * dimension + q
    // What lies between the last node of a panel and the first of the next is reached too.
    let low = Number.isNaN(before[pair]!) ? Infinity : before[pair]!
    let high = Number.isNaN(before[pair]!) ? -Infinity : before[pair]!
    let met = 0
    let size = 0
    for (let at = 0; at < nodes.length; at += dimension) size = Math.max(size, Math.abs(nodes[at + k]!), Math.abs(nodes[at + q]!))
    const read = (frequency: number): void => {
      const step = frequency - before[pair]!
      if (step * rise[pair]! < 0) {
        // Between nodes an extremum may reach further than at them, by less than they differ.
        const beyond = Math.max(Math.abs(step), Math.abs(rise[pair]!))
        low = Math.min(low, before[pair]! - (step > 0 ? beyond : 0))
        high = Math.max(high, before[pair]! + (step < 0 ? beyond : 0))
      }
      if (Number.isFinite(step) && step !== 0) rise[pair] = step
      before[pair] = frequency
      low = Math.min(low, frequency)
      high = Math.max(high, frequency)
      const sign = Math.abs(frequency) <= MEETING * size ? 0 : Math.sign(frequency)
      if (sign === 0 ? signs[pair] !== 2 : Math.abs(signs[pair]!) === 1 && sign !== signs[pair]) met += 1
      // 2 stands for levels that have met and not yet parted.
      signs[pair] = sign === 0 ? 2 : sign
    }
    if (first !== null) read(first[q]! - first[k]!)
    for (let at = nodes.length - dimension; at >= 0; at -= dimension) read(nodes[at + q]! - nodes[at + k]!)
    if (last !== null) read(last[q]! - last[k]!)
    if (met > 0 && !zero.has(pair)) this.crossings.set(pair, (this.crossings.get(pair) ?? 0) + met)
    this.reach[pair] = withInterval(this.reach[pair]!, low, high)
    this.reach[q * dimension + k] = withInterval(this.reach[q * dimension + k]!, -high, -low)
  }
}

/** Where the walk along a segment stands, for every pair k·d + q. */
interface PairWalk {
  readonly signs: Int8Array
  readonly before: Float64Array
  /** The last step that was one. */
  readonly rise: Float64Array
}

const keyOf = ({ energies, strengths }: Setting): string => `${energies.join(' ')} ${strengths.join(' ')}`

/**
 * Walks a problem's drive once over the range of its times.
 *
 * @returns issues `composition/drive-not-finite`, `composition/drive-not-smooth`, `composition/negative-strength`, one per faulty segment
 */
export const driveSurvey = (problem: Problem): Outcome<DriveSurvey> => {
  const { baths, drive, times } = problem
  const dimension = problem.energies.length
  const survey = new Survey(dimension, baths.length)
  const setting: Setting = { energies: Float64Array.from(problem.energies), strengths: Float64Array.from(baths, (bath) => bath.strength) }
  const issues: Issue[] = []
  if (drive === null) {
    survey.hold(setting)
  } else {
    const end = times[times.length - 1]!
    for (const segment of drive.segments(times[0]!, end)) {
      if (segment.constant) {
        segment.energies(segment.from, setting.energies)
        segment.strengths(segment.from, setting.strengths)
        survey.hold(setting)
      } else {
        const course = segmentCourse(segment, dimension, baths.length)
        if (course._tag === 'Right') survey.follow(course.right)
        else issues.push(...course.left)
      }
      // A drive may go on for ever.
      if (segment.to >= end || issues.length >= MAXIMUM_ISSUES) break
    }
    if (survey.settings.size === 0 && !survey.smooth && issues.length === 0) survey.hold(setting)
  }
  return failIfAny(issues, () => ({
    settings: [...survey.settings.values()], probes: [...survey.probes.values()], smooth: survey.smooth, reach: survey.reach,
    degenerate: survey.degenerate, crossings: survey.crossings,
  }))
}

/** Segments of a drive that an estimate looks at: it must cost nothing. */
const SEGMENTS_LOOKED_AT = 4096

/** Whether a problem's drive moves inside a segment, as far as its first segments tell. */
export const movesInside = ({ drive, times }: Problem): boolean => {
  if (drive === null) return false
  const end = times[times.length - 1]!
  let looked = 0
  for (const segment of drive.segments(times[0]!, end)) {
    if (!segment.constant) return true
    looked += 1
    if (segment.to >= end || looked === SEGMENTS_LOOKED_AT) return false
  }
  return false
}

/** What the frequencies of the pairs a bath touches take on. */
export const reachOf = (survey: DriveSurvey, touched: (k: number, q: number) => boolean, dimension: number): Intervals => {
  let reach: Intervals = []
  for (let k = 0; k < dimension; k += 1) {
    for (let q = 0; q < dimension; q += 1) {
      if (!touched(k, q)) continue
      reach = k === q ? withInterval(reach, 0, 0) : joined(reach, survey.reach[k * dimension + q]!)
    }
  }
  return reach
}
