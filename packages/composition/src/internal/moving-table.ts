import type { Vector } from '@mesobath/contracts'
import { frequencyNow } from './frequency-now.js'
import type { ActiveGroup } from './active-groups.js'
import { addMeanField, addShift, blockPositions } from './axis-table.js'
import type { AxisTable, JumpBlock } from './axis-table.js'
import { MovingGroup } from './moving-group.js'
import type { FullPlanes } from './pair-tables.js'
import type { RateField } from './rate-field.js'

/** Entries of a group's m × m coefficients whose pairs lead to one level, and where in ρ_S(E) the loss or shift that belongs to them acts. */
interface Anticommutator {
  readonly entry: Int32Array
  readonly position: Int32Array
}

/** S†S joins pairs p, r that share the level they lead to (`side` 0), or of the reverse jumps the one they come from (`side` 1). */
const anticommutator = ({ pairs }: ActiveGroup, side: 0 | 1, dimension: number): Anticommutator => {
  const entry: number[] = []
  const position: number[] = []
  const count = pairs.length / 2
  for (let p = 0; p < count; p += 1) {
    for (let r = 0; r < count; r += 1) {
      if (pairs[2 * p + side] !== pairs[2 * r + side]) continue
      entry.push(p * count + r)
      position.push(pairs[2 * r + 1 - side]! * dimension + pairs[2 * p + 1 - side]!)
    }
  }
  return { entry: Int32Array.from(entry), position: Int32Array.from(position) }
}

/** −A of a flat window as a sum of terms c·Im h(Ω): where each acts, and the step between its windows. */
interface ShiftTerms {
  readonly position: Int32Array
  readonly step: Int32Array
  readonly re: Float64Array
  /** Null where it is zero. */
  readonly im: Float64Array | null
}

interface MovingBlocks {
  readonly moving: MovingGroup
  readonly forward: JumpBlock
  readonly backward: JumpBlock
  readonly away: Anticommutator
  readonly back: Anticommutator
  /** Null for own line shapes, whose coefficients move. */
  readonly terms: ShiftTerms | null
}

/** One bath's tables, rewritten in place as frequencies and strength move; what stands in them is read as any other bath's. */
export class MovingTable {
  readonly table: AxisTable
  readonly groups: readonly MovingGroup[]
  /** What each group is sent to where frequencies are not followed. */
  readonly resonances: Float64Array
  private readonly field: RateField
  private readonly blocks: readonly MovingBlocks[]
  private readonly dimension: number
  /** λ⟨B⟩ S at λ = 1. */
  private readonly meanField: FullPlanes
  private readonly shift: FullPlanes

  constructor(field: RateField, groups: readonly ActiveGroup[], energies: Vector, zeroPairs: Int32Array) {
    const dimension = energies.length
    const windows = field.bath.windows.energies.length
    const size = windows * dimension * dimension
    this.field = field
    this.dimension = dimension
    this.groups = groups.map((group, index) => new MovingGroup(field, group, index, false))
    this.resonances = new Float64Array(groups.length)
    this.blocks = this.groups.map((moving): MovingBlocks => {
      const { group, width } = moving
      const entries = field.count * width
      const range = new Int32Array(2)
      const exchanged = group.pairs.map((_, i) => group.pairs[i ^ 1]!)
      const away = anticommutator(group, 0, dimension)
      const back = anticommutator(group, 1, dimension)
      return {
        moving, away, back, terms: field.kappa === null ? null : this.shiftTerms(moving, away, back),
        forward: {
          ...blockPositions(group.pairs, dimension), to: field.to, from: field.from, range,
          re: new Float64Array(entries), im: new Float64Array(entries),
        },
        backward: {
          ...blockPositions(exchanged, dimension), to: field.from, from: field.to, range,
          re: new Float64Array(entries), im: new Float64Array(entries),
        },
      }
    })
    const drift = { re: new Float64Array(size), im: new Float64Array(size) }
    this.table = { windows, jumps: this.blocks.flatMap(({ backward, forward }) => [forward, backward]), drift }
    this.shift = { re: new Float64Array(size), im: new Float64Array(size) }
    this.meanField = { re: new Float64Array(size), im: new Float64Array(size) }
    addMeanField(field.bath, energies, 1, zeroPairs, this.meanField)
  }

  /** Rewrites the tables for ε_k and λ; allocates nothing. */
  move(energies: Vector, strength: number, held: boolean): void {
    const { blocks, dimension, meanField, resonances, shift } = this
    const { drift, windows } = this.table
    drift.re.fill(0)
    drift.im.fill(0)
    shift.re.fill(0)
    shift.im.fill(0)
    for (let g = 0; g < blocks.length; g += 1) {
      const { moving } = blocks[g]!
      moving.move(held ? resonances[g]! : frequencyNow(moving.group, g, energies))
      this.writeJumps(blocks[g]!, strength * strength)
      const { terms } = blocks[g]!
      if (terms === null) this.addCoefficients(blocks[g]!)
      else this.addTerms(terms, moving.dispersion)
    }
    addShift(shift, windows, dimension, strength * strength, drift)
    addShift(meanField, windows, dimension, strength, drift)
  }

