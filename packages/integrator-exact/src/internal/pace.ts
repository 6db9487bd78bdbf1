import type { Cancellation, Host } from '@mesobath/contracts'

/** Lets others run, and hears a signal, between products: about every 10 ms of wasm, 50 ms of plain JavaScript. */
const OPERATIONS_PER_BREATH = 1e8

/** Counts operations between breaths. */
export interface Pace {
  /** Adds operations; true where it is time to breathe. */
  due(operations: number): boolean
  /** Hands control to the host's event loop; false where the run was cancelled. */
  breathe(): Promise<boolean>
}

/** A pace that hears `signal`; without one it only breathes. */
export const makePace = (host: Host, signal?: Cancellation): Pace => {
  let spent = 0
  return {
    due: (operations) => {
      spent += operations
      if (spent < OPERATIONS_PER_BREATH) return false
      spent = 0
      return true
    },
    breathe: async () => {
      if (host.breathe !== undefined) await host.breathe()
      return signal === undefined || !signal.aborted
    },
  }
}

/** Operations a single product should stay below, for the same reason. */
export const OPERATIONS_PER_PRODUCT = OPERATIONS_PER_BREATH
