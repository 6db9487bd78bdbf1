import type { DenseBackend, Planes, Vector } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import { addScaled } from './add-scaled.js'
import type { Rectangle, Term } from './coupling-terms.js'
import type { Couplings } from './couplings.js'
import { writeHamiltonian } from './hamiltonian-matrix.js'
import type { Region } from './hamiltonian-matrix.js'
import type { Matrices } from './matrices.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { nodeRows } from './node-rows.js'
import type { Pace } from './pace.js'
import { operationsOf } from './pace.js'
import { ADJOINT } from './product-forms.js'
import type { Component, LevelBlock } from './structure.js'

/** out = factor·(H − centre) x − before. */
export interface Affine {
  readonly factor: number
  readonly centre: number
  readonly before: Planes | null
}

/** Backends with the same bits sum over so many entries at a time. */
const SUM_BLOCK = 256

/** H itself. */
export const PLAIN: Affine = { factor: 1, centre: 0, before: null }

/**
 * H = ε_k + Σ_ν E_{i_ν} + Σ_ν λ_ν Σ_α S_ν^α ⊗ (B_ν^α + ⟨B_ν^α⟩_E) on one component, B without its means. Each B acts along the axis of
 * its own bath, so that no matrix larger than its blocks exists. Columns of x stand side by side: x and out [dimension, width], row-major.
 */
export interface ComponentHamiltonian {
  readonly component: Component
  /** False where the pace was told to stop; `out` is then unfinished. */
  apply(x: Planes, out: Planes, width: number, couplings: Couplings, affine: Affine, pace: Pace): Promise<boolean>
  /** Writes a region of H itself into zeroed planes [rows, columns]. */
  write(couplings: Couplings, region: Region, out: Planes): void
  dispose(): void
}

/** Rows of one node: out = product·out + factor·(level + shift)·x − before. */
const combine = (
  out: Float64Array, x: Float64Array | null, before: Float64Array | null, from: number, width: number, product: number, factor: number, shift: number,
  levels: Vector, silent: boolean,
): void => {
  let at = from * width
  for (let row = 0; row < levels.length; row++) {
    const diagonal = factor * (silent ? shift : levels[row]! + shift)
    const end = at + width
    if (x !== null && before !== null) for (; at < end; at++) out[at] = product * out[at]! + diagonal * x[at]! - before[at]!
    else if (x !== null) for (; at < end; at++) out[at] = product * out[at]! + diagonal * x[at]!
    else for (; at < end; at++) out[at] = product * out[at]! - (before === null ? 0 : before[at]!)
  }
}

/** out += (re + i im)·x on planes. */
const addPlanes = (out: Planes, at: number, x: Planes, from: number, count: number, re: number, im: number): void => {
  const outRe = out.re, outIm = out.im, xRe = x.re, xIm = x.im
  addScaled(outRe, at, xRe, from, count, re)
  if (xIm !== null) addScaled(outRe, at, xIm, from, count, -im)
  if (outIm === null) return
  addScaled(outIm, at, xRe, from, count, im)
  if (xIm !== null) addScaled(outIm, at, xIm, from, count, re)
}

const scale = (x: Float64Array | null, factor: number): void => {
  if (x !== null) for (let i = 0; i < x.length; i++) x[i] = factor * x[i]!
}

/** Sorts baths by |λ_ν|, equal ones by their place: two or three of them. */
const orderBySize = (baths: Int32Array, strengths: Vector): void => {
  for (let at = 0; at < baths.length; at++) {
    let to = at
    for (; to > 0 && Math.abs(strengths[baths[to - 1]!]!) > Math.abs(strengths[at]!); to--) baths[to] = baths[to - 1]!
    baths[to] = at
  }
}

