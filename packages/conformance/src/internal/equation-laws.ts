import type { Problem, RateModel } from '@mesobath/contracts'
import type { IntegratorCapabilities, IntegratorFactory } from '../integrator-capabilities.js'
import { law, needed } from '../law.js'
import type { Fault, Law } from '../law.js'
import { rescaledTime, share } from '../oracle/flat-window.js'
import { observationalEntropy, populationsAt, rateEquation } from '../oracle/rate-equation.js'
import { exactPopulations } from '../oracle/schroedinger.js'
import { FLIP, ladderProblem, LADDER_POPULATIONS, LADDER_WINDOWS, microscopicProblem, spinProblem, spinRates } from '../reference/problems.js'
import { referenceRates } from '../reference/reference-rates.js'
import { slackOf, TIMES } from './run-laws.js'
import { walk } from './walk.js'
import type { Kept } from './walk.js'

/** The kit's dense rate equation of a problem under the kit's rates. */
const denseEquation = (problem: Problem, rates: RateModel) => {
  const { bath, strength, systemCouplings } = problem.baths[0]!
  const correlation = needed('`correlate`', rates.correlate(bath))
  const { energies, width } = bath.windows
  const size = bath.couplings * bath.couplings
  return rateEquation({
    energies: problem.energies, windows: bath.windows, systemCouplings, couplingStrength: strength,
    strengths: (to, from, frequency) => {
      const out = { re: new Float64Array(size), im: new Float64Array(size) }
      needed('`strength`', correlation.strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, out))
      const weight = share(frequency + energies[from]! - energies[to]!, width)
      return { re: out.re.map((x) => weight * x), im: out.im.map((x) => weight * x) }
    },
  })
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < a.length; i += 1) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}

const COUPLING = 0.3

/** p(1, lower; t) of the spin: relaxation to the volumes' ratio, on the clock of the equation. */
const closedForm = (equation: IntegratorCapabilities['equation'], time: number): number => {
  const { down, up } = spinRates(COUPLING)
  if (equation === 'reference') return Math.exp(-down * time)
  const age = equation === 'markov' ? time : rescaledTime(time, 0.5)
  return (up + down * Math.exp(-(up + down) * age)) / (up + down)
}

/** ε_k + E of a joint state of the ladder, a whole number. */
const shellOf = (problem: Problem, state: number): number => {
  const windows = problem.baths[0]!.bath.windows.energies
  return Math.round(problem.energies[Math.floor(state / windows.length)]! + windows[state % windows.length]!)
}

const shells = (problem: Problem, { populations }: Kept): readonly number[] => {
  const sums: number[] = Array.from({ length: 8 }, () => 0)
  populations.forEach((p, state) => { sums[shellOf(problem, state)]! += p })
  return sums
}

const differs = (must: string, samples: readonly Kept[], expected: (sample: Kept) => ArrayLike<number>, found: (sample: Kept) => ArrayLike<number>, slack: number): readonly Fault[] => {
  for (const sample of samples) {
    const distance = apart(found(sample), expected(sample))
    if (!(distance <= slack)) return [{ must, but: `is ${distance.toExponential(1)} away at t = ${sample.time}` }]
  }
  return []
}

