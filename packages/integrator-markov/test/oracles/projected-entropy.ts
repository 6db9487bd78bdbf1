/** Eigenvalues of a Hermitian d × d matrix by Jacobi's rotations of its real 2d × 2d form, each of them twice. */
const doubledEigenvalues = (re: ArrayLike<number>, im: ArrayLike<number>, offset: number, d: number): number[] => {
  const n = 2 * d
  const a = Array.from({ length: n }, (_, r) => Array.from({ length: n }, (__, c) => {
    const at = offset + (r % d) * d + (c % d)
    return r < d === c < d ? re[at]! : r < d ? -im[at]! : im[at]!
  }))
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        off = Math.max(off, Math.abs(a[p]![q]!))
        if (a[p]![q]! === 0) continue
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let i = 0; i < n; i += 1) {
          const [x, y] = [a[i]![p]!, a[i]![q]!]
          a[i]![p] = c * x - s * y
          a[i]![q] = s * x + c * y
        }
        for (let i = 0; i < n; i += 1) {
          const [x, y] = [a[p]![i]!, a[q]![i]!]
          a[p]![i] = c * x - s * y
          a[q]![i] = s * x + c * y
        }
      }
    }
    if (off < 1e-17) break
  }
  return a.map((row, i) => row[i]!)
}

/** Σ_E [−tr ρ_S(E) ln ρ_S(E) + p(E) ln V_E] of states [window, k, q]. */
export const projectedEntropy = (re: ArrayLike<number>, im: ArrayLike<number>, d: number, logVolumes: readonly number[]): number =>
  logVolumes.reduce((sum, logVolume, window) => {
    const values = doubledEigenvalues(re, im, window * d * d, d)
    const entropy = values.reduce((each, x) => (x > 0 ? each - (x * Math.log(x)) / 2 : each), 0)
    return sum + entropy + (logVolume * values.reduce((total, x) => total + x, 0)) / 2
  }, 0)
