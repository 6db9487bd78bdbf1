import type { InitialColumns } from './initial-columns.js'
import { supportOf } from './initial-columns.js'
import { partOf, randomColumns } from './random-columns.js'
import type { RandomColumns, Sampling } from './random-columns.js'
import type { Structure } from './structure.js'

/** Columns of Ψ that are moved together: they stand in the same components. */
export interface Batch {
  /** Indices of components, ascending. */
  readonly components: readonly number[]
  /** Indices of initial columns; none where they are superposed at random. */
  readonly columns: Int32Array
  readonly random: RandomColumns | null
  readonly width: number
  /** Rows of all its components together. */
  readonly dimension: number
}

/** Wider products are hardly faster; narrower ones hear a signal sooner and need less memory. */
const WIDEST = 256
/** Tiles of the products are four columns wide. */
const TILE = 4

/** Columns of `dimension` rows whose `terms` Chebyshev blocks fit into `bytes`. */
export const batchWidth = (dimension: number, terms: number, bytes: number): number => {
  const width = Math.min(WIDEST, Math.floor(bytes / (16 * terms * dimension)))
  return width >= TILE ? width - (width % TILE) : Math.max(1, width)
}

/** Groups columns by the components they stand in and cuts the groups into batches of nearly equal width; `real` where signs do for phases. */
export const makeBatches = (
  columns: InitialColumns, structure: Structure, windows: number, sampling: Sampling | null, real: boolean, widthOf: (dimension: number) => number,
): readonly Batch[] => {
  const groups = new Map<string, { components: number[]; columns: number[] }>()
  for (let at = 0; at < columns.root.length; at++) {
    const found = new Set(supportOf(columns, at).map((k) => structure.componentOf[k * windows + columns.joint[at]!]!))
    const components = [...found].sort((a, b) => a - b)
    const key = components.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { components, columns: [at] })
    else group.columns.push(at)
  }
  const batches: Batch[] = []
  let index = 0
  for (const group of groups.values()) {
    const dimension = group.components.reduce((sum, at) => sum + structure.components[at]!.dimension, 0)
    const random = sampling === null ? null : randomColumns(columns, group.columns, index++, sampling, real)
    const total = random === null ? group.columns.length : random.vector.length
    const count = Math.ceil(total / widthOf(dimension))
    const even = Math.ceil(total / count)
    const width = even > TILE ? Math.ceil(even / TILE) * TILE : even
    for (let from = 0; from < total; from += width) {
      const to = Math.min(total, from + width)
      batches.push({
        components: group.components, width: to - from, dimension,
        columns: random === null ? Int32Array.from(group.columns.slice(from, to)) : new Int32Array(0),
        random: random === null ? null : partOf(random, from, to),
      })
    }
  }
  return batches
}
