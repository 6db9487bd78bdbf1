import { succeed } from '@mesobath/contracts'
import type { Cancellation, Host, Outcome, Status } from '@mesobath/contracts'
import { BRIDGED_STEP_DERIVATIVES } from '@mesobath/kernels'
import type { OdeStatus, OdeStepper } from '@mesobath/kernels'
import type { History } from './history.js'

/** Elementary operations of a few milliseconds: the longest that a signal goes unheard. */
const OPERATIONS_PER_PAUSE = 4e6

/** Steps that fit between two pauses, at the given cost of one derivative. */
export const stepsPerPause = (operationsPerDerivative: number): number =>
  Math.max(1, Math.floor(OPERATIONS_PER_PAUSE / (BRIDGED_STEP_DERIVATIVES * Math.max(1, operationsPerDerivative))))

/** Advances an integrator to `to`, landing where a block of the history ends: a step across might miss what lies beyond. */
export const advanceAlong = (past: History, ode: OdeStepper, to: number, steps: number): OdeStatus => {
  const last = ode.steps + ode.rejected + steps
  while (ode.time !== to) {
    const end = past.endOf(ode.time)
    if (!(end > ode.time)) throw new RangeError(`\`to\` must not be behind ${end}, where the segment ends, but is ${to}`)
    const status = ode.advance(Math.min(to, end), last - ode.steps - ode.rejected, end)
    if (status !== 'ok') return status
  }
  return 'ok'
}

/** The same in portions, breathing and listening in between. */
export const advanceInPortions = async (
  past: History, ode: OdeStepper, to: number, steps: number, host: Host, signal: Cancellation | undefined,
): Promise<Outcome<Status>> => {
  for (;;) {
    if (signal?.aborted === true) return succeed('cancelled')
    const status = advanceAlong(past, ode, to, steps)
    if (status !== 'paused') return succeed(status)
    if (host.breathe !== undefined) await host.breathe()
  }
}

/** Steps per unit of 1/δ that an envelope asks for at the default tolerance. */
const STEPS_PER_ENVELOPE_TIME = 2

/** A stretch of time that costs a few milliseconds, at the given cost of one derivative and width of the windows. */
export const stepStride = (operationsPerDerivative: number, width: number): number =>
  stepsPerPause(operationsPerDerivative) / (STEPS_PER_ENVELOPE_TIME * width)
