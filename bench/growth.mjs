// Measures how cost grows with the dimension, the volume, the number of windows and the threads, and draws it; prints the numbers.
// usage: node growth.mjs [folder of the pictures, docs/images] [share of the largest sizes, 1]
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { nodeHost } from '@mesobath/backend-node'
import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { pageFigure } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { exact } from '@mesobath/integrator-exact'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { complexMatrix, randomStream } from '@mesobath/kernels'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { solve } from '@mesobath/solve'
import { latticeProblem } from './lattice-problem.mjs'

const RUNS = 3
const PRODUCT = 1000
const VECTORS = 16
const folder = process.argv[2] ?? fileURLToPath(new URL('../docs/images', import.meta.url))
const share = Number(process.argv[3] ?? 1)
const host = nodeHost({ threads: availableParallelism() })

/** Median seconds of `RUNS` runs after one that nobody counts. */
const median = async (run) => {
  await run()
  const seconds = []
  for (let at = 0; at < RUNS; at++) {
    const begun = performance.now()
    await run()
    seconds.push((performance.now() - begun) / 1000)
  }
  return seconds.sort((a, b) => a - b)[RUNS >> 1]
}

/** Fig. 2 at another volume, λ²V held. */
const panelOf = (volume) => ({
  energies: Float64Array.of(0, 1),
  baths: [{
    label: 'bath', strength: 3e-3 * Math.sqrt(1000 / volume), systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])],
    bath: orThrow(randomMatrixBath({
      windows: [{ energy: 0, volume: 0.4 * volume }, { energy: 1, volume: 0.6 * volume }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
    })),
  }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
})

const secondsOf = (problem, algorithm, tolerance) => median(async () => { orThrow(await solve(problem, algorithm, { save: 'populations', host, tolerance })) })

/** Points of one curve, printed as they come. */
const along = async (name, label, sizes, measure) => {
  const points = []
  for (const size of sizes) {
    const seconds = await measure(size)
    points.push([size, seconds])
    console.log(`${label}, ${size}: ${seconds.toPrecision(3)}`)
  }
  return { name, label, points }
}

const upTo = (most, sizes) => sizes.filter((size) => size <= most * share)
const mixture = (volume) => secondsOf(panelOf(volume), exact(), 1e-8)
const typical = (volume) => secondsOf(panelOf(volume), exact({ sampling: { vectors: VECTORS, seed: 1 } }), 1e-4)
const master = (volume) => secondsOf(panelOf(volume), finiteTimeRedfield({ rates: randomMatrixRates() }), 1e-8)
const relaxation = (windows) => {
  const { problem, rates } = latticeProblem({ sizes: [windows], levels: 10, times: Float64Array.of(0, 20), start: [{ kind: 'gibbs', inverseTemperature: 0 }] })
  return secondsOf(problem, markov({ rates }), 1e-10)
}

const product = async (threads) => {
  const { backend } = nodeHost({ backend: 'wasm', threads })
  const stream = randomStream(1)
  const filled = () => {
    const planes = backend.allocate(PRODUCT, PRODUCT, false)
    for (const plane of [planes.re, planes.im]) for (let i = 0; i < plane.length; i++) plane[i] = stream.normal()
    return planes
  }
  const [a, b, out] = [filled(), filled(), backend.allocate(PRODUCT, PRODUCT, false)]
  // The first products start the threads.
  const seconds = await median(async () => { for (let at = 0; at < 4; at++) await backend.multiply(a, b, PRODUCT, PRODUCT, PRODUCT, out, false) })
  return seconds / 4
}

const dimensions = [200, 300, 500, 700, 1000, 1400, 2000, 2800, 4000]
const exactMixture = await along('exact', 'exact, the whole mixture', upTo(2000, dimensions), mixture)
const exactTypical = await along('finite-time-redfield', `exact, ${VECTORS} random vectors`, upTo(4000, dimensions), typical)
const redfield = await along('markov', 'finite-time Redfield', upTo(1e8, [1e3, 1e4, 1e5, 1e6, 1e7, 1e8]), master)
const windows = await along('markov', 'rate equation, 10 levels', upTo(1e5, [1e3, 3e3, 1e4, 3e4, 1e5]), relaxation)
const threads = await along('exact', `complex product, n = ${PRODUCT}`, Array.from({ length: availableParallelism() }, (_, at) => at + 1), product)

const log = ({ name, label, points }) => ({ name, label, style: { marker: 'circle' }, times: points.map(([size]) => Math.log10(size)), values: points.map(([, seconds]) => Math.log10(seconds)) })
const around = (curves) => {
  const values = curves.flatMap((curve) => curve.values)
  return [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))]
}
const panelOn = (title, xTitle, curves) => ({ title, xTitle, yTitle: 'log₁₀ of seconds', curves: curves.map(log), yRange: around(curves.map(log)) })
const pages = {
  'growth-exact': [
    panelOn('two windows, 121 times', 'log₁₀ of the dimension D', [exactMixture, exactTypical]),
    panelOn('the same, by volume', 'log₁₀ of the levels V in both windows', [exactTypical, redfield]),
  ],
  'growth-scale': [
    panelOn('one bath of many windows', 'log₁₀ of the number of windows', [windows]),
    {
      title: 'threads', xTitle: 'threads', yTitle: '10⁹ operations a second (8 n³)', xRange: [0, availableParallelism()],
      curves: [{ name: threads.name, label: threads.label, style: { marker: 'circle' }, times: [0, ...threads.points.map(([count]) => count)], values: [0, ...threads.points.map(([, seconds]) => (8 * PRODUCT ** 3) / seconds / 1e9)] }],
    },
  ],
}
mkdirSync(folder, { recursive: true })
for (const [name, panels] of Object.entries(pages)) {
  const svg = orThrow(await pageFigure({ columns: 2, panels, ownAxes: true, legend: 'panels', panelWidth: 300, panelHeight: 220 }))
  writeFileSync(`${folder}/${name}.png`, orThrow(rasterise(svg, { width: 1100 })))
}
