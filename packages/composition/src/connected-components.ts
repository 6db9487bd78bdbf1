import type { BathTransitions } from './bath-transitions.js'
import type { Lattice } from './window-lattice.js'

/** The connected parts of a graph of jumps; probability never leaves one. */
export interface Components {
  readonly count: number
  /** The part that each state belongs to, numbered in the order of their first states. */
  readonly component: Int32Array
}

const rootOf = (parent: Int32Array, node: number): number => {
  let root = node
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]!]!
    root = parent[root]!
  }
  return root
}

/** Every state a part of its own. */
export const separateStates = (states: number): Int32Array => {
  const parent = new Int32Array(states)
  for (let i = 0; i < states; i += 1) parent[i] = i
  return parent
}

/** Joins the parts of two states; a parent never comes after its child. */
export const joinStates = (parent: Int32Array, first: number, second: number): void => {
  const a = rootOf(parent, first)
  const b = rootOf(parent, second)
  if (a < b) parent[b] = a
  else if (b < a) parent[a] = b
}

/** Numbers the parts, in place. */
export const numberComponents = (parent: Int32Array): Components => {
  let count = 0
  for (let i = 0; i < parent.length; i += 1) {
    // The parent stands before its child and has its number already.
    if (parent[i] === i) {
      parent[i] = count
      count += 1
    } else {
      parent[i] = parent[parent[i]!]!
    }
  }
  return { count, component: parent }
}

/**
 * The connected components of all joint states [level, window₁ … windowₙ] under the jumps of all baths. On resonance each lies in one
 * energy shell; off-resonant jumps join shells.
 *
 * @param transitions - the jumps of each bath, in the lattice's order; rates are positive in both directions or 0 in both
 * @equation 34
 */
export const connectedComponents = (lattice: Lattice, transitions: readonly BathTransitions[]): Components => {
  const { counts, dimension, size, strides } = lattice
  const parent = separateStates(dimension * size)
  transitions.forEach(({ count, fromLevel, fromWindow, toLevel, toWindow }, axis) => {
    const stride = strides[axis]!
    const span = counts[axis]! * stride
    for (let i = 0; i < count; i += 1) {
      const source = fromLevel[i]! * size + fromWindow[i]! * stride
      const target = toLevel[i]! * size + toWindow[i]! * stride
      // A jump and its reverse join the same states.
      if (source > target) continue
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = outer; inner < outer + stride; inner += 1) joinStates(parent, source + inner, target + inner)
      }
    }
  })
  return numberComponents(parent)
}
