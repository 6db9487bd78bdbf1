// Prints the seconds that a system tied to a chain of spins takes, matrix-free, bath and preparation included.
// usage: node spin-chain.mjs [evolution | windows] [spins] [time units]
import { spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const [what = 'evolution', spins = '18', length = '200'] = process.argv.slice(2)
const count = Number(spins)
const chain = {
  spins: count, bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: 'x' }], vectors: 1, seed: 1,
}
const begun = performance.now()
if (what === 'windows') {
  const { windows, report } = orThrow(spinChainBath({ ...chain, windowWidth: 2, edge: 0.05 }))
  const total = report.volumes.reduce((sum, volume) => sum + volume, 0)
  if (!(Math.abs(total / 2 ** count - 1) < 1e-5)) throw new Error(`windows must hold all levels, but hold ${total} of ${2 ** count}`)
  process.stderr.write(`${windows.energies.length} windows, ${report.filter.terms} polynomials, V of E = 0: ${
    report.volumes[windows.energies.indexOf(0)].toFixed(0)} ± ${report.volumeErrors[windows.energies.indexOf(0)].toFixed(0)}\n`)
} else {
  // One window as wide as the spectrum: a random vector of the whole space, and ρ_S(t) alone is read.
  const bath = orThrow(spinChainBath({ ...chain, windowWidth: 8 * count }))
  const run = orThrow(await solve({
    energies: Float64Array.of(0, 4),
    baths: [{ label: 'chain', bath, strength: 0.3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
    initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1) }] },
    times: Float64Array.from({ length: 1 + Number(length) / 2 }, (_, i) => 2 * i),
    drive: null,
  }, exact({ sampling: { vectors: 1, seed: 1 } }), { save: 'populations', tolerance: 1e-8 }))
  const right = Number(length) >= 50 ? 0.56 : 0.82
  if (!(Math.abs(run.populations.at(-1) - right) < 0.06)) throw new Error(`the spin must end near p(1) = ${right}, but ends at ${run.populations.at(-1)}`)
  const rows = run.times.length - 1
  process.stderr.write(`${run.frame.backend}, p(1) ${Array.from({ length: 5 }, (_, i) => run.populations[2 * Math.round((rows * i) / 4) + 1].toFixed(4)).join(' ')}\n`)
}
console.log(((performance.now() - begun) / 1000).toFixed(4))
