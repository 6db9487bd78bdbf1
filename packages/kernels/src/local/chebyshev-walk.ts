import type { SpectralBounds } from '../spectral-bounds.js'
import type { LocalWorkspace } from './local-workspace.js'

/** The polynomials T_m((H − c)/R) of one operator on one vector, from one order to the next. */
export interface ChebyshevWalk {
  /** m. */
  readonly order: number
  /** The vector that holds T_m((H − c)/R) x, until the step after the next. */
  readonly current: number
  /** The vector of order m − 1; meaningless while m is 0. */
  readonly previous: number
  /** One product with H. */
  step(): void
}

/**
 * T_0 x = x, T_1 x = ((H − c)/R) x, T_{m+1} x = 2 ((H − c)/R) T_m x − T_{m−1} x, with c ± R the `bounds`.
 *
 * `first` holds x and is overwritten, and so is `second`.
 */
export const chebyshevWalk = (workspace: LocalWorkspace, operator: number, bounds: SpectralBounds, first: number, second: number): ChebyshevWalk => {
  const centre = 0.5 * (bounds.lower + bounds.upper)
  const inverse = 2 / (bounds.upper - bounds.lower)
  let order = 0
  let current = first
  let previous = second
  return {
    get order() {
      return order
    },
    get current() {
      return current
    },
    get previous() {
      return previous
    },
    step: () => {
      const factor = order === 0 ? inverse : 2 * inverse
      workspace.apply(operator, current, previous, factor, 0, -factor * centre, order === 0 ? 0 : -1)
      const moved = previous
      previous = current
      current = moved
      order += 1
    },
  }
}
