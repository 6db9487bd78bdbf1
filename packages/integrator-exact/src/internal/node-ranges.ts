import type { MicroscopicModel } from './microscopic-model.js'
import type { Component } from './structure.js'

/** Rows [from, to) of a component that belong to one node k·windows + joint window. */
export interface NodeRange {
  readonly node: number
  readonly from: number
  readonly to: number
}

/** The place of the node with the most rows, the first of equals. */
export const largestOf = (nodes: readonly NodeRange[]): number =>
  nodes.reduce((best, { from, to }, at) => (to - from > nodes[best]!.to - nodes[best]!.from ? at : best), 0)

/** The nodes of a component in the order of their rows. */
export const nodeRanges = ({ windows: count }: MicroscopicModel, { blocks }: Component): readonly NodeRange[] =>
  blocks.flatMap(({ level, windows, rows }) => windows.map((window, at) => ({ node: level * count + window, from: rows[at]!, to: rows[at + 1]! })))
