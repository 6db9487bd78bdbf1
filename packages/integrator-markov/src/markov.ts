import { CONTRACT, fail, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Guarantee, Host, Json, Outcome, Problem, Stepper } from '@mesobath/contracts'
import {
  countReachedStates, driveSurvey, energyScale, initialConditional, initialPopulations, INTEGRATOR_VECTORS, linkedCrossings, movesInside, movingRates,
  nearestResonance, NUMBERS_PER_PAIR, piecewiseStepper, populationGeneratorInParts, populationsClose, populationsCloseAlong, prepareBaths, prepareInParts, ratesRecipe,
  rememberCorrelation, runFrame, startsCoherent, transitionFrequencies, validityAlong, windowLattice,
} from '@mesobath/composition'
import type {
  DriveSurvey, InitialPopulations, Lattice, Mover, MovingRates, OffResonance, PreparedBath, RateChoice,
} from '@mesobath/composition'
import { openTeam } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { conditionalMover } from './internal/conditional-mover.js'
import { populationMover } from './internal/population-mover.js'
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

/** Real vectors of the size of ρ_S(E) that a run with coherences keeps: state, scratch of the propagator, rates, copies for samples. */
const CONDITIONAL_VECTORS = 6

/** The same for populations: start and state, three of a recurrence, rates, components and volumes; a checkpoint takes d more. */
const POPULATION_VECTORS = 7

/** What is as large as the lattice where only reached states move: samples of p and ∂t p; a checkpoint takes d more. */
const SAMPLE_VECTORS = 2

/** Bytes per reached state: vectors, exit rate, volume, place and component, and per jump into it. */
const REACHED_BYTES = 80
const REACHED_JUMP_BYTES = 8

/** Below so many joint states a sweep is over before another thread has woken, and plain JavaScript is as fast. */
const TEAM_STATES = 50_000

/** What a table's index costs per row. */
const MAP_ENTRY_BYTES = 64

/** Numbers per jump: tables of the jumps themselves, what made them, and the rows that are swept. */
const NUMBERS_PER_JUMP = 24

const mayNeedCoherences = (problem: Problem): boolean => {
  const { energies } = problem
  const degenerate = transitionFrequencies(energies).some((group) => group.frequency === 0 && group.pairs.length > 2 * energies.length)
  return degenerate || startsCoherent(problem)
}

/** Pairs of levels that a bath couples, in both orders. */
const coupledPairs = ({ baths, energies }: Problem, axis: number): number => {
  let pairs = 0
  for (let at = 0; at < energies.length * energies.length; at += 1) {
    if (baths[axis]!.systemCouplings.some(({ im, re }) => re[at] !== 0 || (im !== null && im[at] !== 0))) pairs += 1
  }
  return pairs
}

