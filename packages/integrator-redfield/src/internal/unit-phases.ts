import { sinCos } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** e^{i(φ_q − φ_k)} on the elements (q, k) of the couplings, one sine and cosine per level. */
export interface UnitPhases {
  /** From φ_k [d] into planes [element], from `offset` on. */
  write(phases: Float64Array, out: FullPlanes, offset: number): void
}

export const unitPhases = (elements: CouplingElements, dimension: number): UnitPhases => {
  const { count, row, column } = elements
  const unit = fullPlanes(dimension)
  const pair = new Float64Array(2)
  return {
    write: (phases, out, offset) => {
      for (let k = 0; k < dimension; k += 1) {
        sinCos(phases[k], pair)
        unit.re[k] = pair[1]
        unit.im[k] = pair[0]
      }
      for (let element = 0; element < count; element += 1) {
        const q = row[element]
        const k = column[element]
        out.re[offset + element] = unit.re[q] * unit.re[k] + unit.im[q] * unit.im[k]
        out.im[offset + element] = unit.im[q] * unit.re[k] - unit.re[q] * unit.im[k]
      }
    },
  }
}
