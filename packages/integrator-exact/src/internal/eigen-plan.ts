import type { Batch } from './batches.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Operations per D³ of the eigenvectors of a complex matrix: about 20, half of them slower than products. */
const PER_BASIS = 28
/** The same in operations of products that are so fast that the other half is what takes its time. */
const PER_BASIS_BESIDE_FAST = 56
/** A real one takes a quarter. */
const REAL_SHARE = 0.25
/** Real numbers per D² at once while eigenvectors are sought, beside H and them; matrices of the size of H while forms are made, beside those that stay. */
const SEEKING_NUMBERS = 5
const FORMING_MATRICES = 2

/** What evolution in the eigenbasis of H costs. */
export interface EigenWork {
  /** Operations of eigenvectors, which serve every stretch at the same setting. */
  readonly basis: number
  /** Operations at the beginning of a stretch, and of each time read. */
  readonly begin: number
  readonly read: number
  /** Bytes. */
  readonly bytes: number
}

/** Cost of the eigenbasis route, for coherences between `pairs` of levels. */
export const eigenWork = (model: MicroscopicModel, structure: Structure, batches: readonly Batch[], pairs: number, realStart: boolean, fastProducts: boolean): EigenWork => {
  const share = model.real ? REAL_SHARE : 1
  const entry = model.real ? 8 : 16
  const formEntry = model.real && realStart ? 8 : 16
  let basis = 0
  let begin = 0
  let read = 0
  let vectors = 0
  let kept = 0
  let largest = 0
  let seeking = 0
  structure.components.forEach(({ dimension, blocks }, at) => {
    const square = dimension * dimension
    const volumes = blocks.flatMap(({ windows, rows }) => windows.map((_, window) => rows[window + 1]! - rows[window]!))
    // One form of every node but the largest, and one of energies for each bath.
    const forms = volumes.length - 1 + model.baths.length + pairs / structure.components.length
    const columns = batches.reduce((sum, { components, width }) => sum + (components.includes(at) ? width : 0), 0)
    basis += (fastProducts ? PER_BASIS_BESIDE_FAST : PER_BASIS) * square * dimension * share
    begin += (4 * (dimension - Math.max(...volumes) + model.baths.length * dimension) + 12 * columns) * square * share
    read += 8 * square * forms
    vectors += square * entry
    kept += square * forms * formEntry + columns * dimension * formEntry
    largest = Math.max(largest, square * entry)
    seeking = Math.max(seeking, 8 * SEEKING_NUMBERS * square)
  })
  return { basis, begin, read, bytes: vectors + Math.max(largest + seeking, kept + FORMING_MATRICES * largest) }
}
