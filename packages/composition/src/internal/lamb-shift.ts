import { succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { exp, flatWindowTransform } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import type { PreparedBath } from '../prepare-baths.js'
import { activeGroups, pairCoefficients } from './active-groups.js'
import type { ActiveGroup } from './active-groups.js'
import { frequencyMismatch } from './axis-rates.js'
import { windowStrengths, windowTransforms } from './pair-tables.js'
import type { FullPlanes } from './pair-tables.js'

/** Im ∫₀^∞ h(τ) e^{−iΩτ} dτ by group and pair of windows; on an even ladder it depends on the difference of indices only. */
const dispersion = (bath: PreparedBath, groups: readonly ActiveGroup[], width: number): ((group: number, to: number, from: number) => number) => {
  const { energies } = bath.windows
  const count = energies.length
  const pair = new Float64Array(2)
  const direct = (group: number, to: number, from: number): number => {
    flatWindowTransform(frequencyMismatch(groups[group]!.resonance, energies[to]!, energies[from]!, width), Infinity, width, pair)
    return pair[1]!
  }
  const step = count > 1 ? (energies[count - 1]! - energies[0]!) / (count - 1) : 0
  const rounding = 8 * Number.EPSILON * Math.max(Math.abs(energies[0] ?? 0), Math.abs(energies[count - 1] ?? 0))
  for (let i = 0; i < count; i += 1) {
    if (Math.abs(energies[i]! - (energies[0]! + i * step)) > rounding) return direct
  }
  const table = groups.map((_, group) => Float64Array.from({ length: 2 * count - 1 }, (_unused, i) =>
    i < count ? direct(group, 0, count - 1 - i) : direct(group, i - count + 1, 0)))
  return (group, to, from) => table[group]![to - from + count - 1]!
}

/** (Γ − Γ†)/2i in place. */
export const dispersivePart = (planes: FullPlanes, couplings: number): void => {
  const block = couplings * couplings
  for (let base = 0; base < planes.re.length; base += block) {
    for (let a = 0; a < couplings; a += 1) {
      for (let b = a; b < couplings; b += 1) {
        const here = base + a * couplings + b
        const there = base + b * couplings + a
        const re = (planes.im[here]! + planes.im[there]!) / 2
        const im = (planes.re[there]! - planes.re[here]!) / 2
        planes.re[here] = re
        planes.re[there] = re
        planes.im[here] = im
        planes.im[there] = -im
      }
    }
  }
}

/** Rows of κ, and frequency groups of pairs of windows, that are summed in one part, some milliseconds. */
const ROWS_PER_PART = 1 << 15

/**
 * Adds λ²·H_LS(E) = −λ² Σ_E' Σ_ω Σ_αα' A^{αα'}(E',E;−ω)/V_E S^{α'†}_ω S^α_ω of one bath to `out` [window, row, column]: every pair of windows
 * takes part, n² of them.
 */
export function* addLambShift(bath: PreparedBath, energies: Vector, strength: number, dimension: number, out: FullPlanes): Parts<Outcome<void>> {
  const { windows, correlation, systemCouplings } = bath
  const count = windows.energies.length
  const couplings = systemCouplings.length
  const block = couplings * couplings
  const groups = activeGroups(bath, energies)
  const { lineShape } = correlation
  const shift = lineShape.kind === 'flat-window' ? dispersion(bath, groups, lineShape.width) : null
  const largestGroup = Math.max(0, ...groups.map((group) => group.pairs.length / 2))
  const re = new Float64Array(largestGroup * largestGroup)
  const im = new Float64Array(largestGroup * largestGroup)
  const to = Int32Array.from({ length: count }, (_, window) => window)
  const from = new Int32Array(count)
  const frequency = new Float64Array(count)
  let summed = 0
  for (let window = 0; window < count; window += 1) {
    summed += count * (1 + groups.length)
    if (summed > ROWS_PER_PART) {
      summed = 0
      yield
    }
    from.fill(window)
    let table: FullPlanes | null = null
    if (shift !== null) {
      const strengths = windowStrengths(bath, to, from)
      if (strengths._tag === 'Left') return strengths
      table = strengths.right
    }
    for (let g = 0; g < groups.length; g += 1) {
      const group = groups[g]!
      const pairs = group.pairs.length / 2
      if (shift === null) {
        frequency.fill(group.resonance)
        const transforms = windowTransforms(bath, to, from, frequency)
        if (transforms._tag === 'Left') return transforms
        table = transforms.right
        dispersivePart(table, couplings)
      }
      for (let target = 0; target < count; target += 1) {
        const dispersive = shift === null ? 1 : shift(g, target, window)
        if (dispersive === 0) continue
        pairCoefficients(group, couplings, table!.re, table!.im, target * block, re, im)
        const halfEntropy = (windows.logVolumes[target]! - windows.logVolumes[window]!) / 2
        const root = exp(halfEntropy / 2)
        const scale = -strength * strength * dispersive
        for (let p = 0; p < pairs; p += 1) {
          for (let r = 0; r < pairs; r += 1) {
            // S^{α'†} S^α joins pairs that share the level they lead to.
            if (group.pairs[2 * p] !== group.pairs[2 * r]) continue
            const coefficientRe = re[p * pairs + r]!
            const coefficientIm = im[p * pairs + r]!
            const at = (window * dimension + group.pairs[2 * r + 1]!) * dimension + group.pairs[2 * p + 1]!
            if (coefficientRe !== 0) out.re[at]! += scale * coefficientRe * root * root
            if (coefficientIm !== 0) out.im[at]! += scale * coefficientIm * root * root
          }
        }
      }
    }
  }
  return succeed(undefined)
}
