import type { Vector } from '@mesobath/contracts'
import type { ActiveGroup } from './active-groups.js'

/** ω of a group at the moment: exactly 0 where it is its own mirror, or that of its first pair. */
export const frequencyNow = (group: ActiveGroup, index: number, energies: Vector): number =>
  (group.mirror === index ? 0 : energies[group.pairs[1]!]! - energies[group.pairs[0]!]!)
