// A spin that decays into a bath of two energy windows, and inverts itself for good.
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })

const windows = [{ energy: 0, volume: 600 }, { energy: 1, volume: 400 }]
const bath = orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 7 }))
const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [matrix([[0, 1], [1, 0]])] }],
  initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 13 }, (_, i) => 5 * i),
  drive: null,
}
const rates = randomMatrixRates()
const redfield = orThrow(await solve(problem, finiteTimeRedfield({ rates })))
const markovian = orThrow(await solve(problem, markov({ rates })))

// Populations are laid out [time, level, window]: level 1 with the bath in window 0 is entry 2 of four.
console.log('p(ε₁, E = ε₀), the spin still up\n\n   t   finite-time Redfield   Markov')
redfield.times.forEach((time, row) => {
  const [first, second] = [redfield, markovian].map((run) => run.populations[4 * row + 2].toFixed(4))
  console.log(`${String(time).padStart(4)}   ${first.padStart(20)}   ${second}`)
})
console.log(`\nIt ends inverted, at 600/1000: ${redfield.populations.at(-2).toFixed(3)} up. When to trust this:`)
for (const finding of redfield.validity) console.log(`  ${finding.verdict.padEnd(5)}  ${finding.message}`)
