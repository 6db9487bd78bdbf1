// An absorption refrigerator between three finite baths: heat from the hottest draws heat from the coldest, until the baths are run down.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomMatrixBath } from '@mesobath/baths'
import { catalogue, defaultRates } from '@mesobath/cli'
import { equilibrium, gibbsProbabilities, prepareBaths, windowLattice } from '@mesobath/composition'
import { orThrow } from '@mesobath/contracts'
import { pageFigure } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { readBath } from '@mesobath/results/node'
import { loadScenario } from '@mesobath/scenario'
import { checkProblem, solve } from '@mesobath/solve'
import { carnotCoefficient, effectiveInverseTemperature, machineSeries, thermodynamics } from '@mesobath/thermodynamics'

// Three levels 0, ω_c, ω_h = ω_c + ω_w. The cold bath moves 0 ↔ 1, the work bath 1 ↔ 2, the warm bath h (the room) takes 2 → 0.
const QUANTUM = { c: 1, h: 3, w: 2 }
const BETA = { c: 1, h: 1, w: 0.25 }
const SPINS = { c: 40, h: 120, w: 40 }
const QUANTA = { c: [0, 24], h: [0, 24], w: [0, 34] }
const LABELS = ['c', 'h', 'w']
const RESONANT = QUANTUM.c / QUANTUM.w
const STRENGTH = 7e-4
const WIDTH = 0.05
const RATE = (2 * Math.PI * STRENGTH ** 2) / WIDTH
const END = 250 / RATE

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })
const exchange = {
  c: matrix([[0, 1, 0], [1, 0, 0], [0, 0, 0]]),
  h: matrix([[0, 0, 1], [0, 0, 0], [1, 0, 0]]),
  w: matrix([[0, 0, 0], [0, 0, 1], [0, 1, 0]]),
}
const rates = randomMatrixRates()

// Baths of spins: the window of m excited spins holds C(n, m) levels, each split into 10⁶.
const spins = (label, size) => orThrow(randomMatrixBath({
  windows: { spins: size * SPINS[label], quantum: QUANTUM[label], quanta: QUANTA[label].map((quanta) => Math.ceil(size * quanta)), degeneracy: 1e6 },
  windowWidth: WIDTH, spectrum: 'regular', scaledDeviation: 1, seed: 1,
}))
const energies = Float64Array.of(0, QUANTUM.c, QUANTUM.h)
const weights = energies.map((energy) => Math.exp(-BETA.c * energy))
const thermal = weights.map((weight) => weight / weights.reduce((a, b) => a + b, 0))

/** The machine with baths of `size` times as many spins. */
const machine = (size, times) => ({
  energies,
  baths: LABELS.map((label) => ({ label, bath: spins(label, size), strength: STRENGTH, systemCouplings: [exchange[label]] })),
  initial: {
    kind: 'product', system: matrix([[thermal[0], 0, 0], [0, thermal[1], 0], [0, 0, thermal[2]]]),
    baths: LABELS.map((label) => ({ kind: 'gibbs', inverseTemperature: BETA[label] })),
  },
  times, drive: null,
})

let failures = 0
const claim = (holds, text) => {
  if (!holds) failures += 1
  console.log(`${holds ? 'yes' : 'NO '}  ${text}`)
}

// ---- The run. Cooling is fast at first: outputs crowd there.
const times = Float64Array.from({ length: 61 }, (_, i) => END * (i / 60) ** 2)
const run = orThrow(await solve(machine(1, times), markov({ rates }), { save: 'marginals', observers: { books: thermodynamics() } }))
const { books } = run.observed
const [c, h, w] = books.baths
// Q̇_c/Q̇_w, Q_c/Q_w since the start, and what Carnot would allow at the T* of the moment: (β_h − β_w)/(β_c − β_h), without end at first.
const series = orThrow(machineSeries(books, { hot: 'h', cold: 'c', work: 'w' }))
const { flowCoefficient: flowing, coefficientOfPerformance: cumulative, carnotCoefficient: bounds } = series
const last = times.length - 1

