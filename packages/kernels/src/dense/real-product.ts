/**
 * out += sign·(a + a2)(b + b2), and second += secondSign·(the same product); a2, b2, second may be null.
 * Row-major, a [m, k], b [k, n], out [m, n].
 */
export type RealProduct = (
  a: Float64Array, a2: Float64Array | null, b: Float64Array, b2: Float64Array | null, m: number, k: number, n: number,
  out: Float64Array, sign: number, second: Float64Array | null, secondSign: number,
) => void

/**
 * Depth of a block of the sum over k. It decides the order of additions and with it the last bits, so it is the same number
 * here and in assembly/dense.ts.
 */
const DEPTH = 256
// These two only decide what stays in cache.
const ROWS = 64
const COLUMNS = 256

/** Packs four-row panels [panel][k][4] of a (+ a2), zeros below the last row. */
const packRows = (
  a: Float64Array, a2: Float64Array | null, start: number, stride: number, m: number, k: number, out: Float64Array,
): void => {
  let at = 0
  for (let i = 0; i < m; i += 4) {
    for (let r = 0; r < 4; r++) {
      let to = at + r
      if (i + r < m) {
        let from = start + (i + r) * stride
        if (a2 === null) for (let c = 0; c < k; c++, to += 4, from++) out[to] = a[from]!
        else for (let c = 0; c < k; c++, to += 4, from++) out[to] = a[from]! + a2[from]!
      } else for (let c = 0; c < k; c++, to += 4) out[to] = 0
    }
    at += 4 * k
  }
}

/** Packs four-column panels [panel][k][4] of b (+ b2), zeros right of the last column. */
const packColumns = (
  b: Float64Array, b2: Float64Array | null, start: number, stride: number, k: number, n: number, out: Float64Array,
): void => {
  for (let r = 0; r < k; r++) {
    const from = start + r * stride
    for (let j = 0; j < n; j += 4) {
      const to = j * k + 4 * r
      for (let c = 0; c < 4; c++) {
        const at = from + j + c
        out[to + c] = j + c < n ? (b2 === null ? b[at]! : b[at]! + b2[at]!) : 0
      }
    }
  }
}

/** The 4 × 4 product of two panels, into `out` [16]. */
const tile = (a: Float64Array, ap: number, b: Float64Array, bp: number, k: number, out: Float64Array): void => {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0
  for (let p = 0; p < k; p++) {
    const b0 = b[bp]!, b1 = b[bp + 1]!, b2 = b[bp + 2]!, b3 = b[bp + 3]!
    const a0 = a[ap]!
    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3
    const a1 = a[ap + 1]!
    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3
    const a2 = a[ap + 2]!
    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3
    const a3 = a[ap + 3]!
    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3
    ap += 4
    bp += 4
  }
  out[0] = c00; out[1] = c01; out[2] = c02; out[3] = c03
  out[4] = c10; out[5] = c11; out[6] = c12; out[7] = c13
  out[8] = c20; out[9] = c21; out[10] = c22; out[11] = c23
  out[12] = c30; out[13] = c31; out[14] = c32; out[15] = c33
}

/** Adds the m × n corner of a tile to a plane. */
const addTile = (from: Float64Array, m: number, n: number, out: Float64Array, at: number, stride: number, sign: number): void => {
  for (let i = 0; i < m; i++) {
    const to = at + i * stride
    for (let j = 0; j < n; j++) out[to + j] = out[to + j]! + sign * from[4 * i + j]!
  }
}

/** A real blocked product in plain JavaScript with its own packing buffers. */
export const javascriptProduct = (): RealProduct => {
  const rows = new Float64Array(ROWS * DEPTH)
  const columns = new Float64Array(COLUMNS * DEPTH)
  const corner = new Float64Array(16)
  return (a, a2, b, b2, m, k, n, out, sign, second, secondSign) => {
    for (let jc = 0; jc < n; jc += COLUMNS) {
      const nc = Math.min(COLUMNS, n - jc)
      for (let pc = 0; pc < k; pc += DEPTH) {
        const kc = Math.min(DEPTH, k - pc)
        packColumns(b, b2, pc * n + jc, n, kc, nc, columns)
        for (let ic = 0; ic < m; ic += ROWS) {
          const mc = Math.min(ROWS, m - ic)
          packRows(a, a2, ic * k + pc, k, mc, kc, rows)
          for (let j = 0; j < nc; j += 4) {
            const nr = Math.min(4, nc - j)
            for (let i = 0; i < mc; i += 4) {
              const mr = Math.min(4, mc - i)
              const at = (ic + i) * n + jc + j
              tile(rows, i * kc, columns, j * kc, kc, corner)
              addTile(corner, mr, nr, out, at, n, sign)
              if (second !== null) addTile(corner, mr, nr, second, at, n, secondSign)
            }
          }
        }
      }
    }
  }
}
