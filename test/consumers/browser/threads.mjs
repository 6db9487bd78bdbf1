// An exact run shared with a web worker: what it gives, and what the page had for it, is written into the page.
import { browserHost } from '@mesobath/backend-browser'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix, wasmBackend } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const lacking = []
const host = browserHost({ threads: 2, reproducible: true, lacking: ({ code }) => { lacking.push(code) } })

/** The same threads, of which every other one than the caller's counts the tiles that it computes. */
const counter = host.threads === undefined ? null : new Int32Array(new SharedArrayBuffer(4))
const counting = host.threads === undefined ? undefined : {
  count: host.threads.count,
  start: (source, message, ended) => host.threads.start(source.replace('kernels[kernel](', 'Atomics.add(data.counter, 0, 1), kernels[kernel]('), { ...message, counter }, ended),
}
const backend = wasmBackend({ threads: counting, fused: false })

/** Large enough that products are shared. */
const bath = orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 160 }, { energy: 1, volume: 240 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 5 }))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', strength: 3e-3, bath, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 41 }, (_, i) => i),
  drive: null,
}, exact(), { host: { ...host, backend } }))
document.body.textContent = JSON.stringify({
  exact: [...run.populations], backend: run.frame.backend, threads: backend.threads, hostThreads: host.backend.threads, tiles: counter === null ? 0 : Atomics.load(counter, 0), lacking, done: true,
})
