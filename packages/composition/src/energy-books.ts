import type { Vector } from '@mesobath/contracts'
import type { BathTransitions } from './bath-transitions.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/** Energies that add up to less than this many units in the last place of the largest of them add up to nothing. */
const ENERGY_ROUNDING = 8 * Number.EPSILON

/** (ε_k + E) − (ε_q + E'), 0 where that is rounding. */
export const energyGained = (toLevel: number, fromLevel: number, toWindow: number, fromWindow: number): number => {
  const gained = (toLevel - fromLevel) + (toWindow - fromWindow)
  const largest = Math.max(Math.abs(toLevel), Math.abs(fromLevel), Math.abs(toWindow), Math.abs(fromWindow))
  return Math.abs(gained) <= ENERGY_ROUNDING * largest ? 0 : gained
}

/** Σ_k weights_k p(ε_k) of populations [level, window₁ … windowₙ]; with ε̇_k the power of smooth driving. @equation 47 */
export const levelSum = (weights: Vector, populations: Vector): number => {
  const size = populations.length / weights.length
  let sum = 0
  for (let k = 0; k < weights.length; k += 1) {
    if (weights[k] === 0) continue
    let probability = 0
    for (let i = k * size; i < (k + 1) * size; i += 1) probability += populations[i]!
    sum += weights[k]! * probability
  }
  return sum
}

/** Σ_k (after_k − before_k) p(ε_k): the work that a quench does at an instant. @equation 47 */
export const quenchWork = (before: Vector, after: Vector, populations: Vector): number => {
  const size = populations.length / before.length
  let sum = 0
  for (let k = 0; k < before.length; k += 1) {
    if (after[k] === before[k]) continue
    let probability = 0
    for (let i = k * size; i < (k + 1) * size; i += 1) probability += populations[i]!
    sum += (after[k]! - before[k]!) * probability
  }
  return sum
}

/**
 * Σ(ε_k + E) ∂t p of a change of conditional states [window, k, q]; probability is conserved, so energies count from the lowest of them.
 *
 * @param windowEnergies - Σ_ν E_ν of each joint window [size]
 */
export const energyGain = (change: Vector, energies: Vector, windowEnergies: Vector): number => {
  const levels = energies.length
  const block = levels * levels
  let gain = 0
  for (let joint = 0; joint < windowEnergies.length; joint += 1) {
    for (let k = 0; k < levels; k += 1) gain += (energies[k]! - energies[0]! + windowEnergies[joint]!) * change[joint * block + k * (levels + 1)]!
  }
  return gain
}

/**
 * The energy that counts as one beside probabilities, where errors of both are bounded together: the span of the levels, but not less than
 * the width of a window, by which a jump may miss.
 */
export const energyScale = (baths: readonly PreparedBath[], energies: Vector): number => {
  const high = energies.reduce((largest, x) => Math.max(largest, x), -Infinity)
  const low = energies.reduce((least, x) => Math.min(least, x), Infinity)
  return baths.reduce((scale, { windows }) => Math.max(scale, windows.width), high - low)
}

/** Σ_ν E_ν of every joint window, counted from the lowest [size]. */
export const jointEnergies = ({ counts, energies, size, strides }: Lattice): Float64Array => {
  const joint = new Float64Array(size)
  for (let axis = 0; axis < counts.length; axis += 1) {
    for (let i = 0; i < size; i += 1) joint[i]! += energies[axis]![Math.floor(i / strides[axis]!) % counts[axis]!]! - energies[axis]![0]!
  }
  return joint
}

/**
 * f with Σ(ε_k + E) ∂t p = Σ f p: what the jumps out of each state do not conserve, 0 on resonance [level, window₁ … windowₙ];
 * null where it is 0 everywhere.
 */
export const unconservedEnergy = (lattice: Lattice, transitions: readonly BathTransitions[], energies: Vector): Float64Array | null => {
  const { counts, dimension, size, strides } = lattice
  let gained: Float64Array | null = null
  transitions.forEach(({ count, fromLevel, fromWindow, rate, toLevel, toWindow }, axis) => {
    const centres = lattice.energies[axis]!
    const stride = strides[axis]!
    const span = counts[axis]! * stride
    for (let i = 0; i < count; i += 1) {
      const energy = energyGained(energies[toLevel[i]!]!, energies[fromLevel[i]!]!, centres[toWindow[i]!]!, centres[fromWindow[i]!]!)
      if (energy === 0) continue
      gained ??= new Float64Array(dimension * size)
      const source = fromLevel[i]! * size + fromWindow[i]! * stride
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = outer; inner < outer + stride; inner += 1) gained[source + inner]! += rate[i]! * energy
      }
    }
  })
  return gained
}
