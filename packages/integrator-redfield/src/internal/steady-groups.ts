import { FREQUENCY_GROUPING } from '@mesobath/composition'
import { differenceRounding } from './numbers.js'
import { PANEL_NODES } from './panels.js'
import type { Panel } from './panels.js'

/** Pairs of levels whose frequencies ω = ε_q − ε_k are one all along a smooth segment. */
export interface SteadyGroup {
  /** k0, q0, k1, q1, … */
  readonly pairs: Int32Array
  /** Whether ω = 0 throughout. */
  readonly still: boolean
}

/**
 * The frequencies that stay together while the energies move. Two that only cross are apart but for an instant, in which nothing happens:
 * the secular equation keeps the coherences of the former and drops those of the latter.
 */
export const steadyGroups = (panels: readonly Panel[], dimension: number): readonly SteadyGroup[] => {
  let span = 0
  let rounding = 0
  for (const { energies, spread } of panels) {
    span = Math.max(span, spread)
    rounding = Math.max(rounding, differenceRounding(energies))
  }
  const tolerance = FREQUENCY_GROUPING * span + PANEL_NODES * rounding
  /** Whether ε_q − ε_k and ε_s − ε_r have one series on every panel. */
  const together = (k: number, q: number, r: number, s: number): boolean => panels.every(({ energies }) => {
    let difference = 0
    for (let c = 0; c < PANEL_NODES; c += 1) {
      const [upper, lower] = [energies[q * PANEL_NODES + c], energies[k * PANEL_NODES + c]]
      difference += Math.abs(upper - lower - energies[s * PANEL_NODES + c] + energies[r * PANEL_NODES + c])
    }
    return difference <= tolerance
  })
  const groups: number[][] = []
  for (let k = 0; k < dimension; k += 1) {
    for (let q = 0; q < dimension; q += 1) {
      const group = groups.find((members) => together(k, q, members[0], members[1]))
      if (group === undefined) groups.push([k, q])
      else group.push(k, q)
    }
  }
  return groups.map((members) => ({ pairs: Int32Array.from(members), still: together(members[0], members[1], 0, 0) }))
}

/** Levels that are degenerate all along get the same number: energies by which it can be asked whether populations close. */
export const steadyLevels = (groups: readonly SteadyGroup[], dimension: number): Float64Array => {
  const levels = Float64Array.from({ length: dimension }, (_, k) => k)
  for (const { pairs, still } of groups) {
    if (!still) continue
    for (let i = 0; i < pairs.length; i += 2) {
      const lower = Math.min(levels[pairs[i]], levels[pairs[i + 1]])
      levels[pairs[i]] = lower
      levels[pairs[i + 1]] = lower
    }
  }
  return levels
}
