// Prints the seconds that exact evolution of one panel of Fig. 2 takes, bath and preparation included.
// usage: node exact-panel.mjs [wasm | native | js] [threads]
import { nodeHost } from '@mesobath/backend-node'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const [backend = 'wasm', threads = '2'] = process.argv.slice(2)
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const begun = performance.now()
const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
}, exact(), { save: 'populations', host, tolerance: 1e-8 }))
const seconds = (performance.now() - begun) / 1000
const last = run.populations.at(-2) // level 1, window 0
if (!(Math.abs(last - 0.4) < 0.03)) throw new Error(`the panel must end near its plateau 0.4, but ends at ${last}`)
console.error(`${host.backend.id}, ${host.backend.threads} threads`)
console.log(seconds.toFixed(4))
