// Prints the longest time, in seconds, from an abort to the end of `solve`, over moments spread over each kind of run and over its longest silence.
// usage: node cancellation.mjs [route …] [--moments 6]; `exact-large`, half a minute a run, only where it is named
// Each route runs in a process of its own: first once to its end, cold, while a ticker looks for the longest silence of the event loop, then once for every moment.
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeHost } from '@mesobath/backend-node'
import { microscopicBath, randomMatrixBath, spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { smoothDrive } from '@mesobath/drives'
import { exact } from '@mesobath/integrator-exact'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { complexMatrix, randomStream } from '@mesobath/kernels'
import { microscopicRates } from '@mesobath/rates-microscopic'
import { solve } from '@mesobath/solve'
import { latticeProblem } from './lattice-problem.mjs'

const times = (count, step) => Float64Array.from({ length: count }, (_, i) => i * step)
const flip = complexMatrix(2, 2, [0, 1, 1, 0])

/** A spin on a bath of two windows of 2/5 and 3/5 of `levels`, λ²V as in Fig. 2. */
const twoWindows = (bath, volume, output) => ({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3 * Math.sqrt(200 / volume), systemCouplings: [flip] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: output, drive: null,
})

const drawn = (volume, output = times(121, 0.5)) => twoWindows(orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 2 * volume }, { energy: 1, volume: 3 * volume }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
})), volume, output)

/** The same kind of bath as a user's own numbers, which knows of no ensemble. */
const read = (volume, output = times(121, 0.5)) => {
  const size = 5 * volume
  const stream = randomStream(1)
  const levels = Float64Array.from({ length: size }, (_, i) => (i < 2 * volume ? 0 : 1) + 0.5 * (stream.uniform() - 0.5))
  const re = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) re[i * size + j] = re[j * size + i] = stream.normal()
  return twoWindows(orThrow(microscopicBath({ levels, couplings: [complexMatrix(size, size, re)], windowWidth: 0.5, windows: [0, 1] })), volume, output)
}

const windows = (count, output, extra = {}) => {
  const { problem, rates } = latticeProblem({ sizes: [count], times: output, start: [{ kind: 'gibbs', inverseTemperature: 0 }] })
  return { problem: { ...problem, ...extra }, rates }
}

/** ε_1 moves while the run lasts. */
const moving = (end) => orThrow(smoothDrive({
  levels: 2, baths: 1, energies: (t, out) => { out[0] = 0; out[1] = 1 + 0.3 * Math.sin(t / 3) }, strengths: [0.1], range: { from: 0, to: end },
}))

const superposed = complexMatrix(2, 2, [0.5, 0.5, 0.5, 0.5])
const coherent = (problem) => ({ ...problem, initial: { ...problem.initial, system: superposed } })

/** What is run, by name. */
const ROUTES = {
  'markov': () => { const { problem, rates } = windows(3000, times(501, 0.2)); return [problem, markov({ rates })] },
  'markov-large': () => { const { problem, rates } = windows(100_000, times(11, 0.2)); return [problem, markov({ rates }), { save: 'populations' }] },
  'markov-coherent': () => { const { problem, rates } = windows(300, times(101, 0.2)); return [coherent(problem), markov({ rates })] },
  'redfield-panel': () => [drawn(200), finiteTimeRedfield({ rates: windows(2, times(2, 1)).rates })],
  'redfield': () => { const { problem, rates } = windows(300, times(2, 0.02)); return [problem, finiteTimeRedfield({ rates })] },
  'redfield-microscopic': () => [read(200, times(31, 2)), finiteTimeRedfield({ rates: microscopicRates() })],
  'redfield-microscopic-large': () => [read(800, times(2, 0.5)), finiteTimeRedfield({ rates: microscopicRates() })],
  'secular': () => { const { problem, rates } = windows(3000, times(101, 0.2)); return [problem, finiteTimeSecular({ rates })] },
  'secular-driven': () => { const { problem, rates } = windows(300, times(21, 0.2)); return [coherent({ ...problem, drive: moving(4) }), finiteTimeSecular({ rates })] },
  'exact-panel': () => [drawn(200), exact(), { save: 'populations', tolerance: 1e-8 }],
  'exact-read': () => [read(800, times(5, 1)), exact({ sampling: { vectors: 8, seed: 1 } }), { save: 'populations', tolerance: 1e-6 }],
  'exact-large': () => [drawn(4000, times(2, 0.5)), exact({ sampling: { vectors: 4, seed: 1 } }), { save: 'populations', tolerance: 1e-4 }],
  'exact-chain': () => {
    const bath = orThrow(spinChainBath({ spins: 16, bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: 'x' }], vectors: 1, seed: 1, windowWidth: 128 }))
    return [{
      energies: Float64Array.of(0, 4), baths: [{ label: 'chain', bath, strength: 0.3, systemCouplings: [flip] }],
      initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1) }] }, times: times(6, 2), drive: null,
    }, exact({ sampling: { vectors: 1, seed: 1 } }), { save: 'populations', tolerance: 1e-8 }]
  },
}

