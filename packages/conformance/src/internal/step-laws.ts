import type { Problem, Stepper } from '@mesobath/contracts'
import type { IntegratorCapabilities, IntegratorFactory } from '../integrator-capabilities.js'
import { law } from '../law.js'
import type { Fault, Law } from '../law.js'
import { referenceRates } from '../reference/reference-rates.js'
import { problemsOf, slackOf } from './run-laws.js'
import { quench, walk } from './walk.js'

const last = <A>(list: readonly A[]): A => list[list.length - 1]!

const largestGap = (a: Float64Array, b: Float64Array): number => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)

/** Central differences over 2h leave h²/6 of the third derivative, rates being below one. */
const SLOPE_STEP = 1e-3
const SLOPE_TOLERANCE = 1e-4

const slope = async (factory: IntegratorFactory, problem: Problem, slack: number): Promise<readonly Fault[]> => {
  const { samples } = await walk(factory(referenceRates()), { ...problem, times: Float64Array.of(0, 2 - SLOPE_STEP, 2, 2 + SLOPE_STEP) })
  const [, before, at, after] = samples
  if (at!.populationRates === null) return []
  const measured = after!.populations.map((p, i) => (p - before!.populations[i]!) / (2 * SLOPE_STEP))
  const gap = largestGap(measured, at!.populationRates)
  return gap <= SLOPE_TOLERANCE + slack / SLOPE_STEP ? [] : [{ must: 'tell as ∂t p the slope of its populations', but: `is ${gap} away from it` }]
}

const split = async (factory: IntegratorFactory, problem: Problem, slack: number): Promise<readonly Fault[]> => {
  const whole = await walk(factory(referenceRates()), { ...problem, times: Float64Array.of(0, 3, 8) })
  const first: Stepper = (await walk(factory(referenceRates()), { ...problem, times: Float64Array.of(0, 3) })).stepper
  const state = first.checkpoint()
  // A state that is more than ρ_S(E) cannot be handed on, and its algorithm says so.
  if (state._tag === 'Left') return []
  const second = await walk(factory(referenceRates()), { ...problem, initial: state.right, times: Float64Array.of(3, 8) })
  const gap = largestGap(last(whole.samples).populations, last(second.samples).populations)
  return gap <= slack ? [] : [{ must: 'give the same run in two parts as in one', but: `is ${gap} away at its end` }]
}

const invisible = async (factory: IntegratorFactory, problem: Problem, slack: number): Promise<readonly Fault[]> => {
  const { samples } = await walk(factory(referenceRates()), { ...problem, baths: problem.baths.map((bath) => ({ ...bath, strength: 0 })) })
  const gap = largestGap(samples[0]!.populations, last(samples).populations)
  return gap <= slack ? [] : [{ must: 'leave populations alone where λ = 0', but: `moves one by ${gap}` }]
}

const AFTER = 1.25

const works = async (factory: IntegratorFactory, problem: Problem, slack: number): Promise<readonly Fault[]> => {
  const after = problem.energies.map((energy, level) => (level === 1 ? AFTER : energy))
  const drive = quench(problem.energies, after, Float64Array.from(problem.baths, (bath) => bath.strength), 2)
  const { samples } = await walk(factory(referenceRates()), { ...problem, drive, times: Float64Array.of(0, 4) })
  const [, before, quenched, end] = samples
  const windows = before!.populations.length / problem.energies.length
  const level = before!.populations.slice(windows, 2 * windows).reduce((sum, p) => sum + p, 0)
  const expected = (AFTER - problem.energies[1]!) * level
  const faults: Fault[] = []
  if (largestGap(before!.populations, quenched!.populations) > slack) faults.push({ must: 'leave the state alone at a quench', but: 'moves it' })
  for (const [name, sample, work] of [['before', before!, 0], ['after', quenched!, expected], ['2 later than', end!, expected]] as const) {
    const told = sample.scalars['work']
    const { power } = sample.scalars
    if (power !== undefined && power !== 0) faults.push({ must: `tell no power ${name} the quench, which is a jump of the work`, but: `tells ${power}` })
    if (told === undefined || Math.abs(told - work) > slack) faults.push({ must: `have done the work ${work} (Σ Δε_k p_k) ${name} the quench`, but: `tells ${told}` })
  }
  return faults.slice(0, 1)
}

/** Refined twice: steps h, h/2, h/4 of the declared scheme. */
const STEP = 0.5
/** What an asymptotic order may still be short of at these steps. */
const SHORT_OF_ORDER = 0.35

const order = async (capabilities: IntegratorCapabilities, problem: Problem): Promise<readonly Fault[]> => {
  const { fixedStep } = capabilities
  if (fixedStep === undefined) return []
  const at = async (step: number): Promise<Float64Array> => last((await walk(fixedStep.make(referenceRates(), step), { ...problem, times: Float64Array.of(0, 4) })).samples).populations
  const [coarse, middle, fine] = [await at(STEP), await at(STEP / 2), await at(STEP / 4)]
  // Differences of successive refinements shrink as the error does: no exact solution is needed.
  const measured = Math.log2(largestGap(coarse, middle) / largestGap(middle, fine))
  return measured >= fixedStep.order - SHORT_OF_ORDER ? [] : [{ must: `converge with order ${fixedStep.order}`, but: `converges with ${measured.toFixed(2)}` }]
}

const LOOSE = [1e-4, 1e-7]

const tolerates = async (factory: IntegratorFactory, problem: Problem): Promise<readonly Fault[]> => {
  const fine = last((await walk(factory(referenceRates()), problem)).samples).populations
  for (const tolerance of LOOSE) {
    const gap = largestGap(fine, last((await walk(factory(referenceRates()), problem, tolerance)).samples).populations)
    // A solver whose steps its user chooses may be coarser; one that takes a tolerance keeps it.
    if (gap > 2 * tolerance) return [{ must: `keep every probability within the tolerance ${tolerance} asked of it`, but: `is ${gap} away` }]
  }
  return []
}

/** What is true of the way an algorithm steps. */
export const stepLaws = (factory: IntegratorFactory, capabilities: IntegratorCapabilities, restsOn: readonly Law[]): readonly Law[] => {
  const problem = last(problemsOf(capabilities))
  const slack = slackOf(capabilities)
  const { drives = true, fixedStep, samplingError } = capabilities
  const make = (name: string, code: string, examine: () => Promise<readonly Fault[]>, equation?: string): Law =>
    law({ name, code, restsOn, examine, ...(equation === undefined ? {} : { equation }) })
  return [
    make('∂t p is the slope of p', 'slope', () => slope(factory, problem, slack)),
    make('a run in two parts is the run', 'split', () => split(factory, problem, slack)),
    make('a bath with λ = 0 is invisible', 'invisible', () => invisible(factory, problem, slack)),
    ...(drives ? [make('a quench does the work Σ Δε_k p_k', 'work', () => works(factory, problem, slack), 'Eq. 47')] : []),
    ...(fixedStep === undefined ? [] : [make('order of convergence', 'order', () => order(capabilities, problem))]),
    ...(samplingError === undefined && fixedStep === undefined ? [make('keeps to the tolerance asked', 'tolerance', () => tolerates(factory, problem))] : []),
  ]
}
