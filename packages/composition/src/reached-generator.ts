import type { Vector } from '@mesobath/contracts'
import type { BathTransitions } from './bath-transitions.js'
import { joinStates, numberComponents, separateStates } from './connected-components.js'
import type { Components } from './connected-components.js'
import type { PopulationGenerator } from './population-generator.js'
import type { Lattice } from './window-lattice.js'

/** The generator of the rate equation on the states that a start can reach, and nothing else. */
export interface ReachedGenerator extends Omit<PopulationGenerator, 'transitions'> {
  /** Joint indices of the states, ascending. */
  readonly states: Int32Array
  /** ln V of each state. */
  readonly logVolumes: Float64Array
  readonly components: Components
}

const indexOf = (states: Int32Array, state: number): number => {
  let low = 0
  let high = states.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (states[middle]! < state) low = middle + 1
    else high = middle
  }
  return low
}

/** Jumps into each (level, window) of one bath. */
const arrivals = ({ count, toLevel, toWindow }: BathTransitions, dimension: number, windows: number): { readonly first: Int32Array; readonly jump: Int32Array } => {
  const first = new Int32Array(dimension * windows + 1)
  for (let i = 0; i < count; i += 1) first[toLevel[i]! * windows + toWindow[i]! + 1]! += 1
  for (let place = 0; place < dimension * windows; place += 1) first[place + 1]! += first[place]!
  const next = first.slice()
  const jump = new Int32Array(count)
  for (let i = 0; i < count; i += 1) {
    const place = toLevel[i]! * windows + toWindow[i]!
    jump[next[place]!] = i
    next[place]! += 1
  }
  return { first, jump }
}

/**
 * The generator of a lattice restricted to states that no jump leaves: rates stay in the tables of the baths, a state keeps where its
 * probability comes from and by which of them.
 *
 * @param states - joint indices, ascending, as `reachedStates` gives them
 */
export const reachedGenerator = (lattice: Lattice, generator: PopulationGenerator, states: Int32Array): ReachedGenerator => {
  const { counts, dimension, size, strides } = lattice
  const { exitRateBound, spectralBound, transitions } = generator
  const into = transitions.map((jumps, axis) => arrivals(jumps, dimension, counts[axis]!))
  const base: number[] = []
  let tableLength = 0
  for (const { count } of transitions) {
    base.push(tableLength)
    tableLength += count
  }
  const rates = new Float64Array(tableLength)
  transitions.forEach(({ rate }, axis) => rates.set(rate, base[axis]!))
  const placeOf = (state: number, axis: number): number =>
    Math.floor(state / size) * counts[axis]! + (Math.floor((state % size) / strides[axis]!) % counts[axis]!)
  const first = new Int32Array(states.length + 1)
  for (let i = 0; i < states.length; i += 1) {
    let terms = 0
    for (let axis = 0; axis < into.length; axis += 1) {
      const place = placeOf(states[i]!, axis)
      terms += into[axis]!.first[place + 1]! - into[axis]!.first[place]!
    }
    first[i + 1] = first[i]! + terms
  }
  const source = new Int32Array(first[states.length]!)
  const table = new Int32Array(first[states.length]!)
  const logVolumes = new Float64Array(states.length)
  const exits = new Float64Array(states.length)
  const parent = separateStates(states.length)
  for (let i = 0; i < states.length; i += 1) {
    const state = states[i]!
    let term = first[i]!
    for (let axis = 0; axis < into.length; axis += 1) {
      const { fromLevel, fromWindow, rate, toLevel, toWindow } = transitions[axis]!
      const place = placeOf(state, axis)
      logVolumes[i]! += lattice.logVolumes[axis]![place % counts[axis]!]!
      for (let j = into[axis]!.first[place]!; j < into[axis]!.first[place + 1]!; j += 1) {
        const jump = into[axis]!.jump[j]!
        const origin = indexOf(states, state + (fromLevel[jump]! - toLevel[jump]!) * size + (fromWindow[jump]! - toWindow[jump]!) * strides[axis]!)
        source[term] = origin
        table[term] = base[axis]! + jump
        exits[origin]! += rate[jump]!
        joinStates(parent, i, origin)
        term += 1
      }
    }
  }
  const step = (
    x: Vector, out: Float64Array, scale: number, keep: number, carry: number, sum: Float64Array | null, weight: number,
  ): void => {
    for (let i = 0; i < states.length; i += 1) {
      let value = (keep - scale * exits[i]!) * x[i]!
      for (let term = first[i]!; term < first[i + 1]!; term += 1) value += scale * rates[table[term]!]! * x[source[term]!]!
      if (carry !== 0) value += carry * out[i]!
      out[i] = value
      if (sum !== null) sum[i] = sum[i]! + weight * value
    }
  }
  return {
    dimension: states.length, states, logVolumes, components: numberComponents(parent), exitRateBound, spectralBound, step,
    allocate: (length) => ({ values: new Float64Array(length) }), release: () => undefined, apply: (populations, out) => step(populations, out, 1, 0, 0, null, 0),
  }
}
