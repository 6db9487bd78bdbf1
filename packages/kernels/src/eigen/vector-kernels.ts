import type { Planes } from '@mesobath/contracts'
import { javascriptSecularKernels } from './secular-kernels.js'
import type { SecularKernels } from './secular-kernels.js'

/** A place in planes: their numbers from `at` on. */
export interface Place {
  readonly planes: Planes
  readonly at: number
}

/** At most 64 complex numbers. */
export interface Numbers {
  readonly re: Float64Array
  readonly im: Float64Array
}

export const MOST_ROWS = 64

export const makeNumbers = (): Numbers => ({ re: new Float64Array(MOST_ROWS), im: new Float64Array(MOST_ROWS) })

/**
 * What a reduction to tridiagonal form needs besides products. Complex throughout or real throughout. Everything below makes the same bits in plain
 * JavaScript as in assembly/vectors.ts: sums run over even and odd places apart, rows go in groups of four.
 */
export interface VectorKernels extends SecularKernels {
  /** y = (re + i im)·x, or of conj x where `conjugate`, over `count` numbers; x and y may be the same. */
  turnRow(count: number, re: number, im: number, conjugate: boolean, x: Place, y: Place): void
  /** y += Σ_r f_r x_r over `rows` rows of x, at most 64, `stride` numbers apart. */
  addRows(count: number, rows: number, factors: Numbers, x: Place, stride: number, y: Place): void
  /** ⟨x_r|y⟩ of such rows into `out`. */
  innerRows(count: number, rows: number, x: Place, stride: number, y: Place, out: Numbers): void
  /** y = A x for the leading `size` rows of a Hermitian matrix given by its lower triangle, `stride` numbers a row. */
  hermitianTimes(matrix: Planes, stride: number, size: number, x: Place, y: Place): void
  /** A += L†R, Hermitian, on the lower triangle of the leading `size` rows; L, R [depth, stride] and A [·, stride]. Unfinished where `breathe` said to stop. */
  addProduct(
    matrix: Planes, stride: number, size: number, depth: number, left: Planes, right: Planes, breathe: () => Promise<boolean>,
  ): void | Promise<void>
}

/** Sizes below which rows are not shared out. */
const WHOLE = 192
/** Bands of rows otherwise, whatever the number of threads: sums are joined band by band. */
const BANDS = 8
const GROUP = 4

/** First row of one of `bands` of about equal area of a triangle, a multiple of `group`. */
export const bandRow = (size: number, band: number, bands: number, group: number): number => group * Math.round((size * Math.sqrt(band / bands)) / group)

/** First rows of bands of about equal area of a triangle, one past the last at the end; returns their number. */
export const rowBands = (size: number, out: Int32Array): number => {
  const bands = size < WHOLE ? 1 : BANDS
  for (let band = 0; band < bands; band++) out[band] = bandRow(size, band, bands, GROUP)
  out[bands] = size
  return bands
}

/** The most bands there are. */
export const MOST_BANDS = BANDS

/** Rows from `first` to `last` left of column `columns`, one by one. */
const rowsOneByOne = (
  a: Float64Array, b: Float64Array | null, stride: number, first: number, last: number, columnsFrom: number, columnsTo: (row: number) => number,
  xRe: Float64Array, xIm: Float64Array | null, xAt: number, yRe: Float64Array, yIm: Float64Array | null,
): void => {
  for (let r = first; r < last; r++) {
    const row = r * stride
    for (let c = columnsFrom; c < columnsTo(r); c++) {
      const s = a[row + c]!
      if (b === null) {
        yRe[r] = yRe[r]! + s * xRe[xAt + c]!
        if (c < r) yRe[c] = yRe[c]! + s * xRe[xAt + r]!
        continue
      }
      const t = c < r ? b[row + c]! : 0
      const v = xRe[xAt + c]!, w = xIm![xAt + c]!
      yRe[r] = yRe[r]! + s * v - t * w
      yIm![r] = yIm![r]! + s * w + t * v
      if (c === r) continue
      const p = xRe[xAt + r]!, q = xIm![xAt + r]!
      yRe[c] = yRe[c]! + s * p + t * q
      yIm![c] = yIm![c]! + s * q - t * p
    }
  }
}

