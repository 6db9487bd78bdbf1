import type { BathState, InitialState, MicroscopicBath, Problem } from '@mesobath/contracts'
import type { FaultList, Path } from './fault-list.js'
import { checkHermitian, checkVector, HERMITIAN_TOLERANCE, hermitianDefect, isPositive } from './matrix-checks.js'

/** Sums of probabilities: a few hundred roundings, or ten decimal digits in a file. */
const SUM_TOLERANCE = 1e-10
/** Negative eigenvalues of a state that rounding explains. */
const POSITIVITY_TOLERANCE = 1e-10
/**
 * A state that another run handed over carries that run's integration error, which its tolerance bounds and which is not
 * known here; a wrong state misses by more than this.
 */
const CONTINUED_SUM_TOLERANCE = 1e-6

const dimensionOf = (bath: MicroscopicBath): number =>
  bath.kind === 'spectral' ? bath.levels.length : bath.siteDimensions.reduce((product, each) => product * each, 1)

/** Probabilities: non-negative, with sum 1. */
const checkDistribution = (faults: FaultList, what: string, path: Path, values: Float64Array): void => {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0) faults.add(what, [...path, i], 'not be negative', `is ${values[i]}`)
    sum += values[i]!
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) faults.add(what, path, 'have sum 1', `has ${sum}`)
}

const checkBathState = (faults: FaultList, path: Path, state: BathState, attachment: Problem['baths'][number]): void => {
  switch (state.kind) {
    case 'windows': {
      const at = [...path, 'probabilities']
      if (checkVector(faults, 'initial-bath', at, state.probabilities, attachment.bath.windows.energies.length)) {
        checkDistribution(faults, 'initial-bath', at, state.probabilities)
      }
      return
    }
    case 'levels': {
      const at = [...path, 'weights']
      const { microscopic } = attachment.bath.can
      if (microscopic === undefined) {
        faults.add('initial-bath', path, 'be a state over windows where the bath has no microscopic levels',
          `weighs levels of the bath "${attachment.label}" (${attachment.bath.name}), which cannot give \`microscopic\``)
        return
      }
      const realised = microscopic()
      if (realised._tag === 'Left') {
        faults.add('initial-bath', path, 'belong to a bath that can be realised', realised.left.map((each) => each.message).join('; '))
        return
      }
      if (checkVector(faults, 'initial-bath', at, state.weights, dimensionOf(realised.right))) {
        checkDistribution(faults, 'initial-bath', at, state.weights)
      }
      return
    }
    case 'gibbs':
      // ±Infinity is a bath in its highest or lowest window.
      if (typeof state.inverseTemperature !== 'number' || Number.isNaN(state.inverseTemperature)) {
        faults.add('initial-bath', [...path, 'inverseTemperature'], 'be a number', `is ${state.inverseTemperature}`)
      }
      return
    default:
      faults.add('initial-bath', [...path, 'kind'], "be 'windows', 'levels' or 'gibbs'", `is ${JSON.stringify((state as { kind: unknown }).kind)}`)
  }
}

const checkProduct = (faults: FaultList, initial: InitialState & { kind: 'product' }, problem: Problem): void => {
  const dimension = problem.energies.length
  if (checkHermitian(faults, 'initial-system', ['initial', 'system'], initial.system, dimension)) {
    let trace = 0
    for (let k = 0; k < dimension; k++) trace += initial.system.re[k * dimension + k]!
    if (Math.abs(trace - 1) > SUM_TOLERANCE) faults.add('initial-system', ['initial', 'system'], 'have trace 1', `has ${trace}`)
    if (!isPositive(initial.system, 0, dimension, POSITIVITY_TOLERANCE)) {
      faults.add('initial-system', ['initial', 'system'], 'be positive semidefinite', 'has a negative eigenvalue')
    }
  }
  if (initial.baths.length !== problem.baths.length) {
    faults.add('initial-bath', ['initial', 'baths'], `have ${problem.baths.length} entries, one per bath`, `has ${initial.baths.length}`)
    return
  }
  initial.baths.forEach((state, at) => checkBathState(faults, ['initial', 'baths', at], state, problem.baths[at]!))
}

const checkConditional = (faults: FaultList, initial: InitialState & { kind: 'conditional' }, problem: Problem): void => {
  const dimension = problem.energies.length
  const block = dimension * dimension
  const windows = problem.baths.reduce((product, each) => product * each.bath.windows.energies.length, 1)
  const start = problem.times[0]!
  if (!Number.isFinite(initial.memoryStart)) {
    faults.add('initial-conditional', ['initial', 'memoryStart'], 'be finite', `is ${initial.memoryStart}`)
  } else if (initial.memoryStart > start) {
    faults.add('initial-conditional', ['initial', 'memoryStart'], `not lie after the start of the run (${start})`, `is ${initial.memoryStart}`)
  }
  const path = ['initial', 'states']
  const { re, im } = initial.states
  const wholeRe = checkVector(faults, 'initial-conditional', [...path, 're'], re, windows * block)
  const wholeIm = im === null || checkVector(faults, 'initial-conditional', [...path, 'im'], im, windows * block)
  if (!wholeRe || !wholeIm) return
  // A second-order equation with memory is not completely positive: the state it hands over need not be.
  const continued = initial.memoryStart < start
  let trace = 0
  for (let window = 0; window < windows; window++) {
    const offset = window * block
    for (let k = 0; k < dimension; k++) trace += re[offset + k * dimension + k]!
    const { defect, scale } = hermitianDefect(re, im, offset, dimension)
    if (defect > HERMITIAN_TOLERANCE * Math.max(1, scale)) {
      faults.add('initial-conditional', path, 'consist of Hermitian blocks', `block ${window} deviates by ${defect.toPrecision(3)}`)
    } else if (!continued && !isPositive(initial.states, offset, dimension, POSITIVITY_TOLERANCE)) {
      faults.add('initial-conditional', path, 'consist of positive semidefinite blocks', `block ${window} has a negative eigenvalue`)
    }
  }
  if (Math.abs(trace - 1) > (continued ? CONTINUED_SUM_TOLERANCE : SUM_TOLERANCE)) {
    faults.add('initial-conditional', path, 'have total trace 1', `has ${trace}`)
  }
}

/** Checks the initial state against baths and energies that are themselves sound. */
export const checkInitial = (faults: FaultList, problem: Problem): void => {
  const { initial } = problem
  if (initial.kind === 'product') checkProduct(faults, initial, problem)
  else if (initial.kind === 'conditional') checkConditional(faults, initial, problem)
  else faults.add('initial', ['initial', 'kind'], "be 'product' or 'conditional'", `is ${JSON.stringify((initial as { kind: unknown }).kind)}`)
}
