import { succeed } from '@mesobath/contracts'
import type { Cancellation, Host, Outcome, Status } from '@mesobath/contracts'
import { BRIDGED_STEP_DERIVATIVES } from '@mesobath/kernels'
import type { OdeStepper } from '@mesobath/kernels'

/** Elementary operations of a few milliseconds: the longest that a signal goes unheard. */
const OPERATIONS_PER_PAUSE = 4e6

/** Steps that fit between two pauses, at the given cost of one derivative. */
export const stepsPerPause = (operationsPerDerivative: number): number =>
  Math.max(1, Math.floor(OPERATIONS_PER_PAUSE / (BRIDGED_STEP_DERIVATIVES * Math.max(1, operationsPerDerivative))))

/** Advances an integrator to `to`, by steps that reach up to `end`, in portions, breathing and listening in between. */
export const advanceInPortions = async (
  ode: OdeStepper, to: number, end: number, steps: number, host: Host, signal: Cancellation | undefined,
): Promise<Outcome<Status>> => {
  for (;;) {
    if (signal?.aborted === true) return succeed('cancelled')
    const status = ode.advance(to, steps, end)
    if (status !== 'paused') return succeed(status)
    if (host.breathe !== undefined) await host.breathe()
  }
}

/** Steps per unit of 1/δ that an envelope asks for at the default tolerance. */
const STEPS_PER_ENVELOPE_TIME = 5

/** A stretch of time that costs a few milliseconds, at the given cost of one derivative and width of the windows. */
export const stepStride = (operationsPerDerivative: number, width: number): number =>
  stepsPerPause(operationsPerDerivative) / (STEPS_PER_ENVELOPE_TIME * width)
