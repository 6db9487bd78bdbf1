import { succeed } from '@mesobath/contracts'
import { pauseStride, populationGenerator } from '@mesobath/composition'
import type { Lattice, Mover, PopulationGenerator, PreparedBath } from '@mesobath/composition'
import type { Planes, Vector } from '@mesobath/contracts'
import { uniformisation } from '@mesobath/kernels'
import type { Propagator } from '@mesobath/kernels'

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

/** Moves populations only, by uniformisation. */
export const populationMover = (lattice: Lattice, baths: readonly PreparedBath[], start: Vector): Mover => {
  const { dimension, size } = lattice
  const populations = Float64Array.from(start)
  const rates = new Float64Array(populations.length)
  let generator: PopulationGenerator | null = null
  let propagator: Propagator | null = null
  let stride = Infinity
  return {
    get stride() {
      return stride
    },
    enter: ({ energies, strengths }) => {
      const outcome = populationGenerator(lattice, baths, energies, strengths)
      if (outcome._tag === 'Left') return outcome
      generator = outcome.right
      propagator = uniformisation(generator, generator.exitRateBound)
      stride = pauseStride(populations.length, generator.exitRateBound)
      return succeed(undefined)
    },
    advance: (time, tolerance) => {
      propagator!.advance(populations, time, tolerance)
      return populations.every((probability) => Number.isFinite(probability))
    },
    populations: () => populations,
    populationRates: () => {
      generator!.apply(populations, rates)
      return rates
    },
    conditional: () => null,
    checkpoint: () => {
      const block = dimension * dimension
      const re = new Float64Array(size * block)
      for (let k = 0; k < dimension; k += 1) {
        for (let joint = 0; joint < size; joint += 1) re[joint * block + k * (dimension + 1)] = populations[k * size + joint]!
      }
      return { re, im: null }
    },
  }
}
