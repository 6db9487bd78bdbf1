import type { ComplexMatrix } from '@mesobath/contracts'
import type { BlockStrength } from './block-strength.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { windowOf } from './microscopic-model.js'

/**
 * The rows of a component that belong to one system level, by joint windows. The window of the first bath goes fastest, so that those
 * which differ in it alone stand together and its products join.
 */
export interface LevelBlock {
  readonly level: number
  readonly windows: readonly number[]
  /** First row of each window, and one past the last; counted within the component. */
  readonly rows: readonly number[]
  readonly from: number
  readonly to: number
}

/**
 * Joint states |k⟩⊗(joint window) that H connects. Different components evolve without one another, each about its own centre,
 * yet coherences between them count.
 */
export interface Component {
  readonly blocks: readonly LevelBlock[]
  readonly dimension: number
}

/** What can be reached from the initial state. */
export interface Structure {
  readonly components: readonly Component[]
  /** Component of each node k·windows + joint window, −1 where it cannot be reached. */
  readonly componentOf: Int32Array
}

/** Whether ⟨k|S|q⟩ is not zero. */
export const couples = (matrix: ComplexMatrix, k: number, q: number): boolean => {
  const at = k * matrix.columns + q
  return matrix.re[at] !== 0 || (matrix.im !== null && matrix.im[at] !== 0)
}

/** Joint windows in the order of rows: by the window of the last bath first. */
export const orderWindows = (model: MicroscopicModel, windows: Iterable<number>): number[] => {
  const rank = (joint: number): number => {
    let sum = 0
    for (let bath = model.baths.length - 1; bath >= 0; bath--) sum = sum * model.baths[bath]!.levels.length + windowOf(model, joint, bath)
    return sum
  }
  return [...windows].sort((a, b) => rank(a) - rank(b))
}

/** Each jump moves one bath. */
const neighbours = (model: MicroscopicModel, strength: BlockStrength, level: number, joint: number): number[] => {
  const found: number[] = []
  for (let k = 0; k < model.dimension; k++) {
    model.baths.forEach(({ levels, systemCouplings, means }, bath) => {
      const window = windowOf(model, joint, bath)
      for (let to = 0; to < levels.length; to++) {
        const joined = systemCouplings.some((matrix, coupling) =>
          couples(matrix, k, level) &&
          ((to === window && means[coupling]![window] !== 0) || strength(bath, coupling, to, window) > 0))
        if (joined) found.push(k * model.windows + joint + (to - window) * model.strides[bath]!)
      }
    })
  }
  return found
}

const makeComponent = (model: MicroscopicModel, nodes: readonly number[]): Component => {
  const blocks: LevelBlock[] = []
  let row = 0
  for (let level = 0; level < model.dimension; level++) {
    const own = nodes.filter((node) => Math.floor(node / model.windows) === level)
    if (own.length === 0) continue
    const windows = orderWindows(model, own.map((node) => node % model.windows))
    const from = row
    const rows = [row]
    for (const window of windows) {
      row += model.volumes[window]!
      rows.push(row)
    }
    blocks.push({ level, windows, rows, from, to: row })
  }
  return { blocks, dimension: row }
}

/** Components of the graph of nodes that hold initial weight. `start` lists nodes k·windows + joint window. */
export const reachableStructure = (model: MicroscopicModel, strength: BlockStrength, start: Iterable<number>): Structure => {
  const componentOf = new Int32Array(model.dimension * model.windows).fill(-1)
  const components: Component[] = []
  for (const seed of start) {
    if (componentOf[seed] !== -1) continue
    const nodes = [seed]
    componentOf[seed] = components.length
    for (const node of nodes) {
      for (const next of neighbours(model, strength, Math.floor(node / model.windows), node % model.windows)) {
        if (componentOf[next] !== -1) continue
        componentOf[next] = components.length
        nodes.push(next)
      }
    }
    components.push(makeComponent(model, nodes))
  }
  return { components, componentOf }
}
