// Prints the seconds that exact evolution of one panel of Fig. 2 takes: the first run of a process, bath and preparation included; or `held`, from levels and
// coupling in memory, the median of five runs after a first, which compiles what the clock is not to see.
// usage: node exact-panel.mjs [wasm | native | js] [threads] [held]
import { nodeHost } from '@mesobath/backend-node'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { solve } from '@mesobath/solve'
import { checkPlateau, heldPanel, panelProblem } from './panel-problem.mjs'

const [backend = 'wasm', threads = '2', held] = process.argv.slice(2)
const host = nodeHost({ backend, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const measure = async (makeProblem) => {
  const begun = performance.now()
  checkPlateau(orThrow(await solve(makeProblem(), exact(), { save: 'populations', host, tolerance: 1e-8 })))
  return (performance.now() - begun) / 1000
}
console.error(`${host.backend.id}, ${host.backend.threads} threads`)
if (held === undefined) console.log((await measure(panelProblem)).toFixed(4))
else {
  const problem = heldPanel()
  const seconds = []
  for (let run = 0; run < 6; run++) seconds.push(await measure(() => problem))
  console.error(`first run ${seconds[0].toFixed(3)} s`)
  console.log(seconds.slice(1).sort((a, b) => a - b)[2].toFixed(4))
}
