import type { Lattice } from '@mesobath/composition'

/** Unknowns that an integrator has besides the state: work along smooth drives, and coarse-graining defect. */
export const BOOK_ENTRIES = 2

/**
 * E − E(0) of every joint window, summed over baths [size]. Origins of energies cancel from Σ(ε_k + E) ∂t p, because Σ ∂t p = 0; without
 * them nothing is lost to rounding.
 */
export const jointEnergies = ({ counts, strides, size, energies }: Lattice): Float64Array => {
  const joint = new Float64Array(size)
  for (let window = 0; window < size; window += 1) {
    for (let axis = 0; axis < counts.length; axis += 1) {
      joint[window] += energies[axis][Math.floor(window / strides[axis]) % counts[axis]] - energies[axis][0]
    }
  }
  return joint
}

/** Σ_k weights_k p(ε_k) of populations [level, window], `size` windows each. */
export const levelSum = (weights: Float64Array, populations: ArrayLike<number>, size: number): number => {
  let sum = 0
  for (let k = 0; k < weights.length; k += 1) {
    if (weights[k] === 0) continue
    let probability = 0
    for (let i = k * size; i < (k + 1) * size; i += 1) probability += populations[i]
    sum += weights[k] * probability
  }
  return sum
}

/** Σ_k (after_k − before_k) p(ε_k): what a quench does to populations [level, window]. @equation 47 */
export const quenchWork = (before: Float64Array, after: Float64Array, populations: ArrayLike<number>): number => {
  const size = populations.length / before.length
  let sum = 0
  for (let k = 0; k < before.length; k += 1) {
    let probability = 0
    for (let i = k * size; i < (k + 1) * size; i += 1) probability += populations[i]
    sum += (after[k] - before[k]) * probability
  }
  return sum
}

/**
 * Writes Σ_k ε̇_k p_k and Σ_{k,E} (ε_k + E) ∂t p from the diagonals of states and of their change by the baths, both [window, k, q].
 *
 * @param out - written at `offset` and after it
 */
export const writeFlows = (
  states: Float64Array, change: Float64Array, energies: Float64Array, slopes: Float64Array, windows: Float64Array, out: Float64Array, offset: number,
): void => {
  const dimension = energies.length
  let power = 0
  let defect = 0
  for (let window = 0; window < windows.length; window += 1) {
    for (let k = 0; k < dimension; k += 1) {
      const at = (window * dimension + k) * dimension + k
      power += slopes[k] * states[at]
      defect += (energies[k] - energies[0] + windows[window]) * change[at]
    }
  }
  out[offset] = power
  out[offset + 1] = defect
}
