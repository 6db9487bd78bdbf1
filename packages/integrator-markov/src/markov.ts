import { CONTRACT, fail, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Guarantee, Host, Json, Outcome, Problem, Stepper } from '@mesobath/contracts'
import {
  driveSurvey, energyScale, initialConditional, INTEGRATOR_VECTORS, linkedCrossings, movesInside, movingRates, nearestResonance, NUMBERS_PER_PAIR,
  piecewiseStepper, populationsClose, populationsCloseAlong, prepareBaths, ratesRecipe, runFrame, rememberCorrelation, transitionFrequencies,
  validityReport, windowLattice, worstFindings,
} from '@mesobath/composition'
import type { DriveSurvey, InitialConditional, Lattice, OffResonance, PreparedBath, RateChoice } from '@mesobath/composition'
import { conditionalMover } from './internal/conditional-mover.js'
import { diagonalOf, hasCoherences, populationMover } from './internal/population-mover.js'
import { VERSION } from './version.js'

/** Options of `markov`. */
export interface MarkovOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateChoice
  /**
   * Where a transition's ω falls between two windows: `shared` by both with triangular weights, continuous in ω, at the price of a
   * coarse-graining defect; or sent to the `nearest` multiple of the grid, level by level, which conserves Σ(round(ε_k/δ)δ + E) p exactly
   * and jumps where a level passes halfway between two multiples. Default `shared`.
   */
  readonly offResonance?: OffResonance
}

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
  const followed = !movesInside(problem) ? 0
    : 8 * (INTEGRATOR_VECTORS * entries + NUMBERS_PER_PAIR * (full ? (pairs * dimension * dimension) / 2 : transitions))
  return succeed({
    bytes: 8 * (VECTORS * entries + 12 * transitions) + remembered + followed,
    operations: entries * dimension * dimension * APPLICATIONS_PER_OUTPUT * problem.times.length + (full ? pairs * dimension * dimension : 0),
    jointStates,
  })
}

const crossingFindings = (survey: DriveSurvey, baths: readonly PreparedBath[], dimension: number): readonly Finding[] => {
  const value = linkedCrossings(baths, survey, dimension)
  return value === 0 ? [] : [{
    code: 'integrator-markov/level-crossings', quantity: 'times that levels linked by a bath meet under the drive', value, bound: 0, verdict: 'doubt',
    message: 'while the distance of two linked levels is below the rates the secular approximation drops what couples their coherence to their '
      + 'populations; cross quickly, or take finite-time Redfield',
  }]
}

const pathFinding = (populationsOnly: boolean): Finding => ({
  code: 'integrator-markov/path', quantity: 'share of the conditional states that moves: 0 for populations only, 1 for all of ρ_S(E)',
  value: populationsOnly ? 0 : 1, bound: 1, verdict: 'trust',
  message: populationsOnly
    ? 'the initial state has no coherences and no linked levels meet, so the rate equation of p(ε_k,E) was solved, which is the same'
    : 'the initial state has coherences or linked levels meet, so the full equation of ρ_S(E) was solved',
})

interface Prepared {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  readonly start: InitialConditional
  readonly survey: DriveSurvey
}

const prepareChosen = (problem: Problem, { offResonance, rates }: MarkovOptions): Outcome<readonly PreparedBath[]> => {
  const baths = prepareBaths(problem, rates)
  return baths._tag === 'Right' && offResonance === 'nearest' ? nearestResonance(baths.right) : baths
}

const collect = (problem: Problem, options: MarkovOptions): Outcome<Prepared> => {
  const baths = prepareChosen(problem, options)
  const start = initialConditional(problem)
  const survey = driveSurvey(problem)
  if (baths._tag === 'Left' || start._tag === 'Left' || survey._tag === 'Left') {
    const [first, ...rest] = [baths, start, survey].flatMap((outcome) => (outcome._tag === 'Left' ? outcome.left : []))
    return fail(first!, ...rest)
  }
  // Only a drive asks twice.
  const driven = survey.right.settings.length > 1 || survey.right.smooth
  return succeed({
    lattice: windowLattice(problem), start: start.right, survey: survey.right, baths: driven ? baths.right.map(rememberCorrelation) : baths.right,
  })
}

