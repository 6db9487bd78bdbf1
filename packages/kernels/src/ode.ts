import { exp, log } from './elementary.js'

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
   */
  advance(to: number, maximumSteps: number): OdeStatus
}

/** `absoluteTolerance` and `relativeTolerance` bound each component's error per step; `fixedStep` switches control off. */
export interface OdeOptions {
  readonly absoluteTolerance: number
  readonly relativeTolerance: number
  readonly fixedStep?: number
}

// Dormand and Prince, J. Comput. Appl. Math. 6, 19 (1980). The last row of A is the solution itself: first same as last.
const A21 = 1 / 5
const A31 = 3 / 40
const A32 = 9 / 40
const A41 = 44 / 45
const A42 = -56 / 15
const A43 = 32 / 9
const A51 = 19372 / 6561
const A52 = -25360 / 2187
const A53 = 64448 / 6561
const A54 = -212 / 729
const A61 = 9017 / 3168
const A62 = -355 / 33
const A63 = 46732 / 5247
const A64 = 49 / 176
const A65 = -5103 / 18656
const B1 = 35 / 384
const B3 = 500 / 1113
const B4 = 125 / 192
const B5 = -2187 / 6784
const B6 = 11 / 84
// Fifth minus embedded fourth order.
const E1 = 71 / 57600
const E3 = -71 / 16695
const E4 = 71 / 1920
const E5 = -17253 / 339200
const E6 = 22 / 525
const E7 = -1 / 40

// Proportional-integral control as in Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4.
const INTEGRAL = 0.04
const PROPORTIONAL = 0.2 - 0.75 * INTEGRAL
const SAFETY = 0.9
const LARGEST_GROWTH = 10
const LARGEST_CUT = 0.2
/** Below this the last error says nothing about the next one. */
const SMALLEST_ERROR = 1e-4
/** A step of fewer units in the last place of the time cannot be resolved. */
const SMALLEST_STEP = 16 * 2.220446049250313e-16
/** A last step this much longer than wanted is better than one of the length of a rounding error. */
const STRETCH = 1 + 1e-6

/**
 * The adaptive Dormand-Prince 5(4) integrator of dy/dt = f(t, y), y [dimension].
 *
 * `derivative(time, state, out)` writes f and is asked only at times up to the `to` of the running advance. An accepted step has
 * |error_i| ≤ absoluteTolerance + relativeTolerance·|y_i| for every component. The step wanted is remembered when one is cut
 * to land on `to`, so many output times cost little. `advance` allocates nothing.
 */
