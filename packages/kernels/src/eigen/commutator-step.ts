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

/** Where sums of a band begin: those over odd places, over even ones, over those apart, and over the diagonal. */
const ODD = 0
const EVEN = SUMS
const APART = 2 * SUMS
const DIAGONAL = 3 * SUMS
/** Sums of the band that is at hand: a step runs to its end before another begins, and makes no array. */
const own = new Float64Array(4 * SUMS)

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
  const entry: Entry = { tRe: 0, tIm: 0, uRe: 0, uIm: 0, nextRe: 0, nextIm: 0 }
  const turn = (i: number, j: number, { re, im }: Matrix, next: Matrix): void => {
    const at = i * n + j
    const up = i > 0 ? at - n : at
    const down = i + 1 < n ? at + n : at
    const before = j > 0 ? at - 1 : at
    const diagonalI = diagonal[i]!, aboveI = diagonal[n + i]!, belowI = diagonal[n + i + 1]!
    const diagonalJ = diagonal[j]!, leftJ = diagonal[n + j]!, rightJ = diagonal[n + j + 1]!
    entry.tRe = diagonalI * re[at]! + aboveI * re[up]! + belowI * re[down]!
    entry.tIm = diagonalI * im[at]! + aboveI * im[up]! + belowI * im[down]!
    entry.uRe = diagonalJ * re[at]! + leftJ * re[before]! + rightJ * re[at + 1]!
    entry.uIm = diagonalJ * im[at]! + leftJ * im[before]! + rightJ * im[at + 1]!
    entry.nextRe = next.re[at] = next.re[at]! + (entry.tIm - entry.uIm)
    entry.nextIm = next.im[at] = next.im[at]! - (entry.tRe - entry.uRe)
  }
  const add = (i: number, j: number, out: number): void => {
    turn(i, j, x, nextX)
    const at = i * n + j
    const a = x.re[at]!, b = x.im[at]!, c = y.re[at]!, d = y.im[at]!
    own[out] = own[out]! + a * a + b * b
    own[out + 1] = own[out + 1]! + a * (entry.tRe + entry.uRe) + b * (entry.tIm + entry.uIm)
    own[out + 2] = own[out + 2]! + c * a + d * b
    own[out + 3] = own[out + 3]! + c * entry.nextRe + d * entry.nextIm
    turn(i, j, y, nextY)
  }
  for (let band = from; band < to; band++) {
    own.fill(0)
    for (let i = bands.re[band]!; i < bands.re[band + 1]!; i++) {
      if (i > 0) add(i, 0, APART)
      let j = 1
      for (; j + 2 <= i; j += 2) {
        add(i, j, ODD)
        add(i, j + 1, EVEN)
      }
      if (j < i) add(i, j, APART)
      // On the diagonal: −i[T, X] = 2 Im TX, real.
      const at = i * n + i
      const before = i > 0 ? at - 1 : at
      const down = i + 1 < n ? at + n : at
      const aboveI = diagonal[n + i]!, belowI = diagonal[n + i + 1]!
      const a = x.re[at]!, c = y.re[at]!
      const next = nextX.re[at] = nextX.re[at]! + 2 * (belowI * x.im[down]! - aboveI * x.im[before]!)
      nextY.re[at] = nextY.re[at]! + 2 * (belowI * y.im[down]! - aboveI * y.im[before]!)
      own[DIAGONAL] = own[DIAGONAL]! + a * a
      own[DIAGONAL + 1] = own[DIAGONAL + 1]! + a * (diagonal[i]! * a + aboveI * x.re[before]! + belowI * x.re[down]!)
      own[DIAGONAL + 2] = own[DIAGONAL + 2]! + c * a
      own[DIAGONAL + 3] = own[DIAGONAL + 3]! + c * next
    }
    // Entries below the diagonal stand for those above; of TX, that is XT.
    for (let at = 0; at < SUMS; at++) sums[SUMS * band + at] = (at === 1 ? 1 : 2) * (own[ODD + at]! + own[EVEN + at]! + own[APART + at]!) + own[DIAGONAL + at]!
  }
}
