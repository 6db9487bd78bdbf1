import { add, divide, exponential, multiply, negate, of, subtract } from './double-double.js'
import type { Double2 } from './double-double.js'

export interface Spectrum { readonly energies: ArrayLike<number>; readonly logVolumes: ArrayLike<number> }

/** ⟨E − E_min⟩ and the variance of E in V e^{−βE}/Z, in 32 digits. */
export const canonicalEnergy = ({ energies, logVolumes }: Spectrum, beta: Double2): { above: Double2; variance: number } => {
  const count = energies.length
  const exponents = Array.from({ length: count }, (_, i) =>
    subtract(of(logVolumes[i]!), multiply(beta, subtract(of(energies[i]!), of(energies[0]!)))))
  const peak = exponents.reduce((best, each) => (subtract(each, best).high > 0 ? each : best))
  let sum = of(0)
  let above = of(0)
  let square = of(0)
  for (let i = 0; i < count; i++) {
    const weight = exponential(subtract(exponents[i]!, peak))
    const energy = subtract(of(energies[i]!), of(energies[0]!))
    sum = add(sum, weight)
    above = add(above, multiply(weight, energy))
    square = add(square, multiply(weight, multiply(energy, energy)))
  }
  const mean = divide(above, sum)
  return { above: mean, variance: subtract(divide(square, sum), multiply(mean, mean)).high }
}

/** Σ (E − E_min) p / Σ p in 32 digits. */
export const energyAbove = (energies: ArrayLike<number>, probabilities: ArrayLike<number>): Double2 => {
  let above = of(0)
  let total = of(0)
  for (let i = 0; i < energies.length; i++) {
    above = add(above, multiply(of(probabilities[i]!), subtract(of(energies[i]!), of(energies[0]!))))
    total = add(total, of(probabilities[i]!))
  }
  return divide(above, total)
}

/** β of a given energy by bisection, nothing else: U_B falls with β. */
export const bisectedBeta = (spectrum: Spectrum, above: Double2): Double2 => {
  const warmer = (beta: Double2): boolean => subtract(canonicalEnergy(spectrum, beta).above, above).high > 0
  let left = of(-1)
  while (!warmer(left)) left = add(left, left)
  let right = of(1)
  while (warmer(right)) right = add(right, right)
  for (let i = 0; i < 130; i++) {
    const middle = multiply(add(left, right), of(0.5))
    if (warmer(middle)) left = middle
    else right = middle
  }
  return multiply(add(left, right), of(0.5))
}

export const distance = (a: Double2, b: Double2): number => Math.abs(add(a, negate(b)).high)
