// Complex products by blocks (AssemblyScript). `node scripts/build-wasm.mjs` compiles this folder into src/dense/wasm-bytes.ts.
// Per entry the sum over k runs in blocks of DEPTH, each from zero, multiply then add: the order of src/dense/complex-product.ts,
// so both give the same bits, however the entries are shared out. The relaxed variant multiplies and adds in one rounding
// instead, with taller tiles: its bits are its own.
import { multiplyAdd } from './fused'

const DEPTH: i32 = 256
// These only decide what stays in cache.
const ROWS: i32 = 96
const STRIP: i32 = 256
/** Rows of a tile in registers; 12 accumulators need what the separate product would occupy. */
const HEIGHT: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4

/** Doubles of packing space a thread needs: three kinds of rows, of columns and of tiles. */
// @ts-ignore: decorator
@inline
const SCRATCH: i32 = 3 * (ROWS + STRIP) * DEPTH + 3 * 4 * ROWS

/** Packing space of this instance: one instance is one thread. */
let scratch: usize = 0

export function scratchSize(): i32 {
  return SCRATCH << 3
}

export function useScratch(at: usize): void {
  scratch = at
}

export function scratchSpace(): usize {
  return scratch
}

// @ts-ignore: decorator
@inline
function pair(first: usize, second: usize): v128 {
  return v128.load_lane<f64>(second, v128.load_zero<f64>(first), 1)
}

/** Bytes from one place of a panel of rows to the next. */
const STEP: usize = <usize>HEIGHT << 3

/** Two numbers of each of two rows, turned: the first ones at `to`, the second ones a place behind. */
// @ts-ignore: decorator
@inline
function turn(x: v128, y: v128, to: usize): void {
  v128.store(to, v128.shuffle<f64>(x, y, 0, 2))
  v128.store(to + STEP, v128.shuffle<f64>(x, y, 1, 3))
}

/** The same for both planes, `d` bytes apart, and their sum, where there is room for them. */
// @ts-ignore: decorator
@inline
function turnPlanes(row: usize, next: usize, d: usize, s: v128, first: usize, second: usize, third: usize): void {
  const x0 = v128.load(row), x1 = v128.load(row + next)
  turn(x0, x1, first)
  if (second != 0) {
    const y0 = f64x2.mul(s, v128.load(row + d)), y1 = f64x2.mul(s, v128.load(row + next + d))
    turn(y0, y1, second)
    if (third != 0) turn(f64x2.add(x0, y0), f64x2.add(x1, y1), third)
  }
}

/** The last of an odd number of places. */
// @ts-ignore: decorator
@inline
function lastPlace(row: usize, next: usize, d: usize, s: v128, first: usize, second: usize, third: usize): void {
  const x = pair(row, row + next)
  v128.store(first, x)
  if (second != 0) {
    const y = f64x2.mul(s, pair(row + d, row + next + d))
    v128.store(second, y)
    if (third != 0) v128.store(third, f64x2.add(x, y))
  }
}

/** Packs rows [0, m) × columns [0, k) of a into panels [panel][k][HEIGHT]. Below the last row stands another one: its products are left. */
function packRows(re: usize, im: usize, stride: usize, m: i32, k: i32, sign: f64, first: usize, second: usize, third: usize): void {
  const d = im - re
  const s = f64x2.splat(sign)
  const end = <usize>k << 3
  for (let i: i32 = 0; i < m; i += HEIGHT) {
    const left = m - i
    const n0 = left > 1 ? stride : 0, n2 = left > 3 ? stride : 0, n4 = left > 5 ? stride : 0
    let row0 = re + <usize>i * stride
    let row2 = left > 2 ? row0 + 2 * stride : row0
    let row4 = left > 4 ? row0 + 4 * stride : row0
    for (const last = row0 + (end & ~8); row0 < last; row0 += 16, row2 += 16, row4 += 16) {
      turnPlanes(row0, n0, d, s, first, second, third)
      turnPlanes(row2, n2, d, s, first + 16, second == 0 ? 0 : second + 16, third == 0 ? 0 : third + 16)
      if (HEIGHT == 6) turnPlanes(row4, n4, d, s, first + 32, second == 0 ? 0 : second + 32, third == 0 ? 0 : third + 32)
      first += 2 * STEP
      if (second != 0) second += 2 * STEP
      if (third != 0) third += 2 * STEP
    }
    if (k & 1) {
      lastPlace(row0, n0, d, s, first, second, third)
      lastPlace(row2, n2, d, s, first + 16, second == 0 ? 0 : second + 16, third == 0 ? 0 : third + 16)
      if (HEIGHT == 6) lastPlace(row4, n4, d, s, first + 32, second == 0 ? 0 : second + 32, third == 0 ? 0 : third + 32)
      first += STEP
      if (second != 0) second += STEP
      if (third != 0) third += STEP
    }
  }
}

