/** Dense complex matrices for set-ups of a few dozen states: nothing here is shared with what it judges. */
export interface Dense {
  readonly n: number
  /** [n, n], row-major. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Zero. */
export const zeros = (n: number): Dense => ({ n, re: new Float64Array(n * n), im: new Float64Array(n * n) })

const product = (a: Dense, b: Dense): Dense => {
  const { n } = a
  const out = zeros(n)
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const x = a.re[i * n + j]!
      const y = a.im[i * n + j]!
      if (x === 0 && y === 0) continue
      for (let k = 0; k < n; k += 1) {
        out.re[i * n + k]! += x * b.re[j * n + k]! - y * b.im[j * n + k]!
        out.im[i * n + k]! += x * b.im[j * n + k]! + y * b.re[j * n + k]!
      }
    }
  }
  return out
}

/** Norms up to this need no squaring. */
const UNSCALED_NORM = 0.5
/** 0.5²⁰/20! is far below one rounding. */
const TERMS = 20

/** e^{(re + i·im)·factor}: scaling, Taylor series, squaring; `turn` multiplies by −i first, for e^{−iHt}. */
export const exponential = (matrix: Dense, factor: number, turn = false): Dense => {
  const { n } = matrix
  let norm = 0
  for (let i = 0; i < n; i += 1) {
    let row = 0
    for (let j = 0; j < n; j += 1) row += Math.hypot(matrix.re[i * n + j]!, matrix.im[i * n + j]!)
    norm = Math.max(norm, row * Math.abs(factor))
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(Math.max(norm, 1e-300) / UNSCALED_NORM)))
  const scale = factor / 2 ** squarings
  const scaled: Dense = turn
    ? { n, re: matrix.im.map((x) => x * scale), im: matrix.re.map((x) => -x * scale) }
    : { n, re: matrix.re.map((x) => x * scale), im: matrix.im.map((x) => x * scale) }
  let sum = zeros(n)
  for (let i = 0; i < n; i += 1) sum.re[i * n + i] = 1
  let term = sum
  sum = { n, re: sum.re.slice(), im: sum.im.slice() }
  for (let k = 1; k <= TERMS; k += 1) {
    term = product(term, scaled)
    for (let i = 0; i < n * n; i += 1) {
      term.re[i]! /= k
      term.im[i]! /= k
      sum.re[i]! += term.re[i]!
      sum.im[i]! += term.im[i]!
    }
  }
  for (let i = 0; i < squarings; i += 1) sum = product(sum, sum)
  return sum
}

/** The real part of matrix × real vector. */
export const applied = ({ n, re }: Dense, vector: Float64Array): Float64Array => {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) out[i]! += re[i * n + j]! * vector[j]!
  return out
}

/** The smallest eigenvalue of a Hermitian matrix, by Jacobi rotations of its real embedding. */
export const smallestEigenvalue = ({ n, re, im }: Dense): number => {
  const m = 2 * n
  const a = new Float64Array(m * m)
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const [x, y] = [re[i * n + j]!, im[i * n + j]!]
      a[i * m + j] = x
      a[(i + n) * m + j + n] = x
      a[i * m + j + n] = -y
      a[(i + n) * m + j] = y
    }
  }
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0
    for (let p = 0; p < m; p += 1) {
      for (let q = p + 1; q < m; q += 1) {
        const apq = a[p * m + q]!
        off += apq * apq
        if (apq === 0) continue
        const theta = (a[q * m + q]! - a[p * m + p]!) / (2 * apq)
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta))
        const c = 1 / Math.sqrt(1 + t * t)
        const s = t * c
        for (let k = 0; k < m; k += 1) {
          const [akp, akq] = [a[k * m + p]!, a[k * m + q]!]
          a[k * m + p] = c * akp - s * akq
          a[k * m + q] = s * akp + c * akq
        }
        for (let k = 0; k < m; k += 1) {
          const [apk, aqk] = [a[p * m + k]!, a[q * m + k]!]
          a[p * m + k] = c * apk - s * aqk
          a[q * m + k] = s * apk + c * aqk
        }
      }
    }
    if (off === 0) break
  }
  let least = Infinity
  for (let i = 0; i < m; i += 1) least = Math.min(least, a[i * m + i]!)
  return least
}
