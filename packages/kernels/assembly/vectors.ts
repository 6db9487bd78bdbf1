// What a reduction to tridiagonal form needs besides products, in the order of additions of src/eigen/vector-kernels.ts: two lanes for
// even and odd places, joined at the end.
import { lanes, multiplyAdd, multiplySubtract } from './fused'

/** Numbers after the first real part of a list of complex ones at which its imaginary parts begin. */
const LIST: usize = 64 << 3

/** y += (re + i im)·x over one row. */
function addRow(count: i32, re: f64, im: f64, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const s = f64x2.splat(re), t = f64x2.splat(im)
  const end = <usize>(count & ~1) << 3
  if (xIm == 0) {
    for (let at: usize = 0; at < end; at += 16) v128.store(yRe + at, multiplyAdd(s, v128.load(xRe + at), v128.load(yRe + at)))
    if (count & 1) f64.store(yRe + end, f64.load(yRe + end) + re * f64.load(xRe + end))
    return
  }
  for (let at: usize = 0; at < end; at += 16) {
    const a = v128.load(xRe + at), b = v128.load(xIm + at)
    v128.store(yRe + at, multiplySubtract(t, b, multiplyAdd(s, a, v128.load(yRe + at))))
    v128.store(yIm + at, multiplyAdd(t, a, multiplyAdd(s, b, v128.load(yIm + at))))
  }
  if (count & 1) {
    const a = f64.load(xRe + end), b = f64.load(xIm + end)
    f64.store(yRe + end, f64.load(yRe + end) + re * a - im * b)
    f64.store(yIm + end, f64.load(yIm + end) + re * b + im * a)
  }
}

/**
 * y += Σ_r f_r x_r over `rows` rows of x, `stride` bytes apart, of `count` numbers each; the f_r lie at `factors`. Planes of x and y are 0 where
 * there is none. Three rows at a time, so that y is loaded and stored less often; each number of y gets them in their order.
 */
export function addRows(count: i32, rows: i32, factors: usize, xRe: usize, xIm: usize, stride: usize, yRe: usize, yIm: usize): void {
  const end = <usize>(count & ~1) << 3
  let r: i32 = 0
  if (xIm != 0 && (count & 1) == 0) {
    for (; r + 3 <= rows; r += 3) {
      const at0 = factors + (<usize>r << 3)
      const s0 = v128.load_splat<f64>(at0), t0 = v128.load_splat<f64>(at0 + LIST)
      const s1 = v128.load_splat<f64>(at0, 8), t1 = v128.load_splat<f64>(at0 + LIST, 8)
      const s2 = v128.load_splat<f64>(at0, 16), t2 = v128.load_splat<f64>(at0 + LIST, 16)
      const re0 = xRe + <usize>r * stride, im0 = xIm + <usize>r * stride
      const re1 = re0 + stride, im1 = im0 + stride, re2 = re1 + stride, im2 = im1 + stride
      for (let at: usize = 0; at < end; at += 16) {
        let y = v128.load(yRe + at), z = v128.load(yIm + at)
        const a0 = v128.load(re0 + at), b0 = v128.load(im0 + at)
        y = multiplySubtract(t0, b0, multiplyAdd(s0, a0, y))
        z = multiplyAdd(t0, a0, multiplyAdd(s0, b0, z))
        const a1 = v128.load(re1 + at), b1 = v128.load(im1 + at)
        y = multiplySubtract(t1, b1, multiplyAdd(s1, a1, y))
        z = multiplyAdd(t1, a1, multiplyAdd(s1, b1, z))
        const a2 = v128.load(re2 + at), b2 = v128.load(im2 + at)
        v128.store(yRe + at, multiplySubtract(t2, b2, multiplyAdd(s2, a2, y)))
        v128.store(yIm + at, multiplyAdd(t2, a2, multiplyAdd(s2, b2, z)))
      }
    }
  }
  for (; r < rows; r++) {
    const at = factors + (<usize>r << 3)
    addRow(count, f64.load(at), f64.load(at + LIST), xRe + <usize>r * stride, xIm == 0 ? 0 : xIm + <usize>r * stride, yRe, yIm)
  }
}

/**
 * y = (re + i im)·x, or of conj x where `conjugate`, of `count` numbers; x and y may be the same. Planes of x and y are 0 where there is none. Multiplied and
 * added in two roundings always.
 */
