import { exp, log } from './elementary.js'
import { dormandPrinceTableau } from './internal/dormand-prince-tableau.js'
import type { Combination, Stage } from './internal/dormand-prince-tableau.js'

/** How an advance ended: at `to`, before it with all derivatives used, or stuck. */
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
  /** Derivatives asked for since the last restart. */
  readonly derivatives: number
  /** Begins anew: copies `state` and forgets step sizes and derivatives, as a jump of the right-hand side demands. */
  restart(time: number, state: Float64Array): void
  /**
   * Moves to `to` exactly, by at most `maximumDerivatives`; 'paused' when they are used up, be it in the middle of a step, and another call continues
   * with the same bits: until then `time` and `state` are those of the end of a step. 'not-converged' when the step falls below rounding or the
   * derivative is not finite.
   *
   * Steps reach up to `end`, which is `to` where it is left out, and land on it: the right-hand side has to be smooth until then, and may be asked
   * at any time before. The state at an earlier `to` is interpolated within its step, so that the times asked for change no bit of one another.
   * Another `end` than that of the call before begins a step anew that was left in its middle.
   */
  advance(to: number, maximumDerivatives: number, end?: number): OdeStatus
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

// What is asked for next: the derivative at the start, that which tells the length of the first step, one of the stages of a step, or that at its end,
// with which the next step begins; across a finished step the stages of the bridge.
const START = 0
const GUESS = 1
const FIRST_STAGE = 2
const LAST_STAGE = 12
const NEXT_STEP = 13
const FIRST_OF_BRIDGE = 14
const LAST_OF_BRIDGE = 16

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
  for (let each = 1; each <= LAST_OF_BRIDGE; each++) slopes[each] = each > 10 && each < 15 ? slopes[each - 9] : vector()
  let time = 0
  let base = 0
  let front = 0
  let steps = 0
  let rejected = 0
  let derivatives = 0
  let wanted = 0
  let justRejected = false
  let stage = START
  // What the length of a step under way depends on.
  let aim = NaN
  // Which derivatives of the last step are there beside those that it took: stage 13 at its end, and those of the bridge before this one.
  let closed = true
  let bridge = FIRST_OF_BRIDGE
  let failed = false

  const restart = (from: number, initial: Float64Array): void => {
    state.set(initial)
    reached.set(initial)
    time = from
    base = from
    front = from
    steps = 0
    rejected = 0
    derivatives = 0
    wanted = 0
    justRejected = false
    stage = START
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

  const ask = (at: number, from: Float64Array, out: Float64Array): void => {
    derivatives++
    derivative(at, from, out)
  }

  const evaluate = (asked: Stage, from: Float64Array, at: number, h: number, end: number, trial: Float64Array, out: Float64Array): void => {
    combine(asked, h, from, trial)
    ask(asked.place === 1 ? end : at + asked.place * h, trial, out)
  }

  /** The largest number of a difference in units of what is allowed; NaN where anything is not finite. */
  const largestOf = (difference: Combination, h: number): number => {
    // Free until the step is closed.
    const numbers = slopes[13]
    combine(difference, h, null, numbers)
    let largest = 0
    for (let i = 0; i < dimension; i++) {
      const ratio = numbers[i] === 0 ? 0 : Math.abs(numbers[i]) / (absoluteTolerance + relativeTolerance * Math.max(Math.abs(reached[i]), Math.abs(begun[i])))
      if (Number.isNaN(ratio)) return NaN
      largest = Math.max(largest, ratio)
    }
    return largest
  }

  /** The error of a step in the same units. */
  const errorOf = (h: number): number => {
    const fifth = largestOf(tableau.fifthOrder, h)
    const ratio = largestOf(tableau.thirdOrder, h) / fifth
    // Of the size that an error of order 7 would have.
    return fifth === 0 ? 0 : fifth / Math.sqrt(1 + 0.01 * ratio * ratio)
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
    ask(front + guess, begun, slopes[2])
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

  /** The derivative at the end of the last step: nobody asks for it where a run ends or begins anew. */
  const close = (): void => {
    ask(front, reached, slopes[13])
    closed = true
  }

  /** That derivative begins the next step. */
  const follow = (): void => {
    const last = slopes[13]
    slopes[13] = slopes[1]
    slopes[4] = slopes[1]
    slopes[1] = last
    stage = FIRST_STAGE
  }

  const accept = (end: number): void => {
    const from = reached
    reached = begun
    begun = from
    base = front
    front = end
    steps++
    stage = NEXT_STEP
    closed = false
    bridge = FIRST_OF_BRIDGE
  }

  /** Writes the state at a time within the last step, which is bridged. */
  const interpolate = (to: number): boolean => {
    const h = front - base
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

  /** Judges a step of whose stages all are there; false where no shorter one would help. */
  const finish = (h: number, lands: boolean, until: number): boolean => {
    combine(tableau.solution, h, reached, begun)
    const error = errorOf(h)
    const raw = error === 0 ? LARGEST_GROWTH : Number.isFinite(error) ? SAFETY * exp(-log(error) / ORDER) : LARGEST_CUT
    if (!adaptive) {
      if (!Number.isFinite(error)) return false
      accept(until)
    } else if (error <= 1) {
      const growth = Math.min(justRejected ? 1 : LARGEST_GROWTH, Math.max(LARGEST_CUT, raw))
      // A step cut short to land says only that the wanted one may be kept.
      wanted = lands && h < wanted ? Math.max(wanted, h * growth) : h * growth
      justRejected = false
      accept(until)
    } else {
      wanted = h * Math.min(1, Math.max(LARGEST_CUT, raw))
      rejected++
      justRejected = true
      stage = FIRST_STAGE
      if (wanted <= SMALLEST_STEP * Math.abs(front) || wanted < Number.MIN_VALUE / SMALLEST_STEP) return false
    }
    return true
  }

  /** Asks for one derivative of the step under way, or of what precedes it; false where the run is stuck. */
  const move = (end: number): boolean => {
    if (stage === START) {
      ask(front, reached, slopes[1])
      if (!adaptive) wanted = fixedStep
      stage = adaptive ? GUESS : FIRST_STAGE
      return allFinite(slopes[1]) && allFinite(reached)
    }
    if (stage === GUESS) {
      wanted = firstStep(end)
      stage = FIRST_STAGE
      return true
    }
    const rest = end - front
    const lands = wanted * STRETCH >= rest
    const h = lands ? rest : wanted
    const until = lands ? end : front + h
    evaluate(tableau.stages[stage - FIRST_STAGE], reached, front, h, until, begun, slopes[stage])
    return stage++ < LAST_STAGE || finish(h, lands, until)
  }

  const advance = (to: number, maximumDerivatives: number, end = to): OdeStatus => {
    if (failed) return 'not-converged'
    if (to < time || Number.isNaN(to)) throw new RangeError(`\`to\` must not be before ${time}, but is ${to}`)
    if (!(end >= to)) throw new RangeError(`\`end\` must not be before ${to}, but is ${end}`)
    if (end !== aim && stage > FIRST_STAGE && stage <= LAST_STAGE) stage = FIRST_STAGE
    aim = end
    const last = derivatives + maximumDerivatives
    while (front < to) {
      if (stage === NEXT_STEP && closed) follow()
      if (derivatives >= last) return stand('paused', front, reached)
      if (stage === NEXT_STEP) close()
      else if (!move(end)) return stand('not-converged', front, reached)
    }
    if (to === time) return 'ok'
    if (to === front) return stand('ok', front, reached)
    while (!closed || bridge <= LAST_OF_BRIDGE) {
      if (derivatives >= last) return stand('paused', base, begun)
      if (!closed) close()
      else {
        evaluate(tableau.bridge[bridge - FIRST_OF_BRIDGE], begun, base, front - base, front, state, slopes[bridge])
        bridge++
      }
    }
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
    get derivatives() {
      return derivatives
    },
    state,
    restart,
    advance,
  }
}
