import { succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import type { PreparedBath } from '../prepare-baths.js'
import { activeGroups } from './active-groups.js'
import type { ActiveGroup } from './active-groups.js'
import { windowStrengths, windowTransforms } from './pair-tables.js'
import type { FullPlanes } from './pair-tables.js'
import { kappaFault } from './rates-issue.js'

/** A mismatch below this share of the window width is none: centres and levels are known no better than that. */
export const MISMATCH_SNAP = 1e-9

/**
 * Every open jump of one bath at λ = 1, one row per frequency group and ordered pair of windows.
 *
 * Rows are canonical: `to` > `from`, or `to` = `from` with ω ≥ 0 (group ≥ its mirror); the reverse jump (`from` ← `to`, group `mirror`)
 * has the conjugate κ.
 */
export interface AxisRates {
  readonly groups: readonly ActiveGroup[]
  readonly count: number
  readonly group: Int32Array
  readonly to: Int32Array
  readonly from: Int32Array
  /** Ω = ω + E' − E, what the bath window misses of the energy that the system gives. */
  readonly mismatch: Float64Array
  /** Share of the transition that this row carries; 1 on resonance and for own line shapes. */
  readonly weight: Float64Array
  readonly couplings: number
  /** γ^{αα'}(E,E';−ω)/√(V_E V_E'), the weight included [row, α, α']. */
  readonly kappa: FullPlanes
}

/** Whether a row stands for two jumps, its own and the reverse one; the other rows are their own reverse. */
export const hasReverse = (rates: AxisRates, row: number): boolean =>
  rates.to[row]! !== rates.from[row]! || rates.groups[rates.group[row]!]!.mirror !== rates.group[row]!

/** Ω = ω + (E' − E), snapped to 0; exchanging windows and the sign of ω changes its sign to the last bit. */
export const frequencyMismatch = (frequency: number, toEnergy: number, fromEnergy: number, width: number): number => {
  const mismatch = frequency + (fromEnergy - toEnergy)
  return Math.abs(mismatch) < MISMATCH_SNAP * width ? 0 : mismatch
}

/** First index with energies[index] ≥ value. */
export const lowerBound = (energies: Vector, value: number): number => {
  let low = 0
  let high = energies.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (energies[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

interface Rows {
  readonly group: number[]
  readonly to: number[]
  readonly from: number[]
  readonly mismatch: number[]
}

const flatRows = (bath: PreparedBath, groups: readonly ActiveGroup[], width: number): Rows => {
  const { energies } = bath.windows
  const rows: Rows = { group: [], to: [], from: [], mismatch: [] }
  groups.forEach(({ mirror, resonance }, group) => {
    for (let from = 0; from < energies.length; from += 1) {
      const centre = energies[from]! + resonance
      for (let to = Math.max(from, lowerBound(energies, centre - width * (1 + MISMATCH_SNAP))); to < energies.length; to += 1) {
        if (energies[to]! > centre + width * (1 + MISMATCH_SNAP)) break
        if (to === from && group < mirror) continue
        const mismatch = frequencyMismatch(resonance, energies[to]!, energies[from]!, width)
        if (Math.abs(mismatch) >= width) continue
        rows.group.push(group)
        rows.to.push(to)
        rows.from.push(from)
        rows.mismatch.push(mismatch)
      }
    }
  })
  return rows
}

const allRows = (bath: PreparedBath, groups: readonly ActiveGroup[]): Rows => {
  const { energies, width } = bath.windows
  const rows: Rows = { group: [], to: [], from: [], mismatch: [] }
  groups.forEach(({ mirror, resonance }, group) => {
    for (let from = 0; from < energies.length; from += 1) {
      for (let to = from; to < energies.length; to += 1) {
        if (to === from && group < mirror) continue
        rows.group.push(group)
        rows.to.push(to)
        rows.from.push(from)
        rows.mismatch.push(frequencyMismatch(resonance, energies[to]!, energies[from]!, width))
      }
    }
  })
  return rows
}

/** Γ + Γ† in place. */
export const addAdjoint = (planes: FullPlanes, couplings: number): void => {
  const block = couplings * couplings
  for (let base = 0; base < planes.re.length; base += block) {
    for (let a = 0; a < couplings; a += 1) {
      for (let b = a; b < couplings; b += 1) {
        const here = base + a * couplings + b
        const there = base + b * couplings + a
        const re = planes.re[here]! + planes.re[there]!
        const im = planes.im[here]! - planes.im[there]!
        planes.re[here] = re
        planes.re[there] = re
        planes.im[here] = im
        planes.im[there] = -im
      }
    }
  }
}

/**
 * The jumps that a bath opens to a system of energies ε_k: two neighbouring windows share an off-resonant frequency with triangular
 * weights 1 − |Ω|/δ (flat window), or the model's own transform at t = ∞ decides.
 *
 * Issues: `composition/no-markov-limit`, `composition/rates-not-positive`, and those of the checked correlation function.
 */
export const axisRates = (bath: PreparedBath, energies: Vector): Outcome<AxisRates> => {
  const groups = activeGroups(bath, energies)
  const { lineShape } = bath.correlation
  const couplings = bath.systemCouplings.length
  const block = couplings * couplings
  const rows = lineShape.kind === 'flat-window' ? flatRows(bath, groups, lineShape.width) : allRows(bath, groups)
  const to = Int32Array.from(rows.to)
  const from = Int32Array.from(rows.from)
  const group = Int32Array.from(rows.group)
  const mismatch = Float64Array.from(rows.mismatch)
  const weight = new Float64Array(to.length).fill(1)
  const frequency = Float64Array.from(group, (each) => groups[each]!.frequency)
  const strengths = lineShape.kind === 'flat-window' ? windowStrengths(bath, to, from, frequency) : windowTransforms(bath, to, from, frequency)
  if (strengths._tag === 'Left') return strengths
  const kappa = strengths.right
  if (lineShape.kind === 'flat-window') {
    for (let row = 0; row < to.length; row += 1) {
      weight[row] = 1 - Math.abs(mismatch[row]!) / lineShape.width
      for (let i = row * block; i < (row + 1) * block; i += 1) {
        kappa.re[i] = kappa.re[i]! * weight[row]!
        kappa.im[i] = kappa.im[i]! * weight[row]!
      }
    }
  } else {
    addAdjoint(kappa, couplings)
    const violation = kappaFault(bath.label, bath.rates, couplings, { to, from }, kappa)
    if (violation !== null) return violation
  }
  return succeed({ groups, count: to.length, group, to, from, mismatch, weight, couplings, kappa })
}
