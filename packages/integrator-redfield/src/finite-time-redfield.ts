import { CONTRACT, fail, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Host, Issue, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { prepareInParts, ratesRecipe, runFrame, windowLattice } from '@mesobath/composition'
import type { RateChoice } from '@mesobath/composition'
import { BRIDGED_STEP_DERIVATIVES, STEP_VECTORS } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { bathMemory } from './internal/bath-memory.js'
import { settingAt } from './internal/course.js'
import { driveCost } from './internal/drive-cost.js'
import { entrance } from './internal/entrance.js'
import type { MemoryChoice } from './internal/entrance.js'
import { groundFindings, prepareGround } from './internal/ground.js'
import { redfieldGuarantees } from './internal/guarantees.js'
import { HELD_NODES } from './internal/held-transforms.js'
import { history } from './internal/history.js'
import { masterEquation } from './internal/master-equation.js'
import type { MemoryKernel } from './internal/memory-kernel.js'
import { chebyshevPanels } from './internal/panels.js'
import { redfieldStepper } from './internal/redfield-stepper.js'
import { slownessOf } from './internal/slowness.js'
import { tableTolerance } from './internal/tolerances.js'
import { VERSION } from './version.js'

/** Options of both methods. */
export interface FiniteTimeOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateChoice
}

/** Options of the full equation. */
export interface FiniteTimeRedfieldOptions extends FiniteTimeOptions {
  /**
   * `kernel` (default): memory since the run began with the phases that the levels really had, across quenches and along smooth drives.
   * `restarted`: the same, but memory begins anew at every quench; good only where |Δω| ≫ δ, wrong for small, frequent quenches.
   * `from-start`: memory since the run began as if energies and strengths had always been those of the moment, as the paper prints it.
   */
  readonly memory?: MemoryChoice
}

/** Vectors of the size of the state that a run keeps: those of the integrator, and working planes. */
const STATE_VECTORS = STEP_VECTORS + 5

/** Steps per unit of δt that the oscillations of memory ask for, and the least of any run. */
const STEPS_PER_MEMORY_TIME = 2
const LEAST_STEPS = 50

const MEMORIES: readonly MemoryChoice[] = ['kernel', 'restarted', 'from-start']

/** Elementary operations of one derivative: every pair of windows, on the elements of S, beside the other baths' windows. */
const derivativeOperations = (problem: Problem): number => {
  const dimension = problem.energies.length
  const { size } = windowLattice(problem)
  let operations = size * dimension * dimension * 20
  for (const { bath } of problem.baths) {
    const windows = bath.windows.energies.length
    const elements = bath.couplings * dimension * dimension
    operations += windows * windows * elements * 8 * (bath.couplings + dimension * (1 + size / windows))
    operations += size * dimension * dimension * dimension * 8
  }
  return operations
}

const estimate = (problem: Problem): Outcome<Estimate> => {
  const dimension = problem.energies.length
  const { size } = windowLattice(problem)
  const duration = problem.times[problem.times.length - 1] - problem.times[0]
  const driven = driveCost(problem)
  let bytes = STATE_VECTORS * 16 * size * dimension * dimension + driven.bytes
  let steps = LEAST_STEPS
  for (const { bath } of problem.baths) {
    const windows = bath.windows.energies.length
    // κ of every pair and the lists it is collected in; transforms of every distance of windows, and the nodes they are read from.
    bytes += windows * windows * (2 * 16 * bath.couplings * bath.couplings + 48) + 2 * windows * dimension * dimension * (40 + 16 * HELD_NODES)
    steps = Math.max(steps, STEPS_PER_MEMORY_TIME * bath.windows.width * duration)
  }
  return succeed({
    bytes, operations: steps * BRIDGED_STEP_DERIVATIVES * (derivativeOperations(problem) + driven.perDerivative) + driven.once, jointStates: size * dimension,
  })
}

