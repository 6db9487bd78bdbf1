import type { Lattice, PreparedBath } from '@mesobath/composition'
import { flatWindowTransform } from '@mesobath/kernels'
import type { WindowGaps } from './flat-window-gaps.js'
import { couplingElements } from './coupling-elements.js'
import { addAdjoint, axisFrame, startMeanField, subtractLoss } from './axis-frame.js'
import type { AxisFrame } from './axis-frame.js'
import type { FullPlanes } from './numbers.js'
import { fullPlanes } from './numbers.js'
import type { SteadyGroup } from './steady-groups.js'
import type { WindowPairs } from './window-pairs.js'

/** Pairs of windows of a bath, and their distances. */
export interface CoupledWindows extends WindowPairs {
  readonly gaps: WindowGaps
}

/** The part of a steady group that a bath couples, with Σ_αα' κ^{αα'} S^α conj S^{α'} e^{(S_E − S_E')/2} of every pair of windows. */
interface GroupTable {
  /** k0, q0, … */
  readonly pairs: Int32Array
  /** [window pair, pair, pair]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

interface AxisTables {
  readonly frame: AxisFrame
  readonly bath: PreparedBath
  readonly coupled: CoupledWindows
  readonly width: number
  readonly groups: readonly GroupTable[]
  /** Mean field only where ω = 0: those elements of S. */
  readonly still: ReturnType<typeof couplingElements>
}

/** All of ρ_S(E) under the secular equation for flat windows while the energies move, in the frame that rotates with H_S(t). */
export interface DrivenStates {
  /** out = ∂t ρ for the energies and strengths of a moment; `envelopes` [bath] multiplies rates, not shifts. */
  apply(energies: Float64Array, strengths: Float64Array, envelopes: Float64Array, states: FullPlanes, out: FullPlanes): void
}

const groupTable = (bath: PreparedBath, coupled: WindowPairs, pairs: Int32Array): GroupTable => {
  const { systemCouplings } = bath
  const dimension = systemCouplings[0].rows
  const couplings = systemCouplings.length
  const block = couplings * couplings
  const count = pairs.length / 2
  const re = new Float64Array(coupled.count * count * count)
  const im = new Float64Array(re.length)
  for (let row = 0; row < coupled.count; row += 1) {
    for (let p = 0; p < count; p += 1) {
      for (let r = 0; r < count; r += 1) {
        const x = pairs[2 * p] * dimension + pairs[2 * p + 1]
        const y = pairs[2 * r] * dimension + pairs[2 * r + 1]
        const at = (row * count + p) * count + r
        for (let a = 0; a < couplings; a += 1) {
          for (let b = 0; b < couplings; b += 1) {
            const first = systemCouplings[a]
            const second = systemCouplings[b]
            const xr = first.re[x]
            const xi = first.im?.[x] ?? 0
            const yr = second.re[y]
            const yi = -(second.im?.[y] ?? 0)
            const kr = coupled.strengthRe[row * block + a * couplings + b] * coupled.entropyFactor[row]
            const ki = coupled.strengthIm[row * block + a * couplings + b] * coupled.entropyFactor[row]
            const zr = xr * yr - xi * yi
            const zi = xr * yi + xi * yr
            re[at] += kr * zr - ki * zi
            im[at] += kr * zi + ki * zr
          }
        }
      }
    }
  }
  return { pairs, re, im }
}

const axisTables = (lattice: Lattice, bath: PreparedBath, width: number, coupled: CoupledWindows, groups: readonly SteadyGroup[]): AxisTables => {
  const { dimension } = lattice
  const touched = (k: number, q: number): boolean => bath.systemCouplings.some(({ re, im }) =>
    re[k * dimension + q] !== 0 || (im !== null && im[k * dimension + q] !== 0))
  const stillPairs = new Set<number>()
  const tables: GroupTable[] = []
  for (const { pairs, still } of groups) {
    const kept: number[] = []
    for (let i = 0; i < pairs.length; i += 2) {
      if (still) stillPairs.add(pairs[i] * dimension + pairs[i + 1])
      if (touched(pairs[i], pairs[i + 1])) kept.push(pairs[i], pairs[i + 1])
    }
    if (kept.length > 0) tables.push(groupTable(bath, coupled, Int32Array.from(kept)))
  }
  const kept = (plane: Readonly<Float64Array>): Float64Array => plane.map((value, at) => (stillPairs.has(at) ? value : 0)) as Float64Array
  const resting = bath.systemCouplings.map((each) => ({ ...each, re: kept(each.re), im: each.im === null ? null : kept(each.im) }))
  const still = couplingElements(resting, dimension)
  return {
    frame: axisFrame(lattice, bath), bath, coupled, width, groups: tables, still,
  }
}

