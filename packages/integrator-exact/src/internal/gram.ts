import type { DenseBackend, Planes, ProductForm } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Pace } from './pace.js'
import { PER_FILL } from './plan.js'
import { ADJOINT, GRAM, TRIANGLE } from './product-forms.js'

/**
 * Gram moments of Chebyshev blocks T_m, as products of matrices whose columns are the blocks: G_lm = ⟨T_l|T_m⟩.
 *
 * With V_m = T_m for even m and −i T_m for odd m, (−i)^m T_m = ±V_m, so that Σ_ml c_m c_l* ⟨T_l|T_m⟩ becomes a real quadratic
 * form in the real numbers ±a_m: populations need only Re⟨V_l|V_m⟩, and half of it.
 */

/** One node in Chebyshev blocks: rows [from, to) and `width` columns from `column` on of each of `terms` blocks, whose rows are `stride` long. */
export interface Stack {
  readonly terms: number
  block(m: number): Planes
  readonly from: number
  readonly to: number
  readonly stride: number
  readonly column: number
  readonly width: number
}

const countOf = ({ from, to, width }: Stack): number => (to - from) * width

/** Rows of a factor at a time at least, and numbers of it where there are few blocks: what is filled is multiplied while it is in cache. */
const CHUNK = 256
const CHUNK_NUMBERS = 16384

const chunkOf = (terms: number): number => Math.max(CHUNK, Math.floor(CHUNK_NUMBERS / Math.max(1, terms)))

/** Adds ⟨·⟩ of one node: `overlap`, each of `weighted` symmetric and `turned` antisymmetric [terms × terms]. */
export interface NodeMoments {
  /** Re⟨V_l|V_m⟩ at [l, m]. */
  readonly overlap: Float64Array
  /** Re⟨V_l|w|V_m⟩, w one weight per row, for each set of weights. */
  readonly weighted: readonly Float64Array[]
  /** Im⟨V_l|V_m⟩. */
  readonly turned: Float64Array
}

