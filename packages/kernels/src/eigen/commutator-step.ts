import type { CommutatorStep } from '@mesobath/contracts'

/** One of the two matrices. */
interface Matrix {
  readonly re: Float64Array
  readonly im: Float64Array
}

const matrixOf = ({ re, im }: CommutatorStep['x']): Matrix => {
  if (im === null) throw new TypeError('matrices that take a step of a commutator must be complex')
  return { re, im }
}

/** Numbers of each band among the sums. */
export const SUMS = 4

/** What the step does to an entry below the diagonal: TX and XT there, and the new entry. */
interface Entry {
  tRe: number
  tIm: number
  uRe: number
  uIm: number
  nextRe: number
  nextIm: number
}

/**
 * Takes a step in bands [from, to) in plain JavaScript, with the bits of assembly/commutator.ts: sums run over odd and even places of a row from its second
 * one on, the first, the last where one is over, and the diagonal apart.
 */
export const commutatorStep = (step: CommutatorStep, from: number, to: number): void => {
  const { n, bands } = step
  const diagonal = step.factors.re
  const x = matrixOf(step.x), y = matrixOf(step.y), nextX = matrixOf(step.nextX), nextY = matrixOf(step.nextY)
  const sums = step.sums.re
  const own: Entry = { tRe: 0, tIm: 0, uRe: 0, uIm: 0, nextRe: 0, nextIm: 0 }
  const turn = (i: number, j: number, { re, im }: Matrix, next: Matrix): void => {
    const at = i * n + j
    const up = i > 0 ? at - n : at
    const down = i + 1 < n ? at + n : at
    const before = j > 0 ? at - 1 : at
    const diagonalI = diagonal[i]!, aboveI = diagonal[n + i]!, belowI = diagonal[n + i + 1]!
    const diagonalJ = diagonal[j]!, leftJ = diagonal[n + j]!, rightJ = diagonal[n + j + 1]!
    own.tRe = diagonalI * re[at]! + aboveI * re[up]! + belowI * re[down]!
    own.tIm = diagonalI * im[at]! + aboveI * im[up]! + belowI * im[down]!
    own.uRe = diagonalJ * re[at]! + leftJ * re[before]! + rightJ * re[at + 1]!
    own.uIm = diagonalJ * im[at]! + leftJ * im[before]! + rightJ * im[at + 1]!
    own.nextRe = next.re[at] = next.re[at]! + (own.tIm - own.uIm)
    own.nextIm = next.im[at] = next.im[at]! - (own.tRe - own.uRe)
  }
  /** Sums over odd places, even ones, those apart, and the diagonal. */
  const odd = new Float64Array(SUMS), even = new Float64Array(SUMS), apart = new Float64Array(SUMS), diagonals = new Float64Array(SUMS)
  const add = (i: number, j: number, out: Float64Array): void => {
    turn(i, j, x, nextX)
    const at = i * n + j
    const a = x.re[at]!, b = x.im[at]!, c = y.re[at]!, d = y.im[at]!
    out[0] = out[0]! + a * a + b * b
    out[1] = out[1]! + a * (own.tRe + own.uRe) + b * (own.tIm + own.uIm)
    out[2] = out[2]! + c * a + d * b
    out[3] = out[3]! + c * own.nextRe + d * own.nextIm
    turn(i, j, y, nextY)
  }
  for (let band = from; band < to; band++) {
    for (const each of [odd, even, apart, diagonals]) each.fill(0)
    for (let i = bands.re[band]!; i < bands.re[band + 1]!; i++) {
      if (i > 0) add(i, 0, apart)
      let j = 1
      for (; j + 2 <= i; j += 2) {
        add(i, j, odd)
        add(i, j + 1, even)
      }
      if (j < i) add(i, j, apart)
      // On the diagonal: −i[T, X] = 2 Im TX, real.
      const at = i * n + i
      const before = i > 0 ? at - 1 : at
      const down = i + 1 < n ? at + n : at
      const aboveI = diagonal[n + i]!, belowI = diagonal[n + i + 1]!
      const a = x.re[at]!, c = y.re[at]!
      const next = nextX.re[at] = nextX.re[at]! + 2 * (belowI * x.im[down]! - aboveI * x.im[before]!)
      nextY.re[at] = nextY.re[at]! + 2 * (belowI * y.im[down]! - aboveI * y.im[before]!)
      diagonals[0] = diagonals[0]! + a * a
      diagonals[1] = diagonals[1]! + a * (diagonal[i]! * a + aboveI * x.re[before]! + belowI * x.re[down]!)
      diagonals[2] = diagonals[2]! + c * a
      diagonals[3] = diagonals[3]! + c * next
    }
    // Entries below the diagonal stand for those above; of TX, that is XT.
    for (let at = 0; at < SUMS; at++) sums[SUMS * band + at] = (at === 1 ? 1 : 2) * (odd[at]! + even[at]! + apart[at]!) + diagonals[at]!
  }
}
