import type { Windows } from '@mesobath/contracts'
import { lowerBound, MISMATCH_SNAP } from './internal/axis-rates.js'

/**
 * Inverse microcanonical temperatures 1/T_mic(E) = dS_mic/dE of the windows, negative where volumes fall with energy.
 *
 * Central differences of S_mic = ln V_E between the neighbours of a window, one-sided at the edges; NaN for a single window.
 *
 * @param windows - centres E, width and ln V_E [n]
 * @returns inverse temperatures [n], 1/energy
 * @equation 37
 */
export const microcanonicalTemperatures = (windows: Windows): Float64Array => {
  const { energies, logVolumes } = windows
  const count = energies.length
  return Float64Array.from({ length: count }, (_, window) => {
    const below = Math.max(0, window - 1)
    const above = Math.min(count - 1, window + 1)
    return (logVolumes[above]! - logVolumes[below]!) / (energies[above]! - energies[below]!)
  })
}

/**
 * Inverse temperatures that one transition sees, [S_mic(E + ω) − S_mic(E)]/ω for every window E: e^{−ω/T} is then the exact ratio of
 * equilibrium populations (Eq. 34).
 *
 * @param windows - centres E, width and ln V_E [n]
 * @param frequency - ω ≠ 0
 * @returns [n]; S_mic between two windows is interpolated linearly, NaN where E + ω lies outside the ladder
 * @equation 33
 * @equation 37
 */
export const transitionInverseTemperatures = (windows: Windows, frequency: number): Float64Array => {
  const { energies, logVolumes, width } = windows
  const snap = MISMATCH_SNAP * width
  return Float64Array.from(energies, (energy, window) => {
    const target = energy + frequency
    const above = lowerBound(energies, target - snap)
    if (above === energies.length) return NaN
    if (Math.abs(energies[above]! - target) <= snap) return (logVolumes[above]! - logVolumes[window]!) / frequency
    if (above === 0) return NaN
    const share = (target - energies[above - 1]!) / (energies[above]! - energies[above - 1]!)
    const entropy = (1 - share) * logVolumes[above - 1]! + share * logVolumes[above]!
    return (entropy - logVolumes[window]!) / frequency
  })
}
