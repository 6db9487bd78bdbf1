import { constantDrive } from '@mesobath/contracts'
import type { Problem } from '@mesobath/contracts'
import type { Batch } from './batches.js'
import { COLUMNS_TOGETHER, TIMES_TOGETHER } from './eigen-evolution.js'
import { rowsOfBand } from './eigen-products.js'
import { bandOf } from './eigen-weights.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Operations per D³ of the eigenvectors of a complex matrix: about 20, half of them slower than products. */
const PER_BASIS = 28
/** The same in operations of products that are so fast that the other half is what takes its time. */
const PER_BASIS_BESIDE_FAST = 56
/** A real one takes a quarter. */
const REAL_SHARE = 0.25
/** Matrices of the size of H at once while eigenvectors are sought. */
const SEEKING_MATRICES = 2.6
/** Eigenbases kept: a protocol that switches between two settings finds each once. */
export const REMEMBERED_SYSTEMS = 2
/** Segments looked at for their settings. */
const LOOKED_AT = 1000

/** What evolution in the eigenbasis of H costs. */
export interface EigenWork {
  /** Operations of eigenvectors, which serve every stretch at the same setting. */
  readonly basis: number
  /** Operations of forms, which do so too, as long as they are kept. */
  readonly forms: number
  /** Operations at the beginning of a stretch, those of forms included, and of each time read. */
  readonly begin: number
  readonly read: number
  /** Settings whose forms are kept at once. */
  readonly kept: number
  /** Bytes of a run that is at one setting, or at two or more. */
  readonly bytes: readonly [number, number]
}

/** How many settings of constant segments there are, counted as far as eigenbases are kept. */
const settingsOf = (problem: Problem): number => {
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
  const energies = new Float64Array(problem.energies.length)
  const strengths = new Float64Array(problem.baths.length)
  const found = new Set<string>()
  let looked = 0
  for (const segment of drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    if (segment.constant) {
      segment.energies(segment.from, energies)
      segment.strengths(segment.from, strengths)
      found.add(`${energies.join()};${strengths.join()}`)
    }
    if (found.size === REMEMBERED_SYSTEMS || ++looked === LOOKED_AT) break
  }
  return Math.max(1, found.size)
}

/** Cost of the eigenbasis route with coherences `pairs` [window, k, q]; null where it takes more than `room` bytes. */
export const eigenWork = (
  model: MicroscopicModel, structure: Structure, batches: readonly Batch[], pairs: readonly (readonly [number, number, number])[], problem: Problem,
  realStart: boolean, fastProducts: boolean, room: number,
): EigenWork | null => {
  const share = model.real ? REAL_SHARE : 1
  const entry = model.real ? 8 : 16
  const stateEntry = model.real && realStart ? 8 : 16
  const times = Math.min(TIMES_TOGETHER, problem.times.length - 1)
  const { components, componentOf } = structure
  let basis = 0
  let forms = 0
  let overlaps = 0
  let read = 0
  let vectors = 0
  let kept = 0
  let state = 0
  let phases = 0
  let largest = 0
  let reading = 0
  let writing = 0
  components.forEach(({ dimension, blocks }, at) => {
    const square = dimension * dimension
    const volumes = blocks.flatMap(({ windows, rows }) => windows.map((_, window) => rows[window + 1]! - rows[window]!))
    // One form of every node but the largest, and one of energies for each bath.
    const count = volumes.length - 1 + model.baths.length
    const columns = batches.reduce((sum, { components: own, width }) => sum + (own.includes(at) ? width : 0), 0)
    const together = Math.min(COLUMNS_TOGETHER, columns)
    const band = bandOf(dimension, dimension)
    basis += (fastProducts ? PER_BASIS_BESIDE_FAST : PER_BASIS) * square * dimension * share
    forms += 4 * (dimension - Math.max(...volumes) + model.baths.length * dimension) * square * share
    overlaps += 12 * columns * square * share
    read += 8 * square * count
    vectors += square * entry
    kept += square * count * entry
    state += (square + columns * dimension) * stateEntry
    phases += dimension * times * 16
    largest = Math.max(largest, square * entry)
    reading = Math.max(reading, band * (dimension + times) * 16)
    writing = Math.max(writing, (dimension + Math.min(dimension, rowsOfBand(dimension, together))) * together * 16)
  })
  const joined = new Map<string, number>()
  for (const [window, k, q] of pairs) {
    const [left, right] = [componentOf[q * model.windows + window]!, componentOf[k * model.windows + window]!]
    const size = components[left]!.dimension * components[right]!.dimension
    forms += 8 * model.volumes[window]! * size * share
    read += 8 * size
    kept += size * entry
    if (left !== right) joined.set(`${left},${right}`, size)
  }
  for (const size of joined.values()) state += size * stateEntry
  const moving = state + Math.max(phases + reading, writing)
  const bytesOf = (settings: number, formed: number): number =>
    settings * vectors + Math.max(SEEKING_MATRICES * largest + (formed - 1) * kept, formed * kept + Math.max(largest, moving))
  const settings = settingsOf(problem)
  const formed = settings > 1 && bytesOf(settings, settings) <= room ? settings : 1
  if (bytesOf(settings, formed) > room) return null
  return { basis, forms, begin: forms + overlaps, read, kept: formed, bytes: [bytesOf(1, 1), bytesOf(settings, formed)] }
}
