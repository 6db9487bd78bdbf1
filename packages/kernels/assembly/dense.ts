// Real blocked product for the wasm backend (AssemblyScript). `node scripts/build-wasm.mjs` compiles it into
// src/dense/wasm-bytes.ts. Per entry the sum over k runs in blocks of DEPTH, each from zero, multiply then add: the order of
// src/dense/real-product.ts, so both give the same bits. No memory of its own: the caller passes two scratch areas.

const DEPTH: i32 = 256
const ROWS: i32 = 128
const COLUMNS: i32 = 512

/** Packs rows [0, m) × columns [0, k) of a (+ a2) into panels of four rows, [panel][k][4], zeros below the last row. */
function packRows(a: usize, a2: usize, stride: usize, m: i32, k: i32, out: usize): void {
  for (let i: i32 = 0; i < m; i += 4) {
    const left = m - i
    if (left >= 4) {
      let p0 = a + <usize>i * stride
      let p1 = p0 + stride
      let p2 = p1 + stride
      let p3 = p2 + stride
      if (a2 == 0) {
        let c: i32 = 0
        for (; c + 2 <= k; c += 2) {
          const x0 = v128.load(p0), x1 = v128.load(p1), x2 = v128.load(p2), x3 = v128.load(p3)
          v128.store(out, v128.shuffle<f64>(x0, x1, 0, 2))
          v128.store(out, v128.shuffle<f64>(x2, x3, 0, 2), 16)
          v128.store(out, v128.shuffle<f64>(x0, x1, 1, 3), 32)
          v128.store(out, v128.shuffle<f64>(x2, x3, 1, 3), 48)
          p0 += 16; p1 += 16; p2 += 16; p3 += 16
          out += 64
        }
        for (; c < k; c++) {
          f64.store(out, f64.load(p0)); f64.store(out, f64.load(p1), 8)
          f64.store(out, f64.load(p2), 16); f64.store(out, f64.load(p3), 24)
          p0 += 8; p1 += 8; p2 += 8; p3 += 8
          out += 32
        }
      } else {
        const d = a2 - a
        let c: i32 = 0
        for (; c + 2 <= k; c += 2) {
          const x0 = f64x2.add(v128.load(p0), v128.load(p0 + d)), x1 = f64x2.add(v128.load(p1), v128.load(p1 + d))
          const x2 = f64x2.add(v128.load(p2), v128.load(p2 + d)), x3 = f64x2.add(v128.load(p3), v128.load(p3 + d))
          v128.store(out, v128.shuffle<f64>(x0, x1, 0, 2))
          v128.store(out, v128.shuffle<f64>(x2, x3, 0, 2), 16)
          v128.store(out, v128.shuffle<f64>(x0, x1, 1, 3), 32)
          v128.store(out, v128.shuffle<f64>(x2, x3, 1, 3), 48)
          p0 += 16; p1 += 16; p2 += 16; p3 += 16
          out += 64
        }
        for (; c < k; c++) {
          f64.store(out, f64.load(p0) + f64.load(p0 + d)); f64.store(out, f64.load(p1) + f64.load(p1 + d), 8)
          f64.store(out, f64.load(p2) + f64.load(p2 + d), 16); f64.store(out, f64.load(p3) + f64.load(p3 + d), 24)
          p0 += 8; p1 += 8; p2 += 8; p3 += 8
          out += 32
        }
      }
    } else {
      for (let c: i32 = 0; c < k; c++) {
        for (let r: i32 = 0; r < 4; r++) {
          let x: f64 = 0
          if (r < left) {
            const at = a + <usize>(i + r) * stride + (<usize>c << 3)
            x = f64.load(at)
            if (a2 != 0) x += f64.load(at + a2 - a)
          }
          f64.store(out + (<usize>r << 3), x)
        }
        out += 32
      }
    }
  }
}

/** Packs rows [0, k) × columns [0, n) of b (+ b2) into panels of four columns, [panel][k][4], zeros right of the last column. */
function packColumns(b: usize, b2: usize, stride: usize, k: i32, n: i32, out: usize): void {
  const d = b2 - b
  const panel = <usize>k << 5
  for (let r: i32 = 0; r < k; r++) {
    let from = b + <usize>r * stride
    let to = out + (<usize>r << 5)
    let j: i32 = 0
    if (b2 == 0) {
      for (; j + 4 <= n; j += 4) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
        from += 32
        to += panel
      }
    } else {
      for (; j + 4 <= n; j += 4) {
        v128.store(to, f64x2.add(v128.load(from), v128.load(from + d)))
        v128.store(to, f64x2.add(v128.load(from, 16), v128.load(from + d, 16)), 16)
        from += 32
        to += panel
      }
    }
    if (j < n) {
      for (let c: i32 = 0; c < 4; c++) {
        let x: f64 = 0
        if (j + c < n) {
          x = f64.load(from + (<usize>c << 3))
          if (b2 != 0) x += f64.load(from + d + (<usize>c << 3))
        }
        f64.store(to + (<usize>c << 3), x)
      }
    }
  }
}

@inline
function update(at: usize, x: v128, y: v128, sign: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.mul(sign, x)))
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(sign, y)), 16)
}

