import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import type { PreparedBath } from './prepare-baths.js'
import { transitionFrequencies } from './transition-frequencies.js'

const coupled = (bath: PreparedBath, dimension: number, k: number, q: number): boolean => bath.systemCouplings.some((matrix) => {
  const at = k * dimension + q
  return matrix.re[at] !== 0 || (matrix.im !== null && matrix.im[at] !== 0)
})

/** Whether a bath couples two levels to each other or to a common third one: equal energies would let their coherence matter. */
export const areLinked = (baths: readonly PreparedBath[], dimension: number, k: number, q: number): boolean => baths.some((bath) => {
  if (coupled(bath, dimension, k, q)) return true
  for (let j = 0; j < dimension; j += 1) {
    if (coupled(bath, dimension, k, j) && coupled(bath, dimension, q, j)) return true
  }
  return false
})

/**
 * Succeeds where populations alone obey a closed rate equation (Eq. 30): no two levels of equal energy are coupled to each other or to a
 * common third level, so that no coherence between them is ever driven.
 *
 * @returns issue `composition/degenerate-levels` for every pair of levels that needs the full ρ_S(E)
 * @equation 30
 */
export const populationsClose = (baths: readonly PreparedBath[], energies: Vector): Outcome<void> => {
  const dimension = energies.length
  const issues: Issue[] = []
  const zero = transitionFrequencies(energies).find((group) => group.frequency === 0)!
  for (let i = 0; i < zero.pairs.length; i += 2) {
    const k = zero.pairs[i]!
    const q = zero.pairs[i + 1]!
    if (k >= q) continue
    if (!areLinked(baths, dimension, k, q)) continue
    issues.push(issue('composition/degenerate-levels', ['energies', q],
      `\`energies.${q}\` must differ from \`energies.${k}\` for a rate equation of populations, but both are ${energies[k]} and a bath links `
      + 'the two levels; their coherence matters, take the full conditional states'))
  }
  return failIfAny(issues, () => undefined)
}