function* prepareStepper(
  algorithm: Algorithm, rates: RateChoice, memory: MemoryChoice, problem: Problem, host: Host, tolerance: number,
): Parts<Outcome<Stepper>> {
  if (!MEMORIES.includes(memory)) {
    return fail(issue('integrator-redfield/memory-choice', ['algorithm', 'memory'],
      `\`algorithm.memory\` must be one of ${MEMORIES.map((each) => `'${each}'`).join(', ')}, but is ${JSON.stringify(memory)}`))
  }
  const prepared = yield* prepareGround(problem, rates)
  if (prepared._tag === 'Left') return prepared
  const ground = prepared.right
  const { lattice, baths, initial, course } = ground
  const past = history(lattice.dimension, baths.length)
  const issues: Issue[] = []
  const kernels: MemoryKernel[] = []
  let bandwidth = 0
  for (const bath of baths) {
    yield
    const made = yield* bathMemory(bath, ground, past, memory, host, tolerance)
    if (made._tag === 'Left') {
      issues.push(...made.left)
      continue
    }
    kernels.push(made.right.kernel)
    // Memory of today's energies integrates no phases.
    if (memory !== 'from-start') bandwidth = Math.max(bandwidth, made.right.bandwidth)
  }
  for (const segment of course.smooth) {
    yield
    const panels = chebyshevPanels(segment, lattice.dimension, baths.length, bandwidth, tableTolerance(tolerance))
    if (panels._tag === 'Left') issues.push(...panels.left)
  }
  const [first, ...rest] = issues
  if (first !== undefined) return fail(first, ...rest)
  const enter = entrance(memory, past, kernels, bandwidth, tolerance, null)
  for (const segment of memory === 'from-start' ? [] : course.past) {
    yield
    const entered = enter(segment, settingAt(segment, segment.from, lattice.dimension, baths.length))
    if (entered._tag === 'Left') return entered
  }
  yield
  const findings = yield* groundFindings(ground, false)
  return succeed(redfieldStepper({
    problem, lattice, states: initial.states, memoryStart: initial.memoryStart, memory, course, past, kernels, bandwidth, host, tolerance,
    frame: { ...runFrame(problem, algorithm, rates), guarantees: redfieldGuarantees(baths) },
    equation: masterEquation(lattice, baths, kernels), slowness: slownessOf(baths), findings,
    operations: derivativeOperations(problem) + driveCost(problem).perDerivative,
  }))
}

/**
 * The finite-time Redfield form of the extended microcanonical master equation, for any number of baths, couplings, levels and
 * frequencies, without a secular approximation:
 * ∂t ρ(E) = −i[H_S + δH(E), ρ(E)] + Σ_ν Σ_{E'αα'} { S^α ρ(E') Λ^{αα'}(E,E';t)† − ρ(E) Λ^{αα'}(E',E;t)† S^α } + h.c.,
 * ⟨q|Λ^{αα'}(E,E';t)†|k⟩ = G^{αα'}_qk(E,E';t) ⟨q|S^{α'}|k⟩, G_qk = ∫₀ᵗ dτ λ(t)λ(t−τ) C(E,E';−τ) exp[−i∫_{t−τ}^{t} (ε_q − ε_k) ds].
 *
 * Second order in the coupling: at a given time probabilities err by O(λ³). It is not completely positive, and off resonance its
 * rates can be negative at short times; it conserves P(E_tot) only where every open transition is resonant. Energies and strengths may
 * be constant or smooth between the stops of a drive. Memory begins where the run began, also of a continued run, whose drive is asked for
 * what went before; `memory` says what is remembered across quenches and along smooth segments. Line shapes of their own are tabulated
 * while preparing. Cost per step: every pair of windows of a bath, n² of them, and under a drive some fifty nodes × distances of windows ×
 * elements; the past is read again once per 10/δ.
 *
 * Samples carry `work` (∫ Σ ε̇_k p_k dt along the steps, and Σ Δε_k p_k at quenches), `power` (Σ ε̇_k p_k of the moment),
 * `coarseGrainingDefect` (∫ Σ(ε_k + E) ∂t p dt of everything but the drive, coherences that δH(E) turns into populations included) and `slowness` (max|∂t ω|·2π/δ² so far): U(t) − U(0) = work + defect.
 * What λ(t) does to the interaction is of higher order than ρ_S(E) and no part of these books. A jump at the time where a continued run begins
 * is work of that run, there at its first sample.
 *
 * Issues of `prepare`: those of `prepareBaths` and `initialConditional`; `integrator-redfield/no-finite-time`,
 * `integrator-redfield/rates-not-finite`, `integrator-redfield/drive`, `integrator-redfield/memory`, `integrator-redfield/memory-choice`; `composition/cancelled`.
 *
 * @equation 14
 * @equation 47
 * @equation B1
 */
export const finiteTimeRedfield = (options: FiniteTimeRedfieldOptions): Algorithm => {
  const recipe = ratesRecipe(options.rates)
  const memory = options.memory ?? 'kernel'
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'finite-time-redfield', package: '@mesobath/integrator-redfield', version: VERSION, citations: [PAPER],
    recipe: recipe === null ? null : { name: 'finite-time-redfield', rates: recipe, memory }, needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance, signal) =>
      prepareInParts(prepareStepper(algorithm, options.rates, memory, problem, host, tolerance), host, signal),
  }
  return algorithm
}
