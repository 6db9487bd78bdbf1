import type { Vector } from '@mesobath/contracts'
import type { Components } from '../connected-components.js'

/** The probability of every connected component, which no jump changes. */
export class ComponentSums {
  readonly #components: Components
  readonly #kept: Float64Array
  readonly #now: Float64Array

  constructor(components: Components) {
    this.#components = components
    this.#kept = new Float64Array(components.count)
    this.#now = new Float64Array(components.count)
  }

  /** Takes the sums of a state as those that are to be kept. */
  keep(populations: Vector): void {
    this.#add(populations, this.#kept)
  }

  /** Scales every component of a state to the probability it had: what a series has lost or made there is rounding. */
  restore(populations: Float64Array): void {
    const { component, count } = this.#components
    const kept = this.#kept
    const now = this.#now
    this.#add(populations, now)
    for (let part = 0; part < count; part += 1) now[part] = now[part]! > 0 ? kept[part]! / now[part]! : 1
    for (let i = 0; i < component.length; i += 1) populations[i] = populations[i]! * now[component[i]!]!
  }

  #add(populations: Vector, sums: Float64Array): void {
    const { component } = this.#components
    sums.fill(0)
    for (let i = 0; i < component.length; i += 1) sums[component[i]!]! += populations[i]!
  }
}
