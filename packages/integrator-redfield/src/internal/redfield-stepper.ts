import { fail, issue, succeed } from '@mesobath/contracts'
import type { Finding, Frame, Host, Planes, Problem, Stepper } from '@mesobath/contracts'
import type { Lattice, Setting } from '@mesobath/composition'
import { dormandPrince } from '@mesobath/kernels'
import { DRIVE_ISSUE, sameSetting, settingOf } from './course.js'
import type { Course } from './course.js'
import { diagonals } from './diagonals.js'
import type { History } from './history.js'
import type { MasterEquation } from './master-equation.js'
import type { MemoryKernel } from './memory-kernel.js'
import type { FullPlanes } from './numbers.js'
import { fullPlanes } from './numbers.js'
import { advanceInPortions, stepsPerPause } from './pacing.js'
import { picture } from './picture.js'
import { positivityFinding, smallest } from './positivity.js'
import { stepTolerance } from './tolerances.js'

/** What `prepare` made for a run of the full equation. */
export interface RedfieldParts {
  readonly problem: Problem
  readonly frame: Frame
  readonly lattice: Lattice
  /** ρ_S(E) at the start of the run. */
  readonly states: Planes
  readonly memoryStart: number
  readonly course: Course
  readonly past: History
  readonly kernels: readonly MemoryKernel[]
  readonly equation: MasterEquation
  readonly findings: readonly Finding[]
  readonly host: Host
  readonly tolerance: number
  /** Cost of one derivative. */
  readonly operations: number
}

/** Integrates the full equation in the interaction picture of H_S, so that steps follow rates and memory, not level spacings. */
export const redfieldStepper = (parts: RedfieldParts): Stepper => {
  const { problem, frame, lattice, course, past, kernels, equation, host } = parts
  const { dimension, size } = lattice
  const baths = problem.baths.length
  const length = size * dimension * dimension
  const schroedinger = fullPlanes(length)
  const change = fullPlanes(length)
  const turned = picture(dimension, size)
  const populations = new Float64Array(dimension * size)
  const populationRates = new Float64Array(dimension * size)
  const start = new Float64Array(2 * length)
  let setting: Setting | null = null
  // The time at which both pictures coincide.
  let origin = problem.times[0]
  // The time for which the memory is up to date; the last two stages of a step share one.
  let evaluated = Number.NaN
  let work = 0
  let least = 0

  // The planes of the integrator's vectors, one pair of views per vector: vectors are few and live as long as the integrator.
  const views = new Map<Float64Array, FullPlanes>()
  const planesOf = (state: Float64Array): FullPlanes => {
    const known = views.get(state)
    if (known !== undefined) return known
    const made = { re: state.subarray(0, length), im: state.subarray(length) }
    views.set(state, made)
    return made
  }

  const evaluate = (time: number): void => {
    if (time === evaluated) return
    equation.update(time, (setting as Setting).strengths)
    evaluated = time
  }

  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    turned.set((setting as Setting).energies, time - origin)
    turned.toSchroedinger(planesOf(state), schroedinger)
    evaluate(time)
    equation.apply(schroedinger, change)
    turned.toInteraction(change, planesOf(out))
  }
  const ode = dormandPrince(2 * length, derivative, { absoluteTolerance: stepTolerance(parts.tolerance), relativeTolerance: 0 })
  start.set(parts.states.re)
  if (parts.states.im !== null) start.set(parts.states.im, length)
  ode.restart(origin, start)
  const steps = stepsPerPause(parts.operations)

  const toSchroedinger = (): void => {
    turned.set((setting as Setting).energies, ode.time - origin)
    turned.toSchroedinger(planesOf(ode.state), schroedinger)
  }

  return {
    frame,
    get time() {
      return ode.time
    },
    enter: (segment) => {
      const read = settingOf(segment, dimension, baths)
      if (read._tag === 'Left') return read
      const next = course.settings.find((each) => sameSetting(each, read.right))
      if (next === undefined) {
        return fail(issue(DRIVE_ISSUE, ['drive'],
          `\`drive\` must give the segments that it gave while the run was prepared, but the one from ${segment.from} is new`))
      }
      if (setting !== null) {
        toSchroedinger()
        diagonals(schroedinger.re, dimension, size, populations)
        for (let k = 0; k < dimension; k += 1) {
          let probability = 0
          for (let window = 0; window < size; window += 1) probability += populations[k * size + window]
          work += (next.energies[k] - setting.energies[k]) * probability
        }
      }
      const changed = past.enter(segment.from, next)
      if (changed) {
        if (setting !== null) {
          planesOf(start).re.set(schroedinger.re)
          planesOf(start).im.set(schroedinger.im)
          origin = segment.from
          ode.restart(origin, start)
        }
        for (const kernel of kernels) kernel.enter()
      }
      setting = next
      evaluated = Number.NaN
      return succeed(undefined)
    },
    advance: (to, signal) => advanceInPortions(ode, to, steps, host, signal),
    sample: (side) => {
      const { energies, strengths } = setting as Setting
      toSchroedinger()
      evaluate(ode.time)
      equation.apply(schroedinger, change)
      diagonals(schroedinger.re, dimension, size, populations)
      diagonals(change.re, dimension, size, populationRates)
      least = smallest(populations, least)
      return {
        time: ode.time, side, energies, strengths, populations, populationRates, conditional: schroedinger, scalars: { work },
      }
    },
    validity: () => [...parts.findings, positivityFinding(least)],
    checkpoint: () => {
      toSchroedinger()
      return succeed({
        kind: 'conditional', memoryStart: parts.memoryStart,
        states: { re: schroedinger.re.slice(), im: schroedinger.im.slice() },
      })
    },
    dispose: () => views.clear(),
  }
}
