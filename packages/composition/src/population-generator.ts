import { succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { atOnce, shiftAction, shiftTables } from '@mesobath/kernels'
import type { Parts, ShiftAction, Team } from '@mesobath/kernels'
import { finiteRates } from './bath-transitions.js'
import type { BathTransitions } from './bath-transitions.js'
import { axisSpectralBound } from './internal/spectral-bound.js'
import { populationTransitions } from './internal/population-transitions.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/** The generator of the rate equation of joint probabilities p [level, window₁ … windowₙ], applied without a matrix; vectors may be longer. */
export interface PopulationGenerator extends ShiftAction {
  /** Not less than any state's total exit rate. */
  readonly exitRateBound: number
  /** Not less than the size of any eigenvalue; they are real and not positive, for the generator symmetrises with √V. */
  readonly spectralBound: number
  /** The jumps of each bath. */
  readonly transitions: readonly BathTransitions[]
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
 * The rate equation of joint probabilities, whose generator is applied as shifts along the axes: rates are stored per bath, never for the
 * product of all windows.
 *
 * ∂t p(ε_k,E) = Σ_ν Σ_q,E' [W_kq(E,E')/V_E' p(ε_q,E') − W_qk(E',E)/V_E p(ε_k,E)], E and E' differing in bath ν only.
 *
 * @param lattice - the joint windows
 * @param baths - one entry per bath, in the lattice's order
 * @param energies - ε_k [d]
 * @param strengths - λ_ν [n]
 * @param team - memory and threads to apply it in; plain JavaScript without
 * @returns the generator on p [level, window₁ … windowₙ]. Issues: `composition/degenerate-levels` where coherences between equal
 * energies belong to the equation, `composition/rate-overflow`, and those of `bathTransitions`
 * @equation 30
 * @equation 31
 * @equation G8
 */
export const populationGenerator = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector, team: Team | null = null,
): Outcome<PopulationGenerator> => atOnce(populationGeneratorInParts(lattice, baths, energies, strengths, team))

/** The same in parts. */
export function* populationGeneratorInParts(
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector, team: Team | null,
): Parts<Outcome<PopulationGenerator>> {
  const accepted = yield* populationTransitions(baths, energies, strengths, finiteRates)
  if (accepted._tag === 'Left') return accepted
  yield
  const transitions = accepted.right
  const { counts, dimension } = lattice
  const tables = shiftTables(dimension, counts, transitions, transitions.map(({ rate }) => ({ gain: rate, loss: rate })))
  let exitRateBound = 0
  let spectralBound = 0
  for (const [axis, each] of transitions.entries()) {
    yield
    exitRateBound += largestExitRate(each, dimension, counts[axis]!)
    spectralBound += axisSpectralBound(each, dimension, counts[axis]!)
  }
  return succeed({ ...shiftAction(tables, team), exitRateBound, spectralBound, transitions })
}
