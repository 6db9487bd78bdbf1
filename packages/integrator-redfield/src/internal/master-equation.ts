import type { Lattice, PreparedBath } from '@mesobath/composition'
import { addAdjoint, axisFrame, startMeanField, subtractLoss } from './axis-frame.js'
import type { AxisFrame } from './axis-frame.js'
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
  /** Its loss is N(E) − iδH(E), N(E) = Σ_E' Σ_α Y^α(E',E) S^α. */
  readonly frame: AxisFrame
  /** Y^α of one pair [α, element]. */
  readonly memory: FullPlanes
  /** Σ_E' ρ(E') Y^α(E,E') [α, rest, d²]. */
  readonly gathered: FullPlanes
}

const axisOf = (lattice: Lattice, kernel: MemoryKernel, bath: PreparedBath): Axis => {
  const frame = axisFrame(lattice, bath)
  const { couplings, count } = kernel.elements
  return {
    kernel, bath, frame, memory: fullPlanes(couplings * count), gathered: fullPlanes(couplings * frame.rest * lattice.dimension * lattice.dimension),
  }
}

/** loss(E') += Σ_α Y^α(E,E') S^α for the pair whose memory was just written. */
const addLoss = (axis: Axis, from: number, dimension: number): void => {
  const { frame: { loss }, memory, kernel: { elements } } = axis
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
  const { gathered, memory, frame: { others, rest, stride }, kernel: { elements } } = axis
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
  const { gathered, frame: { others, rest, stride }, kernel: { elements } } = axis
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
        // The first-order term in full, not only its secular part.
        startMeanField(axis.frame, kernel.elements, axis.bath.meanCouplings, strength, dimension)
        const { from, targetStart } = kernel.pairs
        for (let to = 0; to < axis.frame.windows; to += 1) {
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
        subtractLoss(axis.frame, dimension, states, out)
      }
      addAdjoint(out, size, dimension)
    },
  }
}
