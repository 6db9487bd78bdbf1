/** A dense real matrix, row by row. */
export type Dense = readonly (readonly number[])[]

const multiply = (a: Dense, b: Dense): number[][] =>
  a.map((row) => b[0].map((_, c) => row.reduce((sum, value, k) => sum + value * b[k][c], 0)))

/** e^{A t} by scaling and squaring of a Taylor series of degree 24. */
export const denseExponential = (matrix: Dense, time: number): number[][] => {
  const n = matrix.length
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0))) * Math.abs(time)
  const squarings = Math.max(0, Math.ceil(Math.log2(Math.max(norm, 1e-300))) + 1)
  const scale = time / 2 ** squarings
  const identity = Array.from({ length: n }, (_, r) => Array.from({ length: n }, (_, c) => (r === c ? 1 : 0)))
  let sum: number[][] = identity
  let term: number[][] = identity
  for (let k = 1; k <= 24; k++) {
    term = multiply(term, matrix).map((row) => row.map((value) => (value * scale) / k))
    sum = sum.map((row, r) => row.map((value, c) => value + term[r][c]))
  }
  for (let s = 0; s < squarings; s++) sum = multiply(sum, sum)
  return sum
}

export const apply = (matrix: Dense, vector: ArrayLike<number>): number[] =>
  matrix.map((row) => row.reduce((sum, value, k) => sum + value * vector[k], 0))
