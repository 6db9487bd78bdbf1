import { succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import { connectedComponents } from './connected-components.js'
import { jointLogVolumes } from './internal/joint-volumes.js'
import { fromPopulationTransitions } from './internal/population-transitions.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/**
 * The steady state that a start p(0) reaches: within every connected component of the graph of jumps, probability stays and spreads
 * as V_E, p_eq(ε_k,E) = P(component)·V_E/Σ V. On resonance a component lies in one energy shell E_tot; off-resonant jumps join shells.
 *
 * @param lattice - the joint windows
 * @param baths - one entry per bath, in the lattice's order
 * @param energies - ε_k [d]
 * @param strengths - λ_ν [n]; only whether they are 0 matters
 * @param populations - p(0) [level, window₁ … windowₙ]
 * @returns p_eq in the same layout. Issues: `composition/degenerate-levels`, and those of `bathTransitions`
 * @equation 34
 * @equation 35
 * @equation 36
 * @equation G11
 */
export const equilibrium = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector, populations: Vector,
): Outcome<Float64Array> => {
  const { dimension, size } = lattice
  return fromPopulationTransitions(baths, energies, strengths, (_bath, jumps) => succeed(jumps), (transitions) => {
    const { component, count } = connectedComponents(lattice, transitions)
    const logVolumes = jointLogVolumes(lattice)
    const largest = new Float64Array(count).fill(-Infinity)
    const probability = new Float64Array(count)
    const partition = new Float64Array(count)
    const nodes = dimension * size
    for (let node = 0; node < nodes; node += 1) {
      const part = component[node]!
      probability[part]! += populations[node]!
      largest[part] = Math.max(largest[part]!, logVolumes[node % size]!)
    }
    const steady = new Float64Array(nodes)
    for (let node = 0; node < nodes; node += 1) {
      const part = component[node]!
      steady[node] = exp(logVolumes[node % size]! - largest[part]!)
      partition[part]! += steady[node]!
    }
    for (let node = 0; node < nodes; node += 1) steady[node]! *= probability[component[node]!]! / partition[component[node]!]!
    return steady
  })
}
