import type { Json, Vector } from './data.js'

/** A stretch of time in which everything is smooth. `energies` and `strengths` are called between kernel calls only. */
export interface Segment {
  readonly from: number
  readonly to: number
  /** True where ε_k and λ_ν do not depend on time within the segment. */
  readonly constant: boolean
  /** Writes ε_k(t) [d]. */
  energies(time: number, out: Float64Array): void
  /** Writes λ_ν(t) [number of baths]. */
  strengths(time: number, out: Float64Array): void
}

/**
 * A protocol as segments that tile [from, to] exactly: each one's `to` is the next one's `from`, bit for bit. Segments come
 * lazily, so that 10⁷ pulses cost nothing. Every boundary is a stop on which every algorithm lands. No one asks a drive for a
 * value at a bare time: rounding would put a quench on the wrong side.
 */
export interface Drive {
  readonly recipe: Json
  segments(from: number, to: number): Iterable<Segment>
}

/** The drive of an undriven system: one constant segment, the same path as every other. */
export const constantDrive = (energies: Vector, strengths: Vector): Drive => ({
  recipe: null,
  segments: (from, to) => [
    { from, to, constant: true, energies: (_time, out) => out.set(energies), strengths: (_time, out) => out.set(strengths) },
  ],
})