/** Rows that are packed at a time: what is read and what is written then runs on in a few places only, whole lines of cache of each. */
const LINES: i32 = 8

/** Packs columns [0, n) of k rows into panels [panel][k][width], zeros right of the last column. */
function packColumns(
  re: usize, im: usize, stride: usize, k: i32, n: i32, width: i32, sign: f64, first: usize, second: usize, third: usize,
): void {
  const panel = <usize>(width * k) << 3
  for (let r: i32 = 0; r < k; r += LINES) {
    const rows = min(LINES, k - r)
    const row = <usize>r * stride
    const start = <usize>(r * width) << 3
    for (let j: i32 = 0, to = start; j < n; j += width, to += panel) {
      const at = row + (<usize>j << 3)
      packLines(re + at, im - re, stride, rows, n - j, width, sign, first + to, second == 0 ? 0 : second + to, third == 0 ? 0 : third + to)
    }
  }
}

/** Two numbers of a row: both planes, `d` bytes apart, and their sum, where there is room for them. */
// @ts-ignore: decorator
@inline
function copyTwo(x: v128, y: v128, at: usize, first: usize, second: usize, third: usize): void {
  v128.store(first + at, x)
  if (second != 0) {
    v128.store(second + at, y)
    if (third != 0) v128.store(third + at, f64x2.add(x, y))
  }
}

/** A few rows of one panel, of which `left` columns exist. */
function packLines(
  re: usize, d: usize, stride: usize, rows: i32, left: i32, width: i32, sign: f64, first: usize, second: usize, third: usize,
): void {
  const s = f64x2.splat(sign)
  const imaginary = second != 0
  for (let r: i32 = 0, at: usize = 0; r < rows; r++, re += stride) {
    if (left >= width) {
      copyTwo(v128.load(re), imaginary ? f64x2.mul(s, v128.load(re + d)) : s, at, first, second, third)
      copyTwo(v128.load(re, 16), imaginary ? f64x2.mul(s, v128.load(re + d, 16)) : s, at + 16, first, second, third)
      if (width == 6) copyTwo(v128.load(re, 32), imaginary ? f64x2.mul(s, v128.load(re + d, 32)) : s, at + 32, first, second, third)
      at += <usize>width << 3
      continue
    }
    for (let c: i32 = 0; c < width; c += 2, at += 16) {
      const from = re + (<usize>c << 3)
      let x = f64x2.splat(0), y = f64x2.splat(0)
      if (c + 1 < left) {
        x = v128.load(from)
        if (imaginary) y = f64x2.mul(s, v128.load(from + d))
      } else if (c < left) {
        x = v128.load_zero<f64>(from)
        if (imaginary) y = v128.and(f64x2.mul(s, v128.load_zero<f64>(from + d)), i64x2(-1, 0))
      }
      copyTwo(x, y, at, first, second, third)
    }
  }
}

