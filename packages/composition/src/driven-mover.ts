import { succeed } from '@mesobath/contracts'
import type { Outcome, Planes, Status, Vector } from '@mesobath/contracts'
import { exponentialAction } from '@mesobath/kernels'
import type { LinearAction, Parts, Pause } from '@mesobath/kernels'
import type { ConditionalGenerator } from './conditional-generator.js'
import type { Setting } from './constant-settings.js'
import type { CourseFollower } from './course-follower.js'
import { energyGain } from './energy-books.js'
import type { Mover } from './piecewise-stepper.js'
import { pauseStride } from './pause-stride.js'

/** Moves [x…, W/σ, D/σ] while energies and strengths hold. */
export interface HeldPropagator {
  /** The longest time that should run without a pause. */
  readonly stride: number
  /** Gives memory back; it is not used afterwards. */
  dispose?(): void
  /** Told that the state now comes from elsewhere. */
  begin?(): void
  /** A promise of whether it came to its end where it may pause, with the state as it was where it did not. */
  advance(state: Float64Array, time: number, tolerance: number, pause: Pause): void | Promise<boolean>
  /** out = dx/dt. */
  rates(state: Vector, out: Float64Array): void
}

/** What a driven mover is made of. */
export interface DrivenParts {
  /** [x…, W/σ, D/σ], moved in place; read anew at each use. */
  readonly state: Float64Array
  /** σ. */
  readonly scale: number
  readonly hold: (setting: Setting) => Parts<Outcome<HeldPropagator>>
  /** Null where no segment is smooth. */
  readonly follower: CourseFollower | null
  /** p and ∂t p [level, window₁ … windowₙ] of x and dx/dt. */
  readonly populations: (state: Vector) => Vector
  readonly populationRates: (change: Vector) => Vector
  readonly conditional: () => Planes | null
  readonly checkpoint: () => Planes
}

/** Numbers that propagators of settings not in use may keep. */
const KEPT_NUMBERS = 4e6

/** Numbers that a propagator keeps per entry of its state, roughly. */
const NUMBERS_PER_ENTRY = 32

const MAXIMUM_KEPT = 64

/**
 * A state that is moved by a generator held constant in some segments and followed in others, with work and coarse-graining defect
 * accumulated along the way. A drive that goes back and forth between few settings finds their propagators again.
 */
export const drivenMover = (parts: DrivenParts): Mover => {
  const { follower, hold, scale } = parts
  const entries = parts.state.length - 2
  const change = new Float64Array(entries + 2)
  const kept = new Map<string, HeldPropagator>()
  const mostKept = Math.max(1, Math.min(MAXIMUM_KEPT, Math.floor(KEPT_NUMBERS / (NUMBERS_PER_ENTRY * (entries + 2)))))
  let held: HeldPropagator | null = null
  const arrived = (): Status => {
    const { state } = parts
    for (let i = 0; i < state.length; i += 1) if (!Number.isFinite(state[i]!)) return 'not-converged'
    return 'ok'
  }
  return {
    get stride() {
      return held === null ? follower!.stride() : held.stride
    },
    enter: function* (setting) {
      const key = `${setting.energies.join(' ')} ${setting.strengths.join(' ')}`
      let found = kept.get(key)
      if (found === undefined) {
        const made = yield* hold(setting)
        if (made._tag === 'Left') return made
        found = made.right
        // The one entered longest ago makes room.
        if (kept.size >= mostKept) {
          for (const [oldest, propagator] of kept) {
            kept.delete(oldest)
            propagator.dispose?.()
            break
          }
        }
      } else {
        kept.delete(key)
      }
      kept.set(key, found)
      found.begin?.()
      held = found
      return succeed(undefined)
    },
    ...(follower === null ? {} : {
      follow: (course) => {
        const begun = follower.begin(course, parts.state)
        if (begun._tag === 'Right') held = null
        return begun
      },
    }),
    advance: (time, tolerance, until, pause) => {
      if (held === null) return follower!.advance(until, parts.state, pause)
      const moved = held.advance(parts.state, time, tolerance, pause)
      return moved === undefined ? arrived() : moved.then((whole) => (whole ? arrived() : 'cancelled'))
    },
    ...(follower === null ? {} : { stopped: () => (held === null ? follower.time : null) }),
    work: () => scale * parts.state[entries]!,
    coarseGrainingDefect: () => scale * parts.state[entries + 1]!,
    populations: () => parts.populations(parts.state),
    populationRates: () => {
      if (held === null) follower!.rates(parts.state, change)
      else held.rates(parts.state, change)
      return parts.populationRates(change)
    },
    conditional: parts.conditional,
    checkpoint: parts.checkpoint,
  }
}

/** A generator of x, and beside it D'/σ = (energy its change gains)/σ; no work is done while energies hold. */
const booked = (action: LinearAction, scale: number, energyRate: (state: Vector, change: Vector) => number): LinearAction => {
  const { dimension } = action
  return {
    dimension: dimension + 2,
    apply: (state, out) => {
      action.apply(state, out)
      out[dimension] = 0
      out[dimension + 1] = energyRate(state, out) / scale
    },
  }
}

/**
 * Conditional states by the exponential's action in the frame that rotates with H_S.
 *
 * @param windowEnergies - Σ_ν E_ν of each joint window [size]
 */
export const holdStates = (generator: ConditionalGenerator, energies: Vector, windowEnergies: Vector, scale: number): HeldPropagator => {
  const { normBound } = generator.rotating
  const levels = energies.length
  const action = booked(generator.rotating, scale, (_state, change) => energyGain(change, energies, windowEnergies))
  // The same series serves D, a linear function of the change: its error is that of the state times the largest energy.
  const propagator = exponentialAction(action, normBound)
  return {
    stride: pauseStride(generator.dimension, normBound),
    advance: (state, time, tolerance) => {
      // The sum of |entries| of a state of trace 1 is at most 2d; the propagator's tolerance is relative to it.
      propagator.advance(state, time, tolerance / (2 * levels))
      generator.rotate(state, time)
    },
    rates: (state, out) => generator.rotating.apply(state, out),
  }
}
