// A spin in two windows, from installed packages: the Markov master equation against the closed form of its rate equation.
import { complexMatrix } from '@mesobath/kernels'
import { orThrow } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { markov } from '@mesobath/integrator-markov'
import { solve } from '@mesobath/solve'

const [lower, upper, width, strength] = [400, 600, 0.5, 3e-3]
/** Ten times the error bound that solve promises for each probability. */
const TOLERANCE = 1e-9

const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: lower }, { energy: 1, volume: upper }], windowWidth: width, spectrum: 'regular', deviation: 1, seed: 7,
}))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.of(0, 5, 20, 60),
  drive: null,
}, markov({ rates: randomMatrixRates() })))

// Golden rule: 2πλ²a²/δ times the number of levels to go to, forth and back.
const perLevel = 2 * Math.PI * strength ** 2 / width
const [down, up] = [perLevel * upper, perLevel * lower]
let worst = 0
for (const [index, time] of run.times.entries()) {
  const expected = up / (up + down) + down / (up + down) * Math.exp(-(up + down) * time)
  // populations [time, level, window]: the excited level with the bath in its lower window.
  worst = Math.max(worst, Math.abs(run.populations[4 * index + 2] - expected))
}
console.log(`largest deviation from the closed form: ${worst.toExponential(1)}`)
if (!(worst < TOLERANCE)) process.exitCode = 1
