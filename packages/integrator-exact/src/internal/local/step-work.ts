import { KRONROD, NODES } from '../adams-weights.js'
import type { DriveSeries } from './drive-series.js'
import { binomial, ROW } from './drive-series.js'

/** Taylor coefficients of p_k and ⟨V_ν⟩ taken at each end of a step. */
export const ENDS = 8

/** Hermite's polynomials of the left end at the nodes, for the first `count` coefficients of either end [coefficient, node]. */
const hermite = (count: number): Float64Array => Float64Array.from({ length: ENDS * NODES.length }, (_, at) => {
  const order = Math.floor(at / NODES.length)
  if (order >= count) return 0
  const x = NODES[at % NODES.length]!
  let sum = 0
  let power = 1
  for (let i = 0; i < count - order; i++) {
    sum += binomial(count - 1 + i, i) * power
    power *= x
  }
  for (let i = 0; i < order; i++) sum *= x
  for (let i = 0; i < count; i++) sum *= 1 - x
  return sum
})

const FULL = hermite(ENDS)
const FEWER = hermite(ENDS - 1)

/** Work of one step, and how far it may be wrong. */
export interface StepWork {
  work: number
  doubt: number
}

/**
 * ∫ (Σ ε̇_k p_k + Σ λ̇_ν ⟨V_ν⟩) dt over a step, p_k and ⟨V_ν⟩ as the polynomials of degree 15 that have their first eight Taylor coefficients at both
 * ends [row, ENDS], in the order of the rows of `drive` and in the unit of the step; the doubt is what those of degree 13 make of it.
 */
export const weighStep = ({ degrees, atStart }: DriveSeries, start: Float64Array, end: Float64Array, out: StepWork): void => {
  const count = NODES.length
  let work = 0
  let fewer = 0
  for (let row = 0; row < degrees.length; row++) {
    const degree = degrees[row]!
    if (degree === 0) continue
    for (let node = 0; node < count; node++) {
      const x = NODES[node]!
      let slope = 0
      for (let m = degree; m > 0; m--) slope = slope * x + m * atStart[row * ROW + m]!
      let value = 0
      let lower = 0
      for (let order = 0; order < ENDS; order++) {
        const left = start[row * ENDS + order]!
        // Nodes lie evenly about the middle: from the right end they come in reverse.
        const right = order % 2 === 0 ? end[row * ENDS + order]! : -end[row * ENDS + order]!
        value += FULL[order * count + node]! * left + FULL[order * count + count - 1 - node]! * right
        lower += FEWER[order * count + node]! * left + FEWER[order * count + count - 1 - node]! * right
      }
      work += KRONROD[node]! * slope * value
      fewer += KRONROD[node]! * slope * lower
    }
  }
  out.work = work
  out.doubt = Math.abs(work - fewer)
}