const estimate = (problem: Problem, offResonance: OffResonance): Outcome<Estimate> => {
  const { dimension, size, counts } = windowLattice(problem)
  const jointStates = dimension * size
  const full = mayNeedCoherences(problem)
  const counted = full || problem.drive !== null ? succeed(null) : countReachedStates(problem, offResonance)
  if (counted._tag === 'Left') return counted
  const reached = counted.right
  const entries = full ? 2 * dimension * jointStates : jointStates
  // Up to two neighbours for each frequency and window; with coherences the Lamb shift asks for every pair of windows, a row at a time.
  const pairsOfLevels = counts.reduce((sum, _, axis) => sum + coupledPairs(problem, axis), 0)
  const transitions = counts.reduce((sum, count, axis) => sum + 2 * coupledPairs(problem, axis) * count, 0)
  const pairs = counts.reduce((sum, count) => sum + count * count, 0)
  // A drive keeps what rate models said: one row per transition, or per pair of windows where the Lamb shift is needed.
  const couplings = problem.baths.reduce((most, { bath }) => Math.max(most, bath.couplings), 1)
  const remembered = problem.drive === null ? 0 : (full ? pairs : transitions) * (16 * couplings * couplings + MAP_ENTRY_BYTES)
  const followed = !movesInside(problem) ? 0
    : 8 * (INTEGRATOR_VECTORS * entries + NUMBERS_PER_PAIR * (full ? (pairs * dimension * dimension) / 2 : transitions))
  const vectors = full ? 8 * CONDITIONAL_VECTORS * entries
    : reached === null ? 8 * (POPULATION_VECTORS + dimension) * jointStates
    : 8 * (SAMPLE_VECTORS + dimension) * jointStates + reached * (REACHED_BYTES + (REACHED_JUMP_BYTES * 2 * pairsOfLevels) / dimension)
  return succeed({
    bytes: vectors + 8 * NUMBERS_PER_JUMP * transitions + remembered + followed,
    operations: (reached ?? entries) * (full ? dimension * dimension : 1 + pairsOfLevels / dimension) * APPLICATIONS_PER_OUTPUT * problem.times.length
      + (full ? pairs * dimension * dimension : 0),
    jointStates,
    ...(reached === null ? {} : { reachedStates: reached }),
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

const pathFinding = (kept: number | null, jointStates: number): Finding => ({
  code: 'integrator-markov/path', quantity: 'share of the conditional states that moves: 0 for populations only, 1 for all of ρ_S(E)',
  value: kept === null ? 1 : 0, bound: 1, verdict: 'trust',
  message: kept === null
    ? 'the initial state has coherences or linked levels meet, so the full equation of ρ_S(E) was solved'
    : 'the initial state has no coherences and no linked levels meet, so the rate equation of p(ε_k,E) was solved, which is the same'
      + (kept < jointStates ? `; of ${jointStates} joint states the ${kept} that the start can reach were kept` : ''),
})

interface Prepared {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  readonly start: InitialPopulations
  readonly survey: DriveSurvey
}

const prepareChosen = (problem: Problem, { offResonance, rates }: MarkovOptions): Outcome<readonly PreparedBath[]> => {
  const baths = prepareBaths(problem, rates)
  return baths._tag === 'Right' && offResonance === 'nearest' ? nearestResonance(baths.right) : baths
}

function* collect(problem: Problem, options: MarkovOptions): Parts<Outcome<Prepared>> {
  const baths = prepareChosen(problem, options)
  yield
  const start = initialPopulations(problem)
  yield
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

interface MadeMover {
  readonly mover: Mover
  /** Joint states whose populations are kept; null where all of ρ_S(E) is. */
  readonly kept: number | null
}

function* makeMover(
  { baths, lattice, start, survey }: Prepared, problem: Problem, host: Host, rates: MovingRates | null, populationsOnly: boolean,
  tolerance: number,
): Parts<Outcome<MadeMover>> {
  const scale = energyScale(baths, problem.energies)
  if (!populationsOnly) {
    const states = initialConditional(problem)
    return states._tag === 'Left' ? states : succeed({ mover: conditionalMover(lattice, baths, states.right.states, rates, scale, tolerance), kept: null })
  }
  const { settings } = survey
  const team = lattice.dimension * lattice.size < TEAM_STATES ? null : openTeam(host.threads === undefined ? {} : { threads: host.threads })
  const undriven = problem.drive === null
  const only = undriven ? yield* populationGeneratorInParts(lattice, baths, settings[0]!.energies, settings[0]!.strengths, team) : succeed(null)
  yield
  return only._tag === 'Left' ? only : succeed(populationMover(lattice, baths, start.populations, only.right, team, rates, scale, tolerance))
}

function* prepareStepper(algorithm: Algorithm, options: MarkovOptions, problem: Problem, host: Host, tolerance: number): Parts<Outcome<Stepper>> {
  const collected = yield* collect(problem, options)
  if (collected._tag === 'Left') return collected
  const { baths, lattice, start, survey } = collected.right
  const { dimension, size } = lattice
  const { settings } = survey
  const { populations } = start
  const close = settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
    && populationsCloseAlong(baths, survey, dimension)
  const populationsOnly = close && !startsCoherent(problem)
  yield
  const rates = survey.smooth ? movingRates(baths, survey, dimension, !populationsOnly) : succeed(null)
  if (rates._tag === 'Left') return rates
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const validity = yield* validityAlong({ lattice, baths, duration, populations }, settings, survey.probes)
  yield
  const made = yield* makeMover(collected.right, problem, host, rates.right, populationsOnly, tolerance)
  if (made._tag === 'Left') return made
  const { kept, mover } = made.right
  // Every setting is built once now, the first one last: plug-in code runs here, `enter` finds its tables.
  for (let i = settings.length - 1; i >= 0; i -= 1) {
    yield
    const entered = yield* mover.enter(settings[i]!)
    if (entered._tag === 'Left') return entered
  }
  const findings = [...validity, ...start.findings, ...crossingFindings(survey, baths, dimension), pathFinding(kept, dimension * size)]
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
 * Without coherences and linked levels that meet the rate equation of p(ε_k,E) (Eqs. 30, G8) is solved, by uniformisation or a Chebyshev
 * series while energies hold, every p ≥ 0, on the joint states that the start can reach where these are few; else all of ρ_S(E), by the
 * exponential's action. The run's validity report says which. Along smooth segments rates and Lamb shift follow ω(t), continuous in t, and
 * the equation is integrated to the tolerance. Work and power (Eq. 47), coarse-graining defect
 * ∫Σ(ε_k + E) ∂t p dt and slowness max|ω̇|·2π/δ² stand in every sample.
 *
 * `prepare` returns the issues of the baths, rate models and drive; `composition/nearest-grid` and `composition/nearest-line-shape` where
 * `offResonance: 'nearest'` has no grid to send to; `composition/cancelled`.
 *
 * @equation 5
 * @equation 30
 * @equation 47
 */
export const markov = (options: MarkovOptions): Algorithm => {
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'markov', package: '@mesobath/integrator-markov', version: VERSION, citations: [PAPER],
    recipe: recipeOf(options), needs: [],
    estimate: (problem) => estimate(problem, options.offResonance ?? 'shared'),
    prepare: (problem, host, tolerance, signal) => prepareInParts(prepareStepper(algorithm, options, problem, host, tolerance), host, signal),
  }
  return algorithm
}
