// A quench engine between two finite baths, which runs them down until its efficiency is the best there is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomMatrixBath } from '@mesobath/baths'
import { catalogue, defaultRates } from '@mesobath/cli'
import { orThrow } from '@mesobath/contracts'
import { driveFromOptions } from '@mesobath/drives'
import { pageFigure } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { readBath } from '@mesobath/results/node'
import { loadScenario } from '@mesobath/scenario'
import { checkProblem, solve } from '@mesobath/solve'
import { canonicalEntropy, canonicalProbabilities, machineCycles, reversibleWork, thermodynamics } from '@mesobath/thermodynamics'

const GAP = { hot: 2, cold: 1 }
const BETA = { hot: 0.25, cold: 1 }
const OTTO = 1 - GAP.cold / GAP.hot
const CYCLES = 240
const STRENGTH = 1e-3
const WIDTH = 0.05
const RATE = (2 * Math.PI * STRENGTH ** 2) / WIDTH
// Half a period is three times 1/κ: the spin settles with its bath to a few parts in a thousand.
const PERIOD = 6 / RATE

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })
const flip = matrix([[0, 1], [1, 0]])

// Ten oscillators each: the window of m quanta holds C(m + 9, m) levels, each split into 10⁶.
const oscillators = (quantum) => orThrow(randomMatrixBath({
  windows: { oscillators: 10, quantum, quanta: [0, 63], degeneracy: 1e6 }, windowWidth: WIDTH, spectrum: 'regular', scaledDeviation: 1, seed: 1,
}))
const excited = 1 / (1 + Math.exp(BETA.cold * GAP.cold))
const problem = {
  energies: Float64Array.of(0, GAP.cold),
  baths: ['hot', 'cold'].map((label) => ({ label, bath: oscillators(GAP[label]), strength: STRENGTH, systemCouplings: [flip] })),
  initial: {
    kind: 'product', system: matrix([[1 - excited, 0], [0, excited]]),
    baths: ['hot', 'cold'].map((label) => ({ kind: 'gibbs', inverseTemperature: BETA[label] })),
  },
  // Every quench is a sample before and a sample after; no more is needed.
  times: Float64Array.of(0, (CYCLES + 0.5) * PERIOD),
  // First half of a period: narrow gap, cold bath; second half: wide gap, hot bath. The other bath's contact is off, λ_ν = 0.
  drive: orThrow(driveFromOptions([
    { level: 1, quenches: { period: PERIOD, values: [GAP.cold, GAP.hot] } },
    { bath: 0, quenches: { period: PERIOD, values: [0, STRENGTH] } },
    { bath: 1, quenches: { period: PERIOD, values: [STRENGTH, 0] } },
  ], [0, GAP.cold], [STRENGTH, STRENGTH])),
}
const run = orThrow(await solve(problem, markov({ rates: randomMatrixRates() }), { save: 'marginals', observers: { books: thermodynamics() } }))
const { books } = run.observed
const [hot, cold] = books.baths

let failures = 0
const claim = (holds, text) => {
  if (!holds) failures += 1
  console.log(`${holds ? 'yes' : 'NO '}  ${text}`)
}

// ---- Cycles: cold stroke, gap widened, hot stroke, gap narrowed. The two quenches of a cycle see the very populations between which
// the hot bath moves the spin, so that η = 1 − ω_c/ω_h exactly, also while everything drifts.
const cycles = orThrow(machineCycles(books, { hot: 'hot', cold: 'cold' }, { period: PERIOD }))
const rows = cycles.map(({ to }) => run.times.lastIndexOf(to))
const total = rows.map((row) => -books.work[row])
const carnot = cycles.map(({ carnotEfficiency }) => carnotEfficiency.after)

