// Prints the median seconds of one application of the rate equation's generator on 100 × 100 × 100 windows × 2 levels.
// usage: generator.mjs [threads] | plain | matrix    (plain: JavaScript alone; matrix: the jumps of each bath, for a program that builds it as a matrix)
import { nodeThreads } from '@mesobath/backend-node'
import { orThrow } from '@mesobath/contracts'
import { populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { openTeam } from '@mesobath/kernels'
import { latticeProblem } from './lattice-problem.mjs'

const APPLICATIONS = 60
const how = process.argv[2] ?? '1'
const { problem, rates } = latticeProblem({ sizes: [100, 100, 100], times: Float64Array.of(0, 1) })
const begun = performance.now()
const baths = orThrow(prepareBaths(problem, rates))
const team = how === 'plain' || how === 'matrix' ? null : openTeam(how === '1' ? {} : { threads: nodeThreads(Number(how)) })
const generator = orThrow(populationGenerator(windowLattice(problem), baths, problem.energies,
  Float64Array.from(problem.baths, (bath) => bath.strength), team))
const prepared = performance.now() - begun
if (how === 'matrix') {
  console.log(JSON.stringify(generator.transitions.map(({ count, fromLevel, fromWindow, rate, toLevel, toWindow }) =>
    Array.from({ length: count }, (_, i) => [fromLevel[i], fromWindow[i], toLevel[i], toWindow[i], rate[i]]))))
} else {
  const x = generator.allocate(generator.dimension)
  const y = generator.allocate(generator.dimension)
  x.values.forEach((_, i, values) => { values[i] = 1 + (i % 7) })
  const seconds = []
  for (let i = 0; i < APPLICATIONS; i++) {
    const [from, to] = [x.values, y.values]
    const at = performance.now()
    generator.apply(from, to)
    seconds.push((performance.now() - at) / 1000)
    // Threads join as soon as they are ready; the first applications do without.
    if (i === 4) await new Promise((resolve) => { setTimeout(resolve, 300) })
  }
  seconds.sort((a, b) => a - b)
  const memory = process.memoryUsage().rss / 2 ** 20
  const sum = y.values.reduce((total, value) => total + value, 0)
  if (!(Math.abs(sum) < 1e-5)) throw new Error(`probability must be conserved, but ∂t Σp is ${sum}`)
  const middle = seconds[APPLICATIONS / 2]
  console.error(`${how}: set-up ${prepared.toFixed(0)} ms, ${memory.toFixed(0)} MiB, ${((middle / generator.dimension) * 1e9).toFixed(2)} ns per state`
    + `, fastest ${((seconds[0] / generator.dimension) * 1e9).toFixed(2)}`)
  console.log(middle.toFixed(5))
}
process.exit(0)