/** What is true of one equation. */
export const equationLaws = (factory: IntegratorFactory, capabilities: IntegratorCapabilities, restsOn: readonly Law[]): readonly Law[] => {
  const { equation } = capabilities
  const rates = referenceRates()
  const slack = slackOf(capabilities)
  const run = async (problem: Problem): Promise<readonly Kept[]> => (await walk(factory(rates), problem)).samples
  const markov = equation === 'markov'
  const resonant = markov ? ladderProblem({ times: TIMES, couplingStrength: COUPLING }) : spinProblem({ times: TIMES, couplingStrength: COUPLING })

  const conservesShells = law({
    name: 'conservation: P(E_tot) on resonance', code: 'shells', equation: 'Eq. 32', restsOn,
    examine: async () => {
      const samples = await run(resonant)
      return differs('conserve the distribution of ε_k + E', samples, () => shells(resonant, samples[0]!), (sample) => shells(resonant, sample), slack)
    },
  })
  const rests = law({
    name: 'steady state: p ∝ V_E rests', code: 'steady-state', equation: 'Eq. 35', restsOn: [...restsOn, conservesShells],
    examine: async () => {
      const { logVolumes } = resonant.baths[0]!.bath.windows
      const total = logVolumes.reduce((sum, logVolume) => sum + Math.exp(logVolume), 0)
      const d = resonant.energies.length
      const windows = Array.from(logVolumes, (logVolume) => Math.exp(logVolume) / total)
      const populations = Array.from({ length: d }, () => 1 / d)
      const start = markov ? ladderProblem({ times: TIMES }, { populations, windows }).initial
        : { kind: 'product' as const, system: { rows: 2, columns: 2, re: Float64Array.of(0.5, 0, 0, 0.5), im: null }, baths: [{ kind: 'windows' as const, probabilities: Float64Array.from(windows) }] }
      const expected = populations.flatMap((p) => windows.map((q) => p * q))
      return differs('leave p ∝ V_E alone', await run({ ...resonant, initial: start }), () => expected, (sample) => sample.populations, slack)
    },
  })
  const produces = law({
    name: 'Σ̇ ≥ 0', code: 'entropy-production', equation: 'Eq. 54', restsOn: [...restsOn, conservesShells, rests],
    examine: async () => {
      const { logVolumes } = resonant.baths[0]!.bath.windows
      const samples = await run({ ...resonant, times: Float64Array.from({ length: 25 }, (_, i) => i / 2) })
      const values = samples.map(({ populations }) => observationalEntropy(populations, logVolumes))
      const fall = values.findIndex((value, i) => i > 0 && value < values[i - 1]! - 20 * slack)
      return fall < 0 ? [] : [{ must: 'never let S_obs fall', but: `lets it fall by ${values[fall - 1]! - values[fall]!} before t = ${samples[fall]!.time}` }]
    },
  })
  const spin = law({
    name: 'the spin in closed form', code: 'closed-form', equation: 'Eqs. E5-E7', restsOn: equation === 'reference' ? restsOn : [...restsOn, conservesShells, rests, produces],
    examine: async () => differs('follow the spin of App. E', await run(spinProblem({ times: TIMES, couplingStrength: COUPLING })),
      ({ time }) => [closedForm(equation, time)], ({ populations }) => [populations[2]!], slack),
  })
  const quarters = law({
    name: 'λ² scaling: twice the coupling, a quarter of the time', code: 'scaling', restsOn,
    examine: async () => {
      const slow = await run(ladderProblem({ times: TIMES, couplingStrength: COUPLING }))
      const fast = await run(ladderProblem({ times: TIMES.map((time) => time / 4), couplingStrength: 2 * COUPLING }))
      return differs('depend on λ²t alone', slow, (sample) => fast[slow.indexOf(sample)]!.populations, (sample) => sample.populations, slack)
    },
  })
  const dense = law({
    name: 'equals the dense rate equation of three levels and two couplings', code: 'rate-equation', equation: 'Eq. 30', restsOn: [...restsOn, conservesShells, rests, produces, spin, quarters],
    examine: async () => {
      const problem = ladderProblem({ times: TIMES, couplingStrength: COUPLING })
      const oracle = denseEquation(problem, rates)
      const start = Float64Array.from(LADDER_POPULATIONS.flatMap((p) => LADDER_WINDOWS.map((q) => p * q)))
      return differs('solve Eq. 30', await run(problem), ({ time }) => populationsAt(oracle, start, time), (sample) => sample.populations, slack)
    },
  })
  const unitary = law({
    name: 'equals the dense Schrödinger equation of 44 states', code: 'schroedinger', restsOn,
    examine: async () => {
      const problem = microscopicProblem({ times: TIMES })
      const { bath, strength } = problem.baths[0]!
      const realised = needed('`microscopic`', bath.can.microscopic!())
      if (realised.kind !== 'spectral') throw new Error('the bath of the kit has levels')
      return differs('solve the Schrödinger equation', await run(problem),
        ({ time }) => exactPopulations(problem.energies, realised, 4, [FLIP], strength, 1, 1, time), (sample) => sample.populations, slack)
    },
  })
  if (equation === 'exact') return [unitary]
  if (equation === 'reference') return [spin]
  return markov ? [conservesShells, rests, produces, quarters, spin, dense] : [conservesShells, rests, produces, spin]
}
