import type { BlockStrength, MicroscopicModel } from './microscopic-model.js'
import type { Component, LevelBlock } from './structure.js'
import { couples } from './structure.js'

/** One product B·Y: all levels of some target windows from all levels of some source windows, every block between them present. */
export interface Rectangle {
  readonly coupling: number
  readonly targets: readonly number[]
  readonly sources: readonly number[]
  readonly rows: number
  readonly columns: number
  /** First row of the target within the component, and of the source within Y. */
  readonly rowFrom: number
  readonly columnFrom: number
}

/** S^α_kq of one source level. */
export interface Source {
  readonly block: LevelBlock
  readonly re: number
  readonly im: number
}

/** For one target level k and coupling α: Y = Σ_q S^α_kq X_q first, since that is cheap, then B^α Y. */
export interface Term {
  readonly target: LevelBlock
  readonly sources: readonly Source[]
  /** The one source that Y is equal to, entry by entry, so that nothing need be summed. */
  readonly alias: LevelBlock | null
  /** Windows of Y in ascending order, with first rows as in a level block. */
  readonly windows: readonly number[]
  readonly rows: readonly number[]
  readonly rectangles: readonly Rectangle[]
}

/** Runs of neighbouring sources that a target window is coupled to, as [first, past the last]. */
const runsOf = (sources: readonly number[], joined: (from: number) => boolean): readonly (readonly [number, number])[] => {
  const runs: [number, number][] = []
  for (let at = 0; at < sources.length; at++) {
    if (!joined(sources[at]!)) continue
    const last = runs[runs.length - 1]
    if (last !== undefined && last[1] === at) last[1] = at + 1
    else runs.push([at, at + 1])
  }
  return runs
}

const rectanglesOf = (
  target: LevelBlock, windows: readonly number[], rows: readonly number[], coupling: number, strength: BlockStrength,
): readonly Rectangle[] => {
  const found: Rectangle[] = []
  const runs = target.windows.map((to) => runsOf(windows, (from) => strength(coupling, to, from) > 0))
  for (let first = 0; first < runs.length; ) {
    // Neighbouring target windows with the same runs share their products: a bath without gaps is one matrix.
    let end = first + 1
    while (end < runs.length && JSON.stringify(runs[end]) === JSON.stringify(runs[first])) end++
    for (const [from, to] of runs[first]!) {
      found.push({
        coupling,
        targets: target.windows.slice(first, end),
        sources: windows.slice(from, to),
        rows: target.rows[end]! - target.rows[first]!,
        columns: rows[to]! - rows[from]!,
        rowFrom: target.rows[first]!,
        columnFrom: rows[from]!,
      })
    }
    first = end
  }
  return found
}

/** All products of λ^{-1} H_int (without the means) on one component. */
export const couplingTerms = (model: MicroscopicModel, component: Component, strength: BlockStrength): readonly Term[] => {
  const terms: Term[] = []
  for (const target of component.blocks) {
    model.systemCouplings.forEach((matrix, coupling) => {
      const sources: Source[] = component.blocks.filter((block) => couples(matrix, target.level, block.level)).map((block) => {
        const at = target.level * matrix.columns + block.level
        return { block, re: matrix.re[at]!, im: matrix.im === null ? 0 : matrix.im[at]! }
      })
      if (sources.length === 0) return
      const windows = [...new Set(sources.flatMap((source) => source.block.windows))].sort((a, b) => a - b)
      const rows = [0]
      for (const window of windows) rows.push(rows[rows.length - 1]! + model.levels[window]!.length)
      const rectangles = rectanglesOf(target, windows, rows, coupling, strength)
      if (rectangles.length === 0) return
      const only = sources.length === 1 ? sources[0]! : null
      const alias = only !== null && only.re === 1 && only.im === 0 ? only.block : null
      terms.push({ target, sources, alias, windows, rows, rectangles })
    })
  }
  return terms
}

/** What tells the matrices of two rectangles apart. */
export const matrixKey = (rectangle: Rectangle): string => `${rectangle.coupling}:${rectangle.targets.join()}:${rectangle.sources.join()}`

/** Products of one column, in multiplications of matrix elements: 1 per element. */
export const elementsOf = (terms: readonly Term[]): number =>
  terms.reduce((sum, term) => sum + term.rectangles.reduce((part, each) => part + each.rows * each.columns, 0), 0)