/** One row of a group left of column `end`, its sum over even and odd places apart. */
const groupedRow = (
  a: Float64Array, b: Float64Array | null, row: number, r: number, end: number,
  xRe: Float64Array, xIm: Float64Array | null, xAt: number, yRe: Float64Array, yIm: Float64Array | null,
): void => {
  const p = xRe[xAt + r]!
  if (b === null) {
    let even = 0
    let odd = 0
    for (let c = 0; c < end; c += 2) {
      const s = a[row + c]!, t = a[row + c + 1]!
      even += s * xRe[xAt + c]!
      odd += t * xRe[xAt + c + 1]!
      yRe[c] = yRe[c]! + s * p
      yRe[c + 1] = yRe[c + 1]! + t * p
    }
    yRe[r] = yRe[r]! + (even + odd)
    return
  }
  const q = xIm![xAt + r]!
  let evenRe = 0, evenIm = 0, oddRe = 0, oddIm = 0
  for (let c = 0; c < end; c += 2) {
    const s = a[row + c]!, t = b[row + c]!, v = xRe[xAt + c]!, w = xIm![xAt + c]!
    evenRe = evenRe + s * v - t * w
    evenIm = evenIm + s * w + t * v
    yRe[c] = yRe[c]! + s * p + t * q
    yIm![c] = yIm![c]! + s * q - t * p
    const e = a[row + c + 1]!, f = b[row + c + 1]!, g = xRe[xAt + c + 1]!, h = xIm![xAt + c + 1]!
    oddRe = oddRe + e * g - f * h
    oddIm = oddIm + e * h + f * g
    yRe[c + 1] = yRe[c + 1]! + e * p + f * q
    yIm![c + 1] = yIm![c + 1]! + e * q - f * p
  }
  yRe[r] = yRe[r]! + (evenRe + oddRe)
  yIm![r] = yIm![r]! + (evenIm + oddIm)
}

/** y = (re + i im)·x. */
const turn = (count: number, re: number, im: number, conjugate: boolean, x: Place, y: Place): void => {
  const xRe = x.planes.re, xIm = x.planes.im, yRe = y.planes.re, yIm = y.planes.im
  const from = x.at
  const to = y.at
  if (xIm === null || yIm === null) {
    for (let i = 0; i < count; i++) yRe[to + i] = xRe[from + i]! * re
    return
  }
  const sign = conjugate ? -1 : 1
  for (let i = 0; i < count; i++) {
    const a = xRe[from + i]!, b = sign * xIm[from + i]!
    yRe[to + i] = a * re - b * im
    yIm[to + i] = a * im + b * re
  }
}

/** y += (re + i im)·x. */
const addScaled = (count: number, re: number, im: number, x: Planes, from: number, y: Planes, to: number): void => {
  const xRe = x.re, xIm = x.im, yRe = y.re, yIm = y.im
  if (xIm === null || yIm === null) {
    for (let i = 0; i < count; i++) yRe[to + i] = yRe[to + i]! + re * xRe[from + i]!
    return
  }
  for (let i = 0; i < count; i++) {
    const a = xRe[from + i]!, b = xIm[from + i]!
    yRe[to + i] = yRe[to + i]! + re * a - im * b
    yIm[to + i] = yIm[to + i]! + re * b + im * a
  }
}

