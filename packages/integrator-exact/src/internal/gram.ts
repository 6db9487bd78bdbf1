import type { DenseBackend, Planes } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Pace } from './pace.js'

/**
 * Gram moments of Chebyshev blocks T_m, as matrix products.
 *
 * With V_m = T_m for even m and −i T_m for odd m, (−i)^m T_m = ±V_m, so that Σ_ml c_m c_l* ⟨T_l|T_m⟩ becomes a real quadratic
 * form in the real numbers ±a_m: populations need only Re⟨V_l|V_m⟩, a real product of planes laid end to end, and half of it.
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

/** Numbers of a stack handled at a time: two chunks of planes stay in cache. */
const CHUNK = 256
/** Columns of the right factor in a panel; rows below the panel's diagonal block are left out. The last panel is as narrow as tiles allow. */
const PANEL = 16
const TILE = 4

const panelWidth = (terms: number, panel: number): number => Math.min(PANEL, Math.ceil((terms - panel * PANEL) / TILE) * TILE)

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
export const gramBytes = (terms: number, sets: number): number => {
  const padded = Math.ceil(terms / PANEL) * PANEL
  const kinds = sets + 2
  return 8 * (2 * CHUNK * terms + kinds * 2 * CHUNK * padded + kinds * terms * padded)
}

/** Rows m of a factor: V_m as [re | im], or T_m where everything is real. */
const fillRows = (stack: Stack, offset: number, count: number, real: boolean, out: Float64Array): void => {
  const { stride, width, column, from } = stack
  const length = real ? count : 2 * count
  const first = Math.floor(offset / width)
  const begin = (from + first) * stride + column + offset - first * width
  const skip = stride - width
  for (let m = 0; m < stack.terms; m++) {
    const { re, im } = stack.block(m)
    const [above, below, sign] = m % 2 === 0 ? [re, im, 1] : [im ?? re, re, -1]
    let to = m * length
    let at = begin
    let place = offset - first * width
    for (const end = to + count; to < end; to++, at++) {
      out[to] = above[at]!
      if (below !== null && !real) out[to + count] = sign * below[at]!
      if (++place === width) {
        place = 0
        at += skip
      }
    }
  }
}

/**
 * The right factor from its rows: V_l as columns in panels [panel][x][kinds × width of the panel], then of w V_l for
 * each set of weights [set][count], then of i V_l where not real. Panel p starts at p·kinds·PANEL·length: only the last one is narrower.
 */
const fillPanels = (rows: Float64Array, terms: number, count: number, real: boolean, weights: readonly Float64Array[], out: Float64Array): void => {
  const kinds = 1 + weights.length + (real ? 0 : 1)
  const length = real ? count : 2 * count
  for (let panel = 0, from = 0; from < terms; panel++, from += PANEL) {
    const wide = panelWidth(terms, panel)
    const used = Math.min(wide, terms - from)
    let at = panel * kinds * PANEL * length
    for (let x = 0; x < length; x++) {
      const second = x >= count
      const place = second ? x - count : x
      let read = from * length + x
      for (let j = 0; j < used; j++, read += length) out[at + j] = rows[read]!
      for (let set = 0; set < weights.length; set++) {
        const weight = weights[set]![place]!
        const to = at + (set + 1) * wide
        for (let j = 0; j < used; j++) out[to + j] = weight * out[at + j]!
      }
      if (!real) {
        const to = at + (1 + weights.length) * wide
        read = from * length + (second ? place : count + x)
        for (let j = 0; j < used; j++, read += length) out[to + j] = second ? rows[read]! : -rows[read]!
      }
      at += kinds * wide
    }
  }
}

/** Weights per row of a stack as weights per number of a chunk. */
const spread = (weights: Float64Array, { width }: Stack, offset: number, count: number, out: Float64Array): void => {
  for (let x = 0; x < count; x++) out[x] = weights[Math.floor((offset + x) / width)]!
}

