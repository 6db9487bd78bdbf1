// Chebyshev blocks of random vectors to single precision: products with a matrix, the rest of a step, and overlaps of blocks. Real and imaginary parts of
// a number stand side by side, matrices and blocks are row-major; columns of a block go by fours.
// Only modules that multiply and add in one rounding are asked for this, so that there is no other order of additions to keep to.
import { scratchSpace } from './dense'

/** Rows of a tile in registers. */
const HEIGHT: i32 = 3

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(c, f32x4.mul(a, b))
}

// @ts-ignore: decorator
@inline
function multiplySubtract(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

/** The first `count` of two complex numbers, none where that is not positive. */
// @ts-ignore: decorator
@inline
function storeSome(at: usize, x: v128, count: i32): void {
  if (count > 1) v128.store(at, x)
  else if (count == 1) v128.store64_lane(at, x, 0)
}

/** out += f·p + s·q, q with real and imaginary parts exchanged, of the first `count` of two numbers. */
// @ts-ignore: decorator
@inline
function addSome(at: usize, f: v128, p: v128, s: v128, q: v128, count: i32): void {
  storeSome(at, multiplyAdd(s, v128.shuffle<i32>(q, q, 1, 0, 3, 2), multiplyAdd(f, p, v128.load(at))), count)
}

/**
 * Three rows and `count` of four columns of out += f·a·x: sums of `depth` numbers of a, of each row from a place of its own on, `step` bytes apart. `s`: f with
 * the signs of what an imaginary part of a adds to a real and to an imaginary one. Rows of x and out are `stride` bytes long; `left` of those of out exist.
 */
function tile(a0: usize, a1: usize, a2: usize, step: usize, depth: i32, x: usize, stride: usize, f: v128, s: v128, out: usize, left: i32, count: i32): void {
  let p00 = f32x4.splat(0), p01 = p00, p10 = p00, p11 = p00, p20 = p00, p21 = p00
  let q00 = p00, q01 = p00, q10 = p00, q11 = p00, q20 = p00, q21 = p00
  for (const end = x + <usize>depth * stride; x < end; x += stride) {
    const u = v128.load(x), v = v128.load(x, 16)
    let a = v128.load32_splat(a0)
    p00 = multiplyAdd(a, u, p00)
    p01 = multiplyAdd(a, v, p01)
    a = v128.load32_splat(a0, 4)
    q00 = multiplyAdd(a, u, q00)
    q01 = multiplyAdd(a, v, q01)
    a = v128.load32_splat(a1)
    p10 = multiplyAdd(a, u, p10)
    p11 = multiplyAdd(a, v, p11)
    a = v128.load32_splat(a1, 4)
    q10 = multiplyAdd(a, u, q10)
    q11 = multiplyAdd(a, v, q11)
    a = v128.load32_splat(a2)
    p20 = multiplyAdd(a, u, p20)
    p21 = multiplyAdd(a, v, p21)
    a = v128.load32_splat(a2, 4)
    q20 = multiplyAdd(a, u, q20)
    q21 = multiplyAdd(a, v, q21)
    a0 += step
    a1 += step
    a2 += step
  }
  addSome(out, f, p00, s, q00, count)
  addSome(out + 16, f, p01, s, q01, count - 2)
  if (left > 1) {
    addSome(out + stride, f, p10, s, q10, count)
    addSome(out + stride + 16, f, p11, s, q11, count - 2)
  }
  if (left > 2) {
    addSome(out + 2 * stride, f, p20, s, q20, count)
    addSome(out + 2 * stride + 16, f, p21, s, q21, count - 2)
  }
}

/**
 * Rows of one band of out += f·a·x, a [m, k]; of out += f·a†·x where `adjoint`.
 *
 * Parameters: a; m; k; adjoint; x; its columns; out; f; rows of out of a band; the first one of tile 0; the end of all bands.
 */
export function singleProductTile(job: usize, index: i32): void {
  const a = <usize>load<f64>(job)
  const m = <i32>load<f64>(job, 8), k = <i32>load<f64>(job, 16)
  const adjoint = load<f64>(job, 24) != 0
  const x = <usize>load<f64>(job, 32), width = <i32>load<f64>(job, 40), out = <usize>load<f64>(job, 48)
  const factor = <f32>load<f64>(job, 56)
  const band = <i32>load<f64>(job, 64)
  const f = f32x4.splat(factor)
  const s = f32x4.mul(f, adjoint ? f32x4(1, -1, 1, -1) : f32x4(-1, 1, -1, 1))
  const stride = <usize>width << 3, line = <usize>k << 3
  // From one row of out to the next, and from one place of the sum to the next.
  const across: usize = adjoint ? 8 : line, step: usize = adjoint ? line : 8
  const depth = adjoint ? m : k
  const first = <i32>load<f64>(job, 72) + index * band
  for (let row = first, end = min(<i32>load<f64>(job, 80), first + band); row < end; row += HEIGHT) {
    const left = end - row
    const from = a + <usize>row * across
    // A row that is not there is read from one that is; its sums are left.
    const second = from + (left > 1 ? across : 0), third = second + (left > 2 ? across : 0)
    for (let column: i32 = 0; column < width; column += 4) {
      const shift = <usize>column << 3
      tile(from, second, third, step, depth, x + shift, stride, f, s, out + <usize>row * stride + shift, left, width - column)
    }
  }
}

/** out = f·d·x − before, one d a row. Parameters: x; before, 0 for none; out; d [rows]; f; rows; columns. */
export function singleShiftTile(job: usize, index: i32): void {
  let x = <usize>load<f64>(job), before = <usize>load<f64>(job, 8), out = <usize>load<f64>(job, 16)
  let diagonal = <usize>load<f64>(job, 24)
  const f = load<f64>(job, 32)
  const rows = <i32>load<f64>(job, 40), width = <i32>load<f64>(job, 48)
  for (const end = diagonal + (<usize>rows << 3); diagonal < end; diagonal += 8) {
    const d = f32x4.splat(<f32>(f * load<f64>(diagonal)))
    for (let left = width; left > 0; left -= 2) {
      let sum = f32x4.mul(d, v128.load(x))
      if (before != 0) sum = f32x4.sub(sum, v128.load(before))
      storeSome(out, sum, left)
      const next: usize = left > 1 ? 16 : 8
      x += next
      out += next
      if (before != 0) before += next
    }
  }
}

/** Rows that are summed up to single precision at a time. */
const ROWS: i32 = 32

/** Adds four sums to those of double precision. */
// @ts-ignore: decorator
@inline
function addSums(at: usize, x: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(x)))
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3))), 16)
}

