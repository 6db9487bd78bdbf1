import type { Setting } from '@mesobath/composition'
import { sinCos } from '@mesobath/kernels'
import { sameSetting } from './course.js'
import type { FullPlanes } from './numbers.js'

/** A stretch of constant setting within the reach of memory; it ends where the next one begins. */
export interface Stretch {
  readonly from: number
  readonly setting: Setting
  /** ∫ (ε_k − ε_0) ds from the beginning of memory to `from` [d]. */
  readonly phases: Float64Array
}

/** What H_S was since memory began: enough for the phase of every pair of levels between two times. */
export interface History {
  readonly stretches: readonly Stretch[]
  /** Appends a stretch; false where the setting did not change, so that a stop without a jump is none. */
  enter(from: number, setting: Setting): boolean
  /**
   * Writes u_k = exp(i[∫_{from_j}^{t} ε_k ds − ε_k^{(j)} (t − from_j)]) [d]: memory of stretch j turns by conj(u_q) u_k relative to
   * a history that had the energies of stretch j throughout.
   */
  turn(stretch: number, time: number, out: FullPlanes): void
}

export const history = (dimension: number): History => {
  const stretches: Stretch[] = []
  const pair = new Float64Array(2)
  // Differences to ε_0: a common shift of all energies is no phase.
  const relative = (setting: Setting, k: number): number => setting.energies[k] - setting.energies[0]
  return {
    stretches,
    enter: (from, setting) => {
      const last = stretches.at(-1)
      if (last !== undefined && sameSetting(last.setting, setting)) return false
      const phases = new Float64Array(dimension)
      if (last !== undefined) {
        for (let k = 0; k < dimension; k += 1) phases[k] = last.phases[k] + relative(last.setting, k) * (from - last.from)
      }
      stretches.push({ from, setting, phases })
      return true
    },
    turn: (stretch, time, out) => {
      const then = stretches[stretch]
      const now = stretches[stretches.length - 1]
      for (let k = 0; k < dimension; k += 1) {
        const passed = now.phases[k] + relative(now.setting, k) * (time - now.from) - then.phases[k]
        sinCos(passed - relative(then.setting, k) * (time - then.from), pair)
        out.re[k] = pair[1]
        out.im[k] = pair[0]
      }
    },
  }
}
