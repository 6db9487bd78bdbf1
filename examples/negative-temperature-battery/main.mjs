// Work from an inverted bath: a battery that one spin empties by being flipped, and an engine whose efficiency is above one.
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
import { canonicalProbabilities, machineBalance, machineCycles, reversibleWork, thermodynamics } from '@mesobath/thermodynamics'

const STRENGTH = 1e-3
const WIDTH = 0.05
const RATE = (2 * Math.PI * STRENGTH ** 2) / WIDTH
// Half a period is three times 1/κ: the spin settles with its bath.
const PERIOD = 6 / RATE

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })
const flip = matrix([[0, 1], [1, 0]])
const bathOf = (windows) => orThrow(randomMatrixBath({
  windows: { ...windows, degeneracy: 1e6 }, windowWidth: WIDTH, spectrum: 'regular', scaledDeviation: 1, seed: 1,
}))
const attached = (label, bath) => ({ label, bath, strength: STRENGTH, systemCouplings: [flip] })
const mixed = (excited) => matrix([[1 - excited, 0], [0, excited]])
const gibbs = (inverseTemperature) => ({ kind: 'gibbs', inverseTemperature })
const canonical = ({ windows }, beta) => {
  const probabilities = new Float64Array(windows.energies.length)
  canonicalProbabilities(windows, beta, probabilities)
  return { ...windows, probabilities }
}

let failures = 0
const claim = (holds, text) => {
  if (!holds) failures += 1
  console.log(`${holds ? 'yes' : 'NO '}  ${text}`)
}
const follow = async (problem) => {
  const run = orThrow(await solve(problem, markov({ rates: randomMatrixRates() }), { save: 'marginals', observers: { books: thermodynamics() } }))
  return { run, books: run.observed.books, rowOf: (time) => run.times.lastIndexOf(time) }
}

// ---- The battery: 60 spins, more of them up than down, so that entropy rises as energy leaves. The working spin stays in contact; its
// upper level is flipped from +ω to −ω and back, through a crossing of its levels. Each time it is filled by the bath and let down.
const CHARGE = -0.5
const FLIPS = 80
const cells = bathOf({ spins: 60, quantum: 1 })
const battery = await follow({
  energies: Float64Array.of(0, 1),
  baths: [attached('battery', cells)],
  initial: { kind: 'product', system: mixed(0.5), baths: [gibbs(CHARGE)] },
  times: Float64Array.of(0, (FLIPS + 0.5) * PERIOD),
  drive: orThrow(driveFromOptions({ level: 1, quenches: { period: PERIOD, values: [1, -1] } }, [0, 1], [STRENGTH])),
})
const discharge = orThrow(machineCycles(battery.books, { hot: 'battery' }, { period: PERIOD }))
const flipRows = discharge.map(({ to }) => battery.rowOf(to))
const whole = orThrow(machineBalance(battery.books, { hot: 'battery' }, { to: discharge.at(-1).to }))
const aboveMiddle = battery.books.baths[0].energy[0] - 30
const mostWork = reversibleWork([canonical(cells, CHARGE), { energies: Float64Array.of(0, 1), probabilities: Float64Array.of(0.5, 0.5) }]).work

// ---- The engine: an inverted bath of spins against warm oscillators. With the warm bath the upper level lies *below* the lower one:
// lifting its population there costs heat of the warm bath, and both baths pay for the work.
const GAP = { inverted: 1, warm: -0.5 }
const BETA = { inverted: -1, warm: 1 }
const OTTO = 1 - GAP.warm / GAP.inverted
const CYCLES = 160
const inverted = bathOf({ spins: 40, quantum: 1 })
const warm = bathOf({ oscillators: 12, quantum: 0.5, quanta: [0, 63] })
const settled = 1 / (1 + Math.exp(BETA.warm * GAP.warm))
const engine = await follow({
  energies: Float64Array.of(0, GAP.warm),
  baths: [attached('inverted', inverted), attached('warm', warm)],
  initial: { kind: 'product', system: mixed(settled), baths: [gibbs(BETA.inverted), gibbs(BETA.warm)] },
  times: Float64Array.of(0, (CYCLES + 0.5) * PERIOD),
  drive: orThrow(driveFromOptions([
    { level: 1, quenches: { period: PERIOD, values: [GAP.warm, GAP.inverted] } },
    { bath: 0, quenches: { period: PERIOD, values: [0, STRENGTH] } },
    { bath: 1, quenches: { period: PERIOD, values: [STRENGTH, 0] } },
  ], [0, GAP.warm], [STRENGTH, STRENGTH])),
})
const cycles = orThrow(machineCycles(engine.books, { hot: 'inverted', cold: 'warm' }, { period: PERIOD }))
const carnot = cycles.map(({ carnotEfficiency }) => carnotEfficiency.after)
const engineMost = reversibleWork([
  canonical(inverted, BETA.inverted), canonical(warm, BETA.warm), { energies: Float64Array.of(0, GAP.warm), probabilities: Float64Array.of(1 - settled, settled) },
]).work

