import { constantDrive, fail, issue, succeed } from '@mesobath/contracts'
import type { Drive, Outcome, Problem, Segment } from '@mesobath/contracts'
import type { Setting } from '@mesobath/composition'
import { DRIVE_ISSUE } from './panels.js'

/** Everything a drive will ask of a run, read while preparing. */
export interface Course {
  /** The segments that memory finds before the first output time; empty where it begins there. */
  readonly past: readonly Segment[]
  /** Energies and strengths at the end of the past; null where there is none. */
  readonly before: Setting | null
  /** The distinct settings of constant segments: the first one of the run first, those of the past last. */
  readonly settings: readonly Setting[]
  /** Settings met on the way along smooth segments, a few of each; empty where there are none. */
  readonly passing: readonly Setting[]
  /** The smooth segments of past and run. */
  readonly smooth: readonly Segment[]
}

/** Where along a smooth segment its settings are looked at: irregular, so that a period does not meet itself. */
const GLANCES = [0, 0.11, 0.23, 0.37, 0.5, 0.62, 0.77, 0.89, 1] as const

/** A change below this share of the largest value is the rounding of a formula that means none. */
const ROUNDING = 1e-12

export const sameSetting = (a: Setting, b: Setting): boolean =>
  a.energies.every((value, k) => value === b.energies[k]) && a.strengths.every((value, axis) => value === b.strengths[axis])

/** Whether anything jumps from one setting to the next. */
export const isQuench = (a: Setting, b: Setting): boolean => {
  const jumps = (from: Float64Array, to: Float64Array): boolean => {
    let largest = 0
    for (let i = 0; i < from.length; i += 1) largest = Math.max(largest, Math.abs(from[i]), Math.abs(to[i]))
    return from.some((value, i) => Math.abs(to[i] - value) > ROUNDING * largest)
  }
  return jumps(a.energies, b.energies) || jumps(a.strengths, b.strengths)
}

/** A name for a setting, the same for the same numbers. */
export const settingKey = ({ energies, strengths }: Setting): string => `${energies.join(' ')} ${strengths.join(' ')}`

/** Energies and strengths of a segment at a time within it. */
export const settingAt = (segment: Segment, time: number, levels: number, baths: number): Setting => {
  const setting = { energies: new Float64Array(levels), strengths: new Float64Array(baths) }
  segment.energies(time, setting.energies)
  segment.strengths(time, setting.strengths)
  return setting
}

export const driveOf = ({ drive, energies, baths }: Problem): Drive =>
  drive ?? constantDrive(Float64Array.from(energies), Float64Array.from(baths, (each) => each.strength))

const pastOf = (problem: Problem, memoryStart: number): Outcome<readonly Segment[]> => {
  const begin = problem.times[0]
  if (!(memoryStart < begin)) return succeed([])
  const past: Segment[] = []
  for (const segment of driveOf(problem).segments(memoryStart, begin)) {
    past.push(segment)
    if (segment.to >= begin) break
  }
  if (past.length > 0 && past[0].from === memoryStart) return succeed(past)
  return fail(issue(DRIVE_ISSUE, ['drive'],
    `\`drive\` must reach back to ${memoryStart}, where the memory of the continued run begins, but `
    + (past.length === 0 ? 'gives no segment before the run' : `its first segment begins at ${past[0].from}`)))
}

/**
 * Reads a problem's drive from the time at which memory begins to the end of the run. A continued run asks the same drive for
 * what went before it: a protocol is a function of absolute time.
 */
export const surveyCourse = (problem: Problem, memoryStart: number): Outcome<Course> => {
  const past = pastOf(problem, memoryStart)
  if (past._tag === 'Left') return past
  const levels = problem.energies.length
  const baths = problem.baths.length
  const { times } = problem
  const settings = new Map<string, Setting>()
  const passing: Setting[] = []
  const smooth: Segment[] = []
  const read = (segment: Segment): void => {
    if (!segment.constant) {
      smooth.push(segment)
      for (const glance of GLANCES) {
        passing.push(settingAt(segment, glance === 1 ? segment.to : segment.from + glance * (segment.to - segment.from), levels, baths))
      }
      return
    }
    const setting = settingAt(segment, segment.from, levels, baths)
    const key = settingKey(setting)
    if (!settings.has(key)) settings.set(key, setting)
  }
  for (const segment of driveOf(problem).segments(times[0], times[times.length - 1])) {
    read(segment)
    if (segment.to >= times[times.length - 1]) break
  }
  for (const segment of past.right) read(segment)
  const last = past.right.at(-1)
  return succeed({
    past: past.right, smooth, passing, settings: [...settings.values()],
    before: last === undefined ? null : settingAt(last, last.to, levels, baths),
  })
}
