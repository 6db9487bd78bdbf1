import type { Segment } from '@mesobath/contracts'
import type { DriveContext, DriveMove, PeriodicQuenches, TimedValues } from '../drive-options.js'
import { show } from './faults.js'
import type { Faults, Path } from './faults.js'
import { between } from './interpolate.js'
import type { PartialSegments } from './merge.js'
import { periodAt, repeatedSegments } from './repeat.js'
import { sequenceSegments } from './sequence.js'

/** Which number of a drive a move writes. */
interface Slot { readonly kind: 'energies' | 'strengths'; readonly index: number }

const nothing = (): void => undefined

/** The two writers of a segment, of which one writes its slot and the other nothing. */
const writers = ({ kind, index }: Slot, value: (piece: number, time: number) => number) => {
  const write = (piece: number, time: number, out: Float64Array): void => { out[index] = value(piece, time) }
  return { energies: kind === 'energies' ? write : nothing, strengths: kind === 'strengths' ? write : nothing }
}

/** Part i of all periods begins at origin + i·period/parts, from its number alone. */
function* equalParts(slot: Slot, { period, values, origin = 0 }: PeriodicQuenches, from: number, to: number): Generator<Segment, void, undefined> {
  const parts = values.length
  const begins = (part: number): number => origin + (part * period) / parts
  let part = parts * periodAt(origin, period, from)
  if (begins(part) > from) part -= 1
  while (begins(part + 1) <= from && begins(part + 1) > begins(part)) part += 1
  const { energies, strengths } = writers(slot, (which) => values[which]!)
  let begin = from
  for (; ; part++) {
    const end = Math.min(begins(part + 1), to)
    const which = ((part % parts) + parts) % parts
    yield {
      from: begin, to: end, constant: true,
      energies: (time, out) => energies(which, time, out), strengths: (time, out) => strengths(which, time, out),
    }
    if (!(end < to)) return
    begin = end
  }
}

const timedSegments = (slot: Slot, { times, values, shape = 'quench', period, origin = 0 }: TimedValues, own: number): PartialSegments => {
  const last = values.length - 1
  // Two equal knots are one stop: between them there is no piece.
  const starts = shape === 'quench' ? times.map((_, i) => i) : times.flatMap((time, i) => (time === times[i + 1] ? [] : [i]))
  const stops = starts.map((i) => times[i]!)
  /** Piece 0 lies before the first stop, piece n after the n-th. */
  const first = (piece: number): number => (piece === 0 ? (shape === 'quench' ? own : values[0]!) : values[starts[piece - 1]!]!)
  const second = (piece: number): number => {
    if (shape === 'quench' || piece === 0) return first(piece)
    return values[Math.min(starts[piece - 1]! + 1, last)]!
  }
  const value = (piece: number, time: number): number =>
    first(piece) === second(piece) ? first(piece) : between(stops[piece - 1]!, stops[piece]!, first(piece), second(piece), time)
  const sequence = { stops, constant: (piece: number) => first(piece) === second(piece), ...writers(slot, value) }
  const once: PartialSegments = (from, to) => sequenceSegments(sequence, from, to)
  return period === undefined ? once : (from, to) => repeatedSegments({ segments: once }, origin, period, from, to)
}

/** The segments of a sound move. */
export const moveSegments = (move: DriveMove, slot: Slot, own: number): PartialSegments => {
  const { quenches } = move
  return quenches === undefined ? timedSegments(slot, move, own) : (from, to) => equalParts(slot, quenches, from, to)
}

/** Finds what a move drives; null with a fault where there is no such thing. */
export const findSlot = (move: DriveMove, path: Path, levels: number, baths: number, { labels }: DriveContext, faults: Faults): Slot | null => {
  const { level, bath } = move
  if ((level === undefined) === (bath === undefined)) {
    faults.add('target', path, 'name either a `level` or a `bath` that it moves', level === undefined ? 'names neither' : 'names both')
    return null
  }
  if (level !== undefined) {
    if (Number.isInteger(level) && level >= 0 && level < levels) return { kind: 'energies', index: level }
    faults.add('level', [...path, 'level'], `be the index of a level, 0 to ${levels - 1}`, `is ${show(level)}`)
    return null
  }
  const index = typeof bath === 'string' ? (labels ?? []).indexOf(bath) : bath!
  if (Number.isInteger(index) && index >= 0 && index < baths) return { kind: 'strengths', index }
  faults.add('bath', [...path, 'bath'], `be the index of a bath, 0 to ${baths - 1}${labels === undefined ? '' : `, or a label (${labels.join(', ')})`}`,
    `is ${show(bath)}`)
  return null
}

const checkValues = (faults: Faults, path: Path, values: readonly number[], strength: boolean): void => {
  if (strength) faults.strengths(path, values, 'not empty')
  else faults.numbers(path, values, 'not empty')
}

const checkTimed = (faults: Faults, path: Path, move: TimedValues, strength: boolean, { range }: DriveContext): void => {
  const { times, values, shape, period, origin } = move
  if (shape !== undefined && shape !== 'quench' && shape !== 'linear') faults.add('shape', [...path, 'shape'], "be 'quench' or 'linear'", `is ${show(shape)}`)
  checkValues(faults, [...path, 'values'], values, strength)
  const ordered = faults.times([...path, 'times'], times, shape === 'linear' ? 'knot' : 'quench', period === undefined ? range : undefined)
  if (Array.isArray(times) && Array.isArray(values) && times.length !== values.length) {
    faults.add('lengths', [...path, 'values'], `have one entry for each of the ${times.length} times`, `has ${values.length}`)
  }
  const anchored = origin === undefined || faults.finite([...path, 'origin'], origin)
  if (period === undefined) {
    if (origin !== undefined) faults.add('period', [...path, 'period'], 'stand beside `origin`', 'is missing')
    return
  }
  if (!faults.positive('period', [...path, 'period'], period) || !ordered || !anchored) return
  const start = origin ?? 0
  // A knot may stand on the end of the period, where a quench would already be the next period's.
  times.forEach((time, i) => {
    if (time < start || time > start + period || (time === start + period && shape !== 'linear')) {
      faults.add('beyond-period', [...path, 'times', i], `lie in the first period, from ${start} to ${start + period}`, `is ${time}`)
    }
  })
}

/** Every fault of the numbers of a move. */
export const checkMove = (faults: Faults, path: Path, move: DriveMove, context: DriveContext): void => {
  const strength = move.bath !== undefined
  const { quenches } = move
  // A file may hold what the types forbid.
  const { times, values }: { readonly times?: unknown; readonly values?: unknown } = move
  if (quenches !== undefined) {
    if (times !== undefined || values !== undefined) faults.add('form', path, 'hold either `quenches` or `times` and `values`', 'holds both')
    if (typeof quenches !== 'object' || quenches === null) {
      faults.add('form', [...path, 'quenches'], 'be a map with `period` and `values`', `is ${show(quenches)}`)
      return
    }
    faults.positive('period', [...path, 'quenches', 'period'], quenches.period)
    checkValues(faults, [...path, 'quenches', 'values'], quenches.values, strength)
    if (quenches.origin !== undefined) faults.finite([...path, 'quenches', 'origin'], quenches.origin)
  } else if (times === undefined && values === undefined) {
    faults.add('form', path, 'hold either `quenches` or `times` and `values`', 'holds neither')
  } else {
    checkTimed(faults, path, move, strength, context)
  }
}
