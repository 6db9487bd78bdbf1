import { constantDrive } from '@mesobath/contracts'
import type { Problem, RateModel } from '@mesobath/contracts'
import type { IntegratorCapabilities, IntegratorFactory } from '../integrator-capabilities.js'
import { law, needed } from '../law.js'
import type { Fault, Law } from '../law.js'
import { microscopicProblem, ladderProblem, spinProblem } from '../reference/problems.js'
import { referenceRates } from '../reference/reference-rates.js'
import { TOLERANCE, walk } from './walk.js'
import type { Walked } from './walk.js'

export const TIMES = [0, 0.4, 1.5, 4, 12]

/** Probabilities are asked to a few of these: rounding and the sum of several tolerances. */
export const slackOf = ({ samplingError = 0 }: IntegratorCapabilities): number => Math.max(100 * TOLERANCE, samplingError)

/** The problems an equation is tried on. */
export const problemsOf = ({ equation }: IntegratorCapabilities): readonly Problem[] => {
  if (equation === 'exact') return [microscopicProblem({ times: TIMES })]
  return equation === 'markov' ? [spinProblem({ times: TIMES }), ladderProblem({ times: TIMES })] : [spinProblem({ times: TIMES })]
}

const landingFaults = (problem: Problem, { samples, stepper }: Walked): readonly Fault[] => {
  const { frame } = stepper
  const states = problem.baths.reduce((product, { bath }) => product * bath.windows.energies.length, problem.energies.length)
  const times = samples.map((each) => each.time).join(', ')
  return [
    ...(times === Array.from(problem.times).join(', ') ? [] : [{ must: `land exactly on the times ${Array.from(problem.times).join(', ')}`, but: `stands at ${times}` }]),
    ...(frame.dimension === problem.energies.length && frame.baths.map(({ label }) => label).join() === problem.baths.map(({ label }) => label).join() ? []
      : [{ must: 'name in its frame the levels and baths of the problem', but: `names ${frame.dimension} levels and the baths ${frame.baths.map(({ label }) => label).join(', ')}` }]),
    ...(samples.every(({ populations }) => populations.length === states) ? [] : [{ must: `give ${states} populations [level, windows]`, but: `gives ${samples[0]?.populations.length}` }]),
  ]
}

const probabilityFaults = ({ samples }: Walked, slack: number): readonly Fault[] => samples.flatMap(({ populations, populationRates, time }) => {
  const wrong = [...populations].find((p) => !(p >= -slack && p <= 1 + slack))
  const rate = populationRates?.find((each) => !Number.isFinite(each))
  return [
    ...(wrong === undefined ? [] : [{ must: 'give probabilities', but: `gives ${wrong} at t = ${time}` }]),
    ...(rate === undefined ? [] : [{ must: 'give finite ∂t p', but: `gives ${rate} at t = ${time}` }]),
  ]
}).slice(0, 1)

const sumFaults = ({ samples }: Walked, slack: number): readonly Fault[] => samples.flatMap(({ populations, time }) => {
  const sum = populations.reduce((total, p) => total + p, 0)
  return Math.abs(sum - 1) <= slack ? [] : [{ must: 'conserve probability', but: `has Σp = ${sum} at t = ${time}` }]
}).slice(0, 1)

const estimateFaults = (factory: IntegratorFactory, rates: RateModel, problem: Problem): readonly Fault[] => {
  const estimate = factory(rates).estimate(problem, {})
  const states = problem.baths.reduce((product, { bath }) => product * bath.windows.energies.length, problem.energies.length)
  if (estimate._tag === 'Left') return [{ must: 'estimate the cost of a problem it can run', but: `says: ${estimate.left[0].message}` }]
  const { bytes, jointStates, operations } = estimate.right
  return [
    ...(Number.isFinite(bytes) && bytes > 0 && Number.isFinite(operations) && operations > 0 ? [] : [{ must: 'estimate positive bytes and operations', but: `estimates ${bytes} and ${operations}` }]),
    ...(Number.isInteger(jointStates) && jointStates >= states ? [] : [{ must: `count at least the ${states} joint states of levels and windows`, but: `counts ${jointStates}` }]),
  ]
}

const sameBits = (first: Walked, second: Walked): readonly Fault[] =>
  first.samples.every(({ populations }, i) => populations.every((p, state) => Object.is(p, second.samples[i]?.populations[state]))) ? []
    : [{ must: 'give the same bits when the same problem is run again', but: 'gives others' }]

const cancels = async (factory: IntegratorFactory, rates: RateModel, problem: Problem): Promise<readonly Fault[]> => {
  const end = problem.times[problem.times.length - 1]!
  const stepper = needed('`prepare`', await factory(rates).prepare(problem, {}, TOLERANCE))
  for (const segment of constantDrive(problem.energies, Float64Array.from(problem.baths, (bath) => bath.strength)).segments(0, end)) {
    needed('`enter`', stepper.enter(segment))
  }
  const outcome = await stepper.advance(end, { aborted: true })
  return outcome._tag === 'Right' && outcome.right === 'cancelled' ? [] : [{ must: "end with the status 'cancelled' where the signal was aborted", but: `ends with ${JSON.stringify(outcome)}` }]
}

/** What every run must do, whatever it solves. */
export const runLaws = (factory: IntegratorFactory, capabilities: IntegratorCapabilities): { readonly laws: readonly Law[]; readonly sound: readonly Law[]; readonly rates: RateModel } => {
  const rates = referenceRates()
  const problems = problemsOf(capabilities)
  const slack = slackOf(capabilities)
  let walked: Promise<readonly Walked[]> | null = null
  const runs = (): Promise<readonly Walked[]> => {
    walked ??= (async () => {
      const list: Walked[] = []
      for (const problem of problems) list.push(await walk(factory(rates), problem))
      return list
    })()
    return walked
  }
  const overRuns = async (find: (run: Walked, problem: Problem) => readonly Fault[]): Promise<readonly Fault[]> =>
    (await runs()).flatMap((run, index) => find(run, problems[index]!)).slice(0, 1)

  const lands = law({ name: 'lands exactly on every output time', code: 'lands', examine: () => overRuns((run, problem) => landingFaults(problem, run)) })
  const probable = law({ name: 'every probability is finite and not negative', code: 'probability', restsOn: [lands], examine: () => overRuns((run) => probabilityFaults(run, slack)) })
  const conserves = law({ name: 'conservation: Σp = 1', code: 'conservation', restsOn: [lands, probable], examine: () => overRuns((run) => sumFaults(run, slack)) })
  const estimates = law({ name: 'estimates what a run costs', code: 'estimate', examine: () => problems.flatMap((problem) => estimateFaults(factory, rates, problem)).slice(0, 1) })
  const repeats = law({
    name: 'same seed, same bits', code: 'same-bits', restsOn: [lands, probable],
    examine: async () => {
      const [first] = await runs()
      return sameBits(first!, await walk(factory(rates), problems[0]!))
    },
  })
  const stops = law({ name: 'stops when it is cancelled', code: 'cancel', restsOn: [lands], examine: () => cancels(factory, rates, problems[0]!) })
  return { laws: [estimates, lands, probable, conserves, repeats, stops], sound: [lands, probable, conserves], rates }
}
