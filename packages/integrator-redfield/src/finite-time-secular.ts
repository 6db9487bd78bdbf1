import { CONTRACT, failIfAny, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Host, Issue, Outcome, Problem, Stepper, Vector } from '@mesobath/contracts'
import { populationsClose, prepareInParts, ratesRecipe, rememberCorrelation, runFrame, windowLattice } from '@mesobath/composition'
import type { PreparedBath, RateChoice } from '@mesobath/composition'
import { STEP_VECTORS } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import type { FiniteTimeOptions } from './finite-time-redfield.js'
import { diagonals } from './internal/diagonals.js'
import { drivenEntries } from './internal/drive-cost.js'
import { drivenJumps } from './internal/driven-jumps.js'
import type { DrivenJumps } from './internal/driven-jumps.js'
import type { CoupledWindows } from './internal/driven-states.js'
import { envelopeGroups } from './internal/envelope-groups.js'
import type { EnvelopeGroup } from './internal/envelope-groups.js'
import { windowGaps } from './internal/flat-window-gaps.js'
import { frequencyRanges } from './internal/frequency-ranges.js'
import { groundFindings, prepareGround } from './internal/ground.js'
import type { Ground } from './internal/ground.js'
import { secularGuarantees } from './internal/guarantees.js'
import { history } from './internal/history.js'
import { chebyshevPanels } from './internal/panels.js'
import type { Panel } from './internal/panels.js'
import type { SecularMover } from './internal/secular-mover.js'
import { integratedMover, rescaledMover } from './internal/secular-populations.js'
import type { IntegratedParts } from './internal/secular-populations.js'
import { secularStatesMover } from './internal/secular-states.js'
import { secularStepper } from './internal/secular-stepper.js'
import { slownessOf } from './internal/slowness.js'
import { steadyGroups, steadyLevels } from './internal/steady-groups.js'
import { tableTolerance } from './internal/tolerances.js'
import { windowPairs } from './internal/window-pairs.js'
import { VERSION } from './version.js'

/** Vectors of the size of the state that a run with coherences keeps: those of the integrator, two of the conjugate state, copies. */
const STATE_VECTORS = STEP_VECTORS + 7

/** Derivatives per output time that an estimate assumes: the rates are not known before plug-ins have run. */
const DERIVATIVES_PER_OUTPUT = 40

const hasCoherences = (plane: Vector, dimension: number): boolean => {
  const block = dimension * dimension
  return plane.some((value, i) => value !== 0 && (i % block) % (dimension + 1) !== 0)
}

const startsCoherent = ({ initial, energies }: Problem): boolean => {
  const { re, im } = initial.kind === 'product' ? initial.system : initial.states
  return hasCoherences(re, energies.length) || (im !== null && hasCoherences(im, energies.length))
}

const estimate = (problem: Problem): Outcome<Estimate> => {
  const { dimension, size, counts } = windowLattice(problem)
  const entries = 2 * size * dimension * dimension
  const transitions = counts.reduce((sum, count) => sum + 2 * dimension * dimension * count, 0)
  const driven = drivenEntries(problem, startsCoherent(problem))
  return succeed({
    bytes: 8 * (STATE_VECTORS * entries + 24 * transitions * dimension + 4 * driven),
    operations: (entries * dimension * 4 + driven * 8) * DERIVATIVES_PER_OUTPUT * problem.times.length,
    jointStates: dimension * size,
  })
}

const pathFinding = (populationsOnly: boolean, smooth: boolean, groups: number): Finding => ({
  code: 'integrator-redfield/path', quantity: 'share of the conditional states that moves: 0 for populations only, 1 for all of ρ_S(E)',
  value: populationsOnly ? 0 : 1, bound: 1, verdict: 'trust',
  message: !populationsOnly
    ? 'the initial state has coherences or linked levels are degenerate, so all of ρ_S(E) was integrated'
    : groups === 1 && !smooth
      ? 'no coherences arise, so p(ε_k,E) was moved in the rescaled time Ξ(t), which is exact'
      : smooth ? 'no coherences arise, so p(ε_k,E) was integrated; under a smooth drive its rates move with the line shape'
      : 'no coherences arise, so p(ε_k,E) was integrated; windows of several widths have no common rescaled time',
})

