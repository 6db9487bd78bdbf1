import { exp, flatWindowTransform } from '@mesobath/kernels'
import { pairCoefficients } from './active-groups.js'
import type { ActiveGroup } from './active-groups.js'
import { addAdjoint, lowerBound } from './axis-rates.js'
import { dispersivePart } from './lamb-shift.js'
import type { FullPlanes } from './pair-tables.js'
import { readTransforms } from './rate-field.js'
import type { RateField } from './rate-field.js'

/** Coefficients at λ = 1 and weight 1, with the volumes' factor √(V_E/V_E') of the forward and √(V_E'/V_E) of the reverse jump. */
export interface Coefficients {
  readonly forwardRe: Float64Array
  readonly forwardIm: Float64Array
  readonly backwardRe: Float64Array
  readonly backwardIm: Float64Array
}

const emptyCoefficients = (length: number): Coefficients => ({
  forwardRe: new Float64Array(length), forwardIm: new Float64Array(length),
  backwardRe: new Float64Array(length), backwardIm: new Float64Array(length),
})

/** c·√factor², where the factor alone may overflow. */
const scaled = (value: number, root: number): number => (value === 0 ? 0 : value * root * root)

/**
 * The jumps of one frequency group of one bath while its ω moves across the windows.
 *
 * A flat window's coefficients stay, only their weights 1 − |Ω|/δ and Im h(Ω) move; an own line shape's coefficients are made anew from
 * its table. `move` allocates nothing.
 */
export class MovingGroup {
  readonly group: ActiveGroup
  /** Entries per row: m² pairs of pairs, or m where populations alone are wanted. */
  readonly width: number
  /** Rows that carry rates at the moment are those from `first` to before `last`. */
  first = 0
  last = 0
  /** 1 − |Ω|/δ [row]. */
  readonly weight: Float64Array
  readonly rates: Coefficients
  /** Im h(Ω) of a flat window by the step between the windows [step]; empty where no shift is wanted. */
  readonly dispersion: Float64Array
  readonly shifts: Coefficients
  private readonly field: RateField
  private readonly index: number
  private readonly diagonal: boolean
  private readonly roots: { readonly forward: Float64Array; readonly backward: Float64Array }
  private readonly re: Float64Array
  private readonly im: Float64Array
  private readonly dissipative: FullPlanes | null
  private readonly dispersive: FullPlanes | null
  private readonly pair = new Float64Array(2)

  /**
   * @param index - position of the group among those of its bath
   * @param diagonal - whether populations alone are wanted, and so no shift
   */
  constructor(field: RateField, group: ActiveGroup, index: number, diagonal: boolean) {
    const { bath, count, from, kappa, to } = field
    const { logVolumes } = bath.windows
    const pairs = group.pairs.length / 2
    this.field = field
    this.group = group
    this.index = index
    this.diagonal = diagonal
    this.width = diagonal ? pairs : pairs * pairs
    this.weight = new Float64Array(count)
    this.dispersion = new Float64Array(diagonal || kappa === null ? 0 : field.steps.length)
    this.rates = emptyCoefficients(count * this.width)
    this.re = new Float64Array(pairs * pairs)
    this.im = new Float64Array(pairs * pairs)
    // Half the exponent: its exponential alone may overflow where its product with a small strength does not.
    this.roots = {
      forward: Float64Array.from(to, (window, row) => exp((logVolumes[window]! - logVolumes[from[row]!]!) / 4)),
      backward: Float64Array.from(to, (window, row) => exp((logVolumes[from[row]!]! - logVolumes[window]!) / 4)),
    }
    const entries = count * bath.systemCouplings.length * bath.systemCouplings.length
    if (kappa !== null) {
      this.dissipative = null
      this.dispersive = null
      this.shifts = this.rates
      this.fill(kappa, this.rates)
    } else {
      this.dissipative = { re: new Float64Array(entries), im: new Float64Array(entries) }
      this.dispersive = diagonal ? null : { re: new Float64Array(entries), im: new Float64Array(entries) }
      this.shifts = diagonal ? this.rates : emptyCoefficients(count * this.width)
      this.weight.fill(1)
      this.last = count
    }
  }

  /** Whether a row stands for two jumps, its own and the reverse; of the others the mirror group takes care. */
  private reverses(row: number): boolean {
    return this.field.to[row]! !== this.field.from[row]! || this.group.mirror !== this.index
  }

  private fill(kappa: FullPlanes, out: Coefficients): void {
    const { field, group, width } = this
    const couplings = field.bath.systemCouplings.length
    const block = couplings * couplings
    const pairs = group.pairs.length / 2
    for (let row = 0; row < field.count; row += 1) {
      // Within a window a group and its mirror are each other's reverse: one of them carries both.
      if (field.to[row] === field.from[row] && this.index < group.mirror) continue
      pairCoefficients(group, couplings, kappa.re, kappa.im, row * block, this.re, this.im)
      const forward = this.roots.forward[row]!
      const backward = this.reverses(row) ? this.roots.backward[row]! : 0
      for (let i = 0; i < width; i += 1) {
        const at = this.diagonal ? i * pairs + i : i
        // A jump rate that rounding has made negative is none.
        const re = this.diagonal ? Math.max(0, this.re[at]!) : this.re[at]!
        const im = this.diagonal ? 0 : this.im[at]!
        out.forwardRe[row * width + i] = scaled(re, forward)
        out.forwardIm[row * width + i] = scaled(im, forward)
        out.backwardRe[row * width + i] = scaled(re, backward)
        out.backwardIm[row * width + i] = -scaled(im, backward)
      }
    }
  }

  /** Sets weights, or coefficients, for a frequency. */
  move(frequency: number): void {
    if (this.field.kappa === null) this.moveTransforms(frequency)
    else this.moveWeights(frequency)
  }

  private moveWeights(frequency: number): void {
    const { dispersion, field, pair, weight } = this
    const { firstRow, steps, width } = field
    const low = lowerBound(steps, frequency - width)
    const high = lowerBound(steps, frequency + width)
    this.first = firstRow[low]!
    this.last = firstRow[high]!
    for (let step = low; step < high; step += 1) {
      const share = Math.max(0, 1 - Math.abs(frequency - steps[step]!) / width)
      for (let row = firstRow[step]!; row < firstRow[step + 1]!; row += 1) weight[row] = share
    }
    if (this.diagonal) return
    for (let step = 0; step < steps.length; step += 1) {
      flatWindowTransform(frequency - steps[step]!, Infinity, width, pair)
      dispersion[step] = pair[1]!
    }
  }

  private moveTransforms(frequency: number): void {
    const couplings = this.field.bath.systemCouplings.length
    readTransforms(this.field, frequency, this.dissipative!)
    if (this.dispersive !== null) {
      this.dispersive.re.set(this.dissipative!.re)
      this.dispersive.im.set(this.dissipative!.im)
      dispersivePart(this.dispersive, couplings)
      this.fill(this.dispersive, this.shifts)
    }
    addAdjoint(this.dissipative!, couplings)
    this.fill(this.dissipative!, this.rates)
  }

  /** Whether every coefficient fits a double. */
  isFinite(): boolean {
    const { backwardIm, backwardRe, forwardIm, forwardRe } = this.rates
    return [forwardRe, forwardIm, backwardRe, backwardIm].every((plane) => plane.every((entry) => Number.isFinite(entry)))
  }
}
