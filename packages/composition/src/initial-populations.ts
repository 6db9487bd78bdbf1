import { succeed } from '@mesobath/contracts'
import type { Finding, InitialState, Outcome, Planes, Problem, Vector } from '@mesobath/contracts'
import { initialConditional, productFillings } from './initial-conditional.js'
import { windowLattice } from './window-lattice.js'

/** p(ε_k,E; 0) and what the initial state has beyond it. */
export interface InitialPopulations {
  /** [level, window₁ … windowₙ]. */
  readonly populations: Float64Array
  /** The time from which memory counts. */
  readonly memoryStart: number
  readonly findings: readonly Finding[]
}

const offDiagonal = (plane: Vector, dimension: number): boolean => {
  const block = dimension * dimension
  for (let i = 0; i < plane.length; i += 1) {
    if (plane[i] !== 0 && (i % block) % (dimension + 1) !== 0) return true
  }
  return false
}

const planesOf = (initial: InitialState): Planes => (initial.kind === 'product' ? initial.system : initial.states)

/** Whether an initial state has coherences between levels, which populations alone do not carry. */
export const startsCoherent = ({ energies, initial }: Problem): boolean => {
  const { im, re } = planesOf(initial)
  return offDiagonal(re, energies.length) || (im !== null && offDiagonal(im, energies.length))
}

/**
 * p(ε_k,E; 0) of an initial state, at the size of the populations and not of the conditional states; coherences are left out.
 *
 * @returns issues as `initialConditional`
 * @equation 4
 * @equation 69
 */
export const initialPopulations = (problem: Problem): Outcome<InitialPopulations> => {
  const { initial } = problem
  const { counts, dimension, size, strides } = windowLattice(problem)
  const populations = new Float64Array(dimension * size)
  if (initial.kind === 'conditional') {
    const start = initialConditional(problem)
    if (start._tag === 'Left') return start
    const { findings, memoryStart, states } = start.right
    const block = dimension * dimension
    for (let k = 0; k < dimension; k += 1) {
      for (let joint = 0; joint < size; joint += 1) populations[k * size + joint] = states.re[joint * block + k * (dimension + 1)]!
    }
    return succeed({ populations, memoryStart, findings })
  }
  const fillings = productFillings(problem, initial)
  if (fillings._tag === 'Left') return fillings
  for (let k = 0; k < dimension; k += 1) populations.fill(initial.system.re[k * (dimension + 1)]!, k * size, (k + 1) * size)
  fillings.right.forEach(({ probabilities }, axis) => {
    const stride = strides[axis]!
    for (let at = 0; at < populations.length;) {
      for (let window = 0; window < counts[axis]!; window += 1) {
        const probability = probabilities[window]!
        for (const end = at + stride; at < end; at += 1) populations[at]! *= probability
      }
    }
  })
  return succeed({ populations, memoryStart: problem.times[0] ?? 0, findings: fillings.right.flatMap((each) => each.findings) })
}
