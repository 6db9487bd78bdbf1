import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Host, Issue, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { ratesRecipe, runFrame, windowLattice } from '@mesobath/composition'
import type { PreparedBath, RateChoice, Setting } from '@mesobath/composition'
import { couplingElements } from './internal/coupling-elements.js'
import { flatWindowKernel } from './internal/flat-window-kernel.js'
import { groundFindings, prepareGround } from './internal/ground.js'
import type { Ground } from './internal/ground.js'
import { history } from './internal/history.js'
import type { History } from './internal/history.js'
import { masterEquation } from './internal/master-equation.js'
import type { MemoryKernel } from './internal/memory-kernel.js'
import { STAGES } from './internal/pacing.js'
import { redfieldStepper } from './internal/redfield-stepper.js'
import { tabulatedKernel, transformTable } from './internal/tabulated-kernel.js'
import type { TransformTable } from './internal/tabulated-kernel.js'
import { tableTolerance } from './internal/tolerances.js'
import { windowPairs } from './internal/window-pairs.js'
import { VERSION } from './version.js'

/** Options of both methods. */
export interface FiniteTimeOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateChoice
}

/** Vectors of the size of the state that a run keeps: nine of the integrator, its state, and working planes. */
const STATE_VECTORS = 14

/** Steps per unit of δt that the oscillations of memory ask for, and the least of any run. */
const STEPS_PER_MEMORY_TIME = 4
const LEAST_STEPS = 100

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
  let bytes = STATE_VECTORS * 16 * size * dimension * dimension
  let steps = LEAST_STEPS
  for (const { bath } of problem.baths) {
    const windows = bath.windows.energies.length
    // κ of every pair and the lists it is collected in; transforms of every distance of windows.
    bytes += windows * windows * (2 * 16 * bath.couplings * bath.couplings + 48) + 2 * windows * dimension * dimension * 40
    steps = Math.max(steps, STEPS_PER_MEMORY_TIME * bath.windows.width * duration)
  }
  return succeed({ bytes, operations: steps * STAGES * derivativeOperations(problem), jointStates: size * dimension })
}

/** One table of transforms per set of energies that the run holds. */
const tablesOf = (
  bath: PreparedBath, pairs: Parameters<typeof transformTable>[1], elements: Parameters<typeof transformTable>[2], ground: Ground,
  host: Host, tolerance: number, issues: Issue[],
): readonly TransformTable[] => {
  const tables: TransformTable[] = []
  const alike = (a: Setting, b: Setting): boolean => a.energies.every((value, k) => value === b.energies[k])
  for (const setting of ground.course.settings) {
    if (tables.some((table) => alike(table.setting, setting))) continue
    const table = transformTable(bath, pairs, elements, setting, ground.reach, tableTolerance(tolerance), host.memoryLimit)
    if (table._tag === 'Left') {
      issues.push(...table.left)
      return []
    }
    tables.push(table.right)
  }
  return tables
}

const kernelOf = (bath: PreparedBath, ground: Ground, past: History, host: Host, tolerance: number): Outcome<MemoryKernel> => {
  const { lineShape } = bath.correlation
  const { dimension } = ground.lattice
  if (lineShape.kind === 'flat-window' && !lineShape.finiteTime) {
    return fail(issue('integrator-redfield/no-finite-time', ['rates', bath.label],
      `\`rates.${bath.label}\` must have a correlation function at finite times, but that of "${bath.rates.name}" does not decay; `
      + 'take the microscopic sum (rates-microscopic) or the random-matrix rates (rates-rmt)'))
  }
  const elements = couplingElements(bath.systemCouplings, dimension)
  const pairs = windowPairs(bath)
  if (pairs._tag === 'Left') return pairs
  if (lineShape.kind === 'flat-window') return succeed(flatWindowKernel(bath, lineShape.width, pairs.right, elements, past, dimension))
  const issues: Issue[] = []
  const tables = tablesOf(bath, pairs.right, elements, ground, host, tolerance, issues)
  return failIfAny(issues, () => tabulatedKernel(bath, pairs.right, elements, past, dimension, tables))
}

const prepareStepper = (algorithm: Algorithm, rates: RateChoice, problem: Problem, host: Host, tolerance: number): Outcome<Stepper> => {
  const prepared = prepareGround(problem, rates)
  if (prepared._tag === 'Left') return prepared
  const ground = prepared.right
  const { lattice, baths, initial, course } = ground
  const past = history(lattice.dimension)
  const issues: Issue[] = []
  const kernels: MemoryKernel[] = []
  for (const bath of baths) {
    const kernel = kernelOf(bath, ground, past, host, tolerance)
    if (kernel._tag === 'Left') issues.push(...kernel.left)
    else kernels.push(kernel.right)
  }
  return failIfAny(issues, () => {
    for (const { from, setting } of course.past) {
      if (past.enter(from, setting)) for (const kernel of kernels) kernel.enter()
    }
    return redfieldStepper({
      problem, frame: runFrame(problem, algorithm, rates), lattice, states: initial.states, memoryStart: initial.memoryStart, course, past,
      kernels, equation: masterEquation(lattice, baths, kernels), findings: groundFindings(ground, false), host, tolerance,
      operations: derivativeOperations(problem),
    })
  })
}

/**
 * The finite-time Redfield form of the extended microcanonical master equation, for any number of baths, couplings, levels and
 * frequencies, without a secular approximation:
 * ∂t ρ(E) = −i[H_S + δH(E), ρ(E)] + Σ_ν Σ_{E'αα'} { S^α ρ(E') Λ^{αα'}(E,E';t)† − ρ(E) Λ^{αα'}(E',E;t)† S^α } + h.c.,
 * ⟨q|Λ^{αα'}(E,E';t)†|k⟩ = G^{αα'}_qk(E,E';t) ⟨q|S^{α'}|k⟩, G_qk = ∫₀ᵗ dτ λ(t)λ(t−τ) C(E,E';−τ) exp[−i∫_{t−τ}^{t} (ε_q − ε_k) ds].
 *
 * Second order in the coupling: at a given time probabilities err by O(λ³). It is not completely positive, and off resonance its
 * rates can be negative at short times; it conserves P(E_tot) only where every open transition is resonant. Memory begins where the
 * run began, also of a continued run, whose drive is asked for what went before; it crosses quenches with the phases that the levels
 * had, and costs one transform per earlier stretch. Line shapes of their own are tabulated while preparing. Cost per step: every pair
 * of windows of a bath, n² of them.
 *
 * Issues of `prepare`: those of `prepareBaths` and `initialConditional`; `integrator-redfield/no-finite-time`,
 * `integrator-redfield/rates-not-finite`, `integrator-redfield/drive`, `integrator-redfield/memory`.
 *
 * @equation 14
 * @equation B1
 */
export const finiteTimeRedfield = (options: FiniteTimeOptions): Algorithm => {
  const recipe = ratesRecipe(options.rates)
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'finite-time-redfield', package: '@mesobath/integrator-redfield', version: VERSION, citations: [PAPER],
    recipe: recipe === null ? null : { name: 'finite-time-redfield', rates: recipe }, needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance) => Promise.resolve(prepareStepper(algorithm, options.rates, problem, host, tolerance)),
  }
  return algorithm
}