/** Makes room for `terms` blocks and `sets` of weights. */
export const gramKernel = (backend: DenseBackend, terms: number, sets: number): GramKernel => {
  const most = sets + 2
  const panels = Math.ceil(terms / PANEL)
  const rows = backend.allocate(terms, 2 * CHUNK, true)
  const columns = backend.allocate(panels, most * PANEL * 2 * CHUNK, true)
  const sums = backend.allocate(panels, most * PANEL * terms, true)
  const factors = Array.from({ length: sets }, () => new Float64Array(CHUNK))

  /** Sums over all chunks: panel p of `sums` is [heightOf(p), kinds × width of p]. */
  const run = async (
    left: Stack, right: Stack, weights: readonly Float64Array[], real: boolean, heightOf: (panel: number) => number, pace: Pace,
  ): Promise<boolean> => {
    const used = Math.ceil(right.terms / PANEL)
    const kinds = 1 + weights.length + (real ? 0 : 1)
    sums.re.fill(0)
    const total = countOf(left)
    for (let offset = 0; offset < total; offset += CHUNK) {
      const count = Math.min(CHUNK, total - offset)
      const length = real ? count : 2 * count
      fillRows(right, offset, count, real, rows.re)
      weights.forEach((own, set) => spread(own, left, offset, count, factors[set]!))
      fillPanels(rows.re, right.terms, count, real, weights.length === 0 ? [] : factors, columns.re)
      if (left !== right) fillRows(left, offset, count, real, rows.re)
      for (let panel = 0; panel < used; panel++) {
        const height = heightOf(panel)
        const stride = kinds * panelWidth(right.terms, panel)
        const from = panel * kinds * PANEL
        const pending = backend.multiply(
          planesView(rows, 0, height * length), planesView(columns, from * length, (from + stride) * length), height, length, stride,
          planesView(sums, from * terms, from * terms + height * stride), true,
        )
        if (pending !== undefined) await pending
        if (pace.due(2 * height * length * stride) && !(await pace.breathe())) return false
      }
    }
    return true
  }

  return {
    addNode: async (stack, weights, out, pace) => {
      const real = stack.block(0).im === null
      const kinds = 1 + weights.length + (real ? 0 : 1)
      const n = stack.terms
      const heightOf = (panel: number): number => Math.min(n, (panel + 1) * PANEL)
      if (!(await run(stack, stack, weights, real, heightOf, pace))) return false
      const { re } = sums
      for (let l = 0; l < n; l++) {
        const panel = Math.floor(l / PANEL)
        const wide = panelWidth(n, panel)
        const stride = kinds * wide
        const start = panel * kinds * PANEL * terms + (l % PANEL)
        for (let m = 0; m <= l; m++) {
          const at = start + m * stride
          const same = (m + l) % 2 === 0
          const overlap = real && !same ? 0 : re[at]!
          // ⟨V_l|V_m⟩ = ∓i T_l·T_m for real blocks of unequal parity.
          const turned = real ? (same ? 0 : m % 2 === 0 ? re[at]! : -re[at]!) : re[at + (kinds - 1) * wide]!
          out.overlap[l * n + m] = out.overlap[l * n + m]! + overlap
          out.turned[l * n + m] = out.turned[l * n + m]! + turned
          for (let set = 0; set < weights.length; set++) {
            const weighted = real && !same ? 0 : re[at + (set + 1) * wide]!
            const sum = out.weighted[set]!
            sum[l * n + m] = sum[l * n + m]! + weighted
            if (m !== l) sum[m * n + l] = sum[m * n + l]! + weighted
          }
          if (m === l) continue
          out.overlap[m * n + l] = out.overlap[m * n + l]! + overlap
          out.turned[m * n + l] = out.turned[m * n + l]! - turned
        }
      }
      return true
    },
    addCross: async (left, right, out, pace) => {
      const real = left.block(0).im === null && right.block(0).im === null
      const kinds = real ? 1 : 2
      if (!(await run(left, right, [], real, () => left.terms, pace))) return false
      const { re } = sums
      for (let l = 0; l < right.terms; l++) {
        const panel = Math.floor(l / PANEL)
        const wide = panelWidth(right.terms, panel)
        const stride = kinds * wide
        const start = panel * kinds * PANEL * terms + (l % PANEL)
        for (let m = 0; m < left.terms; m++) {
          const at = start + m * stride
          const same = (m + l) % 2 === 0
          const to = m * right.terms + l
          out.re[to] = out.re[to]! + (real && !same ? 0 : re[at]!)
          out.im[to] = out.im[to]! + (real ? (same ? 0 : m % 2 === 0 ? re[at]! : -re[at]!) : re[at + wide]!)
        }
      }
      return true
    },
    dispose: () => {
      for (const planes of [rows, columns, sums]) backend.release(planes)
    },
  }
}
