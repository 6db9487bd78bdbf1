import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import type { PreparedBath } from '../prepare-baths.js'
import { pairCoefficients } from './active-groups.js'
import type { ActiveGroup } from './active-groups.js'
import { axisRates, hasReverse } from './axis-rates.js'
import type { AxisRates } from './axis-rates.js'
import { addLambShift } from './lamb-shift.js'
import type { FullPlanes } from './pair-tables.js'

/** The jumps of one frequency group of one bath: ρ_qq'(E') → ρ_kk'(E). */
export interface JumpBlock {
  /** Position k·d + k' inside ρ_S(E) [m²]. */
  readonly target: Int32Array
  /** Position q·d + q' inside ρ_S(E') [m²]. */
  readonly source: Int32Array
  /** Windows E and E' [rows]. */
  readonly to: Int32Array
  readonly from: Int32Array
  /** Rows in use: from the first to before the second of two numbers. */
  readonly range: Int32Array
  /** Coefficients [row, m²]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** What one bath does to ρ_S(E), as tables along its own axis. */
export interface AxisTable {
  readonly windows: number
  readonly jumps: readonly JumpBlock[]
  /** M(E) = −i(δH̄(E) + H_LS(E)) − ½ Σ γ S†S, entering as Mρ + ρM† [window, row, column]. */
  readonly drift: FullPlanes
}

const reverseOf = (group: ActiveGroup): ActiveGroup => ({
  ...group, frequency: -group.frequency, pairs: group.pairs.map((_, i) => group.pairs[i ^ 1]!),
})

interface BlockDraft {
  readonly group: ActiveGroup
  readonly to: number[]
  readonly from: number[]
  readonly re: number[]
  readonly im: number[]
}

/** Positions inside ρ_S(E) that the pairs of a group lead to and come from. */
export const blockPositions = (pairs: Int32Array, dimension: number): { readonly target: Int32Array; readonly source: Int32Array } => {
  const count = pairs.length / 2
  const target = new Int32Array(count * count)
  const source = new Int32Array(count * count)
  for (let p = 0; p < count; p += 1) {
    for (let r = 0; r < count; r += 1) {
      target[p * count + r] = pairs[2 * p]! * dimension + pairs[2 * r]!
      source[p * count + r] = pairs[2 * p + 1]! * dimension + pairs[2 * r + 1]!
    }
  }
  return { target, source }
}

const blockOf = (draft: BlockDraft, dimension: number): JumpBlock => ({
  ...blockPositions(draft.group.pairs, dimension), to: Int32Array.from(draft.to), from: Int32Array.from(draft.from),
  range: Int32Array.of(0, draft.to.length), re: Float64Array.from(draft.re), im: Float64Array.from(draft.im),
})

/** Adds one jump to its block and the loss −½ γ S†S that belongs to it to the drift. */
const addJump = (
  draft: BlockDraft, dimension: number, to: number, from: number, lambdaSquared: number, halfEntropy: number, sign: number,
  re: Float64Array, im: Float64Array, drift: FullPlanes,
): void => {
  const { pairs } = draft.group
  const count = pairs.length / 2
  // Twice the root: the factor alone may overflow where its product with a small strength does not.
  const root = exp(halfEntropy / 2)
  draft.to.push(to)
  draft.from.push(from)
  for (let p = 0; p < count; p += 1) {
    for (let r = 0; r < count; r += 1) {
      const coefficientRe = re[p * count + r]! === 0 ? 0 : lambdaSquared * re[p * count + r]! * root * root
      const coefficientIm = im[p * count + r]! === 0 ? 0 : sign * lambdaSquared * im[p * count + r]! * root * root
      draft.re.push(coefficientRe)
      draft.im.push(coefficientIm)
      if (pairs[2 * p] !== pairs[2 * r]) continue
      const at = (from * dimension + pairs[2 * r + 1]!) * dimension + pairs[2 * p + 1]!
      drift.re[at]! -= 0.5 * coefficientRe
      drift.im[at]! -= 0.5 * coefficientIm
    }
  }
}

const jumpsAndLosses = (bath: PreparedBath, rates: AxisRates, strength: number, dimension: number, drift: FullPlanes): readonly JumpBlock[] => {
  const { logVolumes } = bath.windows
  const block = rates.couplings * rates.couplings
  const drafts: BlockDraft[] = []
  let group = -1
  let forward: BlockDraft | null = null
  let backward: BlockDraft | null = null
  let re = new Float64Array(0)
  let im = new Float64Array(0)
  for (let row = 0; row < rates.count; row += 1) {
    if (rates.group[row] !== group) {
      group = rates.group[row]!
      const active = rates.groups[group]!
      forward = { group: active, to: [], from: [], re: [], im: [] }
      backward = { group: reverseOf(active), to: [], from: [], re: [], im: [] }
      drafts.push(forward, backward)
      re = new Float64Array(active.pairs.length * active.pairs.length / 4)
      im = new Float64Array(re.length)
    }
    pairCoefficients(forward!.group, rates.couplings, rates.kappa.re, rates.kappa.im, row * block, re, im)
    const to = rates.to[row]!
    const from = rates.from[row]!
    const lambdaSquared = strength * strength
    const halfEntropy = (logVolumes[to]! - logVolumes[from]!) / 2
    addJump(forward!, dimension, to, from, lambdaSquared, halfEntropy, 1, re, im, drift)
    if (hasReverse(rates, row)) {
      addJump(backward!, dimension, from, to, lambdaSquared, -halfEntropy, -1, re, im, drift)
    }
  }
  return drafts.filter((draft) => draft.to.length > 0).map((draft) => blockOf(draft, dimension))
}

/** λ⟨B^α⟩_E S^α inside the eigenspaces of H_S, degenerate off-diagonals kept. */
export const addMeanField = (bath: PreparedBath, energies: Vector, strength: number, zeroPairs: Int32Array, out: FullPlanes): void => {
  const dimension = energies.length
  bath.systemCouplings.forEach((matrix, coupling) => {
    const means = bath.meanCouplings[coupling]!
    for (let window = 0; window < means.length; window += 1) {
      const mean = strength * means[window]!
      if (mean === 0) continue
      for (let i = 0; i < zeroPairs.length; i += 2) {
        const at = zeroPairs[i]! * dimension + zeroPairs[i + 1]!
        const to = window * dimension * dimension + at
        out.re[to]! += mean * matrix.re[at]!
        if (matrix.im !== null) out.im[to]! += mean * matrix.im[at]!
      }
    }
  })
}

/**
 * Adds −iH'(E) to the drift. The part of H'(E) proportional to the identity drops out of the commutator; without it the norm bound stays small.
 */
export const addShift = (shift: FullPlanes, windows: number, dimension: number, factor: number, drift: FullPlanes): void => {
  const block = dimension * dimension
  for (let base = 0; base < windows * block; base += block) {
    let trace = 0
    for (let k = 0; k < dimension; k += 1) trace += shift.re[base + k * (dimension + 1)]!
    for (let i = base; i < base + block; i += 1) {
      drift.re[i]! += factor * shift.im[i]!
      drift.im[i]! -= factor * shift.re[i]!
    }
    for (let i = base; i < base + block; i += dimension + 1) drift.im[i]! += (factor * trace) / dimension
  }
}

const allFinite = (plane: Float64Array): boolean => plane.every((entry) => Number.isFinite(entry))

/**
 * The tables of one bath. Issues: those of `axisRates`, `composition/rate-overflow`, `composition/lamb-shift-overflow`.
 */
export function* axisTable(bath: PreparedBath, energies: Vector, strength: number, zeroPairs: Int32Array): Parts<Outcome<AxisTable>> {
  const dimension = energies.length
  const windows = bath.windows.energies.length
  const size = windows * dimension * dimension
  const drift = { re: new Float64Array(size), im: new Float64Array(size) }
  const shift = { re: new Float64Array(size), im: new Float64Array(size) }
  if (strength === 0) return succeed({ windows, jumps: [], drift })
  const rates = axisRates(bath, energies)
  if (rates._tag === 'Left') return rates
  const jumps = jumpsAndLosses(bath, rates.right, strength, dimension, drift)
  if (!allFinite(drift.re) || !allFinite(drift.im)) {
    return fail(issue('composition/rate-overflow', ['baths', bath.axis],
      `\`baths.${bath.axis}\`: every jump rate must fit a double, but some do not; log volumes of neighbouring windows differ too much`))
  }
  addMeanField(bath, energies, strength, zeroPairs, shift)
  yield
  const lamb = yield* addLambShift(bath, energies, strength, dimension, shift)
  if (lamb._tag === 'Left') return lamb
  if (!allFinite(shift.re) || !allFinite(shift.im)) {
    return fail(issue('composition/lamb-shift-overflow', ['baths', bath.axis],
      `\`baths.${bath.axis}\`: the Lamb shift must fit a double, but its sum over all windows overflows: the rate model "${bath.rates.name}" couples `
      + 'windows whose log volumes differ by hundreds; give it a coupling that decays with the distance of windows, or start without coherences'))
  }
  addShift(shift, windows, dimension, 1, drift)
  return succeed({ windows, jumps, drift })
}

/** The shape of a table averaged over its windows, empty. */
export const emptyAverage = (table: AxisTable, dimension: number): AxisTable => {
  const block = dimension * dimension
  return {
    windows: 1,
    drift: { re: new Float64Array(block), im: new Float64Array(block) },
    jumps: table.jumps.map(({ source, target }): JumpBlock => ({
      target, source, to: Int32Array.of(0), from: Int32Array.of(0), range: Int32Array.of(0, 1),
      re: new Float64Array(target.length), im: new Float64Array(target.length),
    })),
  }
}

/** Writes Σ_E p(E)·(table at E) into `out` of the shape that `emptyAverage` gives; allocates nothing. */
export const averageTableInto = (table: AxisTable, dimension: number, probabilities: Vector, out: AxisTable): void => {
  const block = dimension * dimension
  out.drift.re.fill(0)
  out.drift.im.fill(0)
  for (let window = 0; window < table.windows; window += 1) {
    for (let i = 0; i < block; i += 1) {
      out.drift.re[i]! += probabilities[window]! * table.drift.re[window * block + i]!
      out.drift.im[i]! += probabilities[window]! * table.drift.im[window * block + i]!
    }
  }
  for (let b = 0; b < table.jumps.length; b += 1) {
    const { from, im, range, re, target } = table.jumps[b]!
    const sum = out.jumps[b]!
    const width = target.length
    sum.re.fill(0)
    sum.im.fill(0)
    for (let row = range[0]!; row < range[1]!; row += 1) {
      const probability = probabilities[from[row]!]!
      for (let i = 0; i < width; i += 1) {
        sum.re[i]! += probability * re[row * width + i]!
        sum.im[i]! += probability * im[row * width + i]!
      }
    }
  }
}

/** Σ_E p(E)·(table at E): a bath that never moves is a bath of one window (Eq. 3). */
export const averageTable = (table: AxisTable, dimension: number, probabilities: Vector): AxisTable => {
  const out = emptyAverage(table, dimension)
  averageTableInto(table, dimension, probabilities, out)
  return out
}
