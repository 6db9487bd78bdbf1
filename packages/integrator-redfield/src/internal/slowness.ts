import type { Finding } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'

/** ω that moves by a tenth of a window within the memory time 2π/δ: rates of the moment then err by about as much. */
const SLOW = 0.1

/** The measure max|ω̇|·2π/δ² of a drive, over transitions that a bath couples and moments looked at so far. */
export interface Slowness {
  readonly value: number
  /** Takes ∂t ε_k [d] and λ_ν [n] of a moment into account. */
  look(slopes: Float64Array, strengths: Float64Array): void
}

interface Pairs {
  readonly row: ArrayLike<number>
  readonly column: ArrayLike<number>
}

/** The pairs of levels that a bath links. */
const linkedPairs = ({ systemCouplings }: PreparedBath): Pairs => {
  const row: number[] = []
  const column: number[] = []
  const dimension = systemCouplings[0]?.rows ?? 0
  for (let q = 0; q < dimension; q += 1) {
    for (let k = 0; k < q; k += 1) {
      const at = q * dimension + k
      if (!systemCouplings.some(({ re, im }) => re[at] !== 0 || (im !== null && im[at] !== 0))) continue
      row.push(q)
      column.push(k)
    }
  }
  return { row, column }
}

export const slownessOf = (baths: readonly PreparedBath[]): Slowness => {
  const linked = baths.map((bath) => ({ ...linkedPairs(bath), axis: bath.axis, scale: (2 * Math.PI) / (bath.windows.width * bath.windows.width) }))
  let value = 0
  return {
    get value() {
      return value
    },
    look: (slopes, strengths) => {
      for (let b = 0; b < linked.length; b += 1) {
        const { axis, row, column, scale } = linked[b]
        if (strengths[axis] === 0) continue
        for (let i = 0; i < row.length; i += 1) value = Math.max(value, Math.abs(slopes[row[i]] - slopes[column[i]]) * scale)
      }
    },
  }
}

/**
 * Whether the drive was slow against the memory of the baths.
 *
 * @param follows - what the method does about a fast drive
 */
export const slownessFinding = (value: number, follows: boolean): Finding => ({
  code: 'integrator-redfield/slowness',
  quantity: 'speed of the drive against the memory of a window, max|∂t ω|·2π/δ²',
  value,
  bound: SLOW,
  verdict: value <= SLOW ? 'trust' : 'doubt',
  message: value <= SLOW
    ? 'Transition frequencies hardly moved within the memory time of a window.'
    : follows
      ? 'Transition frequencies moved within the memory time of a window: rates of the moment have no meaning there. The phases of the moving '
        + 'levels were integrated, to second order in the coupling; compare with an exact run where it matters.'
      : 'Transition frequencies moved within the memory time of a window, while this method takes its rates from the energies of the moment; '
        + "use finite-time Redfield with memory 'kernel', or a slower drive.",
})
