import type { Vector } from '@mesobath/contracts'
import { tridiagonalEigenvalues } from './internal/tridiagonal.js'
import { randomStream } from './random/random-stream.js'

/** A symmetric, negative semidefinite map whose states fall into parts that it does not link. */
export interface BlockedAction {
  readonly dimension: number
  /** out = A x. */
  apply(x: Vector, out: Float64Array): void
  /** The part of each state, counted from 0. */
  readonly component: Int32Array
  readonly components: number
  /** The null vector of every part, of norm 1 there. */
  readonly stationary: Vector
}

/** The slowest rates that were found. */
export interface SlowestRates {
  /** Smallest |eigenvalue| of each part beside the 0 of its null vector; Infinity where a part is one state, which has no other. */
  readonly rates: Float64Array
  /** Bound on the error of each, from the residual of its vector. */
  readonly errors: Float64Array
}

/** A rate is known well enough when its residual is below this share of it; the rate itself is then right to about the square. */
const RESOLUTION = 1e-6

/** Residuals below this share of the largest |A x| are rounding. */
const EXHAUSTED = 1e-13

/** Steps after which a part is given up: rates a millionth of the largest take a few thousand. */
const STEPS = 20_000

/** Examined at so many steps first, then each time after a third more. */
const FIRST_LOOK = 4
const LOOK_GROWTH = 4 / 3

/** Any fixed number: the start vector is the same in every run. */
const START_SEED = 0x67617073

/** One part's tridiagonal matrix, as it grows. */
interface Part {
  readonly diagonal: number[]
  readonly off: number[]
  /** Largest ⟨x|A x⟩ met. */
  scale: number
  active: boolean
}

/**
 * The smallest non-zero |eigenvalue| of each part of a symmetric map by Lanczos' method, all parts at once: one application serves them
 * all, since none sees another.
 *
 * Null vectors are projected out in every step; beyond that nothing is orthogonalised again, so that four vectors suffice however many the
 * steps. What is lost of orthogonality makes copies of eigenvalues, not wrong ones, and a residual |β s| still bounds the error of a
 * Ritz value.
 */
export const slowestRates = (action: BlockedAction): SlowestRates => {
  const { component, components, dimension, stationary } = action
  const rates = new Float64Array(components).fill(Infinity)
  const errors = new Float64Array(components)
  const sizes = new Int32Array(components)
  for (let i = 0; i < dimension; i += 1) sizes[component[i]!]! += 1
  const parts = Array.from(sizes, (size): Part => ({ diagonal: [], off: [], scale: 0, active: size > 1 }))
  let active = parts.reduce((sum, part) => sum + (part.active ? 1 : 0), 0)
  let before = new Float64Array(dimension)
  let current = new Float64Array(dimension)
  let next = new Float64Array(dimension)
  const sums = new Float64Array(components)
  const factors = new Float64Array(components)

  const inner = (x: Vector, y: Vector): void => {
    sums.fill(0)
    for (let i = 0; i < dimension; i += 1) sums[component[i]!]! += x[i]! * y[i]!
  }
  const project = (x: Float64Array): void => {
    inner(x, stationary)
    for (let i = 0; i < dimension; i += 1) x[i]! -= sums[component[i]!]! * stationary[i]!
  }
  /** Divides every part of x by its norm, or puts 0 where it has none; norms are left in `factors`. */
  const normalise = (x: Float64Array): void => {
    inner(x, x)
    for (let c = 0; c < components; c += 1) factors[c] = Math.sqrt(sums[c]!)
    for (let i = 0; i < dimension; i += 1) {
      const norm = factors[component[i]!]!
      x[i] = norm > 0 ? x[i]! / norm : 0
    }
  }
  const finish = (c: number): void => {
    parts[c]!.active = false
    active -= 1
  }

  const stream = randomStream(START_SEED, dimension)
  for (let i = 0; i < dimension; i += 1) current[i] = sizes[component[i]!]! > 1 ? stream.normal() : 0
  project(current)
  // Twice: where a part is small the random vector may lie near its null vector, and the first projection leaves rounding.
  normalise(current)
  project(current)
  normalise(current)
  let look = FIRST_LOOK
  for (let step = 1; active > 0; step += 1) {
    action.apply(current, next)
    for (let i = 0; i < dimension; i += 1) next[i] = -next[i]!
    inner(current, next)
    for (let c = 0; c < components; c += 1) {
      const part = parts[c]!
      factors[c] = part.active ? (part.off.at(-1) ?? 0) : 0
      if (!part.active) continue
      part.diagonal.push(sums[c]!)
      part.scale = Math.max(part.scale, sums[c]!)
    }
    for (let i = 0; i < dimension; i += 1) {
      const c = component[i]!
      next[i] = next[i]! - sums[c]! * current[i]! - factors[c]! * before[i]!
    }
    project(next)
    normalise(next)
    const looking = step >= look
    if (looking) look = Math.max(look + 1, Math.ceil(look * LOOK_GROWTH))
    for (let c = 0; c < components; c += 1) {
      const part = parts[c]!
      if (!part.active) continue
      const residual = factors[c]!
      part.off.push(residual)
      const rounding = EXHAUSTED * part.scale
      if (residual > rounding && !looking && step !== sizes[c]! - 1 && step < STEPS) continue
      const ritz = smallest(part)
      const error = residual > rounding ? residual * Math.abs(ritz.last) : rounding
      if (error > rounding && error > RESOLUTION * ritz.value && step < STEPS) continue
      rates[c] = ritz.value
      errors[c] = error
      finish(c)
    }
    for (let i = 0; i < dimension; i += 1) if (!parts[component[i]!]!.active) next[i] = 0
    const swap = before
    before = current
    current = next
    next = swap
  }
  return { rates, errors }
}

/** The smallest eigenvalue of a part's matrix and the last entry of its vector. */
const smallest = ({ diagonal, off }: Part): { readonly value: number; readonly last: number } => {
  const values = Float64Array.from(diagonal)
  const last = new Float64Array(values.length)
  if (!tridiagonalEigenvalues(values, Float64Array.from(off), last)) throw new Error('the tridiagonal eigenvalue iteration did not converge')
  let least = 0
  for (let i = 1; i < values.length; i += 1) if (values[i]! < values[least]!) least = i
  return { value: values[least]!, last: last[least]! }
}
