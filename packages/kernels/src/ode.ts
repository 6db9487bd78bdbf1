import { exp, log } from './elementary.js'
import { dormandPrinceTableau } from './internal/dormand-prince-tableau.js'
import type { Combination, Stage } from './internal/dormand-prince-tableau.js'

/** How an advance ended: at `to`, before it with all steps used, or stuck. */
export type OdeStatus = 'ok' | 'paused' | 'not-converged'

/** An integrator of dy/dt = f(t, y) with its own memory. */
export interface OdeStepper {
  readonly time: number
  /** The state at `time` [dimension]; the same array throughout, overwritten by `advance`. */
  readonly state: Float64Array
  /** Accepted steps since the last restart. */
  readonly steps: number
  /** Rejected steps since the last restart. */
  readonly rejected: number
  /** Begins anew: copies `state` and forgets step sizes and derivatives, as a jump of the right-hand side demands. */
  restart(time: number, state: Float64Array): void
  /**
   * Moves to `to` exactly, in at most `maximumSteps` accepted or rejected steps; 'paused' when they are used up, and another call
   * continues with the same bits; 'not-converged' when the step falls below rounding or the derivative is not finite.
   *
   * Steps reach up to `end`, which is `to` where it is left out, and land on it: the right-hand side has to be smooth until then, and may be asked
   * at any time before. The state at an earlier `to` is interpolated within its step, so that the times asked for change no bit of one another.
   */
  advance(to: number, maximumSteps: number, end?: number): OdeStatus
}

/** `absoluteTolerance` and `relativeTolerance` bound each component's error per step; `fixedStep` switches control off. */
export interface OdeOptions {
  readonly absoluteTolerance: number
  readonly relativeTolerance: number
  readonly fixedStep?: number
}

/** Derivatives of a step within which the state is asked for, at any number of times; 12 of any other. */
export const BRIDGED_STEP_DERIVATIVES = 15

/** Vectors of the size of the state that an integrator keeps. */
export const STEP_VECTORS = 15

const ORDER = 8

// Control of steps as in Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4 and DOP853.
const SAFETY = 0.9
const LARGEST_GROWTH = 6
const LARGEST_CUT = 1 / 3
/** A step of fewer units in the last place of the time cannot be resolved. */
const SMALLEST_STEP = 16 * 2.220446049250313e-16
/** A last step this much longer than wanted is better than one of the length of a rounding error. */
const STRETCH = 1 + 1e-6

/** Entries that are summed at a time: few enough for the sum to stay in the nearest cache while the derivatives pass once. */
const BLOCK = 512

const addMultiple = (factor: number, vector: Float64Array, low: number, high: number, out: Float64Array): void => {
  for (let i = low; i < high; i++) out[i] += factor * vector[i]
}

const allFinite = (vector: Float64Array): boolean => {
  for (let i = 0; i < vector.length; i++) if (!Number.isFinite(vector[i])) return false
  return true
}

/**
 * The adaptive Dormand-Prince 8(5,3) integrator of dy/dt = f(t, y), y [dimension], with an interpolant of order 7.
 *
 * `derivative(time, state, out)` writes f and is asked only at times up to the `end` of the running advance. An accepted step has
 * |error_i| ≤ absoluteTolerance + relativeTolerance·|y_i| for every component. A step takes 12 derivatives, or 15 where the state is asked for within
 * it. The step wanted is remembered when one is cut to land on `end`. `advance` allocates nothing.
 */
