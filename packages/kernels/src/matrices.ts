import type { ComplexMatrix } from '@mesobath/contracts'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Rounding of one elimination, relative to the largest diagonal entry. */
const ROUNDING = 2.3e-16

/** Pivots up to the tolerance are dropped; what is left may be as large, with either sign. */
const REST = 2

/**
 * A complex matrix from row-major entries, copied: `re` and `im` [rows × columns]; `im` null or absent means real.
 */
export const complexMatrix = (rows: number, columns: number, re: ArrayLike<number>, im?: ArrayLike<number> | null): ComplexMatrix => {
  const size = rows * columns
  if (re.length !== size) throw new RangeError(`\`re\` must have ${rows} × ${columns} entries, but has ${re.length}`)
  if (im != null && im.length !== size) throw new RangeError(`\`im\` must have ${rows} × ${columns} entries, but has ${im.length}`)
  return { rows, columns, re: Float64Array.from(re), im: im == null ? null : Float64Array.from(im) }
}

/** The adjoint A†, [columns, rows]: (A†)_rc = conj A_cr. */
export const adjoint = (matrix: ComplexMatrix): ComplexMatrix => {
  const { rows, columns } = matrix
  const re = new Float64Array(rows * columns)
  const im = matrix.im === null ? null : new Float64Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      re[c * rows + r] = matrix.re[r * columns + c]
      if (im !== null) im[c * rows + r] = -matrix.im![r * columns + c]
    }
  }
  return { rows: columns, columns: rows, re, im }
}

/** The product A·B, [A.rows, B.columns]; real where both are. */
export const multiplyMatrices = (a: ComplexMatrix, b: ComplexMatrix): ComplexMatrix => {
  if (a.columns !== b.rows) throw new RangeError(`\`b\` must have ${a.columns} rows, but has ${b.rows}`)
  const size = a.rows * b.columns
  const re = new Float64Array(size)
  const im = a.im === null && b.im === null ? null : new Float64Array(size)
  for (let r = 0; r < a.rows; r++) {
    for (let k = 0; k < a.columns; k++) {
      const aRe = a.re[r * a.columns + k]
      const aIm = a.im === null ? 0 : a.im[r * a.columns + k]
      for (let c = 0; c < b.columns; c++) {
        const bRe = b.re[k * b.columns + c]
        const bIm = b.im === null ? 0 : b.im[k * b.columns + c]
        const at = r * b.columns + c
        re[at] = re[at] + aRe * bRe - aIm * bIm
        if (im !== null) im[at] = im[at] + aRe * bIm + aIm * bRe
      }
    }
  }
  return { rows: a.rows, columns: b.columns, re, im }
}

/** Whether |A_rc − conj A_cr| ≤ `tolerance`·max|A| for all entries; false where A is not square or not finite. */
export const isHermitian = (matrix: ComplexMatrix, tolerance: number): boolean => {
  const { rows, columns, re, im } = matrix
  if (rows !== columns) return false
  let largest = 0
  let deviation = 0
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c <= r; c++) {
      const upper = c * columns + r
      const lower = r * columns + c
      const upperIm = im === null ? 0 : im[upper]
      const lowerIm = im === null ? 0 : im[lower]
      largest = Math.max(largest, modulus(re[upper], upperIm), modulus(re[lower], lowerIm))
      deviation = Math.max(deviation, modulus(re[upper] - re[lower], upperIm + lowerIm))
    }
  }
  return Number.isFinite(largest) && deviation <= tolerance * largest
}

/** Entries this far below the largest one are less than the rounding of any eigenvalue; ml-matrix stumbles over subnormal ones. */
const NEGLIGIBLE = 1e-30

/**
 * The eigenvalues of a Hermitian matrix, ascending [n], from the real symmetric embedding [[Re, −Im], [Im, Re]]; only its
 * Hermitian part (A + A†)/2 counts. NaN where an entry is not finite.
 */
