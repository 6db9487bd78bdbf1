// Prints the seconds that one panel of Fig. 2 takes by random vectors, from levels and coupling in memory to p(t) at 121 times. A first run of
// another seed compiles what the clock is not to see; its seconds go to the log, and so does the error that the vectors leave.
// usage: node typicality-panel.mjs [wasm | native | js] [threads] [vectors] [repetitions]
import { nodeHost } from '@mesobath/backend-node'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { solve } from '@mesobath/solve'
import { checkPlateau, heldPanel } from './panel-problem.mjs'

const [backend = 'wasm', threads = '2', vectors = '20', repetitions = '5'] = process.argv.slice(2)
const TARGET = 3e-3
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const problem = heldPanel()
const measure = async (seed) => {
  const begun = performance.now()
  const run = orThrow(await solve(problem, exact({ sampling: { vectors: Number(vectors), seed } }), { save: 'populations', host, tolerance: 1e-3 }))
  checkPlateau(run)
  return { seconds: (performance.now() - begun) / 1000, error: Math.max(...run.scalars.samplingError) }
}
const first = await measure(0)
const runs = []
for (let seed = 1; seed <= Number(repetitions); seed++) runs.push(await measure(seed))
const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[runs.length >> 1]
const errors = runs.map(({ error }) => error)
// The error is itself a draw: its mean counts, of single seeds a sixth more may be seen.
if (!(errors.reduce((sum, error) => sum + error, 0) / errors.length <= TARGET)) throw new Error(`the standard error must be ${TARGET} at most, but is ${errors}`)
console.error(`${host.backend.id}, ${host.backend.threads} threads; first run ${first.seconds.toFixed(3)} s; standard errors ${errors.map((error) => error.toExponential(1)).join(', ')}`)
console.log(seconds.toFixed(4))
