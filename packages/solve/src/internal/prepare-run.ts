import { CONTRACT, fail, failIfAny, issue } from '@mesobath/contracts'
import type { Algorithm, Estimate, Host, Issue, Outcome, Problem, Save, SolveOptions, Stepper } from '@mesobath/contracts'
import { problemFaults } from '../check-problem.js'
import { faultList } from './fault-list.js'
import { layoutOf } from './layout.js'
import { checkHermitian } from './matrix-checks.js'
import { bytesPerSample } from './recorder.js'
import { surveyDrive } from './tiling.js'

/** The default bound on the absolute error of every probability: far below what a figure or a ledger can tell apart. */
export const DEFAULT_TOLERANCE = 1e-10
/** The default of `save`: everything. A run that is too large for it is refused where the host states a limit. */
export const DEFAULT_SAVE: Save = 'states'

const SAVES: readonly Save[] = ['states', 'populations', 'marginals', 'nothing']
const MEBIBYTE = 1024 * 1024

const algorithmFaults = (problem: Problem, algorithm: Algorithm): readonly Issue[] => {
  const issues: Issue[] = []
  if (algorithm.contract !== CONTRACT) {
    issues.push(issue('solve/contract', ['algorithm', 'contract'],
      `\`algorithm.contract\` must be ${CONTRACT}, the version of the contract in use, but "${algorithm.name}" of ${algorithm.package} `
      + `was built for version ${algorithm.contract}`))
  }
  problem.baths.forEach(({ bath, label }, at) => {
    for (const capability of algorithm.needs) {
      if (bath.can[capability] === undefined) {
        issues.push(issue('solve/missing-capability', ['baths', at, 'bath'],
          `\`baths[${at}].bath\` must give \`${capability}\` for the algorithm "${algorithm.name}", `
          + `but the bath "${label}" (${bath.name}) does not`))
      }
    }
  })
  return issues
}

const optionFaults = (problem: Problem, options: SolveOptions): readonly Issue[] => {
  const faults = faultList()
  const { tolerance, save, observables } = options
  if (tolerance !== undefined && !(Number.isFinite(tolerance) && tolerance > 0)) {
    faults.add('tolerance', ['options', 'tolerance'], 'be finite and positive', `is ${tolerance}`)
  }
  if (save !== undefined && !SAVES.includes(save)) {
    faults.add('save', ['options', 'save'], `be one of ${SAVES.map((each) => `'${each}'`).join(', ')}`, `is ${JSON.stringify(save)}`)
  }
  for (const [name, what] of Object.entries(observables ?? {})) {
    if (typeof what !== 'function') {
      checkHermitian(faults, 'observable', ['options', 'observables', name], what, problem.energies.length)
    }
  }
  return faults.issues
}

const memoryFault = (problem: Problem, options: SolveOptions, host: Host, estimate: Estimate, samples: number, keep: boolean): Issue | null => {
  if (host.memoryLimit === undefined) return null
  const layout = layoutOf(problem.energies.length, problem.baths.map((each) => each.bath.windows.energies.length))
  const saved = keep
    ? samples * bytesPerSample(layout, problem.baths.length, options.save ?? DEFAULT_SAVE, Object.keys(options.observables ?? {}).length)
    : 0
  const total = estimate.bytes + saved
  if (total <= host.memoryLimit) return null
  const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`
  const { jointStates, reachedStates } = estimate
  const states = reachedStates === undefined ? `${jointStates} joint states` : `${jointStates} joint states, of which ${reachedStates} can be reached`
  return issue('solve/memory', ['options', 'host', 'memoryLimit'],
    `the run must fit into ${mebibytes(host.memoryLimit)}, but would take ${mebibytes(total)} `
    + `(${mebibytes(estimate.bytes)} to compute, ${mebibytes(saved)} for ${samples} saved samples) for ${states}`)
}

/** A run that passed every check that needs no computing, with its prepared stepper. */
export interface ReadyRun {
  readonly stepper: Stepper
  /** Samples the run will give: output times, and each stop inside it twice. */
  readonly samples: number
}

/** How many samples a run gives: a stop stands twice, and swallows the output time it coincides with. */
const sampleBound = (problem: Problem, stops: number): number => problem.times.length + 2 * stops

const CANCELLED = issue('solve/cancelled', ['options', 'signal'], 'the run must be prepared before there is a sample, but was cancelled on the way')

/**
 * Checks problem, algorithm and options together, then drive, then cost, and only then lets plug-in code prepare. A signal is heard before anything is
 * done, and between checks, estimate and preparation.
 */
export const prepareRun = async (problem: Problem, algorithm: Algorithm, options: SolveOptions, keep: boolean): Promise<Outcome<ReadyRun>> => {
  const host = options.host ?? {}
  const isCancelled = (): boolean => options.signal?.aborted === true
  const breathe = async (): Promise<boolean> => {
    await host.breathe?.()
    return !isCancelled()
  }
  if (isCancelled()) return fail(CANCELLED)
  const sound = failIfAny([...problemFaults(problem), ...algorithmFaults(problem, algorithm), ...optionFaults(problem, options)], () => problem)
  if (sound._tag === 'Left') return sound
  const stops = surveyDrive(problem)
  if (stops._tag === 'Left') return stops
  if (!(await breathe())) return fail(CANCELLED)
  const tolerance = options.tolerance ?? DEFAULT_TOLERANCE
  const estimate = algorithm.estimate(problem, host, tolerance)
  if (estimate._tag === 'Left') return estimate
  const samples = sampleBound(problem, stops.right)
  const tooLarge = memoryFault(problem, options, host, estimate.right, samples, keep)
  if (tooLarge !== null) return fail(tooLarge)
  if (!(await breathe())) return fail(CANCELLED)
  const stepper = await algorithm.prepare(problem, host, tolerance, options.signal)
  if (stepper._tag === 'Left' && isCancelled()) return fail(CANCELLED)
  return stepper._tag === 'Left' ? stepper : { _tag: 'Right', right: { stepper: stepper.right, samples } }
}
