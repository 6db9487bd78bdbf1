import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import { bathTransitions } from './bath-transitions.js'
import type { BathTransitions } from './bath-transitions.js'
import { populationsClose } from './degenerate-levels.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

const rootOf = (parent: Int32Array, node: number): number => {
  let root = node
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]!]!
    root = parent[root]!
  }
  return root
}

const join = (parent: Int32Array, transitions: BathTransitions, windows: number, stride: number, size: number): void => {
  const span = windows * stride
  for (let i = 0; i < transitions.count; i += 1) {
    const source = transitions.fromLevel[i]! * size + transitions.fromWindow[i]! * stride
    const target = transitions.toLevel[i]! * size + transitions.toWindow[i]! * stride
    for (let outer = 0; outer < size; outer += span) {
      for (let inner = outer; inner < outer + stride; inner += 1) {
        const a = rootOf(parent, source + inner)
        const b = rootOf(parent, target + inner)
        if (a !== b) parent[Math.max(a, b)] = Math.min(a, b)
      }
    }
  }
}

/** ln V of every joint window, the sum over baths [size]. */
const jointLogVolumes = ({ counts, logVolumes, size, strides }: Lattice): Float64Array => {
  const joint = new Float64Array(size)
  for (let axis = 0; axis < counts.length; axis += 1) {
    for (let i = 0; i < size; i += 1) joint[i]! += logVolumes[axis]![Math.floor(i / strides[axis]!) % counts[axis]!]!
  }
  return joint
}

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
 */
export const equilibrium = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector, populations: Vector,
): Outcome<Float64Array> => {
  const { counts, dimension, size, strides } = lattice
  const issues: Issue[] = []
  const closed = populationsClose(baths, energies)
  if (closed._tag === 'Left') issues.push(...closed.left)
  const parent = Int32Array.from({ length: dimension * size }, (_, node) => node)
  for (const bath of baths) {
    const transitions = bathTransitions(bath, energies, strengths[bath.axis]!)
    if (transitions._tag === 'Left') issues.push(...transitions.left)
    else join(parent, transitions.right, counts[bath.axis]!, strides[bath.axis]!, size)
  }
  return failIfAny(issues, () => {
    const logVolumes = jointLogVolumes(lattice)
    const nodes = dimension * size
    const largest = new Float64Array(nodes).fill(-Infinity)
    const probability = new Float64Array(nodes)
    const partition = new Float64Array(nodes)
    for (let node = 0; node < nodes; node += 1) {
      const root = rootOf(parent, node)
      parent[node] = root
      probability[root]! += populations[node]!
      largest[root] = Math.max(largest[root]!, logVolumes[node % size]!)
    }
    const steady = new Float64Array(nodes)
    for (let node = 0; node < nodes; node += 1) {
      const root = parent[node]!
      steady[node] = exp(logVolumes[node % size]! - largest[root]!)
      partition[root]! += steady[node]!
    }
    for (let node = 0; node < nodes; node += 1) steady[node]! *= probability[parent[node]!]! / partition[parent[node]!]!
    return steady
  })
}
