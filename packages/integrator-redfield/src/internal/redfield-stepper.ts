import { fail, issue, succeed } from '@mesobath/contracts'
import type { Finding, Frame, Host, Planes, Problem, Segment, Stepper } from '@mesobath/contracts'
import { jointEnergies, levelSum, pauseFor, quenchWork } from '@mesobath/composition'
import type { Lattice, Setting } from '@mesobath/composition'
import { dormandPrince } from '@mesobath/kernels'
import { settingAt, settingKey } from './course.js'
import type { Course } from './course.js'
import { diagonals } from './diagonals.js'
import type { History } from './history.js'
import type { MasterEquation } from './master-equation.js'
import type { MemoryKernel } from './memory-kernel.js'
import type { FullPlanes } from './numbers.js'
import { fullPlanes } from './numbers.js'
import { advanceInPortions, derivativesPerPause } from './pacing.js'
import { entrance } from './entrance.js'
import type { MemoryChoice } from './entrance.js'
import { DRIVE_ISSUE } from './panels.js'
import { picture } from './picture.js'
import { positivityFinding, smallest } from './positivity.js'
import { BOOK_ENTRIES, writeFlows } from './scalars.js'
import { slownessFinding } from './slowness.js'
import type { Slowness } from './slowness.js'
import { stepTolerance } from './tolerances.js'

/** What `prepare` made for a run of the full equation. */
export interface RedfieldParts {
  readonly problem: Problem
  readonly frame: Frame
  readonly lattice: Lattice
  /** ρ_S(E) at the start of the run. */
  readonly states: Planes
  readonly memoryStart: number
  readonly memory: MemoryChoice
  readonly course: Course
  readonly past: History
  readonly kernels: readonly MemoryKernel[]
  /** Frequencies that products of phases and correlation functions can have beside those of H_S. */
  readonly bandwidth: number
  readonly equation: MasterEquation
  readonly slowness: Slowness
  readonly findings: readonly Finding[]
  readonly host: Host
  readonly tolerance: number
  /** Cost of one derivative. */
  readonly operations: number
}

/** Integrates the full equation in the interaction picture of H_S(t), so that steps follow rates and memory, not level spacings. */
export const redfieldStepper = (parts: RedfieldParts): Stepper => {
  const { problem, frame, lattice, course, past, kernels, equation, slowness, host, tolerance } = parts
  const { dimension, size } = lattice
  const baths = problem.baths.length
  const length = size * dimension * dimension
  const books = 2 * length
  const schroedinger = fullPlanes(length)
  const change = fullPlanes(length)
  const turned = picture(dimension, size)
  const windows = jointEnergies(lattice)
  const populations = new Float64Array(dimension * size)
  const populationRates = new Float64Array(dimension * size)
  const energies = new Float64Array(dimension)
  const strengths = new Float64Array(baths)
  const phases = new Float64Array(dimension)
  const start = new Float64Array(books + BOOK_ENTRIES)
  const known = new Map(course.settings.map((each) => [settingKey(each), each]))
  const enterMemory = entrance(parts.memory, past, kernels, parts.bandwidth, tolerance, course.before)
  let segment: Segment | null = null
  // The phases since memory began at which both pictures coincide.
  let origin = new Float64Array(dimension)
  // The time for which the memory is up to date; the last two stages of a step share one.
  let evaluated = Number.NaN
  let jumps = 0
  let least = 0

  // The planes of the integrator's vectors, one pair of views per vector: vectors are few and live as long as the integrator.
  const views = new Map<Float64Array, FullPlanes>()
  const planesOf = (state: Float64Array): FullPlanes => {
    const made = views.get(state)
    if (made !== undefined) return made
    const view = { re: state.subarray(0, length), im: state.subarray(length, books) }
    views.set(state, view)
    return view
  }

  /** Memory, energies and phases of a time. */
  const evaluate = (time: number): void => {
    if (time === evaluated) return
    past.look(time)
    const begun = past.blocks[past.block].phases
    for (let k = 0; k < dimension; k += 1) phases[k] = begun[k] - origin[k] + past.phases[k]
    turned.set(phases)
    equation.update(time, past.strengths)
    slowness.look(past.slopes, past.strengths)
    evaluated = time
  }

  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    evaluate(time)
    turned.toSchroedinger(planesOf(state), schroedinger)
    equation.apply(schroedinger, change)
    turned.toInteraction(change, planesOf(out))
    writeFlows(schroedinger.re, change.re, past.energies, past.slopes, windows, out, books)
  }
  const ode = dormandPrince(books + BOOK_ENTRIES, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  start.set(parts.states.re)
  if (parts.states.im !== null) start.set(parts.states.im, length)
  ode.restart(problem.times[0], start)
  const derivatives = derivativesPerPause(parts.operations)

  const toSchroedinger = (): void => {
    evaluate(ode.time)
    turned.toSchroedinger(planesOf(ode.state), schroedinger)
  }

  /** Energies and strengths at a time of the segment, where it is constant the very ones that were tabulated. */
  const read = (from: Segment, time: number): Setting => {
    const setting = settingAt(from, time, dimension, baths)
    return from.constant ? known.get(settingKey(setting)) ?? setting : setting
  }

  return {
    frame,
    get time() {
      return ode.time
    },
    enter: (next) => {
      const setting = read(next, next.from)
      if (next.constant ? !known.has(settingKey(setting)) : course.smooth.length === 0) {
        return fail(issue(DRIVE_ISSUE, ['drive'],
          `\`drive\` must give the segments that it gave while the run was prepared, but the one from ${next.from} is new`))
      }
      if (segment !== null) toSchroedinger()
      else schroedinger.re.set(start.subarray(0, length))
      // The jump at a split belongs to the run that begins there: only it knows both sides.
      const before = segment === null ? course.before : read(segment, segment.to)
      if (before !== null) {
        diagonals(schroedinger.re, dimension, size, populations)
        jumps += quenchWork(before.energies, setting.energies, populations)
      }
      const entered = enterMemory(next, setting)
      if (entered._tag === 'Left') return entered
      if (entered.right && segment !== null) {
        start.set(schroedinger.re)
        start.set(schroedinger.im, length)
        start.set(ode.state.subarray(books), books)
        ode.restart(next.from, start)
      }
      if (entered.right || segment === null) {
        past.look(next.from)
        origin = past.blocks[past.block].phases.map((begun, k) => begun + past.phases[k])
      }
      segment = next
      evaluated = Number.NaN
      return succeed(undefined)
    },
    advance: async (to, signal) => succeed(signal?.aborted === true ? 'cancelled' : await advanceInPortions(past, ode, to, derivatives, pauseFor(host, signal))),
    sample: (side) => {
      const now = segment as Segment
      toSchroedinger()
      equation.apply(schroedinger, change)
      diagonals(schroedinger.re, dimension, size, populations)
      diagonals(change.re, dimension, size, populationRates)
      least = smallest(populations, least)
      now.energies(ode.time, energies)
      now.strengths(ode.time, strengths)
      return {
        time: ode.time, side, energies, strengths, populations, populationRates, conditional: schroedinger,
        scalars: {
          work: jumps + ode.state[books], power: levelSum(past.slopes, populations), coarseGrainingDefect: ode.state[books + 1], slowness: slowness.value,
        },
      }
    },
    validity: () => [...parts.findings, positivityFinding(least), slownessFinding(slowness.value, parts.memory !== 'from-start')],
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
