import { succeed } from '@mesobath/contracts'
import type { Cancellation, Finding, Frame, Host, Outcome, Problem, Segment, Status, Stepper } from '@mesobath/contracts'
import { levelSum, pauseFor, quenchWork } from '@mesobath/composition'
import type { Setting } from '@mesobath/composition'
import { atOnce } from '@mesobath/kernels'
import { sameSetting, settingAt } from './course.js'
import type { Course } from './course.js'
import type { History } from './history.js'
import { chebyshevPanels } from './panels.js'
import type { SecularMover } from './secular-mover.js'
import { slownessFinding } from './slowness.js'
import type { Slowness } from './slowness.js'
import { tableTolerance } from './tolerances.js'

/** What `prepare` made for a run of the secular equation. */
export interface SecularParts {
  readonly frame: Frame
  readonly problem: Problem
  readonly host: Host
  readonly mover: SecularMover
  /** The setting that the mover holds. */
  readonly held: Setting | null
  /** Holds the segment at hand, nothing else: rates are those of the moment. */
  readonly now: History
  readonly course: Course
  readonly memoryStart: number
  readonly tolerance: number
  readonly slowness: Slowness
  readonly findings: readonly Finding[]
}

/** Walks a mover through the segments of a drive. */
export const secularStepper = (parts: SecularParts): Stepper => {
  const { frame, problem, host, mover, now, course, slowness, tolerance } = parts
  const levels = frame.dimension
  const baths = frame.baths.length
  const duration = problem.times[problem.times.length - 1] - problem.times[0]
  const energies = new Float64Array(levels)
  const strengths = new Float64Array(baths)
  let segment: Segment | null = null
  // Null in a smooth segment.
  let held = parts.held
  let jumps = 0

  const enter = (next: Segment): Outcome<void> => {
    const setting = settingAt(next, next.from, levels, baths)
    // The jump at a split belongs to the run that begins there: only it knows both sides.
    const before = segment === null ? course.before : settingAt(segment, segment.to, levels, baths)
    if (before !== null) jumps += quenchWork(before.energies, setting.energies, mover.populations())
    segment = next
    if (next.constant && held !== null && sameSetting(held, setting)) {
      now.hold(next.from, next.to, held)
      return succeed(undefined)
    }
    mover.leave()
    now.forget()
    held = null
    if (next.constant) {
      now.hold(next.from, next.to, setting)
      held = setting
      return atOnce(mover.enter({ from: next.from, setting, panels: null }))
    }
    const panels = chebyshevPanels(next, levels, baths, 0, tableTolerance(tolerance))
    if (panels._tag === 'Left') return panels
    now.follow(panels.right)
    return atOnce(mover.enter({ from: next.from, setting, panels: panels.right }))
  }

  const advance = async (to: number, signal?: Cancellation): Promise<Outcome<Status>> => {
    if (signal?.aborted === true) return succeed<Status>('cancelled')
    const length = to - mover.time
    return succeed(length > 0 ? await mover.advance(to, (tolerance * length) / duration, pauseFor(host, signal)) : 'ok')
  }

  return {
    frame,
    get time() {
      return mover.time
    },
    enter, advance,
    sample: (side) => {
      const { time } = mover
      const here = segment as Segment
      here.energies(time, energies)
      here.strengths(time, strengths)
      const populations = mover.populations()
      const populationRates = mover.populationRates()
      now.look(time)
      slowness.look(now.slopes, now.strengths)
      return {
        time, side, energies, strengths, populations, populationRates, conditional: mover.conditional(),
        scalars: { work: jumps + mover.work, power: levelSum(now.slopes, populations), coarseGrainingDefect: mover.defect, slowness: slowness.value },
      }
    },
    validity: () => [...parts.findings, slownessFinding(slowness.value, false)],
    checkpoint: () => succeed({ kind: 'conditional', states: mover.checkpoint(), memoryStart: parts.memoryStart }),
    dispose: () => undefined,
  }
}
