import type { Vector } from '@mesobath/contracts'
import type { PreparedBath } from '../prepare-baths.js'
import { transitionFrequencies } from '../transition-frequencies.js'
import { resonantGroups } from './resonant-groups.js'
import type { ResonantGroup } from './resonant-groups.js'

/** The part of a frequency group that one bath's system couplings touch, with the elements ⟨k|S^α|q⟩. */
export interface ActiveGroup {
  /** ω, taken out of the system. */
  readonly frequency: number
  /** What ω counts as where windows are matched to it: itself, or the multiple of the bath's grid that it is sent to. */
  readonly resonance: number
  /** Position of the group of −ω, whose pairs are these exchanged, in the same order. */
  readonly mirror: number
  /** k0, q0, k1, q1, … */
  readonly pairs: Int32Array
  /** ⟨k|S^α|q⟩ [α, pair]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Of groups symmetric under ω → −ω the parts in which a bath's couplings have elements, in the same order. */
export const touchedGroups = (bath: PreparedBath, groups: readonly ResonantGroup[], dimension: number): readonly ActiveGroup[] => {
  const couplings = bath.systemCouplings.length
  const touched = (k: number, q: number): boolean => bath.systemCouplings.some((matrix) => {
    const there = k * dimension + q
    const back = q * dimension + k
    return matrix.re[there] !== 0 || matrix.re[back] !== 0 || (matrix.im !== null && (matrix.im[there] !== 0 || matrix.im[back] !== 0))
  })
  const kept: { readonly frequency: number; readonly resonance: number; readonly pairs: readonly number[] }[] = []
  for (const { frequency, pairs, resonance } of groups) {
    const active: number[] = []
    for (let i = 0; i < pairs.length; i += 2) {
      if (touched(pairs[i]!, pairs[i + 1]!)) active.push(pairs[i]!, pairs[i + 1]!)
    }
    if (active.length > 0) kept.push({ frequency, resonance, pairs: active })
  }
  return kept.map(({ frequency, pairs, resonance }, index) => {
    const count = pairs.length / 2
    const re = new Float64Array(couplings * count)
    const im = new Float64Array(couplings * count)
    bath.systemCouplings.forEach((matrix, coupling) => {
      for (let p = 0; p < count; p += 1) {
        const at = pairs[2 * p]! * dimension + pairs[2 * p + 1]!
        re[coupling * count + p] = matrix.re[at]!
        im[coupling * count + p] = matrix.im === null ? 0 : matrix.im[at]!
      }
    })
    return { frequency, resonance, mirror: kept.length - 1 - index, pairs: Int32Array.from(pairs), re, im }
  })
}

/** The frequency groups in which a bath's couplings have elements, ascending in ω and symmetric under ω → −ω. */
export const activeGroups = (bath: PreparedBath, energies: Vector): readonly ActiveGroup[] =>
  touchedGroups(bath, resonantGroups(transitionFrequencies(energies), energies, bath.resonanceGrid), energies.length)

/** Σ_αα' κ^{αα'} ⟨k|S^α|q⟩ conj⟨k|S^{α'}|q⟩ of one pair (k,q) of a group: the real part of what `pairCoefficients` has on its diagonal. */
export const ownCoefficient = (
  group: ActiveGroup, couplings: number, kappaRe: Float64Array, kappaIm: Float64Array, offset: number, pair: number,
): number => {
  const count = group.pairs.length / 2
  let sum = 0
  for (let a = 0; a < couplings; a += 1) {
    const xr = group.re[a * count + pair]!
    const xi = group.im[a * count + pair]!
    for (let b = 0; b < couplings; b += 1) {
      const yr = group.re[b * count + pair]!
      const yi = -group.im[b * count + pair]!
      const at = offset + a * couplings + b
      sum += kappaRe[at]! * (xr * yr - xi * yi) - kappaIm[at]! * (xr * yi + xi * yr)
    }
  }
  return sum
}

/**
 * Writes the m × m coefficients Σ_αα' κ^{αα'} ⟨k|S^α|q⟩ conj⟨k'|S^{α'}|q'⟩ of pairs (k,q), (k',q') of a group, κ [α, α'] beginning at
 * `offset`: the generator's action ρ_qq' → ρ_kk' (diagonal: the W of Eq. C1 over √(V_E V_E')).
 */
export const pairCoefficients = (
  group: ActiveGroup, couplings: number, kappaRe: Float64Array, kappaIm: Float64Array, offset: number, outRe: Float64Array, outIm: Float64Array,
): void => {
  const count = group.pairs.length / 2
  for (let p = 0; p < count; p += 1) {
    for (let r = 0; r < count; r += 1) {
      let sumRe = 0
      let sumIm = 0
      for (let a = 0; a < couplings; a += 1) {
        const xr = group.re[a * count + p]!
        const xi = group.im[a * count + p]!
        for (let b = 0; b < couplings; b += 1) {
          const yr = group.re[b * count + r]!
          const yi = -group.im[b * count + r]!
          const zr = xr * yr - xi * yi
          const zi = xr * yi + xi * yr
          const kr = kappaRe[offset + a * couplings + b]!
          const ki = kappaIm[offset + a * couplings + b]!
          sumRe += kr * zr - ki * zi
          sumIm += kr * zi + ki * zr
        }
      }
      outRe[p * count + r] = sumRe
      outIm[p * count + r] = sumIm
    }
  }
}
