// Whatever state the spin starts in, coherent ones included, it ends in the same inverted state: the bath's temperature is negative.
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomMatrixBath } from '@mesobath/baths'
import { equilibrium, microcanonicalTemperatures, prepareBaths, windowLattice } from '@mesobath/composition'
import { orThrow } from '@mesobath/contracts'
import { populationsFigure } from '@mesobath/figures'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'

const matrix = (re, im = null) =>
  ({ rows: re.length, columns: re.length, re: Float64Array.from(re.flat()), im: im === null ? null : Float64Array.from(im.flat()) })

// Fewer levels the higher the energy: each window holds two thirds of the one below.
const bath = orThrow(randomMatrixBath({
  windows: [{ energy: -1, volume: 900 }, { energy: 0, volume: 600 }, { energy: 1, volume: 400 }],
  windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 7,
}))

const starts = {
  up: matrix([[0, 0], [0, 1]]),
  down: matrix([[1, 0], [0, 0]]),
  'mixed, 3:1': matrix([[0.75, 0], [0, 0.25]]),
  'coherent, |0⟩ + |1⟩': matrix([[0.5, 0.5], [0.5, 0.5]]),
  'coherent, 3|0⟩ + 4i|1⟩': matrix([[0.36, 0], [0, 0.64]], [[0, -0.48], [0.48, 0]]),
}
const rates = randomMatrixRates()
const problemFrom = (system) => ({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [matrix([[0, 1], [1, 0]])] }],
  initial: { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i),
  drive: null,
})

const curves = []
console.log('start                       p(up)    |coherence|   1/T of the spin   p(up) in closed form (Eqs. 35, 36)')
for (const [name, system] of Object.entries(starts)) {
  const problem = problemFrom(system)
  const run = orThrow(await solve(problem, markov({ rates })))
  // ρ_S(t) is laid out [time, k, q].
  const { re, im } = run.systemStates
  const up = Float64Array.from(run.times, (_, row) => re[4 * row + 3])
  const coherence = Math.hypot(re.at(-3), im?.at(-3) ?? 0)

  const size = run.populations.length / run.times.length
  const closed = orThrow(equilibrium(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(3e-3),
    run.populations.slice(0, size)))
  const limit = closed.slice(size / 2).reduce((a, b) => a + b, 0)
  console.log(`${name.padEnd(26)}  ${up.at(-1).toFixed(4)}   ${coherence.toExponential(1).padStart(11)}   ${
    Math.log((1 - up.at(-1)) / up.at(-1)).toFixed(4).padStart(15)}   ${limit.toFixed(4)}`)
  curves.push({ name, times: run.times, values: up })
}

const inverse = microcanonicalTemperatures(bath.windows)
console.log(`\nThe bath's own 1/T = dS/dE in its middle window, with S = ln V (Eq. 37): ${inverse[1].toFixed(4)}, a negative temperature.`)

mkdirSync('out', { recursive: true })
const notes = ['bath: 900, 600, 400 levels', 'started in the middle window']
const svg = orThrow(await populationsFigure({
  title: 'One steady state, inverted', yTitle: 'probability p(ε₁) of the upper level', curves, notes, xRange: [0, 60], yRange: [0, 1],
}))
writeFileSync('out/inverted-steady-state.svg', svg)
console.log('The way there: out/inverted-steady-state.svg')
