// Prints the seconds of exact evolution for Figs. 3 and 5: two Hamiltonians of D = 1400, 121 times, the mutual information at 25 of them;
// bath and preparation included.
// usage: node driven-exact.mjs [wasm | native | js] [threads]
import { nodeHost } from '@mesobath/backend-node'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { quenches } from '@mesobath/drives'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const [backend = 'wasm', threads = '2'] = process.argv.slice(2)
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const begun = performance.now()
const bath = orThrow(randomMatrixBath({
  windows: [100, 200, 400].map((volume, energy) => ({ energy, volume })), windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => 4 * i),
  drive: orThrow(quenches({ energies: [0, 1], strengths: [3e-3], level: 1, period: 240, values: [1, 2] })),
}, exact({ mutualInformation: { every: 5 } }), { save: 'populations', host, tolerance: 1e-8 }))
const seconds = (performance.now() - begun) / 1000
const information = run.scalars.systemBathMutualInformation.at(-1)
if (!(information > 0 && information < 2 * Math.LN2)) throw new Error(`the mutual information must lie between 0 and 2 ln 2, but is ${information}`)
console.error(`${host.backend.id}, ${host.backend.threads} threads`)
console.log(seconds.toFixed(4))
