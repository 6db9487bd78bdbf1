// Quantities of your own: named observables, and an observer that folds a run while it goes.
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { fold, solve } from '@mesobath/solve'

const matrix = (re, im = null) =>
  ({ rows: re.length, columns: re.length, re: Float64Array.from(re.flat()), im: im === null ? null : Float64Array.from(im.flat()) })

const bath = orThrow(randomMatrixBath({
  windows: [{ energy: -1, volume: 300 }, { energy: 0, volume: 600 }, { energy: 1, volume: 900 }],
  windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 3,
}))
const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 2e-3, systemCouplings: [matrix([[0, 1], [1, 0]])] }],
  initial: { kind: 'product', system: matrix([[0.2, 0.4], [0.4, 0.8]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 1, 0) }] },
  times: Float64Array.from({ length: 81 }, (_, i) => i),
  drive: null,
}
const centres = bath.windows.energies

// An operator A gives tr(A ρ_S); a function of the sample gives its value. Samples carry p(ε_k, E) as [level, window] and its
// derivative, so that a flow needs no differences of outputs.
const observables = {
  'sigma x': matrix([[0, 1], [1, 0]]),
  'sigma y': matrix([[0, 0], [0, 0]], [[0, -1], [1, 0]]),
  'heat flow': ({ populationRates }) => -populationRates.reduce((sum, rate, joint) => sum + centres[joint % centres.length] * rate, 0),
}

// An observer sees every sample once and keeps what it wants: here the observational entropy Σ p(−ln p + ln V_E) and its largest
// fall from one sample to the next. Arrays of a sample are lent: what is kept of them must be copied.
const entropies = () => {
  let logVolumes
  const values = []
  return {
    begin: (frame) => { logVolumes = frame.baths[0].windows.logVolumes },
    sample: ({ populations }) => {
      values.push(populations.reduce((sum, p, joint) => sum + (p > 0 ? p * (logVolumes[joint % logVolumes.length] - Math.log(p)) : 0), 0))
    },
    end: () => ({ values, largestFall: values.reduce((worst, value, row) => (row === 0 ? 0 : Math.max(worst, values[row - 1] - value)), 0) }),
  }
}

const run = orThrow(await solve(problem, finiteTimeRedfield({ rates: randomMatrixRates() }), { observables, observers: { entropies: entropies() } }))
const { values, largestFall } = run.observed.entropies

console.log('   t    ⟨σx⟩      ⟨σy⟩    heat flow      entropy')
for (let row = 0; row < run.times.length; row += 10) {
  const [x, y, flow] = Object.keys(observables).map((name) => run.observables[name][row])
  console.log(`${String(run.times[row]).padStart(4)}  ${x.toFixed(4).padStart(7)}   ${y.toFixed(4).padStart(7)}   ${flow.toFixed(5).padStart(8)}   ${values[row].toFixed(6).padStart(11)}`)
}
const heat = run.observables['heat flow'].reduce((sum, flow, row, all) => sum + (row === 0 ? 0 : 0.5 * (flow + all[row - 1])), 0)
const energyOf = (row) => [0, 1].reduce((sum, level) => sum + level * run.systemStates.re[4 * row + 3 * level], 0)
console.log(`\nThe spin gained ${(energyOf(80) - energyOf(0)).toFixed(5)}; heat that flowed in, by the trapezoidal rule over the outputs: ${heat.toFixed(5)}.`)
console.log(`The entropy rose by ${(values.at(-1) - values[0]).toFixed(4)}; its largest fall between two outputs was ${largestFall.toExponential(1)}.`)

// The same observer reads a finished run.
const again = fold(run, entropies())
console.log(`Folded afterwards it says the same: ${again.values.every((value, row) => value === values[row])}.`)