/** The HEIGHT × 4 product of two panels, k > 0, into `out` [HEIGHT, 4]. */
function tile(ap: usize, bp: usize, k: i32, out: usize): void {
  let c00 = f64x2.splat(0), c01 = f64x2.splat(0), c10 = f64x2.splat(0), c11 = f64x2.splat(0)
  let c20 = f64x2.splat(0), c21 = f64x2.splat(0), c30 = f64x2.splat(0), c31 = f64x2.splat(0)
  let c40 = f64x2.splat(0), c41 = f64x2.splat(0), c50 = f64x2.splat(0), c51 = f64x2.splat(0)
  // Not unrolled: with more in flight engines spill accumulators.
  const end = bp + (<usize>k << 5)
  do {
    const b0 = v128.load(bp)
    const b1 = v128.load(bp, 16)
    const a0 = v128.load_splat<f64>(ap)
    c00 = multiplyAdd(a0, b0, c00)
    c01 = multiplyAdd(a0, b1, c01)
    const a1 = v128.load_splat<f64>(ap, 8)
    c10 = multiplyAdd(a1, b0, c10)
    c11 = multiplyAdd(a1, b1, c11)
    const a2 = v128.load_splat<f64>(ap, 16)
    c20 = multiplyAdd(a2, b0, c20)
    c21 = multiplyAdd(a2, b1, c21)
    const a3 = v128.load_splat<f64>(ap, 24)
    c30 = multiplyAdd(a3, b0, c30)
    c31 = multiplyAdd(a3, b1, c31)
    if (HEIGHT == 6) {
      const a4 = v128.load_splat<f64>(ap, 32)
      c40 = multiplyAdd(a4, b0, c40)
      c41 = multiplyAdd(a4, b1, c41)
      const a5 = v128.load_splat<f64>(ap, 40)
      c50 = multiplyAdd(a5, b0, c50)
      c51 = multiplyAdd(a5, b1, c51)
    }
    ap += HEIGHT << 3
    bp += 32
  } while (bp != end)
  v128.store(out, c00)
  v128.store(out, c01, 16)
  v128.store(out, c10, 32)
  v128.store(out, c11, 48)
  v128.store(out, c20, 64)
  v128.store(out, c21, 80)
  v128.store(out, c30, 96)
  v128.store(out, c31, 112)
  if (HEIGHT == 6) {
    v128.store(out, c40, 128)
    v128.store(out, c41, 144)
    v128.store(out, c50, 160)
    v128.store(out, c51, 176)
  }
}

// @ts-ignore: decorator
@inline
function storeFour(a: v128, b: v128, to: usize): void {
  f64.store(to, f64x2.extract_lane(a, 0))
  f64.store(to, f64x2.extract_lane(a, 1), 32)
  f64.store(to, f64x2.extract_lane(b, 0), 64)
  f64.store(to, f64x2.extract_lane(b, 1), 96)
}

/**
 * Four rows of a complex factor, of which `left` exist, times the first column of a panel, into the first columns of three tiles: planes as they lie,
 * `d` bytes apart, since packing them would cost more than one column does. `row` and `place` are the bytes from one row, and from one place of the sum,
 * to the next.
 */
function column(
  re: usize, d: usize, row: usize, place: usize, left: i32, sign: f64, k: i32, b1: usize, b2: usize, b3: usize, first: usize, second: usize, third: usize,
): void {
  // A row that is missing is read from one that is not; its sums are left.
  const r1 = left > 1 ? row : 0, r2 = left > 2 ? 2 * row : 0, r3 = left > 3 ? 3 * row : r2
  const s = f64x2.splat(sign)
  let p0 = f64x2.splat(0), p1 = f64x2.splat(0), q0 = f64x2.splat(0), q1 = f64x2.splat(0), t0 = f64x2.splat(0), t1 = f64x2.splat(0)
  for (const end = b1 + (<usize>k << 5); b1 < end; b1 += 32, b2 += 32, b3 += 32, re += place) {
    const im = re + d
    const x0 = pair(re, re + r1), x1 = pair(re + r2, re + r3)
    const y0 = f64x2.mul(s, pair(im, im + r1)), y1 = f64x2.mul(s, pair(im + r2, im + r3))
    const u = v128.load_splat<f64>(b1), v = v128.load_splat<f64>(b2), w = v128.load_splat<f64>(b3)
    p0 = multiplyAdd(x0, u, p0)
    p1 = multiplyAdd(x1, u, p1)
    q0 = multiplyAdd(y0, v, q0)
    q1 = multiplyAdd(y1, v, q1)
    t0 = multiplyAdd(f64x2.add(x0, y0), w, t0)
    t1 = multiplyAdd(f64x2.add(x1, y1), w, t1)
  }
  storeFour(p0, p1, first)
  storeFour(q0, q1, second)
  storeFour(t0, t1, third)
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, x: v128): void {
  v128.store(at, f64x2.add(v128.load(at), x))
}

/**
 * Adds products of one panel of columns, m × n of them: re += P₁ − P₂ and im += P₃ − P₁ − P₂ where there are three,
 * re += P₁ and im += P₂ where there are two, re += P₁ where there is one.
 */