export const hermitianEigenvalues = (matrix: ComplexMatrix): Float64Array => {
  const { rows: n, re, im } = matrix
  if (n !== matrix.columns) throw new RangeError(`a Hermitian matrix must be square, but is ${n} × ${matrix.columns}`)
  let largest = 0
  for (let i = 0; i < n * n; i++) largest = Math.max(largest, Math.abs(re[i]), im === null ? 0 : Math.abs(im[i]))
  if (largest === 0) return new Float64Array(n)
  if (!Number.isFinite(largest)) return new Float64Array(n).fill(NaN)
  const real = im === null || im.every((value) => value === 0)
  const size = real ? n : 2 * n
  const embedded = new Matrix(size, size)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      const symmetric = scaledMean(re[r * n + c], re[c * n + r], largest)
      embedded.set(r, c, symmetric)
      if (real) continue
      const antisymmetric = scaledMean(im[r * n + c], -im[c * n + r], largest)
      embedded.set(n + r, n + c, symmetric)
      embedded.set(n + r, c, antisymmetric)
      embedded.set(r, n + c, -antisymmetric)
    }
  }
  const values = Float64Array.from(new EigenvalueDecomposition(embedded, { assumeSymmetric: true }).realEigenvalues).sort()
  // Every eigenvalue of the embedding stands there twice.
  return Float64Array.from({ length: n }, (_, i) => (real ? values[i] : (values[2 * i] + values[2 * i + 1]) / 2) * largest)
}

const scaledMean = (a: number, b: number, largest: number): number => {
  const mean = a / largest / 2 + b / largest / 2
  return Math.abs(mean) < NEGLIGIBLE ? 0 : mean
}

/**
 * The factor L [n, rank] of a positive semidefinite Hermitian matrix, ρ = L L†, by Cholesky with diagonal pivots, which finds the rank.
 *
 * `tolerance` is relative to the largest diagonal entry: smaller pivots count as 0. Null where ρ is not Hermitian or not positive
 * semidefinite within it.
 */
export const choleskyFactor = (matrix: ComplexMatrix, tolerance: number): ComplexMatrix | null => {
  if (!isHermitian(matrix, tolerance)) return null
  const n = matrix.rows
  const re = Float64Array.from(matrix.re)
  const im = matrix.im === null ? new Float64Array(n * n) : Float64Array.from(matrix.im)
  let scale = 0
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(re[i * n + i]))
  const zero = Math.max(tolerance, ROUNDING * n) * scale
  const columns: { re: Float64Array; im: Float64Array }[] = []
  const used = new Uint8Array(n)
  while (columns.length < n) {
    let pivot = -1
    for (let i = 0; i < n; i++) if (used[i] === 0 && (pivot < 0 || re[i * n + i] > re[pivot * n + pivot])) pivot = i
    if (re[pivot * n + pivot] <= zero) break
    used[pivot] = 1
    columns.push(eliminate(re, im, used, pivot))
  }
  // What is left must vanish: a negative diagonal or an entry larger than its diagonals allow belongs to no positive matrix.
  for (let r = 0; r < n; r++) {
    if (used[r] === 1) continue
    for (let c = 0; c < n; c++) if (used[c] === 0 && modulus(re[r * n + c], im[r * n + c]) > REST * zero) return null
  }
  return joinColumns(n, columns, matrix.im === null)
}

const eliminate = (re: Float64Array, im: Float64Array, used: Uint8Array, pivot: number): { re: Float64Array; im: Float64Array } => {
  const n = used.length
  const root = Math.sqrt(re[pivot * n + pivot])
  const column = { re: new Float64Array(n), im: new Float64Array(n) }
  column.re[pivot] = root
  for (let r = 0; r < n; r++) {
    if (used[r] === 1) continue
    column.re[r] = re[r * n + pivot] / root
    column.im[r] = im[r * n + pivot] / root
  }
  for (let r = 0; r < n; r++) {
    if (used[r] === 1) continue
    for (let c = 0; c < n; c++) {
      if (used[c] === 1) continue
      const at = r * n + c
      re[at] = re[at] - column.re[r] * column.re[c] - column.im[r] * column.im[c]
      im[at] = im[at] - column.im[r] * column.re[c] + column.re[r] * column.im[c]
    }
  }
  return column
}

const joinColumns = (n: number, columns: readonly { re: Float64Array; im: Float64Array }[], real: boolean): ComplexMatrix => {
  const rank = columns.length
  const re = new Float64Array(n * rank)
  const im = real ? null : new Float64Array(n * rank)
  columns.forEach((column, c) => {
    for (let r = 0; r < n; r++) {
      re[r * rank + c] = column.re[r]
      if (im !== null) im[r * rank + c] = column.im[r]
    }
  })
  return { rows: n, columns: rank, re, im }
}

const modulus = (re: number, im: number): number => Math.sqrt(re * re + im * im)
