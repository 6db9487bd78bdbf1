import { fail, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { PreparedBath } from '../prepare-baths.js'
import { ratesIssue } from './rates-issue.js'

/** Complex numbers as two planes that are both there. */
export interface FullPlanes {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Changes rows asked for as (to < from) into the conjugates of what was found for the exchanged windows. */
const conjugateSwapped = (planes: FullPlanes, to: Int32Array, from: Int32Array, block: number): void => {
  for (let row = 0; row < to.length; row += 1) {
    if (to[row]! >= from[row]!) continue
    for (let i = row * block; i < (row + 1) * block; i += 1) planes.im[i] = -planes.im[i]!
  }
}

const ordered = (to: Int32Array, from: Int32Array): { readonly to: Int32Array; readonly from: Int32Array } => ({
  to: to.map((window, row) => Math.max(window, from[row]!)),
  from: from.map((window, row) => Math.min(window, to[row]!)),
})

/** ω of the rows as `ordered` has them. */
const turned = (frequency: Float64Array, to: Int32Array, from: Int32Array): Float64Array =>
  frequency.map((omega, row) => (to[row]! >= from[row]! ? omega : -omega))

/**
 * κ^{αα'}(E,E') of each row [row, α, α']. Only asked for with `to` ≥ `from`, the other half is the conjugate: forward and backward
 * jumps then share their bits, on which local detailed balance to the last bits rests.
 *
 * @param frequency - ω of each row where a Markov rate is made of κ; left out where κ alone is wanted
 */
export const windowStrengths = (bath: PreparedBath, to: Int32Array, from: Int32Array, frequency?: Float64Array): Outcome<FullPlanes> => {
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  const planes = { re: new Float64Array(to.length * block), im: new Float64Array(to.length * block) }
  if (to.length === 0) return succeed(planes)
  const asked = frequency === undefined ? ordered(to, from) : { ...ordered(to, from), frequency: turned(frequency, to, from) }
  const outcome = bath.correlation.strength(asked, planes)
  if (outcome._tag === 'Left') return outcome
  conjugateSwapped(planes, to, from, block)
  return succeed(planes)
}

/**
 * Γ^{αα'}(E,E';−ω)/√(V_E V_E') at λ = 1 of each row [row, α, α'] for an own line shape, at t = ∞. Γ(E',E;ω) is the conjugate of
 * Γ(E,E';−ω) element by element, so again one order of windows is enough.
 */
export const windowTransforms = (bath: PreparedBath, to: Int32Array, from: Int32Array, frequency: Float64Array): Outcome<FullPlanes> => {
  const { correlation } = bath
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  const planes = { re: new Float64Array(to.length * block), im: new Float64Array(to.length * block) }
  if (correlation.lineShape.kind !== 'own' || !correlation.lineShape.stationary || correlation.transform === undefined) {
    return fail(ratesIssue(bath.label, bath.rates, 'no-markov-limit', 'have a correlation function with a limit t → ∞', 'has none; take a finite-time method or another rate model'))
  }
  if (to.length === 0) return succeed(planes)
  const times = Float64Array.of(Infinity)
  const outcome = correlation.transform({ ...ordered(to, from), frequency: turned(frequency, to, from), times }, planes)
  if (outcome._tag === 'Left') return outcome
  conjugateSwapped(planes, to, from, block)
  return succeed(planes)
}
