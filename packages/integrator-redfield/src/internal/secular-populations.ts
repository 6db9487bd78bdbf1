import { succeed } from '@mesobath/contracts'
import { energyScale, holdPopulations, levelSum, populationGeneratorInParts } from '@mesobath/composition'
import type { HeldPropagator, Lattice, PreparedBath } from '@mesobath/composition'
import { dormandPrince, flatWindowEnvelope, flatWindowRescaledTime } from '@mesobath/kernels'
import type { RelaxationWorkspace } from '@mesobath/kernels'
import type { DrivenJumps } from './driven-jumps.js'
import type { EnvelopeGroup } from './envelope-groups.js'
import type { History } from './history.js'
import { advanceInPortions, derivativesPerPause } from './pacing.js'
import { constantAction, drivenAction } from './population-action.js'
import type { PopulationAction } from './population-action.js'
import { BOOK_ENTRIES } from './scalars.js'
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
 * Populations under one envelope and constant energies: ∂t p = ζ(t) Λ p, hence p(t) = e^{ΛΞ(t)} p(0), exactly, by the series that serves
 * Λ best, and p ≥ 0. The defect moves along. @equation E5
 */
export const rescaledMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Float64Array, width: number, time: number, memoryStart: number,
): SecularMover => {
  const count = start.length
  const vector = (): Float64Array => new Float64Array(count + 2)
  // p, work over σ and defect over σ; no work is done while energies hold.
  const state = vector()
  const workspace: RelaxationWorkspace = [{ values: vector() }, { values: vector() }, { values: vector() }]
  state.set(start)
  const populations = state.subarray(0, count)
  const change = vector()
  const rates = change.subarray(0, count)
  let scale = 1
  let defect = 0
  let held: HeldPropagator | null = null
  let now = time
  return {
    work: 0,
    get time() {
      return now
    },
    get defect() {
      return defect + scale * state[count + 1]
    },
    leave: () => undefined,
    enter: function* ({ setting: { energies, strengths } }) {
      const outcome = yield* populationGeneratorInParts(lattice, baths, energies, strengths, null)
      yield
      if (outcome._tag === 'Left') return outcome
      defect += scale * state[count + 1]
      state[count + 1] = 0
      scale = energyScale(baths, energies)
      held = holdPopulations(lattice, outcome.right, energies, scale, workspace)
      return succeed(undefined)
    },
    advance: async (to, tolerance, pause) => {
      const rescaled = flatWindowRescaledTime(to - memoryStart, width) - flatWindowRescaledTime(now - memoryStart, width)
      if (!(await held?.advance(state, Math.max(0, rescaled), tolerance, pause))) return 'cancelled'
      now = to
      return state.every((each) => Number.isFinite(each)) ? 'ok' : 'not-converged'
    },
    populations: () => populations,
    populationRates: () => {
      held?.rates(state, change)
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
    out[count] = levelSum(now.slopes, populations)
  }
  const ode = dormandPrince(count + BOOK_ENTRIES, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  ode.restart(parts.time, initial)
  const populations = viewOf(ode.state)
  const derivatives = derivativesPerPause(count * dimension * groups.length)
  return {
    get time() {
      return ode.time
    },
    get work() {
      return ode.state[count]
    },
    get defect() {
      return ode.state[count + 1]
    },
    leave: () => undefined,
    enter: function* ({ setting, panels }) {
      const made = panels === null ? constantAction(lattice, baths, groups, setting) : drivenAction(baths, widths, jumps, now)
      if (made._tag === 'Left') return made
      action = made.right
      ode.restart(ode.time, ode.state.slice())
      return succeed(undefined)
    },
    advance: (to, _tolerance, pause) => advanceInPortions(now, ode, to, derivatives, pause),
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
