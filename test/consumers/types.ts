// A strict consumer of the packed declarations.
import type { Outcome, Problem, Trajectory } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import { complexMatrix } from '@mesobath/kernels'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'

export const problem: Problem = {
  energies: Float64Array.of(0, 1),
  baths: [{
    label: 'bath',
    bath: orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 4 }, { energy: 1, volume: 6 }], windowWidth: 0.5, spectrum: 'regular', deviation: 1, seed: 1 })),
    strength: 0.01,
    systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])],
  }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.of(0, 1),
  drive: null,
}

const outcome: Outcome<Trajectory> = await solve(problem, finiteTimeRedfield({ rates: randomMatrixRates() }))
// @ts-expect-error an outcome must be looked at before its result can be used
export const times = outcome.right.times
