import type { DenseBackend, Planes, ProductForm } from '@mesobath/contracts'

/** What nothing is known of. */
export const PLAIN: ProductForm = { adjoint: false, hermitian: false }

const demand = (name: string, planes: Planes, size: number): void => {
  if (planes.re.length < size || (planes.im !== null && planes.im.length < size)) {
    throw new RangeError(`\`${name}\` must hold ${size} entries, but holds ${planes.re.length}`)
  }
}

/** Throws where the planes cannot be what a product of that form takes. */
export const checkProduct = (form: ProductForm, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes): void => {
  demand('a', a, m * k)
  demand('b', b, k * n)
  demand('out', out, m * n)
  if (out.im === null && (a.im !== null || b.im !== null)) throw new TypeError('`out` must be complex, but is real where a factor is complex')
  if (form.hermitian && m !== n) throw new RangeError(`a Hermitian product must be square, but is ${m} × ${n}`)
}

/**
 * Depth of a block of the sum over k. It decides the order of additions and with it the last bits, so it is the same number
 * here and in assembly/dense.ts.
 */
const DEPTH = 256
// These two only decide what stays in cache.
const ROWS = 64
const COLUMNS = 256

/** Panels of one factor: of its real plane, its imaginary plane, their sum; empty where that is not needed. */
interface Panels {
  readonly re: Float64Array
  readonly im: Float64Array
  readonly sum: Float64Array
}

/**
 * Packs `lines` rows or columns of a factor, `k` numbers each, into panels of four, [panel][k][4], zeros beyond the last one. Number c
 * of line i is at start + i·lineStride + c·stride. `sign` multiplies the imaginary plane.
 */
