import type { Planes } from '@mesobath/contracts'
import { chebyshevTermsNeeded, chebyshevWeights, commutatorMoments, hermitianTridiagonal, planesView, tridiagonalEnds } from '@mesobath/kernels'
import type { CommutatorMoments, Tridiagonal } from '@mesobath/kernels'
import { Cancelled, writeAdjoint } from './eigen-products.js'
import type { Workshop } from './evolution.js'
import type { Couplings } from './couplings.js'
import type { Pace } from './pace.js'
import { TRIANGLE } from './product-forms.js'
import { scaleRows } from './scale-rows.js'
import type { Half } from './survival-halves.js'
import type { SurvivalCurve } from './survival-reading.js'
import { writeInBands } from './write-in-bands.js'

/**
 * What is left of the smaller node a of two, from the commutator with H in its tridiagonal form.
 *
 * With H = Q T Q† and the rows Q_a of node a, P_a is Π = Q_a†Q_a there, and P_a D P_a is Δ = Q_a†D Q_a. tr P_a(t) P_a, and what else is read of the survival
 * amplitude, is linear in Π(t) = e^{−iTt} Π e^{iTt}, whose Chebyshev series takes a commutator with T a term: n² operations where a product takes n³.
 */

/** T, and rows of Q; null where cancelled, 'not-finite' where H is. */
const reduce = async (
  shop: Workshop, at: number, { from, to }: Half, couplings: Couplings, pace: Pace,
): Promise<{ readonly form: Tridiagonal; readonly rows: Planes } | 'not-finite' | null> => {
  const { backend, hamiltonians, model } = shop
  const { dimension } = hamiltonians[at]!.component
  const whole = { from: 0, to: dimension }
  const matrix = backend.allocate(dimension, dimension, model.real)
  let rows: Planes | null = null
  try {
    if (!(await writeInBands(hamiltonians[at]!, couplings, { rows: whole, columns: whole, lower: true }, matrix, pace))) return null
    rows = backend.allocate(to - from, dimension, model.real)
    const form = { diagonal: new Float64Array(dimension), off: new Float64Array(dimension - 1) }
    const ending = await hermitianTridiagonal(backend, matrix, dimension, form.diagonal, form.off, rows, () => pace.breathe(), { from, to })
    if (ending !== 'ok') return ending === 'cancelled' ? null : ending
    const found = { form, rows }
    rows = null
    return found
  } finally {
    backend.release(matrix)
    if (rows !== null) backend.release(rows)
  }
}

const curveOf = ({ centre, width, overlap, energy, crossed }: CommutatorMoments): SurvivalCurve => {
  const terms = overlap.length
  const values = new Float64Array(terms), rates = new Float64Array(terms), room = new Float64Array(terms + 1)
  return {
    centre,
    read: (time) => {
      chebyshevWeights(width * time, values, rates, room)
      const found = { population: 0, rate: 0, weighted: 0, energy: 0 }
      for (let m = 0; m < terms; m++) {
        found.population += values[m]! * overlap[m]!
        found.rate += width * rates[m]! * overlap[m]!
        found.weighted += values[m]! * crossed[m]!
        found.energy += values[m]! * energy[m]!
      }
      return found
    },
  }
}

/**
 * The survival of node a of a component, with the diagonal `weights` D, over `duration` after the start; every number within `tolerance` of a level's. Null
 * where cancelled.
 */
export const commutatorSurvival = async (
  shop: Workshop, at: number, half: Half, weights: Float64Array, couplings: Couplings, duration: number, tolerance: number, pace: Pace,
): Promise<SurvivalCurve | 'not-finite' | null> => {
  const { backend, model } = shop
  const reduced = await reduce(shop, at, half, couplings, pace)
  if (reduced === null || reduced === 'not-finite') return reduced
  const { form, rows } = reduced
  const size = weights.length
  const n = form.diagonal.length
  const taken = new Set<Planes>([rows])
  const room = (height: number, real: boolean): Planes => {
    const planes = backend.allocate(height, n, real)
    taken.add(planes)
    return planes
  }
  const give = (planes: Planes): void => {
    if (taken.delete(planes)) backend.release(planes)
  }
  try {
    const projector = room(n, false)
    const weighted = room(n, false)
    const own = (planes: Planes): Planes => planesView(planes, 0, n * n, model.real)
    await writeAdjoint(shop, TRIANGLE, rows, rows, n, 0, size, n, own(projector), pace)
    if (!(await pace.breathe())) return null
    const scaled = room(size, model.real)
    scaleRows(rows, weights, n, scaled)
    if (!(await pace.breathe())) return null
    await writeAdjoint(shop, TRIANGLE, rows, scaled, n, 0, size, n, own(weighted), pace)
    give(scaled)
    give(rows)
    if (!(await pace.breathe())) return null
    const ends = tridiagonalEnds(form)
    const terms = 1 + chebyshevTermsNeeded((ends.upper - ends.lower) * duration, tolerance)
    const moments = await commutatorMoments(backend, form, ends, projector, weighted, terms, () => pace.breathe())
    return moments === null ? null : curveOf(moments)
  } catch (fault) {
    if (fault instanceof Cancelled) return null
    throw fault
  } finally {
    for (const planes of taken) backend.release(planes)
  }
}
