import type { Windows } from '@mesobath/contracts'

/** A level this close below an edge, in units of the width, counts as on it: E + δ/2 is rarely representable. */
export const EDGE_TOLERANCE = 1e-9

/**
 * The index of the window [E − δ/2, E + δ/2) that holds a level, or −1 where none does.
 *
 * A level within 10⁻⁹ δ below an edge counts as on it, and a level on an edge belongs to the upper window.
 */
export const windowOf = (windows: Pick<Windows, 'energies' | 'width'>, level: number): number => {
  const { energies, width } = windows
  const lowerEdge = (index: number): number => (energies[index] as number) - width * (0.5 + EDGE_TOLERANCE)
  let low = -1
  let high = energies.length
  // Invariant: lowerEdge(low) <= level < lowerEdge(high), with −∞ and +∞ beyond the ends.
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (lowerEdge(middle) <= level) low = middle
    else high = middle
  }
  if (low < 0) return -1
  const centre = energies[low] as number
  // Where the next window touches this one its lower edge decides alone: rounding must leave no seam between them.
  const touches = low + 1 < energies.length && (energies[low + 1] as number) - centre <= width * (1 + EDGE_TOLERANCE)
  return touches || level - centre < width * (0.5 - EDGE_TOLERANCE) ? low : -1
}
