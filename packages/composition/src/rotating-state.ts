import { succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import { exponentialAction } from '@mesobath/kernels'
import type { Propagator } from '@mesobath/kernels'
import type { ConditionalGenerator } from './conditional-generator.js'
import type { Setting } from './constant-settings.js'

/** Generator applications times state entries between two pauses: a few tenths of a second at some ten operations per entry. */
const WORK_PER_PAUSE = 1e7

/** Shorter steps than this, in units of 1/bound, cost more in series that begin anew than a pause is worth. */
const SHORTEST_STRIDE = 16

/** The longest step of a state of `dimension` numbers under a generator of norm `bound` that should run without a pause. */
export const pauseStride = (dimension: number, bound: number): number =>
  bound === 0 ? Infinity : Math.max(SHORTEST_STRIDE, WORK_PER_PAUSE / dimension) / bound

/** A state [re…, im…] moved by e^{Lt} in the frame that rotates with H_S, so that long runs cost by their rates, not their level spacings. */
export interface RotatingState {
  readonly state: Float64Array
  readonly stride: number
  enter(setting: Setting): Outcome<void>
  advance(time: number, tolerance: number): boolean
  /** out = (L + i[H_S, ·])·state: its diagonal is ∂t p. */
  rates(out: Float64Array): void
}

/**
 * Moves a conditional state under generators made by `build`, one per setting.
 *
 * @param state - changed in place
 * @param levels - d
 */
export const rotatingState = (
  state: Float64Array, levels: number, build: (setting: Setting) => Outcome<ConditionalGenerator>,
): RotatingState => {
  let generator: ConditionalGenerator | null = null
  let stride = Infinity
  let propagator: Propagator | null = null
  return {
    state,
    get stride() {
      return stride
    },
    enter: (setting) => {
      const outcome = build(setting)
      if (outcome._tag === 'Left') return outcome
      generator = outcome.right
      const bound = generator.rotating.normBound
      stride = pauseStride(state.length, bound)
      propagator = exponentialAction(generator.rotating, bound)
      return succeed(undefined)
    },
    advance: (time, tolerance) => {
      // The sum of |entries| of a state of trace 1 is at most 2d; the propagator's tolerance is relative to it.
      propagator!.advance(state, time, tolerance / (2 * levels))
      generator!.rotate(state, time)
      return state.every((entry) => Number.isFinite(entry))
    },
    rates: (out) => generator!.rotating.apply(state, out),
  }
}
