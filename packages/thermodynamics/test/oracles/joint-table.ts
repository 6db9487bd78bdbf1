// Entropies of any axes of a full joint table, by summing it up under textual keys. Shares no code with the packages.

import { jointStates } from './rate-equation.js'
import type { BathSpec } from './rate-equation.js'

/** Axis 0 is the system, axis ν bath ν. */
export type Axis = number

/** −Σ p (ln p − ln V) over the axes kept, V the product of the volumes of the baths among them. */
export const entropyOf = (p: ArrayLike<number>, dimension: number, baths: readonly BathSpec[], axes: readonly Axis[]): number => {
  const sums = new Map<string, { p: number; logVolume: number }>()
  jointStates(dimension, baths).forEach(({ level, windows }, i) => {
    const key = axes.map((axis) => (axis === 0 ? level : windows[axis - 1]!)).join(' ')
    const logVolume = axes.reduce((sum, axis) => sum + (axis === 0 ? 0 : baths[axis - 1]!.logVolumes[windows[axis - 1]!]!), 0)
    sums.set(key, { p: (sums.get(key)?.p ?? 0) + p[i]!, logVolume })
  })
  return [...sums.values()].reduce((sum, { p: each, logVolume }) => sum + (each > 0 ? each * (logVolume - Math.log(each)) : 0), 0)
}

/** Σ E p of one axis, given the energies of its states. */
export const energyOf = (p: ArrayLike<number>, dimension: number, baths: readonly BathSpec[], axis: Axis, energies: ArrayLike<number>): number =>
  jointStates(dimension, baths).reduce((sum, { level, windows }, i) => sum + p[i]! * energies[axis === 0 ? level : windows[axis - 1]!]!, 0)