/** The panels of every smooth segment; issues of all of them. */
const smoothPanels = ({ course, lattice: { dimension }, baths }: Ground, tolerance: number): Outcome<readonly (readonly Panel[])[]> => {
  const issues: Issue[] = []
  const made: (readonly Panel[])[] = []
  for (const segment of course.smooth) {
    const panels = chebyshevPanels(segment, dimension, baths.length, 0, tableTolerance(tolerance))
    if (panels._tag === 'Left') issues.push(...panels.left)
    else made.push(panels.right)
  }
  return failIfAny(issues, () => made)
}

/** One table per bath; issues of all. */
function* perBath<A>(baths: readonly PreparedBath[], make: (bath: PreparedBath, index: number) => Parts<Outcome<A>>): Parts<Outcome<readonly A[]>> {
  const issues: Issue[] = []
  const made: A[] = []
  for (const [index, bath] of baths.entries()) {
    yield
    const outcome = yield* make(bath, index)
    if (outcome._tag === 'Left') issues.push(...outcome.left)
    else made.push(outcome.right)
  }
  return failIfAny(issues, () => made)
}

/** Which equation is solved, and whether it closes on populations. */
interface Path {
  readonly populationsOnly: boolean
  readonly close: boolean
}

const pathOf = ({ lattice: { dimension }, baths, initial: { states }, course }: Ground, panels: readonly (readonly Panel[])[]): Path => {
  const close = course.settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
    && panels.every((each) => populationsClose(baths, steadyLevels(steadyGroups(each, dimension), dimension))._tag === 'Right')
  return { close, populationsOnly: close && !hasCoherences(states.re, dimension) && !hasCoherences(states.im, dimension) }
}

function* coupledWindows(bath: PreparedBath, width: number): Parts<Outcome<CoupledWindows>> {
  const pairs = yield* windowPairs(bath)
  if (pairs._tag === 'Left') return pairs
  yield
  return succeed({ ...pairs.right, gaps: yield* windowGaps(bath.windows.energies, width, pairs.right) })
}

function* moverOf(
  ground: Ground, parts: Omit<IntegratedParts, 'jumps'>, panels: readonly (readonly Panel[])[], populationsOnly: boolean,
): Parts<Outcome<SecularMover>> {
  const { lattice, initial } = ground
  const { baths, groups, widths } = parts
  const driven = panels.length > 0
  if (!populationsOnly) {
    const coupled: Outcome<readonly CoupledWindows[]> = driven ? yield* perBath(baths, (bath, index) => coupledWindows(bath, widths[index])) : succeed([])
    yield
    return coupled._tag === 'Left' ? coupled : succeed(secularStatesMover({ ...parts, jumps: [] }, coupled.right, initial.states))
  }
  const populations = new Float64Array(lattice.dimension * lattice.size)
  diagonals(initial.states.re, lattice.dimension, lattice.size, populations)
  if (!driven && groups.length === 1) return succeed(rescaledMover(lattice, baths, populations, groups[0].width, parts.time, parts.memoryStart))
  const ranges = frequencyRanges(panels.flat(), lattice.dimension)
  const jumps: Outcome<readonly DrivenJumps[]> = driven
    ? yield* perBath(baths, (bath, index) => drivenJumps(lattice, bath, widths[index], ranges))
    : succeed([])
  return jumps._tag === 'Left' ? jumps : succeed(integratedMover({ ...parts, jumps: jumps.right }, populations))
}

const widthsOf = (groups: readonly EnvelopeGroup[], baths: number): readonly number[] =>
  Array.from({ length: baths }, (_, axis) => groups.find(({ axes }) => axes.includes(axis))?.width ?? 0)

