// A step of Chebyshev polynomials of the commutator with a tridiagonal matrix, in the order of additions of src/eigen/commutator-step.ts: two lanes for odd
// and even places from the second one of a row on, the first, the last where one is over, and the diagonal apart.
import { lanes, multiplyAdd } from './fused'

/** Entry `at` of row i, column j < i, at `left` and `right` of it what stands there. */
function entry(
  xRe: usize, xIm: usize, at: usize, up: usize, down: usize, left: usize, diagonalI: f64, aboveI: f64, belowI: f64, diagonalJ: f64, leftJ: f64, rightJ: f64,
  yRe: usize, yIm: usize, nextXRe: usize, nextXIm: usize, nextYRe: usize, nextYIm: usize, sums: usize,
): void {
  const a = load<f64>(xRe + at), b = load<f64>(xIm + at)
  const tRe = diagonalI * a + aboveI * load<f64>(xRe + up) + belowI * load<f64>(xRe + down)
  const tIm = diagonalI * b + aboveI * load<f64>(xIm + up) + belowI * load<f64>(xIm + down)
  const uRe = diagonalJ * a + leftJ * load<f64>(xRe + left) + rightJ * load<f64>(xRe + at, 8)
  const uIm = diagonalJ * b + leftJ * load<f64>(xIm + left) + rightJ * load<f64>(xIm + at, 8)
  const nextA = load<f64>(nextXRe + at) + (tIm - uIm)
  const nextB = load<f64>(nextXIm + at) - (tRe - uRe)
  store<f64>(nextXRe + at, nextA)
  store<f64>(nextXIm + at, nextB)
  const c = load<f64>(yRe + at), d = load<f64>(yIm + at)
  const vRe = diagonalI * c + aboveI * load<f64>(yRe + up) + belowI * load<f64>(yRe + down)
  const vIm = diagonalI * d + aboveI * load<f64>(yIm + up) + belowI * load<f64>(yIm + down)
  const wRe = diagonalJ * c + leftJ * load<f64>(yRe + left) + rightJ * load<f64>(yRe + at, 8)
  const wIm = diagonalJ * d + leftJ * load<f64>(yIm + left) + rightJ * load<f64>(yIm + at, 8)
  store<f64>(nextYRe + at, load<f64>(nextYRe + at) + (vIm - wIm))
  store<f64>(nextYIm + at, load<f64>(nextYIm + at) - (vRe - wRe))
  store<f64>(sums, load<f64>(sums) + a * a + b * b)
  store<f64>(sums, load<f64>(sums, 8) + a * (tRe + uRe) + b * (tIm + uIm), 8)
  store<f64>(sums, load<f64>(sums, 16) + c * a + d * b, 16)
  store<f64>(sums, load<f64>(sums, 24) + c * nextA + d * nextB, 24)
}

/**
 * Rows of one band: X' ← X' − i[T, X], Y' ← Y' − i[T, Y] on the lower triangle, and their share of tr X², tr XTX, tr YX, tr YX'.
 *
 * Parameters: planes of X, Y, X', Y'; n; diagonal of T [n]; what stands left of it [n + 1]; first rows of bands; sums [bands, 4]; the band of tile 0.
 */
