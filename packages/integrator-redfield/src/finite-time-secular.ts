import { CONTRACT, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Host, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { piecewiseStepper, populationsClose, ratesRecipe, rememberCorrelation, runFrame, windowLattice } from '@mesobath/composition'
import type { Mover, RateChoice } from '@mesobath/composition'
import type { FiniteTimeOptions } from './finite-time-redfield.js'
import { DRIVE_ISSUE } from './internal/course.js'
import { diagonals } from './internal/diagonals.js'
import { envelopeGroups } from './internal/envelope-groups.js'
import type { EnvelopeGroup } from './internal/envelope-groups.js'
import { groundFindings, prepareGround } from './internal/ground.js'
import type { Ground } from './internal/ground.js'
import { envelopedMover, rescaledMover } from './internal/secular-populations.js'
import { secularStatesMover } from './internal/secular-states.js'
import { VERSION } from './version.js'

/** Vectors of the size of the state that a run with coherences keeps: ten of the integrator, two of the conjugate state, copies. */
const STATE_VECTORS = 16

/** Derivatives per output time that an estimate assumes: the rates are not known before plug-ins have run. */
const DERIVATIVES_PER_OUTPUT = 40

const estimate = (problem: Problem): Outcome<Estimate> => {
  const { dimension, size, counts } = windowLattice(problem)
  const entries = 2 * size * dimension * dimension
  const transitions = counts.reduce((sum, count) => sum + 2 * dimension * dimension * count, 0)
  return succeed({
    bytes: 8 * (STATE_VECTORS * entries + 24 * transitions * dimension),
    operations: entries * dimension * 4 * DERIVATIVES_PER_OUTPUT * problem.times.length,
    jointStates: dimension * size,
  })
}

const hasCoherences = (plane: Float64Array, dimension: number): boolean => {
  const block = dimension * dimension
  return plane.some((value, i) => value !== 0 && (i % block) % (dimension + 1) !== 0)
}

const pathFinding = (populationsOnly: boolean, groups: number): Finding => ({
  code: 'integrator-redfield/path', quantity: 'share of the conditional states that moves: 0 for populations only, 1 for all of ρ_S(E)',
  value: populationsOnly ? 0 : 1, bound: 1, verdict: 'trust',
  message: !populationsOnly
    ? 'the initial state has coherences or linked levels are degenerate, so all of ρ_S(E) was integrated'
    : groups === 1
      ? 'no coherences arise, so p(ε_k,E) was moved in the rescaled time Ξ(t), which is exact'
      : 'no coherences arise, so p(ε_k,E) was integrated; windows of several widths have no common rescaled time',
})

const moverOf = (ground: Ground, groups: readonly EnvelopeGroup[], populationsOnly: boolean, memory: number, tolerance: number): Mover => {
  const { lattice, initial, course } = ground
  const baths = course.settings.length > 1 ? ground.baths.map(rememberCorrelation) : ground.baths
  if (!populationsOnly) return secularStatesMover(lattice, baths, initial.states, groups, memory, tolerance)
  const populations = new Float64Array(lattice.dimension * lattice.size)
  diagonals(initial.states.re, lattice.dimension, lattice.size, populations)
  return groups.length === 1
    ? rescaledMover(lattice, baths, populations, groups[0].width, memory)
    : envelopedMover(lattice, baths, populations, groups, memory, tolerance)
}

const prepareStepper = (algorithm: Algorithm, rates: RateChoice, problem: Problem, host: Host, tolerance: number): Outcome<Stepper> => {
  const prepared = prepareGround(problem, rates)
  if (prepared._tag === 'Left') return prepared
  const ground = prepared.right
  const { lattice, baths, initial, course } = ground
  const groups = envelopeGroups(baths)
  if (groups._tag === 'Left') return groups
  const { re, im } = initial.states
  const populationsOnly = !hasCoherences(re, lattice.dimension) && !hasCoherences(im, lattice.dimension)
    && course.settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
  const mover = moverOf(ground, groups.right, populationsOnly, problem.times[0] - initial.memoryStart, tolerance)
  // Every setting once now, the first one last: plug-in code runs here, `enter` finds its tables.
  for (let i = course.settings.length - 1; i >= 0; i -= 1) {
    const entered = mover.enter(course.settings[i])
    if (entered._tag === 'Left') return entered
  }
  const findings = [...groundFindings(ground, true), pathFinding(populationsOnly, groups.right.length)]
  return succeed(piecewiseStepper({
    problem, host, mover, tolerance, frame: runFrame(problem, algorithm, rates), held: course.settings[0], memoryStart: initial.memoryStart,
    findings: () => findings, smoothDriveCode: DRIVE_ISSUE,
  }))
}

/**
 * The Markov, secular equation with every dissipation rate multiplied by the envelope ζ(t − t₀) of its windows, Lamb shift and mean field
 * unchanged: the paper's finite-time form for a flat window,
 * ∂t ρ(E) = −i[H'_S(E), ρ(E)] + Σ_ν ζ_ν(t) D_ν ρ(E), t₀ the beginning of memory.
 *
 * Equal to `finiteTimeRedfield` in every probability where all transitions open to the populated states are resonant; off resonance, where a
 * rate builds up otherwise than ζ, it is an approximation, but its rates stay positive. Populations without coherences and one
 * window width move in the rescaled time Ξ(t) by uniformisation, exactly and with p ≥ 0; anything else is integrated. Memory counts
 * from its beginning with the energies of the moment, across quenches too, as the paper prints it.
 *
 * Issues of `prepare`: those of `prepareBaths`, `initialConditional`, `populationGenerator`, `conditionalGenerator`;
 * `integrator-redfield/no-envelope`, `integrator-redfield/drive`.
 *
 * @equation 44
 * @equation 45
 * @equation E1
 * @equation E5
 */
export const finiteTimeSecular = (options: FiniteTimeOptions): Algorithm => {
  const recipe = ratesRecipe(options.rates)
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'finite-time-secular', package: '@mesobath/integrator-redfield', version: VERSION, citations: [PAPER],
    recipe: recipe === null ? null : { name: 'finite-time-secular', rates: recipe }, needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance) => Promise.resolve(prepareStepper(algorithm, options.rates, problem, host, tolerance)),
  }
  return algorithm
}
