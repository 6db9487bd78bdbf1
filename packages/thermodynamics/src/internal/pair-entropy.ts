import type { Vector } from '@mesobath/contracts'
import { shannonEntropy } from '../entropies.js'

/**
 * The entropy of two axes of a vector laid out [axis₀, axis₁ …] together, the others summed over: one pass in the order of memory, and
 * one small table.
 */
export class PairEntropy {
  readonly #table: Float64Array
  readonly #first: number
  readonly #second: number
  /** Indices before the first axis, between the two, behind the second. */
  readonly #outer: number
  readonly #middle: number
  readonly #inner: number

  constructor(counts: readonly number[], first: number, second: number) {
    const product = (from: number, to: number): number => counts.slice(from, to).reduce((size, count) => size * count, 1)
    this.#first = counts[first]
    this.#second = counts[second]
    this.#outer = product(0, first)
    this.#middle = product(first + 1, second)
    this.#inner = product(second + 1, counts.length)
    this.#table = new Float64Array(this.#first * this.#second)
  }

  /** −Σ p ln p over the two axes. */
  of(values: Vector): number {
    const table = this.#table
    table.fill(0)
    let start = 0
    for (let outer = 0; outer < this.#outer; outer++) {
      for (let row = 0; row < table.length; row += this.#second) {
        for (let middle = 0; middle < this.#middle; middle++) {
          for (let column = 0; column < this.#second; column++) {
            const end = start + this.#inner
            let sum = 0
            for (let i = start; i < end; i++) sum += values[i]
            table[row + column] += sum
            start = end
          }
        }
      }
    }
    return shannonEntropy(table)
  }
}
