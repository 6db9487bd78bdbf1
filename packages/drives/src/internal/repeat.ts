import type { Drive, Segment } from '@mesobath/contracts'

/** The boundary between two periods, from its number alone: nothing is accumulated. */
const boundary = (origin: number, period: number, number: number): number => origin + number * period

/** The period that holds at `time`; where doubles can tell one period from the next, the estimate misses by one at most. */
export const periodAt = (origin: number, period: number, time: number): number => {
  const estimate = Math.floor((time - origin) / period)
  if (boundary(origin, period, estimate) > time) return estimate - 1
  return boundary(origin, period, estimate + 1) <= time ? estimate + 1 : estimate
}

/** One segment of the pattern, moved to its period and cut to the run; values keep to the pattern's own times, its ends exactly. */
const movedSegment = (segment: Segment, begin: number, end: number, shift: number, from: number, to: number): Segment => {
  const local = (time: number): number => {
    if (time === begin) return segment.from
    if (time === end) return segment.to
    return Math.min(Math.max(time - shift, segment.from), segment.to)
  }
  return {
    from: Math.max(begin, from), to: Math.min(end, to), constant: segment.constant,
    energies: (time, out) => segment.energies(local(time), out),
    strengths: (time, out) => segment.strengths(local(time), out),
  }
}

/**
 * The pattern of a drive on [origin, origin + period], again and again, before the origin too. A stop t of the pattern stands at
 * t + number·period, one rounding, and at t itself in the first period.
 */
export function* repeatedSegments(
  pattern: Pick<Drive, 'segments'>, origin: number, period: number, from: number, to: number,
): Generator<Segment, void, undefined> {
  const patternEnd = origin + period
  for (let number = periodAt(origin, period, from); ; number++) {
    const shift = number * period
    const start = boundary(origin, period, number)
    if (!(boundary(origin, period, number + 1) > start)) {
      const nothing = { from: origin, to: origin, constant: true, energies: () => undefined, strengths: () => undefined }
      yield movedSegment(nothing, start, start, shift, start, start)
      return
    }
    for (const segment of pattern.segments(origin, patternEnd)) {
      const begin = segment.from === origin ? start : segment.from + shift
      const end = segment.to === patternEnd ? boundary(origin, period, number + 1) : segment.to + shift
      if (end <= from) continue
      yield movedSegment(segment, begin, end, shift, from, to)
      if (end >= to) return
    }
  }
}