// ---- Bounds from the entropies: what no engine that obeys the second law can exceed (Eqs. 66, 74).
const [hotBath, coldBath] = problem.baths.map(({ bath }) => bath.windows)
const canonical = (windows, beta) => {
  const probabilities = new Float64Array(windows.energies.length)
  canonicalProbabilities(windows, beta, probabilities)
  return probabilities
}
const mostWork = reversibleWork([
  { ...hotBath, probabilities: canonical(hotBath, BETA.hot) }, { ...coldBath, probabilities: canonical(coldBath, BETA.cold) },
  { energies: problem.energies, probabilities: Float64Array.of(1 - excited, excited) },
]).work
/** What a reversible engine would have made of as much heat from the hot bath: the cold one takes up just the entropy given off. */
const reversible = (row) => {
  const given = hot.canonicalEntropy[0] - hot.canonicalEntropy[row] - (books.systemEntropy[row] - books.systemEntropy[0])
  let [hotter, colder] = [0, 10]
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = 0.5 * (hotter + colder)
    if (canonicalEntropy(coldBath, middle) > cold.canonicalEntropy[0] + given) hotter = middle
    else colder = middle
  }
  const energy = canonical(coldBath, colder).reduce((sum, p, i) => sum + p * coldBath.energies[i], 0)
  return hot.heat[row] - (energy - cold.energy[0]) - (books.systemEnergy[row] - books.systemEnergy[0])
}
const bounds = rows.map(reversible)

// ---- The first cycle in closed form. A settled spin and a canonical bath stand still in the cold stroke; in the hot one every shell of M
// quanta is a pair of states, spin down with M in the bath or up with M − 1, that relaxes at the sum of its two rates (Appendix E).
const { logVolumes } = hotBath
const hotStart = canonical(hotBath, BETA.hot)
const raised = hotStart.reduce((sum, p, quanta) => {
  const down = (1 - excited) * p
  if (quanta === 0) return sum
  const up = excited * hotStart[quanta - 1]
  const half = (logVolumes[quanta] - logVolumes[quanta - 1]) / 2
  const settledShare = 1 / (1 + Math.exp(2 * half))
  const left = Math.exp(-RATE * (Math.exp(half) + Math.exp(-half)) * (PERIOD / 2))
  return sum + (down + up) * settledShare + (up - (down + up) * settledShare) * left - up
}, 0)
const firstWork = (GAP.hot - GAP.cold) * raised

// ---- What this example claims.
const done = cycles.map(({ work }) => -work)
const last = CYCLES - 1
for (const number of [1, 10, 40, 100, CYCLES]) {
  const at = number - 1
  console.log(`cycle ${String(number).padStart(3)}: work ${done[at].toFixed(5)}, η = ${cycles[at].efficiency.toFixed(6)}, 1 − T*_c/T*_h = ${carnot[at].toFixed(4)}; in all ${total[at].toFixed(3)} of ${bounds[at].toFixed(3)}`)
}
console.log(`the baths could give ${mostWork.toFixed(3)} at most`)
claim(cycles.length === CYCLES && cycles.every(({ mode }) => mode === 'engine'), `${CYCLES} cycles, an engine in each`)
claim(cycles.every(({ efficiency }) => Math.abs(efficiency - OTTO) < 1e-6), `η = 1 − ω_c/ω_h = ${OTTO} in every cycle`)
claim(Math.abs(done[0] - firstWork) < 1e-8, `the work of the first cycle is that of its closed form, ${firstWork.toFixed(8)}, to ${Math.abs(done[0] - firstWork).toExponential(1)}`)
claim(carnot.every((value, i) => value > OTTO && (i === 0 || value < carnot[i - 1])), `1 − T*_c/T*_h falls from ${carnot[0].toFixed(3)} to ${carnot[last].toFixed(3)}, and stays above η`)
claim(done.every((work, i) => work > 0 && (i === 0 || work < done[i - 1])) && done[last] < 0.05 * done[0], `the work of a cycle falls all the way, from ${done[0].toFixed(4)} to ${done[last].toFixed(4)}`)
const slope = (done[last - 40] - done[last]) / (carnot[last - 40] - carnot[last])
const vanishes = carnot[last] - done[last] / slope
claim(Math.abs(vanishes - OTTO) < 2e-3, `drawn on, the work vanishes at 1 − T*_c/T*_h = ${vanishes.toFixed(4)}: where the bound has come down to η`)
claim(total.every((work, i) => work < bounds[i]) && bounds.every((work) => work < mostWork), `total work stays below the bound of the entropies: ${total.at(-1).toFixed(3)} < ${bounds.at(-1).toFixed(3)} < ${mostWork.toFixed(3)}`)
claim(books.laws.every(({ verdict }) => verdict === 'holds'), `every law holds (${books.laws.length} checked)`)
claim(run.validity.every(({ verdict }) => verdict === 'trust'), 'the validity report trusts the run throughout')

