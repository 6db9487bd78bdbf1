import type { Finding, Problem, Windows } from '@mesobath/contracts'
import { exp, logSumExp } from '@mesobath/kernels'
import type { Sampling } from './local-case.js'
import type { LocalReading } from './local-reading.js'

/** Probabilities are wanted to about this. */
const WANTED = 0.02

/**
 * Standard error of any probability by random vectors, from above: a pure state drawn from ρ_B has the variance tr[(A ρ)²] ≤ tr ρ² of every
 * observable 0 ≤ A ≤ 1, and tr ρ_B² ≈ Σ_E p(E)²/V_E where windows are filled evenly. p(E) is read off the state itself.
 */
export const samplingErrorOf = (windows: Windows, { populations }: LocalReading, draws: number): number => {
  const count = windows.energies.length
  let purity = 0
  for (let window = 0; window < count; window++) {
    let p = 0
    for (let at = window; at < populations.length; at += count) p += populations[at]!
    purity += p * p * exp(-windows.logVolumes[window]!)
  }
  return Math.sqrt(purity / draws)
}

/** p(E) that the initial state asks for. */
const askedProbabilities = ({ initial }: Problem, { energies, logVolumes }: Windows): Float64Array => {
  if (initial.kind === 'conditional') {
    const size = initial.states.re.length / energies.length
    const step = Math.round(Math.sqrt(size)) + 1
    return Float64Array.from(energies, (_, window) => {
      let trace = 0
      for (let at = 0; at < size; at += step) trace += initial.states.re[window * size + at]!
      return trace
    })
  }
  const state = initial.baths[0]!
  if (state.kind === 'windows') return Float64Array.from(state.probabilities)
  if (state.kind === 'levels') throw new Error('levels of a bath of local terms are not known')
  const exponents = Float64Array.from(energies, (energy, window) => logVolumes[window]! - state.inverseTemperature * energy)
  const total = logSumExp(exponents)
  return exponents.map((value) => exp(value - total))
}

/** Random vectors that leave the error asked for: Σ_E p(E)²/V_E over its square. */
export const drawsFor = (problem: Problem, windows: Windows, { vectors, targetError }: Sampling): number => {
  if (targetError === null) return vectors
  const purity = askedProbabilities(problem, windows).reduce((sum, p, window) => sum + p * p * exp(-windows.logVolumes[window]!), 0)
  return Math.max(vectors, Math.ceil(purity / (targetError * targetError)))
}

/** How well random vectors stand for the mixture. */
export const samplingFinding = (error: number, draws: number, wanted = WANTED): Finding => {
  const fine = error <= wanted
  return {
    code: 'integrator-exact/sampling-error',
    quantity: 'standard error of a probability by random vectors in place of the mixture',
    value: error,
    bound: wanted,
    verdict: fine ? 'trust' : 'doubt',
    message: fine
      ? `Random vectors (${draws}) stand for the mixture of bath levels to ${error.toPrecision(2)} in every probability.`
      : `Random vectors (${draws}) leave a standard error of ${error.toPrecision(2)}: take more (\`sampling.vectors\`), it falls as the root of their number.`,
  }
}
