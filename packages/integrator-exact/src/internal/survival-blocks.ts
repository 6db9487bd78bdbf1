import type { Planes, Vector } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import { addAdjoint, Cancelled, multiplyInBands, writeAdjoint } from './eigen-products.js'
import type { Workshop } from './evolution.js'
import type { Pace } from './pace.js'
import { GRAM, TRIANGLE } from './product-forms.js'
import type { Halves } from './survival-halves.js'

/**
 * Chebyshev blocks of the survival amplitude P_a e^{−iHt} P_a of the smaller node a of two.
 *
 * With h = (H − c)/R and X_m = T_m(h) P_a = [A_m; Y_m], every A_m is Hermitian. The recursion T_{m+1} = 2hT_m − T_{m−1} goes to half of the terms
 * only: A_{2m} = 2 X_m†X_m − A_0 and A_{2m+1} = 2 X_m†X_{m+1} − A_1, since 2T_mT_n = T_{m+n} + T_{m−n}.
 *
 * A Hermitian block is kept as n² real numbers, of which the scalar product is tr A B: its diagonal, and √2 times real and imaginary part of
 * what is below it; n(n + 1)/2 where it is real.
 */
export interface SurvivalBlocks {
  readonly terms: number
  /** Numbers of a block. */
  readonly length: number
  /** A_m [terms × length]: the caller's to release. */
  readonly numbers: Planes
}

/** The numbers of one block. */
export const blockOf = ({ numbers, length }: SurvivalBlocks, at: number): Float64Array => planesView(numbers, at * length, (at + 1) * length).re

/** Real numbers of a Hermitian block of n rows. */
export const packedLength = (n: number, real: boolean): number => (real ? (n * (n + 1)) / 2 : n * n)

/** out ← factor·(lower triangle of `from`) − `less` on the diagonal, packed. */
const pack = (from: Planes, n: number, factor: number, less: Vector, out: Float64Array): void => {
  const re = from.re, im = from.im
  const beside = factor * Math.SQRT2
  let to = 0
  for (let r = 0; r < n; r++) {
    const row = r * n
    if (im === null) for (let c = 0; c < r; c++) out[to++] = beside * re[row + c]!
    else {
      for (let c = 0; c < r; c++, to += 2) {
        out[to] = beside * re[row + c]!
        out[to + 1] = beside * im[row + c]!
      }
    }
    out[to++] = factor * re[row + r]! - less[r]!
  }
}

/** out = δ_r x − out, row by row of `columns`, up to the diagonal where `lower`. */
const turnOver = (out: Float64Array, x: Float64Array, factors: Vector, columns: number, lower: boolean): void => {
  for (let r = 0; r < factors.length; r++) {
    const factor = factors[r]!
    const start = r * columns
    for (let at = start, end = start + (lower ? r + 1 : columns); at < end; at++) out[at] = factor * x[at]! - out[at]!
  }
}

const turnOverPlanes = (out: Planes, x: Planes, factors: Vector, columns: number, lower: boolean): void => {
  turnOver(out.re, x.re, factors, columns, lower)
  if (out.im !== null) turnOver(out.im, x.im!, factors, columns, lower)
}

const scale = (x: Planes, factor: number): void => {
  const re = x.re, im = x.im
  for (let i = 0; i < re.length; i++) re[i] = factor * re[i]!
  if (im !== null) for (let i = 0; i < im.length; i++) im[i] = factor * im[i]!
}

/** The blocks A_0 … A_{terms − 1}; null where cancelled. The coupling is scaled on the way. */
export const survivalBlocks = async (
  shop: Workshop, { small, large }: Halves, coupling: Planes, centre: number, radius: number, terms: number, pace: Pace,
): Promise<SurvivalBlocks | null> => {
  const { backend } = shop
  const n = small.diagonal.length
  const m = large.diagonal.length
  const real = coupling.im === null
  const taken: Planes[] = []
  const length = packedLength(n, real)
  let found: SurvivalBlocks | null = null
  let done = false
  const room = (rows: number): Planes => {
    const planes = backend.allocate(rows, n, real)
    taken.push(planes)
    return planes
  }
  try {
    // 2h: its diagonal, and its coupling.
    const below = small.diagonal.map((energy) => (2 / radius) * (energy - centre))
    const beyond = large.diagonal.map((energy) => (2 / radius) * (energy - centre))
    scale(coupling, 2 / radius)
    let amplitude = room(n), amplitudeBefore = room(n)
    let rest = room(m), restBefore = room(m)
    const product = room(n)
    for (let i = 0; i < n; i++) {
      amplitudeBefore.re[i * n + i] = 1
      amplitude.re[i * n + i] = below[i]! / 2
    }
    rest.re.set(coupling.re)
    if (!real) rest.im!.set(coupling.im)
    scale(rest, 0.5)
    const blocks: SurvivalBlocks = found = { terms, length, numbers: backend.allocate(terms, length, true) }
    const none = new Float64Array(n)
    const one = none.map(() => 1)
    const first = below.map((energy) => energy / 2)
    pack(amplitudeBefore, n, 1, none, blockOf(blocks, 0))
    pack(amplitude, n, 1, none, blockOf(blocks, 1))
    // Twice this reaches the last term.
    const last = terms > 2 ? Math.max(2, Math.ceil((terms - 1) / 2)) : 1
    const double = async (left: Planes, leftRest: Planes, right: Planes, rightRest: Planes, less: Vector, at: number): Promise<void> => {
      await writeAdjoint(shop, TRIANGLE, left, right, n, 0, n, n, product, pace)
      await addAdjoint(shop, TRIANGLE, leftRest, rightRest, n, 0, m, n, product, pace)
      pack(product, n, 2, less, blockOf(blocks, at))
    }
    for (let at = 1; at < last; at++) {
      turnOverPlanes(restBefore, rest, beyond, n, false)
      if (!(await multiplyInBands(shop, coupling, amplitude, m, n, n, restBefore, pace, true))) return null
      turnOverPlanes(amplitudeBefore, amplitude, below, n, true)
      await addAdjoint(shop, GRAM, coupling, rest, n, 0, m, n, amplitudeBefore, pace)
      ;[rest, restBefore] = [restBefore, rest]
      ;[amplitude, amplitudeBefore] = [amplitudeBefore, amplitude]
      pack(amplitude, n, 1, none, blockOf(blocks, at + 1))
      const reached = 2 * at + 1
      if (reached > last && reached < terms) await double(amplitudeBefore, restBefore, amplitude, rest, first, reached)
      if (reached + 1 > last && reached + 1 < terms) await double(amplitude, rest, amplitude, rest, one, reached + 1)
    }
    done = true
    return blocks
  } catch (fault) {
    if (fault instanceof Cancelled) return null
    throw fault
  } finally {
    for (const planes of taken) backend.release(planes)
    if (!done && found !== null) backend.release(found.numbers)
  }
}
