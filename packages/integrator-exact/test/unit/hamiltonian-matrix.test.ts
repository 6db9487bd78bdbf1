import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Planes, Problem } from '@mesobath/contracts'
import { javascriptBackend } from '@mesobath/kernels'
import { strengthsOfEnsembles } from '../../src/internal/block-strength.js'
import { couplingTerms, matrixKey } from '../../src/internal/coupling-terms.js'
import { componentHamiltonian, PLAIN } from '../../src/internal/hamiltonian.js'
import { initialColumns, initialNodes } from '../../src/internal/initial-columns.js'
import { loadMatrices } from '../../src/internal/matrices.js'
import { microscopicModel } from '../../src/internal/microscopic-model.js'
import { makePace } from '../../src/internal/pace.js'
import { reachableStructure } from '../../src/internal/structure.js'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const TILTED = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.2]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
/** Sums of a few numbers in another order. */
const ROUNDING = 1e-14

const one = (): Problem => ({
  energies: Float64Array.of(0.1, 1.2),
  baths: [attachment(smallBath({
    seed: 5, sizes: [3, 5, 4], centres: [0, 1, 2], width: 0.5, couplings: 2, joined: (coupling, to, from) => Math.abs(to - from) <= coupling, mean: (coupling, window) => 0.1 + 0.2 * coupling - 0.05 * window,
  }), 0.3, [TILTED, MIXED])],
  initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 0.2, 0.3) }] },
  times: Float64Array.of(0, 1), drive: null,
})

const two = (): Problem => ({
  energies: Float64Array.of(0, 0.7),
  baths: [
    attachment(smallBath({ seed: 6, sizes: [2, 3], centres: [0, 1], width: 0.5, joined: () => true, mean: () => 0.2 }), 0.3, [TILTED]),
    { ...attachment(smallBath({ seed: 7, sizes: [3, 2], centres: [0, 1], width: 0.5, real: true }), 0.2, [MIXED]), label: 'other' },
  ],
  initial: { kind: 'product', system: MIXED, baths: [0, 1].map(() => ({ kind: 'windows', probabilities: Float64Array.of(0.5, 0.5) })) },
  times: Float64Array.of(0, 1), drive: null,
})

describe('H of a component as a matrix', () => {
  it('is what H does to unit vectors: blocks within windows, means, mixtures of levels, the axes of several baths', async () => {
    for (const problem of [one(), two()]) {
      const model = orThrow(microscopicModel(problem))
      const backend = javascriptBackend()
      const strength = strengthsOfEnsembles(model, problem.baths.map(({ bath }) => bath))
      const { components } = reachableStructure(model, strength, initialNodes(model, orThrow(initialColumns(model, problem))))
      for (const component of components) {
        const { dimension } = component
        const terms = couplingTerms(model, component, strength)
        const rectangles = new Map(terms.flatMap((term) => term.rectangles.map((rectangle) => [matrixKey(rectangle), rectangle] as const)))
        const matrices = (await loadMatrices(model, backend, rectangles, makePace({})))!
        const hamiltonian = componentHamiltonian(model, backend, component, terms, matrices, dimension)
        const couplings = { energies: problem.energies, strengths: Float64Array.from(problem.baths, (_, at) => 0.3 + 0.4 * at) }
        const unit = backend.allocate(dimension, dimension, false)
        for (let i = 0; i < dimension; i++) unit.re[i * dimension + i] = 1
        const image = backend.allocate(dimension, dimension, false)
        expect(await hamiltonian.apply(unit, image, dimension, couplings, PLAIN, makePace({}))).toBe(true)
        const written: Planes = backend.allocate(dimension, dimension, false)
        const all = { from: 0, to: dimension }
        hamiltonian.write(couplings, { rows: all, columns: all, lower: true }, written)
        expect(dimension).toBeGreaterThan(20)
        for (let r = 0; r < dimension; r++) {
          for (let c = 0; c <= r; c++) {
            expect(Math.abs(written.re[r * dimension + c]! - image.re[r * dimension + c]!)).toBeLessThan(ROUNDING)
            expect(Math.abs(written.im![r * dimension + c]! - image.im![r * dimension + c]!)).toBeLessThan(ROUNDING)
          }
        }
        // A part of it that crosses nodes, on both sides of the diagonal.
        const rows = { from: 5, to: dimension - 2 }
        const columns = { from: 3, to: dimension - 6 }
        const width = columns.to - columns.from
        const part: Planes = backend.allocate(rows.to - rows.from, width, false)
        hamiltonian.write(couplings, { rows, columns, lower: false }, part)
        for (let r = rows.from; r < rows.to; r++) {
          for (let c = columns.from; c < columns.to; c++) {
            const at = (r - rows.from) * width + c - columns.from
            expect(Math.abs(part.re[at]! - image.re[r * dimension + c]!)).toBeLessThan(ROUNDING)
            expect(Math.abs(part.im![at]! - image.im![r * dimension + c]!)).toBeLessThan(ROUNDING)
          }
        }
      }
    }
  })
})
