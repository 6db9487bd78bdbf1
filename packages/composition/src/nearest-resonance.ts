import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome, Windows } from '@mesobath/contracts'
import { MISMATCH_SNAP } from './internal/axis-rates.js'
import type { PreparedBath } from './prepare-baths.js'
import { ratesIssue } from './internal/rates-issue.js'

/** What becomes of a frequency that falls between two windows: shared by both, or sent to the nearer one. */
export type OffResonance = 'shared' | 'nearest'

/** Whether x is an integer, as well as centres are known. */
const isMultiple = (x: number): boolean => Math.abs(x - Math.round(x)) < MISMATCH_SNAP

/** The common grid of baths, the largest of their window widths. */
export const gridOf = (baths: readonly { readonly windows: Windows }[]): number =>
  baths.reduce((largest, { windows }) => Math.max(largest, windows.width), 0)

/**
 * The same baths with every transition sent to the nearest multiple of their common grid: ω = ε_q − ε_k counts as
 * (round(ε_q/δ) − round(ε_k/δ))·δ where windows are matched to it, so that Σ(round(ε_k/δ)δ + E) p is conserved to the last bits.
 *
 * Level by level, not gap by gap, for only then is it an energy that is conserved; a level halfway between two multiples is sent up.
 * Generators, equilibria and reports made of these baths all follow. δ is the largest window width; the others must divide it.
 *
 * @returns issues `composition/nearest-grid` where a bath's centres are not on the grid, `composition/nearest-line-shape` where a line
 * shape of its own has no resonance to be sent to
 * @equation 32
 */
export const nearestResonance = (baths: readonly PreparedBath[]): Outcome<readonly PreparedBath[]> => {
  const grid = gridOf(baths)
  const issues: Issue[] = []
  for (const { axis, correlation, label, rates, windows } of baths) {
    const path = ['baths', axis, 'bath', 'windows']
    if (correlation.lineShape.kind !== 'flat-window') {
      issues.push(ratesIssue(label, rates, 'nearest-line-shape', 'have the line shape of a flat window where transitions are sent to the nearest resonance', 'has its own'))
    }
    if (!isMultiple(grid / windows.width)) {
      issues.push(issue('composition/nearest-grid', [...path, 'width'],
        `\`${path.join('.')}.width\` must divide the largest window width ${grid} where transitions are sent to the nearest resonance, `
        + `but is ${windows.width}`))
      continue
    }
    const stray = windows.energies.findIndex((energy) => !isMultiple((energy - windows.energies[0]!) / windows.width))
    if (stray >= 0) {
      issues.push(issue('composition/nearest-grid', [...path, 'energies', stray],
        `\`${path.join('.')}.energies.${stray}\` must lie a multiple of the window width ${windows.width} above the lowest one `
        + `(${windows.energies[0]}) where transitions are sent to the nearest resonance, but is ${windows.energies[stray]}`))
    }
  }
  return failIfAny(issues, () => baths.map((bath) => ({ ...bath, resonanceGrid: grid })))
}
