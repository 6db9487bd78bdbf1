import { failIfAny } from '@mesobath/contracts'
import type { Drive, Outcome } from '@mesobath/contracts'
import type { RunRange } from './drive-base.js'
import { Faults, show } from './internal/faults.js'
import type { Sequence } from './internal/sequence.js'
import { sequenceSegments } from './internal/sequence.js'

/** Points between two stops at which a function is tried when the run is known. */
const SAMPLES = 64

/**
 * Writes numbers at a time. `piece` counts the stops before the piece: at a stop it is the only way to tell the value that ends one piece
 * from the one that begins the next.
 */
export type SmoothFunction = (time: number, out: Float64Array, piece: number) => void

/** Options of `smoothDrive`. */
export interface SmoothDriveOptions {
  /** d, the number of levels. */
  readonly levels: number
  /** Number of baths. */
  readonly baths: number
  /** ε_k(t), or the numbers themselves where they do not move [d]. */
  readonly energies: SmoothFunction | ArrayLike<number>
  /** λ_ν(t) ≥ 0, or the numbers themselves where they do not move [baths]. */
  readonly strengths: SmoothFunction | ArrayLike<number>
  /** Where a function or a derivative of it jumps; ascending. Between stops functions are taken to be smooth. */
  readonly stops?: ArrayLike<number>
  /** The run, where it is known: functions are then tried at sampled points, and stops beyond it are an issue. */
  readonly range?: RunRange
}

type Kind = 'energies' | 'strengths'

const checkConstant = (faults: Faults, kind: Kind, values: ArrayLike<number>, count: number): void => {
  const sound = kind === 'strengths' ? faults.strengths([kind], values) : faults.numbers([kind], values, 'not empty')
  if (sound && values.length !== count) faults.add('lengths', [kind], `have ${count} entries`, `has ${values.length}`)
}

/** Tries a function at one time; whether it passed. One fault for each function is enough: the others would say the same. */
const tryAt = (faults: Faults, kind: Kind, values: SmoothFunction, count: number, time: number, piece: number): boolean => {
  const out = new Float64Array(count).fill(NaN)
  values(time, out, piece)
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(out[i])) {
      faults.add('not-finite', [kind], 'write finite numbers at every time', `entry ${i} is ${out[i]} at ${time}`)
      return false
    }
    if (kind === 'strengths' && out[i]! < 0) {
      faults.add('negative-strength', [kind], 'write no negative number at any time', `entry ${i} is ${out[i]} at ${time}`)
      return false
    }
  }
  return true
}

/** Both ends and sampled points of every piece that is known: without a run, the stops alone. */
const checkFunction = (faults: Faults, kind: Kind, values: SmoothFunction, count: number, stops: Float64Array, range: RunRange | undefined): void => {
  for (let piece = 0; piece <= stops.length; piece++) {
    const begin = piece > 0 ? stops[piece - 1]! : range?.from
    const end = piece < stops.length ? stops[piece]! : range?.to
    if (begin !== undefined && !tryAt(faults, kind, values, count, begin, piece)) return
    if (end !== undefined && !tryAt(faults, kind, values, count, end, piece)) return
    if (range === undefined || begin === undefined || end === undefined) continue
    for (let sample = 1; sample < SAMPLES; sample++) {
      if (!tryAt(faults, kind, values, count, begin + ((end - begin) * sample) / SAMPLES, piece)) return
    }
  }
}

const writer = (values: SmoothFunction | ArrayLike<number>): Sequence['energies'] => {
  if (typeof values === 'function') return (piece, time, out) => values(time, out, piece)
  const numbers = Float64Array.from(values)
  return (_piece, _time, out) => out.set(numbers)
}

/**
 * A protocol given by functions ε_k(t) and λ_ν(t), smooth between declared stops. Holding functions, it has no recipe: a stored run
 * says that it cannot be repeated from its file.
 *
 * Functions are called between steps only. They are tried at the stops, and with `range` at both its ends and at 63 points between any
 * two stops, so that one that is not finite somewhere in between may still pass here; `solve` looks at the ends of segments again.
 * Levels may cross: they keep their index, and ω passes 0.
 *
 * Issues: `drives/not-finite`, `drives/negative-strength`, `drives/unordered`, `drives/beyond-run`, `drives/lengths`, `drives/count`,
 * `drives/not-a-list`, `drives/range`.
 */
export const smoothDrive = (options: SmoothDriveOptions): Outcome<Drive> => {
  const { energies, strengths, levels, baths, stops = [] } = options
  const faults = new Faults()
  const counts: Readonly<Record<Kind, number>> = { energies: levels, strengths: baths }
  if (!(Number.isInteger(levels) && levels > 0)) faults.add('count', ['levels'], 'be a positive integer', `is ${show(levels)}`)
  if (!(Number.isInteger(baths) && baths >= 0)) faults.add('count', ['baths'], 'be a non-negative integer', `is ${show(baths)}`)
  const range = faults.range(options.range) ? options.range : undefined
  faults.times(['stops'], stops, 'stop', range)
  const counted = faults.issues.length === 0
  for (const kind of ['energies', 'strengths'] as const) {
    const values = options[kind]
    if (typeof values !== 'function') checkConstant(faults, kind, values, counts[kind])
    else if (counted) checkFunction(faults, kind, values, counts[kind], Float64Array.from(stops), range)
  }
  return failIfAny(faults.issues, () => {
    const moves = typeof energies === 'function' || typeof strengths === 'function'
    const sequence: Sequence = { stops: Float64Array.from(stops), constant: () => !moves, energies: writer(energies), strengths: writer(strengths) }
    return { recipe: null, segments: (from, to) => sequenceSegments(sequence, from, to) }
  })
}