function* prepareStepper(algorithm: Algorithm, rates: RateChoice, problem: Problem, host: Host, tolerance: number): Parts<Outcome<Stepper>> {
  const prepared = yield* prepareGround(problem, rates)
  if (prepared._tag === 'Left') return prepared
  const ground = prepared.right
  const { lattice, initial, course } = ground
  yield
  const groups = envelopeGroups(ground.baths)
  if (groups._tag === 'Left') return groups
  const panels = smoothPanels(ground, tolerance)
  if (panels._tag === 'Left') return panels
  // Only a drive asks twice.
  const baths = course.settings.length + course.smooth.length > 1 ? ground.baths.map(rememberCorrelation) : ground.baths
  const { close, populationsOnly } = pathOf(ground, panels.right)
  yield
  const now = history(lattice.dimension, baths.length)
  const slowness = slownessOf(baths)
  const made = yield* moverOf(ground, {
    lattice, baths, groups: groups.right, widths: widthsOf(groups.right, baths.length), now, slowness, tolerance,
    time: problem.times[0], memoryStart: initial.memoryStart,
  }, panels.right, populationsOnly)
  if (made._tag === 'Left') return made
  const mover = made.right
  // Every setting once now, the first one last: plug-in code runs here, `enter` finds its tables.
  for (let i = course.settings.length - 1; i >= 0; i -= 1) {
    yield
    const entered = yield* mover.enter({ from: problem.times[0], setting: course.settings[i], panels: null })
    if (entered._tag === 'Left') return entered
  }
  yield
  const validity = yield* groundFindings(ground, true)
  return succeed(secularStepper({
    problem, host, mover, now, course, tolerance, slowness, memoryStart: initial.memoryStart, held: course.settings[0] ?? null,
    frame: { ...runFrame(problem, algorithm, rates), guarantees: secularGuarantees(close) },
    findings: [...validity, pathFinding(populationsOnly, course.smooth.length > 0, groups.right.length)],
  }))
}

/**
 * The Markov, secular equation with every dissipation rate multiplied by the envelope ζ(t − t₀) of its windows, Lamb shift and mean field
 * unchanged: the paper's finite-time form for a flat window,
 * ∂t ρ(E) = −i[H'_S(E), ρ(E)] + Σ_ν ζ_ν(t) D_ν ρ(E), t₀ the beginning of memory.
 *
 * Equal to `finiteTimeRedfield` in every probability where all transitions open to the populated states are resonant; off resonance, where a
 * rate builds up otherwise than ζ, it is an approximation, but its rates stay positive. Populations without coherences, one
 * window width and energies that are constant between stops move in the rescaled time Ξ(t) by uniformisation, exactly and with p ≥ 0;
 * anything else is integrated. Memory counts from its beginning with the energies of the moment, across quenches too, as the paper prints it.
 * Along a smooth drive the weights 1 − |Ω(t)|/δ and the Lamb shift follow the energies continuously; coherences between pairs of levels are kept
 * where their frequencies are one throughout a segment, and frequencies that only cross count as apart.
 *
 * Samples carry `work`, `power`, `coarseGrainingDefect` and `slowness` as those of `finiteTimeRedfield` do; for populations the defect is
 * −∫ Σ Ω × current dt, jump by jump.
 *
 * Issues of `prepare`: those of `prepareBaths`, `initialConditional`, `populationGenerator`, `conditionalGenerator`;
 * `integrator-redfield/no-envelope`, `integrator-redfield/drive`, `composition/cancelled`.
 *
 * @equation 44
 * @equation 45
 * @equation 47
 * @equation E1
 * @equation E5
 */
export const finiteTimeSecular = (options: FiniteTimeOptions): Algorithm => {
  const recipe = ratesRecipe(options.rates)
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'finite-time-secular', package: '@mesobath/integrator-redfield', version: VERSION, citations: [PAPER],
    recipe: recipe === null ? null : { name: 'finite-time-secular', rates: recipe }, needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance, signal) => prepareInParts(prepareStepper(algorithm, options.rates, problem, host, tolerance), host, signal),
  }
  return algorithm
}
