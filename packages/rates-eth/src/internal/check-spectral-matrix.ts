import type { Issue } from '@mesobath/contracts'
import { issue } from '@mesobath/contracts'
import { hermitianEigenvalues } from '@mesobath/kernels'

/** Eq. A15 may be missed by this fraction of the largest element: F comes from sums or text. */
const SYMMETRY_TOLERANCE = 1e-10
/** A negative eigenvalue of this fraction of the largest is rounding. */
const POSITIVITY_TOLERANCE = 1e-10

const PATH = ['rates', 'spectralFunction'] as const

interface Matrix {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Checks F(Ē, ω) [α, α'] against its mirror F(Ē, −ω): finite, Hermitian, F(Ē, −ω) = conj F(Ē, ω), positive semidefinite.
 *
 * @equation A15
 */
export const checkSpectralMatrix = (value: Matrix, mirror: Matrix, couplings: number, meanEnergy: number, frequency: number): Issue | null => {
  const where = `at Ē = ${meanEnergy}, ω = ${frequency}`
  const size = couplings * couplings
  let largest = 0
  for (let entry = 0; entry < size; entry += 1) {
    for (const part of [value.re[entry], value.im[entry], mirror.re[entry], mirror.im[entry]]) {
      if (!Number.isFinite(part)) return issue('rates-eth/not-finite', PATH, `\`spectralFunction\` must be finite, but is ${part} ${where}`)
      largest = Math.max(largest, Math.abs(part as number))
    }
  }
  const bound = SYMMETRY_TOLERANCE * largest
  for (let row = 0; row < couplings; row += 1) {
    for (let column = 0; column < couplings; column += 1) {
      const entry = row * couplings + column
      const transposed = column * couplings + row
      const re = value.re[entry] as number
      const im = value.im[entry] as number
      if (Math.abs(re - (value.re[transposed] as number)) > bound || Math.abs(im + (value.im[transposed] as number)) > bound) {
        return issue('rates-eth/not-hermitian', PATH, `\`spectralFunction\` must be Hermitian in its couplings (Eq. A15), but elements [${row}][${column}] and [${column}][${row}] are not conjugate ${where}`)
      }
      if (Math.abs(re - (mirror.re[entry] as number)) > bound || Math.abs(im + (mirror.im[entry] as number)) > bound) {
        return issue('rates-eth/asymmetric', PATH, `\`spectralFunction\` must obey F(Ē, −ω) = conj F(Ē, ω) (Eq. A15), but does not ${where}`)
      }
    }
  }
  const smallest = couplings === 1
    ? (value.re[0] as number)
    : (hermitianEigenvalues({ rows: couplings, columns: couplings, re: value.re, im: value.im }) as Float64Array).reduce((least, each) => Math.min(least, each), Infinity)
  if (smallest < -POSITIVITY_TOLERANCE * largest) {
    return issue('rates-eth/not-positive', PATH, `\`spectralFunction\` must be positive semidefinite in its couplings, but has the eigenvalue ${smallest} ${where}`)
  }
  return null
}
