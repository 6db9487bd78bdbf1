// Prints the seconds that one panel of Fig. 2 takes by random vectors, from levels and coupling in memory to p(t) at 121 times. A first run of
// another seed compiles what the clock is not to see; its seconds go to the log, and so does the error that the vectors leave.
// usage: node typicality-panel.mjs [wasm | native | js] [threads] [vectors] [repetitions]
import { nodeHost } from '@mesobath/backend-node'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow, succeed } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const [backend = 'wasm', threads = '2', vectors = '20', repetitions = '5'] = process.argv.slice(2)
const TARGET = 3e-3
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const drawn = orThrow(bath.can.microscopic())
const coupling = { re: new Float64Array(600 * 400), im: new Float64Array(600 * 400) }
drawn.block(0, 1, 0, coupling)
const block = (alpha, to, from, out) => {
  if (to !== 1 || from !== 0) return drawn.block(alpha, to, from, out)
  out.re.set(coupling.re)
  out.im.set(coupling.im)
  return true
}
const held = { ...bath, can: { ...bath.can, microscopic: () => succeed({ ...drawn, block }) } }
const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath: held, strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
}
const measure = async (seed) => {
  const begun = performance.now()
  const run = orThrow(await solve(problem, exact({ sampling: { vectors: Number(vectors), seed } }), { save: 'populations', host, tolerance: 1e-4 }))
  return { seconds: (performance.now() - begun) / 1000, error: Math.max(...run.scalars.samplingError), last: run.populations.at(-2) }
}
const first = await measure(0)
const runs = []
for (let seed = 1; seed <= Number(repetitions); seed++) runs.push(await measure(seed))
const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[runs.length >> 1]
for (const { last } of runs) if (!(Math.abs(last - 0.4) < 0.03)) throw new Error(`the panel must end near its plateau 0.4, but ends at ${last}`)
const errors = runs.map(({ error }) => error)
// The error is itself a draw: its mean counts, of single seeds a sixth more may be seen.
if (!(errors.reduce((sum, error) => sum + error, 0) / errors.length <= TARGET)) throw new Error(`the standard error must be ${TARGET} at most, but is ${errors}`)
console.error(`${host.backend.id}, ${host.backend.threads} threads; first run ${first.seconds.toFixed(3)} s; standard errors ${errors.map((error) => error.toExponential(1)).join(', ')}`)
console.log(seconds.toFixed(4))
