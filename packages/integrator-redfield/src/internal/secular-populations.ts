import { succeed } from '@mesobath/contracts'
import { pauseStride, populationGenerator } from '@mesobath/composition'
import type { Lattice, PopulationGenerator, PreparedBath } from '@mesobath/composition'
import { dormandPrince, flatWindowEnvelope, flatWindowRescaledTime, uniformisation } from '@mesobath/kernels'
import type { Propagator } from '@mesobath/kernels'
import type { DrivenJumps } from './driven-jumps.js'
import type { EnvelopeGroup } from './envelope-groups.js'
import type { History } from './history.js'
import { stepStride } from './pacing.js'
import { constantAction, drivenAction, leaks } from './population-action.js'
import type { PopulationAction } from './population-action.js'
import { BOOK_ENTRIES, levelSum } from './scalars.js'
import type { SecularMover } from './secular-mover.js'
import type { Slowness } from './slowness.js'
import { stepTolerance } from './tolerances.js'

/** The diagonal states of populations [level, window] as planes [window, k, q]. */
const diagonalStates = (populations: Float64Array, dimension: number, size: number): Float64Array => {
  const re = new Float64Array(size * dimension * dimension)
  for (let k = 0; k < dimension; k += 1) {
    for (let window = 0; window < size; window += 1) re[(window * dimension + k) * dimension + k] = populations[k * size + window]
  }
  return re
}

/**
 * Populations under one envelope and constant energies: ∂t p = ζ(t) Λ p, hence p(t) = e^{ΛΞ(t)} p(0), exactly, and p ≥ 0. The defect moves
 * along as one more component, ∂_Ξ of which is −Σ Ω × current. @equation E5
 */
export const rescaledMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Float64Array, width: number, time: number, memoryStart: number,
): SecularMover => {
  const count = start.length
  const state = new Float64Array(count + 1)
  state.set(start)
  const populations = state.subarray(0, count)
  const rates = new Float64Array(count)
  let generator: PopulationGenerator | null = null
  let propagator: Propagator | null = null
  let stride = Infinity
  let now = time
  return {
    work: 0,
    get stride() {
      return stride
    },
    get defect() {
      return state[count]
    },
    leave: () => undefined,
    enter: ({ setting: { energies, strengths } }) => {
      const outcome = populationGenerator(lattice, baths, energies, strengths)
      if (outcome._tag === 'Left') return outcome
      const made = outcome.right
      const leak = leaks(lattice, made.transitions)
      const resonant = leak.every((each) => each === 0)
      generator = made
      const views = new Map<Float64Array, Float64Array>()
      const viewOf = (vector: Float64Array): Float64Array => {
        const known = views.get(vector) ?? vector.subarray(0, count)
        views.set(vector, known)
        return known
      }
      propagator = uniformisation({
        dimension: count + 1,
        apply: (vector, out) => {
          made.apply(viewOf(vector), viewOf(out))
          let sum = 0
          for (let i = 0; i < count && !resonant; i += 1) sum += leak[i] * vector[i]
          out[count] = sum
        },
      }, made.exitRateBound)
      stride = pauseStride(count, made.exitRateBound)
      return succeed(undefined)
    },
    advance: (to, tolerance) => {
      const rescaled = flatWindowRescaledTime(to - memoryStart, width) - flatWindowRescaledTime(now - memoryStart, width)
      // Only what is gained: a large sum carried along would be rounded anew by every series.
      const before = state[count]
      state[count] = 0
      propagator?.advance(state, Math.max(0, rescaled), tolerance)
      state[count] += before
      now = to
      return state.every((each) => Number.isFinite(each))
    },
    populations: () => populations,
    populationRates: () => {
      generator?.apply(populations, rates)
      const envelope = flatWindowEnvelope(now - memoryStart, width)
      for (let i = 0; i < count; i += 1) rates[i] *= envelope
      return rates
    },
    conditional: () => null,
    checkpoint: () => ({ re: diagonalStates(populations, lattice.dimension, lattice.size), im: null }),
  }
}

/** What moves populations that no single rescaled time serves. */
export interface IntegratedParts {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  readonly groups: readonly EnvelopeGroup[]
  /** Width of each bath's windows. */
  readonly widths: readonly number[]
  /** Tables of all jumps of smooth segments, one per bath; empty where there are none. */
  readonly jumps: readonly DrivenJumps[]
  readonly now: History
  readonly slowness: Slowness
  readonly time: number
  readonly memoryStart: number
  readonly tolerance: number
}

/** Populations under several envelopes or moving energies: ∂t p = Σ_δ ζ_δ(t) Λ_δ(t) p, integrated with work and defect. */
export const integratedMover = (parts: IntegratedParts, start: Float64Array): SecularMover => {
  const { lattice, baths, groups, widths, jumps, now, slowness, memoryStart, tolerance } = parts
  const { size, dimension } = lattice
  const count = start.length
  const rates = new Float64Array(count)
  const initial = new Float64Array(count + BOOK_ENTRIES)
  initial.set(start)
  let action: PopulationAction | null = null
  const views = new Map<Float64Array, Float64Array>()
  const viewOf = (vector: Float64Array): Float64Array => {
    const known = views.get(vector)
    if (known !== undefined) return known
    const view = vector.subarray(0, count)
    views.set(vector, view)
    return view
  }
  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    now.look(time)
    slowness.look(now.slopes, now.strengths)
    const populations = viewOf(state)
    out[count + 1] = (action as PopulationAction).apply(time - memoryStart, populations, viewOf(out))
    out[count] = levelSum(now.slopes, populations, size)
  }
  const ode = dormandPrince(count + BOOK_ENTRIES, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  ode.restart(parts.time, initial)
  const populations = viewOf(ode.state)
  return {
    stride: stepStride(count * dimension * groups.length, Math.max(...widths)),
    get work() {
      return ode.state[count]
    },
    get defect() {
      return ode.state[count + 1]
    },
    leave: () => undefined,
    enter: ({ setting, panels }) => {
      const made = panels === null ? constantAction(lattice, baths, groups, setting) : drivenAction(baths, widths, jumps, now)
      if (made._tag === 'Left') return made
      action = made.right
      ode.restart(ode.time, ode.state.slice())
      return succeed(undefined)
    },
    advance: (to) => ode.advance(to, Infinity) === 'ok',
    populations: () => populations,
    populationRates: () => {
      now.look(ode.time)
      action?.apply(ode.time - memoryStart, populations, rates)
      return rates
    },
    conditional: () => null,
    checkpoint: () => ({ re: diagonalStates(populations, dimension, size), im: null }),
  }
}
