import type { DenseBackend, Planes } from '@mesobath/contracts'
import type { NativeFunction, NativeLibrary } from './native-library.js'
import type { NumberPool } from './number-pool.js'

type Diagonalise = NonNullable<DenseBackend['diagonalise']>

// Fortran: everything by reference, and the lengths of the three letters after all else.
const COMPLEX = 'void zheevr_(const char* vectors, const char* range, const char* triangle, const int* n, double* a, const int* strideA, const double* vl, '
  + 'const double* vu, const int* il, const int* iu, const double* tolerance, int* found, double* w, double* z, const int* strideZ, int* support, '
  + 'double* work, const int* workSize, double* realWork, const int* realWorkSize, int* integerWork, const int* integerWorkSize, int* info, '
  + 'size_t lengthA, size_t lengthB, size_t lengthC)'
const REAL = 'void dsyevr_(const char* vectors, const char* range, const char* triangle, const int* n, double* a, const int* strideA, const double* vl, '
  + 'const double* vu, const int* il, const int* iu, const double* tolerance, int* found, double* w, double* z, const int* strideZ, int* support, '
  + 'double* work, const int* workSize, int* integerWork, const int* integerWorkSize, int* info, size_t lengthA, size_t lengthB, size_t lengthC)'

/** Rows that are turned at a time: what is read and what is written stays in cache. */
const SQUARE = 16

const isFiniteTriangle = ({ re, im }: Planes, n: number): boolean => {
  for (let r = 0; r < n; r++) {
    for (let at = r * n; at <= r * n + r; at++) {
      if (!Number.isFinite(re[at]!) || (im !== null && !Number.isFinite(im[at]!))) return false
    }
  }
  return true
}

/** Columns of the lower triangle, numbers of a complex entry side by side. */
const toColumns = ({ re, im }: Planes, n: number, pool: NumberPool): Float64Array => {
  const parts = im === null ? 1 : 2
  const out = pool.take(parts * n * n)
  for (let rowFrom = 0; rowFrom < n; rowFrom += SQUARE) {
    const rowTo = Math.min(n, rowFrom + SQUARE)
    for (let c = 0; c < rowTo; c++) {
      for (let r = Math.max(c, rowFrom), at = parts * (c * n + r); r < rowTo; r++, at += parts) {
        out[at] = re[r * n + c]!
        if (im !== null) out[at + 1] = c === r ? 0 : im[r * n + c]!
      }
    }
  }
  return out
}

const fromColumns = (columns: Float64Array, n: number, { re, im }: Planes): void => {
  const parts = im === null ? 1 : 2
  for (let rowFrom = 0; rowFrom < n; rowFrom += SQUARE) {
    const rowTo = Math.min(n, rowFrom + SQUARE)
    for (let c = 0; c < n; c++) {
      for (let r = rowFrom, at = parts * (c * n + r); r < rowTo; r++, at += parts) {
        re[r * n + c] = columns[at]!
        if (im !== null) im[r * n + c] = columns[at + 1]!
      }
    }
  }
}

const solve = (run: NativeFunction, complex: boolean, wanted: boolean, a: Float64Array, n: number, values: Float64Array, pool: NumberPool): { z: Float64Array; info: number } => {
  const size = Int32Array.of(n)
  const none = Float64Array.of(0)
  const nowhere = Int32Array.of(0)
  const found = new Int32Array(1)
  const info = new Int32Array(1)
  const z = pool.take(wanted ? a.length : 2)
  const support = new Int32Array(2 * Math.max(1, n))
  const call = (work: Float64Array, workSize: number, realWork: Float64Array, realSize: number, integerWork: Int32Array, integerSize: number): void => {
    const head = [wanted ? 'V' : 'N', 'A', 'L', size, a, size, none, none, nowhere, nowhere, none, found, values, z, size, support, work, Int32Array.of(workSize)]
    const tail = [integerWork, Int32Array.of(integerSize), info, 1, 1, 1]
    run(...head, ...(complex ? [realWork, Int32Array.of(realSize)] : []), ...tail)
  }
  const asked = [new Float64Array(2), new Float64Array(1), new Int32Array(1)] as const
  call(asked[0], -1, asked[1], -1, asked[2], -1)
  const [work, realWork, integerWork] = [asked[0][0]!, asked[1][0]!, asked[2][0]!]
  call(new Float64Array((complex ? 2 : 1) * work), work, new Float64Array(Math.max(1, realWork)), realWork, new Int32Array(integerWork), integerWork)
  return { z, info: info[0]! }
}

/** Eigenvectors by LAPACK's "relatively robust representations", null where the library has none. One call: nothing is heard before it ends. */
export const lapackEigenbasis = (library: NativeLibrary, pool: NumberPool): Diagonalise | null => {
  const complex = library.find(COMPLEX)
  const real = library.find(REAL)
  if (complex === null || real === null) return null
  return async (matrix, n, values, vectors, breathe) => {
    if (n === 0) return 'ok'
    if (!isFiniteTriangle(matrix, n)) return 'not-finite'
    if (!(await breathe())) return 'cancelled'
    const isComplex = matrix.im !== null
    const columns = toColumns(matrix, n, pool)
    const { z, info } = solve(isComplex ? complex : real, isComplex, vectors !== null, columns, n, values, pool)
    if (info === 0 && vectors !== null) fromColumns(z, n, vectors)
    pool.give(columns)
    pool.give(z)
    if (info !== 0) return 'not-converged'
    return (await breathe()) ? 'ok' : 'cancelled'
  }
}