const prepareStepper = (algorithm: Algorithm, options: MarkovOptions, problem: Problem, host: Host, tolerance: number): Outcome<Stepper> => {
  const collected = collect(problem, options)
  if (collected._tag === 'Left') return collected
  const { baths, lattice, start, survey } = collected.right
  const { dimension, size } = lattice
  const { settings } = survey
  const populations = diagonalOf(start.states, dimension, size)
  const close = settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
    && populationsCloseAlong(baths, survey, dimension)
  const populationsOnly = close && !hasCoherences(start.states.re, dimension) && !hasCoherences(start.states.im, dimension)
  const rates = survey.smooth ? movingRates(baths, survey, dimension, !populationsOnly) : succeed(null)
  if (rates._tag === 'Left') return rates
  const scale = energyScale(baths, problem.energies)
  const mover = populationsOnly
    ? populationMover(lattice, baths, populations, rates.right, scale, tolerance)
    : conditionalMover(lattice, baths, start.states, rates.right, scale, tolerance)
  // Every setting is built once now, the first one last: plug-in code runs here, `enter` finds its tables.
  for (let i = settings.length - 1; i >= 0; i -= 1) {
    const entered = mover.enter(settings[i]!)
    if (entered._tag === 'Left') return entered
  }
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const reports = [...settings, ...survey.probes].map(({ energies, strengths }) =>
    validityReport({ lattice, baths, energies, strengths, duration, populations }))
  const findings = [...worstFindings(reports), ...start.findings, ...crossingFindings(survey, baths, dimension), pathFinding(populationsOnly)]
  const guarantees: readonly Guarantee[] = ['non-negative-rates', ...(close ? ['populations-close' as const] : []), 'even-windows']
  return succeed(piecewiseStepper({
    frame: runFrame(problem, algorithm, options.rates, guarantees),
    problem, host, mover, held: settings[0] ?? null, tolerance, memoryStart: start.memoryStart, smoothDriveCode: 'integrator-markov/smooth-drive',
    findings: () => findings,
  }))
}

const recipeOf = ({ offResonance, rates }: MarkovOptions): Json => {
  const recipe = ratesRecipe(rates)
  if (recipe === null) return null
  return offResonance === 'nearest' ? { rates: recipe, offResonance } : { rates: recipe }
}

/**
 * The extended microcanonical master equation in its Markov, secular form (Eq. 5), for any number of baths, couplings, levels and any drive.
 *
 * Without coherences and linked levels that meet the rate equation of p(ε_k,E) (Eq. 30) is solved, by uniformisation while energies hold,
 * which keeps every p ≥ 0; else all of ρ_S(E), by the exponential's action. The run's validity report says which. Along smooth segments rates
 * and Lamb shift follow ω(t), continuous in t, and the equation is integrated to the tolerance. Work (Eq. 47), coarse-graining defect
 * ∫Σ(ε_k + E) ∂t p dt and slowness max|ω̇|·2π/δ² stand in every sample.
 *
 * `prepare` returns the issues of the baths, rate models and drive; `composition/nearest-grid` and `composition/nearest-line-shape` where
 * `offResonance: 'nearest'` has no grid to send to.
 *
 * @equation 5
 * @equation 30
 * @equation 47
 */
export const markov = (options: MarkovOptions): Algorithm => {
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'markov', package: '@mesobath/integrator-markov', version: VERSION, citations: [PAPER],
    recipe: recipeOf(options), needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance) => Promise.resolve(prepareStepper(algorithm, options, problem, host, tolerance)),
  }
  return algorithm
}
