import { fail, issue, succeed } from '@mesobath/contracts'
import type {
  Cancellation, Finding, Frame, Host, InitialState, Outcome, Planes, Problem, Sample, Segment, Side, Status, Stepper, Vector,
} from '@mesobath/contracts'
import { atOnce, ThreadLost } from '@mesobath/kernels'
import type { Parts, Pause } from '@mesobath/kernels'
import type { Setting } from './constant-settings.js'
import { levelSum, quenchWork } from './energy-books.js'
import { segmentCourse, unseenStructure } from './segment-course.js'
import type { SegmentCourse } from './segment-course.js'
import { slownessFinding, slownessMeter } from './slowness.js'
import { pauseFor } from './pause-for.js'

/** A state under a generator that is constant in each segment, or follows smooth ones: what a piecewise stepper moves. */
export interface Mover {
  /** Builds the generator of a setting from tables already prepared, in parts. */
  enter(setting: Setting): Parts<Outcome<void>>
  /** Begins a smooth segment; left out where a method cannot follow one. */
  follow?(course: SegmentCourse): Outcome<void>
  /** The longest time step that should run without a pause. */
  readonly stride: number
  /**
   * Moves the state by `time`, to the time `until`, with an absolute error of at most `tolerance` in every probability; `not-converged` where
   * it left the finite numbers, `cancelled` where a pause said so: with the state as it was, or at the time that `stopped` says.
   */
  advance(time: number, tolerance: number, until: number, pause: Pause): Status | Promise<Status>
  /** Where the state stands after an advance that was cancelled; null, or left out, where it is as it was. */
  stopped?(): number | null
  /** ∫ Σ ε̇_k p_k dt along smooth segments so far; left out where there are none. */
  work?(): number
  /** ∫ Σ(ε_k + E) ∂t p dt so far, accumulated along the way; left out where a method does not. */
  coarseGrainingDefect?(): number
  /** p [level, window₁ … windowₙ], borrowed. */
  populations(): Vector
  /** ∂t p in the same layout, borrowed. */
  populationRates(): Vector
  /** ρ_S(E) [window₁ … windowₙ, k, q], borrowed; null where coherences are zero throughout. */
  conditional(): Planes | null
  /** ρ_S(E) as `conditional` has it, copied, coherences or not. */
  checkpoint(): Planes
}

/** A smooth segment and what was read of it. */
interface Smooth {
  readonly segment: Segment
  readonly course: SegmentCourse
}

/** What a piecewise stepper is made of. */
export interface PiecewiseParts {
  readonly frame: Frame
  readonly problem: Problem
  readonly host: Host
  readonly mover: Mover
  /** The setting that the mover already holds, if it holds one. */
  readonly held: Setting | null
  /** Bound on the absolute error of every probability over the whole run. */
  readonly tolerance: number
  readonly memoryStart: number
  /** The validity report, asked for at the end. */
  readonly findings: () => readonly Finding[]
  /** Code of the issue where a segment is not constant and the mover cannot follow it. */
  readonly smoothDriveCode: string
}

/** An issue where a thread ended in the middle of its work. */
const withoutLostThreads = async (move: () => Status | Promise<Status>): Promise<Outcome<Status>> => {
  try {
    const moved = move()
    return succeed(typeof moved === 'string' ? moved : await moved)
  } catch (fault) {
    if (!(fault instanceof ThreadLost)) throw fault
    return fail(issue('composition/thread-lost', ['options', 'host', 'threads'],
      '`options.host.threads` must lend threads that live as long as the run, but one ended within its work; run again with fewer of them'))
  }
}

const equal = (a: Float64Array, b: Float64Array): boolean => a.every((value, i) => value === b[i])

/**
 * The energies that a drive had just before a continued run begins [d], or null: a quench that falls on the joint is work of the run that
 * begins there, so that the parts of a run add up to the whole.
 */
const energiesBefore = ({ baths, drive, energies, times }: Problem, memoryStart: number): Float64Array | null => {
  const begin = times[0]!
  if (drive === null || !(memoryStart < begin)) return null
  let last: Segment | null = null
  for (const segment of drive.segments(memoryStart, begin)) {
    last = segment
    if (segment.to >= begin) break
  }
  if (last === null || last.to !== begin) return null
  const before = new Float64Array(energies.length)
  last.energies(begin, before)
  if (last.constant) return before
  const strengths = new Float64Array(baths.length)
  last.strengths(begin, strengths)
  const course = segmentCourse(last, energies.length, baths.length)
  if (course._tag === 'Right') course.right.settle(begin, before, strengths)
  return before
}

/**
 * A stepper for generators that are constant in each segment or follow smooth ones; quenches do the work Σ Δε_k p_k at an instant (Eq. 47).
 *
 * @equation 47
 */