function combine(first: usize, second: usize, third: usize, m: i32, n: i32, re: usize, im: usize, stride: usize): void {
  for (let i: i32 = 0; i < m; i++) {
    if (n == 4) {
      const p0 = v128.load(first), p1 = v128.load(first, 16)
      if (third != 0) {
        const q0 = v128.load(second), q1 = v128.load(second, 16)
        addTo(re, f64x2.sub(p0, q0))
        addTo(re + 16, f64x2.sub(p1, q1))
        addTo(im, f64x2.sub(f64x2.sub(v128.load(third), p0), q0))
        addTo(im + 16, f64x2.sub(f64x2.sub(v128.load(third, 16), p1), q1))
      } else {
        addTo(re, p0)
        addTo(re + 16, p1)
        if (second != 0) {
          addTo(im, v128.load(second))
          addTo(im + 16, v128.load(second, 16))
        }
      }
    } else {
      for (let at: usize = 0; at < <usize>n << 3; at += 8) {
        const p = f64.load(first + at)
        if (third != 0) {
          const q = f64.load(second + at)
          f64.store(re + at, f64.load(re + at) + (p - q))
          f64.store(im + at, f64.load(im + at) + (f64.load(third + at) - p - q))
        } else {
          f64.store(re + at, f64.load(re + at) + p)
          if (second != 0) f64.store(im + at, f64.load(im + at) + f64.load(second + at))
        }
      }
    }
    first += 32
    if (second != 0) second += 32
    if (third != 0) third += 32
    re += stride
    if (im != 0) im += stride
  }
}

/**
 * One part of out (+)= a·b, a [m, k], b [k, n], out [m, n], row-major; `adjoint`: out (+)= a†·b with a [k, m].
 *
 * Parameters: planes of a, b, out (0 where absent), m, k, n, whether to accumulate, whether adjoint, whether only the lower triangle
 * is wanted, rows of a band, columns of a strip (at most STRIP), numbers from one row of a, of b, of out to the next. Tiles count
 * strips within bands.
 */
