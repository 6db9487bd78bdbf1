import { flatWindowTransform, sinCos } from '@mesobath/kernels'
import { intervalNodes } from './interval-nodes.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** Largest phase of δ over half an interval: few nodes to read, and few intervals to fill. */
const HALF_PHASE = 3

/** Nodes of both intervals that are kept, for an estimate. */
export const HELD_NODES = 48

/** Shorter stretches, in units of 1/δ, are left before the closed form has been asked for as often as an interval has nodes. */
const WORTH_HOLDING = 2

/** Whether a stretch of constant energies is long enough to be tabulated. */
export const worthHolding = (duration: number, width: number): boolean => duration * width >= WORTH_HOLDING

/** ∫₀^age h(τ) e^{−iΩτ} dτ of a flat window along a stretch of constant energies. */
export interface HeldTransforms {
  /** Makes room for so many mismatches; the only call that allocates. */
  open(mismatches: number): void
  /** Writes the transform at every mismatch, |Ω| [mismatch]: the same array as long as the stretch is the same. */
  write(sizes: Float64Array, age: number, out: FullPlanes): void
}

/** What is still to come at the nodes of one interval [mismatch, node]. */
interface Rests {
  index: number
  readonly values: FullPlanes
}

/**
 * What is still to come of an integral, e^{iΩt} ∫_t^∞ h(τ) e^{−iΩτ} dτ = ∫₀^∞ h(t + s) e^{−iΩs} ds, is band-limited in t by δ alone, however large Ω is.
 * A few nodes on intervals of fixed length thus serve all steps; the closed form is asked for at the nodes only. Two intervals are kept: outputs lie behind
 * the end of a step that has left one. Absolute error 1e-15.
 */
export const heldTransforms = (width: number): HeldTransforms => {
  const pair = new Float64Array(2)
  const interval = intervalNodes(width, HALF_PHASE)
  let room = 0
  // The mismatches at hand, the transforms of all time, and what is still to come at the nodes of an interval [mismatch, node].
  let held: Float64Array | null = null
  let limits = fullPlanes(0)
  let near: Rests = { index: -1, values: fullPlanes(0) }
  let far: Rests = { index: -1, values: fullPlanes(0) }

  const hold = (sizes: Float64Array): void => {
    held = sizes
    near.index = -1
    far.index = -1
    for (let i = 0; i < sizes.length; i += 1) {
      flatWindowTransform(sizes[i], Infinity, width, pair)
      limits.re[i] = pair[0]
      limits.im[i] = pair[1]
    }
  }
  const fill = (sizes: Float64Array, { index, values }: Rests): void => {
    const { count, nodes, length } = interval
    for (let j = 0; j < count; j += 1) {
      const age = (index + (1 + nodes[j]) / 2) * length
      for (let i = 0; i < sizes.length; i += 1) {
        flatWindowTransform(sizes[i], age, width, pair)
        const re = limits.re[i] - pair[0]
        const im = limits.im[i] - pair[1]
        sinCos(sizes[i] * age, pair)
        values.re[i * count + j] = pair[1] * re - pair[0] * im
        values.im[i * count + j] = pair[1] * im + pair[0] * re
      }
    }
  }

  return {
    open: (mismatches) => {
      if (mismatches <= room) return
      room = mismatches
      limits = fullPlanes(room)
      near = { index: -1, values: fullPlanes(room * interval.count) }
      far = { index: -1, values: fullPlanes(room * interval.count) }
      held = null
    },
    write: (sizes, age, out) => {
      if (sizes !== held) hold(sizes)
      const { count, length } = interval
      const at = Math.floor(age / length)
      if (at !== near.index) {
        const other = far
        far = near
        near = other
        if (at !== near.index) {
          near.index = at
          fill(sizes, near)
        }
      }
      const { re: restRe, im: restIm } = near.values
      const weights = interval.weightsAt((2 * (age - at * length)) / length - 1)
      for (let i = 0; i < sizes.length; i += 1) {
        let re = 0
        let im = 0
        for (let j = 0, node = i * count; j < count; j += 1, node += 1) {
          re += weights[j] * restRe[node]
          im += weights[j] * restIm[node]
        }
        sinCos(sizes[i] * age, pair)
        out.re[i] = limits.re[i] - pair[1] * re - pair[0] * im
        out.im[i] = limits.im[i] - pair[1] * im + pair[0] * re
      }
    },
  }
}
