import type { ComplexMatrix } from '@mesobath/contracts'

/** The elements of a bath's system couplings that are not all zero, row by row: everything else is never touched. */
export interface CouplingElements {
  readonly count: number
  readonly couplings: number
  readonly row: Int32Array
  readonly column: Int32Array
  /** First element of each row, and the count at the end [d + 1]. */
  readonly rowStart: Int32Array
  /** S^α [α, element]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

export const couplingElements = (matrices: readonly ComplexMatrix[], dimension: number): CouplingElements => {
  const row: number[] = []
  const column: number[] = []
  const rowStart = new Int32Array(dimension + 1)
  for (let k = 0; k < dimension; k += 1) {
    rowStart[k] = row.length
    for (let q = 0; q < dimension; q += 1) {
      const at = k * dimension + q
      if (!matrices.some(({ re, im }) => re[at] !== 0 || (im !== null && im[at] !== 0))) continue
      row.push(k)
      column.push(q)
    }
  }
  rowStart[dimension] = row.length
  const count = row.length
  const re = new Float64Array(matrices.length * count)
  const im = new Float64Array(matrices.length * count)
  matrices.forEach((matrix, coupling) => {
    for (let element = 0; element < count; element += 1) {
      const at = row[element] * dimension + column[element]
      re[coupling * count + element] = matrix.re[at]
      im[coupling * count + element] = matrix.im === null ? 0 : matrix.im[at]
    }
  })
  return { count, couplings: matrices.length, row: Int32Array.from(row), column: Int32Array.from(column), rowStart, re, im }
}
