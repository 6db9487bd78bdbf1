import type { Outcome, Vector } from '@mesobath/contracts'
import { exp, shiftAction, shiftTables, slowestRates } from '@mesobath/kernels'
import { finiteRates } from './bath-transitions.js'
import { connectedComponents } from './connected-components.js'
import type { Components } from './connected-components.js'
import { jointLogVolumes } from './internal/joint-volumes.js'
import { fromPopulationTransitions } from './internal/population-transitions.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/** How slowly each connected component relaxes in the end. */
export interface RelaxationGaps {
  /** Which states [level, window₁ … windowₙ] belong together. */
  readonly components: Components
  /** States of each component. */
  readonly states: Int32Array
  /** Slowest non-zero rate of each component, 1/time; Infinity for a single state, which has nothing to relax. */
  readonly gaps: Float64Array
  /** Bound on the error of each gap. */
  readonly errors: Float64Array
}

/** √(V_E/Σ V) within each component. */
const stationaryVector = ({ component, count }: Components, logVolumes: Vector): Float64Array => {
  const period = logVolumes.length
  const largest = new Float64Array(count).fill(-Infinity)
  for (let i = 0; i < component.length; i += 1) largest[component[i]!] = Math.max(largest[component[i]!]!, logVolumes[i % period]!)
  const root = Float64Array.from(component, (part, i) => exp((logVolumes[i % period]! - largest[part]!) / 2))
  const partition = new Float64Array(count)
  for (let i = 0; i < root.length; i += 1) partition[component[i]!]! += root[i]! * root[i]!
  for (let i = 0; i < root.length; i += 1) root[i] = root[i]! / Math.sqrt(partition[component[i]!]!)
  return root
}

/**
 * The relaxation gap, the slowest non-zero rate, of the rate equation in every connected component: after times beyond 1/gap what is left of
 * a start decays as e^{−gap·t} to the steady state of `equilibrium`.
 *
 * The generator is symmetric in p/√V (local detailed balance, Eq. 33); its largest eigenvalue but the 0 of √V is found by Lanczos' method with
 * √V projected out, on vectors of the size of the lattice.
 *
 * @param lattice - the joint windows
 * @param baths - one entry per bath, in the lattice's order
 * @param energies - ε_k [d]
 * @param strengths - λ_ν [n]
 * @returns the gaps. Issues: `composition/degenerate-levels`, `composition/rate-overflow`, and those of `bathTransitions`
 * @equation 33
 * @equation G8
 */
export const relaxationGaps = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector,
): Outcome<RelaxationGaps> => {
  return fromPopulationTransitions(baths, energies, strengths, finiteRates, (transitions) => {
    const components = connectedComponents(lattice, transitions)
    const symmetric = shiftAction(shiftTables(lattice.dimension, lattice.counts, transitions,
      transitions.map(({ rate, strength }) => ({ gain: strength, loss: rate }))))
    const { errors, rates } = slowestRates({
      dimension: symmetric.dimension, apply: (x, out) => symmetric.apply(x, out), component: components.component, components: components.count,
      stationary: stationaryVector(components, jointLogVolumes(lattice)),
    })
    const states = new Int32Array(components.count)
    for (const part of components.component) states[part]! += 1
    return { components, states, gaps: rates, errors }
  })
}
