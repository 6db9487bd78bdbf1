import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Attachment, BathState, Finding, InitialState, Issue, Outcome, Planes, Problem, Windows } from '@mesobath/contracts'
import { exp, logSumExp } from '@mesobath/kernels'
import { windowLattice } from './window-lattice.js'

/**
 * Up to this total-variation distance from "spread evenly over each window" an initial state counts as such: no map of states, exact or
 * approximate, can turn the distance into a larger change of a probability, and one per cent is below what the method itself promises.
 */
export const UNEVEN_FILLING_BOUND = 0.01

/** ρ_S(E; 0) of a master equation and what the initial state has beyond it. */
export interface InitialConditional {
  /** ρ_S(E) [window₁ … windowₙ, k, q]; both planes present. */
  readonly states: Planes & { readonly im: Float64Array }
  /** The time from which memory counts. */
  readonly memoryStart: number
  readonly findings: readonly Finding[]
}

interface WindowFilling {
  readonly probabilities: Float64Array
  readonly findings: readonly Finding[]
}

const unevenFilling = (label: string, distance: number, cause: string): Finding => ({
  code: 'composition/uneven-filling',
  quantity: 'distance of the initial bath state from one spread evenly over each window',
  value: distance,
  bound: UNEVEN_FILLING_BOUND,
  verdict: distance <= UNEVEN_FILLING_BOUND ? 'trust' : 'doubt',
  message: distance <= UNEVEN_FILLING_BOUND
    ? `the initial state of the bath "${label}" is spread evenly over the levels of each window`
    : `${cause}; the inhomogeneous term that this adds is dropped, so compare with an exact run or refine the windows`,
})

/**
 * p(E) ∝ V_E e^{−βE} of the windows [n], safe for log volumes of any size.
 *
 * @param inverseTemperature - β, 1/energy; may be 0, negative or ±Infinity (the lowest or highest window alone)
 */
export const gibbsProbabilities = ({ energies, logVolumes }: Windows, inverseTemperature: number): Float64Array => {
  const probabilities = new Float64Array(energies.length)
  if (Math.abs(inverseTemperature) === Infinity) {
    probabilities[inverseTemperature > 0 ? 0 : energies.length - 1] = 1
    return probabilities
  }
  const exponents = logVolumes.map((logVolume, window) => logVolume - inverseTemperature * energies[window]!)
  const total = logSumExp(exponents)
  for (let window = 0; window < probabilities.length; window += 1) probabilities[window] = exp(exponents[window]! - total)
  return probabilities
}

const gibbsFilling = ({ bath, label }: Attachment, inverseTemperature: number, axis: number): Outcome<WindowFilling> => {
  if (Number.isNaN(inverseTemperature)) {
    return fail(issue('composition/inverse-temperature', ['initial', 'baths', axis, 'inverseTemperature'],
      `\`initial.baths.${axis}.inverseTemperature\` must be a number, ±Infinity included, but is NaN`))
  }
  // Weights e^{−βx} over a window of width δ are |β|δ/8 away from even ones (for small |β|δ).
  const distance = Math.min(1, (Math.abs(inverseTemperature) * bath.windows.width) / 8)
  return succeed({
    probabilities: gibbsProbabilities(bath.windows, inverseTemperature),
    findings: [unevenFilling(label, distance,
      `inside a window of the bath "${label}" a Gibbs state at this temperature favours one edge, while a master equation fills windows evenly`)],
  })
}

const levelsFilling = ({ bath, label }: Attachment, weights: Readonly<Float64Array>, axis: number): Outcome<WindowFilling> => {
  const path = ['initial', 'baths', axis, 'weights']
  if (bath.can.microscopic === undefined) {
    return fail(issue('composition/levels-unknown', path,
      `\`${path.join('.')}\` must belong to a microscopic bath, but the bath "${bath.name}" has windows only; give \`windows\` probabilities`))
  }
  const outcome = bath.can.microscopic()
  if (outcome._tag === 'Left') return outcome
  const microscopic = outcome.right
  if (microscopic.kind !== 'spectral') {
    return fail(issue('composition/levels-unknown', path,
      `\`${path.join('.')}\` must belong to a bath given by its levels, but the bath "${bath.name}" is given by local terms`))
  }
  if (weights.length !== microscopic.window.length) {
    return fail(issue('composition/state-shape', path,
      `\`${path.join('.')}\` must hold one weight per level (${microscopic.window.length}), but holds ${weights.length}`))
  }
  const count = bath.windows.energies.length
  const probabilities = new Float64Array(count)
  const volumes = new Float64Array(count)
  for (let level = 0; level < weights.length; level += 1) {
    probabilities[microscopic.window[level]!]! += weights[level]!
    volumes[microscopic.window[level]!]! += 1
  }
  let distance = 0
  for (let level = 0; level < weights.length; level += 1) {
    const window = microscopic.window[level]!
    distance += Math.abs(weights[level]! - probabilities[window]! / volumes[window]!) / 2
  }
  return succeed({
    probabilities,
    findings: [unevenFilling(label, distance, `the initial state of the bath "${label}" fills some levels of a window more than others`)],
  })
}

