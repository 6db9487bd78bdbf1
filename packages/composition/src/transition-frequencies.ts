import type { Vector } from '@mesobath/contracts'

/**
 * Two transition frequencies closer than this share of the spectrum's span are one. Level spacings come out of diagonalisations
 * good to about 1e-12 of the span; gaps really different by less than 1e-9 would need runs of 1e9 periods to be told apart.
 */
export const FREQUENCY_GROUPING = 1e-9

/** All pairs of levels with one transition frequency; S_ω = Σ_pairs ⟨k|S|q⟩ |k⟩⟨q| takes ω out of the system. */
export interface FrequencyGroup {
  /** ω = ε_q − ε_k. */
  readonly frequency: number
  /** k0, q0, k1, q1, …: S_ω maps level q to level k. */
  readonly pairs: Int32Array
}

/**
 * The transition frequencies ω = ε_q − ε_k of a system, with the pairs of levels that have them.
 *
 * Groups ascend in ω; the group of −ω holds the exchanged pairs in the same order and exactly the opposite frequency; ω = 0 is
 * exactly 0 and holds all k = q as well as degenerate levels.
 *
 * @param energies - ε_k [d]
 * @equation 14
 */
export const transitionFrequencies = (energies: Vector): readonly FrequencyGroup[] => {
  const dimension = energies.length
  let lowest = Infinity
  let highest = -Infinity
  for (const energy of energies) {
    lowest = Math.min(lowest, energy)
    highest = Math.max(highest, energy)
  }
  // Differences of large numbers carry the rounding of those numbers: a common shift of all energies must not split groups.
  const rounding = 8 * Number.EPSILON * Math.max(Math.abs(lowest), Math.abs(highest))
  const tolerance = FREQUENCY_GROUPING * (highest - lowest) + rounding
  const upward: { readonly k: number; readonly q: number; readonly frequency: number }[] = []
  for (let k = 0; k < dimension; k += 1) {
    for (let q = 0; q < dimension; q += 1) {
      const frequency = energies[q]! - energies[k]!
      if (frequency > 0 || (frequency === 0 && k < q)) upward.push({ k, q, frequency })
    }
  }
  upward.sort((a, b) => a.frequency - b.frequency || a.k - b.k || a.q - b.q)
  const zero: number[] = []
  for (let k = 0; k < dimension; k += 1) zero.push(k, k)
  const positive: FrequencyGroup[] = []
  let members: number[] = []
  let sum = 0
  let last = 0
  let inZero = true
  const close = (): void => {
    if (members.length > 0) positive.push({ frequency: sum / (members.length / 2), pairs: Int32Array.from(members) })
    members = []
    sum = 0
  }
  for (const { k, q, frequency } of upward) {
    if (frequency - last > tolerance) {
      close()
      inZero = false
    }
    last = frequency
    if (inZero) {
      zero.push(k, q, q, k)
    } else {
      members.push(k, q)
      sum += frequency
    }
  }
  close()
  const negative = positive.map((group): FrequencyGroup => {
    const pairs = new Int32Array(group.pairs.length)
    for (let i = 0; i < pairs.length; i += 2) {
      pairs[i] = group.pairs[i + 1]!
      pairs[i + 1] = group.pairs[i]!
    }
    return { frequency: -group.frequency, pairs }
  }).reverse()
  return [...negative, { frequency: 0, pairs: Int32Array.from(zero) }, ...positive]
}