// ---- What this example claims.
console.log('battery: 60 spins at 1/T = −0.5')
for (const number of [1, 10, 40, FLIPS]) {
  const { work, hotHeat } = discharge[number - 1]
  const row = flipRows[number - 1]
  console.log(`  cycle ${String(number).padStart(3)}: work ${(-work).toFixed(4)} of heat ${hotHeat.toFixed(4)}; 1/T* = ${battery.books.baths[0].inverseTemperature[row].toFixed(4)}; in all ${(-battery.books.work[row]).toFixed(3)}`)
}
const left = battery.books.baths[0].inverseTemperature[flipRows.at(-1)]
claim(discharge.every(({ mode }) => mode === 'engine'), 'one bath alone gives work in every cycle')
claim(Math.abs(-whole.work - whole.hotHeat + whole.storedEnergy) < 1e-9 && Math.abs(whole.storedEnergy) < 0.01, `all its heat becomes work: ${(-whole.work).toFixed(4)} of ${whole.hotHeat.toFixed(4)}, ${whole.storedEnergy.toFixed(4)} left in the spin`)
claim(left < 0 && left > -0.01 && Math.abs(-whole.work / aboveMiddle - 1) < 0.02, `it is empty at infinite temperature (1/T* = ${left.toFixed(4)}): ${(-whole.work).toFixed(3)} of the ${aboveMiddle.toFixed(3)} that it held above the middle of its spectrum`)
claim(-whole.work < mostWork && Math.abs(mostWork / (2 * aboveMiddle) - 1) < 0.02, `half of the ${mostWork.toFixed(3)} that its entropy would allow: a reversible machine would leave it at 1/T = +0.5`)
claim(battery.books.baths[0].canonicalEntropy.at(-1) > battery.books.baths[0].canonicalEntropy[0], `its entropy rises by ${(battery.books.baths[0].canonicalEntropy.at(-1) - battery.books.baths[0].canonicalEntropy[0]).toFixed(3)} nat while it gives up heat`)

console.log('engine: 40 spins at 1/T = −1 against 12 oscillators at 1/T = 1')
for (const number of [1, 2, 10, 40, CYCLES]) {
  const { work, hotHeat, coldHeat, efficiency } = cycles[number - 1]
  console.log(`  cycle ${String(number).padStart(3)}: work ${(-work).toFixed(4)} of heat ${hotHeat.toFixed(4)} and ${coldHeat.toFixed(4)}; η = ${efficiency.toFixed(6)}; 1 − T*_c/T*_h = ${carnot[number - 1].toFixed(4)}`)
}
claim(cycles.every(({ efficiency }) => Math.abs(efficiency - OTTO) < 1e-6), `η = −W/Q_h = 1 + |ω_c|/ω_h = ${OTTO} in every cycle: above one`)
claim(cycles.every(({ coldHeat }, i) => i === 0 || coldHeat > 0), 'because the warm bath gives heat too, from the second cycle on (in the first the spin is settled with it)')
claim(cycles.every(({ work, hotHeat, coldHeat, storedEnergy }) => Math.abs(work + hotHeat + coldHeat - storedEnergy) < 1e-9), 'of all heat taken in no more than all becomes work: the first law closes in every cycle')
claim(carnot.every((value, i) => value > OTTO && (i === 0 || value < carnot[i - 1])), `1 − T*_c/T*_h falls from ${carnot[0].toFixed(3)} to ${carnot.at(-1).toFixed(3)} and stays above η`)
claim(-cycles.at(-1).work < 0.05 * -cycles[0].work, `work per cycle falls from ${(-cycles[0].work).toFixed(4)} to ${(-cycles.at(-1).work).toFixed(4)} as the two meet`)
claim(-engine.books.work.at(-1) < engineMost, `total work ${(-engine.books.work.at(-1)).toFixed(3)} stays below the ${engineMost.toFixed(3)} that the entropies allow`)

