import { exp, log } from './elementary.js'
import { modifiedBesselSequence } from './modified-bessel.js'
import type { Lane } from './shift-action.js'

/** A generator of relaxation applied together with the sums that a series takes, on vectors of at least `dimension` numbers. */
export interface RelaxationAction {
  readonly dimension: number
  /** out ← scale·L x + keep·x + carry·out, then sum ← sum + weight·out; `out` is not read where `carry` is 0. */
  step(x: Float64Array, out: Float64Array, scale: number, keep: number, carry: number, sum: Float64Array | null, weight: number): void
}

/** What bounds a generator of relaxation. */
export interface RelaxationBounds {
  /** q ≥ |L_ii| for all i. */
  readonly exitRate: number
  /** b ≥ |every eigenvalue of L|, where L is similar to a symmetric matrix; Infinity where it is not known to be. */
  readonly spectralRadius: number
}

/** How a relaxation is computed. */
export interface RelaxationPlan {
  readonly method: 'chebyshev' | 'uniformisation'
  /** Applications of the generator. */
  readonly applications: number
}

/** Three vectors as long as the state, in the memory that `step` works in; one relaxation after the other may use them. */
export type RelaxationWorkspace = readonly [Lane, Lane, Lane]

/** What is asked after every application: a promise where there is something to wait for, of whether to go on. */
export type Pause = () => Promise<boolean> | null

/** Moves probabilities under a rate equation. */
export interface Relaxation {
  /** What `advance` would do; nothing is computed. */
  plan(time: number, tolerance: number, amplification: number): RelaxationPlan
  /**
   * p ← e^{Lt}p in place, with an error of at most `tolerance` in the 1-norm relative to the sum of p; false where a pause ended it, p
   * as it was.
   *
   * @param amplification - a ≥ Σ_c √(Z_c Σ_{i∈c} p_i²/V_i)/Σp over the components c, Z_c = Σ V_i: by so much an error of the symmetrised
   * equation can grow in the probabilities; Infinity leaves it to uniformisation
   */
  advance(p: Float64Array, time: number, tolerance: number, amplification: number, pause: Pause): Promise<boolean>
}

const ROUNDING = 1.2e-16

/**
 * Errors of rounding in a recurrence of m terms: at the end of the spectrum, where the stationary state is, they add up to a few m roundings
 * of p; elsewhere to a few √m in the norm that the amplification belongs to.
 */
const STATIONARY_ROUNDINGS = 4
const OTHER_ROUNDINGS = 8

/** Mean number of events in one step of uniformisation: e^{−256} is far from underflow, and the tail costs half the mean. */
const POISSON_STEP = 256

/** What a probability below 0 counts as: hardly anything, but not 0, for it has been reached. */
const LEAST = 1e-300

/** A series longer than this is cut in two. */
const LONGEST_SERIES = 20_000

/**
 * The share of the tolerance that cutting a series off may take; its cost is logarithmic, so rounding is nearly reached. Numbers that are
 * integrated along (work, defects) grow as k² in the terms, and find room here.
 */
const TRUNCATION = 1e-6

/** Terms of a Chebyshev series at τ = bt/2 whose tail is below `bound`, from e^{−τ}I_k(τ) ≤ e^{−k²/(2(τ + k/3))}. */
const chebyshevDegree = (tau: number, bound: number): number => {
  const depth = -log(bound) + 3
  return Math.max(2, Math.ceil(depth / 3 + Math.sqrt((depth * depth) / 9 + 2 * depth * tau)))
}

/** Steps of uniformisation of at most POISSON_STEP events, and the terms of each. */
const poissonTerms = (total: number, tolerance: number): { readonly steps: number; readonly terms: number } => {
  const steps = Math.max(1, Math.ceil(total / POISSON_STEP))
  const mean = total / steps
  const depth = -log(Math.max(ROUNDING, tolerance / (2 * steps)))
  return { steps, terms: Math.ceil(mean + depth / 3 + Math.sqrt((depth * depth) / 9 + 2 * depth * mean)) }
}

/**
 * e^{Lt}p of a rate equation, by the cheaper of two series that the tolerance allows.
 *
 * *Uniformisation*, Σ_k e^{−qt}(qt)^k/k! (1 + L/q)^k p: every term is non-negative and the 1-norm never grows, so it is right whatever the
 * volumes; it takes qt applications and some.
 *
 * *Chebyshev*, Σ_k c_k T_k(1 + 2L/b)p with c_k = (2 − δ_k0)e^{−τ}I_k(τ), τ = bt/2, where L is similar to a symmetric matrix (local detailed
 * balance): a recurrence of three terms and √(2τ·ln 1/ε) applications. Its error is ε in the norm √(Σ p²/V), which the amplification turns
 * into probabilities: where that would not leave the tolerance, far from equilibrium between very different volumes, uniformisation is
 * taken. Run on p itself, the recurrence is that of the symmetrised generator, rounding included, for they differ by factors of components.
 *
 * Both sets of weights add up to 1 and Σp is put back at the end, so it is kept to rounding whatever the tolerance and the time.
 */
