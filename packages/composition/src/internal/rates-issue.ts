import { fail, issue } from '@mesobath/contracts'
import type { Failure, Issue, PairRequest, Planes, RateModel } from '@mesobath/contracts'
import { choleskyFactor, complexMatrix } from '@mesobath/kernels'

/** Negative eigenvalues of κ up to this share of its trace are rounding of a rate model's sums. */
export const POSITIVITY_TOLERANCE = 1e-10

/** What the block of κ that begins at `base` lacks, up to rounding: null where it is Hermitian and positive semidefinite. */
const lackOf = ({ im, re }: Planes, base: number, couplings: number): 'finite' | 'positive' | null => {
  const imaginary = (at: number): number => (im === null ? 0 : im[at]!)
  let trace = 0
  let largest = 0
  for (let a = 0; a < couplings; a += 1) trace += re[base + a * (couplings + 1)]!
  for (let i = base; i < base + couplings * couplings; i += 1) largest = Math.max(largest, Math.abs(re[i]!), Math.abs(imaginary(i)))
  if (!Number.isFinite(largest)) return 'finite'
  if (largest === 0) return null
  const tolerance = POSITIVITY_TOLERANCE * trace
  if (!(trace > 0)) return 'positive'
  for (let a = 0; a < couplings; a += 1) {
    for (let b = a; b < couplings; b += 1) {
      const here = base + a * couplings + b
      const there = base + b * couplings + a
      if (Math.abs(re[here]! - re[there]!) > tolerance || Math.abs(imaginary(here) + imaginary(there)) > tolerance) return 'positive'
    }
  }
  if (couplings === 1) return null
  // Scaled to trace 1, so that the factorisation's absolute tolerance is a share of the trace.
  const end = base + couplings * couplings
  const scaled = (plane: Float64Array | null): Float64Array => (plane === null ? new Float64Array(end - base) : plane.slice(base, end).map((entry) => entry / trace))
  return choleskyFactor(complexMatrix(couplings, couplings, scaled(re), scaled(im)), POSITIVITY_TOLERANCE) === null ? 'positive' : null
}

/** An issue about what a rate model gave. */
export const ratesIssue = (label: string, { name, package: home, version }: RateModel, code: string, must: string, but: string): Issue =>
  issue(`composition/${code}`, ['rates', label], `\`rates.${label}\` must ${must}, but "${name}" of ${home} ${version} ${but}`)

/** The issue of the first row [row, α, α'] that is not finite, or whose rates are not positive; or null. */
export const kappaFault = (label: string, rates: RateModel, couplings: number, { from, to }: PairRequest, kappa: Planes): Failure | null => {
  for (let row = 0; row < to.length; row += 1) {
    const base = row * couplings * couplings
    const lack = lackOf(kappa, base, couplings)
    if (lack === null) continue
    return fail(ratesIssue(label, rates, `rates-not-${lack}`, lack === 'finite' ? 'give finite rates' : 'give rates that are Hermitian and positive semidefinite',
      `gives ${kappa.re[base]} between windows ${from[row]} and ${to[row]}`))
  }
  return null
}
