// Prints the seconds of a relaxation of ten levels in one bath of many windows, populations only, and what set-up took of them.
// usage: one-bath.mjs [windows, 100000] [levels, 10]; `lamb <windows>` sets up the full equation, whose Lamb shift joins all pairs of windows
import { orThrow } from '@mesobath/contracts'
import { conditionalGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { markov } from '@mesobath/integrator-markov'
import { start } from '@mesobath/solve'
import { latticeProblem } from './lattice-problem.mjs'

const full = process.argv[2] === 'lamb'
const windows = Number(process.argv[full ? 3 : 2] ?? 100_000)
const levels = Number(process.argv[full ? 4 : 3] ?? 10)
const { problem, rates } = latticeProblem({ sizes: [windows], levels, times: Float64Array.of(0, 20), start: [{ kind: 'gibbs', inverseTemperature: 0 }] })
const seconds = (from) => (performance.now() - from) / 1000
const begun = performance.now()
if (full) {
  orThrow(conditionalGenerator(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(problem.baths[0].strength)))
  console.error(`${windows} windows, ${levels} levels: generator of the full equation ${seconds(begun).toFixed(2)} s`)
  console.log(seconds(begun).toFixed(3))
} else {
  const stepper = orThrow(await start(problem, markov({ rates }), { tolerance: 1e-10 }))
  const prepared = seconds(begun)
  orThrow(await stepper.advance(20))
  const all = seconds(begun)
  const sum = stepper.sample('after').populations.reduce((total, p) => total + p, 0)
  if (!(Math.abs(sum - 1) < 1e-10)) throw new Error(`Σp must be 1, but is ${sum}`)
  console.error(`${windows} windows, ${levels} levels: set-up ${prepared.toFixed(2)} s, run ${(all - prepared).toFixed(2)} s, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
  console.log(all.toFixed(3))
}
process.exit(0)
