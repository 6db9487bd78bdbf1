import type { DenseBackend, Planes, Vector } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Rectangle, Term } from './coupling-terms.js'
import type { Matrices } from './matrices.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Pace } from './pace.js'
import { OPERATIONS_PER_PRODUCT } from './pace.js'
import type { Component, LevelBlock } from './structure.js'

/** ε_k and λ while they are constant. */
export interface Couplings {
  readonly energies: Vector
  readonly strength: number
}

/** out = factor·(H − centre) x − before. */
export interface Affine {
  readonly factor: number
  readonly centre: number
  readonly before: Planes | null
}

/**
 * H = ε_k + E_i + λ Σ_α S^α ⊗ (B^α + ⟨B^α⟩_E) on one component, B^α without its means. Columns of x stand side by side:
 * x and out [dimension, width], row-major.
 */
export interface ComponentHamiltonian {
  readonly component: Component
  /** False where the pace was told to stop; `out` is then unfinished. */
  apply(x: Planes, out: Planes, width: number, couplings: Couplings, affine: Affine, pace: Pace): Promise<boolean>
  dispose(): void
}

/** m_kq = Σ_α ⟨B^α⟩_E S^α_kq of one window, from another level. */
interface MeanElement {
  readonly sourceRow: number
  readonly re: number
  readonly im: number
}

/** Rows of one node: its levels and what the means add. */
interface NodeRows {
  readonly level: number
  readonly from: number
  readonly levels: Float64Array
  readonly mean: number
  readonly elements: readonly MeanElement[]
}

const nodeRows = (model: MicroscopicModel, component: Component): readonly NodeRows[] =>
  component.blocks.flatMap((block) => block.windows.map((window, at): NodeRows => {
    const elements: MeanElement[] = []
    let mean = 0
    for (const source of component.blocks) {
      let re = 0
      let im = 0
      model.systemCouplings.forEach((matrix, coupling) => {
        const entry = block.level * matrix.columns + source.level
        re += model.means[coupling]![window]! * matrix.re[entry]!
        im += matrix.im === null ? 0 : model.means[coupling]![window]! * matrix.im[entry]!
      })
      if (source === block) mean = re
      else if (re !== 0 || im !== 0) elements.push({ sourceRow: source.rows[source.windows.indexOf(window)]!, re, im })
    }
    return { level: block.level, from: block.rows[at]!, levels: model.levels[window]!, mean, elements }
  }))

/** out = product·out + diagonal·x − before over [from, to). */
const combine = (
  out: Float64Array, x: Float64Array, before: Float64Array | null, from: number, to: number, product: number, diagonal: number,
): void => {
  if (before === null) for (let i = from; i < to; i++) out[i] = product * out[i]! + diagonal * x[i]!
  else for (let i = from; i < to; i++) out[i] = product * out[i]! + diagonal * x[i]! - before[i]!
}

/** out += factor·x over `count` entries. */
const addScaled = (out: Float64Array, at: number, x: Float64Array, from: number, count: number, factor: number): void => {
  if (factor === 0) return
  for (let i = 0; i < count; i++) out[at + i] = out[at + i]! + factor * x[from + i]!
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

/** Prepares the products of one component; `widest` is the largest number of columns. */
export const componentHamiltonian = (
  model: MicroscopicModel, backend: DenseBackend, component: Component, terms: readonly Term[], matrices: Matrices, widest: number,
): ComponentHamiltonian => {
  const nodes = nodeRows(model, component)
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
    const { rows, columns } = rectangle
    const matrix = matrices.of(rectangle)
    const y = planesView(source, rectangle.columnFrom * width, (rectangle.columnFrom + columns) * width)
    const most = Math.max(64, Math.floor(OPERATIONS_PER_PRODUCT / (8 * columns * width)))
    // A large product goes in bands of rows, so that a signal is heard between them.
    const bands = Math.ceil(rows / most)
    const band = Math.ceil(rows / bands)
    for (let from = 0; from < rows; from += band) {
      const count = Math.min(band, rows - from)
      const start = (rectangle.rowFrom + from) * width
      const pending = backend.multiply(
        planesView(matrix, from * columns, (from + count) * columns), y, count, columns, width,
        planesView(out, start, start + count * width), true,
      )
      if (pending !== undefined) await pending
      if (pace.due(8 * count * columns * width) && !(await pace.breathe())) return false
    }
    return true
  }

  return {
    component,
    apply: async (x, out, width, couplings, affine, pace) => {
      out.re.fill(0)
      out.im?.fill(0)
      if (couplings.strength !== 0) {
        for (const term of terms) {
          const source = sourceOf(term, x, width)
          for (const rectangle of term.rectangles) if (!(await multiply(rectangle, source, out, width, pace))) return false
        }
      }
      const { factor, centre, before } = affine
      const product = factor * couplings.strength
      const outRe = out.re, outIm = out.im, xRe = x.re, xIm = x.im
      const beforeRe = before === null ? null : before.re
      const beforeIm = before === null ? null : before.im
      for (const node of nodes) {
        const shift = couplings.energies[node.level]! + couplings.strength * node.mean - centre
        for (let i = 0; i < node.levels.length; i++) {
          const diagonal = factor * (node.levels[i]! + shift)
          const from = (node.from + i) * width
          combine(outRe, xRe, beforeRe, from, from + width, product, diagonal)
          if (outIm !== null && xIm !== null) combine(outIm, xIm, beforeIm, from, from + width, product, diagonal)
          else if (outIm !== null) for (let c = from; c < from + width; c++) outIm[c] = product * outIm[c]! - (beforeIm === null ? 0 : beforeIm[c]!)
        }
        for (const { sourceRow, re, im } of node.elements) {
          addPlanes(out, node.from * width, x, sourceRow * width, node.levels.length * width, product * re, product * im)
        }
      }
      return true
    },
    dispose: () => {
      if (mixture !== null) backend.release(mixture)
    },
  }
}