/** The length of a whole run, with the longest silences of the event loop: [beginning, length] in ms since it began. */
const watched = async ([problem, algorithm, options]) => {
  const silences = []
  const begun = performance.now()
  let last = begun
  let over = false
  const tick = () => {
    if (over) return
    const now = performance.now()
    if (now - last > 5) silences.push([last - begun, now - last])
    last = now
    setImmediate(tick)
  }
  setImmediate(tick)
  const run = orThrow(await solve(problem, algorithm, { ...options, host: nodeHost({ threads: 2 }) }))
  const now = performance.now()
  over = true
  if (run.status !== 'ok') throw new Error(`the run must end well, but ended ${run.status}`)
  silences.push([last - begun, now - last])
  return { length: now - begun, silences: silences.sort((a, b) => b[1] - a[1]) }
}

/** ms from the moment `at` of a run to its end, when it is aborted then; null where it ended by itself before. */
const latency = async ([problem, algorithm, options], at) => {
  const controller = new AbortController()
  if (at === 0) controller.abort()
  const begun = performance.now()
  const timer = setTimeout(() => controller.abort(), at)
  const ended = await solve(problem, algorithm, { ...options, host: nodeHost({ threads: 2 }), signal: controller.signal })
  const now = performance.now() - begun
  clearTimeout(timer)
  // The timer may not have had its turn before the end: then the whole wait was unheard.
  if (now < at) return null
  if (ended._tag === 'Left' && ended.left[0].code !== 'solve/cancelled') orThrow(ended)
  return now - at
}

const { values, positionals } = parseArgs({ options: { moments: { type: 'string', default: '6' }, child: { type: 'boolean', default: false } }, allowPositionals: true })
if (values.child) {
  const given = ROUTES[positionals[0]]()
  const { length, silences } = await watched(given)
  const count = Number(values.moments)
  const moments = [0, ...Array.from({ length: count }, (_, i) => ((i + 0.5) * length) / count), ...silences.slice(0, 3).map(([from]) => from + 1)]
  let worst = 0
  let where = 0
  for (const at of moments) {
    const late = await latency(given, at)
    if (late !== null && late > worst) [worst, where] = [late, at]
  }
  const [from, silent] = silences[0]
  console.log(JSON.stringify({ length, silent, from, worst, where }))
  process.exit(0)
}

const unknown = positionals.filter((name) => !(name in ROUTES))
if (unknown.length > 0) throw new Error(`unknown route ${unknown.join(', ')}; there are ${Object.keys(ROUTES).join(', ')}`)
let worst = 0
for (const name of positionals.length > 0 ? positionals : Object.keys(ROUTES).filter((each) => each !== 'exact-large')) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, '--child', '--moments', values.moments], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.status !== 0) throw new Error(`${name} must end well, but ended ${child.status}`)
  const found = JSON.parse(child.stdout.trim().split('\n').at(-1))
  worst = Math.max(worst, found.worst)
  console.error(`${name}: run ${found.length.toFixed(0)} ms, longest silence of the first ${found.silent.toFixed(0)} ms at ${found.from.toFixed(0)} ms; `
    + `latest end after an abort ${found.worst.toFixed(0)} ms, aborted at ${found.where.toFixed(0)} ms`)
}
console.log((worst / 1000).toFixed(3))