/** ⟨x|y⟩ as number `at` of `out`. */
const inner = (count: number, x: Planes, xAt: number, y: Planes, yAt: number, out: Numbers, at: number): void => {
  const xRe = x.re, xIm = x.im, yRe = y.re, yIm = y.im
  const even = count - (count % 2)
  let re0 = 0, re1 = 0, im0 = 0, im1 = 0
  if (xIm === null || yIm === null) {
    for (let i = 0; i < even; i += 2) {
      re0 += xRe[xAt + i]! * yRe[yAt + i]!
      re1 += xRe[xAt + i + 1]! * yRe[yAt + i + 1]!
    }
    out.re[at] = re0 + re1
    if (even < count) out.re[at] = out.re[at] + xRe[xAt + even]! * yRe[yAt + even]!
    out.im[at] = 0
    return
  }
  for (let i = 0; i < even; i += 2) {
    const a = xRe[xAt + i]!, b = xIm[xAt + i]!, c = yRe[yAt + i]!, d = yIm[yAt + i]!
    re0 = re0 + a * c + b * d
    im0 = im0 + a * d - b * c
    const e = xRe[xAt + i + 1]!, f = xIm[xAt + i + 1]!, g = yRe[yAt + i + 1]!, h = yIm[yAt + i + 1]!
    re1 = re1 + e * g + f * h
    im1 = im1 + e * h - f * g
  }
  let re = re0 + re1
  let im = im0 + im1
  if (even < count) {
    const a = xRe[xAt + even]!, b = xIm[xAt + even]!, c = yRe[yAt + even]!, d = yIm[yAt + even]!
    re = re + a * c + b * d
    im = im + a * d - b * c
  }
  out.re[at] = re
  out.im[at] = im
}

/** The same in plain JavaScript; `add` is the product. */
export const javascriptKernels = (add: VectorKernels['addProduct']): VectorKernels => {
  const bounds = new Int32Array(MOST_BANDS + 1)
  let sums: { re: Float64Array; im: Float64Array } = { re: new Float64Array(0), im: new Float64Array(0) }
  return {
    ...javascriptSecularKernels,
    turnRow: turn,
    addRows: (count, rows, factors, x, stride, y) => {
      for (let r = 0; r < rows; r++) addScaled(count, factors.re[r]!, factors.im[r]!, x.planes, x.at + r * stride, y.planes, y.at)
    },
    innerRows: (count, rows, x, stride, y, out) => {
      for (let r = 0; r < rows; r++) inner(count, x.planes, x.at + r * stride, y.planes, y.at, out, r)
    },
    hermitianTimes: (matrix, stride, size, x, y) => {
      const { re, im } = matrix
      const xRe = x.planes.re, xIm = x.planes.im, yRe = y.planes.re, yIm = y.planes.im
      if (sums.re.length < size) sums = { re: new Float64Array(size), im: new Float64Array(size) }
      const bands = rowBands(size, bounds)
      yRe.fill(0, y.at, y.at + size)
      yIm?.fill(0, y.at, y.at + size)
      for (let band = 0; band < bands; band++) {
        const from = bounds[band]!, to = bounds[band + 1]!
        const partRe = sums.re, partIm = im === null ? null : sums.im
        partRe.fill(0, 0, to)
        partIm?.fill(0, 0, to)
        for (let r = from; r < to; r += GROUP) {
          const end = Math.min(to, r + GROUP)
          if (end < r + GROUP) rowsOneByOne(re, im, stride, r, end, 0, () => r, xRe, xIm, x.at, partRe, partIm)
          else for (let row = r; row < end; row++) groupedRow(re, im, row * stride, row, r, xRe, xIm, x.at, partRe, partIm)
          rowsOneByOne(re, im, stride, r, end, r, (row) => row + 1, xRe, xIm, x.at, partRe, partIm)
        }
        for (let r = 0; r < to; r++) yRe[y.at + r] = yRe[y.at + r]! + partRe[r]!
        if (yIm !== null && partIm !== null) for (let r = 0; r < to; r++) yIm[y.at + r] = yIm[y.at + r]! + partIm[r]!
      }
    },
    addProduct: add,
  }
}
