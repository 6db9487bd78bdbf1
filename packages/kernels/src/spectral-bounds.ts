import type { DenseBackend, Planes } from '@mesobath/contracts'
import { tridiagonalEigenvalues } from './internal/tridiagonal.js'
import { planesView } from './dense/planes-view.js'
import { randomStream } from './random/random-stream.js'

/** An interval [lower, upper] that holds a spectrum. */
export interface SpectralBounds {
  readonly lower: number
  readonly upper: number
}

/** A Hermitian operator on columns held in a backend's memory: out = H x. */
export interface HermitianAction {
  readonly dimension: number
  /** Whether H is real, so that a real vector stays real. */
  readonly real: boolean
  apply(x: Planes, out: Planes): Promise<void>
}

/** Lanczos stops when both ends are known to this share of the width, unless told: the price of a margin is as many more terms. */
const RESOLUTION = 0.01
/** ... or at this many products. */
const STEPS = 60
/** The ends are examined after so many steps: small residuals before are chance. */
const FIRST_LOOK = 4
/** Below this share of the width a residual is rounding: the space is exhausted. */
const EXHAUSTED = 1e-13
/** Any fixed number: the start vector is the same in every run. */
const START_SEED = 0x6c616e63

/** Re and Im of ⟨a|b⟩, into `out`. */
const inner = (a: Planes, b: Planes, out: Float64Array): void => {
  // Read once: the planes are getters.
  const aRe = a.re, bRe = b.re, aIm = a.im, bIm = b.im
  let re = 0
  let im = 0
  for (let i = 0; i < aRe.length; i++) re += aRe[i]! * bRe[i]!
  if (aIm !== null && bIm !== null) {
    for (let i = 0; i < aIm.length; i++) {
      re += aIm[i]! * bIm[i]!
      im += aRe[i]! * bIm[i]! - aIm[i]! * bRe[i]!
    }
  }
  out[0] = re
  out[1] = im
}

/** y −= (re + i im)·x. */
const subtract = (y: Planes, x: Planes, re: number, im: number): void => {
  const yRe = y.re, xRe = x.re, yIm = y.im, xIm = x.im
  for (let i = 0; i < yRe.length; i++) yRe[i] = yRe[i]! - re * xRe[i]!
  if (yIm === null || xIm === null) return
  for (let i = 0; i < yRe.length; i++) {
    yRe[i] = yRe[i]! + im * xIm[i]!
    yIm[i] = yIm[i]! - re * xIm[i]! - im * xRe[i]!
  }
}

const scaleInto = (from: Planes, to: Planes, factor: number): void => {
  const fromRe = from.re, toRe = to.re, fromIm = from.im, toIm = to.im
  for (let i = 0; i < toRe.length; i++) toRe[i] = fromRe[i]! * factor
  if (fromIm !== null && toIm !== null) for (let i = 0; i < toIm.length; i++) toIm[i] = fromIm[i]! * factor
}

/**
 * Safeguarded bounds of the spectrum of a Hermitian operator by Lanczos with full reorthogonalisation.
 *
 * An end is its extreme Ritz value θ moved outwards by the residual |β s| of the Ritz vector and by the share `resolution` of the width, 0.01 unless told;
 * where the space was exhausted only by rounding. From a random start (the same one in every run) an end that is missed by
 * more has odds that are negligible; users of the bounds still watch ‖T_m ψ‖ ≤ ‖ψ‖, which fails where they are too narrow.
 */
export const spectralBounds = async (action: HermitianAction, backend: DenseBackend, resolution = RESOLUTION): Promise<SpectralBounds> => {
  const { dimension, real } = action
  const steps = Math.min(STEPS, dimension)
  const basis = backend.allocate(steps, dimension, real)
  const image = backend.allocate(dimension, 1, real)
  const vector = (j: number): Planes => planesView(basis, j * dimension, (j + 1) * dimension)
  const product = new Float64Array(2)
  const alpha = new Float64Array(steps)
  const beta = new Float64Array(steps)
  try {
    const stream = randomStream(START_SEED, dimension)
    const start = image
    for (let i = 0; i < dimension; i++) start.re[i] = stream.normal()
    if (start.im !== null) for (let i = 0; i < dimension; i++) start.im[i] = stream.normal()
    inner(start, start, product)
    scaleInto(start, vector(0), 1 / Math.sqrt(product[0]!))
    let scale = 0
    for (let j = 0; ; j++) {
      const current = vector(j)
      await action.apply(current, image)
      inner(current, image, product)
      alpha[j] = product[0]!
      inner(image, image, product)
      scale = Math.max(scale, Math.sqrt(product[0]!))
      // Twice is enough: the second pass removes what rounding left of the first.
      for (let pass = 0; pass < 2; pass++) {
        for (let i = 0; i <= j; i++) {
          inner(vector(i), image, product)
          subtract(image, vector(i), product[0]!, product[1]!)
        }
      }
      inner(image, image, product)
      const residual = Math.sqrt(product[0]!)
      beta[j] = residual
      const exhausted = residual <= EXHAUSTED * scale || j + 1 === dimension
      const lastStep = j + 1 === steps
      if (exhausted || lastStep || j >= FIRST_LOOK) {
        const bounds = endsOf(alpha.slice(0, j + 1), beta.slice(0, j + 1), exhausted ? 0 : residual)
        const rounding = EXHAUSTED * scale
        if (exhausted) return { lower: bounds.lower - rounding, upper: bounds.upper + rounding }
        const margin = resolution * (bounds.upper - bounds.lower)
        if (lastStep || bounds.error <= margin) {
          return { lower: bounds.lower - bounds.lowerError - margin, upper: bounds.upper + bounds.upperError + margin }
        }
      }
      scaleInto(image, vector(j + 1), 1 / residual)
    }
  } finally {
    backend.release(basis)
    backend.release(image)
  }
}

interface Ends {
  readonly lower: number
  readonly upper: number
  readonly lowerError: number
  readonly upperError: number
  readonly error: number
}

/** The extreme Ritz values and the residuals of their vectors. */
const endsOf = (diagonal: Float64Array, off: Float64Array, residual: number): Ends => {
  const last = new Float64Array(diagonal.length)
  if (!tridiagonalEigenvalues(diagonal, off, last)) throw new Error('the tridiagonal eigenvalue iteration did not converge')
  let low = 0
  let high = 0
  for (let i = 1; i < diagonal.length; i++) {
    if (diagonal[i]! < diagonal[low]!) low = i
    if (diagonal[i]! > diagonal[high]!) high = i
  }
  const lowerError = residual * Math.abs(last[low]!)
  const upperError = residual * Math.abs(last[high]!)
  return { lower: diagonal[low]!, upper: diagonal[high]!, lowerError, upperError, error: Math.max(lowerError, upperError) }
}
