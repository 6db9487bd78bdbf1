import type { DenseBackend, Planes, ProductForm } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Pace } from './pace.js'
import { ADJOINT, GRAM } from './product-forms.js'
import { blockOf } from './survival-blocks.js'
import type { SurvivalBlocks } from './survival-blocks.js'

/**
 * Moments of Hermitian blocks A_m, from which every number about Σ_m c_m V_m is read, V_m = A_m for even m and −i A_m for odd m, c_m real.
 * Blocks of unequal parity meet in the rates alone and, through the weights, in energies: half of all products is never made.
 */
export interface SurvivalMoments {
  /** Number of even and of odd blocks. */
  readonly even: number
  readonly odd: number
  /** tr A_l A_m of even blocks, of odd ones, of even by odd ones. */
  readonly evens: Float64Array
  readonly odds: Float64Array
  readonly mixed: Float64Array
  /** Re tr A_l D A_m of the same, D diagonal; Im tr A_l D A_m of even by odd ones. */
  readonly weightedEvens: Float64Array
  readonly weightedOdds: Float64Array
  readonly weightedMixed: Float64Array
}

/** Numbers of a block that are handled at a time. */
const CHUNK = 2048

/** (D_r + D_c)/2 and (D_r − D_c)/2 of each number of a packed block, the second with the sign of the product Im x_l* y_m that it is the weight of. */
const packWeights = (weights: Float64Array, real: boolean, length: number): { readonly means: Float64Array; readonly halves: Float64Array } => {
  const means = new Float64Array(length)
  const halves = new Float64Array(real ? 0 : length)
  let at = 0
  for (let r = 0; r < weights.length; r++) {
    for (let c = 0; c < r; c++) {
      const mean = (weights[r]! + weights[c]!) / 2
      means[at++] = mean
      if (real) continue
      means[at++] = mean
      halves[at - 2] = (weights[r]! - weights[c]!) / 2
      halves[at - 1] = -halves[at - 2]!
    }
    means[at++] = weights[r]!
  }
  return { means, halves }
}

/** Columns [count × blocks] of the numbers [from, from + count) of blocks. */
const lay = (blocks: readonly Float64Array[], from: number, count: number, out: Float64Array): void => {
  const stride = blocks.length
  for (let m = 0; m < stride; m++) {
    const block = blocks[m]!
    for (let x = 0, to = m; x < count; x++, to += stride) out[to] = block[from + x]!
  }
}

/** The same times weights, within rows of `stride` numbers. */
const layWeighted = (
  blocks: readonly Float64Array[], weights: Float64Array, from: number, count: number, out: Float64Array, offset: number, stride: number,
): void => {
  for (let m = 0; m < blocks.length; m++) {
    const block = blocks[m]!
    for (let x = from, to = offset + m, end = from + count; x < end; x++, to += stride) out[to] = weights[x]! * block[x]!
  }
}

/** The same with real and imaginary parts of an entry exchanged: `partner` leads from each number to the other one. */
const layTurned = (
  blocks: readonly Float64Array[], weights: Float64Array, partner: Int8Array, from: number, count: number, out: Float64Array, offset: number, stride: number,
): void => {
  for (let m = 0; m < blocks.length; m++) {
    const block = blocks[m]!
    for (let x = from, to = offset + m, end = from + count; x < end; x++, to += stride) out[to] = weights[x]! * block[x + partner[x]!]!
  }
}

/** +1 at a real part, −1 at an imaginary one, 0 on the diagonal. */
const partners = (n: number): Int8Array => {
  const out = new Int8Array(n * n)
  for (let r = 0, at = 0; r < n; r++, at++) {
    for (let c = 0; c < r; c++) {
      out[at++] = 1
      out[at++] = -1
    }
  }
  return out
}

/** Moments of blocks of n rows with the diagonal `weights` [n]; null where cancelled. */
export const survivalMoments = async (
  backend: DenseBackend, blocks: SurvivalBlocks, weights: Float64Array, pace: Pace,
): Promise<SurvivalMoments | null> => {
  const { terms, length } = blocks
  const even = Math.ceil(terms / 2)
  const odd = terms - even
  const real = length < weights.length * weights.length
  const { means, halves } = packWeights(weights, real, length)
  const partner = real ? new Int8Array(0) : partners(weights.length)
  const wide = real ? even : even + odd
  const taken: Planes[] = []
  const room = (rows: number, columns: number): Planes => {
    const planes = backend.allocate(rows, columns, true)
    taken.push(planes)
    return planes
  }
  try {
    const left = room(CHUNK, even), right = room(CHUNK, odd)
    const weighted = room(CHUNK, wide), weightedRight = room(CHUNK, odd)
    const sums = { evens: room(even, even), odds: room(odd, odd), mixed: room(even, odd), weighted: room(even, wide), weightedRight: room(odd, odd) }
    const add = async (form: ProductForm, a: Planes, m: number, b: Planes, n: number, count: number, out: Planes): Promise<void> => {
      const pending = backend.multiplyAs!(form, planesView(a, 0, count * m), planesView(b, 0, count * n), m, count, n, out, true)
      if (pending !== undefined) await pending
    }
    for (let from = 0; from < length; from += CHUNK) {
      const count = Math.min(CHUNK, length - from)
      const evenBlocks = Array.from({ length: even }, (_, at) => blockOf(blocks, 2 * at))
      const oddBlocks = Array.from({ length: odd }, (_, at) => blockOf(blocks, 2 * at + 1))
      lay(evenBlocks, from, count, left.re)
      lay(oddBlocks, from, count, right.re)
      layWeighted(evenBlocks, means, from, count, weighted.re, 0, wide)
      layWeighted(oddBlocks, means, from, count, weightedRight.re, 0, odd)
      if (!real) layTurned(oddBlocks, halves, partner, from, count, weighted.re, even, wide)
      await add(GRAM, left, even, left, even, count, sums.evens)
      await add(GRAM, right, odd, right, odd, count, sums.odds)
      await add(ADJOINT, left, even, right, odd, count, sums.mixed)
      await add(ADJOINT, left, even, weighted, wide, count, sums.weighted)
      await add(ADJOINT, right, odd, weightedRight, odd, count, sums.weightedRight)
      if (pace.due(2 * count * (even * (even + odd + wide) + 2 * odd * odd)) && !(await pace.breathe())) return null
    }
    const cut = (columns: number, offset: number): Float64Array =>
      Float64Array.from({ length: even * columns }, (_, at) => sums.weighted.re[Math.floor(at / columns) * wide + offset + (at % columns)]!)
    return {
      even, odd, evens: sums.evens.re.slice(), odds: sums.odds.re.slice(), mixed: sums.mixed.re.slice(),
      weightedEvens: cut(even, 0), weightedOdds: sums.weightedRight.re.slice(), weightedMixed: real ? new Float64Array(even * odd) : cut(odd, even),
    }
  } finally {
    for (const planes of taken) backend.release(planes)
  }
}
