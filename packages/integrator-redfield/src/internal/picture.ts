import { sinCos } from '@mesobath/kernels'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** Moves states [joint window, k, q] between the Schrödinger picture and the interaction picture of H_S(t). */
export interface Picture {
  /** φ_k = ∫ ε_k dt since the pictures coincided [d]; only differences count. */
  set(phases: Float64Array): void
  /** out_kq = ρ_kq e^{−i(φ_k − φ_q)}. */
  toSchroedinger(states: FullPlanes, out: FullPlanes): void
  /** out_kq = ρ_kq e^{+i(φ_k − φ_q)}. */
  toInteraction(states: FullPlanes, out: FullPlanes): void
}

export const picture = (dimension: number, size: number): Picture => {
  const block = dimension * dimension
  const pair = new Float64Array(2)
  const unit = fullPlanes(dimension)
  const held = new Float64Array(dimension).fill(Number.NaN)
  const turn = (states: FullPlanes, out: FullPlanes, sign: number): void => {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = 0; q < dimension; q += 1) {
        const c = unit.re[k] * unit.re[q] + unit.im[k] * unit.im[q]
        const s = sign * (unit.im[k] * unit.re[q] - unit.re[k] * unit.im[q])
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
    set: (phases) => {
      for (let k = 0; k < dimension; k += 1) {
        // Phases are counted from level 0, whose own never moves.
        if (phases[k] === held[k]) continue
        held[k] = phases[k]
        sinCos(phases[k], pair)
        unit.re[k] = pair[1]
        unit.im[k] = pair[0]
      }
    },
    toSchroedinger: (states, out) => turn(states, out, -1),
    toInteraction: (states, out) => turn(states, out, 1),
  }
}
