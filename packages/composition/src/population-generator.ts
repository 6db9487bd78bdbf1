import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { bathTransitions, finiteRates } from './bath-transitions.js'
import type { BathTransitions } from './bath-transitions.js'
import { populationsClose } from './degenerate-levels.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/** The generator of the rate equation of joint probabilities, applied without a matrix. */
export interface PopulationGenerator {
  /** d times the number of joint windows. */
  readonly dimension: number
  /** Not less than any state's total exit rate. */
  readonly exitRateBound: number
  /** out = ∂t p for p [level, window₁ … windowₙ]. */
  apply(populations: Vector, out: Float64Array): void
  /** The jumps of each bath. */
  readonly transitions: readonly BathTransitions[]
}

/** Adds one bath's probability currents; each leaves one entry of `out` and enters another, so their sum stays put. */
const addCurrents = (
  transitions: BathTransitions, windows: number, stride: number, size: number, populations: Vector, out: Float64Array,
): void => {
  const span = windows * stride
  const { count, fromLevel, fromWindow, rate, toLevel, toWindow } = transitions
  for (let i = 0; i < count; i += 1) {
    const jumpRate = rate[i]!
    const source = fromLevel[i]! * size + fromWindow[i]! * stride
    const target = toLevel[i]! * size + toWindow[i]! * stride
    for (let outer = 0; outer < size; outer += span) {
      for (let inner = outer; inner < outer + stride; inner += 1) {
        const current = jumpRate * populations[source + inner]!
        out[source + inner]! -= current
        out[target + inner]! += current
      }
    }
  }
}

const largestExitRate = (transitions: BathTransitions, dimension: number, windows: number): number => {
  const exit = new Float64Array(dimension * windows)
  let largest = 0
  for (let i = 0; i < transitions.count; i += 1) {
    const at = transitions.fromLevel[i]! * windows + transitions.fromWindow[i]!
    exit[at]! += transitions.rate[i]!
    largest = Math.max(largest, exit[at]!)
  }
  return largest
}

/**
 * ∂t p(ε_k,E) = Σ_ν Σ_q,E' [W_kq(E,E')/V_E' p(ε_q,E') − W_qk(E',E)/V_E p(ε_k,E)], E and E' differing in bath ν only.
 *
 * @param lattice - the joint windows
 * @param baths - one entry per bath, in the lattice's order
 * @param energies - ε_k [d]
 * @param strengths - λ_ν [n]
 * @returns the generator on p [level, window₁ … windowₙ]. Issues: `composition/degenerate-levels` where coherences between equal
 * energies belong to the equation, `composition/rate-overflow`, and those of `bathTransitions`
 * @equation 30
 * @equation 31
 * @equation G8
 */
export const populationGenerator = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector,
): Outcome<PopulationGenerator> => {
  const issues: Issue[] = []
  const closed = populationsClose(baths, energies)
  if (closed._tag === 'Left') issues.push(...closed.left)
  const transitions: BathTransitions[] = []
  for (const bath of baths) {
    const jumps = bathTransitions(bath, energies, strengths[bath.axis]!)
    const finite = jumps._tag === 'Left' ? jumps : finiteRates(bath, jumps.right)
    if (finite._tag === 'Left') issues.push(...finite.left)
    else transitions.push(finite.right)
  }
  return failIfAny(issues, () => {
    const { counts, dimension, size, strides } = lattice
    let exitRateBound = 0
    transitions.forEach((each, axis) => {
      exitRateBound += largestExitRate(each, dimension, counts[axis]!)
    })
    return {
      dimension: dimension * size, exitRateBound, transitions,
      apply: (populations: Vector, out: Float64Array): void => {
        out.fill(0)
        for (let axis = 0; axis < transitions.length; axis += 1) {
          addCurrents(transitions[axis]!, counts[axis]!, strides[axis]!, size, populations, out)
        }
      },
    }
  })
}
