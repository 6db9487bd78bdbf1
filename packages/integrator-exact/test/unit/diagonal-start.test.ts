import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { BathState, ComplexMatrix, Problem } from '@mesobath/contracts'
import { javascriptBackend } from '@mesobath/kernels'
import { batchWidth, makeBatches } from '../../src/internal/batches.js'
import { strengthsOfEnsembles } from '../../src/internal/block-strength.js'
import { evenWeights } from '../../src/internal/diagonal-start.js'
import { initialState } from '../../src/internal/evolution.js'
import { initialColumns, initialNodes } from '../../src/internal/initial-columns.js'
import { microscopicModel } from '../../src/internal/microscopic-model.js'
import { reachableStructure } from '../../src/internal/structure.js'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const LEVELS = matrix([[0.25, 0], [0, 0.75]])
const COHERENT = matrix([[0.5, 0.3], [0.3, 0.5]])
const X = matrix([[0, 1], [1, 0]])

const weightsOf = (system: ComplexMatrix, bath: BathState): readonly Float64Array[] | null => {
  const problem: Problem = {
    energies: Float64Array.of(0, 1),
    baths: [attachment(smallBath({ seed: 2, sizes: [4, 5], centres: [0, 1], width: 0.5 }), 0.1, [X])],
    initial: { kind: 'product', system, baths: [bath] }, times: Float64Array.of(0, 1), drive: null,
  }
  const model = orThrow(microscopicModel(problem))
  const columns = orThrow(initialColumns(model, problem))
  const structure = reachableStructure(model, strengthsOfEnsembles(model, problem.baths.map((each) => each.bath)), initialNodes(model, columns))
  const batches = makeBatches(columns, structure, model.windows, null, false, (dimension) => batchWidth(dimension, 8, 1e6))
  return evenWeights({ structure, batches }, initialState(model, javascriptBackend(), structure, batches, columns, 1))
}

describe('the weights of an evenly filled start', () => {
  it('are those of each level and window, divided by its levels', () => {
    const found = weightsOf(LEVELS, { kind: 'windows', probabilities: Float64Array.of(0.6, 0.4) })!
    // Two components, {(0, E_0), (1, E_1)} and {(0, E_1), (1, E_0)}, in the order of levels.
    const sorted = found.map((weights) => [...weights]).sort((a, b) => a[0]! - b[0]!)
    const wanted = [[(0.25 * 0.4) / 5, (0.75 * 0.6) / 4], [(0.25 * 0.6) / 4, (0.75 * 0.4) / 5]]
    sorted.forEach((weights, component) => weights.forEach((weight, node) => expect(Math.abs(weight - wanted[component]![node]!)).toBeLessThan(1e-15)))
  })

  it('are not there where levels of a window differ, or where a column stands on two joint states', () => {
    expect(weightsOf(LEVELS, { kind: 'levels', weights: Float64Array.of(0.5, 0.5, 0, 0, 0, 0, 0, 0, 0) })).toBeNull()
    expect(weightsOf(LEVELS, { kind: 'gibbs', inverseTemperature: 1 })).toBeNull()
    expect(weightsOf(COHERENT, { kind: 'windows', probabilities: Float64Array.of(1, 0) })).toBeNull()
  })
})
