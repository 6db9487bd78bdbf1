import { PANEL_NODES } from './panels.js'
import type { Panel } from './panels.js'

/** Bounds of ω = ε_q − ε_k over smooth segments [k, q]. */
export interface FrequencyRanges {
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Rigorous bounds: a Chebyshev series is within the sum of its coefficients from its mean. */
export const frequencyRanges = (panels: Iterable<Panel>, dimension: number): FrequencyRanges => {
  const low = new Float64Array(dimension * dimension).fill(Infinity)
  const high = new Float64Array(dimension * dimension).fill(-Infinity)
  for (const { energies } of panels) {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = 0; q < dimension; q += 1) {
        const mean = energies[q * PANEL_NODES] - energies[k * PANEL_NODES]
        let reach = 0
        for (let c = 1; c < PANEL_NODES; c += 1) reach += Math.abs(energies[q * PANEL_NODES + c] - energies[k * PANEL_NODES + c])
        const at = k * dimension + q
        low[at] = Math.min(low[at], mean - reach)
        high[at] = Math.max(high[at], mean + reach)
      }
    }
  }
  return { low, high }
}
