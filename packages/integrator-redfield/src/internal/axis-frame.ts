import type { Vector } from '@mesobath/contracts'
import type { Lattice, PreparedBath } from '@mesobath/composition'
import type { CouplingElements } from './coupling-elements.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** One bath's axis of the lattice of joint windows, and what leaves each of its windows. */
export interface AxisFrame {
  readonly windows: number
  /** Distance of neighbouring windows in the joint index, and the number of joint windows that share one window of this bath. */
  readonly stride: number
  readonly rest: number
  /** Joint index of the r-th combination of the other baths' windows, this bath in window 0 [rest]. */
  readonly others: Int32Array
  /** What ρ(E) loses, out −= ρ(E) loss(E) + h.c., shifts of the levels included [window, d²]. */
  readonly loss: FullPlanes
}

export const axisFrame = (lattice: Lattice, { axis }: Pick<PreparedBath, 'axis'>): AxisFrame => {
  const windows = lattice.counts[axis]
  const stride = lattice.strides[axis]
  const rest = lattice.size / windows
  const others = new Int32Array(rest)
  for (let r = 0; r < rest; r += 1) others[r] = Math.floor(r / stride) * windows * stride + (r % stride)
  return { windows, stride, rest, others, loss: fullPlanes(windows * lattice.dimension * lattice.dimension) }
}

/** Sets the loss of every window to −iδH(E) = −iλ Σ_α ⟨B^α⟩_E S^α of the elements given. */
export const startMeanField = (
  { windows, loss }: AxisFrame, elements: CouplingElements, means: readonly Vector[], strength: number, dimension: number,
): void => {
  const block = dimension * dimension
  loss.re.fill(0)
  loss.im.fill(0)
  for (let window = 0; window < windows; window += 1) {
    for (let a = 0; a < elements.couplings; a += 1) {
      const mean = strength * means[a][window]
      if (mean === 0) continue
      for (let element = 0; element < elements.count; element += 1) {
        const at = window * block + elements.row[element] * dimension + elements.column[element]
        loss.re[at] += mean * elements.im[a * elements.count + element]
        loss.im[at] -= mean * elements.re[a * elements.count + element]
      }
    }
  }
}

/** out(E) −= ρ(E) loss(E_ν) for every joint window. */
export const subtractLoss = ({ windows, loss, others, rest, stride }: AxisFrame, dimension: number, states: FullPlanes, out: FullPlanes): void => {
  const block = dimension * dimension
  for (let window = 0; window < windows; window += 1) {
    const matrix = window * block
    for (let r = 0; r < rest; r += 1) {
      const base = (others[r] + window * stride) * block
      for (let k = 0; k < dimension; k += 1) {
        for (let m = 0; m < dimension; m += 1) {
          const x = states.re[base + k * dimension + m]
          const y = states.im[base + k * dimension + m]
          const from = matrix + m * dimension
          const to = base + k * dimension
          for (let q = 0; q < dimension; q += 1) {
            const a = loss.re[from + q]
            const b = loss.im[from + q]
            out.re[to + q] -= x * a - y * b
            out.im[to + q] -= x * b + y * a
          }
        }
      }
    }
  }
}

/** out ← out + out† in every joint window: the h.c. of the equation. */
export const addAdjoint = (out: FullPlanes, size: number, dimension: number): void => {
  const block = dimension * dimension
  for (let base = 0; base < size * block; base += block) {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = 0; q <= k; q += 1) {
        const here = base + k * dimension + q
        const there = base + q * dimension + k
        const re = out.re[here] + out.re[there]
        const im = out.im[here] - out.im[there]
        out.re[here] = re
        out.re[there] = re
        out.im[here] = im
        out.im[there] = -im
      }
    }
  }
}
