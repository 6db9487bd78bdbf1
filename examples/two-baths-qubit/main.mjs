// Heat flows from a hot to a cold finite bath through a spin, until the temperatures meet.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomMatrixBath } from '@mesobath/baths'
import { catalogue, defaultRates } from '@mesobath/cli'
import { equilibrium, gibbsProbabilities, prepareBaths, windowLattice } from '@mesobath/composition'
import { orThrow } from '@mesobath/contracts'
import { pageFigure } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { markov } from '@mesobath/integrator-markov'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { readBath } from '@mesobath/results/node'
import { loadScenario } from '@mesobath/scenario'
import { checkProblem, solve } from '@mesobath/solve'
import { effectiveInverseTemperature, thermodynamics } from '@mesobath/thermodynamics'

const GAP = 1
const HOT = 0.5
const COLD = 1
const STRENGTH = 8e-4
const WIDTH = 0.05
// The rate of a jump between windows of equal volume, 2πλ²ã²/δ with ã = 1: the clock of everything here.
const RATE = (2 * Math.PI * STRENGTH ** 2) / WIDTH

const matrix = (rows) => ({ rows: rows.length, columns: rows.length, re: Float64Array.from(rows.flat()), im: null })
const flip = matrix([[0, 1], [1, 0]])
const rates = randomMatrixRates()

// Oscillators or spins that hold m quanta of the spin's gap: the window at m holds C(m + n − 1, m) or C(n, m) levels, each split into
// 10⁶ by what exchanges no quanta, so that a window is a continuum.
const bathOf = (windows) => orThrow(randomMatrixBath({
  windows: { ...windows, quantum: GAP, degeneracy: 1e6 }, windowWidth: WIDTH, spectrum: 'regular', scaledDeviation: 1, seed: 1,
}))
const oscillators = (n, most) => bathOf({ oscillators: n, quanta: [0, most] })
const spins = (n) => bathOf({ spins: n })

const machine = (hot, cold, times) => ({
  energies: Float64Array.of(0, GAP),
  baths: [['hot', hot], ['cold', cold]].map(([label, bath]) => ({ label, bath, strength: STRENGTH, systemCouplings: [flip] })),
  initial: {
    kind: 'product', system: matrix([[1, 0], [0, 0]]),
    baths: [{ kind: 'gibbs', inverseTemperature: HOT }, { kind: 'gibbs', inverseTemperature: COLD }],
  },
  times, drive: null,
})

let failures = 0
const claim = (holds, text) => {
  if (!holds) failures += 1
  console.log(`${holds ? 'yes' : 'NO '}  ${text}`)
}

// ---- The run: twelve oscillators against twelve, and 48 against 48.
const END = 400 / RATE
const shown = Float64Array.from({ length: 101 }, (_, i) => (END * i) / 100)
const follow = async (bath, times) => {
  const run = orThrow(await solve(machine(bath, bath, times), markov({ rates }), { save: 'populations', observers: { books: thermodynamics() } }))
  const { books } = run.observed
  const [hot, cold] = books.baths
  return { run, books, hot, cold, temperature: (bathBook) => bathBook.inverseTemperature.map((beta) => 1 / beta) }
}
const long = Float64Array.of(...shown, 3 * END)
const small = await follow(oscillators(12, 71), long)
const large = await follow(oscillators(48, 150), shown)

// ---- Infinite baths: the Born–Markov–secular equation holds both in their first state, so the current through the spin never ends.
// In closed form, since it says of the heat only what the spin takes in all.
const fixed = (bath, beta) => {
  const { logVolumes } = bath.windows
  const weights = gibbsProbabilities(bath.windows, beta)
  const mean = (step) => weights.reduce((sum, p, m) => (logVolumes[m + step] === undefined ? sum : sum + p * RATE * Math.exp((logVolumes[m + step] - logVolumes[m]) / 2)), 0)
  return { given: mean(1), taken: mean(-1) }
}
const [h, c] = [fixed(small.run.problem.baths[0].bath, HOT), fixed(small.run.problem.baths[1].bath, COLD)]
const total = h.given + h.taken + c.given + c.taken
const settled = (h.taken + c.taken) / total
const current = GAP * (h.taken - (h.taken + h.given) * settled)
const excitedThen = (t) => settled * (1 - Math.exp(-total * t))
const heatThen = (t) => current * t + GAP * (h.taken + h.given) * settled * (1 - Math.exp(-total * t)) / total

