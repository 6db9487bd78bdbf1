import { CONTRACT, failIfAny } from '@mesobath/contracts'
import type { Attachment, Issue, Outcome, Problem } from '@mesobath/contracts'
import { checkInitial } from './internal/check-initial.js'
import { faultList } from './internal/fault-list.js'
import type { FaultList, Path } from './internal/fault-list.js'
import { checkHermitian, checkVector } from './internal/matrix-checks.js'

/** Window centres written in decimals miss their spacing by rounding; a real overlap is larger. Relative to the width. */
const OVERLAP_TOLERANCE = 1e-9

const checkWindows = (faults: FaultList, path: Path, { bath }: Attachment): void => {
  const { windows } = bath
  if (!(Number.isFinite(windows.width) && windows.width > 0)) {
    faults.add('windows', [...path, 'width'], 'be finite and positive', `is ${windows.width}`)
  }
  if (windows.energies.length === 0) faults.add('windows', [...path, 'energies'], 'have at least one entry', 'has none')
  if (checkVector(faults, 'windows', [...path, 'energies'], windows.energies, null)) {
    for (let i = 1; i < windows.energies.length; i++) {
      const gap = windows.energies[i]! - windows.energies[i - 1]!
      if (!(gap > 0)) {
        faults.add('windows', [...path, 'energies', i], `exceed the centre before it (${windows.energies[i - 1]})`, `is ${windows.energies[i]}`)
      } else if (gap < windows.width * (1 - OVERLAP_TOLERANCE)) {
        faults.add('windows', [...path, 'energies', i], `lie a width (${windows.width}) above the centre before it`,
          `lies ${gap} above it, so that the two windows overlap`)
      }
    }
  }
  // A window of a density of states may hold less than one level on average: ln V < 0 is sound.
  checkVector(faults, 'windows', [...path, 'logVolumes'], windows.logVolumes, windows.energies.length)
}

/** What the contract says of its own capabilities; those that others add are theirs to check. */
const checkCapabilities = (faults: FaultList, path: Path, { name, package: home, version, can }: Attachment['bath']): void => {
  const demandFunction = (capability: string, given: unknown): void => {
    if (typeof given === 'function') return
    faults.add('capability', [...path, 'can', capability], 'be a function where the bath has it',
      `of "${name}" (${home} ${version}) it is ${given === null || given === undefined ? String(given) : `a ${typeof given}`}`)
  }
  if (can.microscopic !== undefined) demandFunction('microscopic', can.microscopic)
  if (can.couplingSums !== undefined) demandFunction('couplingSums', can.couplingSums)
  if (can.ensemble !== undefined) demandFunction('ensemble.secondMoment', (can.ensemble as Partial<typeof can.ensemble> | null)?.secondMoment)
  if (can.spectralFunction !== undefined) demandFunction('spectralFunction.evaluate', (can.spectralFunction as Partial<typeof can.spectralFunction> | null)?.evaluate)
}

const checkAttachment = (faults: FaultList, path: Path, attachment: Attachment, dimension: number): void => {
  const { bath, strength, systemCouplings } = attachment
  if (bath.contract !== CONTRACT) {
    faults.add('contract', [...path, 'bath', 'contract'], `be ${CONTRACT}, the version of the contract in use`,
      `the bath "${bath.name}" of ${bath.package} was built for version ${bath.contract}`)
  }
  if (!(Number.isFinite(strength) && strength >= 0)) {
    faults.add('strength', [...path, 'strength'], 'be finite and not negative', `is ${strength}`)
  }
  if (!(Number.isInteger(bath.couplings) && bath.couplings >= 1)) {
    faults.add('couplings', [...path, 'bath', 'couplings'], 'be a positive integer', `is ${bath.couplings}`)
  }
  if (systemCouplings.length !== bath.couplings) {
    faults.add('couplings', [...path, 'systemCouplings'], `have ${bath.couplings} entries, one per coupling operator of the bath`,
      `has ${systemCouplings.length}`)
  }
  systemCouplings.forEach((coupling, at) => checkHermitian(faults, 'couplings', [...path, 'systemCouplings', at], coupling, dimension))
  checkWindows(faults, [...path, 'bath', 'windows'], attachment)
  checkCapabilities(faults, [...path, 'bath'], bath)
  if (bath.meanCouplings.length !== bath.couplings) {
    faults.add('couplings', [...path, 'bath', 'meanCouplings'], `have ${bath.couplings} entries, one per coupling operator`,
      `has ${bath.meanCouplings.length}`)
  }
  bath.meanCouplings.forEach((means, at) =>
    checkVector(faults, 'couplings', [...path, 'bath', 'meanCouplings', at], means, bath.windows.energies.length))
}

const checkTimes = (faults: FaultList, { times }: Problem): void => {
  if (!checkVector(faults, 'times', ['times'], times, null)) return
  if (times.length === 0) faults.add('times', ['times'], 'have at least one entry', 'has none')
  for (let i = 1; i < times.length; i++) {
    if (!(times[i]! > times[i - 1]!)) {
      faults.add('times', ['times', i], `exceed the time before it (${times[i - 1]})`, `is ${times[i]}`)
    }
  }
}

/** The faults of a problem, all at once; empty where it is sound. */
export const problemFaults = (problem: Problem): readonly Issue[] => {
  const faults = faultList()
  const dimension = problem.energies.length
  if (dimension === 0) faults.add('energies', ['energies'], 'have at least one level', 'has none')
  checkVector(faults, 'energies', ['energies'], problem.energies, null)
  checkTimes(faults, problem)
  if (problem.baths.length === 0) faults.add('baths', ['baths'], 'have at least one entry', 'has none')
  const seen = new Set<string>()
  problem.baths.forEach((attachment, at) => {
    const path = ['baths', at]
    if (typeof attachment.label !== 'string' || attachment.label === '') {
      faults.add('label', [...path, 'label'], 'be a non-empty string', `is ${JSON.stringify(attachment.label)}`)
    } else if (seen.has(attachment.label)) {
      faults.add('label', [...path, 'label'], 'be unique among the baths', `"${attachment.label}" stands there twice`)
    }
    seen.add(attachment.label)
    checkAttachment(faults, path, attachment, dimension)
  })
  checkInitial(faults, problem)
  return faults.issues
}

/**
 * Checks everything that can be known of a problem without an algorithm, and reports all faults at once.
 *
 * Energies and times finite, times strictly increasing; labels unique; couplings Hermitian (to 1e-10 of their largest entry),
 * d × d and as many as the bath has; windows ascending, finite, not overlapping; states of trace 1 and positive (to 1e-10).
 * A conditional state whose memory began before the run is another run's: it may be slightly negative, as a second-order
 * equation with memory may leave it, and its trace is held to 1e-6. The drive is walked by `solve` and `start`.
 *
 * Issues: `solve/energies`, `solve/times`, `solve/baths`, `solve/label`, `solve/strength`, `solve/couplings`, `solve/windows`,
 * `solve/capability`, `solve/contract`, `solve/initial`, `solve/initial-system`, `solve/initial-bath`, `solve/initial-conditional`.
 */
export const checkProblem = (problem: Problem): Outcome<Problem> => failIfAny(problemFaults(problem), () => problem)
