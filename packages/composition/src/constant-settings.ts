import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome, Problem } from '@mesobath/contracts'

/** Energies and strengths that hold for a while. */
export interface Setting {
  /** ε_k [d]. */
  readonly energies: Float64Array
  /** λ_ν [n]. */
  readonly strengths: Float64Array
}

/**
 * The different energies and strengths that the segments of a run hold, in the order of their first use; an undriven run has one.
 *
 * @param problem - its drive is walked once over the range of its times
 * @param code - code of the issue where a segment is not constant in time
 */
export const constantSettings = (problem: Problem, code: string): Outcome<readonly Setting[]> => {
  const { baths, drive, times } = problem
  const first = { energies: Float64Array.from(problem.energies), strengths: Float64Array.from(baths, (bath) => bath.strength) }
  if (drive === null) return failIfAny([], () => [first])
  const issues: Issue[] = []
  const settings = new Map<string, Setting>()
  const energies = new Float64Array(first.energies.length)
  const strengths = new Float64Array(first.strengths.length)
  for (const segment of drive.segments(times[0]!, times[times.length - 1]!)) {
    if (!segment.constant) {
      issues.push(issue(code, ['drive'],
        `\`drive\` must hold energies and strengths constant between its stops for this method, but they move from ${segment.from} to ${segment.to}; `
        + 'replace the ramp by steps'))
      break
    }
    segment.energies(segment.from, energies)
    segment.strengths(segment.from, strengths)
    const key = `${energies.join(' ')} ${strengths.join(' ')}`
    if (!settings.has(key)) settings.set(key, { energies: energies.slice(), strengths: strengths.slice() })
  }
  return failIfAny(issues, () => (settings.size === 0 ? [first] : [...settings.values()]))
}
