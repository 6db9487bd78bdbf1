import type { Rows } from '@mesobath/contracts'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Component } from './structure.js'

/** Rows [from, to) of a component that belong to one node k·windows + joint window. */
export interface NodeRange extends Rows {
  readonly node: number
}

/** The place of the node with the most rows, the first of equals. */
export const largestOf = (nodes: readonly NodeRange[]): number =>
  nodes.reduce((best, { from, to }, at) => (to - from > nodes[best]!.to - nodes[best]!.from ? at : best), 0)

/** The rows of all nodes but the largest, with what lies between them. */
export const rowsOfOthers = (nodes: readonly NodeRange[]): Rows => {
  const largest = largestOf(nodes)
  const others = nodes.filter((_, at) => at !== largest)
  return others.length === 0 ? { from: 0, to: 0 } : { from: others[0]!.from, to: others[others.length - 1]!.to }
}

/** The nodes of a component in the order of their rows. */
export const nodeRanges = ({ windows: count }: MicroscopicModel, { blocks }: Component): readonly NodeRange[] =>
  blocks.flatMap(({ level, windows, rows }) => windows.map((window, at) => ({ node: level * count + window, from: rows[at]!, to: rows[at + 1]! })))
