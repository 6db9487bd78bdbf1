import type { ComplexMatrix, Planes, Vector } from '@mesobath/contracts'
import type { FaultList, Path } from './fault-list.js'

/** Rounding of a few operations on entries of order one, with room for a matrix that was read from decimal text. */
export const HERMITIAN_TOLERANCE = 1e-10

/** Index of the first entry that is NaN or infinite, or −1. */
export const firstNotFinite = (values: Vector): number => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

/** Checks that `values` is a Float64Array of finite numbers of the given length (null: any); returns whether it is. */
export const checkVector = (faults: FaultList, what: string, path: Path, values: Vector, length: number | null): boolean => {
  if (!(values instanceof Float64Array)) {
    faults.add(what, path, 'be a Float64Array', `is ${values === null ? 'null' : Array.isArray(values) ? 'an Array' : typeof values}`)
    return false
  }
  if (length !== null && values.length !== length) {
    faults.add(what, path, `have ${length} entries`, `has ${values.length}`)
    return false
  }
  const bad = firstNotFinite(values)
  if (bad >= 0) faults.add(what, [...path, bad], 'be finite', `is ${values[bad]}`)
  return bad < 0
}

/** Checks shape, finiteness and Hermiticity (relative to the largest entry) of a d × d matrix. */
export const checkHermitian = (faults: FaultList, what: string, path: Path, matrix: ComplexMatrix, dimension: number): boolean => {
  if (matrix.rows !== dimension || matrix.columns !== dimension) {
    faults.add(what, path, `be ${dimension} × ${dimension}`, `is ${matrix.rows} × ${matrix.columns}`)
    return false
  }
  const re = checkVector(faults, what, [...path, 're'], matrix.re, dimension * dimension)
  const im = matrix.im === null || checkVector(faults, what, [...path, 'im'], matrix.im, dimension * dimension)
  if (!re || !im) return false
  const worst = hermitianDefect(matrix.re, matrix.im, 0, dimension)
  if (worst.defect > HERMITIAN_TOLERANCE * worst.scale) {
    const { row, column } = worst
    faults.add(what, path, 'be Hermitian',
      `entry (${row}, ${column}) differs from the conjugate of (${column}, ${row}) by ${worst.defect.toPrecision(3)}`)
    return false
  }
  return true
}

/** The largest |A_kq − conj A_qk| of the d × d block at `offset`, and the largest |A_kq|. */
export const hermitianDefect = (re: Vector, im: Vector | null, offset: number, dimension: number) => {
  let defect = 0
  let scale = 0
  let row = 0
  let column = 0
  for (let k = 0; k < dimension; k++) {
    for (let q = 0; q <= k; q++) {
      const at = offset + k * dimension + q
      const mirror = offset + q * dimension + k
      const imaginary = im === null ? 0 : im[at]! + im[mirror]!
      const size = Math.max(Math.abs(re[at]! - re[mirror]!), Math.abs(imaginary))
      scale = Math.max(scale, Math.abs(re[at]!), Math.abs(re[mirror]!), im === null ? 0 : Math.abs(im[at]!))
      if (size > defect) { defect = size; row = k; column = q }
    }
  }
  return { defect, scale, row, column }
}

/**
 * Whether the Hermitian d × d block at `offset` has no eigenvalue below −`tolerance`: Cholesky's recursion on A + tolerance·1
 * meets a pivot ≤ 0 exactly where A has an eigenvalue at or below −tolerance.
 */
export const isPositive = (planes: Planes | ComplexMatrix, offset: number, dimension: number, tolerance: number): boolean => {
  const { re, im } = planes
  const lowerRe = new Float64Array(dimension * dimension)
  const lowerIm = new Float64Array(dimension * dimension)
  for (let k = 0; k < dimension; k++) {
    for (let q = 0; q <= k; q++) {
      let sumRe = re[offset + k * dimension + q]! + (k === q ? tolerance : 0)
      let sumIm = im === null ? 0 : im[offset + k * dimension + q]!
      for (let m = 0; m < q; m++) {
        const a = k * dimension + m
        const b = q * dimension + m
        sumRe -= lowerRe[a]! * lowerRe[b]! + lowerIm[a]! * lowerIm[b]!
        sumIm -= lowerIm[a]! * lowerRe[b]! - lowerRe[a]! * lowerIm[b]!
      }
      if (k === q) {
        if (!(sumRe > 0)) return false
        lowerRe[k * dimension + k] = Math.sqrt(sumRe)
      } else {
        const pivot = lowerRe[q * dimension + q]!
        lowerRe[k * dimension + q] = sumRe / pivot
        lowerIm[k * dimension + q] = sumIm / pivot
      }
    }
  }
  return true
}
