import type { DenseBackend, Planes, ProductForm } from '@mesobath/contracts'
import { AS_IT_IS, GEMM, LOWER, ROW_MAJOR, TRANSPOSED } from './blas.js'
import type { NativeFunction, NativeLibrary } from './native-library.js'

/** Rows of a band of a Hermitian product: what lies right of its diagonal block is left out. */
const BANDS = 8
const LEAST_BAND = 32
/** Rows and columns that are turned at a time, so that the columns written stay in cache. */
const SQUARE = 32
/** Operations below which three real products save less than their sums cost. */
const WORTH_THREE = 1e7
/** Rows, or columns, up to which sums of the planes of the other factor cost as much as the product that they save. */
const LOW = 160
/** Columns up to which the left factor is what takes the time, so that a second reading of it does not pay. */
const NARROW = 96

const demand = (name: string, planes: Planes, size: number): void => {
  if (planes.re.length < size || (planes.im !== null && planes.im.length < size)) {
    throw new RangeError(`\`${name}\` must hold ${size} entries, but holds ${planes.re.length}`)
  }
}

/** Upper triangle from the lower one. */
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

/** out (+)= s·xᵀ + t·yᵀ with x and y [n, m], out [m, n]; nothing of y where it is null. */
const addTurned = (x: Float64Array, s: number, y: Float64Array | null, t: number, m: number, n: number, out: Float64Array, accumulate: boolean): void => {
  for (let from = 0; from < m; from += SQUARE) {
    const to = Math.min(m, from + SQUARE)
    for (let c = 0; c < n; c++) {
      const row = c * m
      for (let r = from; r < to; r++) {
        const sum = y === null ? s * x[row + r]! : s * x[row + r]! + t * y[row + r]!
        const at = r * n + c
        out[at] = accumulate ? out[at]! + sum : sum
      }
    }
  }
}

const samePlane = (a: Float64Array | null, b: Float64Array | null): boolean =>
  a === b || (a !== null && b !== null && a.buffer === b.buffer && a.byteOffset === b.byteOffset)

/** Room that grows. */
class Scratch {
  #held = new Float64Array(0)

  of(size: number): Float64Array {
    if (this.#held.length < size) this.#held = new Float64Array(size)
    return this.#held
  }
}

/** Products of planes by the real ones of a library. Room for sums is kept from one to the next. */
class NativeProducts {
  readonly #gemm: NativeFunction
  readonly #syrk: NativeFunction | null
  readonly #left = new Scratch()
  readonly #right = new Scratch()
  readonly #difference = new Scratch()
  readonly #product = new Scratch()

  constructor(gemm: NativeFunction, syrk: NativeFunction | null) {
    this.#gemm = gemm
    this.#syrk = syrk
  }

  /** out = alpha·a·b + beta·out, rows of b and of out `stride` numbers apart; `turned`: aᵀ. */
  #real(turned: boolean, a: Float64Array, strideA: number, b: Float64Array, stride: number, m: number, k: number, n: number, alpha: number, beta: number, out: Float64Array): void {
    this.#gemm(ROW_MAJOR, turned ? TRANSPOSED : AS_IT_IS, AS_IT_IS, m, n, k, alpha, a, strideA, b, stride, beta, out, stride)
  }

  /** Four real products straight into the planes; fewer where a factor is real. Rows of a, and those of b and out, are so far apart. */
  four(adjoint: boolean, a: Planes, strideA: number, b: Planes, stride: number, m: number, k: number, n: number, out: Planes, keep: number): void {
    const sign = adjoint ? -1 : 1
    this.#real(adjoint, a.re, strideA, b.re, stride, m, k, n, 1, keep, out.re)
    if (a.im !== null && b.im !== null) this.#real(adjoint, a.im, strideA, b.im, stride, m, k, n, -sign, 1, out.re)
    if (out.im !== null) this.#imaginary(adjoint, a, strideA, b, stride, m, k, n, out.im, keep)
  }