// ---- Where it ends, in closed form, for baths of several sizes (Eqs. 35, 36).
const endOf = (size) => {
  const problem = machine(size, Float64Array.of(0))
  const lattice = windowLattice(problem)
  const start = new Float64Array(3 * lattice.size)
  const [pc, ph, pw] = problem.baths.map(({ bath, label }) => gibbsProbabilities(bath.windows, BETA[label]))
  thermal.forEach((p, level) => pc.forEach((x, i) => ph.forEach((y, j) => pw.forEach((z, k) => {
    start[level * lattice.size + (i * ph.length + j) * pw.length + k] = p * x * y * z
  }))))
  const end = orThrow(equilibrium(lattice, orThrow(prepareBaths(problem, rates)), energies, Float64Array.of(STRENGTH, STRENGTH, STRENGTH), start))
  return problem.baths.map(({ bath }, axis) => {
    const marginal = new Float64Array(lattice.counts[axis])
    end.forEach((p, state) => { marginal[Math.floor((state % lattice.size) / lattice.strides[axis]) % lattice.counts[axis]] += p })
    return effectiveInverseTemperature(bath.windows, marginal)
  })
}
const SIZES = [0.25, 0.5, 1, 2]
const ends = SIZES.map(endOf)
const endBounds = ends.map(([cold, room, driving]) => carnotCoefficient(room, cold, driving))

// ---- What this example claims.
const temperature = (bath, row) => (1 / bath.inverseTemperature[row]).toFixed(3)
console.log(`T*_c ${temperature(c, 0)} → ${temperature(c, last)}, T*_h ${temperature(h, 0)} → ${temperature(h, last)}, T*_w ${temperature(w, 0)} → ${temperature(w, last)}`)
console.log(`heat drawn: ${c.heat[last].toFixed(3)} from c, ${w.heat[last].toFixed(3)} from w, ${(-h.heat[last]).toFixed(3)} given to h`)
for (const row of [6, 12, 24, 36, 48, last]) {
  console.log(`κt = ${(times[row] * RATE).toFixed(1).padStart(5)}: COP ${flowing[row].toFixed(4)} of the flows, ${cumulative[row].toFixed(4)} since the start; bound ${bounds[row].toFixed(4)}`)
}
console.log(`at the end of all flow: bound ${endBounds.map((value) => value.toFixed(4)).join(', ')} for ${SIZES.map((size) => size * SPINS.c).join(', ')} cold spins`)
// The first moments fill the three levels.
const SETTLED = 6
const settled = flowing.slice(SETTLED)
claim(settled.every((value) => Math.abs(value / RESONANT - 1) < 0.02), `the flows keep the ratio of the frequencies: COP ${Math.min(...settled).toFixed(4)} to ${Math.max(...settled).toFixed(4)}, ω_c/ω_w = ${RESONANT}`)
// What misses is what the middle level holds: Q_c/ω_c − Q_w/ω_w = Δp₁, quantum by quantum.
const middle = times.map((_, row) => run.systemStates.re[9 * row + 4])
const held = times.reduce((worst, _, row) => Math.max(worst, Math.abs(c.heat[row] / QUANTUM.c - w.heat[row] / QUANTUM.w - (middle[row] - middle[0]))), 0)
claim(held < 1e-9, `Q_c/ω_c − Q_w/ω_w is what the middle level has gained, to ${held.toExponential(1)}`)
claim(bounds.every((value, row) => row < 2 || value < bounds[row - 1]), 'the bound falls all the way')
claim(settled.every((value, row) => value < bounds[row + SETTLED]), 'the flows never beat the bound')
claim(c.heatFlow[last] < 0.01 * Math.max(...c.heatFlow) && Math.abs(bounds[last] / RESONANT - 1) < 0.05,
  `cooling has all but stopped (${(100 * c.heatFlow[last] / Math.max(...c.heatFlow)).toFixed(1)} % of its best) where the bound, ${bounds[last].toFixed(3)}, meets the COP`)
