import { fail, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Segment, Vector } from '@mesobath/contracts'
import { chebyshevPanels, PANEL_NODES } from '@mesobath/kernels'
import type { ChebyshevPanels, PanelMisfit } from '@mesobath/kernels'

/** What a drive gives at a time may differ by this share of its largest value from what was read of it before: more is structure unseen. */
const DEPARTURE = 1e-8

/**
 * ε_k(t) and λ_ν(t) of one smooth segment as numbers: values, derivatives and integrals to rounding, without asking the drive again.
 *
 * Made of piecewise Chebyshev series, differentiated and integrated spectrally. Every method writes into its last argument and allocates nothing.
 */
export class SegmentCourse {
  readonly from: number
  readonly to: number
  /** d. */
  readonly dimension: number
  readonly baths: number
  /** Ends of the panels on which the series stand, `from` and `to` among them: a step across one may miss what lies beyond. */
  readonly panelEnds: Float64Array
  private readonly panels: ChebyshevPanels
  private readonly value: Float64Array

  /** @internal */
  constructor(segment: Segment, dimension: number, baths: number, panels: ChebyshevPanels) {
    this.from = segment.from
    this.to = segment.to
    this.dimension = dimension
    this.baths = baths
    this.panels = panels
    this.panelEnds = panels.ends
    this.value = new Float64Array(dimension + baths)
  }

  /** ε_k(t) [d]. */
  energies(time: number, out: Float64Array): void {
    this.panels.locate(time)
    for (let k = 0; k < this.dimension; k += 1) out[k] = this.panels.value(k)
  }

  /** λ_ν(t) [n]. */
  strengths(time: number, out: Float64Array): void {
    this.panels.locate(time)
    for (let axis = 0; axis < this.baths; axis += 1) out[axis] = this.panels.value(this.dimension + axis)
  }

  /** ε̇_k(t) [d]. */
  energyRates(time: number, out: Float64Array): void {
    this.panels.locate(time)
    for (let k = 0; k < this.dimension; k += 1) out[k] = this.panels.rate(k)
  }

  /** ∫ (ε_k − ε_0) ds from the beginning of the segment to t [d]: what turns coherences. */
  phases(time: number, out: Float64Array): void {
    const { offset } = this.panels
    this.panels.locate(time)
    const first = this.panels.integral(0)
    for (let k = this.dimension - 1; k >= 0; k -= 1) {
      out[k] = (offset[k]! - offset[0]!) * (time - this.from) + (this.panels.integral(k) - first)
    }
  }

  /** Energies at the nodes of a panel [node, level], in descending order of time. */
  nodeEnergies(panel: number): Float64Array {
    const { nodes, offset } = this.panels
    const components = this.dimension + this.baths
    const out = new Float64Array(PANEL_NODES * this.dimension)
    for (let node = 0; node < PANEL_NODES; node += 1) {
      for (let k = 0; k < this.dimension; k += 1) out[node * this.dimension + k] = offset[k]! + nodes[panel]![node * components + k]!
    }
    return out
  }

  /** Puts the limits from inside in place of what the drive says at an end of the segment, where that belongs to the other side of a jump. */
  settle(time: number, energies: Float64Array, strengths: Float64Array): void {
    if (this.agrees(time, energies, strengths)) return
    this.energies(time, energies)
    this.strengths(time, strengths)
  }

  /** Whether values that the drive gives at a time are the ones expected of it. */
  agrees(time: number, energies: Vector, strengths: Vector): boolean {
    const { value } = this
    const { largest } = this.panels
    this.energies(time, value)
    for (let k = 0; k < this.dimension; k += 1) {
      if (!(Math.abs(value[k]! - energies[k]!) <= DEPARTURE * largest[k]!)) return false
    }
    this.strengths(time, value)
    for (let axis = 0; axis < this.baths; axis += 1) {
      if (!(Math.abs(value[axis]! - strengths[axis]!) <= DEPARTURE * largest[this.dimension + axis]!)) return false
    }
    return true
  }
}

const nameOf = (component: number, dimension: number): string =>
  component < dimension ? `energy of level ${component}` : `strength of bath ${component - dimension}`

const misfitIssue = ({ component, kind, time }: PanelMisfit, segment: Segment, dimension: number): Issue =>
  kind === 'not-finite'
    ? issue('composition/drive-not-finite', ['drive'], `\`drive\`: the ${nameOf(component, dimension)} must be finite, but is not at time ${time}`)
    : unseenStructure(segment, time, `the ${nameOf(component, dimension)}`)

/** The issue of a drive that is not smooth inside a segment. */
export const unseenStructure = (segment: Segment, time: number, what: string): Issue =>
  issue('composition/drive-not-smooth', ['drive'],
    `\`drive\` must be smooth between its stops, but ${what} has a jump or structure too fine to follow at about time ${time} (segment from ${segment.from} `
    + `to ${segment.to}); declare a stop at every jump, and stops around pulses much shorter than their segment`)

/**
 * Reads a smooth segment once. At its ends the limits from inside count.
 *
 * @param dimension - d
 * @param baths - number of baths
 * @returns issues `composition/drive-not-finite`, `composition/drive-not-smooth`, `composition/negative-strength`
 */
export const segmentCourse = (segment: Segment, dimension: number, baths: number): Outcome<SegmentCourse> => {
  const strengths = new Float64Array(baths)
  let negative: number | null = null
  const evaluate = (time: number, out: Float64Array): void => {
    segment.energies(time, out.subarray(0, dimension))
    segment.strengths(time, strengths)
    out.set(strengths, dimension)
    if (negative === null && strengths.some((strength) => strength < 0)) negative = time
  }
  const panels = chebyshevPanels(evaluate, dimension + baths, segment.from, segment.to)
  if ('kind' in panels) return fail(misfitIssue(panels, segment, dimension))
  if (negative !== null) {
    return fail(issue('composition/negative-strength', ['drive'],
      `\`drive\` must give strengths λ ≥ 0, but gives a negative one at time ${String(negative)}`))
  }
  return succeed(new SegmentCourse(segment, dimension, baths, panels))
}
