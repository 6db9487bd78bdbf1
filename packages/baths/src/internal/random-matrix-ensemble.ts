import type { CouplingEnsemble, Planes, Vector } from '@mesobath/contracts'
import { exp, log } from '@mesobath/kernels'
import type { MeanElements } from './mean-elements.js'

/** ln a² of the block between two windows: constant, or with a² = ã²/√(V_E V_E'). */
export const logVarianceOf = (logVariance: number, scaled: boolean, logVolumes: Vector, to: number, from: number): number =>
  scaled ? logVariance - 0.5 * ((logVolumes[to] as number) + (logVolumes[from] as number)) : logVariance

/**
 * The second moment of Eq. 26 with its scale taken out, so that neither a² nor |b|² need fit a double beside a volume.
 *
 * M^{αα'} = (conj(b^{α'}) b^α + a² δ_αα')·e^{−s}, s = max(ln a², ln max_α |b^α|²).
 */
export const randomMatrixEnsemble = (
  couplings: number, logVolumes: Vector, logVariance: number, scaled: boolean, mean: MeanElements,
): CouplingEnsemble => {
  const element = new Float64Array(2)
  const re = new Float64Array(couplings)
  const im = new Float64Array(couplings)
  const clear = (out: Planes): void => {
    out.re.fill(0, 0, couplings * couplings)
    out.im?.fill(0, 0, couplings * couplings)
  }
  return {
    secondMoment: (to, from, out) => {
      clear(out)
      if (to === from) return 0
      const upper = Math.max(to, from)
      const lower = Math.min(to, from)
      // The element is read one way and conjugated for the other, so that κ(E',E) = conj κ(E,E') bit for bit.
      const sign = to > from ? 1 : -1
      let largest = 0
      for (let coupling = 0; coupling < couplings; coupling += 1) {
        if (mean.zero) break
        mean.read(coupling, upper, lower, element)
        re[coupling] = element[0] as number
        im[coupling] = sign * (element[1] as number)
        largest = Math.max(largest, Math.abs(element[0] as number), Math.abs(element[1] as number))
      }
      const logVarianceHere = logVarianceOf(logVariance, scaled, logVolumes, upper, lower)
      const scale = Math.max(logVarianceHere, largest > 0 ? 2 * log(largest) : -Infinity)
      if (scale === -Infinity) return 0
      const variance = exp(logVarianceHere - scale)
      // b is divided by e^{s/2} before it is squared: |b|² may overflow where |b|² e^{−s} does not.
      const shrink = largest > 0 ? exp(-0.5 * scale) : 0
      for (let row = 0; row < couplings; row += 1) {
        const rowRe = (re[row] as number) * shrink
        const rowIm = (im[row] as number) * shrink
        for (let column = 0; column < couplings; column += 1) {
          const columnRe = (re[column] as number) * shrink
          const columnIm = (im[column] as number) * shrink
          out.re[row * couplings + column] = columnRe * rowRe + columnIm * rowIm + (row === column ? variance : 0)
          if (out.im !== null) out.im[row * couplings + column] = columnRe * rowIm - columnIm * rowRe
        }
      }
      return scale
    },
  }
}
