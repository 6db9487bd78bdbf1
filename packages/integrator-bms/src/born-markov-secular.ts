import { CONTRACT, fail, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Estimate, Finding, Guarantee, Host, Issue, Json, Outcome, Planes, Problem, Stepper, Vector } from '@mesobath/contracts'
import {
  averagedGeneratorInParts, courseFollower, drivenMover, driveSurvey, energyScale, followStates, gibbsProbabilities, holdStates, initialConditional,
  movesInside, movingAverage, movingRates, NUMBERS_PER_PAIR, piecewiseStepper, populationsClose, populationsCloseAlong, prepareBaths, prepareInParts, ratesRecipe,
  rememberCorrelation, runFrame, validityAlong, windowLattice,
} from '@mesobath/composition'
import type { Lattice, Mover, MovingRates, PreparedBath, RateChoice } from '@mesobath/composition'
import type { Parts } from '@mesobath/kernels'
import { VERSION } from './version.js'

/** The state that a bath is held in: Gibbs over its windows, ∝ V_E e^{−βE}, or microcanonical in one window. */
export type BathReference = { readonly inverseTemperature: number } | { readonly window: number }

/** Options of `bornMarkovSecular`. */
export interface BornMarkovSecularOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateChoice
  /** One reference for every bath, or one per bath label; a bath without one is held in its initial state p(E; 0). */
  readonly reference?: BathReference | Readonly<Record<string, BathReference>>
}

/** System probability moved up to which a bath that each quantum shifts by a whole window still counts as fixed. */
export const MOVED_PROBABILITY = 0.05

/** Applications of the generator per output time that an estimate assumes. */
const APPLICATIONS_PER_OUTPUT = 40

const isReference = (reference: NonNullable<BornMarkovSecularOptions['reference']>): reference is BathReference =>
  typeof (reference as { window?: unknown }).window === 'number'
  || typeof (reference as { inverseTemperature?: unknown }).inverseTemperature === 'number'

const referenceFor = (reference: BornMarkovSecularOptions['reference'], label: string): BathReference | null => {
  if (reference === undefined) return null
  if (isReference(reference)) return reference
  return Object.hasOwn(reference, label) ? (reference[label] ?? null) : null
}

/** p(E) of the start, summed over levels [joint windows]. */
const initialWindows = (states: Planes, dimension: number, size: number): Float64Array => {
  const block = dimension * dimension
  return Float64Array.from({ length: size }, (_, joint) => {
    let sum = 0
    for (let k = 0; k < dimension; k += 1) sum += states.re[joint * block + k * (dimension + 1)]!
    return sum
  })
}

const windowOf = ({ counts, strides }: Lattice, joint: number, axis: number): number => Math.floor(joint / strides[axis]!) % counts[axis]!

const marginalOf = (lattice: Lattice, joint: Vector, axis: number): Float64Array => {
  const marginal = new Float64Array(lattice.counts[axis]!)
  for (let i = 0; i < joint.length; i += 1) marginal[windowOf(lattice, i, axis)]! += joint[i]!
  return marginal
}

interface Reference {
  /** p_ref(E) [joint windows]. */
  readonly joint: Float64Array
  /** p_ref(E_ν) [n][windows]. */
  readonly marginals: readonly Float64Array[]
}

const referenceState = (
  problem: Problem, lattice: Lattice, initial: Float64Array, reference: BornMarkovSecularOptions['reference'],
): Outcome<Reference> => {
  if (reference === undefined) {
    return succeed({ joint: initial, marginals: problem.baths.map((_, axis) => marginalOf(lattice, initial, axis)) })
  }
  const issues: Issue[] = []
  if (!isReference(reference)) {
    for (const label of Object.keys(reference)) {
      if (problem.baths.some((attachment) => attachment.label === label)) continue
      issues.push(issue('integrator-bms/unknown-bath', ['reference', label],
        `\`reference.${label}\` must name a bath of the problem (${problem.baths.map((each) => each.label).join(', ')}), but there is none of that label`))
    }
  }
  const marginals = problem.baths.map(({ bath, label }, axis) => {
    const chosen = referenceFor(reference, label)
    if (chosen === null) return marginalOf(lattice, initial, axis)
    const probabilities = new Float64Array(bath.windows.energies.length)
    if ('window' in chosen) {
      if (Number.isInteger(chosen.window) && chosen.window >= 0 && chosen.window < probabilities.length) {
        probabilities[chosen.window] = 1
      } else {
        issues.push(issue('integrator-bms/reference', ['reference', label, 'window'],
          `\`reference.window\` must be the index of a window of "${label}" (0 to ${probabilities.length - 1}), but is ${chosen.window}`))
      }
      return probabilities
    }
    if (Number.isNaN(chosen.inverseTemperature)) {
      issues.push(issue('integrator-bms/reference', ['reference', label, 'inverseTemperature'],
        '`reference.inverseTemperature` must be a number, ±Infinity included, but is NaN'))
      return probabilities
    }
    return gibbsProbabilities(bath.windows, chosen.inverseTemperature)
  })
  if (issues.length > 0) return fail(issues[0]!, ...issues.slice(1))
  const joint = new Float64Array(lattice.size).fill(1)
  for (let i = 0; i < joint.length; i += 1) marginals.forEach((marginal, axis) => { joint[i]! *= marginal[windowOf(lattice, i, axis)]! })
  return succeed({ joint, marginals })
}