// ---- The same run from the scenario file.
const scenario = orThrow(await loadScenario(readFileSync('scenario.yaml', 'utf8'), catalogue, { readBath }, { check: checkProblem, defaultRates }))
const again = orThrow(await solve(scenario.problem, scenario.methods[0].algorithm, { save: 'marginals' }))
const apart = again.marginals.reduce((worst, marginal, axis) => marginal.reduce((most, p, i) => Math.max(most, Math.abs(p - run.marginals[axis][i])), worst), 0)
claim(again.times.length === run.times.length && apart < 1e-8, `scenario.yaml is the same run (largest difference of a bath's p(E) ${apart.toExponential(1)})`)

// ---- The picture.
const numbers = cycles.map((_, i) => i + 1)
const line = (name, values, colour, dash, width = 2) => ({ name, label: name, times: numbers, values, style: { colour, dash, width, marker: null } })
const GREY = '#333333'
const DOTTED = [1.8, 2.6]
const svg = orThrow(await pageFigure({
  title: 'A quench engine that runs its two baths down', columns: 3, ownAxes: true, legend: 'panels', panelWidth: 300, panelHeight: 230,
  panels: [
    {
      title: 'efficiency', xTitle: 'cycle', yTitle: 'efficiency', xRange: [0, CYCLES], yRange: [0.4, 0.9],
      curves: [
        line('1 − T*_c/T*_h', carnot, '#cc3311', [8, 4]), line('η of the cycle', cycles.map(({ efficiency }) => efficiency), '#0055aa', [], 2.2),
        line('1 − T_c(0)/T_h(0)', numbers.map(() => 1 - BETA.hot / BETA.cold), GREY, DOTTED),
      ],
    },
    {
      title: 'work of a cycle', xTitle: '1 − T*_c/T*_h', yTitle: 'work of the cycle (units of ω_c)', xRange: [0.48, 0.76], yRange: [0, 0.14],
      curves: [
        { name: 'work', label: 'work, from cycle 1 (right) on', times: [...carnot].reverse(), values: [...done].reverse(), style: { colour: '#0055aa', dash: [], width: 2.2, marker: null } },
        { name: 'Otto', label: 'η', times: [OTTO, OTTO], values: [0, 0.14], style: { colour: GREY, dash: DOTTED, width: 2, marker: null } },
      ],
    },
    {
      title: 'total work', xTitle: 'cycle', yTitle: 'work (units of ω_c)', xRange: [0, CYCLES], yRange: [0, 10],
      curves: [
        line('engine', total, '#0055aa', [], 2.2), line('reversible, same hot bath', bounds, '#cc3311', [8, 4]),
        line('most the baths can give', numbers.map(() => mostWork), GREY, DOTTED),
      ],
    },
  ],
}))
mkdirSync('out', { recursive: true })
writeFileSync('out/finite-otto-engine.svg', svg)
writeFileSync('out/finite-otto-engine.png', orThrow(rasterise(svg, { width: 1600 })))
console.log('picture: out/finite-otto-engine.svg, .png')
process.exitCode = failures === 0 ? 0 : 1