/** Σ V_k,m conj V_q,l at [m, l], rows of level k and columns of level q. */
export interface CrossMoments {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Room and products of the moments. */
export interface GramKernel {
  /** Sets of `weights` per row of the node. False where the pace was told to stop. */
  addNode(stack: Stack, weights: readonly Float64Array[], out: NodeMoments, pace: Pace): Promise<boolean>
  addCross(left: Stack, right: Stack, out: CrossMoments, pace: Pace): Promise<boolean>
  dispose(): void
}

/** Bytes of room for `terms` blocks and `sets` of weights. */
export const gramBytes = (terms: number, sets: number): number => 16 * terms * (2 * chunkOf(terms) + (1 + sets) * terms)

/** Numbers [offset, offset + count) of one plane of a stack, as columns [terms] of `out`: four blocks at a time, which share lines of the cache. */
const fillPlane = ({ terms, stride, width, column, from }: Stack, plane: (m: number) => Float64Array, offset: number, count: number, out: Float64Array): void => {
  const firstRow = Math.floor(offset / width)
  const firstPlace = offset - firstRow * width
  const begin = (from + firstRow) * stride + column + firstPlace
  const skip = stride - width
  for (let m = 0; m < terms; m += 4) {
    const left = Math.min(4, terms - m)
    const a = plane(m), b = plane(m + Math.min(1, left - 1)), c = plane(m + Math.min(2, left - 1)), d = plane(m + left - 1)
    let at = begin
    let place = firstPlace
    for (let x = 0, to = m; x < count; x++, to += terms, at++) {
      out[to] = a[at]!
      if (left > 1) out[to + 1] = b[at]!
      if (left > 2) out[to + 2] = c[at]!
      if (left > 3) out[to + 3] = d[at]!
      if (++place === width) {
        place = 0
        at += skip
      }
    }
  }
}

const fill = (stack: Stack, offset: number, count: number, real: boolean, out: Planes): void => {
  fillPlane(stack, (m) => stack.block(m).re, offset, count, out.re)
  if (real) return
  if (stack.block(0).im === null) out.im!.fill(0, 0, count * stack.terms)
  else fillPlane(stack, (m) => stack.block(m).im!, offset, count, out.im!)
}

/** w·x with one weight per row of the stack. */
const weigh = (x: Float64Array, weights: Float64Array, { terms, width }: Stack, offset: number, count: number, out: Float64Array): void => {
  let row = Math.floor(offset / width)
  let place = offset - row * width
  for (let i = 0, at = 0; i < count; i++) {
    const weight = weights[row]!
    for (const end = at + terms; at < end; at++) out[at] = weight * x[at]!
    if (++place === width) {
      place = 0
      row++
    }
  }
}


/** ⟨V_l|V_m⟩ = i^(l odd)·(−i)^(m odd)·⟨T_l|T_m⟩: the sign of its imaginary unit, 0 where there is none. */
export const turnOf = (l: number, m: number): number => (l & 1) - (m & 1)

/** Makes room for `terms` blocks and `sets` of weights. */
export const gramKernel = (backend: DenseBackend, terms: number, sets: number): GramKernel => {
  const chunk = chunkOf(terms)
  const rooms = Array.from({ length: 2 }, () => backend.allocate(chunk, terms, false))
  const [first, second] = rooms as [Planes, Planes]
  const sums = Array.from({ length: 1 + sets }, () => backend.allocate(terms, terms, false))
  /** Room for an adjoint where a backend does not take one. */
  const turned = backend.multiplyAs === undefined ? backend.allocate(terms, chunk, false) : null

  /** out += a†b, a [count, m], b [count, n]. */
  const multiply = async (form: ProductForm, a: Planes, b: Planes, m: number, count: number, n: number, out: Planes, pace: Pace): Promise<boolean> => {
    let pending: void | Promise<void>
    if (turned === null) pending = backend.multiplyAs!(form, a, b, m, count, n, out, true)
    else {
      const left = planesView(turned, 0, m * count, a.im === null)
      for (let r = 0; r < m; r++) {
        for (let x = 0; x < count; x++) {
          left.re[r * count + x] = a.re[x * m + r]!
          if (a.im !== null) left.im![r * count + x] = -a.im[x * m + r]!
        }
      }
      pending = backend.multiply(left, b, m, count, n, out, true)
    }
    if (pending !== undefined) await pending
    return !pace.due((a.im === null ? 2 : 8) * m * count * n / (form.hermitian ? 2 : 1) + PER_FILL * count * n) || (await pace.breathe())
  }
  const sumOf = (set: number, size: number, real: boolean): Planes => {
    const sum = planesView(sums[set]!, 0, size, real)
    sum.re.fill(0)
    sum.im?.fill(0)
    return sum
  }

  return {
    addNode: async (stack, weights, out, pace) => {
      const n = stack.terms
      const real = stack.block(0).im === null
      const own = [0, ...weights.keys()].map((_, set) => sumOf(set, n * n, real))
      const total = countOf(stack)
      for (let offset = 0; offset < total; offset += chunk) {
        const count = Math.min(chunk, total - offset)
        const form = offset + count < total ? TRIANGLE : GRAM
        const blocks = planesView(first, 0, count * n, real)
        fill(stack, offset, count, real, blocks)
        if (!(await multiply(form, blocks, blocks, n, count, n, own[0]!, pace))) return false
        for (let set = 0; set < weights.length; set++) {
          const weighed = planesView(second, 0, count * n, real)
          weigh(blocks.re, weights[set]!, stack, offset, count, weighed.re)
          if (!real) weigh(blocks.im!, weights[set]!, stack, offset, count, weighed.im!)
          if (!(await multiply(form, blocks, weighed, n, count, n, own[1 + set]!, pace))) return false
        }
      }
      // Read once: planes of a memory that may grow look it up each time.
      const read = own.map((sum) => ({ re: sum.re, im: sum.im }))
      const { re, im } = read[0]!
      for (let l = 0; l < n; l++) {
        for (let m = 0; m <= l; m++) {
          const at = l * n + m
          const mirrored = m * n + l
          const turn = turnOf(l, m)
          const imaginary = im === null || m === l ? 0 : im[at]!
          const overlap = turn === 0 ? re[at]! : -turn * imaginary
          const crossed = turn === 0 ? imaginary : turn * re[at]!
          out.overlap[at] = out.overlap[at]! + overlap
          out.turned[at] = out.turned[at]! + crossed
          for (let set = 0; set < weights.length; set++) {
            const found = read[1 + set]!
            const value = turn === 0 ? found.re[at]! : found.im === null ? 0 : -turn * found.im[at]!
            const sum = out.weighted[set]!
            sum[at] = sum[at]! + value
            if (m !== l) sum[mirrored] = sum[mirrored]! + value
          }
          if (m === l) continue
          out.overlap[mirrored] = out.overlap[mirrored]! + overlap
          out.turned[mirrored] = out.turned[mirrored]! - crossed
        }
      }
      return true
    },
    addCross: async (left, right, out, pace) => {
      const real = left.block(0).im === null && right.block(0).im === null
      const sum = sumOf(0, left.terms * right.terms, real)
      const total = countOf(left)
      for (let offset = 0; offset < total; offset += chunk) {
        const count = Math.min(chunk, total - offset)
        const a = planesView(second, 0, count * right.terms, real)
        const b = planesView(first, 0, count * left.terms, real)
        fill(right, offset, count, real, a)
        fill(left, offset, count, real, b)
        if (!(await multiply(ADJOINT, a, b, right.terms, count, left.terms, sum, pace))) return false
      }
      const { re, im } = sum
      for (let l = 0; l < right.terms; l++) {
        for (let m = 0; m < left.terms; m++) {
          const at = l * left.terms + m
          const to = m * right.terms + l
          const turn = turnOf(l, m)
          const imaginary = im === null ? 0 : im[at]!
          out.re[to] = out.re[to]! + (turn === 0 ? re[at]! : -turn * imaginary)
          out.im[to] = out.im[to]! + (turn === 0 ? imaginary : turn * re[at]!)
        }
      }
      return true
    },
    dispose: () => {
      for (const planes of [...rooms, ...sums, ...(turned === null ? [] : [turned])]) backend.release(planes)
    },
  }
}
