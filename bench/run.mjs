// Measures speed as ratios: every case and its peer run in turn in the same call, and the median of the pairs counts.
// usage: pnpm bench [case …]
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const RUNS = 5
/** A start takes tenths of a second, and disks and other programs have their part in it. */
const COLD_RUNS = 15
const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const node = (...args) => ({ command: process.execPath, args })
const python = (...args) => ({ command: process.env.PYTHON ?? '/usr/bin/python3', args })

/** Each side prints the seconds it measured as its last line, or is timed as a whole process where `whole` is set. Cases that are `named` run only when asked for. */
const CASES = {
  'fig2-panel': {
    what: 'exact evolution of one panel of Fig. 2 (D = 1000 complex, 400 initial levels, 121 times), WebAssembly, 2 threads',
    side: node(`${here}exact-panel.mjs`, 'wasm', '2'), peer: python(`${here}peers/exact_panel.py`, '2'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'fig2-panel-native': {
    what: 'the same by an installed BLAS, 2 threads',
    side: node(`${here}exact-panel.mjs`, 'native', '2'), peer: python(`${here}peers/exact_panel.py`, '2'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'fig2-panel-held': {
    what: 'the same panel, both sides from matrices in memory, the median of five runs after a first, WebAssembly, 2 threads',
    side: node(`${here}exact-panel.mjs`, 'wasm', '2', 'held'), peer: python(`${here}peers/exact_panel.py`, '2', 'held'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'fig2-panel-held-native': {
    what: 'the same by an installed BLAS, 2 threads',
    side: node(`${here}exact-panel.mjs`, 'native', '2', 'held'), peer: python(`${here}peers/exact_panel.py`, '2', 'held'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'fig2-panel-qutip': {
    what: 'exact evolution of one panel of Fig. 2 (D = 1000 complex, 400 initial levels, 121 times), WebAssembly, 2 threads',
    side: node(`${here}exact-panel.mjs`, 'wasm', '2'), peer: python(`${here}peers/exact_panel_qutip.py`, '2', '20'),
    peerName: 'QuTiP krylovsolve, every 20th of the 400 levels run and the seconds times 20', runs: 3,
  },
  'driven-exact': {
    what: 'Figs. 3 and 5: two Hamiltonians of D = 1400, 480 time units, 121 times, the mutual information at 25 of them, WebAssembly, 2 threads',
    side: node(`${here}driven-exact.mjs`, 'wasm', '2'), peer: python(`${here}peers/driven_exact.py`, '2'), peerName: "SciPy eigh(driver='evr') and phases, 2 threads", runs: 3,
  },
  'driven-exact-native': {
    what: 'the same by an installed BLAS, 2 threads',
    side: node(`${here}driven-exact.mjs`, 'native', '2'), peer: python(`${here}peers/driven_exact.py`, '2'), peerName: "SciPy eigh(driver='evr') and phases, 2 threads", runs: 3,
  },
  'fig2-typicality': {
    what: 'the same panel by 20 random vectors, standard error ≤ 3e-3, from matrices in memory (median of five runs after a first), WebAssembly, 2 threads',
    side: node(`${here}typicality-panel.mjs`, 'wasm', '2'), peer: python(`${here}peers/exact_panel.py`, '2', 'held'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'fig2-typicality-native': {
    what: 'the same by an installed BLAS, 2 threads',
    side: node(`${here}typicality-panel.mjs`, 'native', '2'), peer: python(`${here}peers/exact_panel.py`, '2', 'held'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'large-exact': {
    what: 'one exact curve of 20 000 joint levels (8 000 + 12 000), standard error ≤ 2e-3, WebAssembly, 2 threads',
    side: node(`${here}large-exact.mjs`, 'wasm', '2'), runs: 1, named: true,
  },
  'large-exact-native': {
    what: 'the same by an installed BLAS, 2 threads', side: node(`${here}large-exact.mjs`, 'native', '2'), runs: 1, named: true,
  },
  'eigenbasis': {
    what: 'eigenvectors of a complex Hermitian matrix, n = 1000, WebAssembly, 2 threads',
    side: node(`${here}eigenbasis.mjs`, 'wasm', '2', '1000'), peer: python(`${here}peers/eigenbasis.py`, '2', '1000'), peerName: "SciPy eigh(driver='evr'), 2 threads",
  },
  'product-wasm': {
    what: 'complex product, n = 1000, WebAssembly, 1 thread',
    side: node(`${here}product.mjs`, 'wasm', '1'), peer: node(`${here}product.mjs`, 'js'), peerName: 'the same in plain JavaScript',
  },
  'product-blas': {
    what: 'complex product, n = 1000, WebAssembly, 1 thread',
    side: node(`${here}product.mjs`, 'wasm', '1'), peer: python(`${here}peers/product.py`, '1'), peerName: 'NumPy matmul, 1 thread',
  },
  'product-threads': {
    what: 'complex product, n = 1000, WebAssembly, 2 threads',
    side: node(`${here}product.mjs`, 'wasm', '2'), peer: python(`${here}peers/product.py`, '2'), peerName: 'NumPy matmul, 2 threads',
  },
  'product-native': {
    what: 'complex product, n = 1000, an installed BLAS, 2 threads',
    side: node(`${here}product.mjs`, 'native', '2'), peer: python(`${here}peers/product.py`, '2'), peerName: 'NumPy matmul, 2 threads',
  },
  'spin-chain': {
    what: 'spin and a chain of 18 spins, matrix-free, 200 time units, one random vector, ρ_S at 101 times',
    side: node(`${here}spin-chain.mjs`, 'evolution'), peer: python(`${here}peers/spin_chain.py`, 'evolution'),
    peerName: 'SciPy CSR with the same Chebyshev recursion in NumPy', runs: 1,
  },
  'spin-chain-qutip': {
    what: 'spin and a chain of 18 spins, matrix-free, 10 of the 200 time units, one random vector, ρ_S at 6 times',
    side: node(`${here}spin-chain.mjs`, 'evolution', '18', '10'), peer: python(`${here}peers/spin_chain_qutip.py`, '10'),
    peerName: 'QuTiP krylovsolve with the same sparse H, the same 10 time units', runs: 3,
  },
  'spin-chain-windows': {
    what: 'windows of a chain of 18 spins by a Chebyshev filter, one random vector',
    side: node(`${here}spin-chain.mjs`, 'windows'), peer: python(`${here}peers/spin_chain.py`, 'windows'),
    peerName: 'SciPy CSR with the same Chebyshev recursion in NumPy', runs: 3,
  },
  'generator': {
    what: 'one application of the rate equation, 100 × 100 × 100 windows × 2 levels, one thread',
    side: node(`${here}generator.mjs`, '1'), peer: python(`${here}peers/generator.py`), peerName: 'SciPy CSR product of the same matrix',
  },
  'generator-threads': {
    what: 'the same with two threads', side: node(`${here}generator.mjs`, '2'), peer: node(`${here}generator.mjs`, '1'), peerName: 'one thread',
  },
  'relaxation': {
    what: 'relaxation of 10⁷ joint states, 100 output times folded by observers (two threads)',
    side: node(`${here}relaxation.mjs`, '171', '2'), runs: 1,
  },
  'windows': {
    what: 'populations of 10 levels in one bath of 10⁵ windows, set-up included',
    side: node(`${here}one-bath.mjs`, '100000'), peer: node(`${here}one-bath.mjs`, '30000'), peerName: '3·10⁴ windows', runs: 3,
  },
  'cancellation': {
    what: 'longest time from an abort to the end of `solve`, over moments of every kind of run (two threads)',
    side: node(`${here}cancellation.mjs`), runs: 1,
  },
  'start': {
    what: 'the main job, set-up done (whole process)',
    side: { ...node(`${root}packages/cli/dist/bin.js`, 'figure', 'fig2', '--out', `${root}out/bench`), whole: true }, runs: 3,
  },
  'cold-curve': {
    what: 'finite-time Redfield curve of Fig. 2, from the first import to the curve, in a process that has loaded nothing else',
    side: node(`${here}cold-curve.mjs`), runs: COLD_RUNS,
  },
  'cold-process': {
    what: 'the same, the whole process',
    side: { ...node(`${here}cold-curve.mjs`), whole: true }, peer: { ...node('-e', '0'), whole: true }, peerName: 'an empty Node process', runs: COLD_RUNS,
  },
}

const measure = ({ command, args, whole }) => {
  const begun = performance.now()
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const seconds = (performance.now() - begun) / 1000
  if (run.error !== undefined || run.status !== 0) return { fault: (run.error?.message ?? run.stderr).trim().split('\n').at(-1) }
  return { seconds: whole === true ? seconds : Number(run.stdout.trim().split('\n').at(-1)) }
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in CASES))
if (unknown.length > 0) {
  console.error(`unknown case ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`)
  process.exit(2)
}
console.log(`${new Date().toISOString().slice(0, 10)}, node ${process.version}, ${cpus().length} × ${cpus()[0].model}`)
for (const [name, { what, side, peer, peerName, runs = RUNS, named = false }] of Object.entries(CASES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : named) continue
  const own = []
  const other = []
  let fault = null
  for (let run = 0; run < runs && fault === null; run++) {
    const mine = measure(side)
    if (mine.fault !== undefined) { console.error(`${name}: ${mine.fault}`); process.exitCode = 1; break }
    own.push(mine.seconds)
    if (peer === undefined) continue
    const theirs = measure(peer)
    if (theirs.fault !== undefined) fault = theirs.fault
    else other.push(theirs.seconds)
  }
  if (own.length === 0) continue
  const ratio = other.length === own.length && other.length > 0
    ? `, peer (${peerName}) ${median(other).toFixed(3)} s, ratio ${median(own.map((seconds, i) => seconds / other[i])).toFixed(2)}`
    : fault === null ? '' : `, peer (${peerName}) not here, see docs/benchmarks.md for its last figures: ${fault}`
  console.log(`${name}: ${what}: ${median(own).toFixed(3)} s${ratio}`)
}
