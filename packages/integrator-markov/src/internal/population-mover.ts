import { succeed } from '@mesobath/contracts'
import type { Planes, Vector } from '@mesobath/contracts'
import { courseFollower, drivenMover, followPopulations, holdPopulations, movingPopulations, populationGenerator } from '@mesobath/composition'
import type { Lattice, Mover, MovingRates, PreparedBath } from '@mesobath/composition'

/** Whether a plane [window, k, q] has anything off its diagonals. */
export const hasCoherences = (plane: Vector, dimension: number): boolean => {
  const block = dimension * dimension
  for (let i = 0; i < plane.length; i += 1) {
    if (plane[i] !== 0 && (i % block) % (dimension + 1) !== 0) return true
  }
  return false
}

/** p(ε_k,E) = ⟨k|ρ_S(E)|k⟩ [level, window] of states [window, k, q]. */
export const diagonalOf = (states: Planes, dimension: number, size: number): Float64Array => {
  const populations = new Float64Array(dimension * size)
  writeDiagonal(states.re, dimension, size, populations)
  return populations
}

/** Writes the diagonals of a plane [window, k, q] as [level, window]. */
export const writeDiagonal = (plane: Vector, dimension: number, size: number, out: Float64Array): void => {
  const block = dimension * dimension
  for (let k = 0; k < dimension; k += 1) {
    for (let joint = 0; joint < size; joint += 1) out[k * size + joint] = plane[joint * block + k * (dimension + 1)]!
  }
}

/** Moves populations only: by uniformisation while energies hold, integrated along smooth segments. */
export const populationMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Vector, rates: MovingRates | null, scale: number, tolerance: number,
): Mover => {
  const { dimension, size } = lattice
  const entries = dimension * size
  const state = new Float64Array(entries + 2)
  state.set(start)
  const populations = state.subarray(0, entries)
  return drivenMover({
    state, scale,
    hold: ({ energies, strengths }) => {
      const outcome = populationGenerator(lattice, baths, energies, strengths)
      return outcome._tag === 'Left' ? outcome : succeed(holdPopulations(lattice, outcome.right, energies, scale))
    },
    follower: rates === null ? null : courseFollower(rates, followPopulations(movingPopulations(lattice, rates), dimension, size), scale, tolerance),
    populations: () => populations,
    populationRates: (change) => change.subarray(0, entries),
    conditional: () => null,
    checkpoint: () => {
      const block = dimension * dimension
      const re = new Float64Array(size * block)
      for (let k = 0; k < dimension; k += 1) {
        for (let joint = 0; joint < size; joint += 1) re[joint * block + k * (dimension + 1)] = populations[k * size + joint]!
      }
      return { re, im: null }
    },
  })
}
