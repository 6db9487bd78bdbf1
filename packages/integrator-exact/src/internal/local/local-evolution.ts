import { chebyshevTerms, chebyshevWeights } from '@mesobath/kernels'
import type { Pace } from '../pace.js'
import { applyTotal, OPERATIONS_PER_STATE, totalBounds } from './local-shop.js'
import type { LocalCouplings, LocalShop } from './local-shop.js'

/** Longest argument R·t of one series: beyond, rounding of the sum grows and a signal waits too long. */
const MOST_ARGUMENT = 400

/** Coefficients of one series, kept for as long as steps are equal. */
interface Series {
  readonly argument: number
  readonly weights: Float64Array
}

/** Moves columns of a local shop in time. */
export interface LocalEvolution {
  /** Ψ ← e^{−iHt} Ψ of one column, up to a phase; false where cancelled, Ψ then untouched. */
  move(column: number, duration: number, couplings: LocalCouplings, pace: Pace): Promise<boolean>
}

/** Chebyshev time evolution, Σ_m (2 − δ_m0)(−i)^m J_m(Rt) T_m((H − c)/R) Ψ, nothing but three sets of d vectors beside Ψ. */
export const localEvolution = (shop: LocalShop, tolerance: number): LocalEvolution => {
  const { workspace, model } = shop
  const d = model.dimension
  let series: Series = { argument: NaN, weights: new Float64Array(0) }
  const seriesOf = (argument: number): Series => {
    if (series.argument === argument) return series
    const weights = new Float64Array(chebyshevTerms(Math.abs(argument), tolerance))
    chebyshevWeights(argument, weights, new Float64Array(weights.length), new Float64Array(weights.length + 1))
    series = { argument, weights }
    return series
  }

  /** One series into `next`, then into the column. */
  const step = async (column: number, duration: number, couplings: LocalCouplings, pace: Pace): Promise<boolean> => {
    const { lower, upper } = totalBounds(shop, couplings)
    const centre = 0.5 * (lower + upper)
    const radius = 0.5 * (upper - lower)
    const { weights } = seriesOf(radius * duration)
    const { next } = shop
    const state = shop.column(column)
    let [current, previous] = shop.polynomials
    for (let k = 0; k < d; k++) {
      workspace.copy(state + k, current + k)
      workspace.clear(next + k)
    }
    for (let m = 0; m < weights.length; m++) {
      if (m > 0) {
        applyTotal(shop, couplings, current, previous, (m === 1 ? 1 : 2) / radius, centre, m === 1 ? 0 : -1)
        const moved = previous
        previous = current
        current = moved
      }
      const weight = (m & 2) === 0 ? weights[m]! : -weights[m]!
      for (let k = 0; k < d; k++) {
        if ((m & 1) === 0) workspace.add(current + k, next + k, weight, 0)
        else workspace.add(current + k, next + k, 0, -weight)
      }
      if (pace.due(OPERATIONS_PER_STATE * d * model.states) && !(await pace.breathe())) return false
    }
    for (let k = 0; k < d; k++) workspace.copy(next + k, state + k)
    return true
  }

  return {
    move: async (column, duration, couplings, pace) => {
      const { lower, upper } = totalBounds(shop, couplings)
      const steps = Math.max(1, Math.ceil((0.5 * (upper - lower) * Math.abs(duration)) / MOST_ARGUMENT))
      for (let at = 0; at < steps; at++) if (!(await step(column, duration / steps, couplings, pace))) return false
      return true
    },
  }
}