  private writeJumps({ away, back, backward, forward, moving }: MovingBlocks, lambdaSquared: number): void {
    const { from, to } = this.field
    const { first, last, rates, weight, width } = moving
    const block = this.dimension * this.dimension
    const { drift } = this.table
    forward.range[0] = first
    forward.range[1] = last
    for (let row = first; row < last; row += 1) {
      const scale = lambdaSquared * weight[row]!
      for (let at = row * width; at < (row + 1) * width; at += 1) {
        forward.re[at] = scale * rates.forwardRe[at]!
        forward.im[at] = scale * rates.forwardIm[at]!
        backward.re[at] = scale * rates.backwardRe[at]!
        backward.im[at] = scale * rates.backwardIm[at]!
      }
      addLoss(drift, forward, row * width, away, from[row]! * block)
      addLoss(drift, backward, row * width, back, to[row]! * block)
    }
  }

  /** Visits every term of −A: the reverse jump has the opposite mismatch and the conjugate κ. */
  private eachShift(
    moving: MovingGroup, away: Anticommutator, back: Anticommutator, visit: (row: number, position: number, re: number, im: number) => void,
  ): void {
    const { count, from, to } = this.field
    const { shifts, width } = moving
    const block = this.dimension * this.dimension
    for (let row = 0; row < count; row += 1) {
      for (let i = 0; i < away.entry.length; i += 1) {
        const at = row * width + away.entry[i]!
        visit(row, from[row]! * block + away.position[i]!, -shifts.forwardRe[at]!, -shifts.forwardIm[at]!)
      }
      for (let i = 0; i < back.entry.length; i += 1) {
        const at = row * width + back.entry[i]!
        visit(row, to[row]! * block + back.position[i]!, shifts.backwardRe[at]!, shifts.backwardIm[at]!)
      }
    }
  }

  private shiftTerms(moving: MovingGroup, away: Anticommutator, back: Anticommutator): ShiftTerms {
    const { firstRow, steps } = this.field
    const stepOf = new Int32Array(this.field.count)
    steps.forEach((_, step) => stepOf.fill(step, firstRow[step], firstRow[step + 1]))
    let count = 0
    let complex = false
    this.eachShift(moving, away, back, (_row, _position, re, im) => {
      if (re !== 0 || im !== 0) count += 1
      if (im !== 0) complex = true
    })
    const terms = {
      position: new Int32Array(count), step: new Int32Array(count), re: new Float64Array(count), im: complex ? new Float64Array(count) : null,
    }
    let next = 0
    this.eachShift(moving, away, back, (row, position, re, im) => {
      if (re === 0 && im === 0) return
      terms.position[next] = position
      terms.step[next] = stepOf[row]!
      terms.re[next] = re
      if (terms.im !== null) terms.im[next] = im
      next += 1
    })
    return terms
  }

  private addTerms({ im, position, re, step }: ShiftTerms, dispersion: Float64Array): void {
    const shift = this.shift
    for (let i = 0; i < position.length; i += 1) shift.re[position[i]!]! += re[i]! * dispersion[step[i]!]!
    if (im === null) return
    for (let i = 0; i < position.length; i += 1) shift.im[position[i]!]! += im[i]! * dispersion[step[i]!]!
  }

  /** −A of own line shapes, whose coefficients are those of the moment. */
  private addCoefficients({ away, back, moving }: MovingBlocks): void {
    const { count, from, to } = this.field
    const { shifts, width } = moving
    const block = this.dimension * this.dimension
    const { im, re } = this.shift
    for (let row = 0; row < count; row += 1) {
      for (let i = 0; i < away.entry.length; i += 1) {
        const at = row * width + away.entry[i]!
        const here = from[row]! * block + away.position[i]!
        re[here]! -= shifts.forwardRe[at]!
        im[here]! -= shifts.forwardIm[at]!
      }
      for (let i = 0; i < back.entry.length; i += 1) {
        const at = row * width + back.entry[i]!
        const here = to[row]! * block + back.position[i]!
        re[here]! += shifts.backwardRe[at]!
        im[here]! += shifts.backwardIm[at]!
      }
    }
  }
}

/** −½ γ S†S. */
const addLoss = (drift: FullPlanes, { im, re }: JumpBlock, row: number, { entry, position }: Anticommutator, base: number): void => {
  for (let i = 0; i < entry.length; i += 1) {
    drift.re[base + position[i]!]! -= 0.5 * re[row + entry[i]!]!
    drift.im[base + position[i]!]! -= 0.5 * im[row + entry[i]!]!
  }
}
