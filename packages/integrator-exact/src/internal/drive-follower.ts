import type { Segment } from '@mesobath/contracts'
import type { AdamsWeights } from './adams-weights.js'
import { AT_END, GAP, GAUSS, KRONROD, NODES } from './adams-weights.js'

/**
 * The drive along the steps of an Adams method: the phases φ_k = ∫ε_k dt, whether a step resolves ε_k(t) and λ_ν(t), and the work
 * ∫ (Σ ε̇_k p_k + Σ λ̇_ν ⟨V_ν⟩) dt, whose integrand no one differentiates: by parts, with p_k and ⟨V_ν⟩ as polynomials through their past values.
 *
 * Rows of numbers are [ε_k … | λ_ν …], or what belongs to them [p_k … | ⟨V_ν⟩ …].
 */
export class DriveFollower {
  readonly phases: Float64Array
  readonly nextPhases: Float64Array
  readonly #norms: Float64Array
  readonly #stride: number
  /** At the beginning of a step, at its end, and at the nodes between [node, row]. */
  readonly #now: Float64Array
  readonly #next: Float64Array
  readonly #between: Float64Array
  /** [slot, row], and λ_ν there [slot, baths]. */
  readonly #observed: Float64Array
  readonly #strengthsAt: Float64Array
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  #work = 0
  /** Of the step just tried. */
  #stepWork = 0

  /** `norms`: ‖V_ν‖, which may still become known; `slots`: values kept. */
  constructor(dimension: number, norms: Float64Array, slots: number) {
    const baths = norms.length
    this.phases = new Float64Array(dimension)
    this.nextPhases = new Float64Array(dimension)
    this.#norms = norms
    this.#stride = dimension + baths
    this.#now = new Float64Array(this.#stride)
    this.#next = new Float64Array(this.#stride)
    this.#between = new Float64Array(NODES.length * this.#stride)
    this.#observed = new Float64Array(slots * this.#stride)
    this.#strengthsAt = new Float64Array(slots * baths)
    this.#energies = new Float64Array(dimension)
    this.#strengths = new Float64Array(baths)
  }

  /** No phases and no work yet. */
  restart(): void {
    this.phases.fill(0)
    this.nextPhases.fill(0)
    this.#work = 0
  }

  /** Stands at `time` of a segment. */
  begin(segment: Segment, time: number): void {
    this.#values(segment, time, this.#now, 0)
    this.#next.set(this.#now)
  }

  /** Σ |λ_ν| ‖V_ν‖: how fast the state moves in the turning frame. */
  pull(): number {
    let sum = 0
    for (let bath = 0; bath < this.#norms.length; bath++) sum += Math.abs(this.#now[this.#energies.length + bath]!) * this.#norms[bath]!
    return sum
  }

  /** The largest distance of two ε_k. */
  spread(): number {
    let low = Infinity
    let high = -Infinity
    for (let k = 0; k < this.#energies.length; k++) {
      low = Math.min(low, this.#now[k]!)
      high = Math.max(high, this.#now[k]!)
    }
    return high - low
  }

  /** λ_ν at the end of the step. */
  nextStrength(bath: number): number {
    return this.#next[this.#energies.length + bath]!
  }

  /** Looks at a step of h from `time`: phases at its end, and the error per unit time of ∫ε_k dt, and of ∫λ_ν dt as the step sees it. */
  follow(segment: Segment, time: number, h: number, end: number, weights: AdamsWeights, order: number, slots: Int32Array): number {
    const d = this.#energies.length
    const stride = this.#stride
    for (let node = 0; node < NODES.length; node++) this.#values(segment, time + NODES[node]! * h, this.#between, node * stride)
    this.#values(segment, end, this.#next, 0)
    let most = 0
    for (let at = 0; at < stride; at++) {
      // Relative to what it was: what does not move has no error, not even of rounding.
      const now = this.#now[at]!
      let integral = 0
      let coarse = 0
      let first = 0
      let last = 0
      for (let node = 0; node < NODES.length; node++) {
        const value = this.#between[node * stride + at]! - now
        integral += KRONROD[node]! * value
        coarse += GAUSS[node]! * value
        first += AT_END[NODES.length - 1 - node]! * value
        last += AT_END[node]! * value
      }
      // A jump shows between the nodes by the two rules, and beyond them by the values at the ends.
      const doubt = Math.max(Math.abs(integral - coarse), GAP * Math.abs(first), GAP * Math.abs(this.#next[at]! - now - last))
      if (!(doubt < Infinity)) return Number.NaN
      if (at < d) {
        this.nextPhases[at] = this.phases[at]! + h * (now + integral)
        most = Math.max(most, doubt)
        continue
      }
      const bath = at - d
      let seen = weights.correct[0]! * (this.#next[at]! - now)
      for (let j = 0; j < order; j++) seen += weights.correct[j + 1]! * (this.#strengthsAt[slots[j]! * this.#norms.length + bath]! - now)
      most = Math.max(most, this.#norms[bath]! * Math.max(Math.abs(integral - seen), doubt))
    }
    return most
  }

  /** Makes a slot ready for what is observed at the end of the step. */
  open(slot: number): void {
    const d = this.#energies.length
    this.#observed.fill(0, slot * this.#stride + d, (slot + 1) * this.#stride)
    for (let bath = 0; bath < this.#norms.length; bath++) this.#strengthsAt[slot * this.#norms.length + bath] = this.#next[d + bath]!
  }

  addInteraction(slot: number, bath: number, value: number): void {
    const at = slot * this.#stride + this.#energies.length + bath
    this.#observed[at] = this.#observed[at]! + value
  }

  clearPopulations(slot: number): void {
    this.#observed.fill(0, slot * this.#stride, slot * this.#stride + this.#energies.length)
  }

  addPopulation(slot: number, level: number, value: number): void {
    const at = slot * this.#stride + level
    this.#observed[at] = this.#observed[at]! + value
  }

  /** Work of the step just tried; what the oldest value that it is made from changes in it. */
  weighWork(weights: AdamsWeights, order: number, slots: Int32Array, slot: number): number {
    const stride = this.#stride
    const { slopes, divided, tail } = weights
    const count = order + 1
    let work = 0
    let doubt = 0
    for (let at = 0; at < stride; at++) {
      const now = this.#now[at]!
      let last = divided[0]! * this.#observed[slot * stride + at]!
      for (let j = 0; j < order; j++) last += divided[j + 1]! * this.#observed[slots[j]! * stride + at]!
      work += (this.#next[at]! - now) * this.#observed[slot * stride + at]!
      for (let node = 0; node < NODES.length; node++) {
        let slope = slopes[node * count]! * this.#observed[slot * stride + at]!
        for (let j = 0; j < order; j++) slope += slopes[node * count + j + 1]! * this.#observed[slots[j]! * stride + at]!
        const weight = KRONROD[node]! * (this.#between[node * stride + at]! - now)
        work -= weight * slope
        doubt += weight * tail[node]! * last
      }
    }
    this.#stepWork = work
    return Math.abs(doubt)
  }

  /** The step just tried has been made. */
  accept(): void {
    this.#work += this.#stepWork
    this.phases.set(this.nextPhases)
    this.#now.set(this.#next)
  }

  /** Work since the last call. */
  takeWork(): number {
    const work = this.#work
    this.#work = 0
    return work
  }

  #values(segment: Segment, time: number, out: Float64Array, at: number): void {
    segment.energies(time, this.#energies)
    segment.strengths(time, this.#strengths)
    out.set(this.#energies, at)
    out.set(this.#strengths, at + this.#energies.length)
  }
}
