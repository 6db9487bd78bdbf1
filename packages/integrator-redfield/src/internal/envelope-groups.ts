import type { PreparedBath } from '@mesobath/composition'
import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'

/** The baths that share one envelope ζ(t): those of one window width. */
export interface EnvelopeGroup {
  readonly width: number
  readonly axes: readonly number[]
}

/** Groups baths by width. Issue `integrator-redfield/no-envelope` for each bath whose rates have no ζ(t). */
export const envelopeGroups = (baths: readonly PreparedBath[]): Outcome<readonly EnvelopeGroup[]> => {
  const issues: Issue[] = []
  const groups = new Map<number, number[]>()
  for (const { axis, correlation: { lineShape }, label, rates } of baths) {
    if (lineShape.kind !== 'flat-window' || !lineShape.finiteTime) {
      issues.push(issue('integrator-redfield/no-envelope', ['rates', label],
        `\`rates.${label}\` must have the line shape of a flat window at finite times, whose rates share one envelope, but that of `
        + `"${rates.name}" has not; take the random-matrix rates (rates-rmt), or the method finite-time-redfield`))
      continue
    }
    const axes = groups.get(lineShape.width)
    if (axes === undefined) groups.set(lineShape.width, [axis])
    else axes.push(axis)
  }
  return failIfAny(issues, () => [...groups].map(([width, axes]) => ({ width, axes })))
}

/** λ_ν of the baths of one group, zero elsewhere: a bath without coupling is invisible to a generator. */
export const groupStrengths = (group: EnvelopeGroup, strengths: Float64Array): Float64Array => {
  const own = new Float64Array(strengths.length)
  for (const axis of group.axes) own[axis] = strengths[axis]
  return own
}
