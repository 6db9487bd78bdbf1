// Prints the seconds of a relaxation of two levels between three finite baths, with 100 output times that observers fold and nothing stored.
// usage: relaxation.mjs [windows per bath, 171: 10⁷ joint states] [threads, 1] [tolerance, 1e-10]
import { nodeHost } from '@mesobath/backend-node'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { solve } from '@mesobath/solve'
import { thermodynamics } from '@mesobath/thermodynamics'
import { latticeProblem } from './lattice-problem.mjs'

const windows = Number(process.argv[2] ?? 171)
const threads = Number(process.argv[3] ?? 1)
const tolerance = Number(process.argv[4] ?? 1e-10)
const OUTPUTS = 100
/** Some tens of jumps of each state: steps as long as a relaxation is looked at, and long enough for a recurrence to pay. */
const STEP = 50
const times = Float64Array.from({ length: OUTPUTS + 1 }, (_, i) => i * STEP)
const { problem, rates } = latticeProblem({ sizes: [windows, windows, windows], times })
const begun = performance.now()
/** Σ_ν E_ν p per bath, read from samples as they pass. */
const energies = () => {
  const rows = []
  return {
    begin: () => {},
    sample: ({ populations }) => {
      let [first, total, k] = [0, 0, 0]
      const size = windows ** 3
      for (let level = 0; level < 2; level++) {
        for (let e = 0; e < windows; e++) {
          let sum = 0
          for (const end = k + windows * windows; k < end; k++) sum += populations[k]
          first += e * sum
          total += sum
        }
      }
      rows.push([first, total, size])
    },
    end: () => rows,
  }
}
const run = orThrow(await solve(problem, markov({ rates }), {
  host: nodeHost({ threads }), save: 'nothing', tolerance, observers: { energies: energies(), ledger: thermodynamics({ tolerance }) },
}))
const seconds = (performance.now() - begun) / 1000
const { energies: rows, ledger } = run.observed
const drift = Math.max(...rows.map(([, total]) => Math.abs(total - 1)))
const residual = ledger.firstLawResidual.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const broken = ledger.laws.filter(({ verdict }) => verdict === 'violated').map(({ law }) => law)
console.error(`${2 * windows ** 3} joint states, ${threads} thread(s), tolerance ${tolerance}: ${seconds.toFixed(1)} s, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB; `
  + `Σp − 1 ≤ ${drift.toExponential(1)}, first law ≤ ${residual.toExponential(1)}, Σ = ${ledger.entropyProduction.at(-1).toPrecision(12)}, laws broken: ${broken.length === 0 ? 'none' : broken.join(', ')}`)
console.log(seconds.toFixed(2))
process.exit(0)