export const dormandPrince = (
  dimension: number,
  derivative: (time: number, state: Float64Array, out: Float64Array) => void,
  options: OdeOptions,
): OdeStepper => {
  const { absoluteTolerance, relativeTolerance, fixedStep } = options
  const adaptive = fixedStep === undefined
  const state = new Float64Array(dimension)
  const trial = new Float64Array(dimension)
  const k2 = new Float64Array(dimension)
  const k3 = new Float64Array(dimension)
  const k4 = new Float64Array(dimension)
  const k5 = new Float64Array(dimension)
  const k6 = new Float64Array(dimension)
  let k1 = new Float64Array(dimension)
  let k7 = new Float64Array(dimension)
  let time = 0
  let steps = 0
  let rejected = 0
  let wanted = 0
  let lastError = SMALLEST_ERROR
  let justRejected = false
  let fresh = true
  let failed = false

  const restart = (from: number, initial: Float64Array): void => {
    state.set(initial)
    time = from
    steps = 0
    rejected = 0
    wanted = 0
    lastError = SMALLEST_ERROR
    justRejected = false
    fresh = true
    failed = false
  }

  /** Stages 2 to 6, the new state in `trial`, and its derivative in k7. */
  const attempt = (h: number, end: number): void => {
    for (let i = 0; i < dimension; i++) trial[i] = state[i] + h * (A21 * k1[i])
    derivative(time + h / 5, trial, k2)
    for (let i = 0; i < dimension; i++) trial[i] = state[i] + h * (A31 * k1[i] + A32 * k2[i])
    derivative(time + h * 0.3, trial, k3)
    for (let i = 0; i < dimension; i++) trial[i] = state[i] + h * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i])
    derivative(time + h * 0.8, trial, k4)
    for (let i = 0; i < dimension; i++) trial[i] = state[i] + h * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i])
    derivative(time + h * (8 / 9), trial, k5)
    for (let i = 0; i < dimension; i++) {
      trial[i] = state[i] + h * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i])
    }
    derivative(end, trial, k6)
    for (let i = 0; i < dimension; i++) {
      trial[i] = state[i] + h * (B1 * k1[i] + B3 * k3[i] + B4 * k4[i] + B5 * k5[i] + B6 * k6[i])
    }
    derivative(end, trial, k7)
  }

  /** The largest error of a component in units of what is allowed; NaN where anything is not finite. */
  const errorOf = (h: number): number => {
    let largest = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.max(Math.abs(state[i]), Math.abs(trial[i]))
      const difference = E1 * k1[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]
      const error = Math.abs(h * difference)
      const ratio = error === 0 ? 0 : error / allowed
      if (!(ratio <= largest)) largest = ratio
      if (Number.isNaN(largest)) return NaN
    }
    return largest
  }

  /** A first step from the sizes of y, y' and y'' (Hairer, Norsett and Wanner, II.4); evaluates f no later than `to`. */
  const firstStep = (to: number): number => {
    let size = 0
    let slope = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.abs(state[i])
      size = Math.max(size, Math.abs(state[i]) / allowed)
      slope = Math.max(slope, Math.abs(k1[i]) / allowed)
    }
    const guess = Math.min(to - time, size < 1e-5 || slope < 1e-5 ? 1e-6 : (0.01 * size) / slope)
    for (let i = 0; i < dimension; i++) trial[i] = state[i] + guess * k1[i]
    derivative(time + guess, trial, k2)
    let bend = 0
    for (let i = 0; i < dimension; i++) {
      const allowed = absoluteTolerance + relativeTolerance * Math.abs(state[i])
      bend = Math.max(bend, Math.abs(k2[i] - k1[i]) / allowed / guess)
    }
    const steepest = Math.max(slope, bend)
    const second = steepest <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : exp(log(0.01 / steepest) / 5)
    const step = Math.min(100 * guess, second)
    return step > 0 ? step : guess
  }

  const begin = (to: number): boolean => {
    derivative(time, state, k1)
    for (let i = 0; i < dimension; i++) if (!Number.isFinite(k1[i]) || !Number.isFinite(state[i])) return false
    wanted = adaptive ? firstStep(to) : fixedStep
    fresh = false
    return true
  }

  const accept = (end: number): void => {
    state.set(trial)
    const swap = k1
    k1 = k7
    k7 = swap
    time = end
    steps++
  }

  const advance = (to: number, maximumSteps: number): OdeStatus => {
    if (failed) return 'not-converged'
    if (to < time || Number.isNaN(to)) throw new RangeError(`\`to\` must not be before ${time}, but is ${to}`)
    for (let used = 0; time < to; used++) {
      if (used >= maximumSteps) return 'paused'
      if (fresh && !begin(to)) return fault()
      const rest = to - time
      const lands = wanted * STRETCH >= rest
      const h = lands ? rest : wanted
      const end = lands ? to : time + h
      attempt(h, end)
      const error = errorOf(h)
      if (!adaptive) {
        if (!Number.isFinite(error)) return fault()
        accept(end)
      } else if (error <= 1) {
        const raw = error === 0 ? LARGEST_GROWTH : SAFETY * exp(INTEGRAL * log(lastError) - PROPORTIONAL * log(error))
        const growth = Math.min(justRejected ? 1 : LARGEST_GROWTH, Math.max(LARGEST_CUT, raw))
        // A step cut short to land says only that the wanted one may be kept.
        wanted = lands && h < wanted ? Math.max(wanted, h * growth) : h * growth
        if (!lands) lastError = Math.max(error, SMALLEST_ERROR)
        justRejected = false
        accept(end)
      } else {
        const raw = Number.isFinite(error) ? SAFETY * exp(-PROPORTIONAL * log(error)) : LARGEST_CUT
        wanted = h * Math.min(1, Math.max(LARGEST_CUT, raw))
        rejected++
        justRejected = true
        if (wanted <= SMALLEST_STEP * Math.abs(time) || wanted < Number.MIN_VALUE / SMALLEST_STEP) return fault()
      }
    }
    return 'ok'
  }

  const fault = (): OdeStatus => {
    failed = true
    return 'not-converged'
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
