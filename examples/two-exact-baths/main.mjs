// A spin between two finite baths, each known level by level: do their rates add up, as the master equation says?
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { populationsFigure } from '@mesobath/figures'
import { exact } from '@mesobath/integrator-exact'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'

const WIDTH = 0.5
const large = process.argv[2] === 'large'
const cases = [
  { volumes: [12, 12], strength: 0.02, seeds: large ? 12 : 6 },
  ...(large ? [{ volumes: [15, 20], strength: 0.016, seeds: 6 }] : []),
  { volumes: large ? [8, 10, 12] : [6, 8, 10], strength: 0.02, seeds: large ? 4 : 3 },
]

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })
const flip = matrix([[0, 1], [1, 0]])
const rates = randomMatrixRates()
const methods = { 'finite-time-redfield': finiteTimeRedfield({ rates }), markov: markov({ rates }) }

const bathOf = (volumes, seed) => orThrow(randomMatrixBath({
  windows: volumes.map((volume, energy) => ({ energy, volume })), windowWidth: WIDTH, spectrum: 'random', deviation: 1, seed,
}))
const inWindow = (volumes, at) => ({ kind: 'windows', probabilities: Float64Array.from(volumes, (_, window) => Number(window === at)) })

// The spin starts above, each bath in its lowest window: either may take the quantum, and give it back.
const problemOf = ({ volumes, strength }, seed, baths) => ({
  energies: Float64Array.of(0, 1),
  baths: ['first', 'second'].slice(0, baths).map((label, which) => ({ label, bath: bathOf(volumes, 2 * seed + which), strength, systemCouplings: [flip] })),
  initial: {
    kind: 'product', system: matrix([[0, 0], [0, 1]]),
    baths: [inWindow(volumes, 0), inWindow(volumes, 0)].slice(0, baths),
  },
  times: Float64Array.from({ length: 61 }, (_, i) => i),
  drive: null,
})

const largest = (a, b) => a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0)
const median = (values) => { const sorted = [...values].sort((a, b) => a - b); return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 }
const populationsOf = async (problem, algorithm) => {
  const run = orThrow(await solve(problem, algorithm))
  const failed = run.validity.filter(({ verdict }) => verdict === 'fails')
  if (failed.length > 0 && algorithm.name === 'exact') throw new Error(failed[0].message)
  return run.populations
}

console.log('windows    dimension  λ      seeds  baths  method                deviation of one realisation   of their mean   CPU per exact run')
let worst = 0
let drawn = null
for (const each of cases) {
  for (const baths of [1, 2]) {
    const runs = []
    const begun = process.cpuUsage()
    for (let seed = 1; seed <= each.seeds; seed++) runs.push(await populationsOf(problemOf(each, seed, baths), exact()))
    const { user, system } = process.cpuUsage(begun)
    const mean = runs[0].map((_, at) => runs.reduce((sum, run) => sum + run[at], 0) / runs.length)
    const levels = each.volumes.reduce((a, b) => a + b, 0)
    const curves = {}
    for (const [name, algorithm] of Object.entries(methods)) {
      const found = await populationsOf(problemOf(each, 1, baths), algorithm)
      curves[name] = found
      const single = median(runs.map((run) => largest(run, found)))
      if (baths === 2 && name === 'finite-time-redfield') worst = Math.max(worst, largest(mean, found))
      console.log(`${each.volumes.join('/').padEnd(10)} ${String(2 * levels ** baths).padStart(9)}  ${each.strength.toFixed(3)}  ${String(each.seeds).padStart(5)}  ${
        String(baths).padStart(5)}  ${name.padEnd(21)} ${single.toFixed(3).padStart(29)}   ${largest(mean, found).toFixed(3).padStart(13)}   ${
        ((user + system) / 1e6 / each.seeds).toFixed(2).padStart(15)} s`)
    }
    if (baths === 2 && drawn === null) drawn = { each, mean, curves }
  }
}

// The probability that the second bath has the quantum, [level, window, window].
const { each, mean, curves } = drawn
const n = each.volumes.length
const times = problemOf(each, 1, 2).times
const taken = (populations) => Float64Array.from(times, (_, row) => populations[row * 2 * n * n + 1])
const svg = orThrow(await populationsFigure({
  title: 'Two baths share the quantum of a spin', yTitle: 'probability p(ε₀, E₁ = 0, E₂ = 1)', xRange: [0, 60], yRange: [0, 0.6],
  curves: [{ name: 'exact, mean over realisations', times, values: taken(mean) }, ...Object.entries(curves).map(([name, found]) => ({ name, times, values: taken(found) }))],
  notes: [`baths: ${each.volumes.join(' and ')} levels each`, `λ = ${each.strength}`],
}))
mkdirSync('out', { recursive: true })
writeFileSync('out/two-exact-baths.svg', svg)
console.log(`The rates of two baths add up to ${worst.toFixed(3)} in every probability. The way there: out/two-exact-baths.svg`)
if (!(worst < 0.15)) process.exitCode = 1
