import type { Finding, Problem, Vector } from '@mesobath/contracts'
import { exp, logSumExp } from '@mesobath/kernels'
import type { Sampling } from './local-case.js'
import type { LocalModel } from './local-model.js'
import type { LocalReading } from './local-reading.js'

/** Probabilities are wanted to about this. */
const WANTED = 0.02

/**
 * Standard error of any probability by random vectors, from above: a pure state drawn from ρ_B has the variance tr[(A ρ)²] ≤ tr ρ² of every
 * observable 0 ≤ A ≤ 1, and tr ρ_B² ≈ Σ_E p(E)²/V_E where windows are filled evenly. p(E) is read off the state itself.
 */
export const samplingErrorOf = (logVolumes: Vector, { populations }: LocalReading, draws: number): number =>
  Math.sqrt(purityOf(logVolumes, windowProbabilities(populations, logVolumes.length)) / draws)

/** Σ_E p(E)²/V_E. */
const purityOf = (logVolumes: Vector, probabilities: Vector): number =>
  probabilities.reduce((sum, p, window) => sum + p * p * exp(-logVolumes[window]!), 0)

/** p(E) of p(ε_k, E) [level, window]. */
export const windowProbabilities = (populations: Vector, windows: number): Float64Array => {
  const out = new Float64Array(windows)
  for (let at = 0; at < populations.length; at++) out[at % windows] = out[at % windows]! + populations[at]!
  return out
}

/** Σ_E p(E)²/V_E that the initial state asks for: of a product it is the product of those of the baths. */
const askedPurity = ({ initial }: Problem, { dimension, windows, logVolumes, baths }: LocalModel): number => {
  if (initial.kind === 'conditional') {
    const size = dimension * dimension
    return purityOf(logVolumes, Float64Array.from({ length: windows }, (_, window) => {
      let trace = 0
      for (let k = 0; k < dimension; k++) trace += initial.states.re[window * size + k * (dimension + 1)]!
      return trace
    }))
  }
  return initial.baths.reduce((product, state, at) => {
    const own = baths[at]!.windows
    if (state.kind === 'levels') throw new Error('levels of a bath of local terms are not known')
    if (state.kind === 'windows') return product * purityOf(own.logVolumes, state.probabilities)
    const exponents = Float64Array.from(own.energies, (energy, window) => own.logVolumes[window]! - state.inverseTemperature * energy)
    const total = logSumExp(exponents)
    return product * purityOf(own.logVolumes, exponents.map((value) => exp(value - total)))
  }, 1)
}

/** Random vectors that leave the error asked for: Σ_E p(E)²/V_E over its square. */
export const drawsFor = (problem: Problem, model: LocalModel, { vectors, targetError }: Sampling): number =>
  targetError === null ? vectors : Math.max(vectors, Math.ceil(askedPurity(problem, model) / (targetError * targetError)))

/** How well random vectors stand for the mixture; whether they were moved to single precision. */
export const samplingFinding = (error: number, draws: number, wanted = WANTED, single = false): Finding => {
  const fine = error <= wanted
  const which = `Random vectors (${draws}${single ? ', to single precision' : ''})`
  return {
    code: 'integrator-exact/sampling-error',
    quantity: 'standard error of a probability by random vectors in place of the mixture',
    value: error,
    bound: wanted,
    verdict: fine ? 'trust' : 'doubt',
    message: fine
      ? `${which} stand for the mixture of bath levels to ${error.toPrecision(2)} in every probability.`
      : `${which} leave a standard error of ${error.toPrecision(2)}: take more (\`sampling.vectors\`), it falls as the root of their number.`,
  }
}
