import { exp, integrate, log } from '@mesobath/kernels'
import type { Faults } from './faults.js'

/** Pieces of a window, so that a narrow feature is not overlooked by the first rule of the adaptive quadrature. */
const PIECES = 8
/** Relative to the integral: ln V_E is then good to about this, far below what a rate can tell. */
const QUADRATURE_TOLERANCE = 1e-12

/**
 * ln ∫ g over the window around a centre; a bad density or a failed quadrature is added to the faults.
 *
 * The largest of a few sampled values is taken out of the integrand, so neither e^1000 nor e^−1000 levels matter.
 */
export const logWindowVolume = (
  source: { readonly density?: ((energy: number) => number) | undefined; readonly logDensity?: ((energy: number) => number) | undefined },
  centre: number, width: number, faults: Faults,
): number => {
  const { density, logDensity } = source
  const field = density === undefined ? 'logDensity' : 'density'
  let bad: { readonly energy: number; readonly value: number } | null = null
  const logValue = (energy: number): number => {
    const value = density === undefined ? (logDensity as (energy: number) => number)(energy) : density(energy)
    const sound = density === undefined ? Number.isFinite(value) : value > 0 && value < Infinity
    if (sound) return density === undefined ? value : log(value)
    bad ??= { energy, value }
    return -Infinity
  }
  const lower = centre - 0.5 * width
  const piece = width / PIECES
  // The ends count only where they are sound: a density may vanish on the very edge of its band.
  let largest = Math.max(logValue(lower), logValue(lower + width))
  bad = null
  for (let index = 0; index < 4 * PIECES; index += 1) largest = Math.max(largest, logValue(lower + (index + 0.5) * 0.25 * piece))
  let sum = 0
  let converged = true
  for (let index = 0; index < PIECES && bad === null; index += 1) {
    const result = integrate((energy) => exp(logValue(energy) - largest), lower + index * piece, lower + (index + 1) * piece, QUADRATURE_TOLERANCE)
    sum += result.value
    converged &&= result.converged && Number.isFinite(result.value)
  }
  if (bad !== null) {
    const { energy, value } = bad as { readonly energy: number; readonly value: number }
    faults.add('density-value', [field], density === undefined ? 'give a finite number in every window' : 'give a positive finite number in every window', `gives ${value} at energy ${energy}`)
    return NaN
  }
  if (!converged || !(sum > 0)) {
    faults.add('density-not-integrable', [field], 'be integrable over every window', `the quadrature around ${centre} did not converge`)
    return NaN
  }
  return largest + log(sum)
}