/** ⟨l|m⟩ of two blocks on the left and three on the right over some rows, packed as [row][block][plane][4]: sums [l][m][plane][4], `line` bytes a line. */
function overlapTile(l: usize, m: usize, row: usize, rows: i32, sums: usize, line: usize): void {
  let r00 = f32x4.splat(0), r01 = r00, r02 = r00, r10 = r00, r11 = r00, r12 = r00
  let i00 = r00, i01 = r00, i02 = r00, i10 = r00, i11 = r00, i12 = r00
  for (; rows > 0; rows--, l += row, m += row) {
    const a = v128.load(l), b = v128.load(l, 16), c = v128.load(l, 32), d = v128.load(l, 48)
    let x = v128.load(m), y = v128.load(m, 16)
    r00 = multiplyAdd(b, y, multiplyAdd(a, x, r00))
    i00 = multiplySubtract(b, x, multiplyAdd(a, y, i00))
    r10 = multiplyAdd(d, y, multiplyAdd(c, x, r10))
    i10 = multiplySubtract(d, x, multiplyAdd(c, y, i10))
    x = v128.load(m, 32)
    y = v128.load(m, 48)
    r01 = multiplyAdd(b, y, multiplyAdd(a, x, r01))
    i01 = multiplySubtract(b, x, multiplyAdd(a, y, i01))
    r11 = multiplyAdd(d, y, multiplyAdd(c, x, r11))
    i11 = multiplySubtract(d, x, multiplyAdd(c, y, i11))
    x = v128.load(m, 64)
    y = v128.load(m, 80)
    r02 = multiplyAdd(b, y, multiplyAdd(a, x, r02))
    i02 = multiplySubtract(b, x, multiplyAdd(a, y, i02))
    r12 = multiplyAdd(d, y, multiplyAdd(c, x, r12))
    i12 = multiplySubtract(d, x, multiplyAdd(c, y, i12))
  }
  addSums(sums, r00)
  addSums(sums + 32, i00)
  addSums(sums + 64, r01)
  addSums(sums + 96, i01)
  addSums(sums + 128, r02)
  addSums(sums + 160, i02)
  sums += line
  addSums(sums, r10)
  addSums(sums + 32, i10)
  addSums(sums + 64, r11)
  addSums(sums + 96, i11)
  addSums(sums + 128, r12)
  addSums(sums + 160, i12)
}

