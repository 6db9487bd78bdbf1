import { succeed } from '@mesobath/contracts'
import type { Planes, Vector } from '@mesobath/contracts'
import {
  courseFollower, drivenMover, followPopulations, holdPopulations, holdReached, movingPopulations, populationGeneratorInParts, REACHED_SHARE, reachedGenerator,
  reachedStates,
} from '@mesobath/composition'
import type { Lane, RelaxationWorkspace, Team } from '@mesobath/kernels'
import type { Lattice, Mover, MovingRates, PopulationGenerator, PreparedBath } from '@mesobath/composition'

/** The states that are kept where they are few, and how they move. */
export interface PopulationMover {
  readonly mover: Mover
  /** Joint states that are kept: all of the lattice, or those that the start can reach. */
  readonly kept: number
}

/** Writes the diagonals of a plane [window, k, q] as [level, window]. */
export const writeDiagonal = (plane: Vector, dimension: number, size: number, out: Float64Array): void => {
  const block = dimension * dimension
  for (let k = 0; k < dimension; k += 1) {
    for (let joint = 0; joint < size; joint += 1) out[k * size + joint] = plane[joint * block + k * (dimension + 1)]!
  }
}

const diagonalStates = (populations: Vector, dimension: number, size: number): Planes => {
  const block = dimension * dimension
  const re = new Float64Array(size * block)
  for (let k = 0; k < dimension; k += 1) {
    for (let joint = 0; joint < size; joint += 1) re[joint * block + k * (dimension + 1)] = populations[k * size + joint]!
  }
  return { re, im: null }
}

/** All of p moves: while energies hold by `holdPopulations`, integrated along smooth segments. */
const wholeMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Vector, only: PopulationGenerator | null, team: Team | null, rates: MovingRates | null,
  scale: number, tolerance: number,
): Mover => {
  const { dimension, size } = lattice
  const entries = dimension * size
  const allocate = (): Lane => (team === null ? { values: new Float64Array(entries + 2) } : team.allocate(entries + 2))
  const lane = allocate()
  const workspace: RelaxationWorkspace = [allocate(), allocate(), allocate()]
  lane.values.set(start)
  return drivenMover({
    get state() {
      return lane.values
    },
    scale,
    hold: function* ({ energies, strengths }) {
      const outcome = only === null ? yield* populationGeneratorInParts(lattice, baths, energies, strengths, team) : succeed(only)
      return outcome._tag === 'Left' ? outcome : succeed(holdPopulations(lattice, outcome.right, energies, scale, workspace))
    },
    follower: rates === null ? null : courseFollower(rates, followPopulations(movingPopulations(lattice, rates), dimension, size), scale, tolerance),
    populations: (state) => state.subarray(0, entries),
    populationRates: (change) => change.subarray(0, entries),
    conditional: () => null,
    checkpoint: () => diagonalStates(lane.values, dimension, size),
  })
}

/** Only the states that the start can reach move; samples show them in their places, all others are 0. */
const reachedMover = (
  lattice: Lattice, generator: PopulationGenerator, states: Int32Array, start: Float64Array, scale: number,
): Mover => {
  const { dimension, size } = lattice
  const reached = reachedGenerator(lattice, generator, states)
  const vector = (): Float64Array => new Float64Array(states.length + 2)
  const state = vector()
  const workspace: RelaxationWorkspace = [{ values: vector() }, { values: vector() }, { values: vector() }]
  states.forEach((joint, i) => { state[i] = start[joint]! })
  const rates = new Float64Array(dimension * size)
  const placed = (values: Vector, out: Float64Array): Float64Array => {
    for (let i = 0; i < states.length; i += 1) out[states[i]!] = values[i]!
    return out
  }
  return drivenMover({
    state, scale,
    hold: function* ({ energies }) {
      return succeed(holdReached(lattice, generator, reached, energies, scale, workspace))
    },
    follower: null,
    populations: () => placed(state, start),
    populationRates: (change) => placed(change, rates),
    conditional: () => null,
    checkpoint: () => diagonalStates(placed(state, start), dimension, size),
  })
}

/**
 * Moves populations only, every p ≥ 0 while energies hold. Without a drive only the states that the start can reach are kept where they are
 * few; the generator is then built here, once.
 *
 * @param start - p(0) [level, window₁ … windowₙ]; taken over
 * @param only - the generator of an undriven run; null under a drive
 * @param team - memory and threads for large lattices
 */
export const populationMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Float64Array, only: PopulationGenerator | null, team: Team | null, rates: MovingRates | null,
  scale: number, tolerance: number,
): PopulationMover => {
  const entries = lattice.dimension * lattice.size
  const states = only === null ? null : reachedStates(lattice, only.transitions, start, Math.floor(REACHED_SHARE * entries))
  return states === null
    ? { mover: wholeMover(lattice, baths, start, only, team, rates, scale, tolerance), kept: entries }
    : { mover: reachedMover(lattice, only!, states, start, scale), kept: states.length }
}
