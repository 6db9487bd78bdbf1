import { CONTRACT, fail, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Host, Outcome, Problem, Stepper } from '@mesobath/contracts'
import {
  constantSettings, initialConditional, piecewiseStepper, populationsClose, prepareBaths, ratesRecipe, runFrame, rememberCorrelation, transitionFrequencies,
  validityReport, windowLattice, worstFindings,
} from '@mesobath/composition'
import type { InitialConditional, Lattice, PreparedBath, RateChoice, Setting } from '@mesobath/composition'
import { conditionalMover } from './internal/conditional-mover.js'
import { diagonalOf, hasCoherences, populationMover } from './internal/population-mover.js'
import { VERSION } from './version.js'

/** Options of `markov`. */
export interface MarkovOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateChoice
}

const SMOOTH_DRIVE = 'integrator-markov/smooth-drive'

/** Applications of the generator per output time that an estimate assumes: the rates are not known before plug-ins have run. */
const APPLICATIONS_PER_OUTPUT = 40

/** Real vectors of the size of the state that a run keeps: state, scratch of the propagator, rates, copies for samples. */
const VECTORS = 6

/** What a table's index costs per row. */
const MAP_ENTRY_BYTES = 64

const mayNeedCoherences = (problem: Problem): boolean => {
  const { energies, initial } = problem
  const dimension = energies.length
  const degenerate = transitionFrequencies(energies).some((group) => group.frequency === 0 && group.pairs.length > 2 * dimension)
  if (degenerate) return true
  const planes = initial.kind === 'product' ? initial.system : initial.states
  return hasCoherences(planes.re, dimension) || (planes.im !== null && hasCoherences(planes.im, dimension))
}

const estimate = (problem: Problem): Outcome<Estimate> => {
  const { dimension, size, counts } = windowLattice(problem)
  const jointStates = dimension * size
  const full = mayNeedCoherences(problem)
  const entries = full ? 2 * dimension * jointStates : jointStates
  // Up to two neighbours for each frequency and window; with coherences the Lamb shift asks for every pair of windows, a row at a time.
  const transitions = counts.reduce((sum, count) => sum + 2 * dimension * dimension * count, 0)
  const pairs = counts.reduce((sum, count) => sum + count * count, 0)
  // A drive keeps what rate models said: one row per transition, or per pair of windows where the Lamb shift is needed.
  const couplings = problem.baths.reduce((most, { bath }) => Math.max(most, bath.couplings), 1)
  const remembered = problem.drive === null ? 0 : (full ? pairs : transitions) * (16 * couplings * couplings + MAP_ENTRY_BYTES)
  return succeed({
    bytes: 8 * (VECTORS * entries + 12 * transitions) + remembered,
    operations: entries * dimension * dimension * APPLICATIONS_PER_OUTPUT * problem.times.length + (full ? pairs * dimension * dimension : 0),
    jointStates,
  })
}

const pathFinding = (populationsOnly: boolean): Finding => ({
  code: 'integrator-markov/path', quantity: 'share of the conditional states that moves: 0 for populations only, 1 for all of ρ_S(E)',
  value: populationsOnly ? 0 : 1, bound: 1, verdict: 'trust',
  message: populationsOnly
    ? 'the initial state has no coherences and no linked levels are degenerate, so the rate equation of p(ε_k,E) was solved, which is the same'
    : 'the initial state has coherences or linked levels are degenerate, so the full equation of ρ_S(E) was solved',
})

interface Prepared {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  readonly start: InitialConditional
  readonly settings: readonly Setting[]
}

const collect = (problem: Problem, rates: RateChoice): Outcome<Prepared> => {
  const baths = prepareBaths(problem, rates)
  const start = initialConditional(problem)
  const settings = constantSettings(problem, SMOOTH_DRIVE)
  if (baths._tag === 'Left' || start._tag === 'Left' || settings._tag === 'Left') {
    const [first, ...rest] = [baths, start, settings].flatMap((outcome) => (outcome._tag === 'Left' ? outcome.left : []))
    return fail(first!, ...rest)
  }
  return succeed({
    lattice: windowLattice(problem), start: start.right, settings: settings.right,
    // Only a drive asks twice.
    baths: settings.right.length > 1 ? baths.right.map(rememberCorrelation) : baths.right,
  })
}

const prepareStepper = (algorithm: Algorithm, rates: RateChoice, problem: Problem, host: Host, tolerance: number): Outcome<Stepper> => {
  const collected = collect(problem, rates)
  if (collected._tag === 'Left') return collected
  const { baths, lattice, settings, start } = collected.right
  const { dimension, size } = lattice
  const populations = diagonalOf(start.states, dimension, size)
  const populationsOnly = !hasCoherences(start.states.re, dimension) && !hasCoherences(start.states.im, dimension)
    && settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
  const mover = populationsOnly ? populationMover(lattice, baths, populations) : conditionalMover(lattice, baths, start.states)
  // Every setting is built once now, the first one last: plug-in code runs here, `enter` finds its tables.
  for (let i = settings.length - 1; i >= 0; i -= 1) {
    const entered = mover.enter(settings[i]!)
    if (entered._tag === 'Left') return entered
  }
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const reports = settings.map(({ energies, strengths }) => validityReport({ lattice, baths, energies, strengths, duration, populations }))
  const findings = [...worstFindings(reports), ...start.findings, pathFinding(populationsOnly)]
  const frame = runFrame(problem, algorithm, rates)
  return succeed(piecewiseStepper({
    frame, problem, host, mover, held: settings[0]!, tolerance, memoryStart: start.memoryStart, smoothDriveCode: SMOOTH_DRIVE,
    findings: () => findings,
  }))
}

/**
 * The extended microcanonical master equation in its Markov, secular form (Eq. 5), for any number of baths, couplings and levels,
 * piecewise constant in time.
 *
 * Without coherences and linked degenerate levels the rate equation of p(ε_k,E) (Eq. 30) is solved by uniformisation, which keeps
 * every p ≥ 0; else all of ρ_S(E) by the exponential's action. The run's validity report says which.
 *
 * `prepare` returns the issues of the baths and rate models, and `integrator-markov/smooth-drive` where the drive moves inside a segment.
 *
 * @equation 5
 * @equation 30
 */
export const markov = (options: MarkovOptions): Algorithm => {
  const rates = ratesRecipe(options.rates)
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'markov', package: '@mesobath/integrator-markov', version: VERSION, citations: [PAPER],
    recipe: rates === null ? null : { rates }, needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance) => Promise.resolve(prepareStepper(algorithm, options.rates, problem, host, tolerance)),
  }
  return algorithm
}
