import { succeed } from '@mesobath/contracts'
import type { Outcome, Segment, Vector } from '@mesobath/contracts'
import type { ChebyshevPanels } from '@mesobath/kernels'
import { segmentSeries } from './segment-series.js'

/** A series that misses the drive by more than this share of its largest value has not seen a pulse: its slope is none of the drive's. */
const DEPARTURE = 1e-8

/**
 * The power Ẇ = Σ ε̇_k p_k + Σ λ̇_ν ⟨V_ν⟩ of a smooth segment, H_int,ν = λ_ν V_ν, at the times it is asked for. Slopes are those of Chebyshev
 * series read once when the segment begins; work is an integral of its own, so that ∫Ẇ dt = W compares two ways.
 *
 * @equation 47
 */
export class DrivePower {
  readonly #dimension: number
  readonly #baths: number
  /** Null where nothing moves. */
  #moving: { readonly segment: Segment; readonly series: ChebyshevPanels } | null = null

  constructor(dimension: number, baths: number) {
    this.#dimension = dimension
    this.#baths = baths
  }

  /** Reads a segment; the issues are those of `segmentSeries`. */
  enter(segment: Segment): Outcome<void> {
    this.#moving = null
    if (segment.constant) return succeed(undefined)
    const series = segmentSeries(segment, this.#dimension, this.#baths)
    if (series._tag === 'Left') return series
    this.#moving = { segment, series: series.right }
    return succeed(undefined)
  }

  /**
   * Ẇ at a time of the segment, of its side of a stop; NaN where the series has not seen what the drive does there.
   *
   * @param energies - ε_k(t) as the drive gives them [d]
   * @param strengths - λ_ν(t) [baths]
   * @param populations - p(ε_k, E) [level, windows]
   * @param interactions - ⟨V_ν⟩ [baths]
   */
  at(time: number, energies: Vector, strengths: Vector, populations: Vector, interactions: Vector): number {
    if (this.#moving === null) return 0
    const { segment: { from, to }, series } = this.#moving
    const dimension = this.#dimension
    const windows = populations.length / dimension
    series.locate(time)
    let power = 0
    for (let component = 0; component < dimension + this.#baths; component++) {
      const given = component < dimension ? energies[component]! : strengths[component - dimension]!
      // At a stop the drive may already speak for the other side.
      if (time !== from && time !== to && !(Math.abs(series.value(component) - given) <= DEPARTURE * series.largest[component]!)) return Number.NaN
      let weight = 0
      if (component < dimension) for (let i = component * windows; i < (component + 1) * windows; i++) weight += populations[i]!
      else weight = interactions[component - dimension]!
      power += series.rate(component) * weight
    }
    return power
  }
}
