import type { Segment, Vector } from '@mesobath/contracts'
import { chebyshevPanels } from '@mesobath/kernels'
import type { ChebyshevPanels } from '@mesobath/kernels'

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
  #segment: Segment | null = null
  /** Null where a smooth segment has no series: there is a jump inside it, or no number. */
  #panels: ChebyshevPanels | null = null

  constructor(dimension: number, baths: number) {
    this.#dimension = dimension
    this.#baths = baths
  }

  /** Reads a segment; asks it for nothing outside of its ends. */
  enter(segment: Segment): void {
    this.#segment = segment.constant ? null : segment
    this.#panels = null
    if (segment.constant) return
    const dimension = this.#dimension
    const evaluate = (time: number, out: Float64Array): void => {
      segment.energies(time, out.subarray(0, dimension))
      segment.strengths(time, out.subarray(dimension))
    }
    const panels = chebyshevPanels(evaluate, dimension + this.#baths, segment.from, segment.to)
    if (!('kind' in panels)) this.#panels = panels
  }

  /**
   * Ẇ at a time of the segment, of its side of a stop; NaN where the drive has no slope that is known.
   *
   * @param energies - ε_k(t) as the drive gives them [d]
   * @param strengths - λ_ν(t) [baths]
   * @param populations - p(ε_k, E) [level, windows]
   * @param interactions - ⟨V_ν⟩ [baths]
   */
  at(time: number, energies: Vector, strengths: Vector, populations: Vector, interactions: Vector): number {
    if (this.#segment === null) return 0
    const panels = this.#panels
    if (panels === null) return Number.NaN
    const { from, to } = this.#segment
    const dimension = this.#dimension
    const windows = populations.length / dimension
    panels.locate(time)
    let power = 0
    for (let component = 0; component < dimension + this.#baths; component++) {
      const given = component < dimension ? energies[component]! : strengths[component - dimension]!
      // At a stop the drive may already speak for the other side.
      if (time !== from && time !== to && !(Math.abs(panels.value(component) - given) <= DEPARTURE * panels.largest[component]!)) return Number.NaN
      let weight = 0
      if (component < dimension) for (let i = component * windows; i < (component + 1) * windows; i++) weight += populations[i]!
      else weight = interactions[component - dimension]!
      power += panels.rate(component) * weight
    }
    return power
  }
}
