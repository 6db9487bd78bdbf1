import type { Vector } from '@mesobath/contracts'
import { sinCos } from '@mesobath/kernels'

/** |Δ_ij − ω| below this fraction of the window width is summed term by term, where dividing by it would lose digits. */
const NEAR_RESONANCE = 1e-3

/**
 * Σ_ij w_ij (e^{i x_ij t} − 1)/(i x_ij), x_ij = E_i − E_j − ω, at many times.
 *
 * Off resonance the exponential factorises, e^{ixt} = e^{i z_i t} e^{−i z_j t}, so that a time costs one product of the real matrix
 * w_ij/x_ij with a vector, and sines only for rows and columns. With p = e^{i z_i t} − 1, q = e^{−i z_j t} − 1 the sum is
 * Σ_ij A_ij (p_i + q_j + p_i q_j): nothing cancels at small t. Call `tune`, then `load`, then `phase` and `sum` for each time.
 */
export interface PairTransform {
  /** Sets levels z_i = E_i − c − ω and z_j = E_j − c. */
  tune(targets: Vector, sources: Vector, reference: number, frequency: number): void
  /** Takes the weights [row, column] over. */
  load(weights: Float64Array): void
  /** Writes [Re, Im] at a time that `phase` was called for. */
  sum(out: Float64Array): void
  /** Prepares the phases of one time for all loaded weights. */
  phase(time: number): void
}

/** Scratch for pairs of at most `rows` × `columns` levels. */
export const pairTransform = (rows: number, columns: number, width: number): PairTransform => {
  const z = new Float64Array(rows)
  const y = new Float64Array(columns)
  const pRe = new Float64Array(rows)
  const pIm = new Float64Array(rows)
  const qRe = new Float64Array(columns)
  const qIm = new Float64Array(columns)
  const quotient = new Float64Array(rows * columns)
  const rowSum = new Float64Array(rows)
  const pair = new Float64Array(2)
  const threshold = NEAR_RESONANCE * width
  let nearWeight: number[] = []
  const nearMismatch: number[] = []
  const nearRe: number[] = []
  const nearIm: number[] = []
  const nearPlaces: number[] = []
  let n = 0
  let m = 0

  /** e^{ia} − 1 by half angles: its real part does not cancel. */
  const phaseMinusOne = (angle: number, re: Float64Array, im: Float64Array, at: number): void => {
    sinCos(0.5 * angle, pair)
    const s = pair[0] as number
    re[at] = -2 * s * s
    im[at] = 2 * s * (pair[1] as number)
  }

  return {
    tune: (targets, sources, reference, frequency) => {
      n = targets.length
      m = sources.length
      for (let row = 0; row < n; row += 1) z[row] = (targets[row] as number) - reference - frequency
      for (let column = 0; column < m; column += 1) y[column] = (sources[column] as number) - reference
      nearPlaces.length = 0
      nearMismatch.length = 0
      for (let row = 0; row < n; row += 1) {
        for (let column = 0; column < m; column += 1) {
          const mismatch = (z[row] as number) - (y[column] as number)
          if (Math.abs(mismatch) < threshold) {
            nearPlaces.push(row * m + column)
            nearMismatch.push(mismatch)
          }
        }
      }
    },
    load: (weights) => {
      for (let row = 0; row < n; row += 1) {
        const zRow = z[row] as number
        for (let column = 0; column < m; column += 1) {
          const mismatch = zRow - (y[column] as number)
          quotient[row * m + column] = Math.abs(mismatch) < threshold ? 0 : (weights[row * m + column] as number) / mismatch
        }
      }
      for (let row = 0; row < n; row += 1) {
        let sum = 0
        for (let at = row * m; at < (row + 1) * m; at += 1) sum += quotient[at] as number
        rowSum[row] = sum
      }
      nearWeight = nearPlaces.map((at) => weights[at] as number)
    },
    phase: (time) => {
      for (let row = 0; row < n; row += 1) phaseMinusOne((z[row] as number) * time, pRe, pIm, row)
      for (let column = 0; column < m; column += 1) phaseMinusOne(-(y[column] as number) * time, qRe, qIm, column)
      for (let index = 0; index < nearMismatch.length; index += 1) {
        const half = 0.5 * (nearMismatch[index] as number) * time
        sinCos(half, pair)
        // (e^{ixt} − 1)/(ix) = t sinc(xt/2) e^{ixt/2}; below 10⁻⁴ the next term of sinc is under 10⁻¹⁸.
        const sinc = Math.abs(half) < 1e-4 ? 1 - (half * half) / 6 : (pair[0] as number) / half
        nearRe[index] = time * sinc * (pair[1] as number)
        nearIm[index] = time * sinc * (pair[0] as number)
      }
    },
    sum: (out) => {
      let sumRe = 0
      let sumIm = 0
      for (let row = 0; row < n; row += 1) {
        let re = 0
        let im = 0
        const base = row * m
        for (let column = 0; column < m; column += 1) {
          const factor = quotient[base + column] as number
          re += factor * (qRe[column] as number)
          im += factor * (qIm[column] as number)
        }
        const rowRe = pRe[row] as number
        const rowIm = pIm[row] as number
        const all = rowSum[row] as number
        sumRe += rowRe * all + re + rowRe * re - rowIm * im
        sumIm += rowIm * all + im + rowRe * im + rowIm * re
      }
      // The quotients stand for w/x; the transform has w/(ix), a factor −i.
      let re = sumIm
      let im = -sumRe
      for (let index = 0; index < nearWeight.length; index += 1) {
        re += (nearWeight[index] as number) * (nearRe[index] as number)
        im += (nearWeight[index] as number) * (nearIm[index] as number)
      }
      out[0] = re
      out[1] = im
    },
  }
}