export function productTile(job: usize, index: i32): void {
  const aRe = <usize>load<f64>(job), aIm = <usize>load<f64>(job, 8)
  const bRe = <usize>load<f64>(job, 16), bIm = <usize>load<f64>(job, 24)
  const outRe = <usize>load<f64>(job, 32), outIm = <usize>load<f64>(job, 40)
  const m = <i32>load<f64>(job, 48), k = <i32>load<f64>(job, 56), n = <i32>load<f64>(job, 64)
  const accumulate = load<f64>(job, 72) != 0, adjoint = load<f64>(job, 80) != 0, lower = load<f64>(job, 88) != 0
  const band = <i32>load<f64>(job, 96), strip = <i32>load<f64>(job, 104)
  const strips = (n + strip - 1) / strip
  const rowFrom = (index / strips) * band
  const columnFrom = (index % strips) * strip
  const rowTo = min(m, rowFrom + band)
  const width = min(n, columnFrom + strip) - columnFrom
  if (lower && columnFrom >= rowTo) return

  const strideA = <usize>load<f64>(job, 112) << 3, strideB = <usize>load<f64>(job, 120) << 3, strideOut = <usize>load<f64>(job, 128) << 3
  if (!accumulate) {
    for (let r = rowFrom; r < rowTo; r++) {
      const at = <usize>r * strideOut + (<usize>columnFrom << 3)
      memory.fill(outRe + at, 0, <usize>width << 3)
      if (outIm != 0) memory.fill(outIm + at, 0, <usize>width << 3)
    }
  }
  // Kinds: re·re, then im·im and (re + im)·(re + im) of two complex factors, or the one product with an imaginary factor.
  const both = aIm != 0 && bIm != 0
  const kinds = both ? 3 : aIm != 0 || bIm != 0 ? 2 : 1
  const rowKinds = <usize>(ROWS * DEPTH) << 3
  const columnKinds = <usize>(STRIP * DEPTH) << 3
  const tileKinds = <usize>(4 * ROWS) << 3
  const rows1 = scratch, rows2 = aIm != 0 ? rows1 + rowKinds : 0, rows3 = both ? rows1 + 2 * rowKinds : 0
  const columns1 = scratch + 3 * rowKinds, columns2 = bIm != 0 ? columns1 + columnKinds : 0, columns3 = both ? columns1 + 2 * columnKinds : 0
  const tiles1 = scratch + 3 * (rowKinds + columnKinds)
  const sign: f64 = adjoint ? -1 : 1

  for (let pc: i32 = 0; pc < k; pc += DEPTH) {
    const kc = min(DEPTH, k - pc)
    const shiftB = <usize>pc * strideB + (<usize>columnFrom << 3)
    packColumns(bRe + shiftB, bIm + shiftB, strideB, kc, width, 4, 1, columns1, columns2, columns3)
    for (let ic = rowFrom; ic < rowTo; ic += ROWS) {
      const mc = min(ROWS, rowTo - ic)
      if (n == 1 && both) {
        const row: usize = adjoint ? 8 : strideA, place = adjoint ? strideA : 8
        const from = aRe + <usize>ic * row + <usize>pc * place
        for (let i: i32 = 0; i < mc; i += 4) {
          const to = tiles1 + (<usize>i << 5)
          column(from + <usize>i * row, aIm - aRe, row, place, mc - i, sign, kc, columns1, columns2, columns3, to, to + tileKinds, to + 2 * tileKinds)
        }
        const shift = <usize>ic * strideOut
        combine(tiles1, tiles1 + tileKinds, tiles1 + 2 * tileKinds, mc, 1, outRe + shift, outIm + shift, strideOut)
        continue
      }
      if (adjoint) {
        const shiftA = <usize>pc * strideA + (<usize>ic << 3)
        packColumns(aRe + shiftA, aIm + shiftA, strideA, kc, mc, HEIGHT, sign, rows1, rows2, rows3)
      } else {
        const shiftA = <usize>ic * strideA + (<usize>pc << 3)
        packRows(aRe + shiftA, aIm + shiftA, strideA, mc, kc, sign, rows1, rows2, rows3)
      }
      for (let j: i32 = 0; j < width; j += 4) {
        if (lower && columnFrom + j >= ic + mc) break
        // Tiles that lie above the diagonal as a whole are left out.
        const above = lower ? max(0, (columnFrom + j - ic) / HEIGHT * HEIGHT) : 0
        const skipped = <usize>above << 5
        const panel = <usize>(j * kc) << 3
        for (let kind: i32 = 0; kind < kinds; kind++) {
          const left = kind == 0 ? rows1 : kind == 2 ? rows3 : rows2 != 0 ? rows2 : rows1
          const right = (kind == 0 ? columns1 : kind == 2 ? columns3 : columns2 != 0 ? columns2 : columns1) + panel
          let to = tiles1 + <usize>kind * tileKinds + skipped
          for (let i = above; i < mc; i += HEIGHT) {
            tile(left + (<usize>(i * kc) << 3), right, kc, to)
            to += HEIGHT << 5
          }
        }
        const first = tiles1 + skipped
        const shift = <usize>(ic + above) * strideOut + (<usize>(columnFrom + j) << 3)
        combine(
          first, kinds > 1 ? first + tileKinds : 0, kinds > 2 ? first + 2 * tileKinds : 0, mc - above, min(4, width - j),
          outRe + shift, kinds > 1 ? outIm + shift : 0, strideOut,
        )
      }
    }
  }
}

/** Rows [from, to) of the upper triangle from the lower one: out_rc = conj out_cr, and no imaginary part on the diagonal. */
export function mirrorTile(job: usize, index: i32): void {
  const re = <usize>load<f64>(job), im = <usize>load<f64>(job, 8)
  const n = <i32>load<f64>(job, 16), band = <i32>load<f64>(job, 24)
  const to = min(n, (index + 1) * band)
  // Squares, so that the columns read stay in cache.
  for (let jc = index * band; jc < n; jc += band) {
    for (let r = index * band; r < to; r++) {
      for (let c = max(r, jc), end = min(n, jc + band); c < end; c++) {
        const put = <usize>(r * n + c) << 3
        const from = <usize>(c * n + r) << 3
        f64.store(re + put, f64.load(re + from))
        if (im != 0) f64.store(im + put, c == r ? 0 : -f64.load(im + from))
      }
    }
  }
}
