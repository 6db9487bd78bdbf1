import { sinCos } from '@mesobath/kernels'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** Moves states [joint window, k, q] between the Schrödinger picture and the interaction picture of a constant H_S. */
export interface Picture {
  /** Phases of `time` after the pictures coincided, for energies ε_k [d]. */
  set(energies: Float64Array, time: number): void
  /** out_kq = ρ_kq e^{−i(ε_k − ε_q)t}. */
  toSchroedinger(states: FullPlanes, out: FullPlanes): void
  /** out_kq = ρ_kq e^{+i(ε_k − ε_q)t}. */
  toInteraction(states: FullPlanes, out: FullPlanes): void
}

export const picture = (dimension: number, size: number): Picture => {
  const block = dimension * dimension
  const pair = new Float64Array(2)
  const phases = fullPlanes(dimension)
  const turn = (states: FullPlanes, out: FullPlanes, sign: number): void => {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = 0; q < dimension; q += 1) {
        const c = phases.re[k] * phases.re[q] + phases.im[k] * phases.im[q]
        const s = sign * (phases.im[k] * phases.re[q] - phases.re[k] * phases.im[q])
        for (let at = k * dimension + q; at < size * block; at += block) {
          const re = states.re[at]
          const im = states.im[at]
          out.re[at] = c * re - s * im
          out.im[at] = c * im + s * re
        }
      }
    }
  }
  return {
    set: (energies, time) => {
      for (let k = 0; k < dimension; k += 1) {
        // Differences to ε_0, so that a common shift of all energies changes nothing.
        sinCos((energies[k] - energies[0]) * time, pair)
        phases.re[k] = pair[1]
        phases.im[k] = pair[0]
      }
    },
    toSchroedinger: (states, out) => turn(states, out, -1),
    toInteraction: (states, out) => turn(states, out, 1),
  }
}
