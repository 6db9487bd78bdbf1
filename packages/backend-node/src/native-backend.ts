import { fail, issue, succeed } from '@mesobath/contracts'
import type { DenseBackend, Outcome, Planes, ProductForm } from '@mesobath/contracts'
import { lapackEigenbasis } from './lapack-eigenbasis.js'
import { openNativeLibrary } from './native-library.js'
import type { NativeFunction, NativeLibrary } from './native-library.js'

/** Options of {@link nativeBackend}. */
export interface NativeBackendOptions {
  /** The library's file or name; what systems call it unless told. */
  readonly library?: string
  /** Threads the library may use, where it can be told (OpenBLAS); its own choice unless told. */
  readonly threads?: number
}

const ROW_MAJOR = 101
const AS_IT_IS = 111
const TRANSPOSED = 112

/** A product of matrices with a known result is tried, so that a library of another integer width or calling convention is found out. */
const PROBE = 7
const PROBE_ERROR = 1e-12
/** Rows of a band of a Hermitian product: what lies right of its diagonal block is left out. */
const BANDS = 8
/** Rows and columns that are mirrored at a time. */
const SQUARE = 32
/** Operations below which three real products save less than their sums cost. */
const WORTH_THREE = 1e7

const PLAIN: ProductForm = { adjoint: false, hermitian: false }

/** Real products on a library's matrices. */
class Products {
  readonly #gemm: NativeFunction
  readonly #axpy: NativeFunction
  #sums: [Float64Array, Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0), new Float64Array(0)]

  constructor(gemm: NativeFunction, axpy: NativeFunction) {
    this.#gemm = gemm
    this.#axpy = axpy
  }

  /** out = alpha·a·b + beta·out, rows of b and of out `stride` numbers apart; `turned`: aᵀ. */
  real(turned: boolean, a: Float64Array, strideA: number, b: Float64Array, stride: number, m: number, k: number, n: number, alpha: number, beta: number, out: Float64Array): void {
    this.#gemm(ROW_MAJOR, turned ? TRANSPOSED : AS_IT_IS, AS_IT_IS, m, n, k, alpha, a, strideA, b, stride, beta, out, stride)
  }

  /** Four real products straight into the planes; fewer where a factor is real. */
  four(adjoint: boolean, a: Planes, strideA: number, b: Planes, stride: number, m: number, k: number, n: number, out: Planes, keep: number): void {
    const sign = adjoint ? -1 : 1
    this.real(adjoint, a.re, strideA, b.re, stride, m, k, n, 1, keep, out.re)
    if (out.im === null) return
    if (a.im !== null && b.im !== null) this.real(adjoint, a.im, strideA, b.im, stride, m, k, n, -sign, 1, out.re)
    if (b.im !== null) this.real(adjoint, a.re, strideA, b.im, stride, m, k, n, 1, keep, out.im)
    if (a.im !== null) this.real(adjoint, a.im, strideA, b.re, stride, m, k, n, sign, b.im === null ? keep : 1, out.im)
    else if (b.im === null && keep === 0) out.im.fill(0, 0, m * n)
  }

  /** Three real products of complex factors: P₁ = a′b′, P₂ = a″b″, (a′ + a″)(b′ + b″) − P₁ − P₂. */
  three(adjoint: boolean, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, keep: number): void {
    const [left, right, product] = this.#room(m * k, k * n, m * n)
    const sign = adjoint ? -1 : 1
    const aIm = a.im!, bIm = b.im!, im = out.im!
    const strideA = adjoint ? m : k
    left.set(a.re.subarray(0, m * k))
    this.#axpy(m * k, sign, aIm, 1, left, 1)
    right.set(b.re.subarray(0, k * n))
    this.#axpy(k * n, 1, bIm, 1, right, 1)
    this.real(adjoint, left, strideA, right, n, m, k, n, 1, keep, im)
    this.real(adjoint, a.re, strideA, b.re, n, m, k, n, 1, 0, product)
    if (keep === 0) out.re.set(product.subarray(0, m * n))
    else this.#axpy(m * n, 1, product, 1, out.re, 1)
    this.#axpy(m * n, -1, product, 1, im, 1)
    this.real(adjoint, aIm, strideA, bIm, n, m, k, n, sign, 0, product)
    this.#axpy(m * n, -1, product, 1, out.re, 1)
    this.#axpy(m * n, -1, product, 1, im, 1)
  }

  #room(left: number, right: number, product: number): [Float64Array, Float64Array, Float64Array] {
    const sizes = [left, right, product]
    this.#sums.forEach((held, at) => { if (held.length < sizes[at]!) this.#sums[at] = new Float64Array(sizes[at]!) })
    return this.#sums
  }
}

const demand = (name: string, planes: Planes, size: number): void => {
  if (planes.re.length < size || (planes.im !== null && planes.im.length < size)) {
    throw new RangeError(`\`${name}\` must hold ${size} entries, but holds ${planes.re.length}`)
  }
}

/** Upper triangle from the lower one, in squares, so that the columns written stay in cache. */
const mirror = ({ re, im }: Planes, n: number): void => {
  for (let rowFrom = 0; rowFrom < n; rowFrom += SQUARE) {
    const rowTo = Math.min(n, rowFrom + SQUARE)
    for (let columnFrom = 0; columnFrom <= rowFrom; columnFrom += SQUARE) {
      for (let r = rowFrom; r < rowTo; r++) {
        const columnTo = Math.min(r, columnFrom + SQUARE)
        for (let c = columnFrom; c < columnTo; c++) {
          re[c * n + r] = re[r * n + c]!
          if (im !== null) im[c * n + r] = -im[r * n + c]!
        }
      }
    }
  }
  if (im !== null) for (let r = 0; r < n; r++) im[r * n + r] = 0
}