claim(c.inverseTemperature.every((beta, row) => row === 0 || beta > c.inverseTemperature[row - 1]), 'the cold bath is cooled all the way, although it starts as warm as the room')
claim(Math.abs(bounds[last] / endBounds[SIZES.indexOf(1)] - 1) < 0.02, `the run ends near its closed-form end, where the bound is ${endBounds[SIZES.indexOf(1)].toFixed(4)}`)
const excess = endBounds.map((value, i) => (value - RESONANT) * SIZES[i])
claim(Math.abs(excess.at(-1) / excess.at(-2) - 1) < 0.05, `the bound ends above ω_c/ω_w by a finite-size correction, about ${(excess.at(-1) * SPINS.c).toFixed(2)}/n for n cold spins`)
claim(books.laws.every(({ verdict }) => verdict === 'holds'), `every law holds (${books.laws.length} checked), the Clausius inequality of three baths among them`)
claim(run.validity.every(({ verdict }) => verdict === 'trust'), 'the validity report trusts the run throughout')

// ---- The same run from the scenario file.
const scenario = orThrow(await loadScenario(readFileSync('scenario.yaml', 'utf8'), catalogue, { readBath }, { check: checkProblem, defaultRates }))
const again = orThrow(await solve(scenario.problem, scenario.methods[0].algorithm, { save: 'marginals' }))
const apart = again.marginals.reduce((worst, marginal, axis) => marginal.reduce((most, p, i) => Math.max(most, Math.abs(p - run.marginals[axis][i])), worst), 0)
claim(again.times.length === times.length && apart < 1e-9, `scenario.yaml is the same run (largest difference of a bath's p(E) ${apart.toExponential(1)})`)

// ---- The picture.
const COLOURS = { c: '#0055aa', h: '#ee7733', w: '#cc3311' }
const DASHES = { c: [], h: [8, 4], w: [7, 2.5, 1.5, 2.5] }
const clock = Array.from(times, (t) => t * RATE)
const from = 1
const line = (name, values, colour, dash, width = 2) => ({ name, label: name, times: clock.slice(from), values: Array.from(values).slice(from), style: { colour, dash, width, marker: null } })
const NAMES = { c: 'cold, T*_c', h: 'room, T*_h', w: 'work, T*_w' }
const sizes = SIZES.map((size) => 1 / (size * SPINS.c)).reverse()
const svg = orThrow(await pageFigure({
  title: 'An absorption refrigerator that runs its baths down', columns: 3, ownAxes: true, legend: 'panels', panelWidth: 300, panelHeight: 230,
  panels: [
    {
      title: 'temperatures', xTitle: 'time κt', yTitle: 'effective temperature T*/ω_c', xRange: [0, 250], yRange: [0, 4.2],
      curves: books.baths.map(({ label, inverseTemperature }) => ({ ...line(NAMES[label], inverseTemperature.map((beta) => 1 / beta), COLOURS[label], DASHES[label]) })),
    },
    {
      title: 'the falling bound meets the COP', xTitle: 'time κt', yTitle: 'coefficient of performance', xRange: [0, 250], yRange: [0, 2],
      curves: [
        line('bound at T*(t)', bounds, '#cc3311', [], 2.2), line('COP of the flows', flowing, '#0055aa', [], 2.2),
        line('COP since the start', cumulative, '#009988', [8, 4]), line('ω_c/ω_w', times.map(() => RESONANT), '#333333', [1.8, 2.6]),
      ],
    },
    {
      title: 'where the bound ends', xTitle: '1/n, n cold spins', yTitle: 'bound at the end', xRange: [0, 0.11], yRange: [0.49, 0.55],
      curves: [
        { name: 'closed form', label: 'in closed form', times: sizes, values: [...endBounds].reverse(), style: { colour: '#cc3311', dash: [], width: 1.6, marker: 'circle' } },
        { name: 'resonant', label: 'ω_c/ω_w', times: [0, 0.11], values: [RESONANT, RESONANT], style: { colour: '#333333', dash: [1.8, 2.6], width: 2, marker: null } },
      ],
    },
  ],
}))
mkdirSync('out', { recursive: true })
writeFileSync('out/absorption-refrigerator.svg', svg)
writeFileSync('out/absorption-refrigerator.png', orThrow(rasterise(svg, { width: 1600 })))
console.log('picture: out/absorption-refrigerator.svg, .png')
process.exitCode = failures === 0 ? 0 : 1
