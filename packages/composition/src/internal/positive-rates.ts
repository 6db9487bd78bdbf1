import { fail, issue } from '@mesobath/contracts'
import type { Failure, Planes, RateModel } from '@mesobath/contracts'
import { choleskyFactor, complexMatrix } from '@mesobath/kernels'

/** Negative eigenvalues of κ up to this share of its trace are rounding of a rate model's sums. */
export const POSITIVITY_TOLERANCE = 1e-10

/** Whether the block of κ that begins at `base` is Hermitian and positive semidefinite, up to rounding. */
const isPositive = ({ im, re }: Planes, base: number, couplings: number): boolean => {
  const imaginary = (at: number): number => (im === null ? 0 : im[at]!)
  let trace = 0
  let largest = 0
  for (let a = 0; a < couplings; a += 1) trace += re[base + a * (couplings + 1)]!
  for (let i = base; i < base + couplings * couplings; i += 1) largest = Math.max(largest, Math.abs(re[i]!), Math.abs(imaginary(i)))
  if (largest === 0) return true
  const tolerance = POSITIVITY_TOLERANCE * trace
  if (!(trace > 0)) return false
  if (couplings === 1) return Math.abs(imaginary(base)) <= tolerance
  for (let a = 0; a < couplings; a += 1) {
    for (let b = a; b < couplings; b += 1) {
      const here = base + a * couplings + b
      const there = base + b * couplings + a
      if (Math.abs(re[here]! - re[there]!) > tolerance || Math.abs(imaginary(here) + imaginary(there)) > tolerance) return false
    }
  }
  // Scaled to trace 1, so that the factorisation's absolute tolerance is a share of the trace.
  const end = base + couplings * couplings
  const scaled = (plane: Float64Array | null): Float64Array => (plane === null ? new Float64Array(end - base) : plane.slice(base, end).map((entry) => entry / trace))
  return choleskyFactor(complexMatrix(couplings, couplings, scaled(re), scaled(im)), POSITIVITY_TOLERANCE) !== null
}

/** Who gave the rates, for which bath and how many couplings. */
interface Giver {
  readonly label: string
  readonly rates: RateModel
  readonly couplings: number
}

/** The issue of rates that are not positive, if any row has them. */
export const positivityFault = ({ couplings, label, rates }: Giver, to: Int32Array, from: Int32Array, kappa: Planes): Failure | null => {
  let violations = 0
  let first = 0
  for (let row = to.length - 1; row >= 0; row -= 1) {
    if (isPositive(kappa, row * couplings * couplings, couplings)) continue
    violations += 1
    first = row
  }
  if (violations === 0) return null
  const shown = couplings === 1 ? `: ${kappa.re[first]}` : ''
  return fail(issue('composition/rates-not-positive', ['rates', label],
    `\`rates.${label}\` must give Hermitian, positive semidefinite rates in its couplings, but "${rates.name}" of ${rates.package} ${rates.version} does not for `
    + `${violations} of ${to.length} pairs of windows, first between windows ${from[first]} and ${to[first]}${shown}`))
}
