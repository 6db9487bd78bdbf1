// Prints SHA-256 of the bits that must not depend on the engine: random draws, realised baths, rate tables, and the
// populations of a small fixed problem by every method. Needs built packages; imports them by path, so that any engine that
// runs ECMAScript modules can run it.
import { createHash } from 'node:crypto'

const load = (name) => import(new URL(`../packages/${name}/dist/index.js`, import.meta.url).href)

const bits = (...arrays) => {
  const hash = createHash('sha256')
  for (const array of arrays) if (array !== null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}

const print = (name, ...arrays) => console.log(`${name} ${bits(...arrays)}`)

const { orThrow, complexMatrix, ...kernels } = { ...await load('contracts'), ...await load('kernels') }
const { randomMatrixBath } = await load('baths')
const { randomMatrixRates } = await load('rates-rmt')
const { heuristicRates } = await load('rates-heuristic')
const { microscopicRates } = await load('rates-microscopic')
const { solve } = await load('solve')
const { markov } = await load('integrator-markov')
const { finiteTimeRedfield, finiteTimeSecular } = await load('integrator-redfield')
const { bornMarkovSecular } = await load('integrator-bms')
const { exact } = await load('integrator-exact')

const DRAWS = 20_000
const stream = kernels.randomStream(7, 1, 2)
const arguments_ = Float64Array.from({ length: DRAWS }, () => 40 * (stream.uniform() - 0.5))
print('random/uniform', arguments_)
print('random/normal', Float64Array.from({ length: DRAWS }, () => stream.normal()))
for (const name of ['exp', 'expm1', 'sin', 'cos', 'sineIntegral', 'entireCosineIntegral']) print(`kernels/${name}`, arguments_.map(kernels[name]))
for (const name of ['log', 'log1p']) print(`kernels/${name}`, arguments_.map((x) => kernels[name](Math.abs(x))))

// Small, yet with everything that a figure uses: random levels, off-resonant mismatch, complex couplings, a third window.
const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 24 }, { energy: 0.9, volume: 36 }, { energy: 2, volume: 30 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, mean: [0.3, 0.2], seed: 11,
}))
const realisation = orThrow(bath.can.microscopic())
const block = { re: new Float64Array(24 * 36), im: new Float64Array(24 * 36) }
realisation.block(0, 0, 1, block)
print('bath/levels', realisation.levels)
print('bath/coupling', block.re, block.im)

const request = { to: Int32Array.of(0, 1, 1, 2), from: Int32Array.of(1, 0, 2, 1) }
for (const [name, rates] of Object.entries({ 'random-matrix': randomMatrixRates(), heuristic: heuristicRates(), microscopic: microscopicRates() })) {
  const correlation = orThrow(rates.correlate(bath))
  const strength = { re: new Float64Array(4), im: new Float64Array(4) }
  orThrow(correlation.strength(request, strength))
  print(`rates/${name}`, strength.re, strength.im)
}

const problem = {
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 0.01, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(0.75, 0.25, 0) }] },
  times: Float64Array.from({ length: 13 }, (_, index) => 5 * index),
  drive: null,
}
const rates = randomMatrixRates()
const backends = [kernels.javascriptBackend(), kernels.wasmBackend()].filter((each) => each !== null && each.reproducible)
const runs = [
  ['markov', markov({ rates }), undefined],
  ['finite-time-redfield', finiteTimeRedfield({ rates }), undefined],
  ['finite-time-redfield/microscopic', finiteTimeRedfield({ rates: microscopicRates() }), undefined],
  ['finite-time-secular', finiteTimeSecular({ rates }), undefined],
  ['born-markov-secular', bornMarkovSecular({ rates }), undefined],
  ...backends.map((backend) => [`exact/${backend.id}`, exact(), backend]),
]
for (const [name, algorithm, backend] of runs) {
  const run = orThrow(await solve(problem, algorithm, backend === undefined ? {} : { host: { backend } }))
  if (run.status !== 'ok') throw new Error(`${name} ended with ${run.status}`)
  print(`populations/${name}`, run.populations)
}
