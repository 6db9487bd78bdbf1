import type { Vector } from '@mesobath/contracts'
import type { Parts } from '@mesobath/kernels'
import { differenceRounding, distinctInParts, distinctValues } from './numbers.js'
import type { CouplingElements } from './coupling-elements.js'
import type { WindowPairs } from './window-pairs.js'

/** Two mismatches this close, relative to the width, have one transform: far below what δ·t can tell apart in any run. */
export const SAME_MISMATCH = 1e-12

/** The distances E' − E of a bath's coupled windows: pairs at one distance share their integrals. */
export interface WindowGaps {
  readonly width: number
  /** Distinct E' − E, ascending. */
  readonly values: Float64Array
  /** Which of them belongs to a pair. */
  readonly index: Int32Array
  /** Rounding of a distance. */
  readonly rounding: number
  /** The largest |E' − E|. */
  readonly largest: number
}

export function* windowGaps(energies: Vector, width: number, pairs: WindowPairs): Parts<WindowGaps> {
  const rounding = differenceRounding(energies)
  const gaps = new Float64Array(pairs.count)
  for (let pair = 0; pair < pairs.count; pair += 1) gaps[pair] = energies[pairs.from[pair]] - energies[pairs.to[pair]]
  const { values, index } = yield* distinctInParts(gaps, SAME_MISMATCH * width + rounding)
  return { width, values, index, rounding, largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) }
}

/** Mismatches Ω = ω + E' − E of constant energies: which of the distinct |Ω| belongs to (distance, element), and the sign of Ω. */
export interface MismatchTable {
  readonly sizes: Float64Array
  readonly slot: Int32Array
  readonly sign: Int8Array
}

export const mismatchTable = (gaps: WindowGaps, elements: CouplingElements, levels: Float64Array): MismatchTable => {
  const { count } = elements
  const mismatch = new Float64Array(gaps.values.length * count)
  const sign = new Int8Array(mismatch.length)
  for (let d = 0; d < gaps.values.length; d += 1) {
    for (let element = 0; element < count; element += 1) {
      const at = d * count + element
      const value = levels[elements.row[element]] - levels[elements.column[element]] + gaps.values[d]
      mismatch[at] = Math.abs(value)
      sign[at] = value < 0 ? -1 : 1
    }
  }
  const { values, index } = distinctValues(mismatch, SAME_MISMATCH * gaps.width + gaps.rounding + differenceRounding(levels))
  return { sizes: values, slot: index, sign }
}
