import type { Guarantee } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'

/**
 * Whether coherences stay out of the populations of the full equation, whatever the energies and memory do: so it is where each level is
 * coupled to at most one other by all operators of a bath, which then leaves ρ_S(E) diagonal or not as it was; a mean field only on the diagonal.
 * Sufficient, from the pattern of the couplings alone.
 */
const linksPairsOnly = ({ systemCouplings, meanCouplings }: PreparedBath): boolean => {
  const dimension = systemCouplings[0]?.rows ?? 0
  const element = (coupling: number, at: number): boolean => {
    const { re, im } = systemCouplings[coupling]
    return re[at] !== 0 || (im !== null && im[at] !== 0)
  }
  for (let k = 0; k < dimension; k += 1) {
    let linked = 0
    for (let q = 0; q < dimension; q += 1) {
      const at = k * dimension + q
      if (systemCouplings.some((_, coupling) => element(coupling, at))) linked += 1
      if (k !== q && systemCouplings.some((_, coupling) => element(coupling, at) && meanCouplings[coupling].some((mean) => mean !== 0))) return false
    }
    if (linked > 1) return false
  }
  return true
}

/** The full equation starts from even windows; its rates can be negative. */
export const redfieldGuarantees = (baths: readonly PreparedBath[]): readonly Guarantee[] =>
  baths.every(linksPairsOnly) ? ['even-windows', 'populations-close'] : ['even-windows']

/** The secular one has rates κ × weight × ζ(t), each not negative: ζ = 2∫h and h ≥ 0. */
export const secularGuarantees = (populationsClose: boolean): readonly Guarantee[] =>
  populationsClose ? ['even-windows', 'non-negative-rates', 'populations-close'] : ['even-windows', 'non-negative-rates']
