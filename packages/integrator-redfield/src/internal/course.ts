import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Problem, Segment } from '@mesobath/contracts'
import { constantSettings } from '@mesobath/composition'
import type { Setting } from '@mesobath/composition'

/** The code of every issue with a drive. */
export const DRIVE_ISSUE = 'integrator-redfield/drive'

/** A stretch of the time that memory reaches back to before the run begins. */
export interface PastStretch {
  readonly from: number
  readonly setting: Setting
}

/** Everything a drive will ask of a run, read while preparing. */
export interface Course {
  /** What memory finds before the first output time; empty where it begins there. */
  readonly past: readonly PastStretch[]
  /** The distinct settings of the past, then those of the run. */
  readonly settings: readonly Setting[]
}

export const sameSetting = (a: Setting, b: Setting): boolean =>
  a.energies.every((value, k) => value === b.energies[k]) && a.strengths.every((value, axis) => value === b.strengths[axis])

/** The setting of a constant segment. Issue: `integrator-redfield/drive` where it is not constant. */
export const settingOf = (segment: Segment, levels: number, baths: number): Outcome<Setting> => {
  if (!segment.constant) {
    return fail(issue(DRIVE_ISSUE, ['drive'],
      `\`drive\` must hold energies and strengths constant between its stops for this method, but they move from ${segment.from} to ${segment.to}; `
      + 'replace the ramp by steps'))
  }
  const setting = { energies: new Float64Array(levels), strengths: new Float64Array(baths) }
  segment.energies(segment.from, setting.energies)
  segment.strengths(segment.from, setting.strengths)
  return succeed(setting)
}

const pastOf = (problem: Problem, memoryStart: number): Outcome<readonly PastStretch[]> => {
  const { times, drive, energies, baths } = problem
  if (!(memoryStart < times[0])) return succeed([])
  if (drive === null) {
    const setting = { energies: Float64Array.from(energies), strengths: Float64Array.from(baths, (each) => each.strength) }
    return succeed([{ from: memoryStart, setting }])
  }
  const past: PastStretch[] = []
  for (const segment of drive.segments(memoryStart, times[0])) {
    const setting = settingOf(segment, energies.length, baths.length)
    if (setting._tag === 'Left') return setting
    past.push({ from: segment.from, setting: setting.right })
    if (segment.to >= times[0]) break
  }
  if (past.length === 0 || past[0].from !== memoryStart) {
    return fail(issue(DRIVE_ISSUE, ['drive'],
      `\`drive\` must reach back to ${memoryStart}, where the memory of the continued run begins, but `
      + (past.length === 0 ? 'gives no segment before the run' : `its first segment begins at ${past[0].from}`)))
  }
  return succeed(past)
}

/**
 * Reads a problem's drive from the time at which memory begins to the end of the run. A continued run asks the same drive for
 * what went before it: a protocol is a function of absolute time.
 */
export const surveyCourse = (problem: Problem, memoryStart: number): Outcome<Course> => {
  const past = pastOf(problem, memoryStart)
  if (past._tag === 'Left') return past
  const run = constantSettings(problem, DRIVE_ISSUE)
  if (run._tag === 'Left') return run
  const settings: Setting[] = [...run.right]
  for (const { setting } of past.right) if (!settings.some((each) => sameSetting(each, setting))) settings.push(setting)
  return succeed({ past: past.right, settings })
}
