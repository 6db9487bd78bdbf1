import type { DenseBackend, Planes, Rows } from '@mesobath/contracts'
import { AS_IT_IS, GEMM, ROW_MAJOR, TRANSPOSED } from './blas.js'
import type { NativeFunction, NativeLibrary } from './native-library.js'
import type { NumberPool } from './number-pool.js'

type Diagonalise = NonNullable<DenseBackend['diagonalise']>

/** The steps of a diagonalisation, of complex or of real matrices. */
interface Steps {
  /** A = Q T Q†. */
  readonly reduce: NativeFunction
  /** Q X or Q†X. */
  readonly reflect: NativeFunction
  /** Letter of the adjoint. */
  readonly adjoint: string
}

/** What LAPACK offers, and a product for the last step. */
interface Routines {
  readonly complex: Steps
  readonly real: Steps
  /** Eigenvalues of T, and its eigenvectors by divide and conquer. */
  readonly values: NativeFunction
  readonly conquer: NativeFunction
  readonly product: NativeFunction
}

// The lengths of letters come after all else.
const reduction = (name: string): string =>
  `void ${name}(const char* triangle, const int* n, double* a, const int* stride, double* diagonal, double* off, double* factors, `
  + 'double* work, const int* workSize, int* info, size_t length)'
const reflection = (name: string): string =>
  `void ${name}(const char* side, const char* triangle, const char* turn, const int* m, const int* n, double* a, const int* strideA, double* factors, `
  + 'double* x, const int* strideX, double* work, const int* workSize, int* info, size_t lengthA, size_t lengthB, size_t lengthC)'
const VALUES = 'void dsterf_(const int* n, double* diagonal, double* off, int* info)'
const CONQUER = 'void dstedc_(const char* wanted, const int* n, double* diagonal, double* off, double* z, const int* stride, double* work, const int* workSize, '
  + 'int* integers, const int* integersSize, int* info, size_t length)'

/**
 * Columns of room beyond what a routine asks for. Products with a vector that is a row of a matrix, in some builds of OpenBLAS (0.3.21, processors with AVX-512),
 * read one number of that row too many, and never use it: past the end of the matrix, which may be past the end of what the process has.
 */
const SLACK = 1
/** Rows that are turned at a time: what is read and what is written stays in cache. */
const SQUARE = 16
/** Squares of what is smaller, or larger than its reciprocal, come near the end of what numbers can be: then all are multiplied by `LIFT` or divided by it. */
const SMALL = 1e-100
const LIFT = 1e200

const routines = (library: NativeLibrary): Routines | null => {
  const found = [reduction('zhetrd_'), reflection('zunmtr_'), reduction('dsytrd_'), reflection('dormtr_'), VALUES, CONQUER, GEMM].map((each) => library.find(each))
  if (found.includes(null)) return null
  const [complexReduce, complexReflect, realReduce, realReflect, values, conquer, product] = found as NativeFunction[]
  return {
    complex: { reduce: complexReduce!, reflect: complexReflect!, adjoint: 'C' }, real: { reduce: realReduce!, reflect: realReflect!, adjoint: 'T' },
    values: values!, conquer: conquer!, product: product!,
  }
}

/**
 * Numbers of the lower triangle [n, n], row by row, as columns of the upper one, those of a complex entry side by side; returns the largest, NaN where one
 * is not finite.
 */
