import type { Planes } from '@mesobath/contracts'
import type { SecularKernels } from './secular-kernels.js'

/** 2⁻⁵². */
const EPSILON = 2.220446049250313e-16
/** Deflation: what is neglected, in roundings of the largest entry. */
const DEFLATION = 8

/** Terms of the secular equation between two breaths: some milliseconds. */
const TERMS_PER_BREATH = 400_000

/** Which halves the rows of a vector are in: only the upper, only the lower, both. */
const UPPER = 0
const BOTH = 1
const LOWER = 2

/** Two vectors that are turned into each other before the merger, by indices into the sorted list: (x, y) ← (c x + s y, c y − s x). */
export interface Turn {
  readonly first: number
  readonly second: number
  readonly cosine: number
  readonly sine: number
}

/** How two eigenbases become that of D + ρ z z†. */
export interface Merger {
  /** Turns to be made first, in this order. */
  readonly turns: readonly Turn[]
  /** Vectors that take part, those in the upper half first, then those in both, then those in the lower: indices before the merger. */
  readonly mixed: readonly number[]
  /** How many of `mixed` are in the upper half alone, and in both. */
  readonly upperOnly: number
  readonly both: number
  /** Vectors that stay as they are. */
  readonly kept: readonly number[]
  /** Eigenvalues: those of `mixed` ascending, then of `kept`. */
  readonly values: Float64Array
}

/** Room for a merger, real planes of the square of the number of values each; `coefficients` [new vector, place in `mixed`] is what it fills. */
export interface MergerRoom {
  readonly gaps: Planes
  readonly coefficients: Planes
}

/**
 * Eigenvalues and eigenvectors of diag(d) + ρ z z† with ρ > 0 (Cuppen; Gu and Eisenstat 1994): vectors whose weight is negligible or whose
 * eigenvalues coincide are kept (deflation); for the rest the secular equation is solved, and z recomputed from its roots so that
 * the vectors are orthogonal to rounding. `z` is changed. Null where the equation could not be solved or `breathe` said to stop.
 *
 * The first `upper` of `values` belong to vectors in the upper half.
 */
export const mergeSpectra = async (
  kernels: SecularKernels, values: Float64Array, upper: number, z: Float64Array, strength: number, room: MergerRoom, breathe: () => Promise<boolean>,
): Promise<Merger | null> => {
  const count = values.length
  let square = 0
  for (let i = 0; i < count; i++) square += z[i]! * z[i]!
  const norm = Math.sqrt(square)
  const rho = strength * square
  let largest = 0
  for (let i = 0; i < count; i++) {
    z[i] = norm === 0 ? 0 : z[i]! / norm
    largest = Math.max(largest, Math.abs(values[i]!))
  }
  const tolerance = DEFLATION * EPSILON * Math.max(largest, rho)
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)
  const kind = Int8Array.from({ length: count }, (_, i) => (i < upper ? UPPER : LOWER))
  const d = values.slice()
  const turns: Turn[] = []
  const kept: number[] = []
  const active: number[] = []
  for (const next of order) {
    if (rho * Math.abs(z[next]!) <= tolerance) {
      kept.push(next)
      continue
    }
    const before = active[active.length - 1]
    if (before !== undefined) {
      const s = z[before]!
      const c = z[next]!
      const size = Math.sqrt(c * c + s * s)
      const gap = d[next]! - d[before]!
      if (Math.abs((gap * c * s) / (size * size)) <= tolerance) {
        const cosine = c / size
        const sine = -s / size
        turns.push({ first: before, second: next, cosine, sine })
        z[next] = size
        z[before] = 0
        if (kind[before] !== kind[next]) kind[next] = kind[before] = BOTH
        const low = d[before]! * cosine * cosine + d[next]! * sine * sine
        d[next] = d[before]! * sine * sine + d[next]! * cosine * cosine
        d[before] = low
        active.pop()
        kept.push(before)
      }
    }
    active.push(next)
  }
  const size = active.length
  const poles = Float64Array.from(active, (i) => d[i]!)
  const weights = Float64Array.from(active, (i) => z[i]!)
  const found = new Float64Array(count)
  const step = Math.max(1, Math.floor(TERMS_PER_BREATH / Math.max(1, size)))
  for (let from = 0; from < size; from += step) {
    kernels.secularRoots(from, Math.min(size, from + step), size, poles, weights, rho, room.gaps, found)
    if (!(await breathe())) return null
  }
  for (let j = 0; j < size; j++) if (Number.isNaN(found[j]!)) return null
  kept.forEach((index, at) => { found[size + at] = d[index]! })
  const places = active.map((_, i) => i)
  const byKind = (wanted: number): number[] => places.filter((i) => kind[active[i]!] === wanted)
  const [uppers, boths, lowers] = [byKind(UPPER), byKind(BOTH), byKind(LOWER)]
  const mixed = [...uppers, ...boths, ...lowers]
  kernels.secularVectors(size, poles, weights, room.gaps, mixed, room.coefficients)
  return {
    turns, mixed: mixed.map((i) => active[i]!), upperOnly: uppers.length, both: boths.length, kept, values: found,
  }
}