const filling = (attachment: Attachment, state: BathState, axis: number): Outcome<WindowFilling> => {
  switch (state.kind) {
    case 'windows': {
      const count = attachment.bath.windows.energies.length
      if (state.probabilities.length === count) return succeed({ probabilities: Float64Array.from(state.probabilities), findings: [] })
      return fail(issue('composition/state-shape', ['initial', 'baths', axis, 'probabilities'],
        `\`initial.baths.${axis}.probabilities\` must hold one number per window (${count}), but holds ${state.probabilities.length}`))
    }
    case 'levels':
      return levelsFilling(attachment, state.weights, axis)
    case 'gibbs':
      return gibbsFilling(attachment, state.inverseTemperature, axis)
  }
}

const conditionalStart = (problem: Problem, states: Planes, memoryStart: number): Outcome<InitialConditional> => {
  const { dimension, size } = windowLattice(problem)
  const length = size * dimension * dimension
  if (states.re.length !== length || (states.im !== null && states.im.length !== length)) {
    return fail(issue('composition/state-shape', ['initial', 'states'],
      `\`initial.states\` must hold ${size} windows × ${dimension} × ${dimension} numbers, but holds ${states.re.length}`))
  }
  return succeed({
    states: { re: Float64Array.from(states.re), im: states.im === null ? new Float64Array(length) : Float64Array.from(states.im) },
    memoryStart, findings: [],
  })
}

/** The windows' probabilities of every bath of a product state, and the faults of its system's shape. */
export const productFillings = (problem: Problem, initial: Extract<InitialState, { readonly kind: 'product' }>): Outcome<readonly WindowFilling[]> => {
  const dimension = problem.energies.length
  const issues: Issue[] = []
  if (initial.system.rows !== dimension || initial.system.columns !== dimension) {
    issues.push(issue('composition/state-shape', ['initial', 'system'],
      `\`initial.system\` must be ${dimension} × ${dimension}, but is ${initial.system.rows} × ${initial.system.columns}`))
  }
  if (initial.baths.length !== problem.baths.length) {
    issues.push(issue('composition/state-shape', ['initial', 'baths'],
      `\`initial.baths\` must hold one state for each of the ${problem.baths.length} baths, but holds ${initial.baths.length}`))
  }
  const fillings: WindowFilling[] = []
  problem.baths.forEach((attachment, axis) => {
    const state = initial.baths[axis]
    if (state === undefined) return
    const outcome = filling(attachment, state, axis)
    if (outcome._tag === 'Left') issues.push(...outcome.left)
    else fillings.push(outcome.right)
  })
  return failIfAny(issues, () => fillings)
}

/**
 * ρ_S(E; 0) = tr_B[Π_E ρ(0)] for a master equation, from any initial state; what the state has inside windows is reported, not used.
 *
 * @param problem - `initial`, `baths`, `energies` and the first of `times` are read
 * @returns states [window₁ … windowₙ, k, q]. Issues: `composition/state-shape`, `composition/levels-unknown`, `composition/inverse-temperature`
 * @equation 4
 * @equation 69
 */
export const initialConditional = (problem: Problem): Outcome<InitialConditional> => {
  const { initial } = problem
  if (initial.kind === 'conditional') return conditionalStart(problem, initial.states, initial.memoryStart)
  const outcome = productFillings(problem, initial)
  if (outcome._tag === 'Left') return outcome
  const fillings = outcome.right
  const { dimension, size, counts, strides } = windowLattice(problem)
  const block = dimension * dimension
  const re = new Float64Array(size * block)
  const im = new Float64Array(size * block)
  for (let joint = 0; joint < size; joint += 1) {
    let probability = 1
    for (let axis = 0; axis < counts.length; axis += 1) {
      probability *= fillings[axis]!.probabilities[Math.floor(joint / strides[axis]!) % counts[axis]!]!
    }
    for (let i = 0; i < block; i += 1) {
      re[joint * block + i] = probability * initial.system.re[i]!
      im[joint * block + i] = initial.system.im === null ? 0 : probability * initial.system.im[i]!
    }
  }
  return succeed({ states: { re, im }, memoryStart: problem.times[0] ?? 0, findings: fillings.flatMap((each) => each.findings) })
}
