import type { Lattice, PreparedBath } from '@mesobath/composition'
import type { MemoryKernel } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** The right-hand side of the second-order equation with memory, in the Schrödinger picture and without −i[H_S, ρ]. */
export interface MasterEquation {
  /** Evaluates the memory at a time, with the strengths of that time [n]. */
  update(time: number, strengths: Float64Array): void
  /** out = ∂t ρ_S(E) + i[H_S, ρ_S(E)], both [window₁ … windowₙ, k, q] and Hermitian. */
  apply(states: FullPlanes, out: FullPlanes): void
}

/** What one bath needs while the equation is applied. */
interface Axis {
  readonly kernel: MemoryKernel
  readonly bath: PreparedBath
  readonly windows: number
  /** Distance of neighbouring windows in the joint index, and the number of joint windows that share one window of this bath. */
  readonly stride: number
  readonly rest: number
  /** Joint index of the r-th combination of the other baths' windows, this bath in window 0 [rest]. */
  readonly others: Int32Array
  /** Y^α of one pair [α, element]. */
  readonly memory: FullPlanes
  /** Σ_E' ρ(E') Y^α(E,E') [α, rest, d²]. */
  readonly gathered: FullPlanes
  /** N(E) − iδH(E), N(E) = Σ_E' Σ_α Y^α(E',E) S^α [window, d²]. */
  readonly loss: FullPlanes
}

const axisOf = (lattice: Lattice, kernel: MemoryKernel, bath: PreparedBath): Axis => {
  const block = lattice.dimension * lattice.dimension
  const windows = lattice.counts[kernel.axis]
  const stride = lattice.strides[kernel.axis]
  const rest = lattice.size / windows
  const others = new Int32Array(rest)
  for (let r = 0; r < rest; r += 1) others[r] = Math.floor(r / stride) * windows * stride + (r % stride)
  const { couplings, count } = kernel.elements
  return {
    kernel, bath, windows, stride, rest, others,
    memory: fullPlanes(couplings * count), gathered: fullPlanes(couplings * rest * block), loss: fullPlanes(windows * block),
  }
}

/** Sets the loss of every window to −iδH(E) = −iλ Σ_α ⟨B^α⟩_E S^α: the first-order term, in full and not only its secular part. */
const startLoss = (axis: Axis, strength: number, dimension: number): void => {
  const { loss, kernel: { elements }, bath: { meanCouplings } } = axis
  const block = dimension * dimension
  loss.re.fill(0)
  loss.im.fill(0)
  for (let window = 0; window < axis.windows; window += 1) {
    for (let a = 0; a < elements.couplings; a += 1) {
      const mean = strength * meanCouplings[a][window]
      if (mean === 0) continue
      for (let element = 0; element < elements.count; element += 1) {
        const at = window * block + elements.row[element] * dimension + elements.column[element]
        loss.re[at] += mean * elements.im[a * elements.count + element]
        loss.im[at] -= mean * elements.re[a * elements.count + element]
      }
    }
  }
}

/** loss(E') += Σ_α Y^α(E,E') S^α for the pair whose memory was just written. */
const addLoss = (axis: Axis, from: number, dimension: number): void => {
  const { loss, memory, kernel: { elements } } = axis
  const { count, couplings, row, column, rowStart } = elements
  const base = from * dimension * dimension
  for (let a = 0; a < couplings; a += 1) {
    for (let element = 0; element < count; element += 1) {
      const yRe = memory.re[a * count + element]
      const yIm = memory.im[a * count + element]
      const k = column[element]
      const target = base + row[element] * dimension
      for (let other = rowStart[k]; other < rowStart[k + 1]; other += 1) {
        const sRe = elements.re[a * count + other]
        const sIm = elements.im[a * count + other]
        const at = target + column[other]
        loss.re[at] += yRe * sRe - yIm * sIm
        loss.im[at] += yRe * sIm + yIm * sRe
      }
    }
  }
}

