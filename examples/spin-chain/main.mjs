// A spin tied to a chaotic chain of spins. The chain is never diagonalised: windows, volumes and rates come from a Chebyshev filter and random
// vectors, the exact evolution from random vectors too, so that the master equation can be measured on baths of 2¹⁸ levels and more.
// usage: node main.mjs [spins] [vectors]
import { mkdirSync, writeFileSync } from 'node:fs'
import { spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { populationsFigure } from '@mesobath/figures'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { exact } from '@mesobath/integrator-exact'
import { markov } from '@mesobath/integrator-markov'
import { heuristicRates } from '@mesobath/rates-heuristic'
import { solve } from '@mesobath/solve'

const [spins = 12, vectors = 4] = process.argv.slice(2).map(Number)
const GAP = 4
const STRENGTH = 0.3
const START = -8

// H_B = Σ σz σz + Σ (1.05 σx + 0.5 σz), and a little more at the far end, which breaks the mirror symmetry. The spin holds on to σx of the first site.
const begun = performance.now()
const bath = orThrow(spinChainBath({
  spins, bonds: { zz: 1 }, fields: { x: 1.05, z: Array.from({ length: spins }, (_, site) => (site === spins - 1 ? 0.75 : 0.5)) },
  couplings: [{ site: 0, operator: 'x' }], windowWidth: 2, edge: 0.04, vectors: spins > 14 ? 1 : 8,
}))
const { windows, report } = bath
const { lower, upper, terms } = report.filter
console.log(`${spins} spins, spectrum in [${lower.toFixed(1)}, ${upper.toFixed(1)}], windows by ${terms} polynomials (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
console.log('     E        V_E   ± error   leaks')
windows.energies.forEach((energy, at) => console.log(
  `${energy.toFixed(1).padStart(6)} ${report.volumes[at].toFixed(1).padStart(10)} ${report.volumeErrors[at].toFixed(1).padStart(9)} ${(100 * report.leakedWeights[at]).toFixed(1).padStart(6)} %`))

const matrix = (re) => ({ rows: 2, columns: 2, re: Float64Array.from(re), im: null })
const start = windows.energies.indexOf(START)
const problem = {
  energies: Float64Array.of(0, GAP),
  baths: [{ label: 'chain', bath, strength: STRENGTH, systemCouplings: [matrix([0, 1, 1, 0])] }],
  initial: { kind: 'product', system: matrix([0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: windows.energies.map((_, at) => (at === start ? 1 : 0)) }] },
  times: Float64Array.from({ length: 21 }, (_, i) => 2 * i),
  drive: null,
}

const rates = heuristicRates()
const methods = {
  exact: exact({ sampling: { vectors, seed: 1 } }),
  Markov: markov({ rates }),
  'Born–Markov–secular': bornMarkovSecular({ rates }),
}
const runs = {}
for (const [name, method] of Object.entries(methods)) {
  const from = performance.now()
  runs[name] = orThrow(await solve(problem, method))
  console.log(`${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
}

/** p(ε₁; t), and p(E; t) of one window. */
const upperLevel = ({ populations, times }) => Float64Array.from(times, (_, row) => {
  const from = (2 * row + 1) * windows.energies.length
  return populations.subarray(from, from + windows.energies.length).reduce((sum, p) => sum + p, 0)
})
const inWindow = ({ populations, times }, at) => Float64Array.from(times, (_, row) =>
  populations[2 * row * windows.energies.length + at] + populations[(2 * row + 1) * windows.energies.length + at])

const fed = windows.energies.indexOf(START + GAP)
const error = runs.exact.scalars.samplingError[0]
console.log(`\np(ε₁): standard error of the exact run from above ${error.toFixed(4)}`)
for (const [name, run] of Object.entries(runs)) {
  const values = upperLevel(run)
  const off = Math.max(...values.map((value, row) => Math.abs(value - upperLevel(runs.exact)[row])))
  console.log(`  ${name.padEnd(20)} ends at ${values.at(-1).toFixed(3)}${name === 'exact' ? '' : `, largest deviation from exact ${off.toFixed(3)}`}`)
}
console.log('\nWhen to trust the master equation:')
for (const { verdict, message } of runs.Markov.validity.filter((each) => each.verdict !== 'trust')) console.log(`  ${verdict}: ${message}`)

const curves = [
  ...Object.entries(runs).map(([name, run]) => ({ name: `p(ε₁), ${name}`, times: run.times, values: upperLevel(run) })),
  ...['exact', 'Markov'].map((name) => ({ name: `p(E = ${START + GAP}), ${name}`, times: runs[name].times, values: inWindow(runs[name], fed) })),
]
mkdirSync('out', { recursive: true })
writeFileSync('out/spin-chain.svg', orThrow(await populationsFigure({
  title: `A spin and a chain of ${spins} spins`, yTitle: 'probability', curves, notes: [`V = ${report.volumes[start].toFixed(0)} → ${report.volumes[fed].toFixed(0)}`, `λ = ${STRENGTH}`], yRange: [0, 1],
})))
console.log('\nThe picture: out/spin-chain.svg')
