import type { BlockStrength } from './block-strength.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { volumeOf, windowOf } from './microscopic-model.js'
import type { Component, LevelBlock } from './structure.js'
import { couples, orderWindows } from './structure.js'

/**
 * Products B·Y along the axis of one bath: all its levels of some target windows from all of some source windows, every block between
 * them present, the windows of the other baths being the same. Rows are [outer, levels of the bath, inner] on both sides.
 */
export interface Rectangle {
  readonly bath: number
  readonly coupling: number
  /** Windows of the bath. */
  readonly targets: readonly number[]
  readonly sources: readonly number[]
  /** Levels of the bath in the targets, and in the sources. */
  readonly rows: number
  readonly columns: number
  /** First row of the target within the component, and of the source within Y. */
  readonly rowFrom: number
  readonly columnFrom: number
  /** Joint levels of the baths before this one, and of those behind it. */
  readonly outer: number
  readonly inner: number
}

/** S^α_kq of one source level. */
export interface Source {
  readonly block: LevelBlock
  readonly re: number
  readonly im: number
}

/** For one target level k, bath and coupling α: Y = Σ_q S^α_kq X_q first, since that is cheap, then B^α Y. */
export interface Term {
  readonly bath: number
  readonly target: LevelBlock
  readonly sources: readonly Source[]
  /** The one source that Y is equal to, entry by entry, so that nothing need be summed. */
  readonly alias: LevelBlock | null
  /** Joint windows of Y in the order of rows, with first rows as in a level block. */
  readonly windows: readonly number[]
  readonly rows: readonly number[]
  readonly rectangles: readonly Rectangle[]
}

/** Runs of neighbouring sources that a target window is coupled to, as [first, past the last]. */
const runsOf = (count: number, joined: (at: number) => boolean): readonly (readonly [number, number])[] => {
  const runs: [number, number][] = []
  for (let at = 0; at < count; at++) {
    if (!joined(at)) continue
    const last = runs[runs.length - 1]
    if (last !== undefined && last[1] === at) last[1] = at + 1
    else runs.push([at, at + 1])
  }
  return runs
}

/** Joint windows, in the order of rows, that differ in the window of one bath only. */
interface Family {
  readonly windows: number[]
  /** Positions in the list they were taken from. */
  readonly at: number[]
}

const familiesOf = (model: MicroscopicModel, bath: number, windows: readonly number[]): ReadonlyMap<number, Family> => {
  const families = new Map<number, Family>()
  windows.forEach((joint, at) => {
    const rest = joint - windowOf(model, joint, bath) * model.strides[bath]!
    const family = families.get(rest) ?? { windows: [], at: [] }
    family.windows.push(joint)
    family.at.push(at)
    families.set(rest, family)
  })
  return families
}

const rectanglesOf = (
  model: MicroscopicModel, bath: number, target: LevelBlock, windows: readonly number[], rows: readonly number[], coupling: number, strength: BlockStrength,
): readonly Rectangle[] => {
  const found: Rectangle[] = []
  const all = familiesOf(model, bath, windows)
  for (const [rest, targets] of familiesOf(model, bath, target.windows)) {
    const sources = all.get(rest)
    if (sources === undefined) continue
    const own = (joint: number): number => windowOf(model, joint, bath)
    const outer = volumeOf(model, rest, 0, bath)
    const inner = volumeOf(model, rest, bath + 1, model.baths.length)
    // Rows of neighbours are next to one another only where the window of the first bath is what they differ in.
    const joins = bath === 0
    const runs = targets.windows.map((to) => {
      const joined = (at: number): boolean => strength(bath, coupling, own(to), own(sources.windows[at]!)) > 0
      return joins ? runsOf(sources.windows.length, joined)
        : sources.windows.flatMap((_, at): [number, number][] => (joined(at) ? [[at, at + 1]] : []))
    })
    for (let first = 0; first < runs.length; ) {
      // Neighbouring target windows with the same runs share their products: a bath without gaps is one matrix.
      let end = first + 1
      while (joins && end < runs.length && JSON.stringify(runs[end]) === JSON.stringify(runs[first])) end++
      const rowFrom = target.rows[targets.at[first]!]!
      for (const [from, to] of runs[first]!) {
        const columnFrom = rows[sources.at[from]!]!
        found.push({
          bath, coupling, outer, inner, rowFrom, columnFrom,
          targets: targets.windows.slice(first, end).map(own),
          sources: sources.windows.slice(from, to).map(own),
          rows: (target.rows[targets.at[end - 1]! + 1]! - rowFrom) / (outer * inner),
          columns: (rows[sources.at[to - 1]! + 1]! - columnFrom) / (outer * inner),
        })
      }
      first = end
    }
  }
  return found
}

/** All products of the interactions Σ S^α ⊗ B^α (without the means) on one component. */
export const couplingTerms = (model: MicroscopicModel, component: Component, strength: BlockStrength): readonly Term[] => {
  const terms: Term[] = []
  for (const target of component.blocks) {
    model.baths.forEach(({ systemCouplings }, bath) => systemCouplings.forEach((matrix, coupling) => {
      const sources: Source[] = component.blocks.filter((block) => couples(matrix, target.level, block.level)).map((block) => {
        const at = target.level * matrix.columns + block.level
        return { block, re: matrix.re[at]!, im: matrix.im === null ? 0 : matrix.im[at]! }
      })
      if (sources.length === 0) return
      const windows = orderWindows(model, new Set(sources.flatMap((source) => source.block.windows)))
      const rows = [0]
      for (const window of windows) rows.push(rows[rows.length - 1]! + model.volumes[window]!)
      const rectangles = rectanglesOf(model, bath, target, windows, rows, coupling, strength)
      if (rectangles.length === 0) return
      const only = sources.length === 1 ? sources[0]! : null
      const alias = only !== null && only.re === 1 && only.im === 0 ? only.block : null
      terms.push({ bath, target, sources, alias, windows, rows, rectangles })
    }))
  }
  return terms
}

/** What tells the matrices of two rectangles apart. */
export const matrixKey = ({ bath, coupling, targets, sources }: Rectangle): string => `${bath}:${coupling}:${targets.join()}:${sources.join()}`

/** Products of one column, in multiplications of matrix elements. */
export const elementsOf = (terms: readonly Term[]): number =>
  terms.reduce((sum, term) => sum + term.rectangles.reduce((part, each) => part + each.rows * each.columns * each.outer * each.inner, 0), 0)
