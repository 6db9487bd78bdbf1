import type { Planes } from '@mesobath/contracts'

/** Σ x² over [from, to). */
export const squares = (values: Float64Array, from: number, to: number): number => {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]! * values[i]!
  return sum
}

/** Re⟨a|b⟩ of complex planes. */
export const realInner = (a: Planes, b: Planes): number => {
  const aRe = a.re, aIm = a.im!, bRe = b.re, bIm = b.im!
  let sum = 0
  for (let i = 0; i < aRe.length; i++) sum += aRe[i]! * bRe[i]! + aIm[i]! * bIm[i]!
  return sum
}

/** Adds ‖f − what was expected‖² of the three orders; `combined` is [the step, three expectations] laid end to end. */
export const addDifferences = (f: Float64Array, combined: Float64Array, size: number, out: Float64Array): void => {
  let lower = 0
  let own = 0
  let higher = 0
  for (let i = 0; i < size; i++) {
    const value = f[i]!
    const a = value - combined[size + i]!
    const b = value - combined[2 * size + i]!
    const c = value - combined[3 * size + i]!
    lower += a * a
    own += b * b
    higher += c * c
  }
  out[0] = out[0]! + lower
  out[1] = out[1]! + own
  out[2] = out[2]! + higher
}

/** In `combined` the step becomes y + step + gain·(f − what was expected). */
export const correct = (y: Float64Array, f: Float64Array, combined: Float64Array, size: number, gain: number): void => {
  for (let i = 0; i < size; i++) combined[i] = y[i]! + combined[i]! + gain * (f[i]! - combined[2 * size + i]!)
}
