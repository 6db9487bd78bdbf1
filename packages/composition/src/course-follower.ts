import { succeed } from '@mesobath/contracts'
import type { Outcome, Status, Vector } from '@mesobath/contracts'
import { BRIDGED_STEP_DERIVATIVES, dormandPrince, sinCos, STEP_VECTORS } from '@mesobath/kernels'
import type { Pause } from '@mesobath/kernels'
import { energyGain } from './energy-books.js'
import type { MovingPopulations } from './moving-populations.js'
import { movingStretches } from './moving-rates.js'
import type { MovingRates, MovingStretch } from './moving-rates.js'
import type { MovingStates } from './moving-states.js'
import type { SegmentCourse } from './segment-course.js'

/**
 * Share of a run's tolerance that one step may take: local errors add up over the hundreds of steps of a relaxation, which damps the
 * older ones.
 */
const STEP_SHARE = 0.01

/** Below this a step's error estimate is the rounding of its own sum. */
const SMALLEST_STEP_TOLERANCE = 1e-15

/** Vectors of the size of a state that following it keeps, for estimates. */
export const INTEGRATOR_VECTORS = STEP_VECTORS + 3

/** Elementary operations between two pauses. */
const OPERATIONS_PER_PAUSE = 1e7

/** Steps per unit of 1/bound at tight tolerances, and per landing. */
const STEPS_PER_RATE = 12
const STEPS_PER_LANDING = 2

/** Places of a course at which the size of its generator is looked at. */
const LOOKS = 5

/** What is followed along a course: how its state [x…] changes, and the energy that goes with it. */
export interface Followed {
  /** Numbers of the state. */
  readonly entries: number
  /** Operations of one derivative, roughly. */
  readonly cost: number
  enter(stretch: MovingStretch): Outcome<void>
  /** Sets ε_k(t) and λ_ν(t). */
  move(energies: Vector, strengths: Vector): void
  /** out = dx/dt; returns Σ(ε_k + E) ∂t p. Both arrays may be longer than `entries`. */
  apply(state: Vector, out: Float64Array): number
  /** Σ ε̇_k p_k. */
  power(state: Vector, energyRates: Vector): number
  /** Not less than the generator's norm at the moment. */
  bound(): number
  /** Turns a state by the angles ∫ε_k ds that the rotating frame has gathered. */
  turn(state: Float64Array, phases: Vector): void
}

/** Moves a state with its work and coarse-graining defect, [x…, W/σ, D/σ], along a smooth segment. */
export interface CourseFollower {
  /** Begins a course with a state; copies it. */
  begin(course: SegmentCourse, state: Vector): Outcome<void>
  /** Where its state stands. */
  readonly time: number
  /**
   * Moves to `to`, at most the course's end, and writes the state where it then stands: before `to` where it is `cancelled`, because a pause said so.
   * `not-converged` where it left the finite numbers.
   */
  advance(to: number, state: Float64Array, pause: Pause): Promise<Status>
  /** out = dx/dt of a state at the moment; the last two entries are the power and the defect's rate. */
  rates(state: Vector, out: Float64Array): void
  /** The longest time that should run without a pause. */
  stride(): number
}

/**
 * Integrates a followed state by Dormand and Prince's method, landing on every kink of the rates, in the frame that rotates with H_S(t).
 *
 * @param scale - σ, the energy that counts as one beside probabilities
 * @param tolerance - bound on the absolute error of every probability over the run
 */
