import type { CouplingElements } from './coupling-elements.js'
import type { WindowPairs } from './window-pairs.js'

/**
 * The second-order memory of one bath: Y^α(E,E';t) = Σ_α' G^{αα'}_{qk}(E,E';t) S^{α'}_qk on the elements (q, k) of the couplings, with
 * G_qk(E,E';t) = λ(t) ∫₀ᵗ dτ λ(t−τ) C(E,E';−τ) exp[−i∫_{t−τ}^{t} ω_qk ds], ω_qk = ε_q − ε_k.
 */
export interface MemoryKernel {
  readonly axis: number
  readonly pairs: WindowPairs
  readonly elements: CouplingElements
  /** Tables for the newest blocks of the history; the only call that may allocate. */
  enter(): void
  /** The history was forgotten. */
  forget(): void
  /** Evaluates everything that depends on time; the history looks at that time. */
  update(time: number): void
  /** Writes Y^α of one pair of windows [α, element]; elements in the order (q, k) = (row, column). */
  write(pair: number, outRe: Float64Array, outIm: Float64Array): void
}

/** What fills a kernel's table of integrals. */
export type MemorySource = Pick<MemoryKernel, 'enter' | 'forget' | 'update'>
