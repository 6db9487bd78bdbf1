import type { Planes, Vector } from '@mesobath/contracts'
import { sinCos } from '@mesobath/kernels'

/** Sums over the phases of a form, at each time. */
export interface Sums {
  readonly re: Float64Array
  readonly im: Float64Array
  /** d/dt of the real ones. */
  readonly rates: Float64Array
  /** Re x†M(Ex): what H is where the form is. */
  readonly energies: Float64Array
}

/** Equal steps that one leg spans: e^{−iEt} of the leg's start, times that of a step within, in place of a sine and a cosine for every time. */
const LEG = 8
/** Roundings of the largest time by which equal steps may miss a time. */
const SLACK = 4 * 2.220446049250313e-16

/** The step of equally spaced times, null of others or where there are too few. */
const equalStep = (times: Vector): number | null => {
  const last = times.length - 1
  if (last < 2 * LEG) return null
  const first = times[0]!
  const step = (times[last]! - first) / last
  const slack = SLACK * Math.max(Math.abs(first), Math.abs(times[last]!))
  for (let t = 0; t <= last; t++) if (!(Math.abs(first + t * step - times[t]!) <= slack)) return null
  return step
}

/** e^{−iEt} at all times to `re` and `im`. */
const writePhase = (value: number, times: Vector, step: number | null, legs: Float64Array, pair: Float64Array, re: Float64Array, im: Float64Array): void => {
  const count = times.length
  if (step === null) {
    for (let t = 0; t < count; t++) {
      sinCos(value * times[t]!, pair)
      re[t] = pair[1]!
      im[t] = -pair[0]!
    }
    return
  }
  for (let within = 0; within < LEG; within++) {
    sinCos(value * (within * step), pair)
    legs[2 * within] = pair[1]!
    legs[2 * within + 1] = -pair[0]!
  }
  for (let from = 0; from < count; from += LEG) {
    sinCos(value * times[from]!, pair)
    const c = pair[1]!, s = -pair[0]!
    for (let t = from, at = 0, to = Math.min(count, from + LEG); t < to; t++, at += 2) {
      re[t] = c * legs[at]! - s * legs[at + 1]!
      im[t] = c * legs[at + 1]! + s * legs[at]!
    }
  }
}

/** x_a = e^{−iE_a t} [dimension, times] to `plain`, and x_a beside E_a x_a [dimension, 2 × times] to `doubled`. */
export const writePhases = (values: Float64Array, times: Vector, plain: Planes, doubled: Planes): void => {
  const count = times.length
  const step = equalStep(times)
  const legs = new Float64Array(2 * LEG)
  const pair = new Float64Array(2)
  const phaseRe = new Float64Array(count), phaseIm = new Float64Array(count)
  const re = plain.re, im = plain.im!, bothRe = doubled.re, bothIm = doubled.im!
  for (let a = 0; a < values.length; a++) {
    const value = values[a]!
    writePhase(value, times, step, legs, pair, phaseRe, phaseIm)
    for (let t = 0, at = a * count, both = 2 * at; t < count; t++, at++, both++) {
      const c = phaseRe[t]!, s = phaseIm[t]!
      re[at] = c
      im[at] = s
      bothRe[both] = c
      bothIm[both] = s
      bothRe[both + count] = value * c
      bothIm[both + count] = value * s
    }
  }
}

/** Adds Σ_b x_b* z_b over rows [from, to), z = Mx. */
export const addPlain = (x: Planes, z: Planes, from: number, to: number, { re: sumRe, im: sumIm }: Sums): void => {
  const count = sumRe.length
  const xRe = x.re, xIm = x.im!, zRe = z.re, zIm = z.im!
  for (let b = from, at = 0; b < to; b++) {
    for (let t = 0, own = b * count; t < count; t++, own++, at++) {
      sumRe[t] = sumRe[t]! + xRe[own]! * zRe[at]! + xIm[own]! * zIm[at]!
      sumIm[t] = sumIm[t]! + xRe[own]! * zIm[at]! - xIm[own]! * zRe[at]!
    }
  }
}

/**
 * Adds x†Mx and its derivative over rows [from, to), z = Lx beside L(Ex), L the lower triangle of M with half of the diagonal:
 * x†Mx = 2 Re Σ_b x_b* (Lx)_b, d/dt of it −2 Σ_{b>a} (E_b − E_a) Im(x_b* M_ba x_a), and Re x†M(Ex) = Re Σ_b x_b* (L(Ex) + E Lx)_b.
 */
export const addHermitian = (x: Planes, z: Planes, from: number, to: number, values: Float64Array, { re: sums, rates, energies }: Sums): void => {
  const count = sums.length
  const xRe = x.re, xIm = x.im!, zRe = z.re, zIm = z.im!
  for (let b = from, at = 0; b < to; b++, at += count) {
    const value = values[b]!
    for (let t = 0, place = b * count; t < count; t++, place++, at++) {
      const p = xRe[place]!, q = xIm[place]!
      const own = p * zRe[at]! + q * zIm[at]!
      sums[t] = sums[t]! + 2 * own
      energies[t] = energies[t]! + value * own + p * zRe[at + count]! + q * zIm[at + count]!
      rates[t] = rates[t]! - 2 * (p * (value * zIm[at]! - zIm[at + count]!) - q * (value * zRe[at]! - zRe[at + count]!))
    }
  }
}
