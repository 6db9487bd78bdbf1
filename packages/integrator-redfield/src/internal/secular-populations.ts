import { succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import { pauseStride, populationGenerator } from '@mesobath/composition'
import type { Lattice, Mover, PopulationGenerator, PreparedBath, Setting } from '@mesobath/composition'
import { dormandPrince, flatWindowEnvelope, flatWindowRescaledTime, uniformisation } from '@mesobath/kernels'
import type { Propagator } from '@mesobath/kernels'
import { groupStrengths } from './envelope-groups.js'
import type { EnvelopeGroup } from './envelope-groups.js'
import { stepStride } from './pacing.js'
import { stepTolerance } from './tolerances.js'

/** The diagonal states of populations [level, window] as planes [window, k, q]. */
const diagonalStates = (populations: Float64Array, dimension: number, size: number): Float64Array => {
  const re = new Float64Array(size * dimension * dimension)
  for (let k = 0; k < dimension; k += 1) {
    for (let window = 0; window < size; window += 1) re[(window * dimension + k) * dimension + k] = populations[k * size + window]
  }
  return re
}

/** Populations under one envelope: ∂t p = ζ(t) Λ p, hence p(t) = e^{ΛΞ(t)} p(0), exactly, and p ≥ 0. @equation E5 */
export const rescaledMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Float64Array, width: number, memory: number,
): Mover => {
  const populations = Float64Array.from(start)
  const rates = new Float64Array(start.length)
  let generator: PopulationGenerator | null = null
  let propagator: Propagator | null = null
  let stride = Infinity
  // Time since memory began.
  let age = memory
  return {
    get stride() {
      return stride
    },
    enter: ({ energies, strengths }) => {
      const outcome = populationGenerator(lattice, baths, energies, strengths)
      if (outcome._tag === 'Left') return outcome
      generator = outcome.right
      propagator = uniformisation(generator, generator.exitRateBound)
      stride = pauseStride(populations.length, generator.exitRateBound)
      return succeed(undefined)
    },
    advance: (time, tolerance) => {
      const rescaled = flatWindowRescaledTime(age + time, width) - flatWindowRescaledTime(age, width)
      propagator?.advance(populations, Math.max(0, rescaled), tolerance)
      age += time
      return populations.every((probability) => Number.isFinite(probability))
    },
    populations: () => populations,
    populationRates: () => {
      generator?.apply(populations, rates)
      const envelope = flatWindowEnvelope(age, width)
      for (let i = 0; i < rates.length; i += 1) rates[i] *= envelope
      return rates
    },
    conditional: () => null,
    checkpoint: () => ({ re: diagonalStates(populations, lattice.dimension, lattice.size), im: null }),
  }
}

/** Populations under several envelopes: ∂t p = Σ_δ ζ_δ(t) Λ_δ p, integrated, for their generators do not commute. */
export const envelopedMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Float64Array, groups: readonly EnvelopeGroup[], memory: number, tolerance: number,
): Mover => {
  const rates = new Float64Array(start.length)
  const part = new Float64Array(start.length)
  let generators: readonly PopulationGenerator[] = []
  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    out.fill(0)
    for (let g = 0; g < generators.length; g += 1) {
      const envelope = flatWindowEnvelope(time, groups[g].width)
      generators[g].apply(state, part)
      for (let i = 0; i < out.length; i += 1) out[i] += envelope * part[i]
    }
  }
  const ode = dormandPrince(start.length, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  ode.restart(memory, start)
  const stride = stepStride(start.length * lattice.dimension * groups.length, Math.max(...groups.map((group) => group.width)))
  return {
    stride,
    enter: ({ energies, strengths }: Setting): Outcome<void> => {
      const made: PopulationGenerator[] = []
      for (const group of groups) {
        const outcome = populationGenerator(lattice, baths, energies, groupStrengths(group, strengths))
        if (outcome._tag === 'Left') return outcome
        made.push(outcome.right)
      }
      generators = made
      ode.restart(ode.time, ode.state.slice())
      return succeed(undefined)
    },
    advance: (time) => ode.advance(ode.time + time, Infinity) === 'ok',
    populations: () => ode.state,
    populationRates: () => {
      derivative(ode.time, ode.state, rates)
      return rates
    },
    conditional: () => null,
    checkpoint: () => ({ re: diagonalStates(ode.state, lattice.dimension, lattice.size), im: null }),
  }
}
