import type { Vector } from '@mesobath/contracts'
import type { FrequencyGroup } from '../transition-frequencies.js'

/** A frequency group with what its ω counts as where windows are matched to it. */
export interface ResonantGroup extends FrequencyGroup {
  readonly resonance: number
}

/** Multiple of the grid nearest to each level [d]; levels of one energy share that of the first of them. */
export const nearestMultiples = (energies: Vector, zeroPairs: Int32Array, grid: number): Int32Array => {
  const multiples = Int32Array.from(energies, (energy) => Math.round(energy / grid))
  for (let i = 0; i < zeroPairs.length; i += 2) {
    const first = Math.min(zeroPairs[i]!, zeroPairs[i + 1]!)
    const second = Math.max(zeroPairs[i]!, zeroPairs[i + 1]!)
    multiples[second] = multiples[first]!
  }
  return multiples
}

/** Groups of one ω each, split where the levels' multiples differ: pairs that lead to different windows share no jump operator. */
export const splitByMultiples = (groups: readonly FrequencyGroup[], multiples: Int32Array, grid: number): readonly ResonantGroup[] =>
  groups.flatMap(({ frequency, pairs }): readonly ResonantGroup[] => {
    const parts = new Map<number, number[]>()
    for (let i = 0; i < pairs.length; i += 2) {
      const steps = multiples[pairs[i + 1]!]! - multiples[pairs[i]!]!
      const part = parts.get(steps) ?? []
      part.push(pairs[i]!, pairs[i + 1]!)
      parts.set(steps, part)
    }
    // Ascending, so that the order stays symmetric under ω → −ω.
    return [...parts.entries()].sort((a, b) => a[0] - b[0])
      .map(([steps, part]) => ({ frequency, resonance: steps * grid, pairs: Int32Array.from(part) }))
  })

/** Every ω as it is, or sent to the nearest multiple of a grid: the difference of what its levels are sent to. */
export const resonantGroups = (groups: readonly FrequencyGroup[], energies: Vector, grid: number | undefined): readonly ResonantGroup[] => {
  if (grid === undefined) return groups.map((group) => ({ ...group, resonance: group.frequency }))
  const zeroPairs = groups.find((group) => group.frequency === 0)!.pairs
  return splitByMultiples(groups, nearestMultiples(energies, zeroPairs, grid), grid)
}
