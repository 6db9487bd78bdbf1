// I^{S:B} by brute force: partial traces of the whole density matrix and the eigenvalues of all three.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { Complex } from './dense-evolution.js'
import { zero } from './dense-evolution.js'

export const vonNeumannEntropy = (rho: Complex): number => {
  const n = rho.re.rows
  const embedded = Matrix.zeros(2 * n, 2 * n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      embedded.set(r, c, rho.re.get(r, c))
      embedded.set(n + r, n + c, rho.re.get(r, c))
      embedded.set(n + r, c, rho.im.get(r, c))
      embedded.set(r, n + c, -rho.im.get(r, c))
    }
  }
  const { realEigenvalues } = new EigenvalueDecomposition(embedded, { assumeSymmetric: true })
  return realEigenvalues.reduce((sum, x) => (x > 1e-15 ? sum - (x * Math.log(x)) / 2 : sum), 0)
}

export const partialTraces = (rho: Complex, d: number, n: number): { system: Complex; bath: Complex } => {
  const system = zero(d, d)
  const bath = zero(n, n)
  for (const [from, toSystem, toBath] of [[rho.re, system.re, bath.re], [rho.im, system.im, bath.im]] as const) {
    for (let k = 0; k < d; k++) {
      for (let q = 0; q < d; q++) for (let i = 0; i < n; i++) toSystem.set(k, q, toSystem.get(k, q) + from.get(k * n + i, q * n + i))
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) toBath.set(i, j, toBath.get(i, j) + from.get(k * n + i, k * n + j))
    }
  }
  return { system, bath }
}

export const mutualInformation = (rho: Complex, d: number, n: number): number => {
  const { system, bath } = partialTraces(rho, d, n)
  return vonNeumannEntropy(system) + vonNeumannEntropy(bath) - vonNeumannEntropy(rho)
}