const held = orThrow(await solve(machine(small.run.problem.baths[0].bath, small.run.problem.baths[1].bath, shown), bornMarkovSecular({ rates })))
// The spin settles within a few 1/κ, before the baths have moved.
const early = (await follow(oscillators(12, 71), Float64Array.of(0, 1.5 / RATE))).hot.heatFlow[1] / current
const offBy = shown.reduce((worst, t, row) => Math.max(worst, Math.abs(held.systemStates.re[4 * row + 3] - excitedThen(t))), 0)

// ---- Where it ends, in closed form: within every energy shell all joint levels are equally likely (Eqs. 35, 36).
const endOf = (hot, cold) => {
  const problem = machine(hot, cold, Float64Array.of(0))
  const lattice = windowLattice(problem)
  const [ph, pc] = [gibbsProbabilities(hot.windows, HOT), gibbsProbabilities(cold.windows, COLD)]
  const start = new Float64Array(2 * lattice.size)
  ph.forEach((p, i) => pc.forEach((q, j) => { start[i * pc.length + j] = p * q }))
  const end = orThrow(equilibrium(lattice, orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(STRENGTH, STRENGTH), start))
  const marginals = [new Float64Array(ph.length), new Float64Array(pc.length)]
  end.forEach((p, state) => {
    const joint = state % lattice.size
    marginals[0][Math.floor(joint / pc.length)] += p
    marginals[1][joint % pc.length] += p
  })
  return [hot, cold].map((bath, axis) => 1 / effectiveInverseTemperature(bath.windows, marginals[axis]))
}
const closed = endOf(small.run.problem.baths[0].bath, small.run.problem.baths[1].bath)
const SIZES = [4, 6, 8, 12, 16, 24]
const gap = ([hotter, colder]) => hotter - colder
const kinds = {
  'oscillators, n and n': SIZES.map((n) => gap(endOf(oscillators(n, 10 * n + 30), oscillators(n, 10 * n + 30)))),
  'oscillators, n and 2n': SIZES.map((n) => gap(endOf(oscillators(n, 8 * n + 40), oscillators(2 * n, 8 * n + 40)))),
  'n oscillators, 2n spins': SIZES.map((n) => gap(endOf(oscillators(n, 8 * n + 40), spins(2 * n)))),
}

// ---- What this example claims.
const last = small.books.times.length - 1
const [endHot, endCold] = [small.temperature(small.hot)[last], small.temperature(small.cold)[last]]
console.log(`start: T*_h = ${(1 / HOT).toFixed(4)}, T*_c = ${(1 / COLD).toFixed(4)}`)
console.log(`end of the run (twelve and twelve oscillators): T*_h = ${endHot.toFixed(6)}, T*_c = ${endCold.toFixed(6)}; in closed form ${closed.map((t) => t.toFixed(6)).join(' and ')}`)
claim(Math.abs(endHot - endCold) < 1e-4, `identical baths meet: T*_h − T*_c = ${(endHot - endCold).toExponential(1)} at the end of the run`)
claim(Math.abs(endHot - closed[0]) < 1e-5 && Math.abs(endCold - closed[1]) < 1e-5, 'they meet where microcanonical equilibrium says (Eqs. 35, 36)')
claim(kinds['oscillators, n and n'].every((difference) => Math.abs(difference) < 1e-12), 'in closed form identical baths meet to rounding')
claim(kinds['oscillators, n and 2n'].every((difference) => Math.abs(difference) < 1e-9), 'so do baths of one kind and different sizes')
const products = kinds['n oscillators, 2n spins'].map((difference, i) => difference * SIZES[i])
console.log(`     n oscillators and 2n spins end apart by ${kinds['n oscillators, 2n spins'].map((difference) => difference.toFixed(4)).join(', ')} for n = ${SIZES.join(', ')}`)
claim(products.at(-1) > 0.2 && Math.abs(products.at(-1) / products.at(-2) - 1) < 0.03, `baths of different kinds end apart by about ${products.at(-1).toFixed(2)}/n: a finite-size correction`)
claim(Math.abs(early - 1) < 0.03, `once the spin has settled the finite baths feed ${early.toFixed(3)} of the current of baths held fixed`)
claim(Math.abs(small.hot.heat[100] - small.hot.heat[last]) < 0.05 * small.hot.heat[last] && heatThen(END) > 4 * small.hot.heat[last],
  `it ends: ${small.hot.heat[last].toFixed(3)} in all, where infinite baths have passed on ${heatThen(END).toFixed(1)}`)