export function turnRow(count: i32, re: f64, im: f64, conjugate: i32, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const s = f64x2.splat(re), t = f64x2.splat(im)
  const end = <usize>(count & ~1) << 3
  if (xIm == 0) {
    for (let at: usize = 0; at < end; at += 16) v128.store(yRe + at, f64x2.mul(v128.load(xRe + at), s))
    if (count & 1) f64.store(yRe + end, f64.load(xRe + end) * re)
    return
  }
  const sign: f64 = conjugate ? -1 : 1
  const signs = f64x2.splat(sign)
  for (let at: usize = 0; at < end; at += 16) {
    const a = v128.load(xRe + at), b = f64x2.mul(signs, v128.load(xIm + at))
    v128.store(yRe + at, f64x2.sub(f64x2.mul(a, s), f64x2.mul(b, t)))
    v128.store(yIm + at, f64x2.add(f64x2.mul(a, t), f64x2.mul(b, s)))
  }
  if (count & 1) {
    const a = f64.load(xRe + end), b = sign * f64.load(xIm + end)
    f64.store(yRe + end, a * re - b * im)
    f64.store(yIm + end, a * im + b * re)
  }
}

/** ⟨x|y⟩ of one row into a list at `out`. */
function innerRow(count: i32, xRe: usize, xIm: usize, yRe: usize, yIm: usize, out: usize): void {
  let re = f64x2.splat(0), im = f64x2.splat(0)
  const end = <usize>(count & ~1) << 3
  if (xIm == 0) {
    for (let at: usize = 0; at < end; at += 16) re = multiplyAdd(v128.load(xRe + at), v128.load(yRe + at), re)
    let sum = lanes(re)
    if (count & 1) sum += f64.load(xRe + end) * f64.load(yRe + end)
    f64.store(out, sum)
    f64.store(out + LIST, 0)
    return
  }
  for (let at: usize = 0; at < end; at += 16) {
    const a = v128.load(xRe + at), b = v128.load(xIm + at), c = v128.load(yRe + at), d = v128.load(yIm + at)
    re = multiplyAdd(b, d, multiplyAdd(a, c, re))
    im = multiplySubtract(b, c, multiplyAdd(a, d, im))
  }
  let sumRe = lanes(re), sumIm = lanes(im)
  if (count & 1) {
    const a = f64.load(xRe + end), b = f64.load(xIm + end), c = f64.load(yRe + end), d = f64.load(yIm + end)
    sumRe = sumRe + a * c + b * d
    sumIm = sumIm + a * d - b * c
  }
  f64.store(out, sumRe)
  f64.store(out + LIST, sumIm)
}

/** ⟨x_r|y⟩ of `rows` rows of x, `stride` bytes apart, into a list at `out`; three rows at a time, so that y is loaded less often. */
export function innerRows(count: i32, rows: i32, xRe: usize, xIm: usize, stride: usize, yRe: usize, yIm: usize, out: usize): void {
  const end = <usize>(count & ~1) << 3
  let r: i32 = 0
  if (xIm != 0 && (count & 1) == 0) {
    for (; r + 3 <= rows; r += 3) {
      const re0 = xRe + <usize>r * stride, im0 = xIm + <usize>r * stride
      const re1 = re0 + stride, im1 = im0 + stride, re2 = re1 + stride, im2 = im1 + stride
      let s0 = f64x2.splat(0), t0 = f64x2.splat(0), s1 = f64x2.splat(0), t1 = f64x2.splat(0), s2 = f64x2.splat(0), t2 = f64x2.splat(0)
      for (let at: usize = 0; at < end; at += 16) {
        const c = v128.load(yRe + at), d = v128.load(yIm + at)
        const a0 = v128.load(re0 + at), b0 = v128.load(im0 + at)
        s0 = multiplyAdd(b0, d, multiplyAdd(a0, c, s0))
        t0 = multiplySubtract(b0, c, multiplyAdd(a0, d, t0))
        const a1 = v128.load(re1 + at), b1 = v128.load(im1 + at)
        s1 = multiplyAdd(b1, d, multiplyAdd(a1, c, s1))
        t1 = multiplySubtract(b1, c, multiplyAdd(a1, d, t1))
        const a2 = v128.load(re2 + at), b2 = v128.load(im2 + at)
        s2 = multiplyAdd(b2, d, multiplyAdd(a2, c, s2))
        t2 = multiplySubtract(b2, c, multiplyAdd(a2, d, t2))
      }
      const to = out + (<usize>r << 3)
      f64.store(to, lanes(s0))
      f64.store(to + LIST, lanes(t0))
      f64.store(to, lanes(s1), 8)
      f64.store(to + LIST, lanes(t1), 8)
      f64.store(to, lanes(s2), 16)
      f64.store(to + LIST, lanes(t2), 16)
    }
  }
  for (; r < rows; r++) {
    innerRow(count, xRe + <usize>r * stride, xIm == 0 ? 0 : xIm + <usize>r * stride, yRe, yIm, out + (<usize>r << 3))
  }
}