export const piecewiseStepper = (parts: PiecewiseParts): Stepper => {
  const { findings, frame, host, memoryStart, mover, problem, smoothDriveCode, tolerance } = parts
  const dimension = frame.dimension
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const next = { energies: new Float64Array(dimension), strengths: new Float64Array(frame.baths.length) }
  const now = { energies: new Float64Array(dimension), strengths: new Float64Array(frame.baths.length) }
  const slopes = new Float64Array(dimension)
  const slowness = mover.coarseGrainingDefect === undefined ? null : slownessMeter(problem)
  let held = parts.held
  let smooth: Smooth | null = null
  if (held !== null) {
    now.energies.set(held.energies)
    now.strengths.set(held.strengths)
  }
  let entered = false
  let time = problem.times[0]!
  let jumps = 0

  const hold = (): Outcome<null> => {
    if (held !== null && equal(held.energies, next.energies) && equal(held.strengths, next.strengths)) return succeed(null)
    const following: Setting = { energies: next.energies.slice(), strengths: next.strengths.slice() }
    const outcome = atOnce(mover.enter(following))
    if (outcome._tag === 'Left') return outcome
    held = following
    return succeed(null)
  }

  const follow = (segment: Segment): Outcome<Smooth> => {
    if (mover.follow === undefined) {
      return fail(issue(smoothDriveCode, ['drive'],
        `\`drive\` must hold energies and strengths constant between its stops for this method, but they move from ${segment.from} to ${segment.to}`))
    }
    const course = segmentCourse(segment, dimension, frame.baths.length)
    if (course._tag === 'Left') return course
    const begun = mover.follow(course.right)
    if (begun._tag === 'Left') return begun
    held = null
    return succeed({ segment, course: course.right })
  }

  const enter = (segment: Segment): Outcome<void> => {
    segment.energies(segment.from, next.energies)
    segment.strengths(segment.from, next.strengths)
    slowness?.until(time)
    const outcome = segment.constant ? hold() : follow(segment)
    if (outcome._tag === 'Left') return outcome
    smooth = outcome.right
    smooth?.course.settle(segment.from, next.energies, next.strengths)
    slowness?.enter(smooth === null ? null : smooth.course)
    // Where a run begins anew nothing has been done yet: the energies of its first segment are the ones it starts with.
    const before = entered ? now.energies : energiesBefore(problem, memoryStart)
    if (before !== null) jumps += quenchWork(before, next.energies, mover.populations())
    now.energies.set(next.energies)
    now.strengths.set(next.strengths)
    entered = true
    return succeed(undefined)
  }

  /** Reads the drive where the run stands; what it says must be what was followed. */
  const arrive = (): Outcome<void> => {
    if (smooth === null) return succeed(undefined)
    const { course, segment } = smooth
    segment.energies(time, now.energies)
    segment.strengths(time, now.strengths)
    if (time === segment.to) course.settle(time, now.energies, now.strengths)
    if (course.agrees(time, now.energies, now.strengths)) return succeed(undefined)
    return fail(unseenStructure(segment, time, 'an energy or strength'))
  }

  const advance = async (to: number, signal?: Cancellation): Promise<Outcome<Status>> => {
    const start = time
    const pause = pauseFor(host, signal)
    const steps = Math.max(1, Math.ceil((to - start) / mover.stride))
    for (let step = 1; step <= steps; step += 1) {
      if (signal?.aborted === true) return succeed<Status>('cancelled')
      const until = step === steps ? to : start + ((to - start) * step) / steps
      const length = until - time
      let stopped = false
      if (length > 0) {
        const status = await withoutLostThreads(() => mover.advance(length, (tolerance * length) / duration, until, pause))
        if (status._tag === 'Left' || status.right === 'not-converged') return status
        stopped = status.right === 'cancelled'
      }
      time = stopped ? mover.stopped?.() ?? time : until
      const arrived = arrive()
      if (arrived._tag === 'Left') return arrived
      if (stopped) return succeed<Status>('cancelled')
      if (step < steps) await host.breathe?.()
    }
    return succeed<Status>('ok')
  }

  /** Σ ε̇_k p_k from the very series with which work is integrated; at a stop that of the side on which the run stands. */
  const power = (): number => {
    if (smooth === null) return 0
    smooth.course.energyRates(time, slopes)
    return levelSum(slopes, mover.populations())
  }

  const scalars = (): Readonly<Record<string, number>> => ({
    work: jumps + (mover.work?.() ?? 0),
    power: power(),
    ...(mover.coarseGrainingDefect === undefined ? {} : { coarseGrainingDefect: mover.coarseGrainingDefect() }),
    ...(slowness === null ? {} : { slowness: slowness.until(time) }),
  })

  const sample = (side: Side): Sample => ({
    time, side,
    energies: now.energies, strengths: now.strengths,
    populations: mover.populations(), populationRates: mover.populationRates(), conditional: mover.conditional(),
    scalars: scalars(),
  })

  return {
    frame,
    get time() {
      return time
    },
    enter, advance, sample,
    validity: () => (slowness === null || problem.drive === null ? findings() : [...findings(), slownessFinding(slowness.until(time))]),
    checkpoint: () => succeed<InitialState>({ kind: 'conditional', states: mover.checkpoint(), memoryStart }),
    dispose: () => undefined,
  }
}
