import type { Frame, Vector } from '@mesobath/contracts'
import type { BathCorrelation } from '../ledger.js'
import { PairEntropy } from './pair-entropy.js'

interface Pair { readonly first: number; readonly second: number; readonly together: PairEntropy; readonly values: number[] }

/** Mutual informations of two parts of a whole of several baths. Of one bath nothing is kept here: its are those of the whole. */
export class CorrelationBook {
  readonly #labels: readonly string[]
  /** Entropy of the system and one bath together; empty where that is the whole. */
  readonly #withSystem: readonly PairEntropy[]
  readonly #pairs: readonly Pair[]

  constructor({ dimension, baths }: Frame) {
    const counts = [dimension, ...baths.map(({ windows }) => windows.energies.length)]
    this.#labels = baths.map(({ label }) => label)
    this.#withSystem = baths.length === 1 ? [] : baths.map((_, axis) => new PairEntropy(counts, 0, axis + 1))
    this.#pairs = baths.flatMap((_, first) => baths.slice(first + 1).map((__, ahead): Pair => {
      const second = first + 1 + ahead
      return { first, second, together: new PairEntropy(counts, first + 1, second + 1), values: [] }
    }))
  }

  /** −Σ p ln p over the levels and the windows of one bath; `whole` is that of all axes. */
  systemWith(axis: number, populations: Vector, whole: number): number {
    return this.#withSystem.length === 0 ? whole : this.#withSystem[axis].of(populations)
  }

  /** Writes I(B_ν:B_ν'), given each bath's −Σ p ln p. */
  write(populations: Vector, shannon: (axis: number) => number): void {
    for (const { first, second, together, values } of this.#pairs) values.push(shannon(first) + shannon(second) - together.of(populations))
  }

  finish(): readonly BathCorrelation[] {
    return this.#pairs.map(({ first, second, values }) =>
      ({ first: this.#labels[first], second: this.#labels[second], values: Float64Array.from(values) }))
  }
}
