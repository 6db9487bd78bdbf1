import type { InitialColumns } from './initial-columns.js'
import { supportOf } from './initial-columns.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Weights of a window that is evenly filled agree to rounding. */
const EVEN = 1e-12

/** Whether every column stands on one node |k⟩⊗(window) and every node is filled evenly or not at all. */
export const fillsNodes = (model: MicroscopicModel, columns: InitialColumns): boolean => {
  const found = new Map<string, { readonly node: number; readonly weight: number; count: number }>()
  for (let at = 0; at < columns.root.length; at++) {
    const support = supportOf(columns, at)
    if (support.length !== 1) return false
    const node = support[0]! * model.windows + columns.joint[at]!
    const key = `${columns.factor[at]!}:${columns.column[at]!}:${node}`
    const own = found.get(key)
    if (own === undefined) found.set(key, { node, weight: columns.root[at]!, count: 1 })
    else if (Math.abs(columns.root[at]! - own.weight) > EVEN * own.weight) return false
    else own.count++
  }
  return [...found.values()].every(({ node, count }) => count === model.volumes[node % model.windows]!)
}

/**
 * Per component whether its populations are even in time, p(−t) = p(t), from the start and under constant ε_k and λ_ν.
 *
 * They are where H and the start are real, and where evenly filled nodes make up a component of no more than two: with projectors Π on
 * its nodes, tr Π e^{iHt} Π e^{−iHt} is the same at −t since a trace may be turned round, and the other node has the rest. Then the moments
 * ⟨T_l|Π|T_m⟩ of unequal parity of l and m add nothing; in random vectors they are noise, half of the variance.
 */
export const evenCurves = (model: MicroscopicModel, structure: Structure, columns: InitialColumns, real: boolean): readonly boolean[] => {
  const filled = !real && fillsNodes(model, columns)
  return structure.components.map(({ blocks }) => real || (filled && blocks.reduce((sum, { windows }) => sum + windows.length, 0) <= 2))
}