export function commutatorTile(job: usize, tile: i32): void {
  const xRe = <usize>load<f64>(job), xIm = <usize>load<f64>(job, 8)
  const yRe = <usize>load<f64>(job, 16), yIm = <usize>load<f64>(job, 24)
  const nextXRe = <usize>load<f64>(job, 32), nextXIm = <usize>load<f64>(job, 40)
  const nextYRe = <usize>load<f64>(job, 48), nextYIm = <usize>load<f64>(job, 56)
  const n = <i32>load<f64>(job, 64)
  const diagonal = <usize>load<f64>(job, 72), beside = <usize>load<f64>(job, 80)
  const band = <i32>load<f64>(job, 104) + tile
  const rows = <usize>load<f64>(job, 88) + (<usize>band << 3)
  const sums = <usize>load<f64>(job, 96) + (<usize>band << 5)
  const first = <i32>load<f64>(rows), last = <i32>load<f64>(rows, 8)
  const stride = <usize>n << 3
  memory.fill(sums, 0, 32)
  let square = f64x2.splat(0), energy = f64x2.splat(0), crossed = f64x2.splat(0), crossedNext = f64x2.splat(0)
  let ownSquare: f64 = 0, ownEnergy: f64 = 0, ownCrossed: f64 = 0, ownNext: f64 = 0
  for (let i = first; i < last; i++) {
    const place = <usize>i << 3
    const row = <usize>i * stride
    // What is not there is multiplied by zero: any row will do.
    const upper = i > 0 ? row - stride : row
    const lower = i + 1 < n ? row + stride : row
    const diagonalI = load<f64>(diagonal + place), aboveI = load<f64>(beside + place), belowI = load<f64>(beside + place, 8)
    if (i > 0) {
      entry(
        xRe, xIm, row, upper, lower, row, diagonalI, aboveI, belowI, load<f64>(diagonal), 0, load<f64>(beside, 8),
        yRe, yIm, nextXRe, nextXIm, nextYRe, nextYIm, sums)
    }
    const p = f64x2.splat(diagonalI), q = f64x2.splat(aboveI), r = f64x2.splat(belowI)
    let end: usize = 8
    if (place > 16) end += (place - 8) & ~(<usize>15)
    for (let j: usize = 8; j < end; j += 16) {
      const s = v128.load(diagonal + j), t = v128.load(beside + j), u = v128.load(beside + j, 8)
      const at = row + j, up = upper + j, down = lower + j
      const a = v128.load(xRe + at)
      const tRe = multiplyAdd(r, v128.load(xRe + down), multiplyAdd(q, v128.load(xRe + up), f64x2.mul(p, a)))
      const uRe = multiplyAdd(u, v128.load(xRe + at, 8), multiplyAdd(t, v128.load(xRe + at - 8), f64x2.mul(s, a)))
      const b = v128.load(xIm + at)
      const tIm = multiplyAdd(r, v128.load(xIm + down), multiplyAdd(q, v128.load(xIm + up), f64x2.mul(p, b)))
      const uIm = multiplyAdd(u, v128.load(xIm + at, 8), multiplyAdd(t, v128.load(xIm + at - 8), f64x2.mul(s, b)))
      const nextA = f64x2.add(v128.load(nextXRe + at), f64x2.sub(tIm, uIm))
      const nextB = f64x2.sub(v128.load(nextXIm + at), f64x2.sub(tRe, uRe))
      v128.store(nextXRe + at, nextA)
      v128.store(nextXIm + at, nextB)
      square = multiplyAdd(b, b, multiplyAdd(a, a, square))
      energy = multiplyAdd(b, f64x2.add(tIm, uIm), multiplyAdd(a, f64x2.add(tRe, uRe), energy))
      const c = v128.load(yRe + at)
      const vRe = multiplyAdd(r, v128.load(yRe + down), multiplyAdd(q, v128.load(yRe + up), f64x2.mul(p, c)))
      const wRe = multiplyAdd(u, v128.load(yRe + at, 8), multiplyAdd(t, v128.load(yRe + at - 8), f64x2.mul(s, c)))
      v128.store(nextYIm + at, f64x2.sub(v128.load(nextYIm + at), f64x2.sub(vRe, wRe)))
      const d = v128.load(yIm + at)
      const vIm = multiplyAdd(r, v128.load(yIm + down), multiplyAdd(q, v128.load(yIm + up), f64x2.mul(p, d)))
      const wIm = multiplyAdd(u, v128.load(yIm + at, 8), multiplyAdd(t, v128.load(yIm + at - 8), f64x2.mul(s, d)))
      v128.store(nextYRe + at, f64x2.add(v128.load(nextYRe + at), f64x2.sub(vIm, wIm)))
      crossed = multiplyAdd(d, b, multiplyAdd(c, a, crossed))
      crossedNext = multiplyAdd(d, nextB, multiplyAdd(c, nextA, crossedNext))
    }
    if (end < place) {
      entry(
        xRe, xIm, row + end, upper + end, lower + end, row + end - 8, diagonalI, aboveI, belowI,
        load<f64>(diagonal + end), load<f64>(beside + end), load<f64>(beside + end, 8), yRe, yIm, nextXRe, nextXIm, nextYRe, nextYIm, sums)
    }
    // On the diagonal: −i[T, X] = 2 Im TX, real.
    const at = row + place, before = i > 0 ? at - 8 : at, down = lower + place
    const a = load<f64>(xRe + at), c = load<f64>(yRe + at)
    const nextA = load<f64>(nextXRe + at) + 2 * (belowI * load<f64>(xIm + down) - aboveI * load<f64>(xIm + before))
    store<f64>(nextXRe + at, nextA)
    store<f64>(nextYRe + at, load<f64>(nextYRe + at) + 2 * (belowI * load<f64>(yIm + down) - aboveI * load<f64>(yIm + before)))
    ownSquare += a * a
    ownEnergy += a * (diagonalI * a + aboveI * load<f64>(xRe + before) + belowI * load<f64>(xRe + down))
    ownCrossed += c * a
    ownNext += c * nextA
  }
  // Entries below the diagonal stand for those above; of TX, that is XT.
  store<f64>(sums, 2 * (lanes(square) + load<f64>(sums)) + ownSquare)
  store<f64>(sums, lanes(energy) + load<f64>(sums, 8) + ownEnergy, 8)
  store<f64>(sums, 2 * (lanes(crossed) + load<f64>(sums, 16)) + ownCrossed, 16)
  store<f64>(sums, 2 * (lanes(crossedNext) + load<f64>(sums, 24)) + ownNext, 24)
}
