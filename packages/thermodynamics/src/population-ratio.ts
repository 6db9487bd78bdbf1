import type { Vector, Windows } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'

/** Two windows whose distance differs from ω by this share of the window width are ω apart. */
const SAME_ENERGY = 1e-9

/** How the equilibrium populations of two levels compare, and what the ends of the bath have to do with it. */
export interface PopulationRatio {
  /** e^{−[S_mic(E+ω) − S_mic(E)]}, averaged over the windows E + ω that the lower level can leave; e^{−ω/T_mic} where T_mic is constant. */
  readonly boltzmann: number
  /** Share of the lower level's probability in windows that cannot give ω. */
  readonly lowerEdge: number
  /** Probability of the upper level in windows that cannot take ω up, over that of the lower level. */
  readonly upperEdge: number
  /** boltzmann·(1 − lowerEdge) + upperEdge; in equilibrium p(ε_k)/p(ε_q). */
  readonly ratio: number
}

/**
 * The ratio of the equilibrium populations of two levels with the correction that a bath with a lowest and a highest window makes,
 * p(ε_k)/p(ε_q) = e^{−ω/T_mic}[1 − Σ_{E − E_min \< ω} p(ε_q,E)/p(ε_q)] + Σ_{E_max − E \< ω} p(ε_k,E)/p(ε_q), ω = ε_k − ε_q \> 0.
 *
 * Without the two sums it is the Gibbs ratio of an unbounded bath; the second belongs to a bath that ends, and both count whatever has
 * no window ω away. It is exact where the transition is resonant, whether T_mic depends on energy or not.
 *
 * @param windows - of the one bath [n]
 * @param populations - p_eq [level, window], as `equilibrium` of `@mesobath/composition` gives it
 * @param energies - ε_k [d]
 * @param upper - k, the level of the larger energy
 * @param lower - q
 * @returns NaN throughout where the lower level holds nothing in a window that could give ω
 * @equation 38
 */
export const equilibriumRatio = (windows: Windows, populations: Vector, energies: Vector, upper: number, lower: number): PopulationRatio => {
  const { energies: centres, logVolumes, width } = windows
  const count = centres.length
  const frequency = energies[upper] - energies[lower]
  const slack = SAME_ENERGY * width
  let below = 0
  let leaving = 0
  let reached = 0
  let stuck = 0
  // Two pointers: centres ascend, and so do their partners.
  let partner = 0
  for (let window = 0; window < count; window++) {
    const target = centres[window] + frequency
    while (partner < count && centres[partner] < target - slack) partner++
    if (partner < count && centres[partner] <= target + slack) {
      const p = populations[lower * count + partner]
      leaving += p
      reached += p * exp(logVolumes[window] - logVolumes[partner])
    } else {
      stuck += populations[upper * count + window]
    }
    below += populations[lower * count + window]
  }
  if (leaving === 0) return { boltzmann: NaN, lowerEdge: NaN, upperEdge: NaN, ratio: NaN }
  const boltzmann = reached / leaving
  const lowerEdge = 1 - leaving / below
  const upperEdge = stuck / below
  return { boltzmann, lowerEdge, upperEdge, ratio: reached / below + upperEdge }
}
