import type { State } from './evolution.js'

/** Ψ and the time it stands at, handed from one propagator to the next. Its planes belong to the run. */
export interface HeldState {
  psi: State
  time: number
}