/** gathered^α += ρ(E') Y^α(E,E') for every window of the other baths. */
const gather = (axis: Axis, from: number, dimension: number, states: FullPlanes): void => {
  const { gathered, memory, others, rest, stride, kernel: { elements } } = axis
  const { count, couplings, row, column } = elements
  const block = dimension * dimension
  for (let a = 0; a < couplings; a += 1) {
    for (let r = 0; r < rest; r += 1) {
      const source = (others[r] + from * stride) * block
      const target = (a * rest + r) * block
      for (let element = 0; element < count; element += 1) {
        const yRe = memory.re[a * count + element]
        const yIm = memory.im[a * count + element]
        let x = source + row[element]
        let z = target + column[element]
        for (let i = 0; i < dimension; i += 1) {
          gathered.re[z] += states.re[x] * yRe - states.im[x] * yIm
          gathered.im[z] += states.re[x] * yIm + states.im[x] * yRe
          x += dimension
          z += dimension
        }
      }
    }
  }
}

/** out(E) += Σ_α S^α gathered^α for every window of the other baths. */
const addGain = (axis: Axis, to: number, dimension: number, out: FullPlanes): void => {
  const { gathered, others, rest, stride, kernel: { elements } } = axis
  const { count, couplings, row, column } = elements
  const block = dimension * dimension
  for (let a = 0; a < couplings; a += 1) {
    for (let r = 0; r < rest; r += 1) {
      const target = (others[r] + to * stride) * block
      const source = (a * rest + r) * block
      for (let element = 0; element < count; element += 1) {
        const sRe = elements.re[a * count + element]
        const sIm = elements.im[a * count + element]
        const x = source + column[element] * dimension
        const z = target + row[element] * dimension
        for (let j = 0; j < dimension; j += 1) {
          out.re[z + j] += sRe * gathered.re[x + j] - sIm * gathered.im[x + j]
          out.im[z + j] += sRe * gathered.im[x + j] + sIm * gathered.re[x + j]
        }
      }
    }
  }
}

/** out(E) −= ρ(E) loss(E_ν) for every joint window. */
const subtractLoss = (axis: Axis, dimension: number, states: FullPlanes, out: FullPlanes): void => {
  const { loss, others, rest, stride } = axis
  const block = dimension * dimension
  for (let window = 0; window < axis.windows; window += 1) {
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
const addAdjoint = (out: FullPlanes, size: number, dimension: number): void => {
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

/**
 * The second-order equation for n baths, one window pair at a time:
 * ∂t ρ(E) = −i[δH(E), ρ(E)] + Σ_ν Σ_E' Σ_α { S^α ρ(E') Y^α(E,E') − ρ(E) Y^α(E',E) S^α } + h.c., E and E' differing in bath ν only.
 *
 * Costs per application: (number of window pairs) × (couplings × elements of S) × (d × windows of the other baths), plus
 * (joint windows) × d³ × (baths).
 */
export const masterEquation = (lattice: Lattice, baths: readonly PreparedBath[], kernels: readonly MemoryKernel[]): MasterEquation => {
  const { dimension, size } = lattice
  const axes = kernels.map((kernel) => axisOf(lattice, kernel, baths[kernel.axis]))
  let strengths: Float64Array = new Float64Array(baths.length)
  return {
    update: (time, now) => {
      strengths = now
      for (let i = 0; i < axes.length; i += 1) axes[i].kernel.update(time)
    },
    apply: (states, out) => {
      out.re.fill(0)
      out.im.fill(0)
      for (let i = 0; i < axes.length; i += 1) {
        const axis = axes[i]
        const { kernel } = axis
        const strength = strengths[kernel.axis]
        if (strength === 0) continue
        startLoss(axis, strength, dimension)
        const { from, targetStart } = kernel.pairs
        for (let to = 0; to < axis.windows; to += 1) {
          if (targetStart[to] === targetStart[to + 1]) continue
          axis.gathered.re.fill(0)
          axis.gathered.im.fill(0)
          for (let pair = targetStart[to]; pair < targetStart[to + 1]; pair += 1) {
            kernel.write(pair, axis.memory.re, axis.memory.im)
            addLoss(axis, from[pair], dimension)
            gather(axis, from[pair], dimension, states)
          }
          addGain(axis, to, dimension, out)
        }
        subtractLoss(axis, dimension, states, out)
      }
      addAdjoint(out, size, dimension)
    },
  }
}
