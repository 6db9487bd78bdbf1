import type { ComplexMatrix } from '@mesobath/contracts'
import type { BlockStrength, MicroscopicModel } from './microscopic-model.js'

/** The rows of a component that belong to one system level: its windows in ascending order. */
export interface LevelBlock {
  readonly level: number
  readonly windows: readonly number[]
  /** First row of each window, and one past the last; counted within the component. */
  readonly rows: readonly number[]
  readonly from: number
  readonly to: number
}

/**
 * Joint states |k⟩⊗(window E) that H connects. Different components evolve without one another, each about its own centre,
 * yet coherences between them count.
 */
export interface Component {
  readonly blocks: readonly LevelBlock[]
  readonly dimension: number
}

/** What can be reached from the initial state. */
export interface Structure {
  readonly components: readonly Component[]
  /** Component of each node k·windows + E, −1 where it cannot be reached. */
  readonly componentOf: Int32Array
}

/** Whether ⟨k|S|q⟩ is not zero. */
export const couples = (matrix: ComplexMatrix, k: number, q: number): boolean => {
  const at = k * matrix.columns + q
  return matrix.re[at] !== 0 || (matrix.im !== null && matrix.im[at] !== 0)
}

const neighbours = (model: MicroscopicModel, strength: BlockStrength, level: number, window: number): number[] => {
  const count = model.levels.length
  const found: number[] = []
  for (let k = 0; k < model.dimension; k++) {
    for (let to = 0; to < count; to++) {
      const joined = model.systemCouplings.some((matrix, coupling) =>
        couples(matrix, k, level) &&
        ((to === window && model.means[coupling]![window] !== 0) || strength(coupling, to, window) > 0))
      if (joined) found.push(k * count + to)
    }
  }
  return found
}

const makeComponent = (model: MicroscopicModel, nodes: readonly number[]): Component => {
  const count = model.levels.length
  const blocks: LevelBlock[] = []
  let row = 0
  for (let level = 0; level < model.dimension; level++) {
    const windows = nodes.filter((node) => Math.floor(node / count) === level).map((node) => node % count).sort((a, b) => a - b)
    if (windows.length === 0) continue
    const from = row
    const rows = [row]
    for (const window of windows) {
      row += model.levels[window]!.length
      rows.push(row)
    }
    blocks.push({ level, windows, rows, from, to: row })
  }
  return { blocks, dimension: row }
}

/** Components of the graph of nodes that hold initial weight. `start` lists nodes k·windows + E. */
export const reachableStructure = (model: MicroscopicModel, strength: BlockStrength, start: Iterable<number>): Structure => {
  const count = model.levels.length
  const componentOf = new Int32Array(model.dimension * count).fill(-1)
  const components: Component[] = []
  for (const seed of start) {
    if (componentOf[seed] !== -1) continue
    const nodes = [seed]
    componentOf[seed] = components.length
    for (const node of nodes) {
      for (const next of neighbours(model, strength, Math.floor(node / count), node % count)) {
        if (componentOf[next] !== -1) continue
        componentOf[next] = components.length
        nodes.push(next)
      }
    }
    components.push(makeComponent(model, nodes))
  }
  return { components, componentOf }
}
