import type { Planes } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'

/** Off-diagonal entries this far below the diagonal no longer move an eigenvalue. */
const NEGLIGIBLE = 1e-17

/** Cyclic Jacobi converges quadratically: ten sweeps are plenty at any d met here, sixty a guard. */
const MAXIMUM_SWEEPS = 60

/**
 * The entropy of small Hermitian matrices, one after another in the same memory: a run may ask for 10⁷ of them. Eigenvalues by Jacobi
 * rotations, which for d = 2 is one rotation.
 */
export class HermitianSpectrum {
  readonly #dimension: number
  readonly #re: Float64Array
  readonly #im: Float64Array

  constructor(dimension: number) {
    this.#dimension = dimension
    this.#re = new Float64Array(dimension * dimension)
    this.#im = new Float64Array(dimension * dimension)
  }

  clear(): void {
    this.#re.fill(0)
    this.#im.fill(0)
  }

  /** Adds one block of a stack of matrices [block, k, q]. */
  add(states: Planes, block: number): void {
    const size = this.#re.length
    const offset = block * size
    for (let i = 0; i < size; i++) this.#re[i] += states.re[offset + i]
    if (states.im === null) return
    for (let i = 0; i < size; i++) this.#im[i] += states.im[offset + i]
  }

  /** −tr ρ ln ρ; afterwards the diagonal holds the eigenvalues. */
  entropy(): number {
    for (let sweep = 0; sweep < MAXIMUM_SWEEPS; sweep++) if (!this.#rotateAll()) break
    let sum = 0
    for (let k = 0; k < this.#dimension; k++) {
      const value = this.#re[k * this.#dimension + k]
      if (value > 0) sum -= value * log(value)
      else if (Number.isNaN(value)) return NaN
    }
    return sum
  }

  /** One rotation for each entry above the diagonal; whether any was needed. */
  #rotateAll(): boolean {
    const d = this.#dimension
    let rotated = false
    for (let p = 0; p < d; p++) {
      for (let q = p + 1; q < d; q++) {
        const re = this.#re[p * d + q]
        const im = this.#im[p * d + q]
        const scale = Math.max(Math.abs(re), Math.abs(im))
        if (scale <= NEGLIGIBLE * (Math.abs(this.#re[p * d + p]) + Math.abs(this.#re[q * d + q]))) continue
        rotated = true
        const modulus = scale * Math.sqrt((re / scale) * (re / scale) + (im / scale) * (im / scale))
        this.#rotate(p, q, modulus, re / modulus, im / modulus)
      }
    }
    return rotated
  }

  /** Diagonalises rows and columns p, q, where entry (p, q) is `modulus`·(phaseRe + i phaseIm). */
  #rotate(p: number, q: number, modulus: number, phaseRe: number, phaseIm: number): void {
    const d = this.#dimension
    const re = this.#re
    const im = this.#im
    const ratio = (re[q * d + q] - re[p * d + p]) / (2 * modulus)
    const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio))
    const cosine = 1 / Math.sqrt(1 + tangent * tangent)
    const sine = tangent * cosine
    re[p * d + p] -= tangent * modulus
    re[q * d + q] += tangent * modulus
    im[p * d + p] = 0
    im[q * d + q] = 0
    re[p * d + q] = im[p * d + q] = re[q * d + p] = im[q * d + p] = 0
    for (let r = 0; r < d; r++) {
      if (r === p || r === q) continue
      const atP = r * d + p
      const atQ = r * d + q
      // Column q times the conjugate phase makes entry (p, q) real.
      const turnedRe = re[atQ] * phaseRe + im[atQ] * phaseIm
      const turnedIm = im[atQ] * phaseRe - re[atQ] * phaseIm
      const pRe = cosine * re[atP] - sine * turnedRe
      const pIm = cosine * im[atP] - sine * turnedIm
      const qRe = sine * re[atP] + cosine * turnedRe
      const qIm = sine * im[atP] + cosine * turnedIm
      re[atP] = re[p * d + r] = pRe
      re[atQ] = re[q * d + r] = qRe
      im[atP] = pIm
      im[atQ] = qIm
      im[p * d + r] = -pIm
      im[q * d + r] = -qIm
    }
  }
}
