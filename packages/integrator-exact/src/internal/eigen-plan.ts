import { constantDrive } from '@mesobath/contracts'
import type { Problem } from '@mesobath/contracts'
import type { Batch } from './batches.js'
import type { Couplings } from './couplings.js'
import { COLUMNS_TOGETHER, TIMES_TOGETHER } from './eigen-evolution.js'
import { rowsOfBand } from './eigen-products.js'
import { bandOf } from './eigen-weights.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Operations per D³ of the eigenvectors of a complex matrix: about 20, half of them slower than products. */
const PER_BASIS = 28
/** The same of eigenvalues, and those of that share of the rows which is wanted. */
const PER_VALUES = 20
const PER_ROWS = 12
/** A real one takes a quarter. */
const REAL_SHARE = 0.25
/** Real numbers per D² at once while eigenvectors are sought, beside H and them. */
const SEEKING_NUMBERS = 5
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
  /** Operations at the beginning of every stretch, and of each time read. */
  readonly begin: number
  readonly read: number
  /** Stretches at each setting, by `settingKey`, where those that are to come find its eigenvectors again; none where there are too many settings. */
  readonly uses: ReadonlyMap<string, number>
  /** Settings whose forms are kept at once. */
  readonly kept: number
  /** Bytes of a run that is at one setting, or at two or more. */
  readonly bytes: readonly [number, number]
  /** The same of a run that is one stretch and needs few rows of the eigenvectors; null where it needs them all. */
  readonly alone: { readonly basis: number; readonly bytes: number } | null
}

/** Names a setting of ε_k and λ_ν. */
export const settingKey = ({ energies, strengths }: Couplings): string => `${energies.join()};${strengths.join()}`

/** How many constant segments there are at each setting; of no more settings than tell that there are too many. */
const countUses = (problem: Problem): ReadonlyMap<string, number> => {
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
  const energies = new Float64Array(problem.energies.length)
  const strengths = new Float64Array(problem.baths.length)
  const found = new Map<string, number>()
  let looked = 0
  for (const segment of drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    if (segment.constant) {
      segment.energies(segment.from, energies)
      segment.strengths(segment.from, strengths)
      const key = settingKey({ energies, strengths })
      found.set(key, (found.get(key) ?? 0) + 1)
    }
    if (found.size > REMEMBERED_SYSTEMS || ++looked === LOOKED_AT) break
  }
  return found
}

/**
 * Operations that a stretch takes for eigenvectors and forms: a share where later ones at its setting will find them, what is missing where it is known;
 * `whole` where it is all of the run.
 */
export const setupWork = (eigen: EigenWork, key: string, known: { readonly basis: boolean; readonly forms: boolean }, whole: boolean): number => {
  if (whole && eigen.alone !== null && !known.basis) return eigen.alone.basis + eigen.forms
  if (known.basis) return known.forms ? 0 : eigen.forms
  const uses = eigen.uses.get(key) ?? 1
  return eigen.kept < eigen.uses.size ? eigen.basis / uses + eigen.forms : (eigen.basis + eigen.forms) / uses
}

/** Cost of the eigenbasis route with coherences `pairs` [window, k, q]; null where it takes more than `room` bytes. */
export const eigenWork = (
  model: MicroscopicModel, structure: Structure, batches: readonly Batch[], pairs: readonly (readonly [number, number, number])[], problem: Problem,
  { realStart, paired, evenPairs }: { readonly realStart: boolean; readonly paired: boolean; readonly evenPairs: boolean }, room: number,
): EigenWork | null => {
  const share = model.real ? REAL_SHARE : 1
  const entry = model.real ? 8 : 16
  const stateEntry = model.real && realStart ? 8 : 16
  const times = Math.min(TIMES_TOGETHER, problem.times.length - 1)
  const { components, componentOf } = structure
  let basis = 0
  let basisAlone = 0
  let forms = 0
  let overlaps = 0
  let read = 0
  let vectors = 0
  let vectorsAlone = 0
  let kept = 0
  let state = 0
  let phases = 0
  let largest = 0
  let seeking = 0
  let reading = 0
  let writing = 0
  components.forEach(({ dimension, blocks }, at) => {
    const square = dimension * dimension
    const volumes = blocks.flatMap(({ windows, rows }) => windows.map((_, window) => rows[window + 1]! - rows[window]!))
    // One form of every node but the largest, and one of energies for each bath, where a component of one node has any.
    const count = volumes.length - 1 + (paired ? volumes.length - 1 : model.baths.length)
    const columns = batches.reduce((sum, { components: own, width }) => sum + (own.includes(at) ? width : 0), 0)
    const together = Math.min(COLUMNS_TOGETHER, columns)
    const band = bandOf(dimension, dimension)
    basis += PER_BASIS * square * dimension * share
    const smaller = dimension - Math.max(...volumes)
    basisAlone += (smaller === dimension ? PER_BASIS * dimension : PER_VALUES * dimension + PER_ROWS * smaller) * square * share
    vectorsAlone += smaller * dimension * entry
    forms += 4 * (smaller + (paired ? smaller : model.baths.length * dimension)) * square * share
    overlaps += 12 * columns * square * share
    read += 8 * square * count
    vectors += square * entry
    kept += square * count * entry
    state += (square + columns * dimension) * stateEntry
    phases += 3 * dimension * times * 16
    largest = Math.max(largest, square * entry)
    seeking = Math.max(seeking, 8 * SEEKING_NUMBERS * square)
    reading = Math.max(reading, band * (dimension + 2 * times) * 16)
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
    settings * vectors + Math.max(largest + seeking + (formed - 1) * kept, formed * kept + Math.max(largest, moving))
  // What weights the forms is one of them.
  const bytesAlone = vectorsAlone + Math.max(largest + seeking, kept + Math.max(largest, phases + reading))
  const counted = countUses(problem)
  const settings = Math.max(1, Math.min(REMEMBERED_SYSTEMS, counted.size))
  const formed = settings > 1 && bytesOf(settings, settings) <= room ? settings : 1
  if (bytesOf(settings, formed) > room) return null
  const uses = counted.size > REMEMBERED_SYSTEMS ? new Map<string, number>() : counted
  return {
    basis, forms, begin: overlaps, read, uses, kept: formed, bytes: [bytesOf(1, 1), bytesOf(settings, formed)],
    alone: evenPairs && pairs.length === 0 ? { basis: basisAlone, bytes: bytesAlone } : null,
  }
}