/** ρ_S moves, with its work and defect, [re…, im…, W/σ, D/σ]; p(ε_k,E) = p(ε_k)·p_ref(E) is spread out from it for samples. */
const spreadMover = (
  state: Float64Array, baths: readonly PreparedBath[], { joint, marginals }: Reference, rates: MovingRates | null, dimension: number, scale: number,
  tolerance: number,
): Mover => {
  const block = dimension * dimension
  const size = joint.length
  const populations = new Float64Array(dimension * size)
  const populationRates = new Float64Array(dimension * size)
  const planes = { re: new Float64Array(size * block), im: new Float64Array(size * block) }
  // The bath that never moves gains no energy: what the system loses is nowhere booked but in the defect.
  const windowEnergies = new Float64Array(1)
  const writeLevels = (plane: Vector, out: Float64Array): Float64Array => {
    for (let k = 0; k < dimension; k += 1) {
      for (let i = 0; i < size; i += 1) out[k * size + i] = plane[k * (dimension + 1)]! * joint[i]!
    }
    return out
  }
  const writeStates = (): Planes => {
    for (let i = 0; i < size; i += 1) {
      for (let at = 0; at < block; at += 1) {
        planes.re[i * block + at] = state[at]! * joint[i]!
        planes.im[i * block + at] = state[block + at]! * joint[i]!
      }
    }
    return planes
  }
  return drivenMover({
    state, scale,
    hold: function* ({ energies, strengths }) {
      const outcome = yield* averagedGeneratorInParts(baths, energies, strengths, marginals)
      return outcome._tag === 'Left' ? outcome : succeed(holdStates(outcome.right, energies, windowEnergies, scale))
    },
    follower: rates === null ? null
      : courseFollower(rates, followStates(movingAverage(rates, marginals), dimension, windowEnergies), scale, tolerance),
    populations: (current) => writeLevels(current, populations),
    populationRates: (change) => writeLevels(change, populationRates),
    conditional: writeStates,
    checkpoint: () => {
      writeStates()
      return { re: planes.re.slice(), im: planes.im.slice() }
    },
  })
}

const movedFinding = (start: Float64Array, state: Float64Array, dimension: number): Finding => {
  let moved = 0
  for (let k = 0; k < dimension; k += 1) moved += Math.abs(state[k * (dimension + 1)]! - start[k * (dimension + 1)]!) / 2
  return {
    code: 'integrator-bms/fixed-bath', quantity: 'probability that the system has moved while its baths were held fixed',
    value: moved, bound: MOVED_PROBABILITY, verdict: moved <= MOVED_PROBABILITY ? 'trust' : 'doubt',
    message: moved <= MOVED_PROBABILITY
      ? 'the system has hardly moved, so a bath held fixed is a fair picture so far'
      : 'the system has given or taken energy that the baths, held fixed, do not feel: right for infinite baths only; compare with `markov`',
  }
}