export const courseFollower = (rates: MovingRates, followed: Followed, scale: number, tolerance: number): CourseFollower => {
  const { entries } = followed
  const { dimension } = rates
  const energies = new Float64Array(dimension)
  const energyRates = new Float64Array(dimension)
  const phases = new Float64Array(dimension)
  const strengths = new Float64Array(rates.fields.length)
  const begun = new Float64Array(entries + 2)
  let course: SegmentCourse | null = null
  let stretches: readonly MovingStretch[] = []
  let at = 0
  let landing = 0
  let movedTo = NaN
  let longest = Infinity

  const moveTo = (time: number): void => {
    if (time === movedTo) return
    course!.energies(time, energies)
    course!.energyRates(time, energyRates)
    course!.strengths(time, strengths)
    followed.move(energies, strengths)
    movedTo = time
  }

  const derivative = (time: number, state: Vector, out: Float64Array): void => {
    moveTo(time)
    const defect = followed.apply(state, out)
    out[entries] = followed.power(state, energyRates) / scale
    out[entries + 1] = defect / scale
  }

  const absoluteTolerance = Math.max(STEP_SHARE * tolerance, SMALLEST_STEP_TOLERANCE)
  const ode = dormandPrince(entries + 2, derivative, { absoluteTolerance, relativeTolerance: 0 })
  const portion = Math.max(1, Math.floor(OPERATIONS_PER_PAUSE / followed.cost))

  const enterStretch = (index: number, state: Float64Array): Outcome<void> => {
    const entered = followed.enter(stretches[index]!)
    if (entered._tag === 'Left') return entered
    at = index
    landing = 0
    movedTo = NaN
    ode.restart(stretches[index]!.from, state)
    return succeed(undefined)
  }

  /** How long the whole course may take between two pauses, from the size of its generator at a few places. */
  const strideOf = (begunCourse: SegmentCourse): number => {
    const length = begunCourse.to - begunCourse.from
    if (!(length > 0)) return Infinity
    let bound = 0
    let landings = 0
    for (const stretch of stretches) landings += stretch.landings.length
    for (let look = 0; look < LOOKS; look += 1) {
      moveTo(begunCourse.from + (length * look) / (LOOKS - 1))
      bound = Math.max(bound, followed.bound())
    }
    const stepsPerTime = STEPS_PER_RATE * bound + (STEPS_PER_LANDING * landings) / length
    return OPERATIONS_PER_PAUSE / (BRIDGED_STEP_DERIVATIVES * followed.cost * stepsPerTime)
  }

  return {
    begin: (next, state) => {
      course = next
      stretches = movingStretches(rates, next)
      begun.set(state)
      const entered = enterStretch(0, begun)
      if (entered._tag === 'Left') return entered
      longest = strideOf(next)
      return succeed(undefined)
    },
    get time() {
      return ode.time
    },
    advance: async (to, state, pause) => {
      let last = ode.derivatives + portion
      let status: Status = 'ok'
      while (ode.time < to) {
        const stretch = stretches[at]!
        const next = stretch.landings[landing]!
        const moved = ode.advance(Math.min(to, next), last - ode.derivatives, next)
        if (moved === 'not-converged') return moved
        if (moved === 'paused') {
          const rest = pause()
          if (rest !== null && !(await rest)) {
            status = 'cancelled'
            break
          }
          last = ode.derivatives + portion
          continue
        }
        if (ode.time < next) break
        landing += 1
        if (landing === stretch.landings.length && at + 1 < stretches.length) {
          begun.set(ode.state)
          last -= ode.derivatives
          // Every stretch's tables have been built before, or are built of numbers that overflowed nowhere else.
          if (enterStretch(at + 1, begun)._tag === 'Left') return 'not-converged'
        }
      }
      state.set(ode.state)
      course!.phases(ode.time, phases)
      followed.turn(state, phases)
      for (let i = 0; i < state.length; i += 1) if (!Number.isFinite(state[i]!)) return 'not-converged'
      return status
    },
    rates: (state, out) => derivative(ode.time, state, out),
    stride: () => longest,
  }
}

/**
 * States [re…, im…] of layout [window₁ … windowₙ, k, q] to follow.
 *
 * @param windowEnergies - Σ_ν E_ν of each joint window [size]
 */
export const followStates = (moving: MovingStates, levels: number, windowEnergies: Vector): Followed => {
  const block = levels * levels
  const plane = windowEnergies.length * block
  const now = new Float64Array(levels)
  const pair = new Float64Array(2)
  return {
    entries: 2 * plane,
    cost: 32 * plane * levels,
    enter: moving.enter,
    bound: moving.normBound,
    move: (energies, strengths) => {
      now.set(energies)
      moving.move(energies, strengths)
    },
    apply: (state, out) => {
      moving.apply(state, out)
      return energyGain(out, now, windowEnergies)
    },
    power: (state, energyRates) => {
      let power = 0
      for (let k = 0; k < levels; k += 1) {
        let level = 0
        for (let at = k * (levels + 1); at < plane; at += block) level += state[at]!
        power += energyRates[k]! * level
      }
      return power
    },
    turn: (state, phases) => {
      for (let k = 0; k < levels; k += 1) {
        for (let q = 0; q < levels; q += 1) {
          if (k === q) continue
          sinCos(phases[k]! - phases[q]!, pair)
          for (let at = k * levels + q; at < plane; at += block) turnEntry(state, at, plane, pair)
        }
      }
    },
  }
}

/** (re, im) ← (re, im)·e^{−iφ}. */
const turnEntry = (state: Float64Array, at: number, plane: number, sineCosine: Float64Array): void => {
  const re = state[at]!
  const im = state[plane + at]!
  state[at] = sineCosine[1]! * re + sineCosine[0]! * im
  state[plane + at] = sineCosine[1]! * im - sineCosine[0]! * re
}

/** Populations [level, window₁ … windowₙ] to follow. */
export const followPopulations = (moving: MovingPopulations, levels: number, size: number): Followed => ({
  entries: levels * size,
  cost: 16 * levels * size * levels,
  enter: moving.enter, move: moving.move, apply: moving.apply, bound: moving.exitRateBound,
  power: (state, energyRates) => {
    let power = 0
    for (let k = 0; k < levels; k += 1) {
      let level = 0
      for (let i = k * size; i < (k + 1) * size; i += 1) level += state[i]!
      power += energyRates[k]! * level
    }
    return power
  },
  turn: () => undefined,
})