/** Rows [r, r + 4) left of column r, real: adds to y what they give themselves and, mirrored, their columns. */
function fourRowsReal(row: usize, stride: usize, r: i32, x: usize, y: usize): void {
  const end = <usize>r << 3
  const x0 = v128.load_splat<f64>(x + end), x1 = v128.load_splat<f64>(x + end, 8)
  const x2 = v128.load_splat<f64>(x + end, 16), x3 = v128.load_splat<f64>(x + end, 24)
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0)
  const row1 = row + stride, row2 = row1 + stride, row3 = row2 + stride
  for (let at: usize = 0; at < end; at += 16) {
    const v = v128.load(x + at)
    let w = v128.load(y + at)
    const a0 = v128.load(row + at)
    s0 = multiplyAdd(a0, v, s0)
    w = multiplyAdd(a0, x0, w)
    const a1 = v128.load(row1 + at)
    s1 = multiplyAdd(a1, v, s1)
    w = multiplyAdd(a1, x1, w)
    const a2 = v128.load(row2 + at)
    s2 = multiplyAdd(a2, v, s2)
    w = multiplyAdd(a2, x2, w)
    const a3 = v128.load(row3 + at)
    s3 = multiplyAdd(a3, v, s3)
    w = multiplyAdd(a3, x3, w)
    v128.store(y + at, w)
  }
  const to = y + end
  f64.store(to, f64.load(to) + lanes(s0))
  f64.store(to, f64.load(to, 8) + lanes(s1), 8)
  f64.store(to, f64.load(to, 16) + lanes(s2), 16)
  f64.store(to, f64.load(to, 24) + lanes(s3), 24)
}

/** The same of rows r + place and r + place + 1 of complex numbers: two at a time, since more sums than registers would spill. */
function twoRowsComplex(re: usize, im: usize, stride: usize, r: i32, place: i32, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const end = <usize>r << 3
  const here = end + (<usize>place << 3)
  const p0 = v128.load_splat<f64>(xRe + here), q0 = v128.load_splat<f64>(xIm + here)
  const p1 = v128.load_splat<f64>(xRe + here, 8), q1 = v128.load_splat<f64>(xIm + here, 8)
  let s0 = f64x2.splat(0), t0 = f64x2.splat(0), s1 = f64x2.splat(0), t1 = f64x2.splat(0)
  const re1 = re + stride, im1 = im + stride
  for (let at: usize = 0; at < end; at += 16) {
    const v = v128.load(xRe + at), w = v128.load(xIm + at)
    let y = v128.load(yRe + at), z = v128.load(yIm + at)
    const a0 = v128.load(re + at), b0 = v128.load(im + at)
    s0 = multiplySubtract(b0, w, multiplyAdd(a0, v, s0))
    t0 = multiplyAdd(b0, v, multiplyAdd(a0, w, t0))
    y = multiplyAdd(b0, q0, multiplyAdd(a0, p0, y))
    z = multiplySubtract(b0, p0, multiplyAdd(a0, q0, z))
    const a1 = v128.load(re1 + at), b1 = v128.load(im1 + at)
    s1 = multiplySubtract(b1, w, multiplyAdd(a1, v, s1))
    t1 = multiplyAdd(b1, v, multiplyAdd(a1, w, t1))
    y = multiplyAdd(b1, q1, multiplyAdd(a1, p1, y))
    z = multiplySubtract(b1, p1, multiplyAdd(a1, q1, z))
    v128.store(yRe + at, y)
    v128.store(yIm + at, z)
  }
  const toRe = yRe + here, toIm = yIm + here
  f64.store(toRe, f64.load(toRe) + lanes(s0))
  f64.store(toIm, f64.load(toIm) + lanes(t0))
  f64.store(toRe, f64.load(toRe, 8) + lanes(s1), 8)
  f64.store(toIm, f64.load(toIm, 8) + lanes(t1), 8)
}

