import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Problem, Segment } from '@mesobath/contracts'
import { chebyshevPanels } from '@mesobath/kernels'
import type { ChebyshevPanels } from '@mesobath/kernels'

/** A drive may go on for ever, and so may its faults. */
const MOST_ISSUES = 16

const driveFault = (message: string): Issue => issue('integrator-exact/drive', ['drive'], `\`drive\` must ${message}`)

const nameOf = (component: number, dimension: number): string =>
  component < dimension ? `the energy of level ${component}` : `the strength of bath ${component - dimension}`

/**
 * ε_k(t) and λ_ν(t) of a smooth segment as series [level …, bath …], at the ends the limits from inside; asks for nothing beyond them.
 *
 * Issue `integrator-exact/drive`: a number that is none, a jump that is no stop, λ < 0.
 */
export const segmentSeries = (segment: Segment, dimension: number, baths: number): Outcome<ChebyshevPanels> => {
  const strengths = new Float64Array(baths)
  let negative: string | null = null
  const evaluate = (time: number, out: Float64Array): void => {
    segment.energies(time, out.subarray(0, dimension))
    segment.strengths(time, strengths)
    out.set(strengths, dimension)
    const bath = negative === null ? strengths.findIndex((strength) => strength < 0) : -1
    if (bath >= 0) negative = `${nameOf(dimension + bath, dimension)} is ${strengths[bath]} at time ${time}`
  }
  const series = chebyshevPanels(evaluate, dimension + baths, segment.from, segment.to)
  if ('kind' in series) {
    const what = nameOf(series.component, dimension)
    return fail(driveFault(series.kind === 'not-finite' ? `give finite numbers at every time, but ${what} is none at time ${series.time}`
      : `be smooth between its stops, but ${what} has a jump or structure too fine to follow at about time ${series.time} (segment from ${segment.from} to `
        + `${segment.to}); declare a stop at every jump`))
  }
  return negative === null ? succeed(series) : fail(driveFault(`give strengths λ ≥ 0, but ${String(negative)}`))
}

/** The faults of all smooth segments of a run, told before anything is computed. */
export const checkDrive = ({ baths, drive, energies, times }: Problem): Outcome<void> => {
  const issues: Issue[] = []
  const end = times[times.length - 1]!
  for (const segment of drive?.segments(times[0]!, end) ?? []) {
    if (!segment.constant) {
      const series = segmentSeries(segment, energies.length, baths.length)
      if (series._tag === 'Left') issues.push(...series.left)
    }
    if (segment.to >= end || issues.length >= MOST_ISSUES) break
  }
  return failIfAny(issues, () => undefined)
}