claim(offBy < 1e-8, `the closed form of the infinite baths is the Born–Markov–secular run (${offBy.toExponential(1)})`)
claim([small, large].every(({ books }) => books.laws.every(({ verdict }) => verdict === 'holds')), `every law holds (${small.books.laws.length} checked), the Clausius inequality of two baths among them`)
claim([small, large].every(({ run }) => run.validity.every(({ verdict }) => verdict === 'trust')), 'the validity report trusts the run throughout')

// ---- The same run from the scenario file.
const scenario = orThrow(await loadScenario(readFileSync('scenario.yaml', 'utf8'), catalogue, { readBath }, { check: checkProblem, defaultRates }))
const again = orThrow(await solve(scenario.problem, scenario.methods[0].algorithm, { save: 'populations' }))
const size = again.populations.length / again.times.length
const rowOf = (t) => small.run.times.findIndex((time) => Math.abs(time - t) < 1e-9 * END)
const apart = again.times.reduce((worst, t, row) => {
  const at = rowOf(t)
  for (let i = 0; i < size; i += 1) worst = Math.max(worst, Math.abs(again.populations[row * size + i] - small.run.populations[at * size + i]))
  return worst
}, 0)
claim(apart < 1e-9, `scenario.yaml is the same run (largest difference of a probability ${apart.toExponential(1)})`)

// ---- The picture.
const RED = '#cc3311'
const BLUE = '#0055aa'
const GREEN = '#009988'
const GREY = '#333333'
const clock = Array.from(shown, (t) => t * RATE)
const curve = (name, values, colour, dash, width = 2) => ({ name, label: name, times: clock, values: Array.from(values).slice(0, clock.length), style: { colour, dash, width, marker: null } })
const level = (value) => clock.map(() => value)
const DOTTED = [1.8, 2.6]
const DASHED = [8, 4]
const inverseSizes = SIZES.map((n) => 1 / n).reverse()
const points = (name, colour, marker, dash) => ({ name, label: name, times: inverseSizes, values: [...kinds[name]].reverse(), style: { colour, dash, width: 1.6, marker } })
const svg = orThrow(await pageFigure({
  title: 'Heat through a spin, from a hot to a cold finite bath', columns: 3, ownAxes: true, legend: 'panels', panelWidth: 300, panelHeight: 230,
  panels: [
    {
      title: 'temperatures meet', xTitle: 'time κt', yTitle: 'effective temperature T*/ω', yRange: [0, 2.2], xRange: [0, 400],
      curves: [
        curve('hot, n = 12', small.temperature(small.hot), RED, [], 2.2), curve('cold, n = 12', small.temperature(small.cold), BLUE, [], 2.2),
        curve('hot, n = 48', large.temperature(large.hot), RED, DASHED), curve('cold, n = 48', large.temperature(large.cold), BLUE, DASHED),
        curve('held at T = 2ω', level(1 / HOT), GREY, DOTTED), curve('held at T = ω', level(1 / COLD), GREY, DOTTED),
      ],
    },
    {
      title: 'the flow of heat ends', xTitle: 'time κt', yTitle: 'heat from the hot bath Q_h/ω', xRange: [0, 400], yRange: [0, 16],
      curves: [curve('n = 12', small.hot.heat, BLUE, [], 2.2), curve('n = 48', large.hot.heat, GREEN, DASHED), curve('baths held fixed', shown.map(heatThen), GREY, DOTTED)],
    },
    {
      title: 'what is left at the end', xTitle: '1/n', yTitle: 'T*_h − T*_c (units of ω)', xRange: [0, 0.26], yRange: [-0.01, 0.1],
      curves: [points('n oscillators, 2n spins', RED, 'circle', []), points('oscillators, n and n', BLUE, 'square', []), points('oscillators, n and 2n', GREEN, 'triangle-up', DASHED)],
    },
  ],
}))
mkdirSync('out', { recursive: true })
writeFileSync('out/two-baths-qubit.svg', svg)
writeFileSync('out/two-baths-qubit.png', orThrow(rasterise(svg, { width: 1600 })))
console.log('picture: out/two-baths-qubit.svg, .png')
process.exitCode = failures === 0 ? 0 : 1