/** Prepares the products of one component; `widest` is the largest number of columns. */
export const componentHamiltonian = (
  model: MicroscopicModel, backend: DenseBackend, component: Component, terms: readonly Term[], matrices: Matrices, widest: number,
): ComponentHamiltonian => {
  const nodes = nodeRows(model, component)
  const termsOf = model.baths.map((_, bath) => terms.filter((term) => term.bath === bath))
  const order = new Int32Array(model.baths.length)
  const mixed = terms.filter((term) => term.alias === null)
  const room = mixed.reduce((most, term) => Math.max(most, term.rows[term.rows.length - 1]!), 0)
  const mixture = room === 0 ? null : backend.allocate(room, widest, false)

  const mix = (term: Term, x: Planes, width: number): Planes => {
    const rows = term.rows[term.rows.length - 1]!
    const out = planesView(mixture!, 0, rows * width, x.im === null && model.real)
    out.re.fill(0)
    out.im?.fill(0)
    for (const { block, re, im } of term.sources) {
      block.windows.forEach((window, at) => {
        const count = (block.rows[at + 1]! - block.rows[at]!) * width
        addPlanes(out, term.rows[term.windows.indexOf(window)]! * width, x, block.rows[at]! * width, count, re, im)
      })
    }
    return out
  }
  const sourceOf = (term: Term, x: Planes, width: number): Planes =>
    term.alias === null ? mix(term, x, width) : viewOf(x, term.alias, width)
  const viewOf = (x: Planes, block: LevelBlock, width: number): Planes => planesView(x, block.from * width, block.to * width)

  const multiply = async (rectangle: Rectangle, source: Planes, out: Planes, width: number, pace: Pace): Promise<boolean> => {
    const { rows, columns, outer } = rectangle
    const { planes, adjoint } = matrices.of(rectangle)
    // Baths behind this one are only more columns; those before it are repetitions of the same product.
    const wide = rectangle.inner * width
    // A large product goes in bands of rows of the matrix, so that a signal is heard between them. Those of an adjoint are summed over: whole
    // blocks of the sum keep its bits.
    const length = adjoint ? columns : rows
    const across = adjoint ? rows : columns
    const most = Math.max(64, Math.floor(operationsOf(backend) / (8 * across * wide)))
    const even = Math.ceil(length / Math.ceil(length / most))
    const band = adjoint ? Math.ceil(even / SUM_BLOCK) * SUM_BLOCK : even
    for (let repeat = 0; repeat < outer; repeat++) {
      const read = rectangle.columnFrom * width + repeat * columns * wide
      const write = rectangle.rowFrom * width + repeat * rows * wide
      for (let from = 0; from < length; from += band) {
        const count = Math.min(band, length - from)
        const part = planesView(planes, from * across, (from + count) * across)
        const shift = from * wide
        const pending = adjoint
          ? backend.multiplyAs!(
            ADJOINT, part, planesView(source, read + shift, read + shift + count * wide), across, count, wide,
            planesView(out, write, write + rows * wide), true, pace.breathe,
          )
          : backend.multiply(
            part, planesView(source, read, read + columns * wide), count, across, wide,
            planesView(out, write + shift, write + shift + count * wide), true, pace.breathe,
          )
        if (pending !== undefined) await pending
        if (pace.due(8 * count * across * wide) && !(await pace.breathe())) return false
      }
    }
    return true
  }

  return {
    component,
    apply: async (x, out, width, couplings, affine, pace) => {
      const { energies, strengths, silent = false } = couplings
      out.re.fill(0)
      out.im?.fill(0)
      // Σ λ_ν V_ν x with the largest λ_ν last: what is there is scaled down to the next one, never up.
      orderBySize(order, strengths)
      let strength = 0
      for (const bath of order) {
        const next = strengths[bath]!
        if (next === 0) continue
        if (strength !== 0 && strength !== next) {
          scale(out.re, strength / next)
          scale(out.im, strength / next)
        }
        strength = next
        for (const term of termsOf[bath]!) {
          const source = sourceOf(term, x, width)
          for (const rectangle of term.rectangles) if (!(await multiply(rectangle, source, out, width, pace))) return false
        }
      }
      const { factor, centre, before } = affine
      const product = factor * strength
      const outRe = out.re, outIm = out.im, xRe = x.re, xIm = x.im
      const beforeRe = before === null ? null : before.re
      const beforeIm = before === null ? null : before.im
      for (const node of nodes) {
        let shift = energies[node.level]! - centre
        for (let bath = 0; bath < node.means.length; bath++) shift += strengths[bath]! * node.means[bath]!
        combine(outRe, xRe, beforeRe, node.from, width, product, factor, shift, node.levels, silent)
        if (outIm !== null) combine(outIm, xIm, beforeIm, node.from, width, product, factor, shift, node.levels, silent)
        for (const { bath, sourceRow, re, im } of node.elements) {
          const weight = factor * strengths[bath]!
          addPlanes(out, node.from * width, x, sourceRow * width, node.levels.length * width, weight * re, weight * im)
        }
      }
      return true
    },
    write: (couplings, region, out) => writeHamiltonian(nodes, terms, matrices, couplings, region, out),
    dispose: () => {
      if (mixture !== null) backend.release(mixture)
    },
  }
}
