// f_E(H) of a Chebyshev filter by the eigenvalues of H in its real embedding, its series summed term by term. Nothing is shared with
// the package under test.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { Complex } from './dense-evolution.js'

export interface SoftEdges {
  readonly lower: number
  readonly upper: number
  readonly edge: number
  readonly terms: number
}

/** One matrix per window [E − δ/2, E + δ/2). */
export const softWindows = (h: Complex, energies: ArrayLike<number>, width: number, { lower, upper, edge, terms }: SoftEdges): Complex[] => {
  const n = h.re.rows
  const embedded = Matrix.zeros(2 * n, 2 * n)
  embedded.setSubMatrix(h.re, 0, 0)
  embedded.setSubMatrix(h.re, n, n)
  embedded.setSubMatrix(h.im, n, 0)
  embedded.setSubMatrix(Matrix.mul(h.im, -1), 0, n)
  const { realEigenvalues, eigenvectorMatrix: q } = new EigenvalueDecomposition(embedded, { assumeSymmetric: true })
  const [middle, radius] = [(lower + upper) / 2, (upper - lower) / 2]
  const angle = (x: number): number => Math.acos(Math.max(-1, Math.min(1, (x - middle) / radius)))
  return Array.from(energies, (energy) => {
    const [a, b] = [angle(energy - width / 2), angle(energy + width / 2)]
    const f = realEigenvalues.map((level) => {
      let sum = (a - b) / Math.PI
      for (let m = 1; m < terms; m++) {
        sum += (2 / (Math.PI * m)) * Math.exp(-0.5 * ((m * edge) / radius) ** 2) * (Math.sin(m * a) - Math.sin(m * b)) * Math.cos(m * angle(level))
      }
      return sum
    })
    const full = q.mmul(Matrix.diag(f)).mmul(q.transpose())
    return { re: full.subMatrix(0, n - 1, 0, n - 1), im: full.subMatrix(n, 2 * n - 1, 0, n - 1) }
  })
}