export const relaxation = (action: RelaxationAction, bounds: RelaxationBounds, workspace: RelaxationWorkspace): Relaxation => {
  const { length } = workspace[0].values
  let series = new Float64Array(0)

  /** Equal steps of a Chebyshev series and its degree, or null where rounding would not leave the tolerance. */
  const split = (time: number, tolerance: number, amplification: number): { readonly steps: number; readonly degree: number } | null => {
    if (!(bounds.spectralRadius < Infinity) || !(amplification < Infinity)) return null
    const bound = Math.max(ROUNDING, (TRUNCATION * tolerance) / amplification)
    const whole = (bounds.spectralRadius * time) / 2
    // The degree goes with the square root of the time.
    const times = Math.max(1, Math.ceil(chebyshevDegree(whole, bound) / LONGEST_SERIES))
    const steps = times * times
    const degree = chebyshevDegree(whole / steps, bound)
    const rounding = ROUNDING * steps * (STATIONARY_ROUNDINGS * degree + OTHER_ROUNDINGS * Math.sqrt(degree) * amplification)
    return rounding <= tolerance ? { steps, degree } : null
  }

  const plan = (time: number, tolerance: number, amplification: number): RelaxationPlan => {
    const { steps, terms } = poissonTerms(bounds.exitRate * time, tolerance)
    const cut = split(time, tolerance, amplification)
    return cut !== null && cut.steps * cut.degree < steps * terms
      ? { method: 'chebyshev', applications: cut.steps * cut.degree }
      : { method: 'uniformisation', applications: steps * terms }
  }

  /** sum ← e^{Lt}·from; `from` may be `sum`. */
  const chebyshev = async (from: Float64Array, time: number, degree: number, pause: Pause): Promise<boolean> => {
    let older = workspace[0].values
    let newer = workspace[1].values
    const sum = workspace[2].values
    if (series.length < degree + 1) series = new Float64Array(degree + 1)
    const coefficients = series.subarray(0, degree + 1)
    modifiedBesselSequence((bounds.spectralRadius * time) / 2, coefficients)
    let total = coefficients[0]!
    for (let k = 1; k <= degree; k += 1) total += 2 * coefficients[k]!
    const slope = 2 / bounds.spectralRadius
    const constant = coefficients[0]! / total
    for (let i = 0; i < length; i += 1) {
      const value = from[i]!
      older[i] = value
      sum[i] = constant * value
    }
    action.step(older, newer, slope, 1, 0, sum, (2 * coefficients[1]!) / total)
    for (let k = 2; k <= degree; k += 1) {
      const waiting = pause()
      if (waiting !== null && !(await waiting)) return false
      action.step(newer, older, 2 * slope, 2, -1, sum, (2 * coefficients[k]!) / total)
      const swap = older
      older = newer
      newer = swap
    }
    return true
  }

  /** The same by uniformisation with a mean of `events`, and at most a share `tail` left out. */
  const uniformised = async (from: Float64Array, events: number, tail: number, pause: Pause): Promise<boolean> => {
    let current = workspace[0].values
    let next = workspace[1].values
    const sum = workspace[2].values
    let weight = exp(-events)
    let total = weight
    for (let i = 0; i < length; i += 1) {
      const value = from[i]!
      current[i] = value
      sum[i] = weight * value
    }
    for (let k = 1; ; k += 1) {
      weight *= events / k
      total += weight
      action.step(current, next, 1 / bounds.exitRate, 1, 0, sum, weight)
      const swap = current
      current = next
      next = swap
      if (k + 2 > events && (weight * events) / (k + 1) / (1 - events / (k + 2)) <= tail * total) break
      const waiting = pause()
      if (waiting !== null && !(await waiting)) return false
    }
    // What was cut off belongs to the same probability distribution over k.
    for (let i = 0; i < length; i += 1) sum[i] = sum[i]! / total
    return true
  }

  return {
    plan,
    advance: async (p, time, tolerance, amplification, pause) => {
      if (time < 0) throw new RangeError(`a relaxation must go forward in time, but the time is ${time}`)
      if (time === 0 || bounds.exitRate === 0) return true
      if (!Number.isFinite(bounds.exitRate * time)) throw new RangeError(`\`time\` times the exit rate must be finite, but is ${bounds.exitRate * time}`)
      const cut = split(time, tolerance, amplification)
      const sum = workspace[2].values
      if (cut !== null && plan(time, tolerance, amplification).method === 'chebyshev') {
        for (let step = 0; step < cut.steps; step += 1) {
          if (!(await chebyshev(step === 0 ? p : sum, time / cut.steps, cut.degree, pause))) return false
        }
      } else {
        const { steps } = poissonTerms(bounds.exitRate * time, tolerance)
        const tail = Math.max(ROUNDING, tolerance / (2 * steps))
        for (let step = 0; step < steps; step += 1) {
          if (!(await uniformised(step === 0 ? p : sum, (bounds.exitRate * time) / steps, tail, pause))) return false
        }
      }
      // A sum below 0 is rounding: a Chebyshev series has terms of both signs, and where L_ii = −q a term may be −1e-16 of the one before.
      // Losses and the gains that they make are rounded apart, at every term the same way where p hardly moves: Σp is put back to what it was.
      let before = 0
      let after = 0
      for (let i = 0; i < action.dimension; i += 1) {
        before += p[i]!
        after += Math.max(0, sum[i]!)
      }
      const kept = after > 0 ? before / after : 1
      for (let i = 0; i < action.dimension; i += 1) p[i] = sum[i]! < 0 ? LEAST : kept * sum[i]!
      for (let i = action.dimension; i < length; i += 1) p[i] = sum[i]!
      return true
    },
  }
}