/** One 4 × 4 tile, k > 0: out += sign·(panel product), and the same for a second plane where `second` is not zero. */
function tile(
  ap: usize, bp: usize, k: i32, out: usize, sign: f64, second: usize, secondSign: f64, stride: usize,
): void {
  let c00 = f64x2.splat(0), c01 = f64x2.splat(0), c10 = f64x2.splat(0), c11 = f64x2.splat(0)
  let c20 = f64x2.splat(0), c21 = f64x2.splat(0), c30 = f64x2.splat(0), c31 = f64x2.splat(0)
  // Not unrolled: with more in flight V8 spills accumulators, measured 17 against 24 GFLOP/s.
  const end = bp + (<usize>k << 5)
  do {
    const b0 = v128.load(bp)
    const b1 = v128.load(bp, 16)
    const a0 = v128.load_splat<f64>(ap)
    c00 = f64x2.add(c00, f64x2.mul(a0, b0))
    c01 = f64x2.add(c01, f64x2.mul(a0, b1))
    const a1 = v128.load_splat<f64>(ap, 8)
    c10 = f64x2.add(c10, f64x2.mul(a1, b0))
    c11 = f64x2.add(c11, f64x2.mul(a1, b1))
    const a2 = v128.load_splat<f64>(ap, 16)
    c20 = f64x2.add(c20, f64x2.mul(a2, b0))
    c21 = f64x2.add(c21, f64x2.mul(a2, b1))
    const a3 = v128.load_splat<f64>(ap, 24)
    c30 = f64x2.add(c30, f64x2.mul(a3, b0))
    c31 = f64x2.add(c31, f64x2.mul(a3, b1))
    ap += 32
    bp += 32
  } while (bp != end)
  const s = f64x2.splat(sign)
  update(out, c00, c01, s)
  update(out + stride, c10, c11, s)
  update(out + 2 * stride, c20, c21, s)
  update(out + 3 * stride, c30, c31, s)
  if (second != 0) {
    const t = f64x2.splat(secondSign)
    update(second, c00, c01, t)
    update(second + stride, c10, c11, t)
    update(second + 2 * stride, c20, c21, t)
    update(second + 3 * stride, c30, c31, t)
  }
}

/** Adds the m × n corner of a 4 × 4 tile at `from` to a plane. */
function addCorner(from: usize, m: i32, n: i32, out: usize, stride: usize, sign: f64): void {
  for (let i: i32 = 0; i < m; i++) {
    for (let j: i32 = 0; j < n; j++) {
      const at = out + <usize>i * stride + (<usize>j << 3)
      f64.store(at, f64.load(at) + sign * f64.load(from + (<usize>((i << 2) + j) << 3)))
    }
  }
}

/**
 * out += sign·(a + a2)(b + b2), second += secondSign·(the same); a2, b2, second may be 0 (absent). Row-major, a [m, k], b [k, n].
 * `scratch`: (ROWS + COLUMNS)·DEPTH + 16 doubles.
 */
export function realProduct(
  a: usize, a2: usize, b: usize, b2: usize, m: i32, k: i32, n: i32,
  out: usize, sign: f64, second: usize, secondSign: f64, scratch: usize,
): void {
  const rowsAt = scratch
  const columnsAt = rowsAt + (<usize>(ROWS * DEPTH) << 3)
  const cornerAt = columnsAt + (<usize>(COLUMNS * DEPTH) << 3)
  const strideA = <usize>k << 3
  const strideB = <usize>n << 3
  for (let jc: i32 = 0; jc < n; jc += COLUMNS) {
    const nc = min(COLUMNS, n - jc)
    for (let pc: i32 = 0; pc < k; pc += DEPTH) {
      const kc = min(DEPTH, k - pc)
      const shiftB = <usize>pc * strideB + (<usize>jc << 3)
      packColumns(b + shiftB, b2 == 0 ? 0 : b2 + shiftB, strideB, kc, nc, columnsAt)
      for (let ic: i32 = 0; ic < m; ic += ROWS) {
        const mc = min(ROWS, m - ic)
        const shiftA = <usize>ic * strideA + (<usize>pc << 3)
        packRows(a + shiftA, a2 == 0 ? 0 : a2 + shiftA, strideA, mc, kc, rowsAt)
        for (let j: i32 = 0; j < nc; j += 4) {
          const bp = columnsAt + (<usize>(j * kc) << 3)
          const nr = min(4, nc - j)
          for (let i: i32 = 0; i < mc; i += 4) {
            const ap = rowsAt + (<usize>(i * kc) << 3)
            const mr = min(4, mc - i)
            const shift = <usize>(ic + i) * strideB + (<usize>(jc + j) << 3)
            if (mr == 4 && nr == 4) {
              tile(ap, bp, kc, out + shift, sign, second == 0 ? 0 : second + shift, secondSign, strideB)
            } else {
              memory.fill(cornerAt, 0, 128)
              tile(ap, bp, kc, cornerAt, 1, 0, 1, 32)
              addCorner(cornerAt, mr, nr, out + shift, strideB, sign)
              if (second != 0) addCorner(cornerAt, mr, nr, second + shift, strideB, secondSign)
            }
          }
        }
      }
    }
  }
}
