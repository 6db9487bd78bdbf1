// Compiled, never run: what plug-ins of others must be able to say, and what they must not.
import { CONTRACT, succeed } from '@mesobath/contracts'
import type { BathModel, Cancellation, Capability, Observer, Problem, RateModel, SolveOptions, Trajectory, Vector } from '@mesobath/contracts'

declare module '@mesobath/contracts' {
  interface BathCapabilities {
    readonly phonons?: { readonly cutoff: number }
  }
}

/** A merged capability is a name like any other, with its own type. */
export const capability: Capability = 'phonons'
export const cutoff = (bath: BathModel): number | undefined => bath.can.phonons?.cutoff
// @ts-expect-error a capability that no one declared
export const unknown: Capability = 'photons'

export const rates: RateModel = {
  contract: CONTRACT, name: 'mine', package: 'mine', version: '1.0.0', citations: [], recipe: null, needs: ['phonons', 'microscopic'],
  correlate: () => succeed({ lineShape: { kind: 'own', bandwidth: 1, stationary: false }, strength: () => succeed(undefined) }),
}

/** An AbortSignal fits where a run is cancelled. */
declare const signal: { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void }
export const cancellation: Cancellation = signal

/** What observers return is known by name and type. */
declare const counter: Observer<number>
declare const names: Observer<readonly string[]>
declare const solveWith: <O extends NonNullable<SolveOptions['observers']>>(options: SolveOptions<O>) => Trajectory<O>
const observed = solveWith({ observers: { counter, names } }).observed
export const count: number = observed.counter
export const list: readonly string[] = observed.names
// @ts-expect-error an observer that was not given
export const absent: unknown = observed.ledger

declare const problem: Problem
declare const vector: Vector
// @ts-expect-error a problem is not to be changed
problem.energies = vector