function* prepareStepper(
  algorithm: Algorithm, options: BornMarkovSecularOptions, problem: Problem, host: Host, tolerance: number,
): Parts<Outcome<Stepper>> {
  const prepared = prepareBaths(problem, options.rates)
  yield
  const initial = initialConditional(problem)
  const surveyed = driveSurvey(problem)
  const lattice = windowLattice(problem)
  const { dimension, size } = lattice
  const windows = initial._tag === 'Right' ? initialWindows(initial.right.states, dimension, size) : new Float64Array(size)
  const reference = referenceState(problem, lattice, windows, options.reference)
  if (prepared._tag === 'Left' || initial._tag === 'Left' || surveyed._tag === 'Left' || reference._tag === 'Left') {
    const [first, ...rest] = [prepared, initial, surveyed, reference].flatMap((outcome) => (outcome._tag === 'Left' ? outcome.left : []))
    return fail(first!, ...rest)
  }
  const survey = surveyed.right
  const { settings } = survey
  const baths = settings.length > 1 || survey.smooth ? prepared.right.map(rememberCorrelation) : prepared.right
  yield
  const rates = survey.smooth ? movingRates(baths, survey, dimension, true) : succeed(null)
  if (rates._tag === 'Left') return rates
  const block = dimension * dimension
  const state = new Float64Array(2 * block + 2)
  for (let i = 0; i < size * block; i += 1) {
    state[i % block]! += initial.right.states.re[i]!
    state[block + (i % block)]! += initial.right.states.im[i]!
  }
  const start = state.slice()
  const mover = spreadMover(state, baths, reference.right, rates.right, dimension, energyScale(baths, problem.energies), tolerance)
  for (let i = settings.length - 1; i >= 0; i -= 1) {
    yield
    const entered = yield* mover.enter(settings[i]!)
    if (entered._tag === 'Left') return entered
  }
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const populations = mover.populations()
  const validity = yield* validityAlong({ lattice, baths, duration, populations }, settings, survey.probes)
  const findings = [...validity, ...initial.right.findings]
  const close = settings.every(({ energies }) => populationsClose(baths, energies)._tag === 'Right')
    && populationsCloseAlong(baths, survey, dimension)
  // Rates are not negative here either, but with a bath that never moves entropy may fall: the promise that it does not is not made.
  const guarantees: readonly Guarantee[] = [...(close ? ['populations-close' as const] : []), 'even-windows']
  return succeed(piecewiseStepper({
    frame: runFrame(problem, algorithm, options.rates, guarantees), problem, host, mover, held: settings[0] ?? null, tolerance,
    memoryStart: initial.right.memoryStart, smoothDriveCode: 'integrator-bms/smooth-drive',
    findings: () => [...findings, movedFinding(start, state, dimension)],
  }))
}

const estimate = (problem: Problem): Outcome<Estimate> => {
  const { dimension, size, counts } = windowLattice(problem)
  const pairs = counts.reduce((sum, count) => sum + count * count, 0)
  const followed = movesInside(problem) ? (NUMBERS_PER_PAIR * pairs * dimension * dimension) / 2 : 0
  return succeed({
    bytes: 8 * (size * (2 * dimension + 2 * dimension * dimension + 2) + followed),
    operations: (2 * dimension * dimension * dimension * dimension * APPLICATIONS_PER_OUTPUT + 4 * size * dimension * dimension) * problem.times.length
      + pairs * dimension * dimension,
    jointStates: dimension * size,
  })
}

/** JSON knows no Infinity: such a reference travels as text. */
const referenceRecipe = (reference: BornMarkovSecularOptions['reference']): Json => {
  const one = (each: BathReference): Json => ('window' in each
    ? { window: each.window }
    : { inverseTemperature: Number.isFinite(each.inverseTemperature) ? each.inverseTemperature : String(each.inverseTemperature) })
  if (reference === undefined) return null
  return isReference(reference) ? one(reference) : Object.fromEntries(Object.entries(reference).map(([label, each]) => [label, one(each)]))
}

/**
 * The Born-Markov-secular equation of ρ_S, the textbook reference: P[ρ] = ρ_S ⊗ (bath states that never move), rates
 * Σ_E,E' γ^{αα'}(E,E')/V_E' p_ref(E'), coherences, shifts and degenerate levels included; along smooth drives they follow ω(t).
 *
 * Its trajectory is p(ε_k,E;t) = p(ε_k;t)·p_ref(E), and its coarse-graining defect all the heat that the bath does not feel. `prepare`
 * returns the issues of the baths, rate models and drive, `integrator-bms/reference`, `integrator-bms/unknown-bath` and `composition/cancelled`.
 *
 * @equation 3
 */
export const bornMarkovSecular = (options: BornMarkovSecularOptions): Algorithm => {
  const rates = ratesRecipe(options.rates)
  const reference = referenceRecipe(options.reference)
  const algorithm: Algorithm = {
    contract: CONTRACT, name: 'born-markov-secular', package: '@mesobath/integrator-bms', version: VERSION, citations: [PAPER],
    recipe: rates === null ? null : { rates, ...(reference === null ? {} : { reference }) },
    needs: [],
    estimate: (problem) => estimate(problem),
    prepare: (problem, host, tolerance, signal) => prepareInParts(prepareStepper(algorithm, options, problem, host, tolerance), host, signal),
  }
  return algorithm
}