const pack = (
  planes: Planes, start: number, lineStride: number, stride: number, lines: number, k: number, sign: number, sums: boolean, out: Panels,
): void => {
  const { re, im } = planes
  let at = 0
  for (let i = 0; i < lines; i += 4) {
    for (let r = 0; r < 4; r++) {
      let to = at + r
      let from = start + (i + r) * lineStride
      if (i + r >= lines) {
        for (let c = 0; c < k; c++, to += 4) out.re[to] = out.im[to] = out.sum[to] = 0
      } else if (im === null) for (let c = 0; c < k; c++, to += 4, from += stride) out.re[to] = re[from]!
      else if (sums) {
        for (let c = 0; c < k; c++, to += 4, from += stride) {
          const x = re[from]!
          const y = sign * im[from]!
          out.re[to] = x
          out.im[to] = y
          out.sum[to] = x + y
        }
      } else {
        for (let c = 0; c < k; c++, to += 4, from += stride) {
          out.re[to] = re[from]!
          out.im[to] = sign * im[from]!
        }
      }
    }
    at += 4 * k
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
const addTile = (from: Float64Array, m: number, n: number, out: Float64Array, at: number, stride: number): void => {
  for (let i = 0; i < m; i++) {
    const to = at + i * stride
    for (let j = 0; j < n; j++) out[to + j] = out[to + j]! + from[4 * i + j]!
  }
}

/** re += P₁ − P₂, im += P₃ − P₁ − P₂ for the m × n corner of three tiles. */
const addThree = (
  first: Float64Array, second: Float64Array, third: Float64Array, m: number, n: number, out: Planes, at: number, stride: number,
): void => {
  const { re, im } = out
  for (let i = 0; i < m; i++) {
    const to = at + i * stride
    for (let j = 0; j < n; j++) {
      const p = first[4 * i + j]!
      const q = second[4 * i + j]!
      re[to + j] = re[to + j]! + (p - q)
      im![to + j] = im![to + j]! + (third[4 * i + j]! - p - q)
    }
  }
}

const panels = (size: number): Panels => ({ re: new Float64Array(size), im: new Float64Array(size), sum: new Float64Array(size) })

/** Upper triangle from the lower one. */
const mirror = (out: Planes, n: number): void => {
  const { re, im } = out
  for (let r = 0; r < n; r++) {
    for (let c = r; c < n; c++) {
      re[r * n + c] = re[c * n + r]!
      if (im !== null) im[r * n + c] = c === r ? 0 : -im[c * n + r]!
    }
  }
}

/** Packing buffers and sums of tiles of one product. */
interface Room {
  readonly rows: Panels
  readonly columns: Panels
  readonly first: Float64Array
  readonly second: Float64Array
  readonly third: Float64Array
}

const makeRoom = (): Room => ({
  rows: panels(ROWS * DEPTH), columns: panels(COLUMNS * DEPTH), first: new Float64Array(16), second: new Float64Array(16), third: new Float64Array(16),
})

/** A product block by block; halts after each. */
function* blocks(room: Room, form: ProductForm, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes): Generator<undefined, void> {
  const { rows, columns, first, second, third } = room
  const { adjoint, hermitian } = form
  const both = a.im !== null && b.im !== null
  for (let jc = 0; jc < n; jc += COLUMNS) {
    const nc = Math.min(COLUMNS, n - jc)
    for (let pc = 0; pc < k; pc += DEPTH) {
      const kc = Math.min(DEPTH, k - pc)
      pack(b, pc * n + jc, 1, n, nc, kc, 1, both, columns)
      for (let ic = 0; ic < m; ic += ROWS) {
        const mc = Math.min(ROWS, m - ic)
        if (hermitian && jc >= ic + mc) continue
        if (adjoint) pack(a, pc * m + ic, 1, m, mc, kc, -1, both, rows)
        else pack(a, ic * k + pc, k, 1, mc, kc, 1, both, rows)
        for (let j = 0; j < nc; j += 4) {
          if (hermitian && jc + j >= ic + mc) break
          const nr = Math.min(4, nc - j)
          // Tiles that lie above the diagonal as a whole are left out.
          const above = hermitian ? Math.max(0, (jc + j - ic) & ~3) : 0
          for (let i = above; i < mc; i += 4) {
            const mr = Math.min(4, mc - i)
            const at = (ic + i) * n + jc + j
            tile(rows.re, i * kc, columns.re, j * kc, kc, first)
            if (both) {
              tile(rows.im, i * kc, columns.im, j * kc, kc, second)
              tile(rows.sum, i * kc, columns.sum, j * kc, kc, third)
              addThree(first, second, third, mr, nr, out, at, n)
              continue
            }
            addTile(first, mr, nr, out.re, at, n)
            if (a.im === null && b.im === null) continue
            tile(a.im === null ? rows.re : rows.im, i * kc, b.im === null ? columns.re : columns.im, j * kc, kc, second)
            addTile(second, mr, nr, out.im!, at, n)
          }
        }
        yield
      }
    }
  }
  if (hermitian && form.triangle !== true) mirror(out, n)
}

/** What a product of that form is to be done with; see `DenseBackend.multiplyAs`. */
type Product = NonNullable<DenseBackend['multiplyAs']>

/** Operations (8 a complex number) from which a product halts to let others run: about 20 ms. */
const WORTH_HALTING = 5e7
/** Blocks between two halts: one has 3e7 operations at most, some ten milliseconds; small ones go together. */
const BLOCK_OPERATIONS = 8 * ROWS * COLUMNS * DEPTH

/**
 * out (+)= a·b on planes in plain JavaScript, with its own packing buffers, by real products: three where both factors are complex (3M), two
 * where one is, one where none is.
 *
 * 3M: P₁ = a′b′, P₂ = a″b″, P₃ = (a′ + a″)(b′ + b″); re = P₁ − P₂, im = P₃ − P₁ − P₂, block by block of the sum.
 */
export const complexProduct = (): Product => {
  // A product that halts keeps its room meanwhile; others may be asked for then.
  const spare: Room[] = []
  const halting = async (room: Room, rest: Generator<undefined, void>, most: number, breathe: () => Promise<boolean>): Promise<void> => {
    let count = 0
    while (rest.next().done !== true) {
      if (++count % most === 0 && !(await breathe())) break
    }
    spare.push(room)
  }
  return (form, a, b, m, k, n, out, accumulate, breathe) => {
    if (!accumulate) {
      out.re.fill(0, 0, m * n)
      out.im?.fill(0, 0, m * n)
    }
    const room = spare.pop() ?? makeRoom()
    const rest = blocks(room, form, a, b, m, k, n, out)
    if (breathe !== undefined && 8 * m * k * n > WORTH_HALTING) {
      const each = 8 * Math.min(m, ROWS) * Math.min(k, DEPTH) * Math.min(n, COLUMNS)
      return halting(room, rest, Math.floor(BLOCK_OPERATIONS / each), breathe)
    }
    for (const _ of rest);
    spare.push(room)
    return undefined
  }
}
