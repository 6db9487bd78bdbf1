import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Problem } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { explicitBathModel, grid, largestDifference, termwiseRates, toMatrix } from '../fixtures/explicit-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { exactEvolution } from '../oracles/exact-evolution.js'
import { genericBath } from '../oracles/explicit-bath.js'
import type { ExplicitBath } from '../oracles/explicit-bath.js'

/** Two baths as one: levels E_i + E_j, joint windows, B ⊗ 1 and 1 ⊗ B. */
const joined = (a: ExplicitBath, b: ExplicitBath): ExplicitBath => {
  const n = b.levels.length
  const size = a.levels.length * n
  return {
    levels: Array.from({ length: size }, (_, i) => a.levels[Math.floor(i / n)] + b.levels[i % n]),
    window: Array.from({ length: size }, (_, i) => a.window[Math.floor(i / n)] * b.windows + b.window[i % n]),
    windows: a.windows * b.windows, width: a.width, centres: [],
    couplings: [
      ...a.couplings.map((m) => fromEntries(size, (r, c) => {
        const at = Math.floor(r / n) * m.n + Math.floor(c / n)
        return r % n === c % n ? [m.re[at], m.im[at]] : [0, 0]
      })),
      ...b.couplings.map((m) => fromEntries(size, (r, c) => {
        const at = (r % n) * m.n + (c % n)
        return Math.floor(r / n) === Math.floor(c / n) ? [m.re[at], m.im[at]] : [0, 0]
      })),
    ],
  }
}

describe('[Eqs. G1-G7] two baths', () => {
  it('act additively: the deviation from their exact joint evolution falls as λ³', async () => {
    const left = genericBath(3, [3, 4], 0.9, 1)
    const right = genericBath(8, [2, 3], 1.1, 1, 0.3)
    const state = fromEntries(2, (k, q) => (k === q ? [[0.4, 0.6][k], 0] : [0.2, k < q ? 0.3 : -0.3]))
    const couplings = [
      fromEntries(2, (k, q) => (k === q ? [0.4 * k, 0] : [1, 0])),
      fromEntries(2, (k, q) => (k === q ? [-0.3, 0] : [0.2, k < q ? 0.8 : -0.8])),
    ]
    const weights = [[0.6, 0.4], [0.3, 0.7]]
    const errors: number[] = []
    for (const strength of [0.02, 0.01, 0.005]) {
      const problem: Problem = {
        energies: Float64Array.of(0, 0.87),
        baths: [left, right].map((bath, at) => ({ label: `bath ${at}`, bath: explicitBathModel(bath), strength, systemCouplings: [toMatrix(couplings[at])] })),
        initial: { kind: 'product', system: toMatrix(state), baths: weights.map((each) => ({ kind: 'windows', probabilities: Float64Array.from(each) })) },
        times: grid(6, 6), drive: null,
      }
      const rates = { 'bath 0': termwiseRates(left), 'bath 1': termwiseRates(right) }
      const run = orThrow(await solve(problem, finiteTimeRedfield({ rates }), { tolerance: 1e-12 }))
      const start = weights[0].flatMap((x) => weights[1].map((y) => fromEntries(2, (k, q) => [state.re[2 * k + q] * x * y, state.im[2 * k + q] * x * y])))
      errors.push(largestDifference(run.conditionalStates!, exactEvolution([[0, 0.87]], couplings, strength, joined(left, right), start, 6, 6)))
    }
    const orders = errors.slice(1).map((error, i) => Math.log2(errors[i] / error))
    expect(Math.min(...orders), `${errors} → ${orders}`).toBeGreaterThan(2.6)
  })
})