const multiplyWith = (products: Products): NonNullable<DenseBackend['multiplyAs']> => (form, a, b, m, k, n, out, accumulate) => {
  demand('a', a, m * k)
  demand('b', b, k * n)
  demand('out', out, m * n)
  if (out.im === null && (a.im !== null || b.im !== null)) throw new TypeError('`out` must be complex, but is real where a factor is complex')
  if (form.hermitian && m !== n) throw new RangeError(`a Hermitian product must be square, but is ${m} × ${n}`)
  if (m === 0 || n === 0) return
  if (!accumulate) {
    // A library may leave out what nothing is added to, and 0·NaN is not 0.
    out.re.fill(0, 0, m * n)
    out.im?.fill(0, 0, m * n)
  }
  if (k === 0) return
  const keep = 1
  if (!form.hermitian) {
    if (a.im !== null && b.im !== null && 8 * m * k * n >= WORTH_THREE) products.three(form.adjoint, a, b, m, k, n, out, keep)
    else products.four(form.adjoint, a, form.adjoint ? m : k, b, n, m, k, n, out, keep)
    return
  }
  const band = Math.max(32, Math.ceil(m / BANDS))
  for (let from = 0; from < m; from += band) {
    const to = Math.min(m, from + band)
    const part = (plane: Float64Array): Float64Array => plane.subarray(form.adjoint ? from : from * k)
    const rows = { re: part(a.re), im: a.im === null ? null : part(a.im) }
    const target = { re: out.re.subarray(from * n), im: out.im === null ? null : out.im.subarray(from * n) }
    products.four(form.adjoint, rows, form.adjoint ? m : k, b, n, to - from, k, to, target, keep)
  }
  if (form.triangle !== true) mirror(out, n)
}

const rightAnswer = (multiply: NonNullable<DenseBackend['multiplyAs']>): boolean => {
  const numbers = (seed: number): Planes => ({
    re: Float64Array.from({ length: PROBE * PROBE }, (_, i) => ((i * seed) % 11) - 5), im: Float64Array.from({ length: PROBE * PROBE }, (_, i) => ((i * seed + 3) % 7) - 3),
  })
  const [a, b] = [numbers(3), numbers(5)]
  const out: Planes = { re: new Float64Array(PROBE * PROBE), im: new Float64Array(PROBE * PROBE) }
  void multiply(PLAIN, a, b, PROBE, PROBE, PROBE, out, false)
  for (let r = 0; r < PROBE; r++) {
    for (let c = 0; c < PROBE; c++) {
      let re = 0
      let im = 0
      for (let p = 0; p < PROBE; p++) {
        const x = a.re[r * PROBE + p]!, y = a.im![r * PROBE + p]!, u = b.re[p * PROBE + c]!, v = b.im![p * PROBE + c]!
        re += x * u - y * v
        im += x * v + y * u
      }
      if (!(Math.abs(out.re[r * PROBE + c]! - re) < PROBE_ERROR && Math.abs(out.im![r * PROBE + c]! - im) < PROBE_ERROR)) return false
    }
  }
  return true
}

const threadsOf = (library: NativeLibrary, wanted: number | undefined): number => {
  const set = library.find('void openblas_set_num_threads(int count)')
  const get = library.find('int openblas_get_num_threads()')
  if (wanted !== undefined && set !== null) set(wanted)
  return get === null ? 1 : get()
}

/**
 * Dense products and eigenvectors by a BLAS that is installed on this machine (OpenBLAS, Accelerate, …), looked for now; fast, and with bits of its own.
 *
 * Matrices are the process's own arrays, which the library reads and writes in place. Issues: `backend-node/no-foreign-functions`, `backend-node/no-library`,
 * `backend-node/broken-library` where a function is missing or a small product comes out wrong.
 */
export const nativeBackend = (options: NativeBackendOptions = {}): Outcome<DenseBackend> => {
  const opened = openNativeLibrary(options.library === undefined ? undefined : [options.library])
  if (opened._tag === 'Left') return opened
  const library = opened.right
  const gemm = library.find('void cblas_dgemm(int order, int turnA, int turnB, int m, int n, int k, double alpha, const double* a, int strideA, '
    + 'const double* b, int strideB, double beta, double* out, int strideOut)')
  const axpy = library.find('void cblas_daxpy(int n, double alpha, const double* x, int stepX, double* y, int stepY)')
  if (gemm === null || axpy === null) {
    return fail(issue('backend-node/broken-library', ['library'], `the library ${library.path} must have the C interface to BLAS, but lacks ${gemm === null ? 'cblas_dgemm' : 'cblas_daxpy'}`))
  }
  const threads = threadsOf(library, options.threads)
  const multiplyAs = multiplyWith(new Products(gemm, axpy))
  if (!rightAnswer(multiplyAs)) {
    return fail(issue('backend-node/broken-library', ['library'], `the library ${library.path} must multiply two small matrices, but its result is wrong`))
  }
  const diagonalise = lapackEigenbasis(library)
  return succeed({
    id: 'native-blas',
    threads,
    reproducible: false,
    allocate: (rows, columns, real) => ({ re: new Float64Array(rows * columns), im: real ? null : new Float64Array(rows * columns) }),
    multiply: (a, b, m, k, n, out, accumulate) => multiplyAs(PLAIN, a, b, m, k, n, out, accumulate),
    multiplyAs,
    ...(diagonalise === null ? {} : { diagonalise }),
    release: () => undefined,
  })
}
