import { exp } from './elementary.js'

/** A real linear map, `out` = L·state, of vectors [dimension]; `out` is another array than `state`. */
export interface LinearAction {
  readonly dimension: number
  apply(state: Float64Array, out: Float64Array): void
}

/** Moves a vector in place; `tolerance` bounds the error relative to the size of the vector. */
export interface Propagator {
  advance(state: Float64Array, time: number, tolerance: number): void
}

/** Taylor terms grow as e^θ before they fall; at θ = 2 a step loses three bits to rounding. */
const TAYLOR_STEP = 2

/** Mean number of events in one step of uniformisation: e^{−256} is far from underflow, and the tail costs half the mean. */
const POISSON_STEP = 256

/** Below this a unit in the last place is no longer small: such rates count as this, such probabilities as 0. */
const UNDERFLOW = 1e-300

/** No tolerance can be below rounding. */
const ROUNDING = 1e-16

/**
 * e^{Lt}·state by a scaled Taylor series, in place.
 *
 * `normBound` ≥ ‖L‖ in any operator norm; t is cut into steps of ‖L‖t ≤ 2 and the degree chosen beforehand such that the
 * remainders Σ_{k>m} θ^k/k! add up to at most `tolerance`: the error is below tolerance·‖state‖ in that norm where e^{Lt} does
 * not grow (unitary and dissipative L), and below that times its growth otherwise. Nothing is allocated by `advance`.
 */
export const exponentialAction = (action: LinearAction, normBound: number): Propagator => {
  const { dimension } = action
  let term = new Float64Array(dimension)
  let next = new Float64Array(dimension)

  const advance = (state: Float64Array, time: number, tolerance: number): void => {
    const total = normBound * Math.abs(time)
    if (total === 0) return
    if (!Number.isFinite(total)) throw new RangeError(`\`time\` times the norm must be finite, but is ${total}`)
    const steps = Math.max(1, Math.ceil(total / TAYLOR_STEP))
    const degree = taylorDegree(total / steps, Math.max(tolerance, ROUNDING) / steps)
    const step = time / steps
    for (let count = 0; count < steps; count++) {
      term.set(state)
      for (let k = 1; k <= degree; k++) {
        action.apply(term, next)
        const factor = step / k
        for (let i = 0; i < dimension; i++) {
          const value = next[i] * factor
          next[i] = value
          state[i] = state[i] + value
        }
        const swap = term
        term = next
        next = swap
      }
    }
  }
  return { advance }
}

// The smallest m with Σ_{k>m} θ^k/k! ≤ bound; the tail is below its first term over 1 − θ/(m + 2).
const taylorDegree = (theta: number, bound: number): number => {
  let term = theta
  for (let degree = 0; ; degree++) {
    // term = θ^{m+1}/(m+1)!
    if (theta < degree + 2 && term / (1 - theta / (degree + 2)) <= bound) return Math.max(1, degree)
    term *= theta / (degree + 2)
  }
}

/**
 * e^{Lt}·p of a rate equation by uniformisation, in place: Σ_k e^{−qt}(qt)^k/k! (1 + L/q)^k p.
 *
 * L is a generator (`out` = L·p, non-negative off the diagonal, columns that sum to 0) and `exitRateBound` ≥ max_i |L_ii|. Every
 * term is non-negative, so p stays non-negative whatever the tolerance, and its sum is kept to rounding; `tolerance` bounds the
 * error in the 1-norm relative to the sum of p. Long times are split, so that no weight underflows. Nothing is allocated by `advance`.
 */
export const uniformisation = (action: LinearAction, exitRateBound: number): Propagator => {
  const { dimension } = action
  const current = new Float64Array(dimension)
  const change = new Float64Array(dimension)
  const uniformRate = Math.max(exitRateBound, UNDERFLOW)
  const inverseRate = 1 / uniformRate

  const advance = (p: Float64Array, time: number, tolerance: number): void => {
    if (time < 0) throw new RangeError(`uniformisation must go forward in time, but the time is ${time}`)
    const total = uniformRate * time
    if (total === 0) return
    if (!Number.isFinite(total)) throw new RangeError(`\`time\` times the exit rate must be finite, but is ${total}`)
    const steps = Math.max(1, Math.ceil(total / POISSON_STEP))
    const mean = total / steps
    const tail = Math.max(tolerance, ROUNDING) / (2 * steps)
    for (let count = 0; count < steps; count++) {
      current.set(p)
      let weight = exp(-mean)
      let sum = weight
      for (let i = 0; i < dimension; i++) p[i] = weight * current[i]
      for (let k = 1; ; k++) {
        action.apply(current, change)
        weight *= mean / k
        sum += weight
        for (let i = 0; i < dimension; i++) {
          // Where L_ii = −q rounding may leave −1e-16 of p_i here; the term before, with a weight k/qt ≥ 1/256 of this one's, outweighs it.
          const moved = current[i] + change[i] * inverseRate
          const value = Math.abs(moved) < UNDERFLOW ? 0 : moved
          current[i] = value
          p[i] = p[i] + weight * value
        }
        if (k + 2 > mean && (weight * mean) / (k + 1) / (1 - mean / (k + 2)) <= tail * sum) break
      }
      // What was cut off belongs to the same probability distribution over k.
      for (let i = 0; i < dimension; i++) p[i] = p[i] / sum
    }
  }
  return { advance }
}