for (const [name, { books, run }] of Object.entries({ battery, engine })) {
  claim(books.laws.every(({ verdict }) => verdict === 'holds'), `${name}: every law holds (${books.laws.length} checked), none is violated`)
  claim(run.validity.every(({ verdict }) => verdict === 'trust'), `${name}: the validity report trusts the run throughout`)
}

// ---- The same runs from the scenario files.
for (const [file, { run }] of Object.entries({ 'scenario.yaml': battery, 'above-one.yaml': engine })) {
  const scenario = orThrow(await loadScenario(readFileSync(file, 'utf8'), catalogue, { readBath }, { check: checkProblem, defaultRates }))
  const again = orThrow(await solve(scenario.problem, scenario.methods[0].algorithm, { save: 'marginals' }))
  const apart = again.marginals.reduce((worst, marginal, axis) => marginal.reduce((most, p, i) => Math.max(most, Math.abs(p - run.marginals[axis][i])), worst), 0)
  claim(again.times.length === run.times.length && apart < 1e-8, `${file} is the same run (largest difference of a bath's p(E) ${apart.toExponential(1)})`)
}

// ---- The picture.
const GREY = '#333333'
const BLUE = '#0055aa'
const RED = '#cc3311'
const GREEN = '#009988'
const DOTTED = [1.8, 2.6]
const DASHED = [8, 4]
const line = (name, values, colour, dash, width = 2) =>
  ({ name, label: name, times: Array.from(values, (_, i) => i + 1), values: Array.from(values), style: { colour, dash, width, marker: null } })
const flat = (name, count, value) => line(name, Array.from({ length: count }, () => value), GREY, DOTTED)
const at = (values, rows) => rows.map((row) => values[row])
const cycleRows = cycles.map(({ to }) => engine.rowOf(to))
const svg = orThrow(await pageFigure({
  title: 'Work from inverted baths', columns: 2, ownAxes: true, legend: 'panels', panelWidth: 320, panelHeight: 210,
  panels: [
    {
      title: 'the battery discharges', xTitle: 'cycle', yTitle: 'inverse temperature ω/T*', xRange: [0, FLIPS], yRange: [-0.6, 0.2],
      curves: [line('1/T* of the battery', at(battery.books.baths[0].inverseTemperature, flipRows), BLUE, [], 2.2), flat('infinite temperature', FLIPS, 0)],
    },
    {
      title: 'its heat becomes work', xTitle: 'cycle', yTitle: 'energy (units of ω)', xRange: [0, FLIPS], yRange: [0, 18],
      curves: [
        line('work done', at(battery.books.work, flipRows).map((work) => -work), BLUE, [], 2.6), line('heat of the battery', at(battery.books.baths[0].heat, flipRows), '#ee7733', DASHED),
        flat('most its entropy allows', FLIPS, mostWork),
      ],
    },
    {
      title: 'inverted against warm: efficiency above one', xTitle: 'cycle', yTitle: 'efficiency', xRange: [0, CYCLES], yRange: [0.8, 2.4],
      curves: [line('1 − T*_c/T*_h', carnot, RED, DASHED), line('η of the cycle', cycles.map(({ efficiency }) => efficiency), BLUE, [], 2.2), flat('one', CYCLES, 1)],
    },
    {
      title: 'no law is broken', xTitle: 'cycle', yTitle: 'energy (units of ω), entropy (nat)', xRange: [0, CYCLES], yRange: [0, 8],
      curves: [
        line('work done', at(engine.books.work, cycleRows).map((work) => -work), BLUE, [], 2.2), line('heat, inverted bath', at(engine.books.baths[0].heat, cycleRows), RED, DASHED),
        line('heat, warm bath', at(engine.books.baths[1].heat, cycleRows), '#ee7733', [7, 2.5, 1.5, 2.5]), line('Clausius sum (nat)', at(engine.books.clausius, cycleRows), GREEN, [12, 3]),
      ],
    },
  ],
}))
mkdirSync('out', { recursive: true })
writeFileSync('out/negative-temperature-battery.svg', svg)
writeFileSync('out/negative-temperature-battery.png', orThrow(rasterise(svg, { width: 1300 })))
console.log('picture: out/negative-temperature-battery.svg, .png')
process.exitCode = failures === 0 ? 0 : 1
