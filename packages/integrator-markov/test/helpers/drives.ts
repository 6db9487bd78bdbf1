import type { Drive, Segment } from '@mesobath/contracts'

/** A function of time per level. */
export type Protocol = (time: number) => readonly number[]

/** One smooth segment between each two stops. */
export const smooth = (stops: readonly number[], energies: Protocol, strengths: Protocol): Drive => ({
  recipe: null,
  segments: (from, to) => {
    const ends = [from, ...stops.filter((stop) => stop > from && stop < to), to]
    return ends.slice(1).map((end, i): Segment => ({
      from: ends[i]!, to: end, constant: false,
      energies: (time, out) => out.set(energies(time)), strengths: (time, out) => out.set(strengths(time)),
    }))
  },
})

/** Energies that hold from each stop to the next; the first row holds before the first stop. Lazily, as long trains must be. */
export const quenches = (stops: ArrayLike<number>, rows: (index: number) => readonly number[], strengths: readonly number[]): Drive => ({
  recipe: null,
  * segments(from, to) {
    let begin = from
    for (let i = 0; i <= stops.length; i += 1) {
      const end = i === stops.length ? to : Math.min(stops[i]!, to)
      if (end <= begin) continue
      const row = rows(i)
      yield { from: begin, to: end, constant: true, energies: (_time, out) => out.set(row), strengths: (_time, out) => out.set(strengths) }
      begin = end
      if (end === to) return
    }
  },
})
