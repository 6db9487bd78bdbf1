// Prints the seconds of one exact curve of 20 000 joint levels (windows of 8 000 and 12 000, λ²V as in Fig. 2) to a standard error of 2e-3, the
// drawing of 96 million complex elements included. CPU seconds, memory and the estimate of it go to the log.
// usage: node large-exact.mjs [wasm | native | js] [threads] [levels]
import { nodeHost } from '@mesobath/backend-node'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const [backend = 'wasm', threads = '2', levels = '20000'] = process.argv.slice(2)
const TARGET = 2e-3
const volume = Number(levels) / 5
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const begun = performance.now()
const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 2 * volume }, { energy: 1, volume: 3 * volume }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3 * Math.sqrt(200 / volume), systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
}
const algorithm = exact({ sampling: { targetError: TARGET, seed: 1 } })
const { bytes } = orThrow(algorithm.estimate(problem, host))
const run = orThrow(await solve(problem, algorithm, { save: 'populations', host, tolerance: 1e-4 }))
const seconds = (performance.now() - begun) / 1000
const { user, system } = process.cpuUsage()
const error = Math.max(...run.scalars.samplingError)
if (!(error <= TARGET)) throw new Error(`the standard error must be ${TARGET} at most, but is ${error}`)
const last = run.populations.at(-2) // level 1, window 0
if (!(Math.abs(last - 0.4) < 0.01)) throw new Error(`the curve must end near its plateau 0.4, but ends at ${last}`)
const mebibytes = (number) => Math.round(number / 1024 / 1024)
console.error(`${host.backend.id}, ${host.backend.threads} threads, CPU ${((user + system) / 1e6).toFixed(0)} s; estimate ${mebibytes(bytes)} MiB, ` +
  `process at most ${mebibytes(process.resourceUsage().maxRSS * 1024)} MiB; standard error ${error.toExponential(1)}; p(ε_1, 0; 60) = ${last.toFixed(4)}`)
console.log(seconds.toFixed(2))
