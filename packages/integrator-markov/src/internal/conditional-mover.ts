import type { Planes } from '@mesobath/contracts'
import { conditionalGenerator, rotatingState } from '@mesobath/composition'
import type { Lattice, Mover, PreparedBath } from '@mesobath/composition'
import { writeDiagonal } from './population-mover.js'

/** Moves all of ρ_S(E), coherences and shifts included. */
export const conditionalMover = (lattice: Lattice, baths: readonly PreparedBath[], start: Planes & { readonly im: Float64Array }): Mover => {
  const { dimension, size } = lattice
  const plane = size * dimension * dimension
  const state = new Float64Array(2 * plane)
  state.set(start.re)
  state.set(start.im, plane)
  const planes: Planes = { re: state.subarray(0, plane), im: state.subarray(plane) }
  const change = new Float64Array(2 * plane)
  const populations = new Float64Array(dimension * size)
  const rates = new Float64Array(dimension * size)
  const moved = rotatingState(state, dimension, ({ energies, strengths }) => conditionalGenerator(lattice, baths, energies, strengths))
  return {
    get stride() {
      return moved.stride
    },
    enter: moved.enter,
    advance: moved.advance,
    populations: () => {
      writeDiagonal(planes.re, dimension, size, populations)
      return populations
    },
    populationRates: () => {
      moved.rates(change)
      writeDiagonal(change, dimension, size, rates)
      return rates
    },
    conditional: () => planes,
    checkpoint: () => ({ re: planes.re.slice(), im: planes.im!.slice() }),
  }
}
