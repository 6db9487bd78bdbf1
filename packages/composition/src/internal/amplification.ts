import type { Vector } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import type { Components } from '../connected-components.js'

/** Exponents beyond this overflow, and an amplification of that size leaves nothing of a double. */
const LARGEST_EXPONENT = 600

/**
 * How much an error of the symmetrised rate equation can grow in the probabilities of a state, Σ_c √(Z_c Σ_{i∈c} p_i²/V_i)/Σp over the
 * connected components c, Z_c = Σ_{i∈c} V_i: 1 in equilibrium, large where p sits in small volumes. Under the equation it never grows.
 *
 * @param logVolumes - ln V of each state; shorter where they repeat
 */
export const amplification = ({ component, count }: Components, logVolumes: Vector): ((populations: Vector) => number) => {
  const period = logVolumes.length
  const largest = new Float64Array(count).fill(-Infinity)
  const partition = new Float64Array(count)
  for (let i = 0, v = 0; i < component.length; i += 1, v = v + 1 === period ? 0 : v + 1) {
    const part = component[i]!
    if (logVolumes[v]! > largest[part]!) largest[part] = logVolumes[v]!
  }
  for (let i = 0, v = 0; i < component.length; i += 1, v = v + 1 === period ? 0 : v + 1) {
    const part = component[i]!
    partition[part]! += exp(logVolumes[v]! - largest[part]!)
  }
  const squares = new Float64Array(count)
  return (populations) => {
    squares.fill(0)
    let total = 0
    for (let i = 0, v = 0; i < component.length; i += 1, v = v + 1 === period ? 0 : v + 1) {
      const p = populations[i]!
      if (p === 0) continue
      const part = component[i]!
      const exponent = largest[part]! - logVolumes[v]!
      if (exponent > LARGEST_EXPONENT) return Infinity
      squares[part]! += p * p * exp(exponent)
      total += p
    }
    let sum = 0
    for (let part = 0; part < count; part += 1) sum += Math.sqrt(partition[part]! * squares[part]!)
    return total > 0 ? Math.max(1, sum / total) : 1
  }
}
