import type { Planes } from '@mesobath/contracts'
import type { Couplings } from './couplings.js'
import type { Workshop } from './evolution.js'
import type { NodeRange } from './node-ranges.js'
import { largestOf, nodeRanges } from './node-ranges.js'
import { nodeRows } from './node-rows.js'
import type { Pace } from './pace.js'
import { writeInBands } from './write-in-bands.js'

/** One node of two. */
export interface Half extends NodeRange {
  /** Diagonal of H. */
  readonly diagonal: Float64Array
}

/** The nodes of H = [[D_a, B], [B†, D_b]] of a component of two, a the smaller one. */
export interface Halves {
  readonly small: Half
  readonly large: Half
}

/** Both nodes of a component of two. */
export const halvesOf = ({ hamiltonians, model }: Pick<Workshop, 'hamiltonians' | 'model'>, at: number, { energies, strengths }: Couplings): Halves => {
  const { component } = hamiltonians[at]!
  const rows = nodeRows(model, component)
  const nodes = nodeRanges(model, component)
  if (nodes.length !== 2) throw new Error(`a component must have two nodes to be taken apart, but has ${nodes.length}`)
  const halves = nodes.map((range, node): Half => {
    const { level, levels, means } = rows[node]!
    const shift = means.reduce((sum, mean, bath) => sum + strengths[bath]! * mean, energies[level]!)
    return { ...range, diagonal: levels.map((energy) => energy + shift) }
  })
  const largest = largestOf(nodes)
  return { small: halves[1 - largest]!, large: halves[largest]! }
}

/** B† [large, small]: the caller's to release; null where cancelled. */
export const takeCoupling = async (
  { backend, hamiltonians, model }: Workshop, at: number, { small, large }: Halves, couplings: Couplings, pace: Pace,
): Promise<Planes | null> => {
  const coupling = backend.allocate(large.diagonal.length, small.diagonal.length, model.real)
  if (await writeInBands(hamiltonians[at]!, couplings, { rows: large, columns: small, lower: false }, coupling, pace)) return coupling
  backend.release(coupling)
  return null
}
