// What a page pays for a Markov run of a spin.
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'

const matrix = (...re) => ({ rows: 2, columns: 2, re: Float64Array.from(re), im: null })

export const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{
    label: 'bath', strength: 0.01, systemCouplings: [matrix(0, 1, 1, 0)],
    bath: orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 40 }, { energy: 1, volume: 60 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 7 })),
  }],
  initial: { kind: 'product', system: matrix(0, 0, 0, 1), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.of(0, 5, 10, 20),
  drive: null,
}

export const master = orThrow(await solve(problem, markov({ rates: randomMatrixRates() })))
globalThis.used = master
