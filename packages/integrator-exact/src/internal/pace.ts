import { issue } from '@mesobath/contracts'
import type { Cancellation, DenseBackend, Host } from '@mesobath/contracts'

/** Lets others run, and hears a signal, between products: about every 5 ms of wasm, 20 ms of plain JavaScript. */
const OPERATIONS_PER_BREATH = 5e7

/** Operations a single product should stay below, for the same reason; plain JavaScript, which takes longer, breathes within. */
export const OPERATIONS_PER_PRODUCT = 1e8

/** The same of a backend that knows itself to be faster. */
export const operationsOf = ({ operationsPerBreath }: Pick<DenseBackend, 'operationsPerBreath'>): number => operationsPerBreath ?? OPERATIONS_PER_PRODUCT

/** What a preparation that heard the signal says. */
export const CANCELLED = issue('integrator-exact/cancelled', [], 'the run must be prepared before it moves, but was cancelled')

/** Counts operations between breaths. */
export interface Pace {
  /** Adds operations; true where it is time to breathe. */
  due(operations: number): boolean
  /** Hands control to the host's event loop; false where the run was cancelled. */
  readonly breathe: () => Promise<boolean>
}

/** A pace that hears `signal`; without one it only breathes. */
export const makePace = (host: Host, signal?: Cancellation): Pace => {
  let spent = 0
  let stopped = false
  return {
    due: (operations) => {
      // A product that was stopped in its middle is told of here.
      if (stopped) return true
      spent += operations
      if (spent < OPERATIONS_PER_BREATH) return false
      spent = 0
      return true
    },
    breathe: async () => {
      if (host.breathe !== undefined) await host.breathe()
      stopped = signal !== undefined && signal.aborted
      return !stopped
    },
  }
}