/** Adds the jumps and losses of one group; Hermitian parts are halved, the adjoint follows. */
const addGroup = (
  axis: AxisTables, table: GroupTable, dimension: number, frequency: number, strength: number, envelope: number, transforms: FullPlanes,
  pair: Float64Array, states: FullPlanes, out: FullPlanes,
): void => {
  const { coupled, frame: { loss, others, rest, stride }, width } = axis
  const { gaps } = coupled
  const { pairs, re, im } = table
  const count = pairs.length / 2
  const block = dimension * dimension
  for (let gap = 0; gap < gaps.values.length; gap += 1) {
    flatWindowTransform(frequency + gaps.values[gap], Infinity, width, pair)
    transforms.re[gap] = pair[0]
    transforms.im[gap] = pair[1]
  }
  const squared = strength * strength
  for (let row = 0; row < coupled.count; row += 1) {
    // ½ × rate × ζ, and the shift, of a coefficient one.
    const half = squared * envelope * transforms.re[gaps.index[row]]
    const shift = squared * transforms.im[gaps.index[row]]
    if (half === 0 && shift === 0) continue
    const from = coupled.from[row]
    const to = coupled.to[row]
    for (let p = 0; p < count; p += 1) {
      for (let r = 0; r < count; r += 1) {
        const x = re[(row * count + p) * count + r]
        const y = im[(row * count + p) * count + r]
        if (pairs[2 * p] === pairs[2 * r]) {
          const at = from * block + pairs[2 * p + 1] * dimension + pairs[2 * r + 1]
          loss.re[at] += x * half + y * shift
          loss.im[at] += x * shift - y * half
        }
        if (half === 0) continue
        const target = pairs[2 * p] * dimension + pairs[2 * r]
        const source = pairs[2 * p + 1] * dimension + pairs[2 * r + 1]
        for (let other = 0; other < rest; other += 1) {
          const here = (others[other] + to * stride) * block + target
          const there = (others[other] + from * stride) * block + source
          out.re[here] += half * (x * states.re[there] - y * states.im[there])
          out.im[here] += half * (x * states.im[there] + y * states.re[there])
        }
      }
    }
  }
}

/**
 * The secular equation with rates κ(1 − |Ω|/δ)ζ and the Lamb shift of every pair of windows, Ω(t) = ω(t) + E' − E, refreshed at every time:
 * continuous where a transition crosses from one window to the next.
 *
 * @param coupled - pairs of windows of each bath
 * @param groups - the pairs of levels that keep one frequency all along
 */
export const drivenStates = (
  lattice: Lattice, baths: readonly PreparedBath[], widths: readonly number[], coupled: readonly CoupledWindows[], groups: readonly SteadyGroup[],
): DrivenStates => {
  const { dimension, size } = lattice
  const axes = baths.map((bath, i) => axisTables(lattice, bath, widths[i], coupled[i], groups))
  const transforms = fullPlanes(Math.max(0, ...axes.map(({ coupled: { gaps } }) => gaps.values.length)))
  const pair = new Float64Array(2)
  return {
    apply: (energies, strengths, envelopes, states, out) => {
      out.re.fill(0)
      out.im.fill(0)
      for (let i = 0; i < axes.length; i += 1) {
        const axis = axes[i]
        const strength = strengths[axis.bath.axis]
        if (strength === 0) continue
        startMeanField(axis.frame, axis.still, axis.bath.meanCouplings, strength, dimension)
        for (let g = 0; g < axis.groups.length; g += 1) {
          const { pairs } = axis.groups[g]
          const frequency = energies[pairs[1]] - energies[pairs[0]]
          addGroup(axis, axis.groups[g], dimension, frequency, strength, envelopes[axis.bath.axis], transforms, pair, states, out)
        }
        subtractLoss(axis.frame, dimension, states, out)
      }
      addAdjoint(out, size, dimension)
    },
  }
}
