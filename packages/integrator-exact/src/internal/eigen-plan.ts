import type { Batch } from './batches.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Operations per D³ of a complex matrix: about 20 for eigenvectors, half of them slower than products; then one form of nodes and one of energies. */
const PER_BASIS = 32
const PER_FORMS = 8
/** A real one takes a quarter of both. */
const REAL_SHARE = 0.25
/** Matrices of the size of H at once while eigenvectors are sought and forms are made, beside what stays. */
const PASSING_MATRICES = 2.6

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
export const eigenWork = (model: MicroscopicModel, structure: Structure, batches: readonly Batch[], pairs: number, realStart: boolean): EigenWork => {
  const share = model.real ? REAL_SHARE : 1
  const entry = model.real ? 8 : 16
  const formEntry = model.real && realStart ? 8 : 16
  let basis = 0
  let begin = 0
  let read = 0
  let kept = 0
  let passing = 0
  structure.components.forEach(({ dimension, blocks }, at) => {
    const square = dimension * dimension
    const forms = blocks.reduce((sum, { windows }) => sum + windows.length, model.baths.length) + pairs / structure.components.length
    const columns = batches.reduce((sum, { components, width }) => sum + (components.includes(at) ? width : 0), 0)
    basis += PER_BASIS * square * dimension * share
    begin += PER_FORMS * square * dimension * share + 12 * square * columns * share
    read += 8 * square * forms
    kept += square * (entry + forms * formEntry) + columns * dimension * formEntry
    passing = Math.max(passing, PASSING_MATRICES * square * entry)
  })
  return { basis, begin, read, bytes: kept + passing }
}