const toColumns = ({ re, im }: Planes, n: number, out: Float64Array): number => {
  let largest = 0
  let finite = true
  for (let r = 0; r < n; r++) {
    for (let from = r * n, end = from + r; from <= end; from++) {
      const x = re[from]!
      if (im === null) out[from] = x
      else {
        // Above the diagonal stands the conjugate.
        const y = from === end ? 0 : -im[from]!
        out[2 * from] = x
        out[2 * from + 1] = y
        const size = Math.abs(y)
        finite = finite && size < Infinity
        if (size > largest) largest = size
      }
      const size = Math.abs(x)
      finite = finite && size < Infinity
      if (size > largest) largest = size
    }
  }
  return finite ? largest : Number.NaN
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

/** A matrix being diagonalised: its columns, upper triangle, which come to keep Q; and T. */
class Diagonalisation {
  readonly #routines: Routines
  readonly #pool: NumberPool
  readonly #n: number
  readonly #steps: Steps
  /** Numbers of an entry. */
  readonly #parts: number
  readonly #size: Int32Array
  readonly #info = new Int32Array(1)
  readonly #columns: Float64Array
  readonly #off: Float64Array
  readonly #factors: Float64Array
  /** Of T, then of A: ascending. */
  readonly #values: Float64Array

  constructor(routines: Routines, pool: NumberPool, complex: boolean, columns: Float64Array, n: number, values: Float64Array) {
    this.#routines = routines
    this.#pool = pool
    this.#n = n
    this.#steps = complex ? routines.complex : routines.real
    this.#parts = complex ? 2 : 1
    this.#size = Int32Array.of(n)
    this.#columns = columns
    this.#off = new Float64Array(n)
    this.#factors = new Float64Array(this.#parts * n)
    this.#values = values
  }

  /** False where the iteration did not converge. */
  get converged(): boolean {
    return this.#info[0] === 0
  }

  reduce(): void {
    this.#call((work, size) =>
      this.#steps.reduce('U', this.#size, this.#columns, this.#size, this.#values, this.#off, this.#factors, work, size, this.#info, 1))
  }

  values(): void {
    this.#routines.values(this.#size, this.#values, this.#off, this.#info)
  }

  /** Eigenvectors of T, columns [n, n]: the pool's. */
  conquer(): Float64Array {
    const z = this.#pool.lend((this.#n + SLACK) * this.#n)
    const integersSize = Int32Array.of(-1)
    let integers = new Int32Array(1)
    const run = (work: Float64Array, size: Int32Array): void => {
      this.#routines.conquer('I', this.#size, this.#values, this.#off, z, this.#size, work, size, integers, integersSize, this.#info, 1)
    }
    const asked = new Float64Array(1)
    run(asked, Int32Array.of(-1))
    integersSize[0] = integers[0]!
    integers = new Int32Array(integersSize[0])
    this.#lend(asked[0]!, (work) => { run(work, Int32Array.of(asked[0]!)) })
    return z
  }

  /** V = Q Z of columns Z. */
  all(z: Float64Array, vectors: Planes): void {
    const n = this.#n
    if (this.#parts === 1) {
      this.#reflect('N', n, z)
      fromColumns(z, n, vectors)
      return
    }
    const x = this.#pool.take(2 * n * (n + SLACK))
    for (let at = 0; at < n * n; at++) x[2 * at] = z[at]!
    this.#reflect('N', n, x)
    fromColumns(x, n, vectors)
    this.#pool.give(x)
  }

  /** Rows [from, to) of V: Y†Z, Y = Q†P of the columns P of 1. */
  rows(z: Float64Array, { from, to }: Rows, { re, im }: Planes): void {
    const n = this.#n
    const width = to - from
    const parts = this.#parts
    const y = this.#pool.take(parts * n * (width + SLACK))
    for (let c = 0; c < width; c++) y[parts * (c * n + from + c)] = 1
    this.#reflect(this.#steps.adjoint, width, y)
    const times = (left: Float64Array, out: Float64Array): void => {
      this.#routines.product(ROW_MAJOR, AS_IT_IS, TRANSPOSED, width, n, n, 1, left, n, z, n, 0, out, n)
    }
    if (im === null) times(y, re)
    else {
      // Columns of Y are rows of its transpose already.
      const plane = this.#pool.lend(n * width)
      for (let at = 0; at < n * width; at++) plane[at] = y[2 * at]!
      times(plane, re)
      for (let at = 0; at < n * width; at++) plane[at] = -y[2 * at + 1]!
      times(plane, im)
      this.#pool.give(plane)
    }
    this.#pool.give(y)
  }

  /** X ← Q X, or Q†X, of columns [n, width]. */
  #reflect(turn: string, width: number, x: Float64Array): void {
    this.#call((work, size) => this.#steps.reflect(
      'L', 'U', turn, this.#size, Int32Array.of(width), this.#columns, this.#size, this.#factors, x, this.#size, work, size, this.#info, 1, 1, 1))
  }

  /** Asks how much room a routine wants, and runs it. */
  #call(run: (work: Float64Array, size: Int32Array) => void): void {
    const asked = new Float64Array(2)
    run(asked, Int32Array.of(-1))
    this.#lend(this.#parts * (asked[0]! + SLACK * this.#n), (work) => { run(work, Int32Array.of(asked[0]!)) })
  }

  #lend(length: number, use: (work: Float64Array) => void): void {
    const work = this.#pool.lend(length)
    use(work)
    this.#pool.give(work)
  }
}

/**
 * Eigenvectors by LAPACK: reflections to a real tridiagonal matrix, divide and conquer there, reflections of its vectors; null where the library lacks one
 * of these. Each is one call: nothing is heard before it ends.
 */
export const lapackEigenbasis = (library: NativeLibrary, pool: NumberPool): Diagonalise | null => {
  const found = routines(library)
  if (found === null) return null
  return async (matrix, n, values, vectors, breathe, rows) => {
    if (n === 0) return 'ok'
    const complex = matrix.im !== null
    const columns = pool.lend((complex ? 2 : 1) * n * (n + SLACK))
    let z: Float64Array | null = null
    try {
      const largest = toColumns(matrix, n, columns)
      if (Number.isNaN(largest)) return 'not-finite'
      if (!(await breathe())) return 'cancelled'
      const factor = largest < SMALL ? LIFT : largest > 1 / SMALL ? 1 / LIFT : 1
      if (factor !== 1) columns.forEach((x, at) => { columns[at] = factor * x })
      const work = new Diagonalisation(found, pool, complex, columns, n, values)
      work.reduce()
      if (!(await breathe())) return 'cancelled'
      if (vectors === null) work.values()
      else z = work.conquer()
      if (!work.converged) return 'not-converged'
      for (let at = 0; at < n; at++) values[at] = values[at]! / factor
      if (z === null || vectors === null) return 'ok'
      if (!(await breathe())) return 'cancelled'
      if (rows === undefined || rows.to - rows.from === n) work.all(z, vectors)
      else if (rows.to > rows.from) work.rows(z, rows, vectors)
      return (await breathe()) ? 'ok' : 'cancelled'
    } finally {
      if (z !== null) pool.give(z)
      pool.give(columns)
    }
  }
}
