import type { State, Workshop } from './evolution.js'
import type { Couplings } from './hamiltonian.js'
import type { Pace } from './pace.js'

/** What work is done on: p(ε_k) and ⟨V⟩, V = Σ S ⊗ B, the interaction at λ = 1. */
export interface Occupations {
  /** [d]. */
  readonly levels: Float64Array
  interaction: number
}

const squares = (values: Float64Array | null, from: number, to: number): number => {
  let sum = 0
  if (values !== null) for (let i = from; i < to; i++) sum += values[i]! * values[i]!
  return sum
}

/** Σ x·(y − E_i x): V Ψ from (H_B + V) Ψ. */
const overlap = (x: Float64Array | null, y: Float64Array | null, from: number, levels: Float64Array, width: number): number => {
  if (x === null || y === null) return 0
  let sum = 0
  let at = from
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!
    for (const end = at + width; at < end; at++) sum += x[at]! * (y[at]! - level * x[at]!)
  }
  return sum
}

/** Reads p(ε_k) off a state. */
export const readLevels = (shop: Workshop, state: State, out: Occupations): void => {
  out.levels.fill(0)
  for (let b = 0; b < shop.batches.length; b++) {
    const { components, width } = shop.batches[b]!
    for (let order = 0; order < components.length; order++) {
      const { re, im } = state[b]![order]!
      const { blocks } = shop.structure.components[components[order]!]!
      for (let at = 0; at < blocks.length; at++) {
        const { level, from, to } = blocks[at]!
        out.levels[level] = out.levels[level]! + squares(re, from * width, to * width) + squares(im, from * width, to * width)
      }
    }
  }
}

/** Reads ⟨V⟩, at one product of all columns; `unit` is ε = 0, λ = 1. False where cancelled. */
export const readInteraction = async (shop: Workshop, state: State, unit: Couplings, out: Occupations, pace: Pace): Promise<boolean> => {
  let sum = 0
  for (let b = 0; b < shop.batches.length; b++) {
    const { components, width } = shop.batches[b]!
    for (let order = 0; order < components.length; order++) {
      const x = state[b]![order]!
      const component = shop.structure.components[components[order]!]!
      const y = shop.blocks(component.dimension * width, shop.model.real && x.im === null)
      const done = await shop.hamiltonians[components[order]!]!.apply(x, y, width, unit, { factor: 1, centre: 0, before: null }, pace)
      if (!done) return false
      for (const block of component.blocks) {
        for (let at = 0; at < block.windows.length; at++) {
          const levels = shop.model.levels[block.windows[at]!]!
          sum += overlap(x.re, y.re, block.rows[at]! * width, levels, width) + overlap(x.im, y.im, block.rows[at]! * width, levels, width)
        }
      }
    }
  }
  out.interaction = sum
  return true
}