  #imaginary(adjoint: boolean, a: Planes, strideA: number, b: Planes, stride: number, m: number, k: number, n: number, out: Float64Array, keep: number): void {
    if (b.im !== null) this.#real(adjoint, a.re, strideA, b.im, stride, m, k, n, 1, keep, out)
    if (a.im !== null) this.#real(adjoint, a.im, strideA, b.re, stride, m, k, n, adjoint ? -1 : 1, b.im === null ? keep : 1, out)
    else if (b.im === null && keep === 0) out.fill(0, 0, m * n)
  }

  /** Three real products of complex factors: P = (a′ + a″)b′, then re = P − a″(b′ + b″) and im = P + a′(b″ − b′), which add themselves. */
  three(adjoint: boolean, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean): void {
    const sign = adjoint ? -1 : 1
    const strideA = adjoint ? m : k
    const { re: aRe } = a
    const { re: bRe } = b
    const { re } = out
    const aIm = a.im!, bIm = b.im!, im = out.im!
    const left = this.#left.of(m * k)
    for (let i = 0; i < m * k; i++) left[i] = aRe[i]! + sign * aIm[i]!
    const sum = this.#right.of(k * n)
    const difference = this.#difference.of(k * n)
    for (let i = 0; i < k * n; i++) {
      const x = bRe[i]!
      const y = bIm[i]!
      sum[i] = x + y
      difference[i] = y - x
    }
    if (accumulate) {
      const product = this.#product.of(m * n)
      this.#real(adjoint, left, strideA, bRe, n, m, k, n, 1, 0, product)
      for (let i = 0; i < m * n; i++) {
        const x = product[i]!
        re[i] = re[i]! + x
        im[i] = im[i]! + x
      }
    } else {
      this.#real(adjoint, left, strideA, bRe, n, m, k, n, 1, 0, re)
      im.set(re.length === m * n ? re : re.subarray(0, m * n))
    }
    this.#real(adjoint, aRe, strideA, difference, n, m, k, n, 1, 1, im)
    this.#real(adjoint, aIm, strideA, sum, n, m, k, n, -sign, 1, re)
  }

  /**
   * [b′ b″]ᵀa′ᵀ and [b′ b″]ᵀa″ᵀ, turned back as they are added: each plane of a is read once. Libraries cut the factor that they take for the right
   * one into panels as if it were to be used again and again; so a, the large one, is handed over as the left one.
   */
  narrow(adjoint: boolean, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean): void {
    const strideA = adjoint ? m : k
    const wide = b.im === null ? n : 2 * n
    const right = b.im === null ? b.re : this.#sideBySide(b.re, b.im, k, n)
    const turned = (plane: Float64Array, room: Scratch): Float64Array => {
      const product = room.of(wide * m)
      this.#gemm(ROW_MAJOR, TRANSPOSED, adjoint ? AS_IT_IS : TRANSPOSED, wide, m, k, 1, right, wide, plane, strideA, 0, product, m)
      return product
    }
    const real = turned(a.re, this.#product)
    const imaginary = a.im === null ? null : turned(a.im, this.#left)
    const sign = adjoint ? -1 : 1
    const complex = b.im !== null
    addTurned(real, 1, complex && imaginary !== null ? imaginary.subarray(n * m) : null, -sign, m, n, out.re, accumulate)
    if (out.im === null) return
    if (complex) addTurned(real.subarray(n * m), 1, imaginary, sign, m, n, out.im, accumulate)
    else if (imaginary !== null) addTurned(imaginary, sign, null, 0, m, n, out.im, accumulate)
    else if (!accumulate) out.im.fill(0, 0, m * n)
  }

  /** [x y] of two planes [k, n]. */
  #sideBySide(x: Float64Array, y: Float64Array, k: number, n: number): Float64Array {
    const out = this.#right.of(2 * k * n)
    for (let p = 0, from = 0, to = 0; p < k; p++, to += 2 * n) {
      for (let c = 0; c < n; c++, from++) {
        out[to + c] = x[from]!
        out[to + n + c] = y[from]!
      }
    }
    return out
  }

  /** Lower triangle of out = a·b + keep·out by bands of rows; the real part of x†x by the library's own product for it. */
  triangle(adjoint: boolean, a: Planes, b: Planes, m: number, k: number, out: Planes, keep: number): void {
    const strideA = adjoint ? m : k
    const real = a.im === null && b.im === null
    if (real && keep === 0) out.im?.fill(0, 0, m * m)
    const gram = adjoint && this.#syrk !== null && samePlane(a.re, b.re) && samePlane(a.im, b.im)
    if (gram) {
      this.#syrk!(ROW_MAJOR, LOWER, TRANSPOSED, m, k, 1, a.re, m, keep, out.re, m)
      if (a.im === null) return
      this.#syrk!(ROW_MAJOR, LOWER, TRANSPOSED, m, k, 1, a.im, m, 1, out.re, m)
    }
    const band = Math.max(LEAST_BAND, Math.ceil(m / BANDS))
    for (let from = 0; from < m; from += band) {
      const to = Math.min(m, from + band)
      const part = (plane: Float64Array): Float64Array => plane.subarray(adjoint ? from : from * k)
      const rows = { re: part(a.re), im: a.im === null ? null : part(a.im) }
      const im = real || out.im === null ? null : out.im.subarray(from * m)
      if (gram) this.#imaginary(adjoint, rows, strideA, b, m, to - from, k, to, im!, keep)
      else this.four(adjoint, rows, strideA, b, m, to - from, k, to, { re: out.re.subarray(from * m), im }, keep)
    }
  }
}

const clear = (out: Planes, size: number): void => {
  out.re.fill(0, 0, size)
  out.im?.fill(0, 0, size)
}

/** `DenseBackend.multiplyAs` by a library's products, or the name of what it lacks. */
export const nativeProducts = (library: NativeLibrary): NonNullable<DenseBackend['multiplyAs']> | string => {
  const gemm = library.find(GEMM)
  if (gemm === null) return 'cblas_dgemm'
  const syrk = library.find('void cblas_dsyrk(int order, int triangle, int turn, int n, int k, double alpha, const double* a, int strideA, double beta, double* out, int strideOut)')
  const products = new NativeProducts(gemm, syrk)
  return (form: ProductForm, a, b, m, k, n, out, accumulate) => {
    const { adjoint, hermitian } = form
    demand('a', a, m * k)
    demand('b', b, k * n)
    demand('out', out, m * n)
    if (out.im === null && (a.im !== null || b.im !== null)) throw new TypeError('`out` must be complex, but is real where a factor is complex')
    if (hermitian && m !== n) throw new RangeError(`a Hermitian product must be square, but is ${m} × ${n}`)
    if (m === 0 || n === 0) return
    if (!accumulate && k === 0) clear(out, m * n)
    if (hermitian) {
      if (k > 0) products.triangle(adjoint, a, b, m, k, out, accumulate ? 1 : 0)
      if (form.triangle !== true) mirror(out, n)
    } else if (k === 0) return
    else if (n <= NARROW && n < m) products.narrow(adjoint, a, b, m, k, n, out, accumulate)
    else if (a.im !== null && b.im !== null && m > LOW && n > LOW && 8 * m * k * n >= WORTH_THREE) products.three(adjoint, a, b, m, k, n, out, accumulate)
    else products.four(adjoint, a, adjoint ? m : k, b, n, m, k, n, out, accumulate ? 1 : 0)
  }
}
