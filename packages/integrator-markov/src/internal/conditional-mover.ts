import { succeed } from '@mesobath/contracts'
import type { Planes } from '@mesobath/contracts'
import { conditionalGeneratorInParts, courseFollower, drivenMover, followStates, holdStates, jointEnergies, movingStates } from '@mesobath/composition'
import type { Lattice, Mover, MovingRates, PreparedBath } from '@mesobath/composition'
import { writeDiagonal } from './population-mover.js'

/** Moves all of ρ_S(E), coherences and shifts included: by the exponential's action while energies hold, integrated along smooth segments. */
export const conditionalMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Planes & { readonly im: Float64Array }, rates: MovingRates | null, scale: number,
  tolerance: number,
): Mover => {
  const { dimension, size } = lattice
  const plane = size * dimension * dimension
  const state = new Float64Array(2 * plane + 2)
  state.set(start.re)
  state.set(start.im, plane)
  const planes = { re: state.subarray(0, plane), im: state.subarray(plane, 2 * plane) }
  const populations = new Float64Array(dimension * size)
  const populationRates = new Float64Array(dimension * size)
  const windowEnergies = jointEnergies(lattice)
  return drivenMover({
    state, scale,
    hold: function* ({ energies, strengths }) {
      const outcome = yield* conditionalGeneratorInParts(lattice, baths, energies, strengths)
      return outcome._tag === 'Left' ? outcome : succeed(holdStates(outcome.right, energies, windowEnergies, scale))
    },
    follower: rates === null ? null : courseFollower(rates, followStates(movingStates(lattice, rates), dimension, windowEnergies), scale, tolerance),
    populations: () => {
      writeDiagonal(planes.re, dimension, size, populations)
      return populations
    },
    populationRates: (change) => {
      writeDiagonal(change, dimension, size, populationRates)
      return populationRates
    },
    conditional: () => planes,
    checkpoint: () => ({ re: planes.re.slice(), im: planes.im.slice() }),
  })
}