export const dormandPrince = (
  dimension: number,
  derivative: (time: number, state: Float64Array, out: Float64Array) => void,
  options: OdeOptions,
): OdeStepper => {
  const { absoluteTolerance, relativeTolerance, fixedStep } = options
  const adaptive = fixedStep === undefined
  const tableau = dormandPrinceTableau()
  // The interpolant at a time.
  const mixture = { stages: tableau.interpolant[0].stages, weights: new Float64Array(tableau.interpolant[0].stages.length) }
  const vector = (): Float64Array => new Float64Array(dimension)
  const state = vector()
  // The states at both ends of the last step. Before `reached` is known, `begun` holds what the derivative is asked of.
  let begun = vector()
  let reached = vector()
  // The derivatives of stages 1 to 16; four of them overwrite what no later stage needs.
  const slopes: Float64Array[] = []
  for (let stage = 1; stage <= 16; stage++) slopes[stage] = stage > 10 && stage < 15 ? slopes[stage - 9] : vector()
  let time = 0
  let base = 0
  let front = 0
  let steps = 0
  let rejected = 0
  let wanted = 0
  let justRejected = false
  let fresh = true
  // Which derivatives of the last step are there beside those that it took: stage 13 at its end, and the bridge across it.
  let closed = true
  let bridged = true
  let failed = false

  const restart = (from: number, initial: Float64Array): void => {
    state.set(initial)
    reached.set(initial)
    time = from
    base = from
    front = from
    steps = 0
    rejected = 0
    wanted = 0
    justRejected = false
    fresh = true
    failed = false
  }

  /** out = from + scale Σ weight · k, from 0 where there is none. */
  const combine = ({ stages, weights }: Combination, scale: number, from: Float64Array | null, out: Float64Array): void => {
    for (let low = 0; low < dimension; low += BLOCK) {
      const high = Math.min(dimension, low + BLOCK)
      for (let i = low; i < high; i++) out[i] = from === null ? 0 : from[i]
      for (let term = 0; term < stages.length; term++) addMultiple(scale * weights[term], slopes[stages[term]], low, high, out)
    }
  }

  const evaluate = (stages: readonly Stage[], first: number, from: Float64Array, at: number, h: number, end: number, trial: Float64Array): void => {
    for (let s = 0; s < stages.length; s++) {
      const stage = stages[s]
      combine(stage, h, from, trial)
      derivative(stage.place === 1 ? end : at + stage.place * h, trial, slopes[first + s])
    }
  }

  /** The largest error of a component in units of what is allowed; NaN where anything is not finite. */
  const errorOf = (h: number): number => {
    // Free until the step is closed and bridged.
    const fifth = slopes[13]
    const third = slopes[14]
    combine(tableau.fifthOrder, h, null, fifth)
    combine(tableau.thirdOrder, h, null, third)
    let largestFifth = 0
    let largestThird = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.max(Math.abs(reached[i]), Math.abs(begun[i]))
      const fifthRatio = fifth[i] === 0 ? 0 : Math.abs(fifth[i]) / allowed
      const thirdRatio = third[i] === 0 ? 0 : Math.abs(third[i]) / allowed
      if (!(fifthRatio <= largestFifth)) largestFifth = fifthRatio
      if (!(thirdRatio <= largestThird)) largestThird = thirdRatio
      if (Number.isNaN(largestFifth) || Number.isNaN(largestThird)) return NaN
    }
    if (largestFifth === 0) return 0
    // Of the size that an error of order 7 would have.
    const ratio = largestThird / largestFifth
    return largestFifth / Math.sqrt(1 + 0.01 * ratio * ratio)
  }

  /** A first step from the sizes of y, y' and y'' (Hairer, Norsett and Wanner, II.4); evaluates f no later than `end`. */
  const firstStep = (end: number): number => {
    const slope = slopes[1]
    let size = 0
    let steepness = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.abs(reached[i])
      size = Math.max(size, Math.abs(reached[i]) / allowed)
      steepness = Math.max(steepness, Math.abs(slope[i]) / allowed)
    }
    const guess = Math.min(end - front, size < 1e-5 || steepness < 1e-5 ? 1e-6 : (0.01 * size) / steepness)
    for (let i = 0; i < dimension; i++) begun[i] = reached[i] + guess * slope[i]
    derivative(front + guess, begun, slopes[2])
    let bend = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.abs(reached[i])
      bend = Math.max(bend, Math.abs(slopes[2][i] - slope[i]) / allowed / guess)
    }
    const steepest = Math.max(steepness, bend)
    const second = steepest <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : exp(log(0.01 / steepest) / ORDER)
    const step = Math.min(100 * guess, second)
    return step > 0 ? step : guess
  }

  const begin = (end: number): boolean => {
    derivative(front, reached, slopes[1])
    if (!allFinite(slopes[1]) || !allFinite(reached)) return false
    wanted = adaptive ? firstStep(end) : fixedStep
    return true
  }

  /** The derivative at the end of the last step: nobody asks for it where a run ends or begins anew. */
  const close = (): void => {
    if (!closed) derivative(front, reached, slopes[13])
    closed = true
  }

  /** That derivative begins the next step. */
  const follow = (): void => {
    close()
    const last = slopes[13]
    slopes[13] = slopes[1]
    slopes[4] = slopes[1]
    slopes[1] = last
  }

  const accept = (end: number): void => {
    const from = reached
    reached = begun
    begun = from
    base = front
    front = end
    steps++
    closed = false
    bridged = false
  }

  /** Writes the state at a time within the last step. */
  const interpolate = (to: number): boolean => {
    const h = front - base
    if (!bridged) {
      close()
      evaluate(tableau.bridge, 14, begun, base, h, front, state)
      bridged = true
    }
    const x = (to - base) / h
    const rest = 1 - x
    // Every term has another x or another 1 − x, in turn.
    const second = x * rest
    const third = second * x
    const { stages, weights } = mixture
    for (let s = 0; s < stages.length; s++) {
      weights[s] = stages[s] === 1 ? second - third : stages[s] === 13 ? -third : 0
      let power = third * rest
      for (let term = 0; term < tableau.interpolant.length; term++) {
        weights[s] += power * tableau.interpolant[term].weights[s]
        power *= term % 2 === 0 ? x : rest
      }
    }
    const share = x - second + 2 * third
    for (let i = 0; i < dimension; i++) state[i] = begun[i] + share * (reached[i] - begun[i])
    combine(mixture, h, state, state)
    return allFinite(state)
  }

  /** At an end of the last step. */
  const stand = (status: OdeStatus, at: number, from: Float64Array): OdeStatus => {
    failed = status === 'not-converged'
    state.set(from)
    time = at
    return status
  }

  const advance = (to: number, maximumSteps: number, end = to): OdeStatus => {
    if (failed) return 'not-converged'
    if (to < time || Number.isNaN(to)) throw new RangeError(`\`to\` must not be before ${time}, but is ${to}`)
    if (!(end >= to)) throw new RangeError(`\`end\` must not be before ${to}, but is ${end}`)
    for (let used = 0; front < to; used++) {
      if (used >= maximumSteps) return stand('paused', front, reached)
      if (fresh) {
        if (!begin(end)) return stand('not-converged', front, reached)
      } else if (!justRejected) follow()
      fresh = false
      const rest = end - front
      const lands = wanted * STRETCH >= rest
      const h = lands ? rest : wanted
      const until = lands ? end : front + h
      evaluate(tableau.stages, 2, reached, front, h, until, begun)
      combine(tableau.solution, h, reached, begun)
      const error = errorOf(h)
      if (!adaptive) {
        if (!Number.isFinite(error)) return stand('not-converged', front, reached)
        accept(until)
      } else if (error <= 1) {
        const raw = error === 0 ? LARGEST_GROWTH : SAFETY * exp(-log(error) / ORDER)
        const growth = Math.min(justRejected ? 1 : LARGEST_GROWTH, Math.max(LARGEST_CUT, raw))
        // A step cut short to land says only that the wanted one may be kept.
        wanted = lands && h < wanted ? Math.max(wanted, h * growth) : h * growth
        justRejected = false
        accept(until)
      } else {
        const raw = Number.isFinite(error) ? SAFETY * exp(-log(error) / ORDER) : LARGEST_CUT
        wanted = h * Math.min(1, Math.max(LARGEST_CUT, raw))
        rejected++
        justRejected = true
        if (wanted <= SMALLEST_STEP * Math.abs(front) || wanted < Number.MIN_VALUE / SMALLEST_STEP) return stand('not-converged', front, reached)
      }
    }
    if (to === time) return 'ok'
    if (to === front) return stand('ok', front, reached)
    if (!interpolate(to)) return stand('not-converged', base, begun)
    time = to
    return 'ok'
  }

  return {
    get time() {
      return time
    },
    get steps() {
      return steps
    },
    get rejected() {
      return rejected
    },
    state,
    restart,
    advance,
  }
}
