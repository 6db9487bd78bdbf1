// From import to the finite-time Redfield curve of Fig. 2.
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { complexMatrix } from '@mesobath/kernels'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'

const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
}, finiteTimeRedfield({ rates: randomMatrixRates() })))
console.log(run.times.length)