/** Blocks on a side of what is summed up: a multiple of the two and of the three of a tile. */
// @ts-ignore: decorator
@inline
function padded(terms: i32): i32 {
  return (terms + 5) / 6 * 6
}

/** Packs four columns of rows of all blocks, planes apart, zeros for blocks and columns that are not there; times one weight a row where there are weights. */
function packBlocks(from: usize, apart: usize, stride: usize, rows: i32, terms: i32, count: i32, weights: usize, to: usize): void {
  const line = <usize>padded(terms) << 5
  const kept = i32x4(-1, count > 1 ? -1 : 0, count > 2 ? -1 : 0, count > 3 ? -1 : 0)
  for (let row: i32 = 0; row < rows; row++) {
    const w = f32x4.splat(weights == 0 ? 1 : <f32>load<f64>(weights + (<usize>row << 3)))
    let at = to + <usize>row * line
    let place = from + <usize>row * stride
    for (let m: i32 = 0; m < terms; m++, at += 32, place += apart) {
      const u = v128.load(place), v = v128.load(place, 16)
      const x = v128.and(kept, v128.shuffle<i32>(u, v, 0, 2, 4, 6)), y = v128.and(kept, v128.shuffle<i32>(u, v, 1, 3, 5, 7))
      v128.store(at, weights == 0 ? x : f32x4.mul(w, x))
      v128.store(at, weights == 0 ? y : f32x4.mul(w, y), 16)
    }
    memory.fill(at, 0, <usize>(padded(terms) - terms) << 5)
  }
}

/**
 * Overlaps ⟨T_l|T_m⟩, m ≤ l, and ⟨T_l|w|T_m⟩, one w a row, of four columns a tile: sums [fours of columns][l][m][plane][4], lines and their ends padded. Where
 * both are asked for, tile 2j has the overlaps of the j-th four, tile 2j + 1 the weighted ones.
 *
 * Parameters: block 0; numbers from one block to the next; number of blocks; rows; columns; weights [rows]; sums, 0 where nobody asks for them; those of
 * the weighted ones. Factors are packed in the thread's scratch.
 */
export function singleOverlapTile(job: usize, index: i32): void {
  const plainSums = <usize>load<f64>(job, 48), weightedSums = <usize>load<f64>(job, 56)
  const both = plainSums != 0 && weightedSums != 0
  const j = both ? index >> 1 : index
  const weighted = both ? (index & 1) != 0 : plainSums == 0
  const start = <usize>load<f64>(job) + (<usize>j << 5)
  const apart = <usize>load<f64>(job, 8) << 3
  const terms = <i32>load<f64>(job, 16), rows = <i32>load<f64>(job, 24), width = <i32>load<f64>(job, 32)
  const weights = <usize>load<f64>(job, 40)
  const stride = <usize>width << 3
  const count = width - 4 * j
  const side = padded(terms)
  const row = <usize>side << 5, line = <usize>side << 6
  const sums = (weighted ? weightedSums : plainSums) + <usize>j * <usize>side * line
  const left = scratchSpace(), right = weighted ? left + <usize>ROWS * row : left
  memory.fill(sums, 0, <usize>side * line)
  for (let from: i32 = 0; from < rows; from += ROWS) {
    const chunk = min(ROWS, rows - from)
    const at = start + <usize>from * stride
    packBlocks(at, apart, stride, chunk, terms, count, 0, left)
    if (weighted) packBlocks(at, apart, stride, chunk, terms, count, weights + (<usize>from << 3), right)
    for (let l: i32 = 0; l < side; l += 2) {
      for (let m: i32 = 0; m <= l + 1; m += 3) {
        overlapTile(left + (<usize>l << 5), right + (<usize>m << 5), row, chunk, sums + <usize>l * line + (<usize>m << 6), line)
      }
    }
  }
}
