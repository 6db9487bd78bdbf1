import { momentWeights } from './moments.js'
import type { SurvivalMoments } from './survival-moments.js'

/** What is read off the survival amplitude A(t) = P_a e^{−i(H − c)t} P_a, as traces over all levels of node a. */
export interface Survival {
  /** f = tr A†A, and its derivative. */
  population: number
  rate: number
  /** tr A†D A of a diagonal D. */
  weighted: number
  /** Re tr A†i∂_t A: what H − c is in node a, and half of the coupling. */
  energy: number
}

/** The same at any time after the start. */
export interface SurvivalCurve {
  /** c. */
  readonly centre: number
  readonly read: (time: number) => Survival
}

/** Signed coefficients of every second block. */
const half = (values: Float64Array, count: number, first: number): Float64Array => Float64Array.from({ length: count }, (_, at) => values[2 * at + first]!)

/** Σ l_i M_ij r_j. */
const form = (matrix: Float64Array, left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let i = 0, at = 0; i < left.length; i++) {
    let part = 0
    for (let j = 0; j < right.length; j++) part += matrix[at++]! * right[j]!
    sum += left[i]! * part
  }
  return sum
}

/** Reads the amplitude of blocks of radius R at `time` after the start. */
export const readSurvival = (moments: SurvivalMoments, radius: number, time: number): Survival => {
  const { even, odd, evens, odds, mixed, weightedEvens, weightedOdds, weightedMixed } = moments
  const { values, rates } = momentWeights(radius, even + odd, time)
  const e = half(values, even, 0), o = half(values, odd, 1)
  const eRate = half(rates, even, 0), oRate = half(rates, odd, 1)
  return {
    population: form(evens, e, e) + form(odds, o, o),
    rate: 2 * (form(evens, eRate, e) + form(odds, oRate, o)),
    weighted: form(weightedEvens, e, e) + form(weightedOdds, o, o) + 2 * form(weightedMixed, e, o),
    energy: form(mixed, e, oRate) - form(mixed, eRate, o),
  }
}
