import type { Segment } from '@mesobath/contracts'

/** Segments of a protocol that writes some numbers of a drive and leaves the others alone. */
export type PartialSegments = (from: number, to: number) => Iterable<Segment>

const segmentOf = (parts: readonly Segment[], from: number, to: number, energies: Float64Array, strengths: Float64Array): Segment => ({
  from, to, constant: parts.every((part) => part.constant),
  energies: (time, out) => {
    out.set(energies)
    for (const part of parts) part.energies(time, out)
  },
  strengths: (time, out) => {
    out.set(strengths)
    for (const part of parts) part.strengths(time, out)
  },
})

/** Several partial protocols at once over what none of them drives: every boundary of each is a boundary of the whole. */
export function* mergedSegments(
  energies: Float64Array, strengths: Float64Array, protocols: readonly PartialSegments[], from: number, to: number,
): Generator<Segment, void, undefined> {
  const iterators = protocols.map((protocol) => protocol(from, to)[Symbol.iterator]())
  const take = (at: number): Segment => {
    const next = iterators[at]!.next()
    if (next.done === true) throw new Error(`protocol ${at} of a drive ended before ${to}`)
    return next.value
  }
  let parts = iterators.map((_, at) => take(at))
  let begin = from
  for (;;) {
    const end = parts.reduce((least, part) => Math.min(least, part.to), to)
    yield segmentOf(parts, begin, end, energies, strengths)
    if (!(end < to)) return
    parts = parts.map((part, at) => (part.to === end ? take(at) : part))
    begin = end
  }
}
