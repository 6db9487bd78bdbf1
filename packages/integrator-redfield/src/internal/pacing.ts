import type { Status } from '@mesobath/contracts'
import type { OdeStepper, Pause } from '@mesobath/kernels'
import type { History } from './history.js'

/** Elementary operations of a few milliseconds: the longest that a signal goes unheard. */
const OPERATIONS_PER_PAUSE = 4e6

/** Derivatives that fit between two pauses, at the given cost of one. */
export const derivativesPerPause = (operationsPerDerivative: number): number =>
  Math.max(1, Math.floor(OPERATIONS_PER_PAUSE / Math.max(1, operationsPerDerivative)))

/**
 * Advances an integrator to `to` in portions of so many derivatives, with a pause in between; 'cancelled' at the time reached where one said so. It lands
 * where a block of the history ends: a step across might miss what lies beyond.
 */
export const advanceInPortions = async (past: History, ode: OdeStepper, to: number, derivatives: number, pause: Pause): Promise<Status> => {
  let last = ode.derivatives + derivatives
  while (ode.time !== to) {
    const end = past.endOf(ode.time)
    if (!(end > ode.time)) throw new RangeError(`\`to\` must not be behind ${end}, where the segment ends, but is ${to}`)
    const status = ode.advance(Math.min(to, end), last - ode.derivatives, end)
    if (status === 'not-converged') return status
    if (status === 'ok') continue
    const rest = pause()
    if (rest !== null && !(await rest)) return 'cancelled'
    last = ode.derivatives + derivatives
  }
  return 'ok'
}
