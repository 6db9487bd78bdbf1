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

/** H = [[D_a, B], [B†, D_b]] of a component of two nodes, a the smaller one. */
export interface Halves {
  readonly small: Half
  readonly large: Half
  /** B† [large, small]: the caller's to release. */
  readonly coupling: Planes
}

/** Takes H of a component of two nodes apart; null where cancelled. */
export const takeHalves = async ({ backend, hamiltonians, model }: Workshop, at: number, couplings: Couplings, pace: Pace): Promise<Halves | null> => {
  const hamiltonian = hamiltonians[at]!
  const { energies, strengths } = couplings
  const rows = nodeRows(model, hamiltonian.component)
  const nodes = nodeRanges(model, hamiltonian.component)
  if (nodes.length !== 2) throw new Error(`a component must have two nodes to be taken apart, but has ${nodes.length}`)
  const halves = nodes.map((range, node): Half => {
    const { level, levels, means } = rows[node]!
    const shift = means.reduce((sum, mean, bath) => sum + strengths[bath]! * mean, energies[level]!)
    return { ...range, diagonal: levels.map((energy) => energy + shift) }
  })
  const largest = largestOf(nodes)
  const large = halves[largest]!
  const small = halves[1 - largest]!
  const coupling = backend.allocate(large.diagonal.length, small.diagonal.length, model.real)
  if (await writeInBands(hamiltonian, couplings, { rows: large, columns: small, lower: false }, coupling, pace)) return { small, large, coupling }
  backend.release(coupling)
  return null
}