/** Entries on and beside the diagonal of rows [from, to), left of column `from` none: the definition. */
function corner(re: usize, im: usize, stride: usize, from: i32, to: i32, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  for (let r = from; r < to; r++) {
    const put = <usize>r << 3
    const row = <usize>(r - from) * stride
    for (let c = from; c <= r; c++) {
      const get = <usize>c << 3
      const a = f64.load(re + row + get)
      if (im == 0) {
        f64.store(yRe + put, f64.load(yRe + put) + a * f64.load(xRe + get))
        if (c < r) f64.store(yRe + get, f64.load(yRe + get) + a * f64.load(xRe + put))
        continue
      }
      // What rounding left in the imaginary part of the diagonal does not count.
      const b: f64 = c < r ? f64.load(im + row + get) : 0
      const v = f64.load(xRe + get), w = f64.load(xIm + get)
      f64.store(yRe + put, f64.load(yRe + put) + a * v - b * w)
      f64.store(yIm + put, f64.load(yIm + put) + a * w + b * v)
      if (c == r) continue
      const p = f64.load(xRe + put), q = f64.load(xIm + put)
      f64.store(yRe + get, f64.load(yRe + get) + a * p + b * q)
      f64.store(yIm + get, f64.load(yIm + get) + a * q - b * p)
    }
  }
}

/** Left part of rows [from, to), to − from ≤ 4, which lies left of column `from`, for rows that do not fill a group. */
function ragged(re: usize, im: usize, stride: usize, from: i32, to: i32, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  for (let r = from; r < to; r++) {
    const put = <usize>r << 3
    const row = <usize>(r - from) * stride
    for (let c: i32 = 0; c < from; c++) {
      const get = <usize>c << 3
      const a = f64.load(re + row + get)
      if (im == 0) {
        f64.store(yRe + put, f64.load(yRe + put) + a * f64.load(xRe + get))
        f64.store(yRe + get, f64.load(yRe + get) + a * f64.load(xRe + put))
        continue
      }
      const b = f64.load(im + row + get)
      const v = f64.load(xRe + get), w = f64.load(xIm + get), p = f64.load(xRe + put), q = f64.load(xIm + put)
      f64.store(yRe + put, f64.load(yRe + put) + a * v - b * w)
      f64.store(yIm + put, f64.load(yIm + put) + a * w + b * v)
      f64.store(yRe + get, f64.load(yRe + get) + a * p + b * q)
      f64.store(yIm + get, f64.load(yIm + get) + a * q - b * p)
    }
  }
}

/**
 * What rows of one band of a Hermitian matrix, given by its lower triangle, add to A x, into sums of the band's own.
 *
 * Parameters: planes of A (row-major, `stride` numbers a row), stride, planes of x, room for the sums [bands, 2, stride], first rows of the
 * bands and one past the last, multiples of 4 but the last.
 */
export function hermitianTile(job: usize, band: i32): void {
  const aRe = <usize>load<f64>(job), aIm = <usize>load<f64>(job, 8)
  const length = <i32>load<f64>(job, 16)
  const xRe = <usize>load<f64>(job, 24), xIm = <usize>load<f64>(job, 32)
  const yRe = <usize>load<f64>(job, 40) + ((<usize>band * 2 * <usize>length) << 3)
  const yIm = aIm == 0 ? 0 : yRe + (<usize>length << 3)
  const at = job + 48 + (<usize>band << 3)
  const from = <i32>load<f64>(at), to = <i32>load<f64>(at, 8)
  const stride = <usize>length << 3
  memory.fill(yRe, 0, <usize>to << 3)
  if (aIm != 0) memory.fill(yIm, 0, <usize>to << 3)
  for (let r = from; r < to; r += 4) {
    const row = <usize>r * stride
    const end = min(to, r + 4)
    if (end < r + 4) ragged(aRe + row, aIm == 0 ? 0 : aIm + row, stride, r, end, xRe, xIm, yRe, yIm)
    else if (aIm == 0) fourRowsReal(aRe + row, stride, r, xRe, yRe)
    else {
      twoRowsComplex(aRe + row, aIm + row, stride, r, 0, xRe, xIm, yRe, yIm)
      twoRowsComplex(aRe + row + 2 * stride, aIm + row + 2 * stride, stride, r, 2, xRe, xIm, yRe, yIm)
    }
    corner(aRe + row, aIm == 0 ? 0 : aIm + row, stride, r, end, xRe, xIm, yRe, yIm)
  }
}
