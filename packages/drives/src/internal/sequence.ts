import type { Segment } from '@mesobath/contracts'

/** A protocol between stops: piece i lasts from `stops[i - 1]` until `stops[i]`, the first and the last without end. */
export interface Sequence {
  /** Ascending, all different. */
  readonly stops: ArrayLike<number>
  constant(piece: number): boolean
  /** Write their own numbers only. */
  energies(piece: number, time: number, out: Float64Array): void
  strengths(piece: number, time: number, out: Float64Array): void
}

/** The first stop after `time`: at a stop the next piece holds already. */
const upperBound = (stops: ArrayLike<number>, time: number): number => {
  let low = 0
  let high = stops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (stops[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** The segments of a sequence on [from, to], one for each piece of it. */
export function* sequenceSegments(sequence: Sequence, from: number, to: number): Generator<Segment, void, undefined> {
  const { stops } = sequence
  let begin = from
  for (let piece = upperBound(stops, from); ; piece++) {
    const end = piece < stops.length ? Math.min(stops[piece]!, to) : to
    yield {
      from: begin, to: end, constant: sequence.constant(piece),
      energies: (time, out) => sequence.energies(piece, time, out),
      strengths: (time, out) => sequence.strengths(piece, time, out),
    }
    if (!(end < to)) return
    begin = end
  }
}
