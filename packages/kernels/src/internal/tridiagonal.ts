/** Sweeps per eigenvalue before giving up; two or three are usual. */
const SWEEPS = 60

/**
 * Isolates the eigenvalue at `l` of a real symmetric tridiagonal matrix, whose first l are isolated already, by implicit QL; false where that did not
 * converge. See {@link tridiagonalEigenvalues}.
 */
export const isolateEigenvalue = (diagonal: Float64Array, off: Float64Array, last: Float64Array, l: number): boolean => {
  const n = diagonal.length
  for (let sweep = 0; ; sweep++) {
    let m = l
    for (; m < n - 1; m++) {
      const size = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!)
      if (Math.abs(off[m]!) + size === size) break
    }
    if (m === l) return true
    if (sweep === SWEEPS) return false
    let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * off[l]!)
    let r = Math.sqrt(g * g + 1)
    g = diagonal[m]! - diagonal[l]! + off[l]! / (g + (g >= 0 ? r : -r))
    let s = 1
    let c = 1
    let p = 0
    let deflated = false
    for (let i = m - 1; i >= l; i--) {
      const f = s * off[i]!
      const b = c * off[i]!
      r = Math.sqrt(f * f + g * g)
      off[i + 1] = r
      if (r === 0) {
        diagonal[i + 1] = diagonal[i + 1]! - p
        off[m] = 0
        deflated = true
        break
      }
      s = f / r
      c = g / r
      g = diagonal[i + 1]! - p
      r = (diagonal[i]! - g) * s + 2 * c * b
      p = s * r
      diagonal[i + 1] = g + p
      g = c * r - b
      const above = last[i + 1]!
      last[i + 1] = s * last[i]! + c * above
      last[i] = c * last[i]! - s * above
    }
    if (deflated) continue
    diagonal[l] = diagonal[l]! - p
    off[l] = g
    off[m] = 0
  }
}

/**
 * Eigenvalues of a real symmetric tridiagonal matrix by implicit QL, and the last component of each eigenvector.
 *
 * `diagonal` [n] and `off` [n] (off[i] couples i and i + 1; the last entry is not used) are overwritten, `diagonal` with the
 * eigenvalues in no order; `last` [n] receives the components. Returns false where it did not converge.
 */
export const tridiagonalEigenvalues = (diagonal: Float64Array, off: Float64Array, last: Float64Array): boolean => {
  const n = diagonal.length
  if (n === 0) return true
  last.fill(0)
  last[n - 1] = 1
  off[n - 1] = 0
  for (let l = 0; l < n; l++) if (!isolateEigenvalue(diagonal, off, last, l)) return false
  return true
}
